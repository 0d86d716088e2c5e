/**
 * An account's statement by days of effect. Opening and closing balance are the range's and the same on every page; each line
 * carries the balance after it. Daily sums say between which entries a day's postings lie, so that no index on the day is needed.
 */
import type { Sql } from 'postgres';
import { formatAmount } from '../../lib/decimal.js';
import type { Account } from '../accounts.js';
import { accountFields, accountSource, isBelowFloor, requireAccount } from './accounts.js';

export interface StatementLine {
  readonly entry: string;
  readonly effective_on: string;
  readonly kind: string;
  readonly debit: string;
  readonly credit: string;
  readonly balance: string;
  /** Floors hold as recorded: with effect on its day, what was dated back may have taken the balance below. */
  readonly below_floor: boolean;
}

/** Where a page starts: after this posting. */
export interface StatementPosition {
  readonly day: string;
  readonly entry: number;
  readonly version: number;
}

export interface StatementPage {
  readonly account: string;
  readonly asset: string;
  readonly opening: string;
  readonly lines: StatementLine[];
  readonly closing: string;
  /** Of the opening or the closing balance. */
  readonly below_floor: boolean;
  readonly next: StatementPosition | null;
}

export interface StatementRequest {
  /** First day, inclusive; null: from the beginning. */
  readonly from: string | null;
  /** Last day, inclusive; null: to the end. */
  readonly to: string | null;
  readonly after: StatementPosition | null;
  readonly limit: number;
}

interface RawLine {
  readonly day: string;
  readonly entry: string;
  readonly version: string;
  readonly kind: string;
  readonly amount: string;
}

/** One statement for account and lines: beside a busy lane every round trip waits its turn. */
const statement = `
  select ${accountFields},
    (select coalesce(sum(d.debits - d.credits), 0) from timeledger.daily_balances d
      where d.ledger_id = $1 and d.account_id = a.account_id and d.day < $8::text::date)::text as opening,
    (select coalesce(sum(d.debits - d.credits), 0) from timeledger.daily_balances d
      where d.ledger_id = $1 and d.account_id = a.account_id and d.day <= $4::text::date)::text as closing,
    (select coalesce(sum(d.debits - d.credits), 0) from timeledger.daily_balances d
      where d.ledger_id = $1 and d.account_id = a.account_id and d.day < $3::text::date)::text as before_days,
    (select coalesce(sum(p.amount), 0) from timeledger.daily_balances d join timeledger.postings p
        on p.ledger_id = d.ledger_id and p.account_id = d.account_id and p.entry between d.first_entry and d.last_entry
          and p.effective_on = d.day
      where d.ledger_id = $1 and d.account_id = a.account_id and d.day = $3::text::date
        and (p.entry, p.version) <= ($5::text::bigint, $6::text::bigint))::text as before_lines,
    (select json_agg(json_build_object('day', l.day, 'entry', l.entry::text, 'version', l.version::text,
        'kind', l.kind, 'amount', l.amount::text) order by l.day, l.entry, l.version)
      from (
        select d.day, p.entry, p.version, p.amount, e.kind
        from timeledger.daily_balances d
        cross join lateral (
          select p.entry, p.version, p.amount from timeledger.postings p
          where p.ledger_id = $1 and p.account_id = a.account_id and p.entry between d.first_entry and d.last_entry
            and p.effective_on = d.day
            and (d.day > $3::text::date or (p.entry, p.version) > ($5::text::bigint, $6::text::bigint))
          order by p.entry, p.version limit $7
        ) p
        join timeledger.entries e on e.ledger_id = $1 and e.number = p.entry
        where d.ledger_id = $1 and d.account_id = a.account_id and d.day between $3::text::date and $4::text::date
        order by d.day, p.entry, p.version limit $7
      ) l) as lines
  from ${accountSource} where a.ledger_id = $1 and a.code = $2`;

/** One page of a statement. Refuses: `account_not_found`. */
export async function readStatement(
  sql: Sql,
  ledgerId: number,
  code: string,
  request: StatementRequest,
): Promise<StatementPage> {
  const { after, limit } = request;
  const from = request.from ?? '0001-01-01';
  const [row] = await sql.unsafe(
    statement,
    [
      ledgerId,
      code,
      after?.day ?? from,
      request.to ?? '9999-12-31',
      String(after?.entry ?? 0),
      String(after?.version ?? 0),
      limit + 1,
      from,
    ],
    { prepare: true },
  );
  const account = requireAccount(row, code);
  const net = (name: string) => BigInt(row?.[name] as string);
  const figures = {
    opening: net('opening'),
    closing: net('closing'),
    running: net('before_days') + net('before_lines'),
  };
  return pageOf(account, figures, (row?.['lines'] as RawLine[] | null) ?? [], limit);
}

/** Debits less credits: at the ends of the range, and before the first line of the page. */
interface Figures {
  readonly opening: bigint;
  readonly closing: bigint;
  readonly running: bigint;
}

function pageOf(account: Account, figures: Figures, raw: readonly RawLine[], limit: number): StatementPage {
  const normal = (net: bigint) => (account.debitNormal ? net : -net);
  const size = (amount: bigint) => formatAmount(amount, account.scale);
  let { running } = figures;
  const kept = raw.slice(0, limit);
  const lines = kept.map((line) => {
    const amount = BigInt(line.amount);
    running += amount;
    return {
      entry: line.entry,
      effective_on: line.day,
      kind: line.kind,
      debit: size(amount > 0n ? amount : 0n),
      credit: size(amount < 0n ? -amount : 0n),
      balance: size(normal(running)),
      below_floor: isBelowFloor(account, normal(running)),
    };
  });
  const last = kept.at(-1);
  const next =
    raw.length > limit && last ? { day: last.day, entry: Number(last.entry), version: Number(last.version) } : null;
  const [opening, closing] = [normal(figures.opening), normal(figures.closing)];
  return {
    account: account.code,
    asset: account.asset,
    opening: size(opening),
    lines,
    closing: size(closing),
    below_floor: [opening, closing].some((balance) => isBelowFloor(account, balance)),
    next,
  };
}
