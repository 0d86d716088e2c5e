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

/** For whom a role speaks, where that decides what it may see. */
const needs: { readonly [role in Role]?: readonly ['subject' | 'scope', string] } = {
  member: ['subject', "the member's id"],
  partner: ['subject', "the partner's id"],
  coordinator: ['scope', 'an organisation unit'],
};

/** Refuses: `request_invalid` (a role without what it speaks for; a ledger, subject or scope that no token can carry). */
export function printToken(config: Config, options: TokenOptions): void {
  const [option, what] = needs[options.role] ?? [];
  if (option && options[option] === undefined)
    throw new Refusal('request_invalid', `a token of role ${options.role} needs --${option}: ${what}`);
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
