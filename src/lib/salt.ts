/** What hides the words of a row, or of an entry, behind a digest that is public. */
import { randomBytes } from 'node:crypto';

/** 128 random bits, in hexadecimal. A new one whenever a row is written or emptied: the old one would confirm a guess of what was there. */
export function newSalt(): string {
  return randomBytes(16).toString('hex');
}
