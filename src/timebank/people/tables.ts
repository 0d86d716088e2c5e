/** The tables of people: the organisation tree and who belongs to it. */
import { sql } from 'drizzle-orm';
import { check, date, index, integer, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { areDates, areIds, entry, matches, minor, oneOf, timebank } from '../schema.js';
import { genders, memberStates, orgUnitChangeKinds, orgUnitLevels, phonePattern, talentCategories } from '../words.js';

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
    index('org_units_parent_idx').on(t.ledger_id, t.parent_id),
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

/** Members as the books know them: where they belong, whether they take part, and the hundredths of a coin they carry. */
export const members = timebank.table(
  'members',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    org_unit_id: text().notNull(),
    state: text().notNull(),
    carry: minor('carry').notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'members_pkey', columns: [t.ledger_id, t.member_id] }),
    index('members_org_unit_idx').on(t.ledger_id, t.org_unit_id),
    check('members_state_check', oneOf(t.state, memberStates)),
    check('members_ids_check', areIds(t.member_id, t.org_unit_id)),
    check('members_carry_check', sql`${t.carry} >= 0`),
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
