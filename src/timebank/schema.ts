/**
 * The schema of the time bank and the columns its tables share. Every row is written by the lane together with the entry that
 * explains it; `entry` is the number of that entry. Amounts are minor units.
 */
import { bigint, pgSchema, timestamp } from 'drizzle-orm/pg-core';

export const timebank = pgSchema('timebank');

export const minor = (name: string) => bigint(name, { mode: 'bigint' });
export const entry = () => bigint('entry', { mode: 'number' }).notNull();
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string', precision: 6 });
