/**
 * What the times of a service record must satisfy before anything is counted: a real stretch of time near the one planned, and
 * no two of one person's stretches at once. Exact to the microsecond. Pure: it does not know which records a person has, nor
 * what time it is now.
 */
import { addDays, dateInZone, parseInstant, weekOf } from '../../lib/clock.js';
import type { Words } from '../../lib/language.js';
import { Refusal } from '../../lib/refusal.js';
import type { RuleSet } from '../credit/rule-set.js';

/** A stretch of time in microseconds since the epoch, with its start and without its end. */
export interface Interval {
  readonly start: bigint;
  readonly end: bigint;
}

export interface ServiceTimes {
  readonly planned: Interval;
  /** Check-in and check-out. */
  readonly actual: Interval;
}

/** RFC 3339 with offset. */
export interface ReportedTimes {
  readonly planned_start: string;
  readonly planned_end: string;
  readonly check_in: string;
  readonly check_out: string;
}

const minute = 60_000_000n;
const hour = 60n * minute;

// Before the first scheme of the kind, or after anyone now alive: a device's clock was wrong, or a digit was mistyped.
const earliest = parseInstant('2000-01-01T00:00:00Z');
const latest = parseInstant('2100-01-01T00:00:00Z');

export function serviceTimesOf(reported: ReportedTimes): ServiceTimes {
  const { planned_start, planned_end, check_in, check_out } = reported;
  return { planned: intervalOf(planned_start, planned_end), actual: intervalOf(check_in, check_out) };
}

/** From two instants, RFC 3339 with offset. */
export function intervalOf(start: string, end: string): Interval {
  return { start: parseInstant(start), end: parseInstant(end) };
}

/**
 * Refuses: `service_time_invalid` (a time outside 2000 to 2099; check-out not after check-in; plan ends before it starts; longer
 * than `service_max_hours`; check-in further from the planned start than `plan_shift_max_minutes`).
 */
export function checkServiceTimes(
  { planned, actual }: ServiceTimes,
  rules: Pick<RuleSet, 'service_max_hours' | 'plan_shift_max_minutes'>,
): void {
  const longest = BigInt(rules.service_max_hours) * hour;
  const furthest = BigInt(rules.plan_shift_max_minutes) * minute;
  const shift = actual.start - planned.start;
  const faults: [boolean, () => Words][] = [
    [
      !isPlausible(planned) || !isPlausible(actual),
      () => ({ en: 'a time lies outside the years 2000 to 2099', zh: '有的时间不在 2000 至 2099 年之间' }),
    ],
    [actual.end <= actual.start, () => ({ en: 'check-out must be after check-in', zh: '签出时间必须晚于签到时间' })],
    [
      planned.end <= planned.start,
      () => ({ en: 'the planned end must be after the planned start', zh: '计划结束时间必须晚于计划开始时间' }),
    ],
    [
      durationOf(actual) > longest,
      () => ({
        en: `a service lasts at most ${rules.service_max_hours} hours`,
        zh: `一次服务最长 ${rules.service_max_hours} 小时`,
      }),
    ],
    [
      durationOf(planned) > longest,
      () => ({
        en: `a plan covers at most ${rules.service_max_hours} hours`,
        zh: `一次服务的计划最长 ${rules.service_max_hours} 小时`,
      }),
    ],
    [
      shift > furthest || shift < -furthest,
      () => ({
        en: `check-in is more than ${rules.plan_shift_max_minutes} minutes from the planned start: change the plan first`,
        zh: `签到时间与计划开始时间相差超过 ${rules.plan_shift_max_minutes} 分钟，请先更改计划`,
      }),
    ],
  ];
  for (const [wrong, detail] of faults) {
    if (wrong) throw new Refusal('service_time_invalid', detail());
  }
}

function isPlausible({ start, end }: Interval): boolean {
  return [start, end].every((instant) => instant >= earliest && instant < latest);
}

/** Microseconds. */
export function durationOf({ start, end }: Interval): bigint {
  return end - start;
}

/** Whether two half-open intervals share an instant: one that ends at 10:00 and one that starts at 10:00 do not. */
export function overlaps(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}

/** The calendar day of an instant (microseconds) in a zone. */
export function dayOf(instant: bigint, zone: string): string {
  return dateInZone(Number(instant / 1000n), zone);
}

/** The weeks, by their Mondays, in which something can have begun that takes time within an interval: nothing lasts longer than a day. */
export function weeksAround({ start, end }: Interval, zone: string): readonly string[] {
  const first = dayOf(start, zone);
  const last = dayOf(end, zone);
  const days = `${first} ${last}`;
  let weeks = weeksOfDays.get(days);
  if (!weeks) {
    weeks = [...new Set([addDays(first, -1), first, last].map(weekOf))];
    if (weeksOfDays.size >= 64) weeksOfDays.clear();
    weeksOfDays.set(days, weeks);
  }
  return weeks;
}

/** By first and last day: commands of a batch ask for few. */
const weeksOfDays = new Map<string, readonly string[]>();
