/** What a batch lacks: noted while it is decided, loaded before it is decided again. It loads nothing itself. */
import { joinKey, type RowTable } from './rows.js';

/** Thrown when a command asks for what is not loaded; the lane loads and decides again. */
export const notLoaded = Symbol('not loaded');

/** The rows of a table under a key of one of its indexes. */
export interface WantedRows {
  readonly table: RowTable<never>;
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
