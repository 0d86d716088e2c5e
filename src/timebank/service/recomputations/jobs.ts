/**
 * Recomputations as jobs. A worker tries the rule set on the past and keeps the lines that change; one command puts them up for approval. Posting
 * and undoing run where the lane is, some lines at a time, and may be begun again at any point.
 */
import { createHash } from 'node:crypto';
import type { Pool } from '../../../db/connect.js';
import type { Lane } from '../../../ledger/lane.js';
import { runInLane } from '../../../ledger/run-in-lane.js';
import type { Clock } from '../../../lib/clock.js';
import { parseAmount } from '../../../lib/decimal.js';
import { newId } from '../../../lib/ids.js';
import { Refusal } from '../../../lib/refusal.js';
import { keepBlob, textOfBlob } from '../../../work/blobs.js';
import { addJob, type Job, type NewJob } from '../../../work/jobs.js';
import type { Outcome, Run } from '../../../work/runner.js';
import type { FreeHolds } from '../../credit/receivable.js';
import { type DryRunRequest, tryPast } from '../dry-run/dry-run.js';
import { cellsOf } from '../dry-run/lines.js';
import type { Replayed } from '../dry-run/replay.js';
import { changeOf } from './changes.js';
import { readPosted, readRecomputation, readUnfinished, viewRecomputation } from './reads.js';
import { type Proposed, postLines, proposeRecomputation, type Recomputation, undoChanges } from './recomputation.js';

export interface RecomputationRequest extends DryRunRequest {
  readonly document: string;
  /** Of who proposes it, sealed for the row; null: none. */
  readonly alias: string | null;
  readonly client: string | null;
}

interface Sealing {
  readonly request: RecomputationRequest;
  readonly lines: number;
  readonly sha256: string;
  readonly coins: string;
  readonly toPool: string;
  readonly atEntry: string;
}

/** What came of proposing. */
export interface ProposedRecomputation {
  readonly recomputation: ReturnType<typeof viewRecomputation>;
}

/** The lines are kept as long as accounting records are. */
const keepYears = 30;

/** Lines that are posted by one command: few, for nothing else is decided while they are. */
const linesAtOnce = 25;

/** The worker's part of proposing. The lines are a file under the id of the job, which is the recomputation's. */
export async function computeRecomputation(tools: { sql: Pool; clock: Clock }, run: Run): Promise<Outcome> {
  const request = run.job.input as RecomputationRequest;
  let lines = 0;
  const result = await tryPast(tools, run, request, (one) => {
    const isChanged = changes(one);
    if (isChanged) lines += 1;
    return isChanged;
  });
  const { coins, to_pool: toPool } = result.totals;
  const sums = { coins: coins.difference, toPool: toPool.difference, atEntry: result.at_entry };
  return { next: 'lane', input: { request, lines, sha256: result.sha256, ...sums } satisfies Sealing };
}

/** Whether anything that is said of a record would be another, or it would count under other limits. */
function changes({ record, after }: Replayed): boolean {
  if (record.coins !== after.toMember || record.toPool !== after.toPool) return true;
  const counted = new Set(record.counted.map(({ limit }) => limit));
  if (counted.size !== after.limits.length || after.limits.some((name) => !counted.has(name))) return true;
  const { differences: before } = record;
  if (before.size !== after.differences.size) return true;
  return [...after.differences].some(([code, amount]) => before.get(code) !== amount);
}

export interface LaneTools {
  readonly sql: Pool;
  readonly lane: Lane;
  readonly clock: Clock;
  readonly freeHolds: FreeHolds;
}

/** The lane's part of proposing. */
export async function sealRecomputation({ sql, lane, clock }: LaneTools, { job }: Run): Promise<Outcome> {
  const { request, lines, sha256, coins, toPool, atEntry } = job.input as Sealing;
  const until = new Date(clock());
  until.setUTCFullYear(until.getUTCFullYear() + keepYears);
  await keepBlob(sql, job.ledgerId, job.id, until.toISOString());
  const proposed: Proposed = {
    recomputation_id: job.id,
    rule_set: request.ruleSet,
    first_on: request.from,
    last_on: request.to,
    org_unit_id: request.unit,
    document: request.document,
    lines,
    lines_sha256: sha256,
    coins: parseAmount(coins, 2),
    to_pool: parseAmount(toPool, 2),
    at_entry: Number(atEntry),
  };
  const submission = { actor: job.owner, client: request.client ?? undefined };
  const row = await runInLane(lane, submission, (stage) => proposeRecomputation(stage, proposed, request.alias));
  return { result: { recomputation: viewRecomputation(row) } satisfies ProposedRecomputation };
}

