/**
 * Names under which people of an OpenID provider enter the journal, where nothing can be erased: a keyed digest of who they are, and a row
 * outside the books that says so, which can be. Whoever lacks the key cannot confirm a guess.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { deriveBytes } from '../keys.js';
import type { Pseudonyms } from './people.js';

/** What a pseudonym looks like: 80 bits in base 32. */
export const pseudonymPattern = '^p-[a-z2-7]{16}$';

export interface Subject {
  readonly ledger: string;
  readonly pseudonym: string;
  readonly issuer: string;
  readonly subject: string;
}

/** `keep` resolves when the row is there: before that, nobody acts under the pseudonym. */
export function pseudonymsOf(secret: KeyObject, keep: (subject: Subject) => Promise<void>): Pseudonyms {
  const keys = new Map<string, Buffer>();
  const keyOf = (ledger: string) => {
    const key = keys.get(ledger) ?? deriveBytes(secret, ['pseudonyms', ledger], 32);
    keys.set(ledger, key);
    return key;
  };
  return async ({ ledger, issuer, subject }) => {
    const digest = createHmac('sha256', keyOf(ledger)).update(`${issuer}\n${subject}`).digest();
    const pseudonym = `p-${base32(digest.subarray(0, 10))}`;
    await keep({ ledger, pseudonym, issuer, subject });
    return pseudonym;
  };
}

const digits = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648, in lower case; the length is a multiple of five bytes. */
function base32(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 5) {
    let group = BigInt(`0x${bytes.subarray(at, at + 5).toString('hex')}`);
    let part = '';
    for (let digit = 0; digit < 8; digit += 1) {
      part = digits.charAt(Number(group & 31n)) + part;
      group >>= 5n;
    }
    text += part;
  }
  return text;
}
