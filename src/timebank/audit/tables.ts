/** The tables of audit: partners' statements and the runs that matched them. Points are whole, CNY in fen. */
import { bigint, date, integer, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { entry, instant, minor, timebank } from '../schema.js';

/** A partner's statement as it was uploaded: the file's SHA-256, what it adds up to, and the digest that binds its lines. */
export const partnerStatements = timebank.table(
  'partner_statements',
  {
    ledger_id: integer().notNull(),
    partner_statement_id: uuid().notNull(),
    partner_id: text().notNull(),
    period: text().notNull(),
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
    uniqueIndex('partner_statements_sha256_key').on(t.ledger_id, t.partner_id, t.period, t.sha256),
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
  (t) => [primaryKey({ name: 'partner_statement_lines_pkey', columns: [t.ledger_id, t.partner_statement_id, t.line] })],
);

/** A run of the three-way match: its inputs, pinned; its result is in the lines. `watermark` is the last entry number seen. */
export const reconciliations = timebank.table(
  'reconciliations',
  {
    ledger_id: integer().notNull(),
    reconciliation_id: uuid().notNull(),
    partner_id: text().notNull(),
    period: text().notNull(),
    partner_statement_id: uuid().notNull(),
    cutoff_days: integer().notNull(),
    watermark: bigint('watermark', { mode: 'number' }).notNull(),
    rule_set: text().notNull(),
    statement_sha256: text().notNull(),
    report_sha256: text().notNull(),
    created_at: instant('created_at').notNull(),
    entry: entry(),
  },
  (t) => [primaryKey({ name: 'reconciliations_pkey', columns: [t.ledger_id, t.reconciliation_id] })],
);
