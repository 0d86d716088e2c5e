/** Pages of lists whose rows are ordered by one key: a cursor holds the last key of the page before. */
import { decodeCursor, encodeCursor, foreignCursor } from '../lib/cursor.js';
import type { PageQuery } from './schemas.js';

/** The key after which a page begins. Refuses: `request_invalid` (a cursor of another list: its key is not of this `shape`). */
export function afterOf(cursor: string | undefined, shape: RegExp): string {
  if (cursor === undefined) return '';
  const [after = ''] = decodeCursor(cursor, 1);
  if (shape.test(after)) return after;
  throw foreignCursor();
}

/**
 * One page of a list: `limit` rows behind the cursor, and where the next page begins. `read` is asked for one row more than the page
 * holds. Refuses as `afterOf` does.
 */
export async function readPage<Row>(
  { cursor, limit = 50 }: PageQuery,
  shape: RegExp,
  read: (rows: { after: string; limit: number }) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): Promise<{ page: Row[]; next_cursor: string | null }> {
  const rows = await read({ after: afterOf(cursor, shape), limit: limit + 1 });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, next_cursor: rows.length > limit && last !== undefined ? encodeCursor([keyOf(last)]) : null };
}
