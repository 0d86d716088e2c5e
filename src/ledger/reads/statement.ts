/**
 * An account's statement by days of effect: opening balance, lines, closing balance; opening + lines = closing on every page.
 * Daily sums say between which entries a day's postings lie, so that no index on the day is needed.
 */
import type { Sql } from 'postgres';
import { formatAmount } from '../../lib/decimal.js';
import type { Account } from '../accounts.js';
import { accountFields, accountSource, requireAccount } from './accounts.js';

export interface StatementLine {
  readonly entry: string;
  readonly effective_on: string;
  readonly kind: string;
  readonly debit: string;
  readonly credit: string;
  readonly balance: string;
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
  const { after } = request;
  const [row] = await sql.unsafe(
    statement,
    [
      ledgerId,
      code,
      after?.day ?? request.from ?? '0001-01-01',
      request.to ?? '9999-12-31',
      String(after?.entry ?? 0),
      String(after?.version ?? 0),
      request.limit + 1,
    ],
    { prepare: true },
  );
  const account = requireAccount(row, code);
  const raw = (row?.['lines'] as RawLine[] | null) ?? [];
  const opening = BigInt(row?.['before_days'] as string) + BigInt(row?.['before_lines'] as string);
  return pageOf(account, opening, raw, request.limit);
}

/** `opening` is debits less credits before the first line. */
function pageOf(account: Account, opening: bigint, raw: readonly RawLine[], limit: number): StatementPage {
  const show = (net: bigint) => formatAmount(account.debitNormal ? net : -net, account.scale);
  const size = (amount: bigint) => formatAmount(amount, account.scale);
  let net = opening;
  const kept = raw.slice(0, limit);
  const lines = kept.map((line) => {
    const amount = BigInt(line.amount);
    net += amount;
    return {
      entry: line.entry,
      effective_on: line.day,
      kind: line.kind,
      debit: size(amount > 0n ? amount : 0n),
      credit: size(amount < 0n ? -amount : 0n),
      balance: show(net),
    };
  });
  const last = kept.at(-1);
  const next =
    raw.length > limit && last ? { day: last.day, entry: Number(last.entry), version: Number(last.version) } : null;
  return { account: account.code, asset: account.asset, opening: show(opening), lines, closing: show(net), next };
}
