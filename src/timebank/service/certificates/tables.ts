/** The table of certificates: who has one of which days, as of which entry. No name and no record is in it. */
import { sql } from 'drizzle-orm';
import { check, date, index, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { areDates, areIds, entry, instant, minor, oneOf, timebank } from '../../schema.js';
import { certificateRevocations } from '../../service-words.js';

/**
 * 志愿服务记录证明: the records of a member that stood at `at_entry`, of some days or of all. `merged_from` holds the ids that had been merged into
 * the member by then, with spaces between. `content` is the SHA-256 of what it says (content.ts), and `identity_entry` the entry that sealed the
 * identity card number shown on it; null: it shows the member's id.
 */
export const recordCertificates = timebank.table(
  'record_certificates',
  {
    ledger_id: integer().notNull(),
    certificate_number: text().notNull(),
    member_id: text().notNull(),
    merged_from: text(),
    org_unit_id: text().notNull(),
    first_on: date({ mode: 'string' }),
    last_on: date({ mode: 'string' }),
    at_entry: minor('at_entry').notNull(),
    issued_on: date({ mode: 'string' }).notNull(),
    issued_by: text().notNull(),
    records: integer().notNull(),
    hours: minor('hours').notNull(),
    content: text().notNull(),
    identity_entry: minor('identity_entry'),
    revoked_at: instant('revoked_at'),
    revoked_by: text(),
    revocation: text({ enum: certificateRevocations }),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'record_certificates_pkey', columns: [t.ledger_id, t.certificate_number] }),
    index('record_certificates_member_idx').on(t.ledger_id, t.member_id, t.certificate_number),
    check('record_certificates_ids_check', areIds(t.member_id, t.org_unit_id)),
    check('record_certificates_dates_check', areDates(t.first_on, t.last_on, t.issued_on)),
    check('record_certificates_range_check', sql`${t.first_on} <= ${t.last_on}`),
    check('record_certificates_amounts_check', sql`${t.records} > 0 and ${t.hours} > 0`),
    check('record_certificates_entries_check', sql`${t.at_entry} > 0 and ${t.identity_entry} <= ${t.at_entry}`),
    check('record_certificates_revocation_check', oneOf(t.revocation, certificateRevocations)),
    check(
      'record_certificates_revoked_check',
      sql`(${t.revoked_at} is null) = (${t.revocation} is null) and (${t.revoked_at} is null) = (${t.revoked_by} is null)`,
    ),
  ],
);
