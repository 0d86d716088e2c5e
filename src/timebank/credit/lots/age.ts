/** How long what is earned on a day can be used, by the rules of that day. Knows no purse. */
import type { Stage } from '../../../ledger/stage.js';
import { latestDate, periodBounds } from '../../../lib/clock.js';
import type { RuleSet } from '../rule-set.js';
import { approvedSets, latestOn } from '../rules-in-force.js';

/** The last day on which what is earned on a day can be used. */
export function expiryOfEarned(stage: Stage, day: string): string {
  return expiryBy(latestOn(approvedSets(stage), day), day);
}

/** Whole years after the day, at the end of that month. */
export function expiryBy({ points_expiry_years: years }: Pick<RuleSet, 'points_expiry_years'>, day: string): string {
  const month = day.slice(0, 7);
  if (month === known.month && years === known.years) return known.expiry;
  const { last } = periodBounds(`${Number(month.slice(0, 4)) + years}-${month.slice(5)}`);
  known = { month, years, expiry: last < latestDate ? last : latestDate };
  return known.expiry;
}

/** Points that come together mostly have been earned in the same month. */
let known = { month: '', years: 0, expiry: '' };
