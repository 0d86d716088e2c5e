/**
 * The tables of audit: partners' statements and the runs that matched them, and spot checks. Points are whole, CNY in fen. `from` and `to` are the first
 * and the last day that a statement speaks of: qualified in SQL (`s.from`), for both are keywords.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  customType,
  date,
  index,
  integer,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { areDates, areIds, entry, instant, minor, oneOf, timebank } from '../schema.js';
import { proofGrades } from '../service-words.js';
import { statementLineTypes } from '../words.js';
import { spotCheckOutcomes } from './spot-checks/spot-check-words.js';

/**
 * A partner's statement as it was sent: the file's SHA-256, what it adds up to, and the digest that binds its lines. Of a partner's
 * statements for a range the highest `sequence` came last.
 */
export const partnerStatements = timebank.table(
  'partner_statements',
  {
    ledger_id: integer().notNull(),
    partner_statement_id: uuid().notNull(),
    partner_id: text().notNull(),
    from: date({ mode: 'string' }).notNull(),
    to: date({ mode: 'string' }).notNull(),
    sequence: integer().notNull(),
    file_name: text(),
    sha256: text().notNull(),
    line_count: integer().notNull(),
    points: minor('points').notNull(),
    amount_cny: minor('amount_cny').notNull(),
    lines_sha256: text().notNull(),
    created_at: instant('created_at').notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'partner_statements_pkey', columns: [t.ledger_id, t.partner_statement_id] }),
    uniqueIndex('partner_statements_sequence_key').on(t.ledger_id, t.partner_id, t.from, t.to, t.sequence),
    check('partner_statements_ids_check', areIds(t.partner_id)),
    check('partner_statements_dates_check', areDates(t.from, t.to)),
    check('partner_statements_range_check', sql`${t.from} <= ${t.to}`),
    check('partner_statements_sequence_check', sql`${t.sequence} > 0`),
  ],
);

/** The lines of statements. They are staged and then sealed by the statement's row: without one they mean nothing. */
export const partnerStatementLines = timebank.table(
  'partner_statement_lines',
  {
    ledger_id: integer().notNull(),
    partner_statement_id: uuid().notNull(),
    line: integer().notNull(),
    partner_reference: text().notNull(),
    booked_on: date({ mode: 'string' }).notNull(),
    points: minor('points').notNull(),
    amount_cny: minor('amount_cny').notNull(),
    type: text().notNull(),
  },
  (t) => [
    primaryKey({ name: 'partner_statement_lines_pkey', columns: [t.ledger_id, t.partner_statement_id, t.line] }),
    check('partner_statement_lines_type_check', oneOf(t.type, statementLineTypes)),
    check('partner_statement_lines_ids_check', areIds(t.partner_reference)),
    check('partner_statement_lines_booked_on_check', areDates(t.booked_on)),
  ],
);

/**
 * A run of the three-way match. Its inputs are pinned when it starts: `watermark` is the last entry number seen. When it is done
 * it names its results: the rows of `attempt`, how many they are and their digest; `control` holds the totals as JSON.
 */
export const reconciliations = timebank.table(
  'reconciliations',
  {
    ledger_id: integer().notNull(),
    reconciliation_id: uuid().notNull(),
    partner_id: text().notNull(),
    from: date({ mode: 'string' }).notNull(),
    to: date({ mode: 'string' }).notNull(),
    sequence: integer().notNull(),
    partner_statement_id: uuid().notNull(),
    cutoff_days: integer().notNull(),
    watermark: bigint('watermark', { mode: 'number' }).notNull(),
    rule_set: text().notNull(),
    statement_sha256: text().notNull(),
    status: text().notNull(),
    matcher_version: integer(),
    attempt: uuid(),
    result_count: integer(),
    report_sha256: text(),
    control: text(),
    created_at: instant('created_at').notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'reconciliations_pkey', columns: [t.ledger_id, t.reconciliation_id] }),
    index('reconciliations_running_idx').on(t.ledger_id, t.reconciliation_id).where(sql`${t.status} = 'running'`),
    check('reconciliations_ids_check', areIds(t.partner_id)),
    check('reconciliations_dates_check', areDates(t.from, t.to)),
    check('reconciliations_range_check', sql`${t.from} <= ${t.to}`),
    check('reconciliations_status_check', sql`${t.status} in ('running', 'done')`),
  ],
);

