/** `timeledger token`: signs a token with the service's key, whether the service is running or not. It makes no key and no ledger. */
import type { Config } from '../config.js';
import { keyDirectory, openCommandDatabase } from '../database.js';
import { openPool, sqlState } from '../db/connect.js';
import { issueToken, type Role, tokenKeysOf } from '../http/tokens.js';
import { readTokenKeys } from '../keys.js';
import { loadLedger } from '../ledger/load.js';
import { systemClock } from '../lib/clock.js';
import { sameIn, type Words } from '../lib/language.js';
import { Refusal } from '../lib/refusal.js';

export interface TokenOptions {
  readonly ledger: string;
  readonly role: Role;
  readonly subject?: string;
  readonly scope?: string;
  /** Whether a coordinator's token is good for the care registry. */
  readonly care?: boolean;
  /** Seconds. */
  readonly ttl: number;
}

/** For whom a role speaks, where that decides what it may see. */
const needs: { readonly [role in Role]?: readonly ['subject' | 'scope', Words] } = {
  member: ['subject', { en: "the member's id", zh: '成员编号' }],
  partner: ['subject', { en: "the partner's id", zh: '合作方编号' }],
  coordinator: ['scope', { en: 'an organisation unit', zh: '组织单元' }],
};

/**
 * Refuses: `request_invalid` (a role without what it speaks for; a ledger, subject or scope that no token can carry; too long a life),
 * a KeyError (no key to sign with), `ledger_not_found`.
 */
export async function printToken(config: Config, options: TokenOptions): Promise<void> {
  const [option, what = sameIn('')] = needs[options.role] ?? [];
  if (option && options[option] === undefined)
    throw new Refusal('request_invalid', {
      en: `a token of role ${options.role} needs --${option}: ${what.en}`,
      zh: `角色 ${options.role} 的令牌须用 --${option} 指明${what.zh}`,
    });
  const token = tokenOf(config, options);
  await requireLedger(config, options.ledger);
  console.log(token);
}

function tokenOf(config: Config, options: TokenOptions): string {
  const [signing] = readTokenKeys(keyDirectory(config));
  const subject = options.subject ?? options.role;
  const { role, ledger, scope: orgUnit, care } = options;
  const claims = { issuer: config.issuer, subject, role, ledger, orgUnit, care };
  try {
    return issueToken(tokenKeysOf(signing.key), claims, options.ttl, systemClock);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Refusal('request_invalid', {
      en: 'ledger, subject and scope are short names: letters, digits, "_", "." and "-"; a token lives for 31 days at most',
      zh: 'ledger、subject 和 scope 应为简短名称，只含字母、数字、“_”、“.”和“-”；令牌有效期最长 31 天',
    });
  }
}

/** A token for a ledger that is not there would only be found out with the first request. */
async function requireLedger(config: Config, code: string): Promise<void> {
  const database = await openCommandDatabase(config);
  const sql = openPool(database.target, { max: 1, applicationName: 'timeledger token' });
  try {
    const ledger = await loadLedger(sql, code).catch((error: unknown) => {
      // A database without the schema has no ledgers.
      if (['42P01', '3F000'].includes(sqlState(error) ?? '')) return null;
      throw error;
    });
    if (!ledger)
      throw new Refusal('ledger_not_found', {
        en: `there is no ledger "${code}": timeledger ledger create ${code}`,
        zh: `没有账本“${code}”：请先运行 timeledger ledger create ${code}`,
      });
  } finally {
    await sql.end({ timeout: 1 });
    await database.stop();
  }
}
