/**
 * Ed25519 keys in the forms others want them: 32 raw bytes for signed notes, a JWK with its thumbprint for JWKS documents
 * and token headers. Does not know where keys are kept: reading and writing files belongs elsewhere.
 */
import { createPublicKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';

/** Bytes of a raw Ed25519 public key (RFC 8032, section 5.1.5). */
export const publicKeyBytes = 32;

/** A public key as RFC 8037 writes it, with the members a JWKS document needs (RFC 7517). */
export interface Ed25519Jwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  /** The raw public key, base64url. */
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** A new private key. */
export function generateEd25519(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

/**
 * The 32 bytes of the public key, of a public key or of a private key's other half (RFC 8032, section 5.1.5).
 * Throws TypeError when the key is not Ed25519.
 */
export function rawPublicKey(key: KeyObject): Buffer {
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key');
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
}

/** The public key of 32 raw bytes. Throws RangeError for any other length. */
export function publicKeyFromRaw(raw: Buffer): KeyObject {
  if (raw.length !== publicKeyBytes)
    throw new RangeError(`a public key has ${publicKeyBytes} bytes, not ${raw.length}`);
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
}

/**
 * The key's id: the base64url SHA-256 of its JWK's required members, in order (RFC 7638; RFC 8037, section 2).
 * The same for both halves of a pair. Throws TypeError when the key is not Ed25519.
 */
export function keyThumbprint(key: KeyObject): string {
  const x = rawPublicKey(key).toString('base64url');
  return hash('sha256', JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }), 'base64url');
}

/** The public half as a JWK whose `kid` is its thumbprint. Throws TypeError when the key is not Ed25519. */
export function publicJwk(key: KeyObject): Ed25519Jwk {
  const x = rawPublicKey(key).toString('base64url');
  return { kty: 'OKP', crv: 'Ed25519', x, kid: keyThumbprint(key), alg: 'EdDSA', use: 'sig' };
}
