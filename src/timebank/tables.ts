/**
 * Tables of the time bank: people, service, partners, files, reconciliation. Every row is written by the lane together with the
 * entry that explains it; `entry` is the number of that entry. Points are whole, hours and coins in hundredths, CNY in fen.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

export const timebank = pgSchema('timebank');

const minor = (name: string) => bigint(name, { mode: 'bigint' });
const entry = () => bigint('entry', { mode: 'number' }).notNull();
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string', precision: 6 });

/** The organisation tree: county, then subdistrict, community, estate, stairwell. `path` is every ancestor's id, the unit's own last. */
export const orgUnits = timebank.table(
  'org_units',
  {
    ledger_id: integer().notNull(),
    org_unit_id: text().notNull(),
    parent_id: text(),
    level: text().notNull(),
    name: text().notNull(),
    path: text().notNull(),
    entry: entry(),
  },
  (t) => [primaryKey({ name: 'org_units_pkey', columns: [t.ledger_id, t.org_unit_id] })],
);

/** People. The salt keeps the digest of a row in the public log from being guessed; erasing a person replaces the row. */
export const members = timebank.table(
  'members',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    name: text(),
    gender: text(),
    birth_date: date({ mode: 'string' }),
    phone: text(),
    org_unit_id: text().notNull(),
    talent_category: text(),
    carry: minor('carry').notNull(),
    salt: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'members_pkey', columns: [t.ledger_id, t.member_id] }),
    index('members_org_unit_idx').on(t.ledger_id, t.org_unit_id),
  ],
);

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
  (t) => [primaryKey({ name: 'opening_points_pkey', columns: [t.ledger_id, t.member_id] })],
);

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

/** Who redeems: a bank, a shop. The price of a point is decimal CNY. */
export const partners = timebank.table(
  'partners',
  {
    ledger_id: integer().notNull(),
    partner_id: text().notNull(),
    name: text().notNull(),
    kind: text().notNull(),
    point_price: text().notNull(),
    may_backdate: boolean().notNull(),
    entry: entry(),
  },
  (t) => [primaryKey({ name: 'partners_pkey', columns: [t.ledger_id, t.partner_id] })],
);

/** How a partner's system proves who it is: SHA-256 of its secret, never the secret. */
export const partnerCredentials = timebank.table(
  'partner_credentials',
  {
    ledger_id: integer().notNull(),
    client_id: text().notNull(),
    partner_id: text().notNull(),
    secret_sha256: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'partner_credentials_pkey', columns: [t.ledger_id, t.client_id] }),
    index('partner_credentials_partner_idx').on(t.ledger_id, t.partner_id),
  ],
);

/** One authorisation and what became of it. Open amount = authorised - captured - released. */
export const redemptions = timebank.table(
  'redemptions',
  {
    ledger_id: integer().notNull(),
    redemption_id: uuid().notNull(),
    partner_id: text().notNull(),
    partner_reference: text().notNull(),
    member_id: text().notNull(),
    status: text().notNull(),
    authorised: minor('authorised').notNull(),
    captured: minor('captured').notNull(),
    released: minor('released').notNull(),
    refunded: minor('refunded').notNull(),
    captured_cny: minor('captured_cny').notNull(),
    refunded_cny: minor('refunded_cny').notNull(),
    effective_on: date({ mode: 'string' }).notNull(),
    expires_at: instant('expires_at').notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'redemptions_pkey', columns: [t.ledger_id, t.redemption_id] }),
    uniqueIndex('redemptions_reference_key').on(t.ledger_id, t.partner_id, t.partner_reference),
    index('redemptions_member_idx').on(t.ledger_id, t.member_id, t.status),
    index('redemptions_due_idx')
      .on(t.ledger_id, t.expires_at)
      .where(sql`${t.status} in ('authorised', 'partially_captured')`),
  ],
);

/** Each capture (positive) and refund (negative): the sub-ledger's side of what a partner's statement is matched against. */
export const redemptionMovements = timebank.table(
  'redemption_movements',
  {
    ledger_id: integer().notNull(),
    entry: entry(),
    redemption_id: uuid().notNull(),
    partner_id: text().notNull(),
    partner_reference: text().notNull(),
    effective_on: date({ mode: 'string' }).notNull(),
    points: minor('points').notNull(),
    amount_cny: minor('amount_cny').notNull(),
  },
  (t) => [
    primaryKey({ name: 'redemption_movements_pkey', columns: [t.ledger_id, t.redemption_id, t.entry] }),
    index('redemption_movements_day_idx').on(t.ledger_id, t.partner_id, t.effective_on),
  ],
);

/** A file taken in. The content is kept (base64) until it is committed, then cleared; `done` counts the lines dealt with. */
export const imports = timebank.table(
  'imports',
  {
    ledger_id: integer().notNull(),
    import_id: uuid().notNull(),
    kind: text().notNull(),
    file_name: text(),
    sha256: text().notNull(),
    effective_on: date({ mode: 'string' }),
    state: text().notNull(),
    content: text(),
    salt: text().notNull(),
    total: integer().notNull(),
    done: integer().notNull(),
    imported: integer().notNull(),
    skipped: integer().notNull(),
    errors: integer().notNull(),
    created_at: instant('created_at').notNull(),
    entry: entry(),
  },
  (t) => [primaryKey({ name: 'imports_pkey', columns: [t.ledger_id, t.import_id] })],
);

/** What became of each line of a committed import. */
export const importRows = timebank.table(
  'import_rows',
  {
    ledger_id: integer().notNull(),
    import_id: uuid().notNull(),
    line: integer().notNull(),
    external_id: text(),
    state: text().notNull(),
    code: text(),
    reason: text(),
    entry: entry(),
  },
  (t) => [primaryKey({ name: 'import_rows_pkey', columns: [t.ledger_id, t.import_id, t.line] })],
);

/** A partner's statement as it was uploaded: the file's SHA-256 and its lines. */
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
    created_at: instant('created_at').notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'partner_statements_pkey', columns: [t.ledger_id, t.partner_statement_id] }),
    uniqueIndex('partner_statements_sha256_key').on(t.ledger_id, t.partner_id, t.period, t.sha256),
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
