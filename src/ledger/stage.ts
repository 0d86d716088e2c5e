/**
 * The stage: where commands of one batch are decided, one after another, over the lane's memory. Every change leaves its undo,
 * so that a refused command vanishes without a trace. Pure: a thing that is not loaded is noted as missing and the command is
 * decided again once it is; nothing here waits, reads a clock or knows a database.
 */
import { dateInZone, formatInstant } from '../lib/clock.js';
import { Refusal } from '../lib/refusal.js';
import type { Account } from './accounts.js';
import type { EntryDraft, RowChange, StagedEntry, StagedLeg, StagedPosting, StagedRow } from './drafts.js';
import { leafOf } from './entry-leaf.js';
import { leafLimit, newNonce, saltText } from './leaf.js';
import type { WantedRows } from './missing.js';
import { encodeRow, indexKey, joinKey, rowName } from './rows.js';
import { StageAccounts } from './stage-accounts.js';
import type { Answer, Key, LaneState, Remembered } from './state.js';

/**
 * What the floor above adds to an entry before it is posted: rows that follow from its legs, so that no way into the books goes past them. It
 * sees the books as they are before the entry, and posts nothing itself.
 */
export type Completion = (stage: Stage, draft: EntryDraft) => EntryDraft;

export class Stage extends StageAccounts {
  readonly entries: StagedEntry[] = [];
  readonly remembers: { key: Key; answer: Answer }[] = [];
  private actor = '';
  private client: string | undefined;
  private entryCount: number;
  private recordedAt: bigint;
  private closedThrough: string | null;
  private readonly remembered = new Map<string, Remembered>();

  constructor(
    state: LaneState,
    /** Milliseconds since the epoch: the batch's one reading of the clock. */
    readonly now: number,
    careful = true,
    private readonly completes: Completion = (_, draft) => draft,
  ) {
    super(state, careful);
    this.entryCount = state.head.entryCount;
    this.recordedAt = state.head.recordedAt;
    this.closedThrough = state.head.closedThrough;
  }

  get ledgerCode(): string {
    return this.state.facts.code;
  }

  get zone(): string {
    return this.state.facts.zone;
  }

  /** The batch's reading of the clock as rows hold it, RFC 3339. */
  get instant(): string {
    return formatInstant(BigInt(this.now) * 1000n);
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

  /** Begins a command: what the one before it assumed is its own affair. */
  begin(actor: string, client?: string): void {
    this.actor = actor;
    this.client = client;
    this.assumed.length = 0;
  }

  /** Who acts, as the journal names them. */
  get actingAs(): string {
    return this.actor;
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
   * `asset_mismatch`, `amount_invalid`, `account_frozen`, `account_closed`, `balance_insufficient`, `ceiling_exceeded`,
   * `entry_too_large`; and what the floor above refuses of it.
   */
  post(given: EntryDraft): StagedEntry {
    const effectiveOn = given.effectiveOn ?? this.today;
    if (this.closedThrough !== null && effectiveOn <= this.closedThrough) {
      throw new Refusal('period_closed', {
        en: `${effectiveOn} lies in a closed period: the books are closed through ${this.closedThrough}`,
        zh: `${effectiveOn} 属于已关账的会计期间，账簿已关账至 ${this.closedThrough}`,
      });
    }
    this.prefetchAccounts(given);
    const draft = this.completes(this, given);
    for (const asset of draft.assets ?? []) this.addAsset(asset);
    const opened = (draft.opens ?? []).map((spec) => this.open(spec));
    const number = this.entryCount + 1;
    const legs: StagedLeg[] = [];
    const postings: StagedPosting[] = [];
    const post = (account: Account, amount: bigint) => postings.push(this.apply(account, amount, number, effectiveOn));
    for (const leg of draft.legs ?? []) legs.push(this.move(leg, draft.control === true, post));
    const clock = BigInt(this.now) * 1000n;
    const instant = clock > this.recordedAt ? clock : this.recordedAt + 1n;
    for (const list of draft.begins ?? []) this.beginList(list);
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
      nonce: newNonce(),
    };
    this.boundLeaf(entry);
    this.journal(entry, instant);
    return entry;
  }

  /** Refuses: `entry_too_large`. Few parts fit whatever they say, so that nearly no leaf is written twice. */
  private boundLeaf(entry: StagedEntry): void {
    const parts = entry.legs.length + entry.rows.length + entry.opened.length + (entry.draft.lots?.length ?? 0);
    if (parts <= 100) return;
    const bytes = Buffer.byteLength(leafOf(this.ledgerCode, entry));
    if (bytes > leafLimit) {
      throw new Refusal('entry_too_large', {
        en: `an entry may take ${leafLimit} bytes in the log, this one takes ${bytes}`,
        zh: `一张凭证在日志中最多占 ${leafLimit} 字节，此凭证占 ${bytes} 字节`,
      });
    }
  }

  private journal(entry: StagedEntry, instant: bigint): void {
    const { entryCount, recordedAt, closedThrough } = this;
    this.entries.push(entry);
    this.entryCount = entry.number;
    this.recordedAt = instant;
    this.closedThrough = entry.draft.closedThrough ?? closedThrough;
    const { reverses, erases } = entry.draft;
    const concerned = reverses ?? erases;
    const before = concerned === undefined ? undefined : this.state.entries.get(concerned);
    if (before) {
      const after = erases === undefined ? { reversedBy: entry.number } : { hasText: false };
      this.state.entries.set(before.number, { ...before, ...after });
    }
    this.undo.push(() => {
      this.entries.pop();
      this.entryCount = entryCount;
      this.recordedAt = recordedAt;
      this.closedThrough = closedThrough;
      if (before) this.state.entries.set(before.number, before);
    });
  }

  /** A list that is known to be empty. */
  private beginList({ table, index, key }: WantedRows): void {
    const name = joinKey(key);
    if (this.state.rows.get(table, index, name)) return;
    this.state.rows.set(table, index, name, []);
    this.undo.push(() => this.state.rows.forget(table, index, name));
  }

  private putRow(change: RowChange, entry: number): StagedRow {
    const { table } = change;
    const next = { ...change.row, entry };
    const json = encodeRow(table, next);
    const key = indexKey(table.key, next);
    const known = this.state.rows.get(table, 'key', key);
    const previous = known?.[0];
    if (previous && !table.mutable) throw new Error(`${table.name} ${key} is immutable`);
    this.state.rows.replace(table, previous, next, change.held);
    this.undo.push(() => {
      this.state.rows.replace(table, next, previous, false);
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
