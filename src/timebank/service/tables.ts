/** The tables of service: what was given, and why hours did not become coins. Hours and coins are in hundredths. */
import { sql } from 'drizzle-orm';
import { check, date, index, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { areDates, areIds, entry, instant, matches, minor, oneOf, timebank } from '../schema.js';
import { lateRecordKinds, orderFundings, proofGrades, serviceTypePattern } from '../words.js';

/**
 * The legal record of service given (民政部令67号). `served_on` is the day of the check-in and `week` the Monday of its week: what caps
 * count on; `effective_on` is later for a record that came when its period was closed. `coins` and `to_pool` are what it minted or, where
 * `funding` says who paid, what they paid.
 */
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
    effective_on: date({ mode: 'string' }).notNull(),
    proof_grade: text().notNull(),
    recorded_by: text().notNull(),
    approved_by: text().notNull(),
    rule_set: text().notNull(),
    hours: minor('hours').notNull(),
    coins: minor('coins').notNull(),
    to_pool: minor('to_pool').notNull(),
    order_id: text(),
    funding: text({ enum: orderFundings }),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'service_records_pkey', columns: [t.ledger_id, t.service_record_id] }),
    index('service_records_week_idx').on(t.ledger_id, t.volunteer_id, t.week),
    check(
      'service_records_people_check',
      sql`${t.volunteer_id} <> ${t.recipient_id} and ${t.recorded_by} <> ${t.volunteer_id} and ${t.recorded_by} <> ${t.recipient_id}`,
    ),
    check('service_records_times_check', sql`${t.planned_start} < ${t.planned_end} and ${t.check_in} < ${t.check_out}`),
    check(
      'service_records_week_check',
      sql`extract(isodow from ${t.week}) = 1 and ${t.served_on} - ${t.week} between 0 and 6`,
    ),
    check('service_records_effective_check', sql`${t.effective_on} >= ${t.served_on}`),
    check('service_records_amounts_check', sql`${t.hours} > 0 and ${t.coins} >= 0 and ${t.to_pool} >= 0`),
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
  (t) => [
    primaryKey({ name: 'service_differences_pkey', columns: [t.ledger_id, t.service_record_id, t.code] }),
    check('service_differences_amount_check', sql`${t.amount} <> 0`),
  ],
);

/**
 * Services that were recorded too late for one approver: who approved first, and once somebody else has agreed, who. `content` is the
 * SHA-256 of what both approved.
 */
export const lateRecords = timebank.table(
  'late_records',
  {
    ledger_id: integer().notNull(),
    kind: text({ enum: lateRecordKinds }).notNull(),
    record_id: text().notNull(),
    content: text().notNull(),
    first_approver: text().notNull(),
    second_approver: text(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'late_records_pkey', columns: [t.ledger_id, t.kind, t.record_id] }),
    check('late_records_kind_check', oneOf(t.kind, lateRecordKinds)),
    check('late_records_approvers_check', sql`${t.first_approver} <> ${t.second_approver}`),
    check('late_records_ids_check', areIds(t.record_id)),
  ],
);
