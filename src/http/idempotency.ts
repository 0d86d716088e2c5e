/**
 * The Idempotency-Key header: reading it, and the two digests that stand for it in the database. It does not know
 * what is stored under a key, nor for how long.
 */
import { hash } from 'node:crypto';
import { Refusal } from '../lib/refusal.js';
import type { Principal } from './tokens.js';

/** Visible ASCII without `"` and `\`: a quoted string (RFC 8941) needs no unescaping, and a bare key reads the same. */
const keyPattern = /^[\x21\x23-\x5b\x5d-\x7e]{16,64}$/;

/**
 * The key in an `Idempotency-Key` header, without its quotes.
 * Refuses: `idempotency_key_missing`, `idempotency_key_invalid` (also when the header was sent twice).
 */
export function idempotencyKey(header: string | string[] | undefined): string {
  if (header === undefined) {
    throw new Refusal('idempotency_key_missing', {
      en: 'Send an Idempotency-Key header: a fresh key, kept for every retry.',
      zh: '请提供 Idempotency-Key 请求头：每件事用一个新的幂等键，重试时保持不变。',
    });
  }
  const text = typeof header === 'string' ? header : '';
  const quoted = text.length > 1 && text.startsWith('"') && text.endsWith('"');
  const key = quoted ? text.slice(1, -1) : text;
  if (!keyPattern.test(key)) {
    throw new Refusal('idempotency_key_invalid', {
      en: 'An Idempotency-Key has 16 to 64 visible ASCII characters.',
      zh: 'Idempotency-Key 应为 16 至 64 个可见的 ASCII 字符。',
    });
  }
  return key;
}

/**
 * Where a key is unique: one client of one ledger, in one role. The first half of a SHA-256, shaped like a UUID for a uuid column: two in
 * 2^64 before the first collision by chance, none to be found on purpose soon.
 */
export function keyOf(principal: Principal, key: string): string {
  // None of the four can hold a line feed, so no two scopes run together.
  const { ledger, role, subject } = principal;
  const hex = hash('sha256', `${ledger}\n${role}\n${subject}\n${key}`, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/**
 * What was asked: the same key with another fingerprint is another request. `url` with its query, `rawBody` as it was sent.
 * 64 bits of a SHA-256 as a signed decimal, for a bigint column: it catches a client's mistake, one in 2^64 escaping. `blinding` is what
 * nobody can guess, for a body that could be guessed.
 */
export function fingerprint(method: string, url: string, rawBody: string, blinding = ''): string {
  return hash('sha256', `${blinding}${method}\n${url}\n${rawBody}`, 'buffer').readBigInt64BE().toString();
}
