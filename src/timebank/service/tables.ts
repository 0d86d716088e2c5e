/** The tables of service: what was given, and why hours did not become coins. Hours and coins are in hundredths. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, check, date, index, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { areDates, areIds, entry, instant, matches, minor, oneOf, timebank } from '../schema.js';
import {
  lateRecordKinds,
  orderFundings,
  proofGrades,
  recomputationStates,
  serviceCorrectionStatuses,
} from '../service-words.js';
import { serviceTypePattern } from '../words.js';

/**
 * The legal record of service given (民政部令67号). `served_on` is the day of the check-in and `week` the Monday of its week: what caps
 * count on; `effective_on` is later for a record that came when its period was closed. `coins` and `to_pool` are what it minted or, where
 * `funding` says who paid, what they paid. `corrects` is the record whose place it takes.
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
    corrects: text(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'service_records_pkey', columns: [t.ledger_id, t.service_record_id] }),
    index('service_records_week_idx').on(t.ledger_id, t.volunteer_id, t.week),
    index('service_records_recipient_idx').on(t.ledger_id, t.recipient_id),
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
 * SHA-256 of what both approved. `first_alias` is sealed (people/second-person.ts), and null once somebody else has agreed or rejected.
 */
export const lateRecords = timebank.table(
  'late_records',
  {
    ledger_id: integer().notNull(),
    kind: text({ enum: lateRecordKinds }).notNull(),
    record_id: text().notNull(),
    content: text().notNull(),
    first_approver: text().notNull(),
    first_alias: text(),
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

/**
 * That a service record is wrong: proposed by one person, carried out by another. What is to take its place stands here whole, or nothing where
 * it is annulled. `volunteer_id` and `week` are those of the record. Once carried out, `corrected_by` is the record that took its place and
 * `reversed_on` the day the reversal takes effect. The reason is free text: the salt keeps the row's digest in the public log from being
 * guessed, and erasing it replaces the row. `proposed_alias` is sealed (people/second-person.ts), and null once it is decided.
 */
export const serviceCorrections = timebank.table(
  'service_corrections',
  {
    ledger_id: integer().notNull(),
    service_record_id: text().notNull(),
    volunteer_id: text().notNull(),
    week: date({ mode: 'string' }).notNull(),
    status: text({ enum: serviceCorrectionStatuses }).notNull(),
    annul: boolean().notNull(),
    external_id: text(),
    service_type: text(),
    planned_start: instant('planned_start'),
    planned_end: instant('planned_end'),
    check_in: instant('check_in'),
    check_out: instant('check_out'),
    proof_grade: text({ enum: proofGrades }),
    recorded_by: text(),
    reason: text(),
    salt: text().notNull(),
    proposed_by: text().notNull(),
    proposed_alias: text(),
    proposed_at: instant('proposed_at').notNull(),
    decided_by: text(),
    decided_at: instant('decided_at'),
    corrected_by: text(),
    reversed_on: date({ mode: 'string' }),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'service_corrections_pkey', columns: [t.ledger_id, t.service_record_id] }),
    index('service_corrections_week_idx').on(t.ledger_id, t.volunteer_id, t.week),
    check('service_corrections_status_check', oneOf(t.status, serviceCorrectionStatuses)),
    check('service_corrections_proof_grade_check', oneOf(t.proof_grade, proofGrades)),
    check('service_corrections_service_type_check', matches(t.service_type, serviceTypePattern)),
    check(
      'service_corrections_decided_check',
      sql`(${t.status} = 'proposed') = (${t.decided_by} is null) and (${t.decided_by} is null) = (${t.decided_at} is null)`,
    ),
    check('service_corrections_reversed_check', sql`(${t.status} = 'carried_out') = (${t.reversed_on} is not null)`),
    check(
      'service_corrections_corrected_check',
      sql`(${t.status} = 'carried_out' and not ${t.annul}) = (${t.corrected_by} is not null)`,
    ),
    check(
      'service_corrections_annul_check',
      sql`case when ${t.annul}
        then num_nonnulls(${t.external_id}, ${t.service_type}, ${t.planned_start}, ${t.planned_end}, ${t.check_in}, ${t.check_out}, ${t.proof_grade}, ${t.recorded_by}) = 0
        else num_nulls(${t.service_type}, ${t.planned_start}, ${t.planned_end}, ${t.check_in}, ${t.check_out}, ${t.proof_grade}, ${t.recorded_by}) = 0 end`,
    ),
    check(
      'service_corrections_ids_check',
      areIds(t.service_record_id, t.volunteer_id, t.external_id, t.recorded_by, t.corrected_by),
    ),
    check('service_corrections_dates_check', areDates(t.week, t.reversed_on)),
  ],
);

