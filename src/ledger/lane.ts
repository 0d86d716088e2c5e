/**
 * The lane: the one write path of a ledger. While a batch is out, submissions gather; once as many wait as are out, the next
 * batch is decided upon the one before and sent behind it, so that the database never waits for the service. A batch is decided
 * in memory and committed by one statement that first compares and sets the ledger's head: what stands on a batch that failed
 * fails with it. When the answer of a commit is lost the lane asks the books whether it landed; it never guesses. Knows no HTTP.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../lib/clock.js';
import { Refusal } from '../lib/refusal.js';
import { type Decided, decideBatch } from './decide.js';
import { loadAssets, loadBatchId, loadHead, loadKeys, loadMissing } from './load.js';
import { type SealedBatch, sealBatch } from './seal.js';
import type { Stage } from './stage.js';
import { LaneState, type LedgerFacts } from './state.js';
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
  /** How long a commit whose answer was lost is followed up before its submitters are told `ledger_unavailable`. */
  readonly deadlineMilliseconds?: number;
  readonly log?: (message: string, error?: unknown) => void;
}

interface Waiting {
  readonly submission: Submission<unknown>;
  resolve(told: Told): void;
  reject(error: unknown): void;
}

/** A batch on its way. */
interface Flight {
  readonly batch: readonly Waiting[];
  readonly weight: number;
  /** The end of the batch that this one is decided upon, while that is out; it never rejects. */
  readonly before: Promise<void> | null;
  /** The memory it was last decided upon. */
  state: LaneState | null;
  /** Whether it is sent, and nothing has gone wrong: the next may be decided upon it. */
  out: boolean;
  ended: boolean;
  end: Promise<void>;
}

