/**
 * What a lane holds in memory between batches: the head as the last batch sent will leave it, and accounts, entries and rows as
 * of that head. It is true as long as nobody else moves the head, and is thrown away whole when somebody does. `undefined` means
 * not loaded; null means known to be absent.
 */
import type { Account } from './accounts.js';
import { Generations } from './generations.js';
import type { LogIdentity } from './log/identity.js';
import type { Frontier } from './log/merkle.js';
import { RowCache } from './row-cache.js';

/** The head of a ledger. `recordedAt` is microseconds since the epoch; `batchSeq` and `batchId` are what a commit compares and sets. */
export interface Head {
  batchSeq: number;
  batchId: string;
  entryCount: number;
  accountCount: number;
  recordedAt: bigint;
  closedThrough: string | null;
  frontier: Frontier;
}

/** What a ledger is, fixed from its first entry on. */
export interface LedgerFacts extends LogIdentity {
  readonly id: number;
  readonly code: string;
  readonly zone: string;
}

/** An entry already in the books, as a reversal or an erasure needs it. */
export interface RecordedEntry {
  readonly number: number;
  readonly kind: string;
  readonly effectiveOn: string;
  readonly leaf: string;
  readonly reversedBy: number | null;
  /** Whether its free text is kept: false when it never had one, and once that is erased. */
  readonly hasText: boolean;
}

/** An answer the lane remembers: an outcome code and one line of text, both the caller's own. */
export interface Answer {
  readonly code: number;
  readonly body: string;
}

/** 128 bits each, written as UUIDs: who asked under which key, and what was asked. */
export interface Key {
  readonly key: string;
  readonly fingerprint: string;
}

export interface Remembered {
  readonly fingerprint: string;
  readonly answer: Answer;
}

/**
 * Things of a kind in the young generation at most: beyond it, what was not used lately is forgotten. An account takes half a kilobyte, a
 * list of rows one: together some 300 MB at most.
 */
export interface CacheLimits {
  readonly accounts: number;
  readonly rows: number;
  readonly entries: number;
}

const cacheLimits: CacheLimits = { accounts: 100_000, rows: 100_000, entries: 1_000 };

export class LaneState {
  readonly accounts = new Generations<string, Account | null>();
  readonly entries = new Generations<number, RecordedEntry | null>();
  readonly assets = new Map<string, number>();
  readonly keys = new Map<string, Remembered>();
  readonly rows: RowCache;

  constructor(
    readonly facts: LedgerFacts,
    readonly head: Head,
    private readonly limits = cacheLimits,
  ) {
    this.rows = new RowCache(limits.rows);
  }

  /** Ends a batch: what was not used lately is forgotten once there is too much; what is needed again is loaded again. */
  trim(): void {
    if (this.accounts.size > this.limits.accounts) this.accounts.age();
    if (this.entries.size > this.limits.entries) this.entries.age();
    this.rows.trim();
    this.keys.clear();
  }
}
