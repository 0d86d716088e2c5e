/** Where every ledger of a database stands: how many entries it has, and the root of its log. */
import type { ISql } from 'postgres';
import { loadHead } from '../load.js';

export interface LedgerHead {
  readonly ledger: string;
  readonly tree_size: string;
  /** Base64, as a checkpoint writes it. */
  readonly root: string;
}

export async function readHeads(sql: ISql): Promise<LedgerHead[]> {
  const rows = await sql<
    { id: number; code: string }[]
  >`select ledger_id as id, code from timeledger.ledgers order by 2`;
  const heads: LedgerHead[] = [];
  for (const { id, code } of rows) {
    const { frontier } = await loadHead(sql, id);
    heads.push({ ledger: code, tree_size: String(frontier.size), root: frontier.root().toString('base64') });
  }
  return heads;
}

/** How many entries each ledger has, and when the last was recorded, in milliseconds since 1970. */
export async function readLatest(sql: ISql): Promise<{ ledger: string; entries: string; latest: number }[]> {
  const rows = await sql<{ ledger: string; entries: string; latest: string }[]>`
    select l.code as ledger, h.entry_count::text as entries, (extract(epoch from h.recorded_at) * 1000)::bigint::text as latest
    from timeledger.ledgers l join timeledger.heads h using (ledger_id) order by l.code`;
  return rows.map((row) => ({ ...row, latest: Number(row.latest) }));
}
