/**
 * The codes by which anybody who holds a certificate checks it: worked out from a key of the service's and the number, so that they are stored
 * nowhere and can be printed again. It does not know what a certificate says.
 */

import type { KeyObject } from 'node:crypto';
import { timingSafeEqual } from 'node:crypto';
import { deriveBytes } from '../keys.js';
import type { CertificateName } from '../timebank/service/certificates/number.js';

/** Crockford's base 32, without I, L, O and U: 5 bits a character. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Ten characters, 50 bits, in two groups: `7K3Q9-TWX2M`. */
export function checkCodeOf(secret: KeyObject, { ledger, number }: CertificateName): string {
  const bytes = deriveBytes(secret, ['certificate', ledger, number], 10);
  const code = [...bytes].map((byte) => alphabet[byte & 31]).join('');
  return `${code.slice(0, 5)}-${code.slice(5)}`;
}

/** Whether somebody typed a certificate's code: in small letters, without the dash, with O for 0 and I or L for 1 as well. */
export function isCheckCode(secret: KeyObject, name: CertificateName, typed: string): boolean {
  const plain = (text: string) =>
    text
      .normalize('NFKC')
      .toUpperCase()
      .replace(/[^0-9A-Z]/g, '')
      .replace(/O/g, '0')
      .replace(/[IL]/g, '1');
  const [expected, given] = [checkCodeOf(secret, name), typed].map((text) => Buffer.from(plain(text)));
  return expected !== undefined && given?.length === expected.length && timingSafeEqual(expected, given);
}
