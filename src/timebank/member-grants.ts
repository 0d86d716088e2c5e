/**
 * What a member can pay orders with of what was granted: the purse of this year, if there is one. What is held for an order that has expired is free at
 * once, and grants of a year that is over are nothing, whatever jobs have run. All of it is read in one statement.
 */
import type { Pool } from '../db/connect.js';
import { dateInZone } from '../lib/clock.js';
import { formatAmount } from '../lib/decimal.js';
import { assetOfPurse, grantsAccount } from './chart.js';
import { lastDayOf } from './credit/grants/grant.js';
import { yearOf } from './credit/grants/purses.js';
import { lapsedGrants } from './service/orders/reads.js';

export interface UsableGrants {
  readonly year: number;
  /** The last day on which they can be used. */
  readonly expires_on: string;
  readonly balance: string;
  readonly account: string;
}

const statement = `
  select (a.credits - a.debits + ${lapsedGrants('$2', '$3', '$4')})::text as balance
  from timebank.grant_purses p
  join timeledger.accounts a on a.ledger_id = $1 and a.code = $5::text
  where p.ledger_id = $1 and p.member_id = $2::text and p.state = 'open' and p.year = $3::text::integer`;

/** At most one, of the year that it is now. */
export async function readUsableGrants(
  sql: Pool,
  ledgerId: number,
  memberId: string,
  { now, zone }: { readonly now: number; readonly zone: string },
): Promise<UsableGrants[]> {
  const year = yearOf(dateInZone(now, zone));
  const account = grantsAccount({ memberId, year });
  const parameters = [ledgerId, memberId, String(year), new Date(now).toISOString(), account];
  const rows = await sql.unsafe(statement, parameters, { prepare: true });
  const { scale } = assetOfPurse('coins');
  return rows.map((row) => ({
    year,
    expires_on: lastDayOf(year),
    balance: formatAmount(BigInt(row['balance'] as string), scale),
    account,
  }));
}
