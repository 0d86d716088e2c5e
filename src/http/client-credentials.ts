/**
 * What a system signs in with: a client id that names its ledger, and a secret that is worked out from a key of the service's and
 * so is stored nowhere. Pure; it does not know which credentials were issued.
 */
import type { KeyObject } from 'node:crypto';
import { deriveBytes } from '../keys.js';

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface CredentialRequest {
  readonly ledger: string;
  /** For whom: a partner's id, or the name of another system. */
  readonly subject: string;
  /** Who asks, under which Idempotency-Key: the same request yields the same credentials, another one others. */
  readonly askedBy: string;
  readonly key: string;
}

const idBytes = 12;
const secretBytes = 32;

/** Whoever has the key can sign tokens anyway, so the secret is as safe as they are. It is no key that is ever rotated. */
export function deriveCredentials(secret: KeyObject, request: CredentialRequest): ClientCredentials {
  const { ledger, subject, askedBy, key } = request;
  const bytes = deriveBytes(secret, ['client credentials', ledger, subject, askedBy, key], idBytes + secretBytes);
  return {
    clientId: `${ledger}.${subject}.${bytes.subarray(0, idBytes).toString('hex')}`,
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
