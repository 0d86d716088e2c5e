/**
 * A batch on its way through the lane, as a state machine: which states there are, which may follow which, and what a state
 * allows. Knows neither the database nor how a command is decided.
 *
 *   state      what is going on                                              the next may be decided upon it
 *   deciding   decided in memory; rows that are not loaded are fetched       no
 *   sent       its commit is out                                             yes
 *   unknown    its answer was lost: the books are asked, the bytes sent again    no
 *   apart      the database rejected it: each command goes alone             no
 *   done       every submitter has been told                                 -
 */
import assert from 'node:assert/strict';
import type { Words } from '../lib/language.js';
import { Refusal } from '../lib/refusal.js';
import type { LaneState } from './state.js';
import type { Submission, Told } from './submission.js';

export type BatchState = 'deciding' | 'sent' | 'unknown' | 'apart' | 'done';

const transitions: Readonly<Record<BatchState, readonly BatchState[]>> = {
  deciding: ['sent', 'apart', 'done'],
  sent: ['deciding', 'unknown', 'apart', 'done'],
  unknown: ['deciding', 'apart', 'done'],
  apart: ['done'],
  done: [],
};

/** A submission and the promise of its submitter, which is kept once: by the answer, a fault, or the deadline. */
export class Waiting {
  private told = false;

  constructor(
    readonly submission: Submission<unknown>,
    /** By the monotonic clock, in milliseconds. */
    readonly deadline: number,
    private readonly resolve: (told: Told) => void,
    private readonly reject: (error: unknown) => void,
    /** Called before the submitter hears, so that the key is free for its replay. */
    private readonly release: (submission: Submission<unknown>) => void,
  ) {}

  get isTold(): boolean {
    return this.told;
  }

  tell(told: Told): void {
    if (this.close()) this.resolve(told);
  }

  fail(error: unknown): void {
    if (this.close()) this.reject(error);
  }

  private close(): boolean {
    if (this.told) return false;
    this.told = true;
    this.release(this.submission);
    return true;
  }
}

export class Batch {
  private current: BatchState = 'deciding';
  /** The memory it was last decided upon. */
  memory: LaneState | null = null;
  /** Whether another process wrote first, so that who waits too long is told to come again rather than that the books are away. */
  contended = false;
  /** Never rejects. */
  end: Promise<void> = Promise.resolve();

  constructor(
    readonly waiting: readonly Waiting[],
    readonly weight: number,
    /** The batch that this one is decided upon, if that was out. */
    readonly before: Batch | null,
  ) {}

  get state(): BatchState {
    return this.current;
  }

  enter(next: BatchState): void {
    if (next === this.current) return;
    assert(transitions[this.current].includes(next), `a batch that is ${this.current} cannot become ${next}`);
    this.current = next;
  }

  /** Whether nobody waits for it any more. */
  get isAbandoned(): boolean {
    return this.waiting.every((waiting) => waiting.isTold);
  }

  /** Whether the batch before has come to its end, so that this one stands first. */
  get isFront(): boolean {
    return this.before === null || this.before.state === 'done';
  }

  /** Fails the submitters whose time is up; the batch goes on for the others. */
  expire(now: number): void {
    for (const waiting of this.waiting) {
      if (waiting.deadline <= now && !waiting.isTold) waiting.fail(this.contended ? busy() : outcomeUnknown());
    }
  }
}

export function busy(): Refusal {
  return new Refusal(
    'ledger_busy',
    { en: 'too many requests are waiting for this ledger', zh: '等待此账本的请求过多' },
    { retryAfterSeconds: 1 },
  );
}

/** For a command that may have been carried out. */
function outcomeUnknown(): Refusal {
  return new Refusal(
    'ledger_unavailable',
    {
      en: 'the books cannot be reached; whether this request was carried out is not known: repeat it with the same Idempotency-Key',
      zh: '无法连接账簿，尚不能确定本请求是否已执行；请用同一 Idempotency-Key 重发',
    },
    { retryAfterSeconds: 5 },
  );
}

/** For a command that was certainly not. */
export function notCarriedOut(why: Words): Refusal {
  return new Refusal(
    'ledger_unavailable',
    { en: `${why.en}; nothing of this request was carried out`, zh: `${why.zh}；本请求的内容均未执行` },
    { retryAfterSeconds: 5 },
  );
}
