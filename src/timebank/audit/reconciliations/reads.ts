/**
 * Reading reconciliation runs and their results, by page. What a run came to was computed once and is only read here; `verify`
 * holds it against its digest and computes it again.
 */
import type { Pool } from '../../../db/connect.js';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import { nilId } from '../../../lib/ids.js';
import { Refusal } from '../../../lib/refusal.js';
import type { DateRange } from '../range.js';
import { reconciliationRows } from '../rows.js';
import { resultColumns, resultOf } from './results.js';
import type { Reconciliation } from './run.js';
import type { MatchStatus, ReferenceResult } from './verdicts.js';

const prepared = { prepare: true } as const;
const columns = textColumns(reconciliationRows, 'c');

export interface RunFilter {
  /** Whose runs are seen; null: everyone's. */
  readonly partner: string | null;
  /** Exactly this range; null: any. */
  readonly range: DateRange | null;
}

/** Runs in the order in which they were started, from after an id on ('': from the first). */
export async function listRuns(
  sql: Pool,
  ledgerId: number,
  filter: RunFilter,
  page: { after: string; limit: number },
): Promise<Reconciliation[]> {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.reconciliations c
     where c.ledger_id = $1 and c.reconciliation_id > $2::text::uuid
       and ($4::text is null or c.partner_id = $4::text)
       and ($5::text is null or (c.from, c.to) = ($5::text::date, $6::text::date))
     order by c.reconciliation_id limit $3`,
    [ledgerId, page.after || nilId, page.limit, filter.partner, filter.range?.from ?? null, filter.range?.to ?? null],
    prepared,
  );
  return rows.map((row) => reconciliationRows.decode(row as TextRow));
}

/** One run. Refuses: `reconciliation_not_found`, also when it is another partner's. */
export async function readRun(
  sql: Pool,
  ledgerId: number,
  id: string,
  partner: string | null,
): Promise<Reconciliation> {
  const [row] = await sql.unsafe(
    `select ${columns} from timebank.reconciliations c
     where c.ledger_id = $1 and c.reconciliation_id = $2::text::uuid and ($3::text is null or c.partner_id = $3::text)`,
    [ledgerId, id, partner],
    prepared,
  );
  if (!row)
    throw new Refusal('reconciliation_not_found', {
      en: `there is no reconciliation ${id}`,
      zh: `没有编号为 ${id} 的对账`,
    });
  return reconciliationRows.decode(row as TextRow);
}

/** The last runs that were started and are not done: those of this moment, and those that a stopped service left. */
export async function readRunning(sql: Pool, ledgerId: number): Promise<Reconciliation[]> {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.reconciliations c
     where c.ledger_id = $1 and c.status = 'running' order by c.reconciliation_id desc limit 100`,
    [ledgerId],
    prepared,
  );
  return rows.map((row) => reconciliationRows.decode(row as TextRow));
}

/** Which results: all, those of a status, or all that are not `matched`. */
export type ResultFilter = 'all' | 'breaks' | MatchStatus;

/** The results of a run that is done, in the order of the references, from after one on ('': from the first). */
export async function readResults(
  sql: Pool,
  ledgerId: number,
  run: Pick<Reconciliation, 'reconciliation_id' | 'attempt'>,
  filter: ResultFilter,
  page: { after: string; limit: number },
): Promise<ReferenceResult[]> {
  const rows = await selectResults(sql, ledgerId, run, resultColumns, filter, page);
  return rows.map(resultOf);
}

/** The references of such results alone. */
export async function readReferences(
  sql: Pool,
  ledgerId: number,
  run: Pick<Reconciliation, 'reconciliation_id' | 'attempt'>,
  filter: ResultFilter,
  page: { after: string; limit: number },
): Promise<string[]> {
  const rows = await selectResults(sql, ledgerId, run, 'r.partner_reference', filter, page);
  return rows.map((row) => row['partner_reference'] as string);
}

/** Each filter has a statement of its own, so that each has its index. */
function selectResults(
  sql: Pool,
  ledgerId: number,
  run: Pick<Reconciliation, 'reconciliation_id' | 'attempt'>,
  selected: string,
  filter: ResultFilter,
  page: { after: string; limit: number },
) {
  const parameters = [ledgerId, run.reconciliation_id, run.attempt, page.after, page.limit];
  const conditions = { all: '', breaks: `and r.status <> 'matched'` };
  const condition = filter === 'all' || filter === 'breaks' ? conditions[filter] : `and r.status = $6`;
  return sql.unsafe(
    `select ${selected} from timebank.reconciliation_results r
     where r.ledger_id = $1 and r.reconciliation_id = $2::text::uuid and r.attempt = $3::text::uuid
       and r.partner_reference > $4 ${condition}
     order by r.partner_reference limit $5`,
    filter === 'all' || filter === 'breaks' ? parameters : [...parameters, filter],
    prepared,
  );
}
