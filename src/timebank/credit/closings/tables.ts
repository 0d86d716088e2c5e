/** The table of closings: every time a member's accounts were to be settled, and what became of it. */
import { sql } from 'drizzle-orm';
import { bigint, check, date, index, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { memberStates } from '../../people-words.js';
import { areDates, areIds, entry, instant, minor, oneOf, timebank } from '../../schema.js';
import { closingCauses, closingDestinations, closingStates } from './closing-words.js';

/**
 * A closing: proposed or reported by one person, approved by another, a death by two more. `was_state` is what the member was before a death was
 * reported. `beneficiary_id` is who is to have it, under leaving from the beginning, after a death once it is settled. `settlement` is the number of the
 * entry that settled it, and the figures say what that moved, by asset: what went on, what repaid the member's own debt, and what was written off. The
 * salt keeps the row's digest in the public log from being guessed; `proposed_alias` and `approved_alias` are sealed, and null once it is decided.
 */
export const closings = timebank.table(
  'closings',
  {
    ledger_id: integer().notNull(),
    closing_id: uuid().notNull(),
    member_id: text().notNull(),
    cause: text({ enum: closingCauses }).notNull(),
    state: text({ enum: closingStates }).notNull(),
    destination: text({ enum: closingDestinations }),
    beneficiary_id: text(),
    document: text(),
    died_on: date({ mode: 'string' }),
    was_state: text({ enum: memberStates }).notNull(),
    salt: text().notNull(),
    proposed_by: text().notNull(),
    proposed_alias: text(),
    proposed_at: instant('proposed_at').notNull(),
    approved_by: text(),
    approved_alias: text(),
    approved_at: instant('approved_at'),
    decided_by: text(),
    decided_at: instant('decided_at'),
    settlement: bigint('settlement', { mode: 'number' }),
    coins: minor('coins'),
    coins_repaid: minor('coins_repaid'),
    coins_written_off: minor('coins_written_off'),
    points: minor('points'),
    points_repaid: minor('points_repaid'),
    points_written_off: minor('points_written_off'),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'closings_pkey', columns: [t.ledger_id, t.closing_id] }),
    index('closings_member_idx').on(t.ledger_id, t.member_id, t.state),
    check('closings_cause_check', oneOf(t.cause, closingCauses)),
    check('closings_state_check', oneOf(t.state, closingStates)),
    check('closings_destination_check', oneOf(t.destination, closingDestinations)),
    check('closings_was_state_check', oneOf(t.was_state, memberStates)),
    check('closings_ids_check', areIds(t.member_id, t.beneficiary_id)),
    check('closings_dates_check', areDates(t.died_on)),
    check('closings_death_check', sql`(${t.cause} = 'died') = (${t.died_on} is not null)`),
    check(
      'closings_beneficiary_check',
      sql`(${t.destination} is not distinct from 'kin') = (${t.beneficiary_id} is not null) and ${t.beneficiary_id} <> ${t.member_id}`,
    ),
    check(
      'closings_decided_check',
      sql`(${t.state} = 'open') = (${t.decided_by} is null) and (${t.decided_by} is null) = (${t.decided_at} is null)
        and (${t.approved_by} is null) = (${t.approved_at} is null) and (${t.state} = 'open' or coalesce(${t.proposed_alias}, ${t.approved_alias}) is null)`,
    ),
    check(
      'closings_settled_check',
      sql`(${t.state} = 'settled') = (${t.settlement} is not null) and (${t.state} <> 'settled' or ${t.destination} is not null)
        and num_nonnulls(${t.coins}, ${t.coins_repaid}, ${t.coins_written_off}, ${t.points}, ${t.points_repaid}, ${t.points_written_off})
          = case when ${t.state} = 'settled' then 6 else 0 end`,
    ),
    check(
      'closings_figures_check',
      sql`least(${t.coins}, ${t.coins_repaid}, ${t.coins_written_off}, ${t.points}, ${t.points_repaid}, ${t.points_written_off}) >= 0`,
    ),
  ],
);
