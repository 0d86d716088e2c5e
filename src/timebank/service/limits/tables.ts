/** The tables of limits that many members share: what has been used of each in each period, and by which records. Coins are in hundredths. */
import { sql } from 'drizzle-orm';
import { boolean, check, date, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { areDates, areIds, entry, minor, oneOf, timebank } from '../../schema.js';
import { sharedLimitKinds, sharedLimitPeriods } from '../../service-words.js';

/** Which limit, in which period: `limit_of` is the unit or the programme, `first_on` the first day of the period. */
const limit = () => ({
  limit_kind: text({ enum: sharedLimitKinds }).notNull(),
  limit_of: text().notNull(),
  within: text({ enum: sharedLimitPeriods }).notNull(),
  first_on: date({ mode: 'string' }).notNull(),
});

/** What records that count have minted under a limit in a period, and how many of them have minted any: the sum over `limit_records`. */
export const limitUses = timebank.table(
  'limit_uses',
  {
    ledger_id: integer().notNull(),
    ...limit(),
    coins: minor('coins').notNull(),
    records: integer().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'limit_uses_pkey', columns: [t.ledger_id, t.limit_kind, t.limit_of, t.within, t.first_on] }),
    check('limit_uses_kind_check', oneOf(t.limit_kind, sharedLimitKinds)),
    check('limit_uses_within_check', oneOf(t.within, sharedLimitPeriods)),
    check('limit_uses_ids_check', areIds(t.limit_of)),
    check('limit_uses_dates_check', areDates(t.first_on)),
    check('limit_uses_amounts_check', sql`${t.coins} >= 0 and ${t.records} >= 0`),
  ],
);

/**
 * Which limits a record counts under, and with how many coins: what it has minted, with what was recomputed since. `counted` is false once it
 * counts no more: it was reversed, or is judged by rules without the limit.
 */
export const limitRecords = timebank.table(
  'limit_records',
  {
    ledger_id: integer().notNull(),
    service_record_id: text().notNull(),
    ...limit(),
    coins: minor('coins').notNull(),
    counted: boolean().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({
      name: 'limit_records_pkey',
      columns: [t.ledger_id, t.service_record_id, t.limit_kind, t.limit_of, t.within, t.first_on],
    }),
    check('limit_records_kind_check', oneOf(t.limit_kind, sharedLimitKinds)),
    check('limit_records_within_check', oneOf(t.within, sharedLimitPeriods)),
    check('limit_records_ids_check', areIds(t.service_record_id, t.limit_of)),
    check('limit_records_dates_check', areDates(t.first_on)),
    check('limit_records_amounts_check', sql`${t.coins} >= 0 and (${t.counted} or ${t.coins} = 0)`),
  ],
);
