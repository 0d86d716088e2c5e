/**
 * The tables of schema `access`: what is kept beside the books about who came in, and may be erased or looked up without them. They
 * are not written by the lane but by the functions in the migration `access`, and `verify` does not know them.
 */
import { index, integer, pgSchema, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from '../schema.js';

export const access = pgSchema('access');

/** A redemption that was refused, once for each request however often it was repeated. No member is named. */
export const refusals = access.table(
  'refusals',
  {
    ledger_id: integer().notNull(),
    key: uuid().notNull(),
    partner_id: text().notNull(),
    partner_reference: text().notNull(),
    code: text().notNull(),
    refused_at: instant('refused_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'refusals_pkey', columns: [t.ledger_id, t.key] }),
    index('refusals_time_idx').on(t.ledger_id, t.refused_at, t.key),
  ],
);

/** Who is behind a pseudonym of the journal, as the OpenID provider calls them. Erased, the pseudonym names nobody any more. */
export const subjects = access.table(
  'subjects',
  {
    ledger_id: integer().notNull(),
    pseudonym: text().notNull(),
    issuer: text().notNull(),
    subject: text().notNull(),
    first_seen: instant('first_seen').notNull(),
  },
  (t) => [primaryKey({ name: 'subjects_pkey', columns: [t.ledger_id, t.pseudonym] })],
);
