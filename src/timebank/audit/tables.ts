/**
 * The tables of audit: partners' statements and the runs that matched them. Points are whole, CNY in fen. `from` and `to` are the first
 * and the last day that a statement speaks of: qualified in SQL (`s.from`), for both are keywords.
 */
import { sql } from 'drizzle-orm';
import { bigint, check, date, integer, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { areDates, areIds, entry, instant, minor, oneOf, timebank } from '../schema.js';
import { statementLineTypes } from '../words.js';

/** A partner's statement as it was sent: the file's SHA-256 and its lines. Of a partner's statements for a range the highest `sequence` came last. */
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
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'partner_statement_lines_pkey', columns: [t.ledger_id, t.partner_statement_id, t.line] }),
    check('partner_statement_lines_type_check', oneOf(t.type, statementLineTypes)),
    check('partner_statement_lines_ids_check', areIds(t.partner_reference)),
    check('partner_statement_lines_booked_on_check', areDates(t.booked_on)),
  ],
);

/** A run of the three-way match: its inputs, pinned; its result is in the lines. `watermark` is the last entry number seen. */
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
    report_sha256: text().notNull(),
    created_at: instant('created_at').notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'reconciliations_pkey', columns: [t.ledger_id, t.reconciliation_id] }),
    check('reconciliations_ids_check', areIds(t.partner_id)),
    check('reconciliations_dates_check', areDates(t.from, t.to)),
    check('reconciliations_range_check', sql`${t.from} <= ${t.to}`),
  ],
);
