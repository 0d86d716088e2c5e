/**
 * Sealing: AES-256-GCM under a key of a person's own, which is itself wrapped by a master key. What is sealed is bound to its ledger,
 * member and field, so that a ciphertext moved elsewhere opens nothing. Pure but for the random bytes; knows no table and no key file.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { SealedField } from '../../personal-words.js';

/** Whose a sealed thing is. */
export interface Owner {
  /** The ledger's code. */
  readonly ledger: string;
  readonly memberId: string;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** 32 random bytes. */
export function newPersonKey(): Buffer {
  return randomBytes(32);
}

/** A person's key, as only the holder of the master key opens it. */
export function wrapPersonKey(master: Buffer, owner: Owner, key: Buffer): string {
  return seal(master, key, keyContext(owner));
}

/** Fails when it was wrapped by another key or for somebody else. */
export function unwrapPersonKey(master: Buffer, owner: Owner, wrapped: string): Buffer {
  return open(master, wrapped, keyContext(owner));
}

/** A value of a person's, as only the holder of the person's key opens it. */
export function sealValue(personKey: Buffer, owner: Owner, field: SealedField, value: string): string {
  return seal(personKey, Buffer.from(value), fieldContext(owner, field));
}

/** Fails when it was sealed under another key, or for another field or person. */
export function openValue(personKey: Buffer, owner: Owner, field: SealedField, ciphertext: string): string {
  return open(personKey, ciphertext, fieldContext(owner, field)).toString();
}

/**
 * What equal values of a field have in common, and nothing else says: an HMAC-SHA256 of the ledger, the field and the value as it is
 * compared, base64url.
 */
export function lookupOf(lookupKey: Buffer, ledger: string, field: SealedField, value: string): string {
  const compared = field === 'phone' ? phoneDigits(value) : value;
  return createHmac('sha256', lookupKey).update([ledger, field, compared].join('\n')).digest('base64url');
}

/** A telephone number however it was written: its digits, without the prefix of the country. */
function phoneDigits(phone: string): string {
  return phone.replace(/^\+86/, '').replace(/[^0-9]/g, '');
}

// None of the parts can hold a line feed, so no two contexts run together.
const keyContext = ({ ledger, memberId }: Owner) => ['timeledger person key', ledger, memberId].join('\n');
const fieldContext = ({ ledger, memberId }: Owner, field: SealedField) =>
  ['timeledger sealed field', ledger, memberId, field].join('\n');

/** base64url of nonce, ciphertext and tag. */
function seal(key: Buffer, plain: Buffer, context: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(context));
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return sealed.toString('base64url');
}

function open(key: Buffer, sealed: string, context: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}
