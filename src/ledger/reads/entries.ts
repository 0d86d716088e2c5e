/** Reading the journal: one entry with the balances it left, and lists in the order of writing. */
import type { Sql } from 'postgres';
import { formatAmount } from '../../lib/decimal.js';
import { Refusal } from '../../lib/refusal.js';
import { type EntryView, viewRecorded } from '../entries.js';
import { readLeaf } from '../leaf.js';
import { lastEntry } from './accounts.js';

const columns = `e.number::text, e.leaf, t.reference, t.description, t.number is not null as has_text,
  (select r.number::text from timeledger.entries r where r.ledger_id = $1 and r.reverses = e.number) as reversed_by`;
const source = `timeledger.entries e left join timeledger.entry_texts t on t.ledger_id = e.ledger_id and t.number = e.number`;

/** Refuses: `entry_not_found`. */
export async function readEntry(sql: Sql, ledgerId: number, number: number): Promise<EntryView> {
  const [row] = await sql.unsafe(
    `select ${columns} from ${source} where e.ledger_id = $1 and e.number = $2::text::bigint`,
    [ledgerId, String(number)],
    { prepare: true },
  );
  if (!row) throw new Refusal('entry_not_found', { en: `there is no entry ${number}`, zh: `没有第 ${number} 号凭证` });
  const view = viewOf(row);
  const codes = [...new Set(view.legs.flatMap((leg) => [leg.debit, leg.credit]))];
  return codes.length === 0 ? view : { ...view, balances: await balancesAfter(sql, ledgerId, number, codes) };
}

/** How many entries a page of one kind looks at: some tens of milliseconds' work, however rare the kind. */
const entriesLookedAt = 100_000;

export interface EntryListing {
  readonly entries: EntryView[];
  /** The number after which the next page begins; null when there is none. */
  readonly next: number | null;
}

/**
 * Entries after a number, ascending. `kind` narrows; such a page looks at so many entries at most, and may end before it is
 * full. Balances are left out of lists.
 */
export async function listEntries(
  sql: Sql,
  ledgerId: number,
  page: { after: number; limit: number; kind: string | null; lookAt?: number },
): Promise<EntryListing> {
  const { after, limit, kind, lookAt = entriesLookedAt } = page;
  const end = kind === null ? Number.MAX_SAFE_INTEGER : after + lookAt;
  const rows = await sql.unsafe(
    `select ${columns} from ${source}
     where e.ledger_id = $1 and e.number > $2::text::bigint and e.number <= $5::text::bigint
       and ($4::text is null or e.kind = $4::text) order by e.number limit $3`,
    [ledgerId, String(after), limit + 1, kind, String(end)],
    { prepare: true },
  );
  const entries = rows.slice(0, limit).map(viewOf);
  if (rows.length > limit) return { entries, next: Number(entries.at(-1)?.number) };
  return { entries, next: kind !== null && end < (await lastEntry(sql, ledgerId)) ? end : null };
}

function viewOf(row: Record<string, unknown>): EntryView {
  return viewRecorded(readLeaf(row['leaf'] as string), {
    reference: row['reference'] as string | null,
    description: row['description'] as string | null,
    hasText: row['has_text'] as boolean,
    reversedBy: row['reversed_by'] as string | null,
    balances: [],
  });
}

async function balancesAfter(
  sql: Sql,
  ledgerId: number,
  number: number,
  codes: readonly string[],
): Promise<EntryView['balances']> {
  const rows = await sql.unsafe(
    `select a.code, s.scale::int as scale, p.balance::text, p.version::text
     from jsonb_array_elements_text($3::text::jsonb) with ordinality k(code, ord)
     cross join lateral (select * from timeledger.accounts a where a.ledger_id = $1 and a.code = k.code limit 1) a
     cross join lateral (select balance, version from timeledger.postings p
       where p.ledger_id = $1 and p.account_id = a.account_id and p.entry = $2::text::bigint order by p.version desc limit 1) p
     join timeledger.assets s on s.ledger_id = $1 and s.asset = a.asset
     order by k.ord`,
    [ledgerId, String(number), JSON.stringify(codes)],
    { prepare: true },
  );
  return rows.map((row) => ({
    account: row['code'] as string,
    balance: formatAmount(BigInt(row['balance'] as string), Number(row['scale'])),
    version: Number(row['version']),
  }));
}
