/**
 * The keys with which stations, and the cards of members, sign what they show: worked out from a key of the service's, the ledger, the
 * station or the member, and a generation, so that the private half is stored nowhere and rotating it is counting up. It does not know
 * what is signed.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { deriveBytes } from '../keys.js';
import { keyThumbprint, rawPublicKey } from '../ledger/log/keys.js';

/** Before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410, section 7). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Which key of which station; `ledger` is the ledger's code. */
export interface StationKeyName {
  readonly ledger: string;
  readonly station: string;
  readonly generation: number;
}

/** The private half. Whoever has the secret can sign tokens anyway, so it is as safe as they are. */
export function stationSigningKey(secret: KeyObject, { ledger, station, generation }: StationKeyName): KeyObject {
  return keyOfSeed(deriveBytes(secret, ['station', ledger, station, String(generation)], 32));
}

/** The key of the card that a member shows as a recipient. */
export function cardSigningKey(
  secret: KeyObject,
  { ledger, member, generation }: { readonly ledger: string; readonly member: string; readonly generation: number },
): KeyObject {
  return keyOfSeed(deriveBytes(secret, ['card', ledger, member, String(generation)], 32));
}

function keyOfSeed(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' });
}

/** The public half as the station's row holds it: base64url, beside its RFC 7638 thumbprint. */
export function stationPublicKey(secret: KeyObject, name: StationKeyName): { kid: string; publicKey: string } {
  const key = stationSigningKey(secret, name);
  return { kid: keyThumbprint(key), publicKey: rawPublicKey(key).toString('base64url') };
}
