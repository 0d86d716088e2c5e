/**
 * Jobs: work that a request does not wait for. Here they are added, read, waited for and cancelled; who carries them out is in
 * runner.ts. A job writes nothing by itself: it stages rows or submits commands, and both may be done twice without harm.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../db/connect.js';
import { instantColumn } from '../db/instants.js';
import type { Words } from '../lib/language.js';
import type { FieldError } from '../lib/refusal.js';

/** How long a job that ended is kept: as long as an answer is remembered. */
export const keepJobsDays = 35;

export const jobStates = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

/** For a sentence: the job is so. */
export const jobStatesZh: Readonly<Record<JobState, string>> = {
  queued: '排队',
  running: '开始',
  done: '完成',
  failed: '失败',
  cancelled: '取消',
};

/**
 * Where a part of a job runs. `worker`: in a process of its own, for what takes the processor's time. `lane`: in the process that
 * answers requests, for commands, so that one lane commits them all.
 */
export type RunsOn = 'worker' | 'lane';

/** What was wrong, as a refusal would say it. */
export interface JobProblem {
  readonly code: string;
  readonly detail: Words;
  readonly errors?: readonly FieldError[];
}

export interface Job {
  readonly ledgerId: number;
  readonly id: string;
  readonly kind: string;
  /** Who asked, as `role:subject`. */
  readonly owner: string;
  /** The key of the request that made it, and its fingerprint; null for a job that no request made. */
  readonly key: string | null;
  readonly fingerprint: string | null;
  readonly input: unknown;
  readonly state: JobState;
  readonly cancelling: boolean;
  readonly done: number;
  /** Null until it is known. */
  readonly total: number | null;
  readonly result: unknown;
  readonly problem: JobProblem | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

export const jobColumns = `j.ledger_id as "ledgerId", j.job_id::text as id, j.kind, j.owner, j.key::text, j.fingerprint::text, j.input,
  j.state, j.cancelling, j.done::float8 as done, j.total::float8 as total, j.result, j.problem,
  ${instantColumn('j.created_at')} as "createdAt",
  ${instantColumn('j.finished_at')} as "finishedAt"`;

const prepared = { prepare: true } as const;

export interface NewJob {
  readonly id: string;
  readonly kind: string;
  readonly runsOn: RunsOn;
  readonly owner: string;
  readonly input: object;
  readonly key?: { readonly key: string; readonly fingerprint: string } | undefined;
  /** Only one job of a kind is at work on a subject. */
  readonly subject?: string | undefined;
}

/**
 * Adds a job, unless there is one under its key already or one at work on its subject: then that one is returned. Whether it is
 * the one that was asked for shows in its id, key and fingerprint.
 */
export async function addJob(sql: Pool, ledgerId: number, job: NewJob): Promise<Job> {
  const [row] = await sql.unsafe(
    `select ${jobColumns} from work.add_job($1, $2::text::uuid, $3, $4, $5, $6::text::uuid, $7::text::bigint, $8, $9::text::jsonb) j`,
    [
      ledgerId,
      job.id,
      job.kind,
      job.runsOn,
      job.owner,
      job.key?.key ?? null,
      job.key?.fingerprint ?? null,
      job.subject ?? null,
      JSON.stringify(job.input),
    ],
    prepared,
  );
  if (!row) throw new Error('a job was added and is not there');
  return row as unknown as Job;
}

/** Sees to it that a chore of the service's own is there: it begins anew so many seconds after it ended. */
export async function repeatJob(
  sql: Pool,
  ledgerId: number,
  job: { readonly id: string; readonly kind: string; readonly runsOn: RunsOn; readonly seconds: number },
): Promise<void> {
  await sql.unsafe(
    `select work.repeat_job($1, $2::text::uuid, $3, $4, $5)`,
    [ledgerId, job.id, job.kind, job.runsOn, job.seconds],
    prepared,
  );
}

/** A job by its id, or null; the service's own chores are nobody's business. */
export async function readJob(sql: Pool, ledgerId: number, id: string): Promise<Job | null> {
  const [row] = await sql.unsafe(
    `select ${jobColumns} from work.jobs j where j.ledger_id = $1 and j.job_id = $2::text::uuid and j.repeats_seconds is null`,
    [ledgerId, id],
    prepared,
  );
  return (row as unknown as Job | undefined) ?? null;
}

/** The last job of a kind on each of some subjects, by subject. */
export async function readLastJobs(
  sql: Pool,
  ledgerId: number,
  kind: string,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, Job>> {
  const rows = await sql.unsafe(
    `select distinct on (j.subject) j.subject, ${jobColumns} from work.jobs j
     where j.ledger_id = $1 and j.kind = $2 and j.subject in (select json_array_elements_text($3::text::json))
     order by j.subject, j.created_at desc`,
    [ledgerId, kind, JSON.stringify(subjects)],
    prepared,
  );
  return new Map(rows.map(({ subject, ...job }) => [subject as string, job as unknown as Job]));
}

/** Cancels a job that waits, has one that runs stop at its next step, and leaves one that has ended as it is. */
export async function cancelJob(sql: Pool, ledgerId: number, id: string): Promise<Job | null> {
  const [row] = await sql.unsafe(
    `select ${jobColumns} from work.cancel_job($1, $2::text::uuid) j`,
    [ledgerId, id],
    prepared,
  );
  return (row as unknown as Job | undefined) ?? null;
}

export function hasEnded({ state }: Pick<Job, 'state'>): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

const shortestPause = 5;
const longestPause = 200;

/** The job when it has ended, or as it is when the time is up or the signal comes. Asks ever more rarely. */
export async function waitForJob(
  sql: Pool,
  job: Job,
  { milliseconds, signal }: { readonly milliseconds: number; readonly signal: AbortSignal },
): Promise<Job> {
  const end = performance.now() + milliseconds;
  let last = job;
  for (let pause = shortestPause; !hasEnded(last); pause = Math.min(pause * 1.5, longestPause)) {
    const left = end - performance.now();
    if (left <= 0 || signal.aborted) break;
    await sleep(Math.min(pause, left), undefined, { signal }).catch(() => {});
    last = (await readJob(sql, job.ledgerId, job.id)) ?? last;
  }
  return last;
}
