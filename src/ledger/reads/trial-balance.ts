/**
 * The trial balance, both ways: by days of effect (sums of daily balances) and as recorded (each account's last posting at or
 * before an entry). Debit balances equal credit balances for every asset, or the books are broken.
 */
import type { Sql } from 'postgres';
import { formatAmount } from '../../lib/decimal.js';
import { type AccountType, isDebitNormal } from '../accounts.js';
import { isBelowFloor, requireEntry } from './accounts.js';

export interface TrialBalanceAsset {
  readonly asset: string;
  /** Sum of the balances that stand on the debit side. */
  readonly debits: string;
  readonly credits: string;
  readonly accounts: {
    readonly code: string;
    readonly type: AccountType;
    readonly balance: string;
    /** Floors hold as recorded: with effect on a day, what was dated back may have taken the balance below. */
    readonly below_floor: boolean;
  }[];
}

interface Row {
  readonly code: string;
  readonly asset: string;
  readonly type: AccountType;
  readonly scale: number;
  readonly floor: string | null;
  /** Debits less credits, minor units. */
  readonly net: string;
}

const asOfStatement = `
  select a.code, a.asset, a.type, a.floor::text, s.scale::int as scale, d.net::text
  from (select account_id, sum(debits - credits) as net from timeledger.daily_balances
        where ledger_id = $1 and day <= $2::text::date group by account_id) d
  join timeledger.accounts a on a.ledger_id = $1 and a.account_id = d.account_id
  join timeledger.assets s on s.ledger_id = $1 and s.asset = a.asset
  order by a.asset, a.code`;

const atEntryStatement = `
  select a.code, a.asset, a.type, a.floor::text, s.scale::int as scale,
    (case when a.type in ('asset', 'expense') then p.balance else -p.balance end)::text as net
  from timeledger.accounts a
  cross join lateral (select balance from timeledger.postings p
    where p.ledger_id = $1 and p.account_id = a.account_id and p.entry <= $2::text::bigint
    order by p.entry desc, p.version desc limit 1) p
  join timeledger.assets s on s.ledger_id = $1 and s.asset = a.asset
  where a.ledger_id = $1
  order by a.asset, a.code`;

/** With effect up to and with a day, whenever it was recorded. Accounts without a posting by then are left out. */
export async function trialBalanceAsOf(sql: Sql, ledgerId: number, day: string): Promise<TrialBalanceAsset[]> {
  return group((await sql.unsafe(asOfStatement, [ledgerId, day], { prepare: true })) as unknown as Row[]);
}

/** As the books stood when an entry was written. Refuses: `entry_not_found` (not written yet). */
export async function trialBalanceAtEntry(sql: Sql, ledgerId: number, number: number): Promise<TrialBalanceAsset[]> {
  await requireEntry(sql, ledgerId, number);
  return group((await sql.unsafe(atEntryStatement, [ledgerId, String(number)], { prepare: true })) as unknown as Row[]);
}

function group(rows: readonly Row[]): TrialBalanceAsset[] {
  const assets = new Map<string, Row[]>();
  for (const row of rows) {
    const list = assets.get(row.asset);
    if (list) list.push(row);
    else assets.set(row.asset, [row]);
  }
  return [...assets].map(([asset, list]) => sumUp(asset, list));
}

function sumUp(asset: string, rows: readonly Row[]): TrialBalanceAsset {
  let debits = 0n;
  let credits = 0n;
  const scale = rows[0]?.scale ?? 0;
  const accounts = rows.map(({ code, type, net, floor }) => {
    const minor = BigInt(net);
    if (minor > 0n) debits += minor;
    else credits -= minor;
    const balance = isDebitNormal(type) ? minor : -minor;
    const below_floor = isBelowFloor({ floor: floor === null ? null : BigInt(floor) }, balance);
    return { code, type, balance: formatAmount(balance, scale), below_floor };
  });
  return { asset, debits: formatAmount(debits, scale), credits: formatAmount(credits, scale), accounts };
}