/**
 * What a record brought, or gave back, after it was decided, each time by an entry of its own: changes of its coins and of its differences by
 * their codes, which add up to nothing; `to_pool` is the difference `holding_cap`, too. `volunteer_id`, `week` and `served_on` are those of
 * the record. Where it was judged anew by other rules, `recomputation_id` says in which batch and `rule_set` by which; `others` holds the changes
 * of its other differences, `code amount` with commas between, and `other` their sum. What was undone has a row with the opposite.
 */
export const serviceRecomputations = timebank.table(
  'service_recomputations',
  {
    ledger_id: integer().notNull(),
    service_record_id: text().notNull(),
    volunteer_id: text().notNull(),
    week: date({ mode: 'string' }).notNull(),
    served_on: date({ mode: 'string' }).notNull(),
    coins: minor('coins').notNull(),
    to_pool: minor('to_pool').notNull(),
    cap_day: minor('cap_day').notNull(),
    cap_week: minor('cap_week').notNull(),
    rounding_carry: minor('rounding_carry').notNull(),
    other: minor('other'),
    others: text(),
    rule_set: text(),
    recomputation_id: uuid(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'service_recomputations_pkey', columns: [t.ledger_id, t.service_record_id, t.entry] }),
    index('service_recomputations_week_idx').on(t.ledger_id, t.volunteer_id, t.week),
    index('service_recomputations_batch_idx')
      .on(t.ledger_id, t.recomputation_id, t.entry)
      .where(sql`${t.recomputation_id} is not null`),
    check(
      'service_recomputations_sum_check',
      sql`${t.coins} + ${t.to_pool} + ${t.cap_day} + ${t.cap_week} + ${t.rounding_carry} + coalesce(${t.other}, 0) = 0`,
    ),
    check('service_recomputations_ids_check', areIds(t.service_record_id, t.volunteer_id)),
    check('service_recomputations_dates_check', areDates(t.week, t.served_on)),
  ],
);

/**
 * Records of some days judged anew by another rule set: proposed by one person with every change as a line of a file, approved by another, posted
 * line by line, and undone so if two people want it. `lines_sha256` is of that file, `done` and `left_out` say how far it is and of how many lines
 * nothing came. `proposed_alias` and `undo_alias` are sealed (people/second-person.ts), and null once it is decided.
 */
export const recomputations = timebank.table(
  'recomputations',
  {
    ledger_id: integer().notNull(),
    recomputation_id: uuid().notNull(),
    state: text({ enum: recomputationStates }).notNull(),
    rule_set: text().notNull(),
    first_on: date({ mode: 'string' }).notNull(),
    last_on: date({ mode: 'string' }).notNull(),
    org_unit_id: text(),
    document: text().notNull(),
    lines: integer().notNull(),
    lines_sha256: text().notNull(),
    coins: minor('coins').notNull(),
    to_pool: minor('to_pool').notNull(),
    /** The last entry of the books from which it was computed; null: by a version that did not keep it. */
    at_entry: bigint({ mode: 'number' }),
    done: integer().notNull(),
    left_out: integer().notNull(),
    proposed_by: text().notNull(),
    proposed_alias: text(),
    proposed_at: instant('proposed_at').notNull(),
    decided_by: text(),
    decided_at: instant('decided_at'),
    undo_proposed_by: text(),
    undo_alias: text(),
    undone_by: text(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'recomputations_pkey', columns: [t.ledger_id, t.recomputation_id] }),
    check('recomputations_state_check', oneOf(t.state, recomputationStates)),
    check('recomputations_counts_check', sql`${t.left_out} between 0 and ${t.done} and ${t.done} <= ${t.lines}`),
    check('recomputations_dates_check', sql`${areDates(t.first_on, t.last_on)} and ${t.first_on} <= ${t.last_on}`),
    check('recomputations_ids_check', areIds(t.org_unit_id)),
    check('recomputations_decided_check', sql`(${t.state} = 'proposed') = (${t.decided_by} is null)`),
  ],
);
