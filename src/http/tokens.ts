/**
 * Our own tokens: JWTs signed with Ed25519, and who they speak for. It does not know how a token reached us, nor what a role
 * may do; the CLI signs tokens with it too, without a server.
 */
import { createPublicKey, type KeyObject, randomUUID, sign, verify } from 'node:crypto';
import { type Ed25519Jwk, keyThumbprint, publicJwk } from '../ledger/log/keys.js';
import type { Clock } from '../lib/clock.js';
import { externalIdShape } from '../lib/ids.js';
import { Refusal } from '../lib/refusal.js';

export const roles = ['member', 'coordinator', 'partner', 'auditor', 'operator', 'platform'] as const;
export type Role = (typeof roles)[number];

/** Who a request speaks for. */
export interface Principal {
  /** A plain id: of a member, a partner, a client; for other people a pseudonym. It enters the journal. */
  readonly subject: string;
  readonly role: Role;
  readonly ledger: string;
  /** The organisation unit whose subtree a coordinator looks after. */
  readonly orgUnit?: string | undefined;
  /** Whether a coordinator may see the care registry, within the same subtree. */
  readonly care?: boolean | undefined;
  /** The partner that a partner's system belongs to. */
  readonly partner?: string | undefined;
  /** The client whose credentials the token was issued for, if it was. */
  readonly client?: string | undefined;
  /** A person's id as it may stand in a record, where `subject` is a pseudonym: nobody approves their own. Never stored or logged. */
  readonly alias?: string | undefined;
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

/** The keys that verify tokens now, of which the first signs them. */
export class TokenKeyring {
  private keys: readonly TokenKeys[] = [];
  /** By the one header that tokens of the key have. */
  private byHeader: ReadonlyMap<string, TokenKeys> = new Map();
  private readonly listeners: (() => void)[] = [];

  constructor(keys: readonly TokenKeys[]) {
    this.replace(keys);
  }

  get signing(): TokenKeys {
    const [first] = this.keys;
    if (!first) throw new Error('a keyring without a key');
    return first;
  }

  /** The public keys as a JSON Web Key Set. */
  get jwks(): { keys: Ed25519Jwk[] } {
    return { keys: this.keys.map(({ publicKey }) => publicJwk(publicKey)) };
  }

  /** From now on these. */
  replace(keys: readonly TokenKeys[]): void {
    this.keys = keys;
    this.byHeader = new Map(keys.map((key) => [headerOf(key), key]));
    for (const tell of this.listeners) tell();
  }

  /** Calls back each time after the keys were replaced: what an old one has verified is to be verified anew. */
  whenReplaced(tell: () => void): void {
    this.listeners.push(tell);
  }

  /** The key of a token by its header, unread: who did not write it as we do has not had it from us. */
  find(header: string): TokenKeys | undefined {
    return this.byHeader.get(header);
  }
}

export interface TokenClaims extends Principal {
  readonly issuer: string;
}

/** The longest life of a token; a key that was replaced verifies for as long. */
export const maxTokenSeconds = 31 * 86_400;

/** A signed token that is valid from now for `ttlSeconds`. Throws a RangeError when it would not be accepted by ourselves. */
export function issueToken(keys: TokenKeys, claims: TokenClaims, ttlSeconds: number, clock: Clock): string {
  const issuedAt = Math.floor(clock() / 1_000);
  const payload = {
    iss: claims.issuer,
    aud: claims.issuer,
    sub: claims.subject,
    role: claims.role,
    ledger: claims.ledger,
    ...(claims.orgUnit !== undefined && { scope: claims.orgUnit }),
    ...(claims.care === true && { care: true }),
    ...(claims.partner !== undefined && { partner: claims.partner }),
    ...(claims.client !== undefined && { client_id: claims.client }),
    iat: issuedAt,
    exp: issuedAt + Math.floor(ttlSeconds),
    jti: randomUUID(),
  };
  const lives = payload.exp > issuedAt && payload.exp <= issuedAt + maxTokenSeconds;
  if (!lives || principalOf(payload) === undefined) {
    throw new RangeError('a token needs a subject, a role, a ledger and a lifetime of one second to 31 days');
  }
  const input = `${headerOf(keys)}.${base64url(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), keys.privateKey).toString('base64url')}`;
}

function headerOf({ kid }: TokenKeys): string {
  return base64url({ alg: 'EdDSA', typ: 'JWT', kid });
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Whom a token speaks for, and until when, in milliseconds since the epoch. */
export interface Opened {
  readonly principal: Principal;
  readonly expiresAt: number;
}

const skewSeconds = 60;

/**
 * Opens a token of our own: signed by one of our keys and named so in its header, issued by us for us, not long ago and not for
 * long. Refuses: `unauthenticated`.
 */
export function openToken(keyring: TokenKeyring, token: string, issuer: string, clock: Clock): Opened {
  const [header = '', body = '', signature = ''] = token.split('.');
  const key = keyring.find(header);
  if (!key || !isCanonical(signature) || !isSigned(`${header}.${body}`, signature, key)) throw invalid();
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  const { iss, aud, iat, exp } = claims;
  if (iss !== issuer || aud !== issuer || !Number.isInteger(iat) || !Number.isInteger(exp)) throw invalid();
  const [from, until, now] = [Number(iat), Number(exp), clock() / 1_000];
  if (from > now + skewSeconds || until <= from || until - from > maxTokenSeconds) throw invalid();
  if (until <= now) throw new Refusal('unauthenticated', { en: 'The token has expired.', zh: '令牌已过期。' });
  const principal = principalOf(claims);
  if (!principal) throw unsaid();
  return { principal, expiresAt: until * 1_000 };
}

/** Whether base64url is spelt in the one way that encoders do: any other would make another token with the same meaning. */
export function isCanonical(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}

function isSigned(text: string, signature: string, { publicKey }: TokenKeys): boolean {
  return verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64url'));
}

function invalid(): Refusal {
  return new Refusal('unauthenticated', { en: 'The token is not valid.', zh: '令牌无效。' });
}

/** For a good token that does not say enough, or not in our words. */
export function unsaid(): Refusal {
  return new Refusal('unauthenticated', {
    en: 'The token does not say who it speaks for: sub, role, ledger, exp.',
    zh: '令牌未说明代表谁：须有 sub、role、ledger、exp。',
  });
}

/** `ledger.subject.random` */
const clientPattern = /^[A-Za-z0-9_.-]{1,160}$/;

/** Whether an id may enter the journal, account codes and logs as a subject: plain and short. */
export function isPlainId(value: unknown): value is string {
  return matches(externalIdShape, value);
}

/** Reads the claims of a verified token; undefined when one is missing or not of its shape. */
export function principalOf(claims: Readonly<Record<string, unknown>>): Principal | undefined {
  const { sub, ledger, scope, care, partner, client_id: client } = claims;
  const role = roles.find((known) => known === claims['role']);
  if (!role || !isPlainId(sub) || !isPlainId(ledger)) return undefined;
  if (scope !== undefined && !isPlainId(scope)) return undefined;
  if (care !== undefined && typeof care !== 'boolean') return undefined;
  if (partner !== undefined && !isPlainId(partner)) return undefined;
  if (client !== undefined && !matches(clientPattern, client)) return undefined;
  // All members always present: one shape for the hot path.
  return { subject: sub, role, ledger, orgUnit: scope, care, partner, client, alias: undefined };
}

function matches(pattern: RegExp, value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value);
}
