/** Identifiers: UUID version 7 (RFC 9562), so that rows made together lie together; and the shape outside ids must have. */
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** Random bytes are fetched for 256 ids at a time: one by one they would cost more than the rest of the id. */
const pool = new Uint8Array(16 * 256);
let used = pool.length;

export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 16;
  return v7({ random: pool.subarray(used - 16, used) });
}

/** The form our own ids are written in; they are compared as text, so there is only this one. */
export const idShape = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** Before every id: where a list in the order of ids begins. */
export const nilId = '00000000-0000-0000-0000-000000000000';

/** What an outside system may use as an id: it enters account codes and the public log, so it is plain and short. */
export const externalIdPattern = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$';
