/**
 * What a partner's system signs in with: a client id that names its ledger, and a secret that is worked out from the service's
 * private key and so is stored nowhere. Pure; it does not know which credentials were issued.
 */
import { createHash, hkdfSync, type KeyObject } from 'node:crypto';

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface CredentialRequest {
  readonly ledger: string;
  readonly partnerId: string;
  /** Who asks, under which Idempotency-Key: the same request yields the same credentials, another one others. */
  readonly subject: string;
  readonly key: string;
}

const idBytes = 12;
const secretBytes = 32;

/** HKDF-SHA256 (RFC 5869) over the key. Whoever has that key can sign tokens anyway, so the secret is as safe as they are. */
export function deriveCredentials(privateKey: KeyObject, request: CredentialRequest): ClientCredentials {
  const { ledger, partnerId, subject, key } = request;
  const secret = privateKey.export({ type: 'pkcs8', format: 'der' });
  // None of the four can hold a line feed, so no two requests run together. Digested, because info is limited to 1,024 bytes.
  const purpose = ['timeledger partner credential', ledger, partnerId, subject, key].join('\n');
  const info = createHash('sha256').update(purpose).digest();
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', info, idBytes + secretBytes));
  return {
    clientId: `${ledger}.${partnerId}.${bytes.subarray(0, idBytes).toString('hex')}`,
    clientSecret: bytes.subarray(idBytes).toString('base64url'),
  };
}

/** The ledger a client id names, or undefined: the code of a ledger has no dot. */
export function ledgerOfClient(clientId: string): string | undefined {
  return /^([a-z][a-z0-9-]{0,31})\.[A-Za-z0-9_.-]+$/.exec(clientId)?.[1];
}

/** A client's id and secret in a Basic header, each form-encoded before (RFC 6749, section 2.3.1); undefined when it is not one. */
export function basicCredentials(header: string): ClientCredentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  try {
    return { clientId: formDecoded(text.slice(0, colon)), clientSecret: formDecoded(text.slice(colon + 1)) };
  } catch {
    return undefined;
  }
}

function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
