/** The tables of service: what was given, and why hours did not become coins. Hours and coins are in hundredths. */
import { check, date, index, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { areDates, areIds, entry, instant, matches, minor, oneOf, timebank } from '../schema.js';
import { proofGrades, serviceTypePattern } from '../words.js';

/** The legal record of service given (民政部令67号). Times are instants; hours, coins and the reasons' amounts are hundredths. */
export const serviceRecords = timebank.table(
  'service_records',
  {
    ledger_id: integer().notNull(),
    service_record_id: text().notNull(),
    volunteer_id: text().notNull(),
    recipient_id: text(),
    service_type: text().notNull(),
    planned_start: instant('planned_start').notNull(),
    planned_end: instant('planned_end').notNull(),
    check_in: instant('check_in').notNull(),
    check_out: instant('check_out').notNull(),
    served_on: date({ mode: 'string' }).notNull(),
    week: date({ mode: 'string' }).notNull(),
    proof_grade: text().notNull(),
    recorded_by: text().notNull(),
    approved_by: text().notNull(),
    rule_set: text().notNull(),
    hours: minor('hours').notNull(),
    eligible: minor('eligible').notNull(),
    coins: minor('coins').notNull(),
    to_pool: minor('to_pool').notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'service_records_pkey', columns: [t.ledger_id, t.service_record_id] }),
    index('service_records_week_idx').on(t.ledger_id, t.volunteer_id, t.week),
    check('service_records_proof_grade_check', oneOf(t.proof_grade, proofGrades)),
    check('service_records_service_type_check', matches(t.service_type, serviceTypePattern)),
    check('service_records_ids_check', areIds(t.service_record_id, t.volunteer_id, t.recipient_id, t.recorded_by)),
    check('service_records_served_on_check', areDates(t.served_on)),
  ],
);

/** Why hours did not become coins: hours = coins to the member + the sum of these, for every record. */
export const serviceDifferences = timebank.table(
  'service_differences',
  {
    ledger_id: integer().notNull(),
    service_record_id: text().notNull(),
    code: text().notNull(),
    amount: minor('amount').notNull(),
    entry: entry(),
  },
  (t) => [primaryKey({ name: 'service_differences_pkey', columns: [t.ledger_id, t.service_record_id, t.code] })],
);
