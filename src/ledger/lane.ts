/**
 * The lane: the one write path of a ledger. While one batch is in flight, submissions gather; the next batch takes them all.
 * A batch is loaded, decided in memory and committed by one statement that first compares and sets the ledger's head. When
 * the answer of a commit is lost the lane asks the books whether it landed; it never guesses. Knows no HTTP.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../lib/clock.js';
import { Refusal } from '../lib/refusal.js';
import { loadAssets, loadBatchId, loadHead, loadKeys, loadMissing } from './load.js';
import { type SealedBatch, sealBatch } from './seal.js';
import { Stage } from './stage.js';
import { type Answer, type Key, LaneState, type LedgerFacts } from './state.js';
import type { CommitOutcome, LaneStore } from './store.js';

/** A command and how its outcome is to be told. */
export interface Submission<Result> {
  /** Who acts, as `role:subject`: enters the journal. */
  readonly actor: string;
  /** Under which key the answer is remembered; none for the service's own commands. */
  readonly key?: Key | undefined;
  /** Keys of the command's parts, looked up together with its own. */
  readonly partKeys?: readonly Key[];
  /** Decide, answer, commit nothing. */
  readonly dryRun?: boolean;
  /** How many commands this one counts for, default 1. */
  readonly weight?: number;
  /** Pure and repeatable: it may run several times before its batch commits. Refuses by throwing a Refusal. */
  decide(stage: Stage): Result;
  /** Renders the outcome; what it returns is remembered under the key and handed back, byte for byte, for ever after. */
  answer(outcome: Result | Refusal): Answer;
}

export interface Told {
  readonly answer: Answer;
  readonly replayed: boolean;
}

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

interface Decided {
  readonly waiting: Waiting;
  readonly told?: Told;
  readonly error?: unknown;
}

