/**
 * Opaque page cursors: the sort key of the last row, in base64url. They are not secret and not signed: a forged cursor only
 * starts the page elsewhere in rows the caller may read anyway, so nothing here may be trusted beyond its shape.
 */
import { Refusal } from './refusal.js';

/** Longer than any key we sort by; keeps a hostile cursor from costing anything. */
const maxLength = 2_048;

export function encodeCursor(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values), 'utf8').toString('base64url');
}

/**
 * The `count` values that `encodeCursor` was given. Their meaning is for the caller to check.
 * Refuses: `request_invalid` at /query/cursor (not a cursor, or one of another list).
 */
export function decodeCursor(text: string, count: number): string[] {
  const values = text.length <= maxLength ? parse(Buffer.from(text, 'base64url').toString('utf8')) : undefined;
  if (!Array.isArray(values) || values.length !== count || !values.every(isStorable)) {
    throw foreignCursor();
  }
  return values;
}

/** For a cursor that this list did not give out, whether or not it decodes. */
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

/** Text without NUL, which PostgreSQL's text cannot hold. */
function isStorable(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\u0000');
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
