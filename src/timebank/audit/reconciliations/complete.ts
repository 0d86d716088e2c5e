/**
 * Bringing runs to their end, as a job of two parts: a worker computes, one command in the lane seals. Either part may be begun
 * again. What became of the job is the run's state for as long as the books have no results of it. What lost attempts left behind
 * is removed here, too.
 */
import type { Pool } from '../../../db/connect.js';
import type { Lane } from '../../../ledger/lane.js';
import { runInLane } from '../../../ledger/run-in-lane.js';
import { newId } from '../../../lib/ids.js';
import { addJob, type Job, type JobProblem, keepJobsDays, type NewJob, readLastJobs } from '../../../work/jobs.js';
import type { Outcome, Run } from '../../../work/runner.js';
import { computeRun } from './compute.js';
import { readRun, readRunning } from './reads.js';
import { type ComputedResults, type Reconciliation, sealReconciliation } from './run.js';

const kind = 'reconciliation';
/** The seal is nobody's request: who asked for the run stands in the entry that started it. */
const actor = 'service:timeledger';

interface Computing {
  readonly id: string;
}

interface Sealing extends Computing {
  readonly computed: ComputedResults;
}

export function jobOfRun(id: string): Omit<NewJob, 'id' | 'owner'> {
  return { kind, runsOn: 'worker', subject: id, input: { id } satisfies Computing };
}

/** Has a run completed by whoever has time; one job is at work on a run. */
export function completeRun(sql: Pool, ledgerId: number, id: string, owner = actor): Promise<Job> {
  return addJob(sql, ledgerId, { id: newId(), owner, ...jobOfRun(id) });
}

/** The worker's part: computes a run, unless that is done. */
export async function computeReconciliation(sql: Pool, { job, progress }: Run): Promise<Outcome> {
  const { id } = job.input as Computing;
  const { status } = await readRun(sql, job.ledgerId, id, null);
  if (status === 'done') return { result: { reconciliation: id } };
  const computed = await computeRun(sql, job.ledgerId, id, (done) => progress(done, null));
  return { next: 'lane', input: { id, computed } satisfies Sealing };
}

/** The lane's part: binds the results to the journal. */
export async function sealComputed(lane: Lane, { job }: Run): Promise<Outcome> {
  const { id, computed } = job.input as Sealing;
  await runInLane(lane, { actor }, (stage) => sealReconciliation(stage, id, computed));
  return { result: { reconciliation: id } };
}

/** Sees to it that runs without results have a job, or had one that has ended: then it is for whoever asked to ask again. */
export async function completeLeft(sql: Pool, ledgerId: number, now: number): Promise<void> {
  const running = (await readRunning(sql, ledgerId)).filter((run) => !isForgotten(run, now));
  const ids = running.map((run) => run.reconciliation_id);
  const jobs = await readLastJobs(sql, ledgerId, kind, ids);
  for (const id of ids) if (!jobs.has(id)) await completeRun(sql, ledgerId, id);
}

/** Why runs have no results and will have none unless they are asked for again; by run, for those of which that is so. */
export async function readFailures(
  sql: Pool,
  ledgerId: number,
  runs: readonly Reconciliation[],
  now: number,
): Promise<ReadonlyMap<string, JobProblem>> {
  const running = runs.filter(({ status }) => status === 'running');
  if (running.length === 0) return new Map();
  const ids = running.map((run) => run.reconciliation_id);
  const jobs = await readLastJobs(sql, ledgerId, kind, ids);
  return new Map(
    running.flatMap((run) => {
      const problem = problemOf(jobs.get(run.reconciliation_id), isForgotten(run, now));
      return problem === null ? [] : [[run.reconciliation_id, problem]];
    }),
  );
}

/** A job that ends without failing has sealed its run, so that one which is `done` here is about to be seen so. */
function problemOf(job: Job | undefined, forgotten: boolean): JobProblem | null {
  if (job?.state === 'failed' && job.problem) return { code: job.problem.code, detail: job.problem.detail };
  if (job?.state === 'cancelled')
    return { code: 'job_cancelled', detail: { en: 'its job was cancelled', zh: '其作业已取消' } };
  if (!job && forgotten)
    return {
      code: 'job_failed',
      detail: {
        en: 'it was never completed, and its job is not kept any more',
        zh: '始终未完成，其作业记录也已不再保留',
      },
    };
  return null;
}

/** Whether a job that the run once had may have been swept. */
function isForgotten({ created_at }: Reconciliation, now: number): boolean {
  return Date.parse(created_at) < now - keepJobsDays * 86_400_000;
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