/** Compared and sorted by bytes whatever the database's collation is: the order in which the match takes references. */
const reference = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/**
 * Results of runs, one row a partner reference, in codes and numbers: words are made when they are read. Written outside the
 * lane, under an attempt of their own; they mean nothing until the run names that attempt (see drizzle/*_results.sql).
 */
export const reconciliationResults = timebank.table(
  'reconciliation_results',
  {
    ledger_id: integer().notNull(),
    reconciliation_id: uuid().notNull(),
    attempt: uuid().notNull(),
    partner_reference: reference('partner_reference').notNull(),
    status: text().notNull(),
    direction: text(),
    reason: text().notNull(),
    ledger_points: minor('ledger_points').notNull(),
    ledger_cny: minor('ledger_cny').notNull(),
    statement_points: minor('statement_points').notNull(),
    statement_cny: minor('statement_cny').notNull(),
    redemption_ids: uuid().array().notNull(),
    entries: bigint('entries', { mode: 'bigint' }).array().notNull(),
    lines: integer().array().notNull(),
    outside_lines: integer().array().notNull(),
    reason_lines: integer().array().notNull(),
    redeemed_on: date({ mode: 'string' }).array().notNull(),
    booked_on: date({ mode: 'string' }).array().notNull(),
  },
  (t) => [
    primaryKey({
      name: 'reconciliation_results_pkey',
      columns: [t.ledger_id, t.reconciliation_id, t.attempt, t.partner_reference],
    }),
    index('reconciliation_results_status_idx').on(
      t.ledger_id,
      t.reconciliation_id,
      t.attempt,
      t.status,
      t.partner_reference,
    ),
    index('reconciliation_results_breaks_idx')
      .on(t.ledger_id, t.reconciliation_id, t.attempt, t.partner_reference)
      .where(sql`${t.status} <> 'matched'`),
  ],
);

/** That service records of some days were to be drawn, and how many; which they are follows from the log (see spot-checks/spot-check.ts). */
export const spotChecks = timebank.table(
  'spot_checks',
  {
    ledger_id: integer().notNull(),
    spot_check_id: uuid().notNull(),
    from: date({ mode: 'string' }).notNull(),
    to: date({ mode: 'string' }).notNull(),
    proof_grade: text({ enum: proofGrades }),
    count: integer().notNull(),
    drawn_by: text().notNull(),
    drawn_at: instant('drawn_at').notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'spot_checks_pkey', columns: [t.ledger_id, t.spot_check_id] }),
    check('spot_checks_range_check', sql`${areDates(t.from, t.to)} and ${t.from} <= ${t.to} and ${t.count} > 0`),
    check('spot_checks_proof_grade_check', oneOf(t.proof_grade, proofGrades)),
  ],
);

/** What was found of a record that was drawn. */
export const spotCheckResults = timebank.table(
  'spot_check_results',
  {
    ledger_id: integer().notNull(),
    spot_check_id: uuid().notNull(),
    service_record_id: text().notNull(),
    outcome: text({ enum: spotCheckOutcomes }).notNull(),
    checked_on: date({ mode: 'string' }).notNull(),
    checked_by: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({
      name: 'spot_check_results_pkey',
      columns: [t.ledger_id, t.spot_check_id, t.service_record_id],
    }),
    check('spot_check_results_ids_check', areIds(t.service_record_id)),
    check('spot_check_results_outcome_check', oneOf(t.outcome, spotCheckOutcomes)),
    check('spot_check_results_checked_on_check', areDates(t.checked_on)),
  ],
);
