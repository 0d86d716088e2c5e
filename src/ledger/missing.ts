/** What a batch lacks: noted while it is decided, loaded before it is decided again. It loads nothing itself. */
import { joinKey, type RowTable } from './rows.js';

/** Thrown when a command asks for what is not loaded; the lane loads and decides again. */
export const notLoaded = Symbol('not loaded');

/** What a command is known to read, so that one round of loading serves it: account codes, rows by primary key, lists by an index. */
export interface Needs {
  readonly accounts?: readonly string[];
  readonly rows?: readonly (readonly [table: RowTable<unknown>, ...key: string[]])[];
  readonly lists?: readonly (readonly [table: RowTable<unknown>, index: string, ...key: string[]])[];
}

/** The rows of a table under a key of one of its indexes. */
export interface WantedRows {
  readonly table: RowTable<unknown>;
  readonly index: string;
  readonly key: readonly string[];
}

export class Missing {
  readonly accounts = new Set<string>();
  readonly entries = new Set<number>();
  readonly rows = new Map<string, WantedRows>();

  get isEmpty(): boolean {
    return this.accounts.size + this.entries.size + this.rows.size === 0;
  }

  addRows(wanted: WantedRows): void {
    this.rows.set(`${wanted.table.name}/${wanted.index}/${joinKey(wanted.key)}`, wanted);
  }
}
