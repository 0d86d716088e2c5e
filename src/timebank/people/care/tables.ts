/**
 * The tables of the care registry: who is to be visited and why, who visited, and who read any of it. That somebody is in it is itself
 * sensitive: rows are named by an id of their own, which is what the public log shows, and all bear a salt.
 */
import { sql } from 'drizzle-orm';
import { check, date, index, integer, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { careChangeKinds, careModes, careReadKinds, careReadPurposes, careReasons } from '../../community-words.js';
import { areDates, areIds, entry, instant, matches, oneOf, timebank } from '../../schema.js';
import { wordsPattern } from '../word-lists.js';

/** The plan of a person's visits, as it stands and in its history. Of an erased person the reasons are null. */
const plan = () => ({
  ledger_id: integer().notNull(),
  care_id: uuid().notNull(),
  reasons: text(),
  mode: text({ enum: careModes }).notNull(),
  interval_days: integer().notNull(),
  starts_on: date({ mode: 'string' }).notNull(),
  salt: text().notNull(),
});

/** Who is to be visited, and by when next. `note` is free text and may be erased. `visits` counts them, and the last was on `last_visited_on`. */
export const careSubjects = timebank.table(
  'care_subjects',
  {
    ...plan(),
    member_id: text().notNull(),
    note: text(),
    visits: integer().notNull(),
    last_visited_on: date({ mode: 'string' }),
    next_due_on: date({ mode: 'string' }).notNull(),
    ended_on: date({ mode: 'string' }),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'care_subjects_pkey', columns: [t.ledger_id, t.care_id] }),
    uniqueIndex('care_subjects_member_key').on(t.ledger_id, t.member_id),
    index('care_subjects_due_idx').on(t.ledger_id, t.next_due_on),
    check('care_subjects_reasons_check', matches(t.reasons, wordsPattern(careReasons))),
    check('care_subjects_mode_check', oneOf(t.mode, careModes)),
    check('care_subjects_interval_check', sql`${t.interval_days} between 1 and 366 and ${t.visits} >= 0`),
    check('care_subjects_ids_check', areIds(t.member_id)),
    check('care_subjects_dates_check', areDates(t.starts_on, t.last_visited_on)),
  ],
);

/** What became of a plan: a row for the registration and for each change, counted by `number` from 1, with the plan as it stood from then on. */
export const careChanges = timebank.table(
  'care_changes',
  {
    ...plan(),
    number: integer().notNull(),
    change: text().notNull(),
    effective_on: date({ mode: 'string' }).notNull(),
    changed_by: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'care_changes_pkey', columns: [t.ledger_id, t.care_id, t.number] }),
    check('care_changes_change_check', oneOf(t.change, careChangeKinds)),
    check('care_changes_dates_check', areDates(t.effective_on)),
  ],
);

/** Visits as they were made. `note` is free text and may be erased; of an erased person so is the reason. */
export const careVisits = timebank.table(
  'care_visits',
  {
    ledger_id: integer().notNull(),
    care_id: uuid().notNull(),
    number: integer().notNull(),
    visited_on: date({ mode: 'string' }).notNull(),
    reason: text({ enum: careReasons }),
    visitor: text().notNull(),
    note: text(),
    recorded_by: text().notNull(),
    salt: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'care_visits_pkey', columns: [t.ledger_id, t.care_id, t.number] }),
    check('care_visits_number_check', sql`${t.number} > 0`),
    check('care_visits_reason_check', oneOf(t.reason, careReasons)),
    check('care_visits_ids_check', areIds(t.visitor)),
    check('care_visits_dates_check', areDates(t.visited_on)),
  ],
);

/** Who read what of the registry, when and what for: written before the answer is sent. `asked` are the filters of a list, as a query. */
export const careReads = timebank.table(
  'care_reads',
  {
    ledger_id: integer().notNull(),
    kind: text().notNull(),
    member_id: text(),
    asked: text(),
    purpose: text(),
    actor: text().notNull(),
    at: instant('at').notNull(),
    salt: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'care_reads_pkey', columns: [t.ledger_id, t.entry] }),
    index('care_reads_member_idx').on(t.ledger_id, t.member_id),
    check('care_reads_kind_check', oneOf(t.kind, careReadKinds)),
    check('care_reads_purpose_check', oneOf(t.purpose, careReadPurposes)),
    check('care_reads_ids_check', areIds(t.member_id)),
  ],
);
