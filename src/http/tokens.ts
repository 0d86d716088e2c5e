/**
 * Our own tokens: JWTs signed with Ed25519, and who they speak for. It does not know how a token reached us, nor what a role
 * may do; the CLI signs tokens with it too, without a server.
 */
import { createPublicKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { type Ed25519Jwk, keyThumbprint, publicJwk } from '../ledger/log/keys.js';
import type { Clock } from '../lib/clock.js';
import { externalIdShape } from '../lib/ids.js';

export const roles = ['member', 'coordinator', 'partner', 'auditor', 'operator', 'platform'] as const;
export type Role = (typeof roles)[number];

/** Who a request speaks for. */
export interface Principal {
  readonly subject: string;
  readonly role: Role;
  readonly ledger: string;
  /** The organisation unit whose subtree a coordinator looks after. */
  readonly orgUnit?: string | undefined;
  /** The partner that a partner's system belongs to. */
  readonly partner?: string | undefined;
  /** The client whose credentials the token was issued for, if it was. */
  readonly client?: string | undefined;
}

export interface TokenKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The RFC 7638 thumbprint of the public key. */
  readonly kid: string;
}

/** The key pair of tokens, from its Ed25519 private key. */
export function tokenKeysOf(privateKey: KeyObject): TokenKeys {
  const publicKey = createPublicKey(privateKey);
  return { privateKey, publicKey, kid: keyThumbprint(publicKey) };
}

/** The public key as a JSON Web Key Set. */
export function jwksOf(keys: TokenKeys): { keys: Ed25519Jwk[] } {
  return { keys: [publicJwk(keys.publicKey)] };
}

export interface TokenClaims extends Principal {
  readonly issuer: string;
}

/** A signed token that is valid from now for `ttlSeconds`. Throws a RangeError when it would not be accepted by ourselves. */
export function issueToken(keys: TokenKeys, claims: TokenClaims, ttlSeconds: number, clock: Clock): string {
  const issuedAt = Math.floor(clock() / 1_000);
  const payload = {
    iss: claims.issuer,
    sub: claims.subject,
    role: claims.role,
    ledger: claims.ledger,
    ...(claims.orgUnit !== undefined && { scope: claims.orgUnit }),
    ...(claims.partner !== undefined && { partner: claims.partner }),
    ...(claims.client !== undefined && { client_id: claims.client }),
    iat: issuedAt,
    exp: issuedAt + Math.floor(ttlSeconds),
    jti: randomUUID(),
  };
  if (!(payload.exp > issuedAt) || principalOf(payload) === undefined) {
    throw new RangeError('a token needs a subject, a role, a ledger and a lifetime of at least one second');
  }
  const input = `${base64url({ alg: 'EdDSA', typ: 'JWT', kid: keys.kid })}.${base64url(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), keys.privateKey).toString('base64url')}`;
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Subjects enter cache keys and logs: visible ASCII, and short. Those that name a member or a partner are ids. */
const subjectPattern = /^[\x21-\x7e]{1,128}$/;

/** Reads the claims of a verified token; undefined when one is missing or not of its shape. */
export function principalOf(claims: Readonly<Record<string, unknown>>): Principal | undefined {
  const { sub, ledger, scope, partner, client_id: client } = claims;
  const role = roles.find((known) => known === claims['role']);
  if (!role || !matches(subjectPattern, sub) || !matches(externalIdShape, ledger)) return undefined;
  if ((role === 'member' || role === 'partner') && !matches(externalIdShape, sub)) return undefined;
  if (scope !== undefined && !matches(externalIdShape, scope)) return undefined;
  if (partner !== undefined && !matches(externalIdShape, partner)) return undefined;
  if (client !== undefined && !matches(subjectPattern, client)) return undefined;
  // All members always present: one shape for the hot path.
  return { subject: sub, role, ledger, orgUnit: scope, partner, client };
}

function matches(pattern: RegExp, value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value);
}
