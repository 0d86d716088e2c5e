/** Whether the hours in which somebody has time cover a plan, by the clock of the ledger's zone. It knows no volunteer. */
import { addDays, dateInZone, weekOf } from '../../../lib/clock.js';
import type { WeeklyHours } from '../../people/weekly-hours.js';
import type { Interval } from '../service-times.js';

const dayMilliseconds = 86_400_000;
const minuteMilliseconds = 60_000;

/** A plan as hours of the week, one piece a day, to the minute that is begun. */
export function piecesOf({ start, end }: Interval, zone: string): WeeklyHours[] {
  const from = Number(start / 1000n);
  // The last minute that it takes some of.
  const last = Number((end - 1n) / 1000n);
  const pieces: WeeklyHours[] = [];
  const lastDay = dateInZone(last, zone);
  for (let day = dateInZone(from, zone); day <= lastDay; day = addDays(day, 1)) {
    pieces.push({
      weekday: weekdayOf(day),
      from: pieces.length === 0 ? timeOfDay(from, zone) : '00:00',
      to: day === lastDay ? endOfMinute(last, zone) : '24:00',
    });
  }
  return pieces;
}

/** Whether each piece lies within one of the hours. */
export function covers(hours: readonly WeeklyHours[], pieces: readonly WeeklyHours[]): boolean {
  return pieces.every(({ weekday, from, to }) =>
    hours.some((one) => one.weekday === weekday && one.from <= from && one.to >= to),
  );
}

/** 1 for Monday to 7 for Sunday. */
function weekdayOf(day: string): number {
  return (Date.parse(day) - Date.parse(weekOf(day))) / dayMilliseconds + 1;
}

function endOfMinute(milliseconds: number, zone: string): string {
  const next = timeOfDay(milliseconds + minuteMilliseconds, zone);
  return next === '00:00' ? '24:00' : next;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** `09:30` */
function timeOfDay(milliseconds: number, zone: string): string {
  let formatter = formatters.get(zone);
  if (!formatter) {
    const form = { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    formatter = new Intl.DateTimeFormat('en-GB', form);
    formatters.set(zone, formatter);
  }
  return formatter.format(milliseconds);
}
