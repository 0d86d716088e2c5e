/**
 * What a QR code holds: a compact JWS (RFC 7515) with Ed25519 that says which station or card it is of, and when it was made. It is signed
 * with the key of that place, and read here only as far as the signature goes: whether the place and the moment fit, the orders know.
 */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { keyThumbprint } from '../ledger/log/keys.js';
import { externalIdShape } from '../lib/ids.js';
import type { Words } from '../lib/language.js';
import { Refusal } from '../lib/refusal.js';
import type { ShownCode } from '../timebank/service/orders/shown.js';
import { proofPlaces } from '../timebank/service-words.js';
import { cardSigningKey, stationSigningKey } from './station-keys.js';

/** What a token may look like; longer ones are nobody's. */
export const proofTokenPattern = '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$';
export const proofTokenMaxLength = 1_024;

/** `ledger` is the ledger's code. */
export function signProofToken(secret: KeyObject, ledger: string, shown: ShownCode): string {
  const key = keyOf(secret, ledger, shown);
  const { place, id, generation, printed, issuedAt: iat, expiresAt: exp } = shown;
  const claims = { ledger, place, id, generation, printed, iat, ...(exp !== null && { exp }) };
  const signed = `${encode({ alg: 'EdDSA', kid: keyThumbprint(key) })}.${encode(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

/**
 * What a token says, if the key of the place that it names has signed it. The header decides nothing: the algorithm is Ed25519, and the key
 * follows from what is claimed. Refuses: `proof_invalid` (no such token, of another ledger, not signed by its place).
 */
export function readProofToken(secret: KeyObject, ledger: string, token: string): ShownCode {
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  const [header, claims] = [decode(head), decode(body)];
  const shown = claims && shownBy(claims);
  if (!header || !shown || more.length > 0 || token.length > proofTokenMaxLength) throw unreadable();
  if (claims['ledger'] !== ledger)
    throw invalid({ en: 'this QR code is of another ledger', zh: '该二维码属于其他账本' });
  const key = createPublicKey(keyOf(secret, ledger, shown));
  const isSigned =
    Object.keys(header).length === 2 &&
    header['alg'] === 'EdDSA' &&
    header['kid'] === keyThumbprint(key) &&
    verify(null, Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
  if (!isSigned)
    throw invalid({ en: 'this QR code is not signed by the place that it names', zh: '该二维码的签名无效' });
  return shown;
}

function keyOf(secret: KeyObject, ledger: string, { place, id, generation }: ShownCode): KeyObject {
  return place === 'station'
    ? stationSigningKey(secret, { ledger, station: id, generation })
    : cardSigningKey(secret, { ledger, member: id, generation });
}

type Json = Readonly<Record<string, unknown>>;

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** Null: no JSON object in base64url, of which every text has one form. */
function decode(part: string): Json | null {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) return null;
  try {
    const json: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Json) : null;
  } catch {
    return null;
  }
}

/** Null: not what a place says. What is printed has no end, what is on a screen has one. */
function shownBy({ place, id, generation, printed, iat, exp = null }: Json): ShownCode | null {
  const known = proofPlaces.find((one) => one === place);
  if (known === undefined || typeof id !== 'string' || !externalIdShape.test(id)) return null;
  if (!isCount(generation) || !isCount(iat) || typeof printed !== 'boolean') return null;
  if (printed ? exp !== null : !isCount(exp)) return null;
  return { place: known, id, generation, printed, issuedAt: iat, expiresAt: exp as number | null };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function unreadable(): Refusal {
  return invalid({ en: 'this is no QR code of a station or a card', zh: '这不是站点或受助人卡的二维码' });
}

function invalid(detail: Words): Refusal {
  return new Refusal('proof_invalid', detail);
}
