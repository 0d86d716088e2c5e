/**
 * What a command sees: the lane's memory, as far as it is loaded, and savepoints over the undo log. A thing that is not loaded is
 * noted as missing and the command is decided again once it is. Changes nothing itself.
 */
import { Refusal } from '../lib/refusal.js';
import type { Account } from './accounts.js';
import { Missing, type Needs, notLoaded, type WantedRows } from './missing.js';
import { joinKey, type RowTable } from './rows.js';
import type { LaneState, RecordedEntry } from './state.js';

export class StageReads {
  readonly missing = new Missing();
  protected readonly assumed: WantedRows[] = [];
  protected readonly undo: (() => void)[] = [];

  constructor(
    protected readonly state: LaneState,
    /** Whether what is unique is looked up, rather than left to the commit to find. */
    private readonly careful: boolean,
  ) {}

  /** An account by code, or null when there is none. */
  account(code: string): Account | null {
    const account = this.state.accounts.get(code);
    if (account === undefined) {
      this.missing.accounts.add(code);
      throw notLoaded;
    }
    return account;
  }

  /** The scale of an asset. Refuses: `asset_not_found`. */
  scaleOf(asset: string): number {
    const scale = this.state.assets.get(asset);
    if (scale === undefined)
      throw new Refusal('asset_not_found', {
        en: `this ledger keeps no asset "${asset}"`,
        zh: `本账本没有资产“${asset}”`,
      });
    return scale;
  }

  /** An entry of the journal by number, or null. */
  entry(number: number): RecordedEntry | null {
    const entry = this.state.entries.get(number);
    if (entry !== undefined) return entry;
    if (number > this.state.head.entryCount || number < 1) return null;
    this.missing.entries.add(number);
    throw notLoaded;
  }

  /** Rows of a floor above by one of the table's indexes; the values stand in the index's column order. */
  rows<Row>(table: RowTable<Row>, index: string, ...key: readonly string[]): Row[] {
    // A copy: the command may change these rows, and with them the list, while it goes through them.
    return [...this.list(table, index, key)];
  }

  private list<Row>(table: RowTable<Row>, index: string, key: readonly string[]): readonly Row[] {
    const rows = this.state.rows.get(table, index, joinKey(key));
    if (rows) return rows as Row[];
    this.missing.addRows({ table, index, key });
    throw notLoaded;
  }

  /** One row by primary key, or null. */
  row<Row>(table: RowTable<Row>, ...key: readonly string[]): Row | null {
    return this.list(table, 'key', key)[0] ?? null;
  }

  /**
   * The row that holds a unique index's key, optimistically: nearly every such key is fresh, so what is not loaded is taken to be
   * free. The commit fails on a key that is not, and the batch is decided again with everything looked up.
   */
  uniqueRow<Row>(table: RowTable<Row>, index: string, ...key: readonly string[]): Row | null {
    if (this.careful || this.state.rows.get(table, index, joinKey(key))) return this.list(table, index, key)[0] ?? null;
    this.assumed.push({ table, index, key });
    return null;
  }

  /** Has what the command assumed looked up: an answer that the commit will not check must not rest on it. */
  requireAssumed(): void {
    for (const wanted of this.assumed) this.missing.addRows(wanted);
  }

  /** Requires all that a command is known to read, so that what is not loaded is loaded in one round. */
  prefetch(needs: Needs): void {
    let absent = false;
    for (const code of needs.accounts ?? []) {
      if (this.state.accounts.get(code) !== undefined) continue;
      this.missing.accounts.add(code);
      absent = true;
    }
    const look = (table: RowTable<unknown>, index: string, key: readonly string[]) => {
      if (this.state.rows.get(table, index, joinKey(key))) return;
      this.missing.addRows({ table, index, key });
      absent = true;
    };
    for (const [table, ...key] of needs.rows ?? []) look(table, 'key', key);
    for (const [table, index, ...key] of needs.lists ?? []) look(table, index, key);
    if (absent) throw notLoaded;
  }

  /** Runs a part of a hot command: what it is known to read is worked out only if something was not loaded. */
  prefetching<Result>(needs: () => Needs, part: () => Result): Result {
    try {
      return part();
    } catch (error) {
      if (error === notLoaded) this.prefetch(needs());
      throw error;
    }
  }

  /** Runs part of a command under a savepoint: a refusal undoes that part alone and is returned. */
  savepoint<Result>(part: () => Result): Result | Refusal {
    const mark = this.mark();
    try {
      return part();
    } catch (error) {
      this.rollback(mark);
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  /** Runs the parts of a command, each under its own savepoint; what all of them lack is noted before giving up. */
  savepoints<Result>(parts: readonly (() => Result)[]): (Result | Refusal)[] {
    let absent = false;
    const results: (Result | Refusal)[] = [];
    for (const part of parts) {
      try {
        results.push(this.savepoint(part));
      } catch (error) {
        if (error !== notLoaded) throw error;
        absent = true;
      }
    }
    if (absent) throw notLoaded;
    return results;
  }

  /** Where the undo log stands: a point to roll back to. */
  mark(): number {
    return this.undo.length;
  }

  /** Undoes everything since a mark, the latest first. */
  rollback(mark: number): void {
    while (this.undo.length > mark) this.undo.pop()?.();
  }
}