export class Lane {
  /** As it will be after the last batch that was sent. Null after any trouble: then it is loaded anew. */
  private state: LaneState | null = null;
  private queue: Waiting[] = [];
  private weight = 0;
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
   * Hands a command to the lane and waits until its batch is durable.
   * Refuses: `idempotency_key_in_flight`, `ledger_busy`, `ledger_unavailable`; all other refusals are answers and come back rendered.
   */
  submit<Result>(submission: Submission<Result>): Promise<Told> {
    if (this.closed)
      return Promise.reject(new Refusal('ledger_unavailable', 'the service is stopping', { retryAfterSeconds: 5 }));
    if (this.weight >= (this.options.queueLimit ?? 50_000)) {
      return Promise.reject(busy());
    }
    const key = submission.key?.key;
    if (key !== undefined && !submission.dryRun) {
      if (this.keysInFlight.has(key)) {
        return Promise.reject(
          new Refusal('idempotency_key_in_flight', 'a request with this Idempotency-Key is still running', {
            retryAfterSeconds: 1,
          }),
        );
      }
      this.keysInFlight.add(key);
    }
    return new Promise<Told>((resolve, reject) => {
      this.queue.push({ submission: submission as Submission<unknown>, resolve, reject });
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
    // Leave the submitter's turn of the event loop, so that requests read together share the first batch.
    await turn();
    let front: Flight | null = this.launch(null);
    while (front) {
      const next: Flight | null = await this.sendAhead(front);
      await front.end;
      front = next ?? (this.queue.length > 0 ? this.launch(null) : null);
    }
    this.running = null;
  }

  /** The batch sent behind the one that is out, or null when that one ended first. */
  private async sendAhead(front: Flight): Promise<Flight | null> {
    while (!front.ended) {
      if (front.out && this.queue.length > 0 && this.weight >= front.weight) {
        // What is read in this turn of the event loop goes with it.
        await turn();
        if (front.ended) return null;
        if (front.out) return this.launch(front.end);
      }
      this.wakeAt = front.out ? front.weight : Number.POSITIVE_INFINITY;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = null;
    }
    return null;
  }

  private launch(before: Promise<void> | null): Flight {
    const { batch, weight } = this.take();
    this.options.observer?.queued(this.facts.code, this.queue.length);
    const flight = flightOf(batch, weight, before);
    flight.end = this.settle(flight)
      .catch((error: unknown) => {
        for (const waiting of batch) this.fail(waiting, error);
      })
      .then(() => {
        flight.ended = true;
        this.wake?.();
      });
    return flight;
  }

  /** The next batch: as many as wait, up to the limit; a heavy command may exceed it alone. */
  private take(): { batch: Waiting[]; weight: number } {
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
    return { batch: this.queue.splice(0, count), weight };
  }

  /** Brings one batch to its end: every submitter is told, or rejected because the deadline passed. */
  private async settle(flight: Flight): Promise<void> {
    const { batch } = flight;
    const deadline = this.options.clock() + (this.options.deadlineMilliseconds ?? 30_000);
    let careful = false;
    for (let attempt = 0; ; attempt++) {
      try {
        // A fresh memory must not be loaded before it is known what became of the batch before.
        if (attempt > 0 || !this.state) await flight.before;
        const state = await this.memory(flight, careful);
        const { stage, decided } = await this.decide(state, batch, careful);
        // The batch before ran into trouble while this one waited for rows: what was decided stands on nothing.
        if (this.state !== state) continue;
        const outcome = await this.commit(flight, state, stage, deadline);
        if (outcome === 'committed') {
          state.trim();
          return this.tell(flight, decided);
        }
        this.drop(flight);
        await flight.before;
        if (outcome === 'moved') {
          // Another process keeps winning; nothing of this batch is written.
          if (this.options.clock() > deadline) throw busy();
          continue;
        }
        // What must be unique is looked up only once something was not; after that no other reason is left but a bug.
        if (outcome === 'not_unique' && !careful) careful = true;
        else if (batch.length > 1) return await this.settleOneByOne(batch);
        else throw new Error('the database rejected a batch that was decided');
      } catch (error) {
        this.drop(flight);
        if (!this.store.isRetryable(error)) throw error;
        if (this.options.clock() > deadline) throw unavailable();
        this.options.log?.('the database is away; trying again', error);
        await sleep(Math.min(20 * 2 ** attempt, 250));
      }
    }
  }

  /** A batch the tables would not take is taken apart, so that the one command that broke it fails alone. */
  private async settleOneByOne(batch: readonly Waiting[]): Promise<void> {
    for (const waiting of batch) {
      await this.settle(flightOf([waiting], 1, null)).catch((error: unknown) => this.fail(waiting, error));
    }
  }

  /** Nothing is to be decided upon what a batch in trouble left in the memory. */
  private drop(flight: Flight): void {
    flight.out = false;
    if (this.state === flight.state) this.state = null;
  }

  private async memory(flight: Flight, careful: boolean): Promise<LaneState> {
    const state = this.state ?? (await this.load());
    this.state = state;
    flight.state = state;
    // A key that was used before is found by the commit; what is not committed has to look.
    const looking = flight.batch.filter(({ submission }) => careful || submission.dryRun);
    const keys = looking.flatMap(({ submission: { key, partKeys = [] } }) => [...(key ? [key] : []), ...partKeys]);
    if (keys.length > 0) await this.store.read((sql) => loadKeys(sql, state, keys));
    return state;
  }

  private load(): Promise<LaneState> {
    return this.store.read(async (sql) => {
      const state = new LaneState(this.facts, await loadHead(sql, this.facts.id));
      await loadAssets(sql, state);
      return state;
    });
  }

  /** Decides the batch over the memory; what is missing is loaded and the whole batch decided again. */
  private async decide(
    state: LaneState,
    batch: readonly Waiting[],
    careful: boolean,
  ): Promise<{ stage: Stage; decided: Decided[] }> {
    const submissions = batch.map(({ submission }) => submission);
    for (let round = 0; round < 32; round++) {
      const { stage, decided } = decideBatch(state, submissions, this.options.clock(), careful);
      if (stage.missing.isEmpty) return { stage, decided };
      await this.store.read((sql) => loadMissing(sql, state, stage.missing));
    }
    throw new Error('a command keeps asking for more: 32 rounds of loading were not enough');
  }

  /** Seals and sends the decided batch. From then on the memory is as after it, whether or not it will be. */
  private async commit(flight: Flight, state: LaneState, stage: Stage, deadline: number): Promise<CommitOutcome> {
    if (stage.entries.length === 0 && stage.remembers.length === 0) {
      // Nothing to write: the answers are right if the head has not moved under them.
      const { batchId } = await this.store.read((sql) => loadHead(sql, this.facts.id));
      return batchId === state.head.batchId ? 'committed' : 'moved';
    }
    const started = performance.now();
    const sealed = sealBatch(state.facts, state.head, randomUUID(), stage);
    Object.assign(state.head, sealed.head);
    const outcome = await this.follow(flight, sealed, deadline);
    if (outcome === 'committed') {
      const seconds = (performance.now() - started) / 1000;
      this.options.observer?.committed(this.facts.code, stage.remembers.length, stage.entries.length, seconds);
    }
    return outcome;
  }

  /** Commits, and when the connection is lost finds out what became of it: the same bytes are sent again until it is known. */
  private async follow(flight: Flight, sealed: SealedBatch, deadline: number): Promise<CommitOutcome> {
    for (let attempt = 0; ; attempt++) {
      try {
        if (attempt > 0 && (await this.landed(sealed))) return 'committed';
        const answer = this.store.commit(this.facts.id, sealed.parameters);
        if (attempt === 0) {
          flight.out = true;
          this.wake?.();
        }
        const outcome = await answer;
        // An earlier send of this very batch may be what moved the head.
        if (outcome !== 'moved' || attempt === 0) return outcome;
        return (await this.landed(sealed)) ? 'committed' : 'moved';
      } catch (error) {
        this.drop(flight);
        if (!this.store.isRetryable(error)) throw error;
        if (this.options.clock() > deadline) throw unavailable();
        this.options.log?.('a commit lost its connection; asking whether it landed', error);
        await flight.before;
        await sleep(Math.min(20 * 2 ** attempt, 250));
      }
    }
  }

  /** Whether the books have a batch under the id it was sent with. */
  private async landed({ head }: SealedBatch): Promise<boolean> {
    return (await this.store.read((sql) => loadBatchId(sql, this.facts.id, head.batchSeq))) === head.batchId;
  }

  private tell({ batch }: Flight, decided: readonly Decided[]): void {
    // On the event loop's next turn: the batch that gathered meanwhile is sent off first, and the database has work while the
    // answers are written.
    setImmediate(() => {
      for (const [i, waiting] of batch.entries()) {
        const { told, error } = decided[i] as Decided;
        if (!told) this.fail(waiting, error);
        else {
          this.release(waiting);
          waiting.resolve(told);
        }
      }
    });
  }

  private fail(waiting: Waiting, error: unknown): void {
    this.release(waiting);
    waiting.reject(error);
  }

  /** The key is free for its replay before the submitter hears the answer. */
  private release({ submission }: Waiting): void {
    if (submission.key && !submission.dryRun) this.keysInFlight.delete(submission.key.key);
  }
}

/** The next turn of the event loop, after what it has read. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function flightOf(batch: readonly Waiting[], weight: number, before: Promise<void> | null): Flight {
  return { batch, weight, before, state: null, out: false, ended: false, end: Promise.resolve() };
}

function busy(): Refusal {
  return new Refusal('ledger_busy', 'too many requests are waiting for this ledger', { retryAfterSeconds: 1 });
}

function unavailable(): Refusal {
  return new Refusal(
    'ledger_unavailable',
    'the books cannot be reached; whether this request was carried out is not known: repeat it with the same Idempotency-Key',
    { retryAfterSeconds: 5 },
  );
}
