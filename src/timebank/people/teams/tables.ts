/** The tables of teams: who leads them, who is in them from when to when, and what became of them. */
import { sql } from 'drizzle-orm';
import { check, date, index, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { teamChangeKinds } from '../../community-words.js';
import { areDates, areIds, entry, oneOf, timebank } from '../../schema.js';

/** Teams as they are now. `labels` are the programmes a team belongs to, as a JSON list of short texts. */
export const teams = timebank.table(
  'teams',
  {
    ledger_id: integer().notNull(),
    team_id: text().notNull(),
    org_unit_id: text().notNull(),
    name: text().notNull(),
    leader_id: text().notNull(),
    labels: text().notNull(),
    registered_on: date({ mode: 'string' }).notNull(),
    dissolved_on: date({ mode: 'string' }),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'teams_pkey', columns: [t.ledger_id, t.team_id] }),
    index('teams_org_unit_idx').on(t.ledger_id, t.org_unit_id),
    check('teams_ids_check', areIds(t.team_id, t.org_unit_id, t.leader_id)),
  ],
);

/** Who is in a team, from the day `joined_on` to the day `left_on`, both included; null: still, or up to the day on which it was dissolved. */
export const teamMembers = timebank.table(
  'team_members',
  {
    ledger_id: integer().notNull(),
    team_id: text().notNull(),
    member_id: text().notNull(),
    joined_on: date({ mode: 'string' }).notNull(),
    left_on: date({ mode: 'string' }),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'team_members_pkey', columns: [t.ledger_id, t.team_id, t.member_id, t.joined_on] }),
    index('team_members_member_idx').on(t.ledger_id, t.member_id),
    check('team_members_ids_check', areIds(t.team_id, t.member_id)),
    check('team_members_dates_check', sql`${areDates(t.joined_on, t.left_on)} and ${t.left_on} >= ${t.joined_on}`),
  ],
);

/** What became of teams: a row for the registration and for each change; `member_id` is whom it is about, a leader or a member. */
export const teamChanges = timebank.table(
  'team_changes',
  {
    ledger_id: integer().notNull(),
    team_id: text().notNull(),
    change: text().notNull(),
    member_id: text(),
    effective_on: date({ mode: 'string' }).notNull(),
    changed_by: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'team_changes_pkey', columns: [t.ledger_id, t.team_id, t.entry] }),
    check('team_changes_change_check', oneOf(t.change, teamChangeKinds)),
    check('team_changes_ids_check', areIds(t.team_id, t.member_id)),
    check('team_changes_dates_check', areDates(t.effective_on)),
  ],
);