const kind = 'recomputation';

interface Going {
  readonly id: string;
}

/** Has what was approved carried out by whoever has the lane; one job is at work on a recomputation. */
export function carryOnRecomputation(sql: Pool, ledgerId: number, id: string, owner: string): Promise<Job> {
  const input: Going = { id };
  return addJob(sql, ledgerId, { id: newId(), owner, kind, runsOn: 'lane', subject: id, input } satisfies NewJob);
}

/** Sees to it that what was approved goes on, whatever became of the job that was to do it. */
export async function carryOnLeft(sql: Pool, ledgerId: number): Promise<number> {
  const left = await readUnfinished(sql, ledgerId);
  for (const id of left) await carryOnRecomputation(sql, ledgerId, id, 'service:timeledger');
  return left.length;
}

/** Posts, or undoes, to the end. */
export async function carryOutRecomputation(tools: LaneTools, run: Run): Promise<Outcome> {
  const { id } = run.job.input as Going;
  const row = await readRecomputation(tools.sql, run.job.ledgerId, id);
  if (row.state === 'posting') await postAll(tools, run, row);
  if (row.state === 'undoing') await undoAll(tools, run, row);
  return { result: { recomputation: id } };
}

async function postAll({ sql, lane, freeHolds }: LaneTools, { job, progress }: Run, begun: Recomputation) {
  const { recomputation_id: id } = begun;
  await requireBytes(sql, job.ledgerId, begun);
  let position = 0;
  for await (const lines of portions(textOfBlob(sql, job.ledgerId, id))) {
    const from = position;
    position += lines.length;
    if (position <= begun.done) continue;
    const changed = lines.map(changeOf);
    await runInLane(lane, { actor: job.owner, weight: lines.length }, (stage) =>
      postLines(stage, id, from, changed, freeHolds),
    );
    await progress(position, begun.lines);
  }
}

async function undoAll({ sql, lane, freeHolds }: LaneTools, { job, progress }: Run, begun: Recomputation) {
  const { recomputation_id: id, lines } = begun;
  for (let { done } = begun; done < lines; ) {
    const changes = await readPosted(sql, job.ledgerId, id, { lines, done, limit: linesAtOnce });
    if (changes.length === 0) throw new Error(`recomputation ${id} lacks changes from ${done} on`);
    const from = done;
    ({ done } = await runInLane(lane, { actor: job.owner, weight: changes.length }, (stage) =>
      undoChanges(stage, id, from, changes, freeHolds),
    ));
    await progress(done, lines);
  }
}

/** What is posted is what was proposed and approved, byte for byte. Refuses: `file_invalid`. */
async function requireBytes(
  sql: Pool,
  ledgerId: number,
  { recomputation_id: id, lines_sha256: sha256 }: Recomputation,
) {
  const hash = createHash('sha256');
  for await (const text of textOfBlob(sql, ledgerId, id)) hash.update(text);
  if (hash.digest('hex') === sha256) return;
  throw new Refusal('file_invalid', {
    en: `the lines of recomputation ${id} are not those that were proposed`,
    zh: `重算 ${id} 的明细与提出时不一致，不予过账`,
  });
}

/** Lines some at a time, all of a volunteer in one portion; the same portions whenever they are read. */
async function* portions(text: AsyncIterable<string>): AsyncGenerator<string[]> {
  let portion: string[] = [];
  let last = '';
  for await (const line of linesOf(text)) {
    const { volunteer } = cellsOf(line);
    if (portion.length >= linesAtOnce && volunteer !== last) {
      yield portion;
      portion = [];
    }
    portion.push(line);
    last = volunteer;
  }
  if (portion.length > 0) yield portion;
}

/** Without the head. */
async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  let isHead = true;
  for await (const piece of text) {
    const lines = (rest + piece).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!isHead) yield line;
      isHead = false;
    }
  }
}
