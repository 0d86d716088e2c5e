/** Bringing runs to their end: computed off the loop, sealed by the lane, and what lost attempts left behind removed. */
import type { Pool } from '../../../db/connect.js';
import type { Lane } from '../../../ledger/lane.js';
import { Refusal } from '../../../lib/refusal.js';
import type { ComputeRun } from './compute.js';
import { readRun, readRunning } from './reads.js';
import { type ComputedResults, type Reconciliation, sealReconciliation } from './run.js';

/** The seal is nobody's request: who asked for the run stands in the entry that started it. */
const actor = 'service:timeledger';

/** Computes a run that was started, and seals it, unless another process has. Refuses: `ledger_busy`, `ledger_unavailable`. */
export async function completeRun(lane: Lane, sql: Pool, compute: ComputeRun, id: string): Promise<Reconciliation> {
  try {
    return await seal(lane, id, await compute(lane.facts.id, id));
  } catch (error) {
    // A run that is done takes no more results.
    const run = await readRun(sql, lane.facts.id, id, null);
    if (run.status === 'done') return run;
    throw error;
  }
}

async function seal(lane: Lane, id: string, computed: ComputedResults): Promise<Reconciliation> {
  let sealed: Reconciliation | undefined;
  await lane.submit<Reconciliation>({
    actor,
    decide: (stage) => sealReconciliation(stage, id, computed),
    answer: (outcome) => {
      if (outcome instanceof Refusal) throw outcome;
      sealed = outcome;
      return { code: 0, body: '' };
    },
  });
  if (!sealed) throw new Error('the lane answered a command that it never decided');
  return sealed;
}

/** Completes the runs that were started and are not done: those that a stopped service left. One that is under way is waited for. */
export async function completeLeft(lane: Lane, sql: Pool, compute: ComputeRun): Promise<void> {
  for (const id of await readRunning(sql, lane.facts.id)) await completeRun(lane, sql, compute, id);
}

/** Rows that one call removes at most. */
const sweepRows = 5_000;

/** Removes what attempts before a moment (milliseconds) left behind, and returns how many rows that were. */
export async function sweepResults(sql: Pool, ledgerId: number, before: number): Promise<number> {
  const firstId = `${Math.max(0, before)
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}-7000-8000-000000000000`;
  for (let swept = 0; ; ) {
    const [row] = await sql.unsafe('select timebank.sweep_results($1::text, $2::text, $3::text)::text as count', [
      String(ledgerId),
      firstId,
      String(sweepRows),
    ]);
    const count = Number(row?.['count'] ?? 0);
    swept += count;
    if (count < sweepRows) return swept;
  }
}
