/**
 * The figures of each month of an estate file, added up from the rows that stand in its other files as they are written, so that whoever adds those
 * up comes to the same.
 */
import { formatAmount } from '../../../lib/decimal.js';
import { allPurses, assetScales, memberAccount } from '../../chart.js';
import type { EstateScope } from './scope.js';
import type { Stay } from './stays.js';

interface Amounts {
  in: bigint;
  out: bigint;
}

/** Hours and coins in hundredths. */
interface Month {
  records: number;
  hours: bigint;
  minted: bigint;
  paid: bigint;
  readonly reasons: Map<string, bigint>;
  readonly people: Set<string>;
  placed: number;
  onBehalf: number;
  /** By kind of entry and asset. */
  readonly movements: Map<string, Amounts>;
}

export interface CountedRecord {
  readonly volunteer: string;
  readonly servedOn: string;
  readonly hours: bigint;
  readonly coins: bigint;
  readonly isPaid: boolean;
  readonly reasons: readonly (readonly [code: string, amount: bigint])[];
}

export interface CountedLeg {
  readonly kind: string;
  readonly effectiveOn: string;
  readonly asset: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: bigint;
}

export class Figures {
  private readonly months: ReadonlyMap<string, Month>;
  /** By the account of a purse. */
  private readonly purses = new Map<string, Stay[]>();
  /** Who members had become. */
  private readonly became = new Map<string, string>();

  constructor(
    private readonly scope: EstateScope,
    stays: readonly Stay[],
  ) {
    this.months = new Map(scope.months.map((month) => [month, emptyMonth()]));
    for (const stay of stays) {
      if (stay.merged_into !== null) this.became.set(stay.member, stay.merged_into);
      for (const purse of allPurses) {
        const code = memberAccount(stay.member, purse);
        this.purses.set(code, [...(this.purses.get(code) ?? []), stay]);
      }
    }
  }

  /** Of records that stand. */
  addRecord({ volunteer, servedOn, hours, coins, isPaid, reasons }: CountedRecord): void {
    const month = this.of(servedOn);
    month.records += 1;
    month.hours += hours;
    if (isPaid) month.paid += coins;
    else month.minted += coins;
    for (const [code, amount] of reasons) month.reasons.set(code, (month.reasons.get(code) ?? 0n) + amount);
    month.people.add(this.personOf(volunteer));
  }

  addOrder(placedOn: string, onBehalf: boolean): void {
    const month = this.of(placedOn);
    month.placed += 1;
    if (onBehalf) month.onBehalf += 1;
  }

  /** A leg between two purses of the unit comes in and goes out. */
  addLeg({ kind, effectiveOn, asset, debit, credit, amount }: CountedLeg): void {
    const month = this.of(effectiveOn);
    const key = `${kind} ${asset}`;
    const sums = month.movements.get(key) ?? { in: 0n, out: 0n };
    if (this.isThere(credit, effectiveOn)) sums.in += amount;
    if (this.isThere(debit, effectiveOn)) sums.out += amount;
    if (sums.in + sums.out > 0n) month.movements.set(key, sums);
  }

  view() {
    const { ledger, unit, period, watermark } = this.scope;
    return {
      ...{ ledger, org_unit: unit.id, name: unit.name, period, watermark },
      months: [...this.months].map(([month, figures]) => ({ month, ...viewOf(figures) })),
    };
  }

  private of(day: string): Month {
    const month = this.months.get(day.slice(0, 7));
    if (!month) throw new Error(`${day} is not in ${this.scope.period}`);
    return month;
  }

  private isThere(account: string, day: string): boolean {
    return this.purses.get(account)?.some(({ first, last }) => first <= day && day <= last) ?? false;
  }

  private personOf(member: string): string {
    const next = this.became.get(member);
    return next === undefined ? member : this.personOf(next);
  }
}

function emptyMonth(): Month {
  return {
    ...{ records: 0, hours: 0n, minted: 0n, paid: 0n, placed: 0, onBehalf: 0 },
    ...{ reasons: new Map(), people: new Set(), movements: new Map() },
  };
}

function viewOf({ records, hours, minted, paid, reasons, people, placed, onBehalf, movements }: Month) {
  return {
    records,
    hours: formatAmount(hours, 2),
    coins_minted: formatAmount(minted, 2),
    coins_paid: formatAmount(paid, 2),
    shortfalls: sorted(reasons)
      .filter(([, amount]) => amount !== 0n)
      .map(([code, amount]) => ({ code, amount: formatAmount(amount, 2) })),
    people_active: people.size,
    orders_placed: placed,
    orders_by_resident: placed - onBehalf,
    orders_on_behalf: onBehalf,
    movements: sorted(movements).map(([key, sums]) => {
      const [kind = '', asset = ''] = key.split(' ');
      const scale = assetScales.get(asset) ?? 0;
      return { kind, asset, in: formatAmount(sums.in, scale), out: formatAmount(sums.out, scale) };
    }),
  };
}

/** By key, in the order of its characters' codes, which is the same everywhere. */
function sorted<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([one], [other]) => (one < other ? -1 : 1));
}
