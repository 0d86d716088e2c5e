/** Identifiers: UUID version 7 (RFC 9562), so that rows made together lie together; and the shape outside ids must have. */
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';
import { invisible } from './text.js';

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

/**
 * What an outside system may use as an id, the one rule wherever ids enter: it enters account codes and the public log, so it is
 * plain and short. ASCII has no invisible, bidirectional or look-alike characters and one form only, so that bytes can be compared.
 */
export const externalIdPattern = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$';
export const externalIdShape = new RegExp(externalIdPattern);

const faults: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'is empty'],
  [invisible, 'holds an invisible or control character'],
  [/[\uFF01-\uFF5E]/, 'holds full-width characters: write them in ASCII'],
  [/\s/, 'holds white space'],
  [/[^\x20-\x7e]/, 'holds characters other than ASCII letters and digits'],
  [/^.{65}/, 'has more than 64 characters'],
  [/^[^A-Za-z0-9]/, 'begins with neither a letter nor a digit'],
];

/** What keeps text from being an id, in words that do not repeat it. */
export function idFault(text: string): string {
  const found = faults.find(([fault]) => fault.test(text));
  return found?.[1] ?? 'holds characters other than letters, digits, "_", "." and "-"';
}
