/** Undoing batches as a job, where the lane is: some items at a time, and it may be begun again at any point. */
import type { Pool } from '../../../db/connect.js';
import type { Lane } from '../../../ledger/lane.js';
import { runInLane } from '../../../ledger/run-in-lane.js';
import { newId } from '../../../lib/ids.js';
import { addJob, type Job } from '../../../work/jobs.js';
import type { Outcome, Run } from '../../../work/runner.js';
import type { FreeHolds } from '../receivable.js';
import type { BatchName } from './batch.js';
import { readBatch, readItemsOfBatch, readUnfinishedBatches } from './reads.js';
import { undoItems } from './undo.js';

/** Items that are undone by one command: few, for nothing else is decided while they are. */
const itemsAtOnce = 25;

const kind = 'intake_undo';

interface LaneTools {
  readonly sql: Pool;
  readonly lane: Lane;
  readonly freeHolds: FreeHolds;
}

/** Has a batch undone by whoever has the lane; one job is at work on it. */
export function carryOnUndo(sql: Pool, ledgerId: number, input: BatchName, owner: string): Promise<Job> {
  const subject = `${input.platform}/${input.batch}`;
  return addJob(sql, ledgerId, { id: newId(), owner, kind, runsOn: 'lane', subject, input });
}

/** Sees to it that what was approved goes on, whatever became of the job that was to do it. */
export async function carryOnLeftUndos(sql: Pool, ledgerId: number): Promise<number> {
  const left = await readUnfinishedBatches(sql, ledgerId);
  for (const name of left) await carryOnUndo(sql, ledgerId, name, 'service:timeledger');
  return left.length;
}

/** Undoes a batch to its end. */
export async function carryOutUndo({ sql, lane, freeHolds }: LaneTools, { job, progress }: Run): Promise<Outcome> {
  const name = job.input as BatchName;
  const { ledgerId } = job;
  const { batch: begun, figures } = await readBatch(sql, ledgerId, name);
  let { state, position: after, done } = begun;
  while (state === 'undoing') {
    await progress(done, Math.max(done, figures.items));
    const [ids, from] = [await readItemsOfBatch(sql, ledgerId, name, { after, limit: itemsAtOnce }), after];
    const submission = { actor: job.owner, weight: ids.length + 1 };
    ({
      state,
      position: after,
      done,
    } = await runInLane(lane, submission, (stage) => undoItems(stage, name, from, ids, freeHolds)));
  }
  return { result: { batch: name } };
}
