/** The tables of credit: rule sets, points that members brought along, and adjustments with who proposed and who decided them. Points are whole. */
import { sql } from 'drizzle-orm';
import { boolean, check, date, index, integer, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { periodPattern } from '../../lib/clock.js';
import { memberMergeStatuses } from '../people-words.js';
import { areDates, areIds, entry, instant, matches, minor, oneOf, timebank } from '../schema.js';
import { giftPurses, giftStates } from './gifts/gift-words.js';
import { agedPurses, lotStates } from './lots/lot-words.js';
import { ruleSetIdPattern, ruleSetStates } from './rule-set-words.js';

/**
 * Rule sets of a ledger beside the one it is born with: proposed by one person, approved by another, in force from a day on until the next
 * begins. `rules` is JSON: every value with its basis, no free text of people. `proposed_alias`: see adjustments.
 */
export const ruleSets = timebank.table(
  'rule_sets',
  {
    ledger_id: integer().notNull(),
    rule_set: text().notNull(),
    version: integer().notNull(),
    state: text({ enum: ruleSetStates }).notNull(),
    effective_from: date({ mode: 'string' }).notNull(),
    rules: text().notNull(),
    proposed_by: text().notNull(),
    proposed_alias: text(),
    proposed_at: instant('proposed_at').notNull(),
    decided_by: text(),
    decided_at: instant('decided_at'),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'rule_sets_pkey', columns: [t.ledger_id, t.rule_set, t.version] }),
    // No two that were approved begin on one day: each ends where the next begins.
    uniqueIndex('rule_sets_effective_from_idx').on(t.ledger_id, t.effective_from).where(sql`${t.state} = 'approved'`),
    check('rule_sets_state_check', oneOf(t.state, ruleSetStates)),
    check('rule_sets_id_check', sql`${matches(t.rule_set, ruleSetIdPattern)} and ${t.version} > 0`),
    check('rule_sets_effective_from_check', areDates(t.effective_from)),
    check(
      'rule_sets_decided_check',
      sql`(${t.state} = 'draft') = (${t.decided_by} is null) and (${t.decided_by} is null) = (${t.decided_at} is null)`,
    ),
  ],
);

/** Points a member brought along from another platform: counted once, and anew only after their entry was reversed. */
export const openingPoints = timebank.table(
  'opening_points',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    occurrences: minor('occurrences').notNull(),
    points: minor('points').notNull(),
    effective_on: date({ mode: 'string' }).notNull(),
    state: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'opening_points_pkey', columns: [t.ledger_id, t.member_id] }),
    check('opening_points_ids_check', areIds(t.member_id)),
    check('opening_points_effective_on_check', areDates(t.effective_on)),
    check('opening_points_state_check', sql`${t.state} in ('counted', 'reversed')`),
    check('opening_points_figures_check', sql`${t.occurrences} >= 0 and ${t.points} >= 0`),
  ],
);

/**
 * The parts of a purse whose units have an age, by the last day on which they can be used; `infinity`: they do not expire. What remains of all
 * of them is what the purse holds. `expired` is what went from it to the account of what expired, `warned` how many days ahead its member was
 * warned last.
 */
export const lots = timebank.table(
  'lots',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    purse: text({ enum: agedPurses }).notNull(),
    expires_on: date({ mode: 'string' }).notNull(),
    remaining: minor('remaining').notNull(),
    expired: minor('expired').notNull(),
    state: text({ enum: lotStates }).notNull(),
    warned: integer(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'lots_pkey', columns: [t.ledger_id, t.member_id, t.purse, t.expires_on] }),
    index('lots_expires_on_idx').on(t.ledger_id, t.expires_on).where(sql`${t.state} = 'open'`),
    check('lots_ids_check', areIds(t.member_id)),
    check('lots_purse_check', oneOf(t.purse, agedPurses)),
    check('lots_expires_on_check', sql`${t.expires_on} = 'infinity' or ${areDates(t.expires_on)}`),
    check(
      'lots_figures_check',
      sql`${t.remaining} >= 0 and ${t.expired} >= 0
        and ${t.state} = case when ${t.remaining} > 0 then 'open' when ${t.expired} > 0 then 'expired' else 'spent' end`,
    ),
  ],
);

