/** Reading recomputations, and what was posted of one. */
import type { Pool } from '../../../db/connect.js';
import { textColumns } from '../../../ledger/rows.js';
import { formatAmount } from '../../../lib/decimal.js';
import { recomputationRows } from '../rows.js';
import { type PostedChange, type Recomputation, recomputationNotFound } from './recomputation.js';

const columns = textColumns(recomputationRows, 'r');
const prepared = { prepare: true } as const;

/** By id, from after an id on. */
export async function listRecomputations(
  sql: Pool,
  ledgerId: number,
  page: { readonly after: string; readonly limit: number },
): Promise<Recomputation[]> {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.recomputations r
     where r.ledger_id = $1 and ($2 = '' or r.recomputation_id > nullif($2, '')::uuid) order by r.recomputation_id limit $3`,
    [ledgerId, page.after, page.limit],
    prepared,
  );
  return rows.map((row) => recomputationRows.decode(row));
}

/** Refuses: `recomputation_not_found`. */
export async function readRecomputation(sql: Pool, ledgerId: number, id: string): Promise<Recomputation> {
  const [row] = await sql.unsafe(
    `select ${columns} from timebank.recomputations r where r.ledger_id = $1 and r.recomputation_id = $2::text::uuid`,
    [ledgerId, id],
    prepared,
  );
  if (!row) throw recomputationNotFound(id);
  return recomputationRows.decode(row);
}

/** Those that were approved, to be posted or undone, and are not done. */
export async function readUnfinished(sql: Pool, ledgerId: number): Promise<string[]> {
  const rows = await sql.unsafe(
    `select r.recomputation_id::text as id from timebank.recomputations r
     where r.ledger_id = $1 and r.state in ('posting', 'undoing')`,
    [ledgerId],
    prepared,
  );
  return rows.map(({ id }) => id);
}

/** Of the first `lines` changes that were posted, the last first, those that follow the first `done`. */
export async function readPosted(
  sql: Pool,
  ledgerId: number,
  id: string,
  { lines, done, limit }: { readonly lines: number; readonly done: number; readonly limit: number },
): Promise<PostedChange[]> {
  const rows = await sql.unsafe(
    `select p.entry::float8 as entry, p.record from (
       select s.entry, s.service_record_id as record from timebank.service_recomputations s
       where s.ledger_id = $1 and s.recomputation_id = $2::text::uuid order by s.entry limit $3) p
     order by p.entry desc offset $4 limit $5`,
    [ledgerId, id, lines, done, limit],
    prepared,
  );
  return rows.map(({ entry, record }) => ({ entry, record }));
}

/** A recomputation as the interface shows it. */
export function viewRecomputation(row: Recomputation) {
  return {
    id: row.recomputation_id,
    state: row.state,
    rule_set: row.rule_set,
    from: row.first_on,
    to: row.last_on,
    unit: row.org_unit_id,
    document: row.document,
    lines: row.lines,
    lines_sha256: row.lines_sha256,
    coins: formatAmount(row.coins, 2),
    to_pool: formatAmount(row.to_pool, 2),
    done: row.done,
    left_out: row.left_out,
    proposed_by: row.proposed_by,
    proposed_at: row.proposed_at,
    decided_by: row.decided_by,
    decided_at: row.decided_at,
    undo_proposed_by: row.undo_proposed_by,
    undone_by: row.undone_by,
    entry: String(row.entry),
  };
}
