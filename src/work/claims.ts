/** A run's hold on a job: taken, kept alive, passed on, given back. Everything a run writes is refused once it has lost its hold. */
import { type Pool, sqlState } from '../db/connect.js';
import { type Job, type JobProblem, jobColumns, type RunsOn } from './jobs.js';

/** Which process holds a job. */
export interface Claim {
  readonly ledgerId: number;
  readonly jobId: string;
  readonly claimant: string;
}

export interface ClaimOptions {
  readonly runsOn: RunsOn;
  readonly claimant: string;
  /** Without a sign of life for so long, the job is anybody's. */
  readonly leaseSeconds: number;
  /** Leaves jobs alone that have waited for less: somebody better placed may take them. */
  readonly patienceSeconds: number;
  /** This job and no other. */
  readonly only: string | null;
}

const prepared = { prepare: true } as const;

/** The job that has waited longest, or null. */
export async function claimJob(sql: Pool, options: ClaimOptions): Promise<Job | null> {
  const [row] = await sql.unsafe(
    `select ${jobColumns} from work.claim_job($1, $2::text::uuid, $3::text::interval, $4::text::interval, $5::text::uuid) j`,
    [
      options.runsOn,
      options.claimant,
      `${options.leaseSeconds} seconds`,
      `${options.patienceSeconds} seconds`,
      options.only,
    ],
    prepared,
  );
  return (row as unknown as Job | undefined) ?? null;
}

/** A sign of life, with how far the run is. Answers whether the job is to be cancelled. Fails when the hold is lost. */
export async function beatJob(
  sql: Pool,
  claim: Claim,
  leaseSeconds: number,
  progress: { readonly done: number | null; readonly total: number | null },
): Promise<boolean> {
  const [row] = await sql.unsafe(
    `select work.beat_job($1, $2::text::uuid, $3::text::uuid, $4::text::interval, $5::text::bigint, $6::text::bigint) as cancelling`,
    [...idsOf(claim), `${leaseSeconds} seconds`, textOf(progress.done), textOf(progress.total)],
    prepared,
  );
  return row?.['cancelling'] === true;
}

function textOf(count: number | null): string | null {
  return count === null ? null : String(count);
}

/** What a job ends with. */
export type Ending =
  | { readonly state: 'done'; readonly result: object }
  | { readonly state: 'failed'; readonly problem: JobProblem }
  | { readonly state: 'cancelled' };

export async function finishJob(sql: Pool, claim: Claim, ending: Ending): Promise<void> {
  const result = ending.state === 'done' ? JSON.stringify(ending.result) : null;
  const problem = ending.state === 'failed' ? JSON.stringify(ending.problem) : null;
  await sql.unsafe(
    `select work.finish_job($1, $2::text::uuid, $3::text::uuid, $4, $5::text::jsonb, $6::text::jsonb)`,
    [...idsOf(claim), ending.state, result, problem],
    prepared,
  );
}

/** The next part of the job runs elsewhere. */
export async function passJob(sql: Pool, claim: Claim, runsOn: RunsOn, input: object): Promise<void> {
  await sql.unsafe(
    `select work.pass_job($1, $2::text::uuid, $3::text::uuid, $4, $5::text::jsonb)`,
    [...idsOf(claim), runsOn, JSON.stringify(input)],
    prepared,
  );
}

/** Gives a job back: to be tried again later, if it failed, or to be taken by the next who comes. */
export async function releaseJob(sql: Pool, claim: Claim, why: 'failed' | 'stopped'): Promise<void> {
  await sql.unsafe(
    `select work.release_job($1, $2::text::uuid, $3::text::uuid, $4)`,
    [...idsOf(claim), why === 'failed'],
    prepared,
  );
}

/** What a process held that is known to be dead may be taken at once. */
export async function releaseClaimant(sql: Pool, claimant: string): Promise<void> {
  await sql.unsafe(`select work.release_claimant($1::text::uuid)`, [claimant]);
}

/** What anybody held may be taken at once: for whoever has the database to itself, so that all who were there before are dead. */
export async function releaseAll(sql: Pool): Promise<void> {
  await sql`select work.release_claimant(claimant) from work.jobs where state = 'running'`;
}

/** Whether a write was refused because the job has been taken over. */
export function isClaimLost(error: unknown): boolean {
  return sqlState(error) === 'TL010';
}

function idsOf({ ledgerId, jobId, claimant }: Claim): [number, string, string] {
  return [ledgerId, jobId, claimant];
}
