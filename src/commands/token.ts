/** `timeledger token`: signs a token with the service's key, whether the service is running or not. */
import { join, resolve } from 'node:path';
import type { Config } from '../config.js';
import { issueToken, type Role, tokenKeysOf } from '../http/tokens.js';
import { loadOrCreateKey } from '../keys.js';
import { systemClock } from '../lib/clock.js';
import { Refusal } from '../lib/refusal.js';

export interface TokenOptions {
  readonly ledger: string;
  readonly role: Role;
  readonly subject?: string;
  readonly scope?: string;
  /** Seconds. */
  readonly ttl: number;
}

/** Refuses: `request_invalid` (a ledger, subject or scope that no token can carry). */
export function printToken(config: Config, options: TokenOptions): void {
  const keys = tokenKeysOf(loadOrCreateKey(join(resolve(config.dataDir), 'keys', 'token.pem')));
  const subject = options.subject ?? options.role;
  const claims = { issuer: config.issuer, subject, role: options.role, ledger: options.ledger, orgUnit: options.scope };
  try {
    console.log(issueToken(keys, claims, options.ttl, systemClock));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Refusal(
      'request_invalid',
      'ledger, subject and scope are short names: letters, digits, "_", "." and "-"',
    );
  }
}
