/**
 * Which days are worked in China: Monday to Friday but for the holidays, and the weekend days that are worked in their place, as the State
 * Council says each November for the next year. One file a year; in a year without one, Saturdays and Sundays are free and no other day.
 */
import { addDays, daysFrom } from '../../../lib/clock.js';
import year2025 from './2025.json' with { type: 'json' };
import year2026 from './2026.json' with { type: 'json' };

export interface CalendarYear {
  readonly year: number;
  /** The notice that says so. */
  readonly source: string;
  /** First and last day of each holiday, weekends within it included. */
  readonly holidays: readonly (readonly string[])[];
  /** Saturdays and Sundays that are worked. */
  readonly workingDays: readonly string[];
}

/** The years that are known, in their order. */
export const calendarYears: readonly CalendarYear[] = [year2025, year2026];

const longestHoliday = 31;

const days = new Map<string, 'free' | 'worked'>(
  calendarYears.flatMap(({ holidays, workingDays }) => [
    ...holidays
      .flatMap(([first = '', last = '']) => daysFrom(first, last, longestHoliday))
      .map((day) => [day, 'free'] as const),
    ...workingDays.map((day) => [day, 'worked'] as const),
  ]),
);

/** `day` as 2026-10-10. */
export function isWorkingDay(day: string): boolean {
  const said = days.get(day);
  if (said !== undefined) return said === 'worked';
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}

/** Working days after a day, up to and including another; none when that does not come later. At most `most` are counted. */
export function workingDaysBetween(from: string, to: string, most = Number.POSITIVE_INFINITY): number {
  let count = 0;
  for (let day = addDays(from, 1); day <= to && count < most; day = addDays(day, 1)) if (isWorkingDay(day)) count += 1;
  return count;
}

/** Whether the holidays of the day's year are known. */
export function isCalendarKnown(day: string): boolean {
  return calendarYears.some(({ year }) => year === Number(day.slice(0, 4)));
}

/** The years that a day asks for and that are not known: its own and, once the notice must be out, the next. */
export function missingYears(day: string): number[] {
  const year = Number(day.slice(0, 4));
  const wanted = day.slice(5, 7) === '12' ? [year, year + 1] : [year];
  return wanted.filter((one) => !calendarYears.some((known) => known.year === one));
}
