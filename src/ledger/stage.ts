/**
 * The stage: where commands of one batch are decided, one after another, over the lane's memory. Every change leaves its undo,
 * so that a refused command vanishes without a trace. Pure: a thing that is not loaded is noted as missing and the command is
 * decided again once it is; nothing here waits, reads a clock or knows a database.
 */

import { dateInZone, formatInstant } from '../lib/clock.js';
import { parseAmount } from '../lib/decimal.js';
import { Refusal } from '../lib/refusal.js';
import { type Account, type AccountSpec, applyDay, applyPosting, isDebitNormal } from './accounts.js';
import type { EntryDraft, LegDraft, RowChange, StagedEntry, StagedLeg, StagedPosting, StagedRow } from './drafts.js';
import { saltText } from './leaf.js';
import { Missing, type Needs, notLoaded, type WantedRows } from './missing.js';
import { encodeRow, indexKey, joinKey, type RowTable, rowName } from './rows.js';
import type { Answer, Key, LaneState, RecordedEntry, Remembered } from './state.js';

export class Stage {
  readonly entries: StagedEntry[] = [];
  readonly remembers: { key: Key; answer: Answer }[] = [];
  readonly missing = new Missing();
  private actor = '';
  private client: string | undefined;
  private readonly assumed: WantedRows[] = [];
  private readonly undo: (() => void)[] = [];
  private entryCount: number;
  private accountCount: number;
  private recordedAt: bigint;
  private closedThrough: string | null;
  private readonly remembered = new Map<string, Remembered>();

  constructor(
    private readonly state: LaneState,
    /** Milliseconds since the epoch: the batch's one reading of the clock. */
    readonly now: number,
    /** Whether what is unique is looked up, rather than left to the commit to find. */
    private readonly careful = true,
  ) {
    this.entryCount = state.head.entryCount;
    this.accountCount = state.head.accountCount;
    this.recordedAt = state.head.recordedAt;
    this.closedThrough = state.head.closedThrough;
  }

  get ledgerCode(): string {
    return this.state.facts.code;
  }

  get zone(): string {
    return this.state.facts.zone;
  }

  /** Today in the ledger's zone. */
  get today(): string {
    return dateInZone(this.now, this.state.facts.zone);
  }

  /** All days up to and with this one are closed to new entries; null when none is. */
  get closedDay(): string | null {
    return this.closedThrough;
  }

  /** Entries in the journal so far, those decided before this command included. */
  get watermark(): number {
    return this.entryCount;
  }

  /** The head as it will stand after this batch. */
  get outcome(): { entryCount: number; accountCount: number; recordedAt: bigint; closedThrough: string | null } {
    const { entryCount, accountCount, recordedAt, closedThrough } = this;
    return { entryCount, accountCount, recordedAt, closedThrough };
  }

  /** What it holds, for a log: kinds of entries and tables of rows with their counts, never a value. */
  get shape(): { entries: Record<string, number>; rows: Record<string, number> } {
    return {
      entries: countOf(this.entries.map(({ draft }) => draft.kind)),
      rows: countOf(this.entries.flatMap(({ rows }) => rows.map(({ table }) => table.name))),
    };
  }

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
    if (scale === undefined) throw new Refusal('asset_not_found', `this ledger keeps no asset "${asset}"`);
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

