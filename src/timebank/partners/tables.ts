/** The tables of partners: who redeems, and what was redeemed. Points are whole, CNY in fen. */
import { sql } from 'drizzle-orm';
import { boolean, check, date, index, integer, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { areDates, areIds, entry, instant, minor, oneOf, timebank } from '../schema.js';
import { openStatuses, partnerKinds, redemptionStatuses } from '../words.js';

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
  (t) => [
    primaryKey({ name: 'partners_pkey', columns: [t.ledger_id, t.partner_id] }),
    check('partners_kind_check', oneOf(t.kind, partnerKinds)),
    check('partners_ids_check', areIds(t.partner_id)),
  ],
);

/**
 * How a system proves who it is: SHA-256 of its secret, never the secret. `role` and `subject` are what its tokens say: of a partner, the
 * partner's id. It ends at `ends_at`, when another has taken its place (`replaced_by`), or was revoked then.
 */
export const credentials = timebank.table(
  'credentials',
  {
    ledger_id: integer().notNull(),
    client_id: text().notNull(),
    role: text().notNull(),
    subject: text().notNull(),
    secret_sha256: text().notNull(),
    issued_at: instant('issued_at').notNull(),
    ends_at: instant('ends_at'),
    revoked: boolean().notNull(),
    replaced_by: text(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'credentials_pkey', columns: [t.ledger_id, t.client_id] }),
    check('credentials_ids_check', areIds(t.subject)),
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
    /** Each capture and refund: the sub-ledger's side of what a partner's statement is matched against; see redemptions/movements.ts. */
    movements: text().notNull(),
    /** Which lots its points came from that did not go back; see redemptions/lots-out.ts. Null: its points have no age. */
    lots: text(),
    effective_on: date({ mode: 'string' }).notNull(),
    expires_at: instant('expires_at').notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'redemptions_pkey', columns: [t.ledger_id, t.redemption_id] }),
    uniqueIndex('redemptions_reference_key').on(t.ledger_id, t.partner_id, t.partner_reference),
    index('redemptions_member_idx').on(t.ledger_id, t.member_id, t.status),
    index('redemptions_due_idx').on(t.ledger_id, t.expires_at).where(oneOf(t.status, openStatuses)),
    check('redemptions_status_check', oneOf(t.status, redemptionStatuses)),
    check(
      'redemptions_amounts_check',
      sql`${t.authorised} > 0 and ${t.captured} >= 0 and ${t.released} >= 0 and ${t.captured} + ${t.released} <= ${t.authorised}
        and ${t.refunded} between 0 and ${t.captured} and ${t.refunded_cny} between 0 and ${t.captured_cny}
        and (${t.captured} = 0) = (${t.movements} = '')`,
    ),
    check('redemptions_ids_check', areIds(t.partner_id, t.partner_reference, t.member_id)),
    check('redemptions_effective_on_check', areDates(t.effective_on)),
  ],
);
