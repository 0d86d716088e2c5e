/**
 * People's tokens, from an OpenID provider: verified against its published keys. The provider says who someone is and, in the
 * claims `role`, `ledger` and `org_unit`, what they are here; this file believes it and nobody else.
 */
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import type { OidcConfig } from '../config.js';
import type { Clock } from '../lib/clock.js';
import { Refusal } from '../lib/refusal.js';

export interface PeopleVerifier {
  readonly issuer: string;
  /**
   * The claims of a good token, with `org_unit` as `scope`.
   * Refuses: `unauthenticated`, `ledger_unavailable` (the provider's keys cannot be fetched).
   */
  verify(token: string): Promise<Record<string, unknown>>;
}

/** Keys are fetched with the first token and again when an unknown key id turns up, at most twice a minute. */
export function peopleVerifier(config: OidcConfig, clock: Clock): PeopleVerifier {
  const keys = createRemoteJWKSet(new URL(config.jwksUrl), { timeoutDuration: 3_000 });
  return {
    issuer: config.issuer,
    verify: async (token) => {
      try {
        const options = { issuer: config.issuer, algorithms: ['EdDSA', 'ES256'], currentDate: new Date(clock()) };
        const { payload } = await jwtVerify(token, keys, { ...options, requiredClaims: ['exp'] });
        // OAuth's own `scope` lists permissions at the provider; ours is an organisation unit.
        return { ...payload, scope: payload['org_unit'] };
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
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
  if (code === 'ERR_JWT_EXPIRED') return new Refusal('unauthenticated', 'The token has expired.');
  if (/^ERR_(JWT|JWS|JOSE_ALG|JOSE_NOT|JWKS_NO|JWKS_MULTIPLE)/.test(code)) {
    return new Refusal('unauthenticated', 'The token is not valid.');
  }
  return new Refusal('ledger_unavailable', "The identity provider's keys cannot be fetched.", { retryAfterSeconds: 5 });
}
