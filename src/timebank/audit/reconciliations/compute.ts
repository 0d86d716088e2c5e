/**
 * Computing a run: its inputs are read, matched and written down as results under an attempt of their own, in portions. Needs
 * connections and a run's id, and nothing of the service: it runs wherever there is time for it. What it hands back is what the
 * lane seals.
 */
import type { Sql } from 'postgres';
import type { Pool } from '../../../db/connect.js';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import { newId } from '../../../lib/ids.js';
import { reconciliationRows } from '../rows.js';
import { controlOf } from './control.js';
import { readBooks, readGroups } from './inputs.js';
import { matcherVersion, StatementMatch } from './match.js';
import { ResultDigest, stagedRow } from './results.js';
import { type ComputedResults, type Matched, type Reconciliation, windowOfRun } from './run.js';
import type { ReferenceResult } from './verdicts.js';

/** Matches a run's inputs by the rules as they are now; hears the results in order, some at a time. */
export async function matchRun(
  sql: Pick<Sql, 'unsafe'>,
  ledgerId: number,
  run: Reconciliation,
  hear: (results: readonly ReferenceResult[]) => Promise<void>,
): Promise<Matched> {
  const window = windowOfRun(run);
  const match = new StatementMatch(window);
  const digest = new ResultDigest();
  for await (const groups of readGroups(sql, ledgerId, run, window)) {
    const results = groups.map((group) => match.take(group)).filter((result) => result !== null);
    for (const result of results) digest.add(result);
    await hear(results);
  }
  const books = await readBooks(sql, ledgerId, run, window);
  const control = JSON.stringify(controlOf(match.totals, books));
  return { resultCount: digest.count, sha256: digest.end(), control };
}

/**
 * Computes a run and writes its results down, telling how many there are so far. The pool has two connections at least: one reads
 * while the other writes. Fails when the run is not there or is done.
 */
export async function computeRun(
  sql: Pool,
  ledgerId: number,
  id: string,
  progress: (done: number) => Promise<void> = async () => {},
): Promise<ComputedResults> {
  const [row] = await sql.unsafe(
    `select ${textColumns(reconciliationRows, 'c')} from timebank.reconciliations c
     where c.ledger_id = $1 and c.reconciliation_id = $2::text::uuid`,
    [ledgerId, id],
  );
  if (!row) throw new Error(`there is no reconciliation ${id} to compute`);
  const attempt = newId();
  let done = 0;
  const matched = await matchRun(sql, ledgerId, reconciliationRows.decode(row as TextRow), async (results) => {
    if (results.length === 0) return;
    await sql.unsafe('select timebank.stage_results($1::text, $2::text, $3::text, $4::text)', [
      String(ledgerId),
      id,
      attempt,
      JSON.stringify(results.map(stagedRow)),
    ]);
    done += results.length;
    await progress(done);
  });
  return { ...matched, attempt, matcherVersion };
}
