/** Reading accounts: lists, one account, and its balance now, at an entry number or at an effective date. */
import type { Sql } from 'postgres';
import { formatAmount } from '../../lib/decimal.js';
import { Refusal } from '../../lib/refusal.js';
import type { Account } from '../accounts.js';
import { balanceOf } from '../accounts.js';
import { accountColumns, accountOf } from '../load.js';

const prepared = { prepare: true } as const;

/** An account's columns and its asset's scale, as selected from `accountSource`. */
export const accountFields = `${accountColumns}, s.scale`;
export const accountSource = `timeledger.accounts a join timeledger.assets s on s.ledger_id = a.ledger_id and s.asset = a.asset`;

/** One account as it stands. Refuses: `account_not_found`. */
export async function readAccount(sql: Sql, ledgerId: number, code: string): Promise<Account> {
  const [row] = await sql.unsafe(
    `select ${accountFields} from ${accountSource} where a.ledger_id = $1 and a.code = $2`,
    [ledgerId, code],
    prepared,
  );
  return requireAccount(row, code);
}

/** The account in a row of `accountFields`. Refuses: `account_not_found`. */
export function requireAccount(row: Record<string, unknown> | undefined, code: string): Account {
  if (!row) throw new Refusal('account_not_found', { en: `there is no account ${code}`, zh: `没有账户 ${code}` });
  return accountOf(row, Number(row['scale']));
}

/** Several accounts by code, those that exist: `accountFields`, of ledger $1, for the codes in the JSON list $2. */
export const accountsByCode = `
  select ${accountFields} from jsonb_array_elements_text($2::text::jsonb) k(code)
  cross join lateral (select * from timeledger.accounts a where a.ledger_id = $1 and a.code = k.code limit 1) a
  join timeledger.assets s on s.ledger_id = $1 and s.asset = a.asset`;

/** Accounts by code, from after a code on; `prefix` narrows to codes that start with it. */
export async function listAccounts(
  sql: Sql,
  ledgerId: number,
  page: { after: string; prefix: string; limit: number },
): Promise<Account[]> {
  const rows = await sql.unsafe(
    `select ${accountFields} from ${accountSource}
     where a.ledger_id = $1 and a.code > $2 and starts_with(a.code, $3) order by a.code limit $4`,
    [ledgerId, page.after, page.prefix, page.limit],
    prepared,
  );
  return rows.map((row) => accountOf(row, Number(row['scale'])));
}

/** When a balance is asked for: a day of effect, or the journal up to an entry. Neither: now. */
export type Moment = { readonly asOf: string } | { readonly atEntry: number } | Record<string, never>;

/** A balance as a decimal string. Floors hold as recorded: with effect on a day, what was dated back may have taken it below. */
export interface Balance {
  readonly balance: string;
  readonly below_floor: boolean;
}

/** The balance of an account at a moment. Refuses: `account_not_found`, `entry_not_found` (not written yet). */
export async function readBalance(sql: Sql, ledgerId: number, code: string, moment: Moment): Promise<Balance> {
  const account = await readAccount(sql, ledgerId, code);
  const balance = await balanceThen(sql, ledgerId, account, moment);
  return { balance: formatAmount(balance, account.scale), below_floor: isBelowFloor(account, balance) };
}

export function isBelowFloor({ floor }: Pick<Account, 'floor'>, balance: bigint): boolean {
  return floor !== null && balance < floor;
}

async function balanceThen(sql: Sql, ledgerId: number, account: Account, moment: Moment): Promise<bigint> {
  if ('asOf' in moment) return balanceAsOf(sql, ledgerId, account, moment.asOf as string);
  if ('atEntry' in moment) return balanceAtEntry(sql, ledgerId, account, moment.atEntry as number);
  return balanceOf(account);
}

async function balanceAsOf(sql: Sql, ledgerId: number, account: Account, day: string): Promise<bigint> {
  const [row] = await sql.unsafe(
    `select coalesce(sum(debits), 0)::text as debits, coalesce(sum(credits), 0)::text as credits
     from timeledger.daily_balances where ledger_id = $1 and account_id = $2 and day <= $3::text::date`,
    [ledgerId, account.id, day],
    prepared,
  );
  const net = BigInt(row?.['debits'] as string) - BigInt(row?.['credits'] as string);
  return account.debitNormal ? net : -net;
}

async function balanceAtEntry(sql: Sql, ledgerId: number, account: Account, number: number): Promise<bigint> {
  await requireEntry(sql, ledgerId, number);
  const [row] = await sql.unsafe(
    `select balance::text from timeledger.postings
     where ledger_id = $1 and account_id = $2 and entry <= $3::text::bigint order by entry desc, version desc limit 1`,
    [ledgerId, account.id, String(number)],
    prepared,
  );
  return BigInt((row?.['balance'] as string | undefined) ?? '0');
}

/** Refuses: `entry_not_found` when the journal has not come to that number yet. */
export async function requireEntry(sql: Sql, ledgerId: number, number: number): Promise<void> {
  const last = await lastEntry(sql, ledgerId);
  if (number > last)
    throw new Refusal('entry_not_found', {
      en: `the journal ends at entry ${last}; ${number} is not written yet`,
      zh: `账簿的最后一个凭证号是 ${last}，第 ${number} 号凭证尚未写入`,
    });
}

/** The number of the last entry of the journal. */
export async function lastEntry(sql: Sql, ledgerId: number): Promise<number> {
  const [row] = await sql.unsafe(
    `select entry_count::text from timeledger.heads where ledger_id = $1`,
    [ledgerId],
    prepared,
  );
  return Number(row?.['entry_count'] ?? 0);
}
