/**
 * What a lane holds in memory between batches: the head as the last batch sent will leave it, and accounts, entries and rows as
 * of that head. It is true as long as nobody else moves the head, and is thrown away whole when somebody does. `undefined` means
 * not loaded; null means known to be absent.
 */
import type { Account } from './accounts.js';
import type { Frontier } from './log/merkle.js';
import { indexKey, type RowTable } from './rows.js';

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
export interface LedgerFacts {
  readonly id: number;
  readonly code: string;
  readonly zone: string;
}

/** An entry already in the books, as a reversal needs it. */
export interface RecordedEntry {
  readonly number: number;
  readonly kind: string;
  readonly effectiveOn: string;
  readonly leaf: string;
  readonly reversedBy: number | null;
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

/** Beyond this many cached things the memory is dropped at the end of a batch; the next batch reloads what it needs. */
const cacheLimit = 400_000;

export class LaneState {
  readonly accounts = new Map<string, Account | null>();
  readonly entries = new Map<number, RecordedEntry | null>();
  readonly assets = new Map<string, number>();
  readonly keys = new Map<string, Remembered>();
  /** Rows as the domain holds them, by table, index and key. */
  private readonly rowLists = new Map<string, Map<string, Map<string, object[]>>>();
  private rowListCount = 0;

  constructor(
    readonly facts: LedgerFacts,
    readonly head: Head,
  ) {}

  /** Rows of a table by one of its indexes, or undefined when that key has not been loaded. */
  rows(table: string, index: string, key: string): object[] | undefined {
    return this.rowLists.get(table)?.get(index)?.get(key);
  }

  setRows(table: string, index: string, key: string, rows: object[]): void {
    const indexes = this.rowLists.get(table) ?? new Map<string, Map<string, object[]>>();
    const lists = indexes.get(index) ?? new Map<string, object[]>();
    this.rowLists.set(table, indexes.set(index, lists.set(key, rows)));
    this.rowListCount += 1;
  }

  /** The rows under a key are not known any more. */
  forgetRows(table: string, index: string, key: string): void {
    if (this.rowLists.get(table)?.get(index)?.delete(key)) this.rowListCount -= 1;
  }

  /** Puts `next` in the place of `previous` in every loaded list it belongs to; either may be absent. */
  replaceRow(table: RowTable<unknown>, previous: object | undefined, next: object | undefined): void {
    for (const [index, columns] of table.indexes) {
      if (previous) {
        // In place and from the end: a list may hold a busy partner's whole day, and what changes is mostly its last row.
        const list = this.rows(table.name, index, indexKey(columns, previous));
        const at = list?.lastIndexOf(previous) ?? -1;
        if (at >= 0) list?.splice(at, 1);
      }
      if (next) {
        const key = indexKey(columns, next);
        const list = this.rows(table.name, index, key);
        // A primary key that is not loaded is now fully known; any other index may have rows this memory has not seen.
        // What never changes again is left to be loaded, should anyone ask.
        if (list) list.push(next);
        else if (index === 'key' && table.mutable) this.setRows(table.name, index, key, [next]);
      }
    }
  }

  trim(): void {
    if (this.accounts.size > cacheLimit) this.accounts.clear();
    if (this.rowListCount > cacheLimit) {
      this.rowLists.clear();
      this.rowListCount = 0;
    }
    if (this.entries.size > 1000) this.entries.clear();
    this.keys.clear();
  }
}
