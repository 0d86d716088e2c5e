/** The tables of people: the organisation tree and who belongs to it. */
import { sql } from 'drizzle-orm';
import { check, date, index, integer, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { talentCategories } from '../community-words.js';
import {
  genders,
  kinEndReasons,
  kinRelations,
  kinStates,
  memberChangeKinds,
  memberStateReasons,
  memberStates,
  orgUnitChangeKinds,
  orgUnitLevels,
} from '../people-words.js';
import { areDates, areIds, entry, instant, matches, minor, oneOf, timebank } from '../schema.js';
import { phonePattern } from '../words.js';

/**
 * The organisation tree as it is now: one county, and four levels below it. A unit names the one above it, so that moving it moves what is
 * below. `closed_on` is null while it is in use.
 */
export const orgUnits = timebank.table(
  'org_units',
  {
    ledger_id: integer().notNull(),
    org_unit_id: text().notNull(),
    parent_id: text(),
    level: text({ enum: orgUnitLevels }).notNull(),
    name: text().notNull(),
    closed_on: date({ mode: 'string' }),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'org_units_pkey', columns: [t.ledger_id, t.org_unit_id] }),
    uniqueIndex('org_units_county_key').on(t.ledger_id).where(sql`${t.level} = 'county'`),
    index('org_units_parent_idx').on(t.ledger_id, t.parent_id, t.org_unit_id),
    check('org_units_level_check', oneOf(t.level, orgUnitLevels)),
    check('org_units_ids_check', areIds(t.org_unit_id, t.parent_id)),
  ],
);

/**
 * What became of units, a row for the registration and for each change: what a unit is called and stands below from `effective_on` on, and
 * who changed it, as the journal names them. The tree of any day follows from it.
 */
export const orgUnitChanges = timebank.table(
  'org_unit_changes',
  {
    ledger_id: integer().notNull(),
    org_unit_id: text().notNull(),
    kind: text().notNull(),
    effective_on: date({ mode: 'string' }).notNull(),
    parent_id: text(),
    name: text().notNull(),
    changed_by: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'org_unit_changes_pkey', columns: [t.ledger_id, t.org_unit_id, t.entry] }),
    check('org_unit_changes_kind_check', oneOf(t.kind, orgUnitChangeKinds)),
    check('org_unit_changes_ids_check', areIds(t.org_unit_id, t.parent_id)),
    check('org_unit_changes_dates_check', areDates(t.effective_on)),
  ],
);

/**
 * Members as the books know them: the unit where they belong and a second one that looks after them too, whether they take part, and the
 * hundredths of a coin they carry. A member that was merged names the one it is now; that one names all it was made of, with spaces
 * between, so that its row says it all.
 */
export const members = timebank.table(
  'members',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    org_unit_id: text().notNull(),
    second_org_unit_id: text(),
    state: text({ enum: memberStates }).notNull(),
    carry: minor('carry').notNull(),
    merged_into: text(),
    merged_from: text(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'members_pkey', columns: [t.ledger_id, t.member_id] }),
    // With the member's id, so that who lives somewhere is read from the index alone.
    index('members_org_unit_idx').on(t.ledger_id, t.org_unit_id, t.member_id),
    index('members_second_org_unit_idx')
      .on(t.ledger_id, t.second_org_unit_id, t.member_id)
      .where(sql`${t.second_org_unit_id} is not null`),
    index('members_resting_idx').on(t.ledger_id, t.member_id).where(sql`${t.state} <> 'active'`),
    check('members_state_check', oneOf(t.state, memberStates)),
    check('members_ids_check', areIds(t.member_id, t.org_unit_id)),
    check('members_second_org_unit_check', sql`${t.second_org_unit_id} <> ${t.org_unit_id}`),
    check('members_second_ids_check', areIds(t.second_org_unit_id, t.merged_into)),
    check('members_merged_check', sql`(${t.state} = 'merged') = (${t.merged_into} is not null)`),
    check('members_carry_check', sql`${t.carry} >= 0`),
  ],
);

/**
 * What became of members, a row for each change: where they belong and whether they take part from `effective_on` on, and where and whether
 * before, so that the membership of any day follows from it. Cards that were replaced are counted here. Whoever was never changed has no row.
 */
