/** Pages of lists whose rows are ordered by one key: a cursor holds the last key of the page before. */
import { decodeCursor, encodeCursor } from '../lib/cursor.js';
import { Refusal } from '../lib/refusal.js';
import type { PageQuery } from './schemas.js';

/** The key after which a page begins. Refuses: `request_invalid` (a cursor of another list: its key is not of this `shape`). */
export function afterOf(cursor: string | undefined, shape: RegExp): string {
  if (cursor === undefined) return '';
  const [after = ''] = decodeCursor(cursor, 1);
  if (shape.test(after)) return after;
  throw foreignCursor();
}

/** For a cursor that decodes, and yet says nothing to this list. */
export function foreignCursor(): Refusal {
  return new Refusal(
    'request_invalid',
    { en: 'The cursor is not one that this list gave out.', zh: '游标不是本列表给出的。' },
    {
      errors: [
        {
          pointer: '/query/cursor',
          detail: { en: 'must be the next_cursor of a page of this list', zh: '必须是本列表某一页的 next_cursor' },
        },
      ],
    },
  );
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
