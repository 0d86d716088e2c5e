/** The tables of credit: points that members brought along. Points are whole. */
import { check, date, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { areDates, areIds, entry, minor, timebank } from '../schema.js';

/** Points a member brought along from another platform: counted once, ever. */
export const openingPoints = timebank.table(
  'opening_points',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    occurrences: minor('occurrences').notNull(),
    points: minor('points').notNull(),
    effective_on: date({ mode: 'string' }).notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'opening_points_pkey', columns: [t.ledger_id, t.member_id] }),
    check('opening_points_ids_check', areIds(t.member_id)),
    check('opening_points_effective_on_check', areDates(t.effective_on)),
  ],
);
