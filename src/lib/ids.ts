/** Identifiers: UUID version 7 (RFC 9562), so that rows made together lie together; and the shape outside ids must have. */
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';
import type { Words } from './language.js';
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

const faults: readonly (readonly [RegExp, Words])[] = [
  [/^$/, { en: 'is empty', zh: '为空' }],
  [invisible, { en: 'holds an invisible or control character', zh: '含有不可见字符或控制字符' }],
  [/[\uFF01-\uFF5E]/, { en: 'holds full-width characters: write them in ASCII', zh: '含有全角字符，请用半角' }],
  [/\s/, { en: 'holds white space', zh: '含有空白字符' }],
  [/[^\x20-\x7e]/, { en: 'holds characters other than ASCII letters and digits', zh: '含有英文字母和数字以外的字符' }],
  [/^.{65}/, { en: 'has more than 64 characters', zh: '超过 64 个字符' }],
  [/^[^A-Za-z0-9]/, { en: 'begins with neither a letter nor a digit', zh: '不以英文字母或数字开头' }],
];

const otherCharacters: Words = {
  en: 'holds characters other than letters, digits, "_", "." and "-"',
  zh: '含有字母、数字、“_”、“.”和“-”以外的字符',
};

/** What keeps text from being an id, in words that do not repeat it. */
export function idFault(text: string): Words {
  const found = faults.find(([fault]) => fault.test(text));
  return found?.[1] ?? otherCharacters;
}
