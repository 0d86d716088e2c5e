/** The tables of orders: what somebody needed, who was asked, who came, and the words that people wrote about it. */
import { sql } from 'drizzle-orm';
import { boolean, check, date, index, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { areDates, areIds, entry, instant, matches, minor, oneOf, timebank } from '../../schema.js';
import {
  attendances,
  evidenceTypes,
  offerStatuses,
  orderFundings,
  orderModes,
  orderRoles,
  orderStatuses,
  proofKinds,
} from '../../service-words.js';
import { serviceTypePattern } from '../../words.js';

/**
 * What somebody needs and where it stands. `deadline_at` is when something is due; once it has passed, the order is what `lapses_to` says,
 * whoever has looked meanwhile, and due again at `then_due_at`, if there is one. `price` is in hundredths of a coin for each volunteer, zero where coins are minted. `history` holds what
 * became of it: `event@entry`, and `:member` where it concerns one, with spaces between.
 */
export const orders = timebank.table(
  'orders',
  {
    ledger_id: integer().notNull(),
    order_id: text().notNull(),
    status: text({ enum: orderStatuses }).notNull(),
    recipient_id: text().notNull(),
    org_unit_id: text().notNull(),
    placed_by: text().notNull(),
    on_behalf: boolean().notNull(),
    service_type: text().notNull(),
    mode: text({ enum: orderModes }).notNull(),
    station_id: text(),
    planned_start: instant('planned_start').notNull(),
    planned_end: instant('planned_end').notNull(),
    volunteers_needed: integer().notNull(),
    recipients: integer().notNull(),
    funding: text({ enum: orderFundings }).notNull(),
    price: minor('price').notNull(),
    offered_until: instant('offered_until'),
    deadline_at: instant('deadline_at'),
    lapses_to: text({ enum: orderStatuses }),
    then_due_at: instant('then_due_at'),
    recipient_minutes: integer(),
    verdict_minutes: integer(),
    rating: integer(),
    confirmed_by: text(),
    series_id: text(),
    series_weekday: integer(),
    series_until: date({ mode: 'string' }),
    written_agreement: boolean().notNull(),
    history: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'orders_pkey', columns: [t.ledger_id, t.order_id] }),
    index('orders_unit_idx').on(t.ledger_id, t.org_unit_id, t.order_id),
    index('orders_open_idx')
      .on(t.ledger_id, t.order_id)
      .where(sql`${t.status} not in ('approved', 'rejected', 'cancelled', 'expired')`),
    index('orders_placed_by_idx').on(t.ledger_id, t.placed_by),
    index('orders_deadline_idx').on(t.ledger_id, t.deadline_at).where(sql`${t.lapses_to} is not null`),
    check('orders_status_check', oneOf(t.status, orderStatuses)),
    check('orders_mode_check', oneOf(t.mode, orderModes)),
    check('orders_lapses_to_check', oneOf(t.lapses_to, orderStatuses)),
    check('orders_funding_check', oneOf(t.funding, orderFundings)),
    check('orders_station_check', sql`(${t.mode} = 'station') = (${t.station_id} is not null)`),
    check('orders_times_check', sql`${t.planned_start} < ${t.planned_end}`),
    check('orders_amounts_check', sql`${t.price} >= 0 and ${t.volunteers_needed} > 0 and ${t.recipients} > 0`),
    check('orders_lapse_check', sql`${t.lapses_to} is null or ${t.deadline_at} is not null`),
    check('orders_service_type_check', matches(t.service_type, serviceTypePattern)),
    check('orders_ids_check', areIds(t.order_id, t.recipient_id, t.org_unit_id, t.station_id)),
  ],
);

/**
 * Who takes part in an order: recipients from the beginning, volunteers from when they accepted. `week` is the Monday of the planned day.
 * `held` is what is held of a recipient's coins for it, in hundredths; `verdict_minutes` what was decided of this volunteer and not of all;
 * `grants_year`, of a volunteer, from the grants of which year the price was held.
 */
