/**
 * The schema of the time bank, the columns its tables share, and the checks by which the database refuses what the words of the domain
 * do not have. Every row is written by the lane together with the entry that explains it; `entry` is the number of that entry.
 * Amounts are minor units.
 */
import { type SQL, sql } from 'drizzle-orm';
import { type AnyPgColumn, bigint, pgSchema, timestamp } from 'drizzle-orm/pg-core';
import { earliestDate, latestDate } from '../lib/clock.js';
import { externalIdPattern } from '../lib/ids.js';

export const timebank = pgSchema('timebank');

export const minor = (name: string) => bigint(name, { mode: 'bigint' });
export const entry = () => bigint('entry', { mode: 'number' }).notNull();
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string', precision: 6 });

/** SQL: the column holds one of the words. Here as below, null passes where a column may be null. */
export function oneOf(column: AnyPgColumn, words: readonly string[]): SQL {
  return sql`${column} in (${sql.raw(words.map(quoted).join(', '))})`;
}

/**
 * SQL: the column has the shape of a pattern that JavaScript and PostgreSQL read alike: ASCII, no classes, no look-around. PostgreSQL takes
 * 10 µs to count up to 63 characters in a pattern and 0.5 µs to measure them beside it, so one character and at most n more, `^a[b]{0,n}$`,
 * is a length and `^a[b]*$`.
 */
export function matches(column: AnyPgColumn, pattern: string): SQL {
  const [, counted, more] = /^(.*)\{0,(\d+)\}\$$/.exec(pattern) ?? [];
  if (counted === undefined) return sql`${column} ~ ${sql.raw(quoted(pattern))}`;
  return sql`length(${column}) <= ${sql.raw(String(Number(more) + 1))} and ${column} ~ ${sql.raw(quoted(`${counted}*$`))}`;
}

/** SQL: all of the columns hold ids of outside systems. */
export function areIds(...columns: readonly AnyPgColumn[]): SQL {
  return all(columns.map((column) => matches(column, externalIdPattern)));
}

/** SQL: all of the columns are dates of the books. */
export function areDates(...columns: readonly AnyPgColumn[]): SQL {
  return all(columns.map((column) => sql`${column} between ${sql.raw(`'${earliestDate}' and '${latestDate}'`)}`));
}

function all(conditions: readonly SQL[]): SQL {
  return sql.join([...conditions], sql` and `);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
