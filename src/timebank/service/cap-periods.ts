/** The days that count together under a cap: a day, a week from Monday, a calendar month or year. */
import { addDays, earliestDate, latestDate, periodBounds, weekOf } from '../../lib/clock.js';
import type { FurtherCap, RuleSet } from '../credit/rule-set.js';

/** What units can mint together is kept by limit and period, and asks for no records of a member. */
const withinsOf = ({ further_caps: caps }: RuleSet) =>
  caps.filter(({ per }) => per !== 'unit').map(({ within }) => within);

export function periodOfCap(
  within: FurtherCap['within'],
  day: string,
): { readonly first: string; readonly last: string } {
  if (within === 'day') return { first: day, last: day };
  if (within === 'week') return { first: weekOf(day), last: addDays(weekOf(day), 6) };
  if (within === 'month') return periodBounds(day.slice(0, 7));
  return { first: `${day.slice(0, 4)}-01-01`, last: `${day.slice(0, 4)}-12-31` };
}

/** The last day whose records count with those of a day, under one cap or another. */
export function lastCounted(rules: RuleSet, day: string): string {
  if (rules.once_service_types.length > 0) return latestDate;
  const ends = withinsOf(rules).map((within) => periodOfCap(within, day).last);
  return [periodOfCap('week', day).last, ...ends].reduce((one, other) => (one > other ? one : other));
}

/** The first such day. */
export function firstCounted(rules: RuleSet, day: string): string {
  if (rules.once_service_types.length > 0) return earliestDate;
  const begins = withinsOf(rules).map((within) => periodOfCap(within, day).first);
  return [periodOfCap('week', day).first, ...begins].reduce((one, other) => (one < other ? one : other));
}
