/** Pages of lists whose rows are ordered by one key: a cursor holds the last key of the page before. */
import { decodeCursor, encodeCursor } from '../lib/cursor.js';
import { Refusal } from '../lib/refusal.js';

/** The key after which a page begins. Refuses: `request_invalid` (a cursor of another list: its key is not of this `shape`). */
export function afterOf(cursor: string | undefined, shape: RegExp): string {
  if (cursor === undefined) return '';
  const [after = ''] = decodeCursor(cursor, 1);
  if (shape.test(after)) return after;
  throw foreignCursor();
}

/** For a cursor that decodes, and yet says nothing to this list. */
export function foreignCursor(): Refusal {
  return new Refusal('request_invalid', 'The cursor is not one that this list gave out.', {
    errors: [{ pointer: '/query/cursor', detail: 'must be the next_cursor of a page of this list' }],
  });
}

/** The rows of a page, of which one more was read than it holds, and where the next one begins. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => string,
): { page: Row[]; next_cursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, next_cursor: rows.length > limit && last !== undefined ? encodeCursor([keyOf(last)]) : null };
}