export class Lane {
  private state: LaneState | null = null;
  private queue: Waiting[] = [];
  private weight = 0;
  private readonly keysInFlight = new Set<string>();
  private running: Promise<void> | null = null;
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
      return Promise.reject(
        new Refusal('ledger_busy', 'too many requests are waiting for this ledger', { retryAfterSeconds: 1 }),
      );
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
    });
  }

  /** Forgets what was answered before an instant (RFC 3339): those keys may be used anew. Returns how many were forgotten. */
  async forgetAnswers(before: string): Promise<number> {
    const [row] = await this.store
      .sql()
      .unsafe('select timeledger.forget_answers($1, $2::text::timestamptz)::text as count', [this.facts.id, before]);
    return Number(row?.['count'] ?? 0);
  }

  /** Refuses new submissions and waits for those already taken. */
  async close(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  private async run(): Promise<void> {
    // Leave the submitter's turn of the event loop, so that requests read together share the first batch.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.queue.length > 0) {
      const batch = this.take();
      this.options.observer?.queued(this.facts.code, this.queue.length);
      try {
        await this.settle(batch);
      } catch (error) {
        this.state = null;
        for (const waiting of batch) this.fail(waiting, error);
      }
    }
    this.running = null;
  }

  /** The next batch: as many as wait, up to the limit; a heavy command may exceed it alone. */
  private take(): Waiting[] {
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
    return this.queue.splice(0, count);
  }

  /** Brings one batch to its end: every submitter is told, or rejected because the deadline passed. */
  private async settle(batch: readonly Waiting[]): Promise<void> {
    const deadline = this.options.clock() + (this.options.deadlineMilliseconds ?? 30_000);
    let careful = false;
    for (let attempt = 0; ; attempt++) {
      try {
        const state = await this.memory(batch, careful);
        const { stage, decided } = await this.decide(state, batch, careful);
        const outcome = await this.commit(state, stage, deadline);
        // Told on the event loop's next turn: the batch that gathered meanwhile is sent off first, and the database has
        // work while the answers are written.
        if (outcome === 'committed') {
          state.trim();
          return void setImmediate(() => this.tell(decided));
        }
        this.state = null;
        if (outcome === 'moved') continue;
        // What must be unique is looked up only once something was not; after that no other reason is left but a bug.
        if (outcome === 'not_unique' && !careful) careful = true;
        else if (batch.length > 1) return await this.settleOneByOne(batch);
        else throw new Error('the database rejected a batch that was decided');
      } catch (error) {
        this.state = null;
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
      await this.settle([waiting]).catch((error: unknown) => {
        this.state = null;
        this.fail(waiting, error);
      });
    }
  }

  private async memory(batch: readonly Waiting[], careful: boolean): Promise<LaneState> {
    if (!this.state) {
      this.state = await this.store.read(async (sql) => {
        const state = new LaneState(this.facts, await loadHead(sql, this.facts.id));
        await loadAssets(sql, state);
        return state;
      });
    }
    if (careful) {
      const keys = batch.flatMap(({ submission }) => [
        ...(submission.key ? [submission.key] : []),
        ...(submission.partKeys ?? []),
      ]);
      const { state } = this;
      await this.store.read((sql) => loadKeys(sql, state, keys));
    }
    return this.state;
  }

  /** Decides the batch over the memory; what is missing is loaded and the whole batch decided again. */
  private async decide(
    state: LaneState,
    batch: readonly Waiting[],
    careful: boolean,
  ): Promise<{ stage: Stage; decided: Decided[] }> {
    for (let round = 0; round < 32; round++) {
      const stage = new Stage(state, this.options.clock(), careful);
      const decided = batch.map((waiting) => decideOne(stage, waiting));
      if (!stage.hasMissing) return { stage, decided };
      stage.rollback(0);
      await this.store.read((sql) => loadMissing(sql, state, stage.missing));
    }
    throw new Error('a command keeps asking for more: 32 rounds of loading were not enough');
  }

  private async commit(state: LaneState, stage: Stage, deadline: number): Promise<CommitOutcome> {
    if (stage.entries.length === 0 && stage.remembers.length === 0) {
      // Nothing to write: the answers are right if the head has not moved under them.
      const head = await this.store.read((sql) => loadHead(sql, this.facts.id));
      return head.batchSeq === state.head.batchSeq ? 'committed' : 'moved';
    }
    const started = performance.now();
    const batchId = randomUUID();
    const sealed = sealBatch(state.facts, state.head, batchId, stage);
    const outcome = await this.follow(state, sealed, batchId, deadline);
    if (outcome === 'committed') {
      Object.assign(state.head, sealed.head);
      const seconds = (performance.now() - started) / 1000;
      this.options.observer?.committed(this.facts.code, stage.remembers.length, stage.entries.length, seconds);
    }
    return outcome;
  }

  /** Commits, and when the connection is lost finds out what became of it: the same bytes are sent again until it is known. */
  private async follow(
    state: LaneState,
    sealed: SealedBatch,
    batchId: string,
    deadline: number,
  ): Promise<CommitOutcome> {
    const expected = state.head.batchSeq;
    let unsure = false;
    for (let attempt = 0; ; attempt++) {
      try {
        if (unsure && (await this.landed(expected + 1, batchId))) return 'committed';
        const outcome = await this.store.commit(this.facts.id, expected, batchId, sealed.parameters);
        // An earlier send of this very batch may be what moved the head.
        if (outcome !== 'moved' || !unsure) return outcome;
        return (await this.landed(expected + 1, batchId)) ? 'committed' : 'moved';
      } catch (error) {
        if (!this.store.isRetryable(error)) throw error;
        if (this.options.clock() > deadline) throw unavailable();
        unsure = true;
        this.options.log?.('a commit lost its connection; asking whether it landed', error);
        await sleep(Math.min(20 * 2 ** attempt, 250));
      }
    }
  }

  /** Whether the books have a batch under the id it was sent with. */
  private async landed(batchSeq: number, batchId: string): Promise<boolean> {
    return (await this.store.read((sql) => loadBatchId(sql, this.facts.id, batchSeq))) === batchId;
  }

  private tell(decided: readonly Decided[]): void {
    for (const { waiting, told, error } of decided) {
      if (!told) this.fail(waiting, error);
      else {
        this.release(waiting);
        waiting.resolve(told);
      }
    }
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

/** Decides one submission on the stage. Its answer is rendered and staged to be remembered; a dry run leaves nothing behind. */
function decideOne(stage: Stage, waiting: Waiting): Decided {
  const { submission } = waiting;
  const mark = stage.mark();
  try {
    const known = submission.key && stage.recall(submission.key.key);
    if (known && !submission.dryRun) {
      if (known.fingerprint === submission.key?.fingerprint)
        return { waiting, told: { answer: known.answer, replayed: true } };
      const reused = new Refusal('idempotency_key_reused', 'this Idempotency-Key was used for another request');
      return { waiting, told: { answer: submission.answer(reused), replayed: false } };
    }
    stage.begin(submission.actor);
    const outcome = stage.attempt(() => submission.decide(stage));
    if (outcome instanceof Refusal || submission.dryRun) stage.checkAssumed();
    const answer = submission.answer(outcome);
    if (submission.dryRun) stage.rollback(mark);
    else if (submission.key) stage.remember(submission.key, answer);
    return { waiting, told: { answer, replayed: false } };
  } catch (error) {
    stage.rollback(mark);
    return { waiting, error };
  }
}

function unavailable(): Refusal {
  return new Refusal(
    'ledger_unavailable',
    'the books cannot be reached; whether this request was carried out is not known: repeat it with the same Idempotency-Key',
    { retryAfterSeconds: 5 },
  );
}
