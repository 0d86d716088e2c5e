/** An account's postings over days of effect, as the journal stood at an entry: which entries made them, and their sum for some kinds. */
import type { Sql } from 'postgres';

export interface PostingSumRequest {
  readonly account: string;
  /** First and last day of effect, inclusive. */
  readonly from: string;
  readonly to: string;
  /** Kinds of entry. */
  readonly kinds: readonly string[];
  /** Postings of later entries are left out. */
  readonly atEntry: number;
}

/**
 * SQL: what was posted to an account ($2 its code) with effect within days ($3 to $4), up to an entry ($5), by ledger ($1): each
 * posting's entry and amount. Daily sums say between which entries to look.
 */
const postings = `
  select p.entry, p.amount from timeledger.accounts a
  cross join lateral (select min(d.first_entry) as first, max(d.last_entry) as last from timeledger.daily_balances d
    where d.ledger_id = $1 and d.account_id = a.account_id and d.day between $3::text::date and $4::text::date) d
  join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id
    and p.entry between d.first and least(d.last, $5::text::bigint)
    and p.effective_on between $3::text::date and $4::text::date
  where a.ledger_id = $1 and a.code = $2`;

/** SQL: the entries of those postings, each once. */
export const postingEntries = `select distinct entry from (${postings}) p`;

/** Credits less debits, minor units; 0 when there is no such account. */
export async function sumPostings(
  sql: Pick<Sql, 'unsafe'>,
  ledgerId: number,
  request: PostingSumRequest,
): Promise<bigint> {
  const [row] = await sql.unsafe(
    `select coalesce(sum(-p.amount), 0)::text as net from (${postings}) p
     join timeledger.entries e on e.ledger_id = $1 and e.number = p.entry
       and e.kind in (select jsonb_array_elements_text($6::text::jsonb))`,
    [ledgerId, request.account, request.from, request.to, String(request.atEntry), JSON.stringify(request.kinds)],
    { prepare: true },
  );
  return BigInt(row?.['net'] as string);
}
