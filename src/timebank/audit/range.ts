/** The range of days that a partner's statement, and the run that matches it, speaks of. A calendar month has a short name, its period. */
import { periodOf } from '../../lib/clock.js';

/** First and last day, both included, in the ledger's zone. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

/** A year and a day: a match reads every day of its range, so that a range has an end. */
export const longestRange = 366;

/** As answers show it: `period` is null when the range is no calendar month. */
export function viewRange({ from, to, sequence }: DateRange & { readonly sequence: number }) {
  return { period: periodOf(from, to), from, to, sequence };
}
