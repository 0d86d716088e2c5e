/** The days that count together under a cap: a day, a week from Monday, a calendar month or year. */
import { addDays, periodBounds, weekOf } from '../../lib/clock.js';
import type { FurtherCap } from '../credit/rule-set.js';

export function periodOfCap(
  within: FurtherCap['within'],
  day: string,
): { readonly first: string; readonly last: string } {
  if (within === 'day') return { first: day, last: day };
  if (within === 'week') return { first: weekOf(day), last: addDays(weekOf(day), 6) };
  if (within === 'month') return periodBounds(day.slice(0, 7));
  return { first: `${day.slice(0, 4)}-01-01`, last: `${day.slice(0, 4)}-12-31` };
}
