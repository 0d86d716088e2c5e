/**
 * The runner: takes jobs of the kinds it knows and carries them out, a few at a time. A job is
 *
 *     queued     until a runner takes it
 *     running    as long as its runner gives signs of life; otherwise the next runner takes it and begins the part anew
 *     done, failed or cancelled in the end
 *
 * A refusal fails the job with its words. Any other error has it tried again, later and later, five times in all. It knows no kind
 * of job: those are handed to it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionLost, type Pool } from '../db/connect.js';
import { Refusal } from '../lib/refusal.js';
import { beatJob, type Claim, claimJob, finishJob, isClaimLost, passJob, releaseJob } from './claims.js';
import type { Job, JobProblem, RunsOn } from './jobs.js';

/** A part of a job, as its kind sees it. */
export interface Run {
  readonly job: Job;
  /** For what the run stages. */
  readonly claim: Claim;
  /** Says how far it is, and is where the run ends when the job is cancelled, lost, or the process is to stop. */
  progress(done: number, total: number | null): Promise<void>;
}

/** What a part comes to: the job's result, or the input of its next part. */
export type Outcome = { readonly result: object } | { readonly next: RunsOn; readonly input: object };

/** Carries out a part. Refusing fails the job; it must bear being begun again. */
export type Work = (run: Run) => Promise<Outcome>;

export interface RunnerOptions {
  readonly sql: Pool;
  readonly runsOn: RunsOn;
  readonly works: Readonly<Record<string, Work>>;
  /** Names this process. */
  readonly claimant: string;
  readonly log: (message: string, error?: unknown) => void;
  /** Told when a part has ended, for whoever runs the next one or waits. */
  readonly ended?: () => void;
  /** Parts at once. */
  readonly slots?: number;
  readonly leaseSeconds?: number;
  readonly patienceSeconds?: number;
  /** How often it looks for jobs that nobody has told it of. */
  readonly idleMilliseconds?: number;
  readonly only?: string;
}

/** Why a run ends before its time. */
class Interrupted extends Error {
  constructor(readonly why: 'cancelled' | 'lost' | 'stopped') {
    super(`the run was ${why}`);
  }
}

export class Runner {
  private readonly running = new Map<string, Promise<void>>();
  private stopping = false;
  private wakeUp: (() => void) | null = null;
  /** Whether it was woken while it was not asleep. */
  private woken = false;
  private loop: Promise<void> | null = null;

  constructor(private readonly options: RunnerOptions) {}

  start(): void {
    this.loop ??= this.takeJobs();
  }

  /** There may be a job. */
  wake(): void {
    this.woken = true;
    this.wakeUp?.();
  }

  /** Takes no more jobs; those at work end at their next step and are given back. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.loop;
    await Promise.all(this.running.values());
  }

  private async takeJobs(): Promise<void> {
    const { slots = 1 } = this.options;
    while (!this.stopping) {
      this.woken = false;
      const job = this.running.size < slots ? await this.claim() : null;
      if (job === null) await this.rest();
      // A job that this very process still runs had only gone without a sign of life for too long.
      else if (!this.running.has(job.id)) this.carry(job);
    }
  }

  private async claim(): Promise<Job | null> {
    const { sql, runsOn, claimant, patienceSeconds = 0, only = null } = this.options;
    try {
      return await claimJob(sql, { runsOn, claimant, leaseSeconds: this.leaseSeconds, patienceSeconds, only });
    } catch (error) {
      this.options.log('jobs cannot be looked for; trying again', error);
      return null;
    }
  }

  private get leaseSeconds(): number {
    return this.options.leaseSeconds ?? 30;
  }

  /** Until it is woken, a part ends, or some time has passed. */
  private async rest(): Promise<void> {
    if (this.woken) return;
    const alarm = new AbortController();
    this.wakeUp = () => alarm.abort();
    await sleep(this.options.idleMilliseconds ?? 1_000, undefined, { signal: alarm.signal }).catch(() => {});
    this.wakeUp = null;
  }

  private carry(job: Job): void {
    const claim: Claim = { ledgerId: job.ledgerId, jobId: job.id, claimant: this.options.claimant };
    const run = this.carryOut(job, claim)
      .catch((error: unknown) => this.options.log(`job ${job.id} is left to its next run`, error))
      .finally(() => {
        this.running.delete(job.id);
        this.wake();
        this.options.ended?.();
      });
    this.running.set(job.id, run);
  }

  private async carryOut(job: Job, claim: Claim): Promise<void> {
    const { sql, works, log } = this.options;
    const life = this.signsOfLife(claim);
    try {
      const work = works[job.kind];
      if (!work) throw new Error(`no job of kind ${job.kind} is known here`);
      const outcome = await work({ job, claim, progress: (done, total) => life.step({ done, total }) });
      await life.flush();
      if ('next' in outcome) await passJob(sql, claim, outcome.next, outcome.input);
      else await finishJob(sql, claim, { state: 'done', result: outcome.result });
    } catch (error) {
      if (error instanceof Refusal) await finishJob(sql, claim, { state: 'failed', problem: problemOf(error) });
      else if (error instanceof Interrupted && error.why === 'cancelled')
        await finishJob(sql, claim, { state: 'cancelled' });
      else if (error instanceof Interrupted && error.why === 'stopped') await releaseJob(sql, claim, 'stopped');
      else if (!isClaimLost(error) && !(error instanceof Interrupted)) {
        // A database that is away is not the job's fault.
        log(`job ${job.id} (${job.kind}) failed; it will be tried again`, error);
        await releaseJob(sql, claim, isConnectionLost(error) ? 'stopped' : 'failed');
      }
    } finally {
      life.end();
    }
  }

  /** Beats by itself while the run is busy, and at every step that the run reports. */
  private signsOfLife(claim: Claim) {
    const { sql, log } = this.options;
    let interrupted: Interrupted | null = null;
    let unsaid: Progress | null = null;
    let saidAt = Number.NEGATIVE_INFINITY;
    const beat = async (progress: Progress) => {
      unsaid = null;
      saidAt = performance.now();
      try {
        if (await beatJob(sql, claim, this.leaseSeconds, progress)) interrupted = new Interrupted('cancelled');
      } catch (error) {
        if (!isClaimLost(error)) throw error;
        interrupted = new Interrupted('lost');
      }
    };
    const timer = setInterval(
      () => void beat(unsaid ?? nothingNew).catch((error: unknown) => log('a sign of life was not written', error)),
      (this.leaseSeconds * 1000) / 4,
    );
    return {
      /** Small steps are told a few times a second. */
      step: async (progress: Progress) => {
        if (this.stopping) throw new Interrupted('stopped');
        unsaid = progress;
        if (performance.now() - saidAt >= saidEveryMilliseconds) await beat(progress);
        if (interrupted) throw interrupted;
      },
      flush: async () => {
        if (unsaid) await beat(unsaid);
      },
      end: () => clearInterval(timer),
    };
  }
}

interface Progress {
  readonly done: number | null;
  readonly total: number | null;
}

const nothingNew: Progress = { done: null, total: null };
const saidEveryMilliseconds = 200;

function problemOf({ code, detail, facts: { errors } }: Refusal): JobProblem {
  return { code, detail, ...(errors && { errors }) };
}
