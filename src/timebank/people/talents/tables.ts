/** The tables of talent: who is in which registry, with which categories, specialties and qualifications, and what became of it. */
import { sql } from 'drizzle-orm';
import { check, date, index, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import {
  qualificationKinds,
  specialtyCodePattern,
  specialtyKinds,
  talentCategories,
  talentChangeKinds,
  talentRegistries,
} from '../../community-words.js';
import { areDates, areIds, entry, matches, oneOf, timebank } from '../../schema.js';
import { weeklyHoursPattern } from '../weekly-hours.js';
import { codesPattern, wordsPattern } from '../word-lists.js';

/** What a ledger calls specialties and interests. */
export const specialties = timebank.table(
  'specialties',
  {
    ledger_id: integer().notNull(),
    kind: text().notNull(),
    code: text().notNull(),
    name_zh: text().notNull(),
    name_en: text(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'specialties_pkey', columns: [t.ledger_id, t.kind, t.code] }),
    check('specialties_kind_check', oneOf(t.kind, specialtyKinds)),
    check('specialties_code_check', matches(t.code, specialtyCodePattern)),
  ],
);

/** What is known of a talent, as it stands and in its history. `level` is null below the first. */
const particulars = () => ({
  ledger_id: integer().notNull(),
  member_id: text().notNull(),
  registry: text({ enum: talentRegistries }).notNull(),
  categories: text().notNull(),
  specialties: text().notNull(),
  interests: text().notNull(),
  availability: text().notNull(),
  level: integer(),
});

/** Talents as they are now. `level` is the one that was last recorded, on `level_on`. */
export const talents = timebank.table(
  'talents',
  {
    ...particulars(),
    level_on: date({ mode: 'string' }),
    registered_on: date({ mode: 'string' }).notNull(),
    ended_on: date({ mode: 'string' }),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'talents_pkey', columns: [t.ledger_id, t.member_id, t.registry] }),
    index('talents_specialties_idx').using('gin', sql`string_to_array(${t.specialties}, ' ')`),
    check('talents_registry_check', oneOf(t.registry, talentRegistries)),
    check('talents_categories_check', matches(t.categories, wordsPattern(talentCategories))),
    check(
      'talents_codes_check',
      sql`${matches(t.specialties, codesPattern)} and ${matches(t.interests, codesPattern)}`,
    ),
    check('talents_availability_check', matches(t.availability, weeklyHoursPattern)),
    check('talents_level_check', sql`${t.level} > 0`),
    check('talents_ids_check', areIds(t.member_id)),
  ],
);

/** What became of talents: a row for the registration and for each change, with the talent as it stood from then on. */
export const talentChanges = timebank.table(
  'talent_changes',
  {
    ...particulars(),
    change: text().notNull(),
    /** Of which qualification, where it is about one. */
    qualification: integer(),
    effective_on: date({ mode: 'string' }).notNull(),
    changed_by: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'talent_changes_pkey', columns: [t.ledger_id, t.member_id, t.registry, t.entry] }),
    check('talent_changes_registry_check', oneOf(t.registry, talentRegistries)),
    check('talent_changes_change_check', oneOf(t.change, talentChangeKinds)),
    check('talent_changes_ids_check', areIds(t.member_id)),
    check('talent_changes_dates_check', areDates(t.effective_on)),
  ],
);

/**
 * What somebody is qualified for. `evidence` is free text and may be erased; the salt keeps the digest of the row, which is public, from
 * being guessed. It counts up to `valid_until`, for ever when that is null; once ended, for service up to `ended_on` alone.
 */
export const talentQualifications = timebank.table(
  'talent_qualifications',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    registry: text({ enum: talentRegistries }).notNull(),
    number: integer().notNull(),
    kind: text({ enum: qualificationKinds }).notNull(),
    evidence: text(),
    valid_until: date({ mode: 'string' }),
    recorded_on: date({ mode: 'string' }).notNull(),
    ended_on: date({ mode: 'string' }),
    salt: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'talent_qualifications_pkey', columns: [t.ledger_id, t.member_id, t.registry, t.number] }),
    index('talent_qualifications_kind_idx').on(t.ledger_id, t.kind),
    check('talent_qualifications_registry_check', oneOf(t.registry, talentRegistries)),
    check('talent_qualifications_kind_check', oneOf(t.kind, qualificationKinds)),
    check('talent_qualifications_number_check', sql`${t.number} > 0`),
    check('talent_qualifications_ids_check', areIds(t.member_id)),
    check('talent_qualifications_dates_check', areDates(t.recorded_on, t.valid_until, t.ended_on)),
  ],
);
