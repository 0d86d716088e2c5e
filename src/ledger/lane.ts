/**
 * The lane: the one write path of a ledger. While a batch is out, submissions gather; once as many wait as are out, the next
 * batch is decided upon the one before and pipelined behind it, so that the database never waits for the service. A batch is
 * decided in memory and committed by one statement that first compares and sets the ledger's head (optimistic concurrency): what
 * stands on a batch that failed fails with it. A batch's states are in batch.ts. Two invariants are asserted: at most two batches
 * are under way, and only the front one loads the memory anew. Knows no HTTP.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../lib/clock.js';
import { Refusal } from '../lib/refusal.js';
import { Batch, busy, notCarriedOut, Waiting } from './batch.js';
import { type Decided, decideBatch } from './decide.js';
import { loadAssets, loadBatchId, loadHead, loadKeys, loadMissing } from './load.js';
import { type SealedBatch, sealBatch } from './seal.js';
import type { Completion, Stage } from './stage.js';
import { type CacheLimits, LaneState, type LedgerFacts } from './state.js';
import type { CommitOutcome, LaneStore } from './store.js';
import type { Submission, Told } from './submission.js';

/** What a lane tells about its work; all optional to listen to. */
export interface LaneObserver {
  committed(ledger: string, commands: number, entries: number, seconds: number): void;
  queued(ledger: string, commands: number): void;
}

export interface LaneOptions {
  readonly clock: Clock;
  readonly observer?: LaneObserver;
  /** Commands in one batch at most. */
  readonly batchLimit?: number;
  /** Commands waiting at most; beyond it submissions are refused with `ledger_busy`. */
  readonly queueLimit?: number;
  /** How long a submitter waits at most, from the submission on, by the monotonic clock. */
  readonly deadlineMilliseconds?: number;
  /** How much the memory may hold. */
  readonly cacheLimits?: CacheLimits;
  /** What the floor above adds to every entry. */
  readonly completes?: Completion;
  readonly log?: (message: string, error?: unknown, facts?: object) => void;
}

/** How often submitters whose time is up are looked for. */
const expiryMilliseconds = 100;

export class Lane {
  /** As it will be after the last batch that was sent. Null after any trouble: then it is loaded anew. */
  private memory: LaneState | null = null;
  private queue: Waiting[] = [];
  private weight = 0;
  private readonly underWay = new Set<Batch>();
  private readonly keysInFlight = new Set<string>();
  private running: Promise<void> | null = null;
  /** Wakes the run loop when a batch changes or enough wait. */
  private wake: (() => void) | null = null;
  private wakeAt = 0;
  private closed = false;

  constructor(
    readonly facts: LedgerFacts,
    private readonly store: LaneStore,
    private readonly options: LaneOptions,
  ) {}

  /**
   * Hands a command to the lane and waits until its batch is durable, or until the deadline.
   * Refuses: `idempotency_key_in_flight`, `ledger_busy`, `ledger_unavailable`; all other refusals are answers and come back rendered.
   */
  submit<Result>(submission: Submission<Result>): Promise<Told> {
    if (this.closed) return Promise.reject(notCarriedOut({ en: 'the service is stopping', zh: '服务正在停止' }));
    if (this.weight >= (this.options.queueLimit ?? 50_000)) return Promise.reject(busy());
    const key = heldKey(submission);
    if (key !== undefined) {
      if (this.keysInFlight.has(key)) {
        return Promise.reject(
          new Refusal(
            'idempotency_key_in_flight',
            { en: 'a request with this Idempotency-Key is still running', zh: '使用此 Idempotency-Key 的请求仍在处理' },
            {
              retryAfterSeconds: 1,
            },
          ),
        );
      }
      this.keysInFlight.add(key);
    }
    const deadline = performance.now() + (this.options.deadlineMilliseconds ?? 30_000);
    return new Promise<Told>((resolve, reject) => {
      this.queue.push(new Waiting(submission as Submission<unknown>, deadline, resolve, reject, this.release));
      this.weight += submission.weight ?? 1;
      this.running ??= this.run();
      if (this.weight >= this.wakeAt) this.wake?.();
    });
  }

