/**
 * What commands hand to the stage and what the stage makes of it: drafts of entries, and entries as decided but not yet
 * committed. Shapes only; the stage gives them their meaning.
 */
import type { Account, AccountSpec, DaySums } from './accounts.js';
import type { EntryText, LeafLot } from './leaf.js';
import type { LogIdentity } from './log/identity.js';
import type { WantedRows } from './missing.js';
import type { RowTable } from './rows.js';

export interface LegDraft {
  readonly debit: string;
  readonly credit: string;
  /** Minor units, or a decimal string to be read at the account's scale. */
  readonly amount: bigint | string;
}

/** Attached to an entry: the row as it will stand, and the one it replaces. */
export interface RowChange {
  readonly table: RowTable<unknown>;
  readonly row: object;
  /** Whether the lane's memory is to hold it, although nobody has asked for it yet. */
  readonly held: boolean;
}

/** A row that changes with an entry; its `entry` column is set when the entry is journalled. What may change is held by default. */
export function change<Row extends object>(
  table: RowTable<Row>,
  row: Omit<Row, 'entry'>,
  held = table.mutable,
): RowChange {
  return { table, row, held };
}

/** A business event to be journalled. */
export interface EntryDraft {
  readonly kind: string;
  /** Default 1; counted up when a kind comes to mean something else. */
  readonly kindVersion?: number;
  readonly legs?: readonly LegDraft[];
  /** Default: today in the ledger's zone. */
  readonly effectiveOn?: string;
  /** An id that may be public. Free text goes to `text`. */
  readonly reference?: string;
  readonly text?: { readonly reference?: string | undefined; readonly description?: string | undefined };
  /** Which lots the units came from or went back to, and what one unit was worth; see `Leaf`. */
  readonly lots?: readonly LeafLot[];
  readonly price?: string;
  readonly ruleSet?: string;
  readonly reverses?: number;
  /** The entry whose free text goes with this commit. */
  readonly erases?: number;
  /** A code that says why. */
  readonly reason?: string;
  readonly opens?: readonly AccountSpec[];
  readonly rows?: readonly RowChange[];
  /**
   * Lists that nothing can be in before this entry, since it adds the row that they are of: they are known without a look. The key of that
   * row is unique, or the commit fails.
   */
  readonly begins?: readonly WantedRows[];
  readonly assets?: readonly { asset: string; scale: number }[];
  readonly closedThrough?: string;
  readonly zone?: string;
  readonly log?: LogIdentity;
  /** Whether legs may touch control accounts: only for the commands that keep the sub-ledger. */
  readonly control?: boolean;
}

export interface StagedLeg {
  readonly debit: Account;
  readonly credit: Account;
  readonly amount: bigint;
}

export interface StagedPosting {
  readonly account: Account;
  /** Debit positive, credit negative. */
  readonly amount: bigint;
  readonly balance: bigint;
  readonly version: number;
  /** See `applyDay`. */
  readonly earlier: DaySums | null;
}

export interface StagedRow {
  readonly table: RowTable<unknown>;
  /** The key's values with a slash between. */
  readonly name: string;
  /** See `encodeRow`. */
  readonly json: string;
  /** Whether it is to be added; otherwise it changes one that is known to stand there. */
  readonly fresh: boolean;
}

/** An entry as decided, not yet committed. `recordedAt` is RFC 3339 with microseconds, in UTC. */
export interface StagedEntry {
  readonly number: number;
  readonly actor: string;
  readonly client: string | undefined;
  readonly effectiveOn: string;
  readonly recordedAt: string;
  readonly draft: EntryDraft;
  readonly legs: readonly StagedLeg[];
  readonly postings: readonly StagedPosting[];
  readonly opened: readonly Account[];
  readonly rows: readonly StagedRow[];
  readonly text: EntryText | undefined;
  readonly nonce: string;
}
