/**
 * What the times of a service record must satisfy before anything is counted: a real stretch of time, and no two of one
 * person's stretches at once. Pure: it does not know which records a person has, nor what time it is now.
 */
import { Refusal } from '../../lib/refusal.js';
import type { RuleSet } from '../credit/rule-set.js';

/** A stretch of time in milliseconds since the epoch, with its start and without its end. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

export interface ServiceTimes {
  readonly planned: Interval;
  /** Check-in and check-out. */
  readonly actual: Interval;
}

// Before the first scheme of the kind, or after anyone now alive: a device's clock was wrong, or a digit was mistyped.
const earliest = Date.UTC(2000, 0, 1);
const latest = Date.UTC(2100, 0, 1);

/**
 * Refuses: `service_time_invalid` (a time that does not exist or lies outside 2000 to 2099; check-out not after check-in;
 * plan ends before it starts; longer than `service_max_hours`; check-in further than that from the planned start).
 */
export function checkServiceTimes(times: ServiceTimes, rules: Pick<RuleSet, 'service_max_hours'>): void {
  const { planned, actual } = times;
  const longest = rules.service_max_hours * 3_600_000;
  const faults: [boolean, string][] = [
    [!isPlausible(planned) || !isPlausible(actual), 'a time is missing or outside the years 2000 to 2099'],
    [actual.end <= actual.start, 'check-out must be after check-in'],
    [planned.end <= planned.start, 'the planned end must be after the planned start'],
    [actual.end - actual.start > longest, `a service lasts at most ${rules.service_max_hours} hours`],
    [planned.end - planned.start > longest, `a plan covers at most ${rules.service_max_hours} hours`],
    [
      Math.abs(actual.start - planned.start) > longest,
      `check-in is more than ${rules.service_max_hours} hours from the planned start`,
    ],
  ];
  for (const [wrong, detail] of faults) {
    if (wrong) throw new Refusal('service_time_invalid', detail);
  }
}

function isPlausible({ start, end }: Interval): boolean {
  return [start, end].every((instant) => instant >= earliest && instant < latest);
}

/** Whether two half-open intervals share an instant: one that ends at 10:00 and one that starts at 10:00 do not. */
export function overlaps(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}
