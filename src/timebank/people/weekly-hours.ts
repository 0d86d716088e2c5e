/**
 * Hours of a week: when a station is open, when somebody has time. Kept as one text, `1 09:00-11:30,3 14:00-17:00`, in the order of the
 * week, so that equal hours are equal texts. It knows no calendar.
 */
import { Refusal } from '../../lib/refusal.js';

/** `weekday` is 1 for Monday to 7 for Sunday; `from` and `to` are times of day, `24:00` being the day's end. */
export interface WeeklyHours {
  readonly weekday: number;
  readonly from: string;
  readonly to: string;
}

const timeOfDay = '(?:[01][0-9]|2[0-3]):[0-5][0-9]';
export const timeFromPattern = `^${timeOfDay}$`;
export const timeToPattern = `^(?:${timeOfDay}|24:00)$`;

/** As hours stand in a row, in the one dialect of JavaScript and PostgreSQL. */
const span = `[1-7] ${timeOfDay}-(?:${timeOfDay}|24:00)`;
export const weeklyHoursPattern = `^(?:${span}(?:,${span})*)?$`;

/** Refuses: `weekly_hours_invalid` (a span that ends before it begins, or two that overlap). */
export function writeWeeklyHours(hours: readonly WeeklyHours[]): string {
  const sorted = [...hours].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (const [i, one] of sorted.entries()) {
    const before = sorted[i - 1];
    if (one.from >= one.to || (before?.weekday === one.weekday && before.to > one.from))
      throw new Refusal('weekly_hours_invalid', {
        en: `on weekday ${one.weekday} the hours ${one.from} to ${one.to} end before they begin, or overlap others`,
        zh: `星期${weekdaysZh[one.weekday - 1]} ${one.from} 至 ${one.to} 的时段先后颠倒，或与其他时段重叠`,
      });
  }
  return sorted.map(({ weekday, from, to }) => `${weekday} ${from}-${to}`).join(',');
}

const weekdaysZh = '一二三四五六日';
const keyOf = ({ weekday, from }: WeeklyHours) => `${weekday} ${from}`;

/** As they were written. */
export function readWeeklyHours(text: string): WeeklyHours[] {
  if (text === '') return [];
  return text.split(',').map((one) => ({
    weekday: Number(one.slice(0, 1)),
    from: one.slice(2, 7),
    to: one.slice(8),
  }));
}
