/**
 * Time, passed in. Instants are RFC 3339 in UTC with microseconds; accounting dates are plain `YYYY-MM-DD` in the ledger's
 * zone. Nothing else in the service asks the machine what time it is.
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

const formatters = new Map<string, Intl.DateTimeFormat>();
let lastZone = '';
let lastMinute = -1;
let lastDate = '';

/** The calendar date of an instant (milliseconds) in a zone. The last answer is kept: the hot path asks within one minute. */
export function dateInZone(milliseconds: number, zone: string): string {
  const minute = Math.floor(milliseconds / 60_000);
  if (minute === lastMinute && zone === lastZone) return lastDate;
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formatters.set(zone, formatter);
  }
  lastDate = formatter.format(milliseconds);
  lastMinute = minute;
  lastZone = zone;
  return lastDate;
}

/** Whether text is a calendar date that exists: 2026-02-30 does not, nor does any day of a year 0. */
export function isDate(text: string): boolean {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

/** `days` may be negative. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** First and last day of a period `YYYY-MM`. */
export function periodBounds(period: string): { first: string; last: string } {
  const first = `${period}-01`;
  const next = new Date(`${first}T00:00:00Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return { first, last: addDays(next.toISOString().slice(0, 10), -1) };
}

/** The Monday of a date's ISO week. */
export function weekOf(date: string): string {
  const day = new Date(`${date}T00:00:00Z`).getUTCDay();
  return addDays(date, -((day + 6) % 7));
}
