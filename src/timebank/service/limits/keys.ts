/**
 * Which limits that many members share a service falls under: caps of the units it was given from, and budgets of the programmes it belongs
 * to. Pure; what has been used of them is said elsewhere.
 */
import { earliestDate, latestDate } from '../../../lib/clock.js';
import { parseAmount } from '../../../lib/decimal.js';
import { type CapUse, noUse, type Used } from '../../credit/further-caps.js';
import type { RuleSet } from '../../credit/rule-set.js';
import type { SharedLimitKind, SharedLimitPeriod } from '../../service-words.js';
import { periodOfCap } from '../cap-periods.js';

/** A limit in one of its periods, by the columns that name it. */
export interface LimitKey {
  readonly limit_kind: SharedLimitKind;
  readonly limit_of: string;
  readonly within: SharedLimitPeriod;
  readonly first_on: string;
}

/** A limit of a rule set: its terms, and whose they are. Hundredths; null: no limit. */
export interface SharedLimit extends Omit<LimitKey, 'first_on'> {
  readonly coins: bigint | null;
  readonly records: number | null;
}

export const nameOfLimit = ({ limit_kind: kind, limit_of: of, within, first_on: first }: LimitKey) =>
  `${kind} ${of} ${within} ${first}`;

export function hasSharedLimits(rules: RuleSet): boolean {
  return rules.budgets.length > 0 || hasUnitCaps(rules);
}

export function hasUnitCaps({ further_caps: caps }: RuleSet): boolean {
  return caps.some(({ per }) => per === 'unit');
}

/** All limits of a rule set, in the order in which they apply. */
export function sharedLimitsOf({ further_caps: caps, budgets }: RuleSet): SharedLimit[] {
  return [
    ...caps.flatMap((cap) =>
      cap.per === 'unit'
        ? cap.units.map((unit): SharedLimit => {
            const coins = cap.coins === null ? null : parseAmount(cap.coins, 2);
            return { limit_kind: 'unit', limit_of: unit, within: cap.within, coins, records: cap.records };
          })
        : [],
    ),
    ...budgets.map(({ programme, within, coins }): SharedLimit => {
      return { limit_kind: 'programme', limit_of: programme, within, coins: parseAmount(coins, 2), records: null };
    }),
  ];
}

/** The days that count together under a limit. */
export function periodOfLimit(
  within: SharedLimitPeriod,
  day: string,
): { readonly first: string; readonly last: string } {
  return within === 'whole' ? { first: earliestDate, last: latestDate } : periodOfCap(within, day);
}

/** What says under which limits a service falls. */
export interface Limited {
  readonly servedOn: string;
  readonly serviceType: string;
  /** The unit to which the volunteer belonged on that day, and those above it. */
  readonly units: readonly string[];
}

export function limitsOn(rules: RuleSet, { servedOn, serviceType, units }: Limited): LimitKey[] {
  const covering = new Set(
    rules.budgets.filter(({ service_types: types }) => types.includes(serviceType)).map(({ programme }) => programme),
  );
  return sharedLimitsOf(rules)
    .filter(({ limit_kind: kind, limit_of: of }) => (kind === 'unit' ? units.includes(of) : covering.has(of)))
    .map(({ limit_kind, limit_of, within }) => {
      return { limit_kind, limit_of, within, first_on: periodOfLimit(within, servedOn).first };
    });
}

/** What the rules look at: under each cap and budget, what was used of the limits that a service falls under. */
export function usedUnder(rules: RuleSet, limits: readonly LimitKey[], useOf: (key: LimitKey) => CapUse): Used {
  const usesOf = (wanted: SharedLimitKind, period: SharedLimitPeriod, ids: readonly string[]) => {
    const falling = limits.filter(
      ({ limit_kind: kind, limit_of: of, within }) => kind === wanted && within === period && ids.includes(of),
    );
    return falling.length === 0 ? null : falling.map(useOf).reduce(most, noUse);
  };
  return {
    used: rules.further_caps.map((cap) => (cap.per === 'unit' ? usesOf('unit', cap.within, cap.units) : null)),
    usedOfBudgets: rules.budgets.map(
      ({ programme, within }) => usesOf('programme', within, [programme])?.coins ?? null,
    ),
  };
}

function most(one: CapUse, other: CapUse): CapUse {
  return {
    coins: one.coins > other.coins ? one.coins : other.coins,
    records: Math.max(one.records, other.records),
  };
}