export const orderPeople = timebank.table(
  'order_people',
  {
    ledger_id: integer().notNull(),
    order_id: text().notNull(),
    member_id: text().notNull(),
    role: text({ enum: orderRoles }).notNull(),
    attendance: text({ enum: attendances }).notNull(),
    week: date({ mode: 'string' }).notNull(),
    planned_start: instant('planned_start').notNull(),
    planned_end: instant('planned_end').notNull(),
    held: minor('held').notNull(),
    check_in: instant('check_in'),
    check_in_proof: text({ enum: proofKinds }),
    check_in_by: text(),
    check_out: instant('check_out'),
    check_out_proof: text({ enum: proofKinds }),
    check_out_by: text(),
    service_record_id: text(),
    verdict_minutes: integer(),
    grants_year: integer(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'order_people_pkey', columns: [t.ledger_id, t.order_id, t.member_id] }),
    index('order_people_week_idx').on(t.ledger_id, t.member_id, t.week),
    check('order_people_role_check', oneOf(t.role, orderRoles)),
    check('order_people_attendance_check', oneOf(t.attendance, attendances)),
    check('order_people_held_check', sql`${t.held} >= 0 and (${t.held} = 0 or ${t.role} = 'recipient')`),
    check('order_people_check_in_proof_check', oneOf(t.check_in_proof, proofKinds)),
    check('order_people_check_out_proof_check', oneOf(t.check_out_proof, proofKinds)),
    check('order_people_proof_check', sql`(${t.check_in} is null) = (${t.check_in_proof} is null)`),
    check('order_people_ids_check', areIds(t.order_id, t.member_id)),
    check('order_people_dates_check', areDates(t.week)),
    check('order_people_grants_year_check', sql`${t.grants_year} is null or ${t.role} = 'volunteer'`),
  ],
);

/** Who was asked, a volunteer or a team, each offer with its end. */
export const offers = timebank.table(
  'offers',
  {
    ledger_id: integer().notNull(),
    offer_id: text().notNull(),
    order_id: text().notNull(),
    volunteer_id: text(),
    team_id: text(),
    status: text({ enum: offerStatuses }).notNull(),
    expires_at: instant('expires_at').notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'offers_pkey', columns: [t.ledger_id, t.offer_id] }),
    index('offers_order_idx').on(t.ledger_id, t.order_id),
    index('offers_volunteer_idx').on(t.ledger_id, t.volunteer_id),
    index('offers_team_idx').on(t.ledger_id, t.team_id).where(sql`${t.team_id} is not null`),
    check('offers_status_check', oneOf(t.status, offerStatuses)),
    check('offers_asked_check', sql`(${t.volunteer_id} is null) <> (${t.team_id} is null)`),
    check('offers_ids_check', areIds(t.offer_id, t.order_id, t.volunteer_id, t.team_id)),
  ],
);

/** The code that a recipient was last shown for an order: a keyed digest of it, and how often another was tried. */
export const orderCodes = timebank.table(
  'order_codes',
  {
    ledger_id: integer().notNull(),
    order_id: text().notNull(),
    digest: text().notNull(),
    expires_at: instant('expires_at').notNull(),
    tries: integer().notNull(),
    locked_until: instant('locked_until'),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'order_codes_pkey', columns: [t.ledger_id, t.order_id] }),
    check('order_codes_tries_check', sql`${t.tries} >= 0`),
    check('order_codes_ids_check', areIds(t.order_id)),
  ],
);

/**
 * What people wrote about an order: `about` is `note` for the order itself, `offer:ID` for why somebody declined, else the event. The salt
 * keeps the digest in the public log from being guessed; erasing a text replaces its row.
 */
export const orderTexts = timebank.table(
  'order_texts',
  {
    ledger_id: integer().notNull(),
    order_id: text().notNull(),
    about: text().notNull(),
    words: text(),
    salt: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'order_texts_pkey', columns: [t.ledger_id, t.order_id, t.about] }),
    check('order_texts_ids_check', areIds(t.order_id)),
  ],
);

/**
 * Files that prove a service on paper, by their SHA-256; the bytes lie in `work.blobs` under `file_id` until they are erased on a day.
 */
export const orderEvidence = timebank.table(
  'order_evidence',
  {
    ledger_id: integer().notNull(),
    order_id: text().notNull(),
    digest: text().notNull(),
    media_type: text({ enum: evidenceTypes }).notNull(),
    bytes: integer().notNull(),
    file_id: uuid().notNull(),
    stored_by: text().notNull(),
    erased_on: date({ mode: 'string' }),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'order_evidence_pkey', columns: [t.ledger_id, t.order_id, t.digest] }),
    check('order_evidence_media_type_check', oneOf(t.media_type, evidenceTypes)),
    check('order_evidence_digest_check', matches(t.digest, '^[0-9a-f]{64}$')),
    check('order_evidence_bytes_check', sql`${t.bytes} > 0`),
    check('order_evidence_ids_check', areIds(t.order_id)),
    check('order_evidence_dates_check', areDates(t.erased_on)),
  ],
);
