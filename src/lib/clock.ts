/**
 * Time, passed in, and the one notion of a date. Instants are RFC 3339 in UTC with microseconds; accounting dates are plain
 * `YYYY-MM-DD` in the ledger's zone, from 2000-01-01 to 2099-12-31. Nothing else in the service asks the machine what time it is,
 * and nothing else says what a date, a period or an instant from outside may be.
 */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

const thousandths = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'));
const milliseconds = new Map<bigint, string>();

/** A microsecond count since the epoch as RFC 3339: `2026-11-23T03:17:14.123456Z`. Entries of a batch share their milliseconds. */
export function formatInstant(microseconds: bigint): string {
  const whole = microseconds / 1000n;
  let text = milliseconds.get(whole);
  if (text === undefined) {
    text = new Date(Number(whole)).toISOString().slice(0, 23);
    if (milliseconds.size >= 64) milliseconds.clear();
    milliseconds.set(whole, text);
  }
  return `${text}${thousandths[Number(microseconds - whole * 1000n)]}Z`;
}

/** The microsecond count of an RFC 3339 instant; digits past the sixth are dropped. NaN dates throw. */
export function parseInstant(text: string): bigint {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) throw new RangeError(`not an instant: ${text}`);
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  return BigInt(Math.floor(milliseconds / 1000)) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0') || '0');
}

/** Whether an RFC 3339 instant lies at or before a moment in milliseconds since the epoch. */
export function hasCome(instant: string, now: number): boolean {
  return parseInstant(instant) <= BigInt(now) * 1000n;
}

const formatters = new Map<string, Intl.DateTimeFormat>();
let lastZone = '';
const dates = new Map<number, string>();

/** The calendar date of an instant (milliseconds) in a zone. The last answers are kept: the hot path asks within a few minutes. */
export function dateInZone(milliseconds: number, zone: string): string {
  const minute = Math.floor(milliseconds / 60_000);
  const known = zone === lastZone ? dates.get(minute) : undefined;
  if (known !== undefined) return known;
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formatters.set(zone, formatter);
  }
  const date = formatter.format(milliseconds);
  if (zone !== lastZone || dates.size >= 64) dates.clear();
  dates.set(minute, date);
  lastZone = zone;
  return date;
}

/** The first and the last day that an entry, a period, a statement or an instant can name. */
export const earliestDate = '2000-01-01';
export const latestDate = '2099-12-31';

const monthAndDay = '-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])';
const timeOfDay = '(?:[01][0-9]|2[0-3]):[0-5][0-9]';

/** For schemas; that the day exists, `isDate` says. */
export const datePattern = `^20[0-9]{2}${monthAndDay}$`;
/** People were born before the books begin. */
export const birthDatePattern = `^(?:19|20)[0-9]{2}${monthAndDay}$`;
export const periodPattern = '^20[0-9]{2}-(?:0[1-9]|1[0-2])$';
/** A month, a quarter or a year: `2026-10`, `2026-Q3`, `2026`. */
export const spanPattern = '^20[0-9]{2}(?:-(?:0[1-9]|1[0-2]|Q[1-4]))?$';
/** RFC 3339 with seconds and an offset. No leap seconds: JavaScript has no such instant. */
export const instantPattern = `^20[0-9]{2}${monthAndDay}T${timeOfDay}:[0-5][0-9](?:\\.[0-9]{1,9})?(?:Z|[+-]${timeOfDay})$`;

const dateShape = new RegExp(datePattern);
const birthDateShape = new RegExp(birthDatePattern);
const periodShape = new RegExp(periodPattern);
const instantShape = new RegExp(instantPattern);

let lastExisting = '';

/** Whether a day of 1900 to 2099 is in the calendar. The last one is kept: it takes 2 µs to find out, and requests of a day carry that day. */
export function isBirthDate(text: string): boolean {
  if (text === lastExisting) return true;
  if (!birthDateShape.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text) return false;
  lastExisting = text;
  return true;
}

/** Whether text is a date of the books: in range, and a day that exists. 2026-02-30 does not. */
export function isDate(text: string): boolean {
  return dateShape.test(text) && isBirthDate(text);
}

/** Whether text is a month of the books: `2026-10`. */
export function isPeriod(text: string): boolean {
  return periodShape.test(text);
}

// Between these an instant lies on a date of the books in every zone there is, from UTC-12 to UTC+14.
const firstInstant = Date.UTC(2000, 0, 1, 12);
const lastInstant = Date.UTC(2099, 11, 31, 10);

/** Whether text is an instant (RFC 3339) on a day that exists and that is a date of the books wherever the ledger is. */
export function isInstant(text: string): boolean {
  if (!instantShape.test(text) || !isDate(text.slice(0, 10))) return false;
  const moment = Date.parse(text);
  return moment >= firstInstant && moment < lastInstant;
}

const dayMilliseconds = 86_400_000;

/** `days` may be negative. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMilliseconds).toISOString().slice(0, 10);
}

/** First and last day of a period `YYYY-MM`. */
export function periodBounds(period: string): { first: string; last: string } {
  const first = `${period}-01`;
  const next = new Date(`${first}T00:00:00Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return { first, last: addDays(next.toISOString().slice(0, 10), -1) };
}

/** The periods of a month, a quarter or a year, in order. */
export function periodsOf(span: string): string[] {
  const [year, part = ''] = span.split('-');
  const isQuarter = part.startsWith('Q');
  const count = part === '' ? 12 : isQuarter ? 3 : 1;
  const first = isQuarter ? Number(part.slice(1)) * 3 - 2 : Number(part || 1);
  return Array.from({ length: count }, (_, i) => `${year}-${String(first + i).padStart(2, '0')}`);
}

/** The period that two days are the first and the last of; null when they are not a calendar month. */
export function periodOf(first: string, last: string): string | null {
  const period = first.slice(0, 7);
  const bounds = periodBounds(period);
  return bounds.first === first && bounds.last === last ? period : null;
}

/** How many days a range has, both ends included; not positive when it ends before it begins. */
export function daysIn(first: string, last: string): number {
  return (Date.parse(`${last}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / dayMilliseconds + 1;
}

/** The days of a range, both ends included. Counted, not compared, so that it ends; throws a RangeError beyond `most` days. */
export function daysFrom(first: string, last: string, most: number): string[] {
  const count = daysIn(first, last);
  if (!(count <= most)) throw new RangeError(`${first} to ${last} is not a range of at most ${most} days`);
  return Array.from({ length: Math.max(0, count) }, (_, i) => addDays(first, i));
}

/** The Monday of a date's ISO week. */
export function weekOf(date: string): string {
  const day = new Date(`${date}T00:00:00Z`).getUTCDay();
  return addDays(date, -((day + 6) % 7));
}
