/**
 * What a member holds and owes now. A hold past its time is free at once, whatever jobs have run: its points are shown as they
 * will stand once they are given back, a debt repaid first, and points past their day are gone. All of it is read in one statement.
 */
import type { Pool } from '../db/connect.js';
import { balanceOf } from '../ledger/accounts.js';
import { accountOf } from '../ledger/load.js';
import { accountsByCode } from '../ledger/reads/accounts.js';
import { dateInZone } from '../lib/clock.js';
import { formatAmount, least } from '../lib/decimal.js';
import { allPurses, assetOfPurse, memberAccount, type Purse, receivableAccount } from './chart.js';
import { overOfGifts, unansweredGifts } from './credit/gifts/reads.js';
import { overOfLots } from './credit/lots/reads.js';
import { expiredPoints, overOfHolds } from './partners/redemptions/reads.js';
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
  select a.*, (${expiredPoints('$3', '$4')} + ${unansweredGifts('points', '$3', '$4')})::text as points,
    (${lapsedCoins('$3', '$4')} + ${unansweredGifts('coins', '$3', '$4')})::text as coins,
    (${overOfHolds('$3', '$4', '$5')} + ${overOfGifts('$3', '$4', '$5')})::text as over_of_holds, ${overOfLots('$3', '$5')}::text as over
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
  { now, zone }: { readonly now: number; readonly zone: string },
): Promise<MemberBalances> {
  const held = await readHeld(sql, ledgerId, member, new Date(now).toISOString(), dateInZone(now, zone));
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

async function readHeld(sql: Pool, ledgerId: number, member: string, now: string, today: string): Promise<Held> {
  const codes = allPurses.flatMap((purse) => [memberAccount(member, purse), receivableAccount(member, purse).code]);
  const rows = await sql.unsafe(statement, [ledgerId, JSON.stringify(codes), member, now, today], { prepare: true });
  const accounts = rows.map((row) => accountOf(row, Number(row['scale'])));
  const balances = new Map(accounts.map((account) => [account.code, balanceOf(account)]));
  const figure = (name: string) => BigInt((rows[0]?.[name] as string | undefined) ?? '0');
  for (const purse of ['points', 'coins'] as const) {
    const freed = figure(purse);
    const [code, debt] = [memberAccount(member, purse), receivableAccount(member, purse).code];
    const owed = balances.get(debt) ?? 0n;
    const repaid = least(freed, owed);
    // What repays a debt is what expires first.
    const overOfRest = figure('over_of_holds') > repaid ? figure('over_of_holds') - repaid : 0n;
    const over = purse === 'points' ? figure('over') + overOfRest : 0n;
    if (repaid > 0n) balances.set(debt, owed - repaid);
    if (freed > repaid || over > 0n) balances.set(code, (balances.get(code) ?? 0n) + freed - repaid - over);
  }
  return { codes: new Set(accounts.map(({ code }) => code)), balances };
}
