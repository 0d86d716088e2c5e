/**
 * The replay: from the leaves alone, in order, everything the books must contain — accounts, balances, versions, daily sums,
 * log nodes. Pure: it is fed entries and asked what they amount to.
 */
import { parseAmount } from '../../lib/decimal.js';
import {
  type Account,
  type AccountType,
  applyDay,
  balanceOf,
  type DaySums,
  isDebitNormal,
  mergeDays,
} from '../accounts.js';
import type { Leaf, LeafAccount } from '../leaf.js';
import { Frontier } from '../log/merkle.js';

export interface ReplayedPosting {
  readonly account: Account;
  readonly version: number;
  readonly amount: bigint;
  readonly balance: bigint;
}

/** What the log says of the rows of the floors above: by row for mutable tables, by entry for immutable ones. */
export interface ReplayedRows {
  readonly latest: Map<string, { digest: string; entry: number }>;
  readonly together: Map<number, { digest: string; count: number }>;
}

export class Replay {
  readonly accounts = new Map<string, Account>();
  readonly assets = new Map<string, number>();
  /** Days of accounts but their latest, by account id and day: `17 2026-10-01`. */
  readonly earlierDays = new Map<string, DaySums>();
  readonly nodes = new Map<string, string>();
  readonly rows = new Map<string, ReplayedRows>();
  readonly reversed = new Map<number, number>();
  readonly frontier = new Frontier();
  postings = 0;
  zone: string | null = null;
  origin: string | null = null;
  logKey: string | null = null;
  closedThrough: string | null = null;
  recordedAt = '1970-01-01T00:00:00.000000Z';

  /** Days of effect of all accounts. */
  get dayCount(): number {
    let latest = 0;
    for (const account of this.accounts.values()) if (account.latest !== null) latest += 1;
    return this.earlierDays.size + latest;
  }

  /** Takes the next entry and returns the postings it must have made; `problem` is told what is wrong with the entry itself. */
  take(number: number, leaf: Leaf, leafHash: Buffer, problem: (detail: string) => void): ReplayedPosting[] {
    this.frontier.append(leafHash, (level, index, hash) => this.nodes.set(`${level}/${index}`, hash.toString('hex')));
    if (leaf.recorded_at <= this.recordedAt) problem(`recorded at ${leaf.recorded_at}, not after the entry before it`);
    this.recordedAt = leaf.recorded_at;
    for (const { asset, scale } of leaf.assets ?? []) this.assets.set(asset, Number(scale));
    if (leaf.zone !== undefined) this.zone = leaf.zone;
    if (leaf.origin !== undefined) this.origin = leaf.origin;
    if (leaf.log_key !== undefined) this.logKey = leaf.log_key;
    if (this.closedThrough !== null && leaf.effective_on <= this.closedThrough)
      problem('effective in a period that was closed');
    if (leaf.closed_through !== undefined) this.closedThrough = leaf.closed_through;
    for (const account of leaf.accounts ?? []) this.open(account, problem);
    if (leaf.reverses !== undefined) this.noteReversal(Number(leaf.reverses), number, problem);
    this.noteRows(number, leaf);
    return this.post(number, leaf, problem);
  }

  private open(spec: LeafAccount, problem: (detail: string) => void): void {
    if (this.accounts.has(spec.code)) problem(`opens account ${spec.code} a second time`);
    const scale = this.assets.get(spec.asset) ?? 0;
    const type = spec.type as AccountType;
    this.accounts.set(spec.code, {
      id: this.accounts.size + 1,
      code: spec.code,
      asset: spec.asset,
      scale,
      type,
      debitNormal: isDebitNormal(type),
      control: spec.control,
      floor: spec.floor === null ? null : parseAmount(spec.floor, scale),
      ceiling: spec.ceiling === null ? null : parseAmount(spec.ceiling, scale),
      state: 'open',
      debits: 0n,
      credits: 0n,
      version: 0,
      latest: null,
    });
  }

  private noteReversal(reversed: number, by: number, problem: (detail: string) => void): void {
    if (reversed >= by) problem(`reverses entry ${reversed}, which is not before it`);
    if (this.reversed.has(reversed)) problem(`reverses entry ${reversed} a second time`);
    this.reversed.set(reversed, by);
  }

  private noteRows(number: number, leaf: Leaf): void {
    for (const row of leaf.rows ?? []) {
      let rows = this.rows.get(row.table);
      if (!rows) {
        rows = { latest: new Map(), together: new Map() };
        this.rows.set(row.table, rows);
      }
      if (row.key !== undefined) rows.latest.set(row.key, { digest: row.digest, entry: number });
      else rows.together.set(number, { digest: row.digest, count: Number(row.count) });
    }
  }

  private post(number: number, leaf: Leaf, problem: (detail: string) => void): ReplayedPosting[] {
    const postings: ReplayedPosting[] = [];
    for (const leg of leaf.legs ?? []) {
      const debit = this.accounts.get(leg.debit);
      const credit = this.accounts.get(leg.credit);
      if (!debit || !credit || debit.asset !== leg.asset || credit.asset !== leg.asset) {
        problem(`a leg of ${leg.asset} from ${leg.debit} to ${leg.credit} does not fit the accounts`);
        continue;
      }
      const amount = parseAmount(leg.amount, debit.scale);
      postings.push(this.move(number, leaf.effective_on, debit, amount, problem));
      postings.push(this.move(number, leaf.effective_on, credit, -amount, problem));
    }
    this.postings += postings.length;
    return postings;
  }

  private move(
    number: number,
    day: string,
    account: Account,
    amount: bigint,
    problem: (detail: string) => void,
  ): ReplayedPosting {
    if (amount > 0n) account.debits += amount;
    else account.credits -= amount;
    account.version += 1;
    const balance = balanceOf(account);
    const lowers = amount > 0n !== account.debitNormal;
    if (lowers && account.floor !== null && balance < account.floor) problem(`takes ${account.code} below its floor`);
    if (!lowers && account.ceiling !== null && balance > account.ceiling)
      problem(`takes ${account.code} above its ceiling`);
    const earlier = applyDay(account, day, amount, number);
    if (earlier) this.noteDay(`${account.id} ${earlier.day}`, earlier);
    return { account, version: account.version, amount, balance };
  }

  private noteDay(name: string, sums: DaySums): void {
    const known = this.earlierDays.get(name);
    this.earlierDays.set(name, known ? mergeDays(known, sums) : sums);
  }
}
