/**
 * What a dry run comes to: totals, by reason, by organisation unit rolled up, and the members who gain and lose most. Holds a figure a unit and
 * some hundred members, however many records there are.
 */
import { formatAmount } from '../../../lib/decimal.js';
import type { PastPerson } from './past.js';
import type { Replayed } from './replay.js';

/** Members named at either end. */
const named = 100;

interface Figures {
  records: number;
  changed: number;
  hours: bigint;
  coins: bigint;
  draftCoins: bigint;
  toPool: bigint;
  draftToPool: bigint;
}

export interface MemberChange {
  readonly member: string;
  readonly org_unit: string;
  readonly coins: bigint;
  readonly draftCoins: bigint;
}

export interface TreeUnit {
  readonly id: string;
  readonly parent: string | null;
}

export class Tally {
  private readonly total = noFigures();
  private readonly reasons = new Map<string, { standing: bigint; draft: bigint }>();
  private readonly units = new Map<string, Figures>();
  private members = 0;
  private readonly ends = { gain: 0, lose: 0 };
  private readonly gaining: MemberChange[] = [];
  private readonly losing: MemberChange[] = [];

  /** A person with all that was replayed of them. */
  add({ id, unit }: Pick<PastPerson, 'id' | 'unit'>, replayed: readonly Replayed[]): void {
    if (replayed.length === 0) return;
    const own = noFigures();
    for (const one of replayed) {
      addTo(own, figuresOf(one));
      this.addReasons(one);
    }
    this.members += 1;
    addTo(this.total, own);
    const ofUnit = this.units.get(unit) ?? noFigures();
    addTo(ofUnit, own);
    this.units.set(unit, ofUnit);
    const change = { member: id, org_unit: unit, coins: own.coins, draftCoins: own.draftCoins };
    if (own.draftCoins > own.coins) this.ends.gain += 1;
    if (own.draftCoins < own.coins) this.ends.lose += 1;
    keepFirst(this.gaining, change, (a, b) => difference(b) - difference(a));
    keepFirst(this.losing, change, (a, b) => difference(a) - difference(b));
  }

  private addReasons({ record, after }: Replayed): void {
    const add = (code: string, side: 'standing' | 'draft', amount: bigint) => {
      const sums = this.reasons.get(code) ?? { standing: 0n, draft: 0n };
      sums[side] += amount;
      this.reasons.set(code, sums);
    };
    for (const [code, amount] of record.differences) add(code, 'standing', amount);
    for (const [code, amount] of after.differences) add(code, 'draft', amount);
  }

  /** As the interface shows it: decimals, in the order of codes and ids. */
  view(tree: readonly TreeUnit[]) {
    return {
      members: this.members,
      members_gaining: this.ends.gain,
      members_losing: this.ends.lose,
      totals: viewFigures(this.total),
      by_reason: [...this.reasons]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([code, { standing, draft }]) => ({ code, ...sides(standing, draft) })),
      by_unit: this.rolledUp(tree),
      gaining: this.gaining.filter((one) => difference(one) > 0n).map(viewMember),
      losing: this.losing.filter((one) => difference(one) < 0n).map(viewMember),
    };
  }

  /** Each unit with all that lies below it. */
  private rolledUp(tree: readonly TreeUnit[]) {
    const parents = new Map(tree.map(({ id, parent }) => [id, parent]));
    const sums = new Map<string, Figures>();
    for (const [unit, figures] of this.units) {
      for (let at: string | null = unit; at !== null; at = parents.get(at) ?? null) {
        const sum = sums.get(at) ?? noFigures();
        addTo(sum, figures);
        sums.set(at, sum);
      }
    }
    return [...sums]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([unit, figures]) => ({ org_unit: unit, ...viewFigures(figures) }));
  }
}

export type TallyView = ReturnType<Tally['view']>;

function noFigures(): Figures {
  return { records: 0, changed: 0, hours: 0n, coins: 0n, draftCoins: 0n, toPool: 0n, draftToPool: 0n };
}

function figuresOf({ record, after }: Replayed): Figures {
  return {
    records: 1,
    changed: isChanged({ record, after }) ? 1 : 0,
    hours: record.hours,
    coins: record.coins,
    draftCoins: after.toMember,
    toPool: record.toPool,
    draftToPool: after.toPool,
  };
}

/** Whether the member or the pool would have had another amount. */
function isChanged({ record, after }: Replayed): boolean {
  return record.coins !== after.toMember || record.toPool !== after.toPool;
}

function addTo(sum: Figures, more: Figures): void {
  sum.records += more.records;
  sum.changed += more.changed;
  sum.hours += more.hours;
  sum.coins += more.coins;
  sum.draftCoins += more.draftCoins;
  sum.toPool += more.toPool;
  sum.draftToPool += more.draftToPool;
}

const difference = ({ coins, draftCoins }: MemberChange) => draftCoins - coins;

/** Keeps the first of a list that is sorted; of equals, those that came first. */
function keepFirst(
  list: MemberChange[],
  one: MemberChange,
  compare: (a: MemberChange, b: MemberChange) => bigint,
): void {
  let at = list.length;
  while (at > 0 && compare(one, list[at - 1] as MemberChange) < 0n) at -= 1;
  if (at >= named) return;
  list.splice(at, 0, one);
  list.length = Math.min(list.length, named);
}

const text = (hundredths: bigint) => formatAmount(hundredths, 2);

/** What is so now, what the draft would have made of it, and the difference. */
function sides(standing: bigint, draft: bigint) {
  return { standing: text(standing), draft: text(draft), difference: text(draft - standing) };
}

function viewFigures({ records, changed, hours, coins, draftCoins, toPool, draftToPool }: Figures) {
  return { records, changed, hours: text(hours), coins: sides(coins, draftCoins), to_pool: sides(toPool, draftToPool) };
}

function viewMember({ member, org_unit, coins, draftCoins }: MemberChange) {
  return { member, org_unit, ...sides(coins, draftCoins) };
}