/**
 * What a member offers another of their coins or points, held until it is answered. `month` is that of the day on which it was offered, `lots` which
 * lots its points came from; null: its units have no age.
 */
export const gifts = timebank.table(
  'gifts',
  {
    ledger_id: integer().notNull(),
    gift_id: uuid().notNull(),
    giver_id: text().notNull(),
    receiver_id: text().notNull(),
    purse: text({ enum: giftPurses }).notNull(),
    amount: minor('amount').notNull(),
    lots: text(),
    as_kin: boolean().notNull(),
    state: text({ enum: giftStates }).notNull(),
    month: text().notNull(),
    offered_at: instant('offered_at').notNull(),
    expires_at: instant('expires_at').notNull(),
    decided_by: text(),
    decided_at: instant('decided_at'),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'gifts_pkey', columns: [t.ledger_id, t.gift_id] }),
    index('gifts_giver_idx').on(t.ledger_id, t.giver_id, t.purse, t.month),
    index('gifts_receiver_idx').on(t.ledger_id, t.receiver_id),
    index('gifts_due_idx').on(t.ledger_id, t.expires_at).where(sql`${t.state} = 'offered'`),
    check('gifts_state_check', oneOf(t.state, giftStates)),
    check('gifts_purse_check', oneOf(t.purse, giftPurses)),
    check('gifts_ids_check', areIds(t.giver_id, t.receiver_id)),
    check('gifts_amount_check', sql`${t.amount} > 0 and ${t.giver_id} <> ${t.receiver_id}`),
    check('gifts_month_check', matches(t.month, periodPattern)),
    check(
      'gifts_decided_check',
      sql`(${t.state} = 'offered') = (${t.decided_by} is null) and (${t.decided_by} is null) = (${t.decided_at} is null)`,
    ),
  ],
);

/**
 * An adjustment of the time bank's own accounts: proposed by one person, decided by another. `legs` is JSON, codes and amounts only.
 * Reference, reason and rejection are free text: the salt keeps the row's digest in the public log from being guessed, and
 * erasing them replaces the row. `proposed_alias` is sealed (people/second-person.ts), and null once it is decided.
 */
export const adjustments = timebank.table(
  'adjustments',
  {
    ledger_id: integer().notNull(),
    adjustment_id: uuid().notNull(),
    state: text().notNull(),
    kind: text().notNull(),
    effective_on: date({ mode: 'string' }),
    legs: text().notNull(),
    reference: text(),
    reason: text(),
    rejection: text(),
    salt: text().notNull(),
    proposed_by: text().notNull(),
    proposed_alias: text(),
    proposed_at: instant('proposed_at').notNull(),
    decided_by: text(),
    decided_at: instant('decided_at'),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'adjustments_pkey', columns: [t.ledger_id, t.adjustment_id] }),
    check('adjustments_state_check', sql`${t.state} in ('proposed', 'posted', 'rejected', 'reversed')`),
    check(
      'adjustments_decided_check',
      sql`(${t.state} = 'proposed') = (${t.decided_by} is null) and (${t.decided_by} is null) = (${t.decided_at} is null)`,
    ),
  ],
);

/** That two members are one person: proposed by one, carried out by another. `member_id` is the one that ends, `into_id` the one that stays. `proposed_alias`: see adjustments. */
export const memberMerges = timebank.table(
  'member_merges',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    into_id: text().notNull(),
    status: text({ enum: memberMergeStatuses }).notNull(),
    proposed_by: text().notNull(),
    proposed_alias: text(),
    proposed_at: instant('proposed_at').notNull(),
    decided_by: text(),
    decided_at: instant('decided_at'),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'member_merges_pkey', columns: [t.ledger_id, t.member_id] }),
    check('member_merges_status_check', oneOf(t.status, memberMergeStatuses)),
    check('member_merges_ids_check', areIds(t.member_id, t.into_id)),
    check('member_merges_people_check', sql`${t.member_id} <> ${t.into_id}`),
    check(
      'member_merges_decided_check',
      sql`(${t.status} = 'proposed') = (${t.decided_by} is null) and (${t.decided_by} is null) = (${t.decided_at} is null)`,
    ),
  ],
);
