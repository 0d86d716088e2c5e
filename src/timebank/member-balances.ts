/**
 * What a member holds and owes now. A hold past its time is free at once, whatever jobs have run: its points are shown as they
 * will stand once they are given back, a debt repaid first. The books are read and the expired holds with them, in one statement.
 */
import type { Pool } from '../db/connect.js';
import { balanceOf } from '../ledger/accounts.js';
import { accountOf } from '../ledger/load.js';
import { accountsByCode } from '../ledger/reads/accounts.js';
import { formatAmount } from '../lib/decimal.js';
import { allPurses, assetOfPurse, memberAccount, type Purse, receivableAccount } from './chart.js';
import { expiredPoints } from './partners/redemptions/reads.js';
import { lapsedCoins } from './service/orders/reads.js';

export interface PurseBalance {
  readonly purse: Purse;
  readonly asset: string;
  readonly balance: string;
  /** Null: nothing was ever posted to it. */
  readonly account: string | null;
}

export interface MemberBalances {
  readonly member: string;
  readonly balances: PurseBalance[];
  readonly receivables: PurseBalance[];
}

const statement = `
  select a.*, ${expiredPoints('$3', '$4')}::text as points, ${lapsedCoins('$3', '$4')}::text as coins
  from (${accountsByCode}) a`;

interface Held {
  readonly codes: ReadonlySet<string>;
  readonly balances: ReadonlyMap<string, bigint>;
}

/** Every purse of a member, zero where nothing was posted yet, and what the member owes, where there ever was a debt. */
export async function readMemberBalances(
  sql: Pool,
  ledgerId: number,
  member: string,
  now: number,
): Promise<MemberBalances> {
  const held = await readHeld(sql, ledgerId, member, now);
  const shown = (purse: Purse, code: string): PurseBalance => {
    const { asset, scale } = assetOfPurse(purse);
    const balance = formatAmount(held.balances.get(code) ?? 0n, scale);
    return { purse, asset, balance, account: held.codes.has(code) ? code : null };
  };
  const debts = allPurses.map((purse) => ({ purse, code: receivableAccount(member, purse).code }));
  return {
    member,
    balances: allPurses.map((purse) => shown(purse, memberAccount(member, purse))),
    receivables: debts.filter(({ code }) => held.codes.has(code)).map(({ purse, code }) => shown(purse, code)),
  };
}

async function readHeld(sql: Pool, ledgerId: number, member: string, now: number): Promise<Held> {
  const codes = allPurses.flatMap((purse) => [memberAccount(member, purse), receivableAccount(member, purse).code]);
  const rows = await sql.unsafe(statement, [ledgerId, JSON.stringify(codes), member, new Date(now).toISOString()], {
    prepare: true,
  });
  const accounts = rows.map((row) => accountOf(row, Number(row['scale'])));
  const balances = new Map(accounts.map((account) => [account.code, balanceOf(account)]));
  for (const purse of ['points', 'coins'] as const) {
    const freed = BigInt((rows[0]?.[purse] as string | undefined) ?? '0');
    const [code, debt] = [memberAccount(member, purse), receivableAccount(member, purse).code];
    const owed = balances.get(debt) ?? 0n;
    const repaid = freed < owed ? freed : owed;
    if (repaid > 0n) balances.set(debt, owed - repaid);
    if (freed > repaid) balances.set(code, (balances.get(code) ?? 0n) + freed - repaid);
  }
  return { codes: new Set(accounts.map(({ code }) => code)), balances };
}