export const memberChanges = timebank.table(
  'member_changes',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    kind: text({ enum: memberChangeKinds }).notNull(),
    effective_on: date({ mode: 'string' }).notNull(),
    org_unit_id: text().notNull(),
    second_org_unit_id: text(),
    state: text({ enum: memberStates }).notNull(),
    was_org_unit_id: text().notNull(),
    was_second_org_unit_id: text(),
    was_state: text({ enum: memberStates }).notNull(),
    reason_code: text({ enum: memberStateReasons }),
    changed_by: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'member_changes_pkey', columns: [t.ledger_id, t.member_id, t.entry] }),
    check('member_changes_kind_check', oneOf(t.kind, memberChangeKinds)),
    check('member_changes_reason_check', oneOf(t.reason_code, memberStateReasons)),
    check('member_changes_states_check', sql`${oneOf(t.state, memberStates)} and ${oneOf(t.was_state, memberStates)}`),
    check(
      'member_changes_ids_check',
      areIds(t.member_id, t.org_unit_id, t.second_org_unit_id, t.was_org_unit_id, t.was_second_org_unit_id),
    ),
    check('member_changes_dates_check', areDates(t.effective_on)),
  ],
);

/**
 * What a member was called until the entry `replaced_by` gave another name. The salt keeps the digest of a row in the public log from being
 * guessed; erasing a person replaces the row.
 */
export const formerNames = timebank.table(
  'former_names',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    replaced_by: minor('replaced_by').notNull(),
    name: text(),
    salt: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'former_names_pkey', columns: [t.ledger_id, t.member_id, t.replaced_by] }),
    check('former_names_ids_check', areIds(t.member_id)),
  ],
);

/**
 * Who is whose relative: claimed by one person, verified by another. `evidence` is free text that names a document: the salt keeps the
 * row's digest in the public log from being guessed, and erasing it replaces the row. `former` is JSON of the relations that ended before this
 * one was claimed (kin-history.ts), so that the row says it all; null: there were none. `claimed_alias` is sealed (second-person.ts), and null
 * once it is decided.
 */
export const kin = timebank.table(
  'kin',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    relative_id: text().notNull(),
    relation: text({ enum: kinRelations }).notNull(),
    state: text({ enum: kinStates }).notNull(),
    evidence: text(),
    salt: text().notNull(),
    claimed_by: text().notNull(),
    claimed_at: instant('claimed_at').notNull(),
    elder_consent_on: date({ mode: 'string' }),
    verified_by: text(),
    verified_at: instant('verified_at'),
    ended_by: text(),
    ended_on: date({ mode: 'string' }),
    end_reason: text({ enum: kinEndReasons }),
    former: text(),
    claimed_alias: text(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'kin_pkey', columns: [t.ledger_id, t.member_id, t.relative_id] }),
    index('kin_relative_idx').on(t.ledger_id, t.relative_id),
    check('kin_relation_check', oneOf(t.relation, kinRelations)),
    check('kin_state_check', oneOf(t.state, kinStates)),
    check('kin_end_reason_check', oneOf(t.end_reason, kinEndReasons)),
    check('kin_people_check', sql`${t.member_id} <> ${t.relative_id}`),
    check('kin_ids_check', areIds(t.member_id, t.relative_id)),
    check('kin_dates_check', areDates(t.elder_consent_on, t.ended_on)),
    check(
      'kin_decided_check',
      sql`(${t.verified_by} is null) = (${t.verified_at} is null) and (${t.verified_by} is null) = (${t.elder_consent_on} is null)
        and (${t.state} <> 'verified' or ${t.verified_by} is not null) and (${t.state} = 'ended') = (${t.ended_on} is not null)`,
    ),
  ],
);

/**
 * Whom members have nominated to have what they hold when they die, a row for each nomination; the last one counts, and null nominates nobody. The
 * salt keeps the digest of the rows of an entry in the public log from being guessed.
 */
export const beneficiaries = timebank.table(
  'beneficiaries',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    beneficiary_id: text(),
    nominated_by: text().notNull(),
    nominated_at: instant('nominated_at').notNull(),
    salt: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'beneficiaries_pkey', columns: [t.ledger_id, t.member_id, t.entry] }),
    check('beneficiaries_ids_check', areIds(t.member_id, t.beneficiary_id)),
    check('beneficiaries_people_check', sql`${t.member_id} <> ${t.beneficiary_id}`),
  ],
);

/**
 * Who a member is: apart from what the books know, so that no record of service touches it. The salt keeps the digest of a row in
 * the public log from being guessed; erasing a person replaces the row.
 */
export const persons = timebank.table(
  'persons',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    name: text(),
    gender: text(),
    birth_date: date({ mode: 'string' }),
    phone: text(),
    talent_category: text(),
    salt: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'persons_pkey', columns: [t.ledger_id, t.member_id] }),
    check('persons_gender_check', oneOf(t.gender, genders)),
    check('persons_talent_category_check', oneOf(t.talent_category, talentCategories)),
    check('persons_phone_check', matches(t.phone, phonePattern)),
    check('persons_birth_date_check', sql`${t.birth_date} >= '1900-01-01'`),
    check('persons_ids_check', areIds(t.member_id)),
  ],
);
