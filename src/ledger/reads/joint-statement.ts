/**
 * Several accounts as one statement, by days of effect: what they held before and after a range, and the entries between. It is the journal
 * up to one entry that counts, so that a page read later agrees with the one before it, and the same statement can be made again. What an
 * entry moved is in its leaf.
 */
import type { Sql } from 'postgres';
import { type Leaf, readLeaf } from '../leaf.js';
import { requireEntry } from './accounts.js';

export interface JointRequest {
  readonly codes: readonly string[];
  /** First day, inclusive; null: from the beginning. */
  readonly from: string | null;
  /** Last day, inclusive; null: to the end. */
  readonly to: string | null;
  /** The last entry that counts; it has been written. */
  readonly atEntry: number;
  /** Where a page starts: after this entry; null: with the first. */
  readonly after: JointPosition | null;
  readonly limit: number;
}

export interface JointPosition {
  readonly day: string;
  readonly entry: number;
}

/** Minor units, debits less credits. */
export interface JointFigures {
  /** Before the first day of the range. */
  readonly opening: bigint;
  /** After its last day. */
  readonly closing: bigint;
  /** Before the first line of the page. */
  readonly running: bigint;
}

export interface JointEntry {
  readonly day: string;
  readonly leaf: Leaf;
  /** The reference of the entry's text; null: it has none, or it was erased. */
  readonly reference: string | null;
}

export interface JointPage {
  /** By account; what nothing was ever posted to is not in it. */
  readonly figures: ReadonlyMap<string, JointFigures>;
  readonly entries: readonly JointEntry[];
  readonly next: JointPosition | null;
}

/** The accounts are those of few people: all their postings are read, so that one snapshot has the figures and the entries. */
const statement = `
  with mine as materialized (
    select k.code, p.entry, p.effective_on as day, p.amount
    from jsonb_array_elements_text($2::text::jsonb) k(code)
    cross join lateral (
      select a.account_id from timeledger.accounts a where a.ledger_id = $1 and a.code = k.code limit 1) a
    join timeledger.postings p
      on p.ledger_id = $1 and p.account_id = a.account_id and p.entry <= $3::text::bigint
  ), page as (
    select m.day, m.entry from mine m
    where m.day between $4::text::date and $5::text::date and (m.day, m.entry) > ($6::text::date, $7::text::bigint)
    group by m.day, m.entry order by m.day, m.entry limit $8
  )
  select
    (select json_agg(f) from (
      select m.code,
        coalesce(sum(m.amount) filter (where m.day < $4::text::date), 0)::text as opening,
        coalesce(sum(m.amount) filter (where m.day <= $5::text::date), 0)::text as closing,
        coalesce(sum(m.amount) filter (where (m.day, m.entry) <= ($6::text::date, $7::text::bigint)), 0)::text as running
      from mine m group by m.code) f) as figures,
    (select json_agg(json_build_object('day', g.day, 'leaf', e.leaf, 'reference', t.reference) order by g.day, g.entry)
      from page g
      join timeledger.entries e on e.ledger_id = $1 and e.number = g.entry
      left join timeledger.entry_texts t on t.ledger_id = $1 and t.number = g.entry) as entries`;

/** One page of a statement. Refuses: `entry_not_found` (`atEntry` is not written yet). */
export async function readJointStatement(sql: Sql, ledgerId: number, request: JointRequest): Promise<JointPage> {
  const { codes, atEntry, after, limit } = request;
  await requireEntry(sql, ledgerId, atEntry);
  const from = request.from ?? '0001-01-01';
  const [row] = await sql.unsafe(
    statement,
    [
      ledgerId,
      JSON.stringify(codes),
      String(atEntry),
      from,
      request.to ?? '9999-12-31',
      after?.day ?? from,
      String(after?.entry ?? 0),
      limit + 1,
    ],
    { prepare: true },
  );
  const raw = (row?.['entries'] as { day: string; leaf: string; reference: string | null }[] | null) ?? [];
  const entries = raw.slice(0, limit).map((one) => ({ ...one, leaf: readLeaf(one.leaf) }));
  const last = entries.at(-1);
  return {
    figures: figuresOf((row?.['figures'] as Record<string, string>[] | null) ?? []),
    entries,
    next: raw.length > limit && last ? { day: last.day, entry: Number(last.leaf.number) } : null,
  };
}

function figuresOf(rows: readonly Record<string, string>[]): Map<string, JointFigures> {
  return new Map(
    rows.map(({ code = '', opening = '0', closing = '0', running = '0' }) => [
      code,
      { opening: BigInt(opening), closing: BigInt(closing), running: BigInt(running) },
    ]),
  );
}