  /** Refuses new submissions and waits for those already taken. */
  async close(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  private async run(): Promise<void> {
    const expiry = setInterval(() => this.expire(), expiryMilliseconds);
    // Leave the submitter's turn of the event loop, so that requests read together share the first batch.
    await turn();
    let front = this.launch(null);
    while (front) {
      const next: Batch | null = await this.pipeline(front);
      await front.end;
      front = next ?? this.launch(null);
    }
    clearInterval(expiry);
    this.running = null;
  }

  /** The batch sent behind the one that is out, or null when that one ended first. */
  private async pipeline(front: Batch): Promise<Batch | null> {
    while (front.state !== 'done') {
      if (front.state === 'sent' && this.queue.length > 0 && this.weight >= front.weight) {
        // What is read in this turn of the event loop goes with it.
        await turn();
        if (front.state === 'sent') return this.launch(front);
        continue;
      }
      this.wakeAt = front.state === 'sent' ? front.weight : Number.POSITIVE_INFINITY;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = null;
    }
    return null;
  }

  /** The next batch under way, or null when nothing waits. */
  private launch(before: Batch | null): Batch | null {
    const batch = this.take(before);
    if (!batch) return null;
    this.underWay.add(batch);
    assert(this.underWay.size <= 2, 'at most two batches are under way');
    this.options.observer?.queued(this.facts.code, this.queue.length);
    batch.end = this.settle(batch)
      .catch((error: unknown) => {
        for (const waiting of batch.waiting) waiting.fail(error);
      })
      .then(() => {
        batch.enter('done');
        this.underWay.delete(batch);
        this.wake?.();
      });
    return batch;
  }

  /** As many as wait, up to the limit; a heavy command may exceed it alone. */
  private take(before: Batch | null): Batch | null {
    const limit = this.options.batchLimit ?? 1000;
    let weight = 0;
    let count = 0;
    for (const { submission } of this.queue) {
      const next = weight + (submission.weight ?? 1);
      if (count > 0 && next > limit) break;
      weight = next;
      count += 1;
    }
    this.weight -= weight;
    return count === 0 ? null : new Batch(this.queue.splice(0, count), weight, before);
  }

  /** Fails those whose time is up: in batches, where their fate may be unknown, and in the queue, where it is not. */
  private expire(): void {
    const now = performance.now();
    for (const batch of this.underWay) batch.expire(now);
    while (this.queue[0] && this.queue[0].deadline <= now) {
      const late = this.queue.shift() as Waiting;
      this.weight -= late.submission.weight ?? 1;
      late.fail(notCarriedOut({ en: 'the books could not be reached in time', zh: '未能及时连接账簿' }));
    }
  }

  /** Brings one batch to its end: every submitter is told, or nobody waits any more. */
  private async settle(batch: Batch): Promise<void> {
    let careful = false;
    let stage: Stage | undefined;
    for (let attempt = 0; !batch.isAbandoned; attempt++) {
      batch.enter('deciding');
      try {
        if (attempt > 0 || !this.memory) await batch.before?.end;
        const memory = await this.recall(batch, careful);
        const { decided, ...decision } = await this.decide(memory, batch, careful);
        stage = decision.stage;
        // The batch before ran into trouble while this one waited for rows: what was decided stands on nothing.
        if (this.memory !== memory) continue;
        const outcome = await this.commit(batch, memory, stage);
        if (outcome === 'committed') {
          memory.trim();
          return this.tell(batch, decided);
        }
        this.drop(batch);
        batch.contended = outcome === 'moved';
        // What must be unique is looked up only once something was not; after that no other reason is left but a bug.
        if (outcome === 'not_unique' && careful) {
          return await this.settleApart(batch, new Error('something is there already'), stage);
        }
        careful ||= outcome === 'not_unique';
      } catch (error) {
        this.drop(batch);
        const fault = this.store.faultOf(error);
        if (fault === 'rejected') return await this.settleApart(batch, error, stage);
        if (fault === 'unavailable') throw this.unavailable(error);
        if (fault === 'bug') throw error;
        this.options.log?.('the database is away; trying again', error);
        await sleep(Math.min(20 * 2 ** attempt, 250));
      }
    }
  }

  /** A batch that the database rejected is taken apart: each command goes alone, once, so that only the one that broke it fails. */
  private async settleApart(batch: Batch, error: unknown, stage: Stage | undefined): Promise<void> {
    await batch.before?.end;
    batch.enter('apart');
    if (batch.waiting.length === 1) {
      this.options.log?.('the database rejected a command', error, stage?.shape);
      throw new Error('the database rejected a command that was decided', { cause: error });
    }
    for (const waiting of batch.waiting) {
      const alone = new Batch([waiting], waiting.submission.weight ?? 1, null);
      await this.settle(alone).catch((reason: unknown) => waiting.fail(reason));
    }
  }

  /** Nothing is to be decided upon what a batch in trouble left in the memory. */
  private drop(batch: Batch): void {
    if (batch.state === 'sent') batch.enter('unknown');
    if (this.memory === batch.memory) this.memory = null;
  }

  /** The memory to decide upon. */
  private async recall(batch: Batch, careful: boolean): Promise<LaneState> {
    const memory = this.memory ?? (await this.load(batch));
    this.memory = memory;
    batch.memory = memory;
    // A key that was used before is found by the commit; what is not committed has to look.
    const looking = batch.waiting.filter(({ submission }) => careful || submission.dryRun);
    const keys = looking.flatMap(({ submission: { key, partKeys = [] } }) => [...(key ? [key] : []), ...partKeys]);
    if (keys.length > 0) await this.store.read((sql) => loadKeys(sql, memory, keys));
    return memory;
  }

  private load(batch: Batch): Promise<LaneState> {
    // What became of the batch before must be known first.
    assert(batch.isFront, 'only the front batch loads the memory anew');
    return this.store.read(async (sql) => {
      const memory = new LaneState(this.facts, await loadHead(sql, this.facts.id), this.options.cacheLimits);
      await loadAssets(sql, memory);
      return memory;
    });
  }

  /** Decides the batch over the memory; what is missing is loaded and the whole batch decided again. */
  private async decide(
    memory: LaneState,
    batch: Batch,
    careful: boolean,
  ): Promise<{ stage: Stage; decided: Decided[] }> {
    const submissions = batch.waiting.map(({ submission }) => submission);
    const { clock, completes } = this.options;
    for (let round = 0; round < 32; round++) {
      const { stage, decided } = decideBatch(memory, submissions, clock(), { careful, completes });
      if (stage.missing.isEmpty) return { stage, decided };
      await this.store.read((sql) => loadMissing(sql, memory, stage.missing));
    }
    throw new Error('a command keeps asking for more: 32 rounds of loading were not enough');
  }

  /** Seals and sends the decided batch. From then on the memory is as after it, whether or not it will be. */
  private async commit(batch: Batch, memory: LaneState, stage: Stage): Promise<CommitOutcome> {
    if (stage.entries.length === 0 && stage.remembers.length === 0) {
      // Nothing to write: the answers are right if the head has not moved under them.
      const { batchId } = await this.store.read((sql) => loadHead(sql, this.facts.id));
      return batchId === memory.head.batchId ? 'committed' : 'moved';
    }
    const started = performance.now();
    const sealed = sealBatch(memory.facts, memory.head, randomUUID(), stage);
    Object.assign(memory.head, sealed.head);
    const outcome = await this.follow(batch, sealed);
    if (outcome === 'committed') {
      const seconds = (performance.now() - started) / 1000;
      this.options.observer?.committed(this.facts.code, stage.remembers.length, stage.entries.length, seconds);
    }
    return outcome;
  }

  /** Sends a batch, and when its answer is lost finds out what became of it: the same bytes are sent again until it is known. */
  private async follow(batch: Batch, sealed: SealedBatch): Promise<CommitOutcome> {
    let noRoom: unknown;
    for (let attempt = 0; ; attempt++) {
      try {
        if (attempt > 0 && (await this.landed(sealed))) return 'committed';
        if (noRoom !== undefined) throw noRoom;
        const answer = this.store.commit(this.facts.id, sealed.parameters);
        if (attempt === 0) {
          batch.enter('sent');
          this.wake?.();
        }
        const outcome = await answer;
        // An earlier send of this very batch may be what moved the head.
        if (outcome !== 'moved' || attempt === 0) return outcome;
        return (await this.landed(sealed)) ? 'committed' : 'moved';
      } catch (error) {
        this.drop(batch);
        const fault = this.store.faultOf(error);
        const isKnown = error === noRoom || fault === 'rejected' || fault === 'bug';
        if (isKnown || batch.isAbandoned) throw error;
        if (fault === 'unavailable') noRoom = error;
        this.options.log?.('a commit was not answered; asking whether it landed', error);
        await batch.before?.end;
        await sleep(Math.min(20 * 2 ** attempt, 250));
      }
    }
  }

  /** Whether the books have a batch under the id it was sent with. */
  private async landed({ head }: SealedBatch): Promise<boolean> {
    return (await this.store.read((sql) => loadBatchId(sql, this.facts.id, head.batchSeq))) === head.batchId;
  }

  private tell(batch: Batch, decided: readonly Decided[]): void {
    // On the event loop's next turn: the batch that gathered meanwhile is sent off first, and the database has work while the
    // answers are written.
    setImmediate(() => {
      for (const [i, waiting] of batch.waiting.entries()) {
        const { told, error } = decided[i] as Decided;
        if (told) waiting.tell(told);
        else waiting.fail(error);
      }
    });
  }

  private unavailable(error: unknown): Refusal {
    this.options.log?.('the database has no room for a batch now', error);
    return notCarriedOut({ en: 'the books take nothing at the moment', zh: '账簿暂不接受写入' });
  }

  private readonly release = (submission: Submission<unknown>): void => {
    const key = heldKey(submission);
    if (key !== undefined) this.keysInFlight.delete(key);
  };
}

/** The key that nobody else may use while the command is under way; a dry run holds none. */
function heldKey(submission: Submission<unknown>): string | undefined {
  return submission.dryRun ? undefined : submission.key?.key;
}

/** The next turn of the event loop, after what it has read. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
