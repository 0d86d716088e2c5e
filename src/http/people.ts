/**
 * People's tokens, from an OpenID provider: verified against its published keys, and meant for us. The provider says who someone is
 * and, in the claims `role`, `ledger`, `org_unit` and `member`, what they are here; this file believes it within the roles that it was
 * told to take, and believes nobody else.
 */
import { createRemoteJWKSet, decodeJwt, type JWTPayload, jwtVerify } from 'jose';
import type { OidcConfig } from '../config.js';
import type { Clock } from '../lib/clock.js';
import { Refusal } from '../lib/refusal.js';
import { isPlainId, type Opened, principalOf, unsaid } from './tokens.js';

/** A name for a person that may stand in the journal for ever, and is known here from now on. */
export type Pseudonyms = (person: {
  readonly ledger: string;
  readonly issuer: string;
  readonly subject: string;
}) => Promise<string>;

export interface PeopleVerifier {
  readonly issuer: string;
  /** Refuses: `unauthenticated`, `ledger_unavailable` (the provider's keys cannot be fetched, or the pseudonym cannot be kept). */
  open(token: string): Promise<Opened>;
}

/** Keys are fetched with the first token and again when an unknown key id turns up, at most twice a minute. */
export function peopleVerifier(config: OidcConfig, clock: Clock, pseudonyms: Pseudonyms): PeopleVerifier {
  const keys = createRemoteJWKSet(new URL(config.jwksUrl), { timeoutDuration: 3_000 });
  const { issuer, audience } = config;
  return {
    issuer,
    open: async (token) => {
      const options = { issuer, audience, algorithms: ['EdDSA', 'ES256'], currentDate: new Date(clock()) };
      const { payload } = await jwtVerify(token, keys, { ...options, requiredClaims: ['exp', 'sub'] }).catch(
        (error) => {
          throw refusalOf(error);
        },
      );
      return await personOf(payload, config, pseudonyms);
    },
  };
}

/** Any text that a provider may call someone. */
const subjectPattern = /^[^\p{Cc}\p{Cs}]{1,255}$/u;

/**
 * A member is known by their id: the claim `member`, or else `sub`. Everybody else is known by a pseudonym, for `sub` may be an address or a
 * telephone number. Other claims that we use ourselves, such as `client_id`, are the provider's own business.
 */
async function personOf(payload: JWTPayload, config: OidcConfig, pseudonyms: Pseudonyms): Promise<Opened> {
  const { sub, exp, role, ledger, org_unit: scope, care } = payload;
  const member = payload['member'] ?? sub;
  const alias = isPlainId(member) ? member : undefined;
  // Whether all else is as it must be is known before anything is kept.
  const said = principalOf({ sub: role === 'member' ? member : 'person', role, ledger, scope, care });
  if (!said || typeof sub !== 'string' || !subjectPattern.test(sub) || typeof exp !== 'number') throw unsaid();
  if (!config.roles.includes(said.role)) {
    throw new Refusal('unauthenticated', {
      en: `The provider's tokens are not taken for the role ${said.role}.`,
      zh: `身份提供方的令牌不可用于角色 ${said.role}。`,
    });
  }
  const subject =
    said.role === 'member'
      ? said.subject
      : await pseudonyms({ ledger: said.ledger, issuer: config.issuer, subject: sub });
  return { principal: { ...said, subject, alias }, expiresAt: exp * 1_000 };
}

/** `iss` as the token says it, unverified: it only chooses the keys that the token must then fit. */
export function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

/** jose's codes say whether the token is bad; anything else means that the provider could not be asked. */
function refusalOf(error: unknown): Refusal {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_JWT_EXPIRED')
    return new Refusal('unauthenticated', { en: 'The token has expired.', zh: '令牌已过期。' });
  if (/^ERR_(JWT|JWS|JOSE_ALG|JOSE_NOT|JWKS_NO|JWKS_MULTIPLE)/.test(code)) {
    return new Refusal('unauthenticated', { en: 'The token is not valid.', zh: '令牌无效。' });
  }
  return new Refusal(
    'ledger_unavailable',
    { en: "The identity provider's keys cannot be fetched.", zh: '无法获取身份提供方的公钥。' },
    { retryAfterSeconds: 5 },
  );
}
