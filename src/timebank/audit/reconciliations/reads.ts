/**
 * Reading reconciliation runs. A run stores its inputs only: the result is computed from them anew, and its digest held against
 * the one that was journalled, so that a changed input cannot pass unseen.
 */
import type { Pool } from '../../../db/connect.js';
import { sumPostings } from '../../../ledger/reads/postings.js';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import type { LedgerFacts } from '../../../ledger/state.js';
import { addDays } from '../../../lib/clock.js';
import { nilId } from '../../../lib/ids.js';
import { Refusal } from '../../../lib/refusal.js';
import { payableAccount, redeemedAccount, type TimebankKind } from '../../chart.js';
import { redemptionMovementRows } from '../../partners/rows.js';
import { readStatementLines } from '../partner-statement-reads.js';
import type { DateRange } from '../range.js';
import { reconciliationRows } from '../rows.js';
import type { MatchResult } from './match.js';
import { type BooksCheck, checkBooks, type ReconciliationReport } from './report.js';
import { type Movement, matchRun, type Reconciliation, reportDigest, reportRun, viewInputs } from './run.js';

const columns = textColumns(reconciliationRows, 'c');

export interface RunFilter {
  /** Whose runs are seen; null: everyone's. */
  readonly partner: string | null;
  /** Exactly this range; null: any. */
  readonly range: DateRange | null;
}

/** Runs in the order in which they were made, from after an id on ('': from the first). */
export async function listRuns(sql: Pool, ledgerId: number, filter: RunFilter, page: { after: string; limit: number }) {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.reconciliations c
     where c.ledger_id = $1 and c.reconciliation_id > $2::text::uuid
       and ($4::text is null or c.partner_id = $4::text)
       and ($5::text is null or (c.from, c.to) = ($5::text::date, $6::text::date))
     order by c.reconciliation_id limit $3`,
    [ledgerId, page.after || nilId, page.limit, filter.partner, filter.range?.from ?? null, filter.range?.to ?? null],
    { prepare: true },
  );
  return rows.map((row) => viewInputs(reconciliationRows.decode(row as TextRow)));
}

export interface ComputedRun {
  readonly run: Reconciliation;
  readonly result: MatchResult;
  readonly report: ReconciliationReport;
}

/**
 * A run with its result. Refuses: `reconciliation_not_found`, also when it is another partner's. Throws when the result is not
 * the one that was journalled.
 */
export async function readRun(
  sql: Pool,
  ledger: LedgerFacts,
  id: string,
  partner: string | null,
): Promise<ComputedRun> {
  const [row] = await sql.unsafe(
    `select ${columns} from timebank.reconciliations c
     where c.ledger_id = $1 and c.reconciliation_id = $2::text::uuid and ($3::text is null or c.partner_id = $3::text)`,
    [ledger.id, id, partner],
    { prepare: true },
  );
  if (!row) throw new Refusal('reconciliation_not_found', `there is no reconciliation ${id}`);
  const run = reconciliationRows.decode(row as TextRow);
  const [movements, lines] = await Promise.all([
    readMovements(sql, ledger.id, run),
    readStatementLines(sql, ledger.id, run.partner_statement_id, { after: 0, limit: null }),
  ]);
  const result = matchRun(run, { movements, lines });
  const report = reportRun(run, result, ledger.zone);
  const digest = reportDigest(report);
  if (digest !== run.report_sha256) {
    throw new Error(
      `reconciliation ${id} comes out as ${digest}, not as ${run.report_sha256}: its inputs are not what they were`,
    );
  }
  return { run, result, report };
}

async function readMovements(sql: Pool, ledgerId: number, run: Reconciliation): Promise<Movement[]> {
  const rows = await sql.unsafe(
    `select ${textColumns(redemptionMovementRows, 'm')} from timebank.redemption_movements m
     where m.ledger_id = $1 and m.partner_id = $2 and m.effective_on between $3::text::date and $4::text::date
       and m.entry <= $5::text::bigint`,
    [
      ledgerId,
      run.partner_id,
      addDays(run.from, -run.cutoff_days),
      addDays(run.to, run.cutoff_days),
      String(run.watermark),
    ],
    { prepare: true },
  );
  return rows.map((row) => redemptionMovementRows.decode(row as TextRow));
}

const movingKinds = ['redemption_captured', 'redemption_refunded'] as const satisfies readonly TimebankKind[];

/** The third side of a run: the partner's accounts in the books, in the range, up to the watermark. The same at any time. */
export async function readBooksCheck(sql: Pool, ledgerId: number, { run, result }: ComputedRun): Promise<BooksCheck> {
  const request = { from: run.from, to: run.to, kinds: movingKinds, atEntry: run.watermark };
  const [points, amountCny] = await Promise.all([
    sumPostings(sql, ledgerId, { ...request, account: redeemedAccount(run.partner_id) }),
    sumPostings(sql, ledgerId, { ...request, account: payableAccount(run.partner_id) }),
  ]);
  return checkBooks(result, { points, amountCny });
}