  /** Begins a command: what the one before it assumed is its own affair. */
  begin(actor: string, client?: string): void {
    this.actor = actor;
    this.client = client;
    this.assumed.length = 0;
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

  /** What was answered under a key, in this batch or before, if that is known. */
  recall(key: string): Remembered | undefined {
    return this.remembered.get(key) ?? this.state.keys.get(key);
  }

  /** Remembers an answer under a key, in the same commit. */
  remember(key: Key, answer: Answer): void {
    this.remembers.push({ key, answer });
    this.remembered.set(key.key, { fingerprint: key.fingerprint, answer });
    this.undo.push(() => {
      this.remembers.pop();
      this.remembered.delete(key.key);
    });
  }

  /**
   * Journals one entry and moves its amounts.
   * Refuses, in order: `period_closed`, `account_exists`, `leg_invalid`, `account_not_found`, `account_restricted`,
   * `asset_mismatch`, `amount_invalid`, `account_frozen`, `account_closed`, `balance_insufficient`, `ceiling_exceeded`.
   */
  post(draft: EntryDraft): StagedEntry {
    const effectiveOn = draft.effectiveOn ?? this.today;
    if (this.closedThrough !== null && effectiveOn <= this.closedThrough) {
      throw new Refusal(
        'period_closed',
        `${effectiveOn} lies in a closed period: the books are closed through ${this.closedThrough}`,
      );
    }
    this.prefetchAccounts(draft);
    for (const asset of draft.assets ?? []) this.addAsset(asset);
    const opened = (draft.opens ?? []).map((spec) => this.open(spec));
    const number = this.entryCount + 1;
    const legs: StagedLeg[] = [];
    const postings: StagedPosting[] = [];
    const post = (account: Account, amount: bigint) => postings.push(this.apply(account, amount, number, effectiveOn));
    for (const leg of draft.legs ?? []) legs.push(this.move(leg, draft.control === true, post));
    const clock = BigInt(this.now) * 1000n;
    const instant = clock > this.recordedAt ? clock : this.recordedAt + 1n;
    const rows = (draft.rows ?? []).map((change) => this.putRow(change, number));
    const { reference, description } = draft.text ?? {};
    const text = reference === undefined && description === undefined ? undefined : saltText(reference, description);
    const entry: StagedEntry = {
      number,
      actor: this.actor,
      client: this.client,
      effectiveOn,
      recordedAt: formatInstant(instant),
      draft,
      legs,
      postings,
      opened,
      rows,
      text,
    };
    this.journal(entry, instant);
    return entry;
  }

  /** Where the undo log stands: a point to roll back to. */
  mark(): number {
    return this.undo.length;
  }

  /** Undoes everything since a mark, the latest first. */
  rollback(mark: number): void {
    while (this.undo.length > mark) this.undo.pop()?.();
  }

  private prefetchAccounts(draft: EntryDraft): void {
    let absent = false;
    const look = (code: string) => {
      if (this.state.accounts.get(code) !== undefined) return;
      this.missing.accounts.add(code);
      absent = true;
    };
    for (const spec of draft.opens ?? []) look(spec.code);
    for (const leg of draft.legs ?? []) {
      look(leg.debit);
      look(leg.credit);
    }
    if (absent) throw notLoaded;
  }

  private journal(entry: StagedEntry, instant: bigint): void {
    const { entryCount, recordedAt, closedThrough } = this;
    this.entries.push(entry);
    this.entryCount = entry.number;
    this.recordedAt = instant;
    this.closedThrough = entry.draft.closedThrough ?? closedThrough;
    const reversed = entry.draft.reverses;
    const before = reversed === undefined ? undefined : this.state.entries.get(reversed);
    if (before) this.state.entries.set(before.number, { ...before, reversedBy: entry.number });
    this.undo.push(() => {
      this.entries.pop();
      this.entryCount = entryCount;
      this.recordedAt = recordedAt;
      this.closedThrough = closedThrough;
      if (before) this.state.entries.set(before.number, before);
    });
  }

  private addAsset({ asset, scale }: { asset: string; scale: number }): void {
    this.state.assets.set(asset, scale);
    this.undo.push(() => this.state.assets.delete(asset));
  }

  private open(spec: AccountSpec): Account {
    if (this.account(spec.code) !== null) throw new Refusal('account_exists', `account ${spec.code} exists already`);
    const account: Account = {
      id: this.accountCount + 1,
      code: spec.code,
      asset: spec.asset,
      scale: this.scaleOf(spec.asset),
      type: spec.type,
      debitNormal: isDebitNormal(spec.type),
      control: spec.control ?? false,
      floor: spec.floor ?? null,
      ceiling: spec.ceiling ?? null,
      state: 'open',
      debits: 0n,
      credits: 0n,
      version: 0,
      latest: null,
    };
    this.accountCount += 1;
    this.state.accounts.set(spec.code, account);
    this.undo.push(() => {
      this.accountCount -= 1;
      this.state.accounts.set(spec.code, null);
    });
    return account;
  }

  private move(leg: LegDraft, control: boolean, post: (account: Account, amount: bigint) => void): StagedLeg {
    if (leg.debit === leg.credit)
      throw new Refusal('leg_invalid', `a leg cannot debit and credit ${leg.debit} at once`);
    const debit = this.postable(leg.debit, control);
    const credit = this.postable(leg.credit, control);
    if (debit.asset !== credit.asset) {
      throw new Refusal('asset_mismatch', `${debit.code} holds ${debit.asset}, ${credit.code} holds ${credit.asset}`);
    }
    const amount = typeof leg.amount === 'bigint' ? leg.amount : parseAmount(leg.amount, debit.scale);
    if (amount <= 0n) throw new Refusal('amount_invalid', 'the amount of a leg is greater than zero');
    post(debit, amount);
    post(credit, -amount);
    return { debit, credit, amount };
  }

  private postable(code: string, control: boolean): Account {
    const account = this.account(code);
    if (account === null) throw new Refusal('account_not_found', `there is no account ${code}`);
    if (account.control && !control) {
      throw new Refusal(
        'account_restricted',
        `${code} is a control account: it is posted to only through its sub-ledger`,
      );
    }
    return account;
  }

  private apply(account: Account, amount: bigint, entry: number, day: string): StagedPosting {
    const { debits, credits, version, latest } = account;
    const balance = applyPosting(account, amount);
    const earlier = applyDay(account, day, amount, entry);
    this.undo.push(() => {
      account.debits = debits;
      account.credits = credits;
      account.version = version;
      account.latest = latest;
    });
    return { account, amount, balance, version: account.version, earlier };
  }

  private putRow(change: RowChange, entry: number): StagedRow {
    const { table } = change;
    const next = { ...change.row, entry };
    const json = encodeRow(table, next);
    const key = indexKey(table.key, next);
    const known = this.state.rows.get(table, 'key', key);
    const previous = known?.[0];
    if (previous && !table.mutable) throw new Error(`${table.name} ${key} is immutable`);
    this.state.rows.replace(table, previous, next);
    this.undo.push(() => {
      this.state.rows.replace(table, next, previous);
      // A row put without a look is not known to be absent once it is taken back.
      if (!known) this.state.rows.forget(table, 'key', key);
    });
    return { table, name: rowName(table, next), json, fresh: !previous };
  }
}

function countOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
