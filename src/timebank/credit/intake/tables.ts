/** The tables of what other platforms send: each item as it stands, what it was before, and the batches that items came in. Points are whole. */
import { sql } from 'drizzle-orm';
import { bigint, check, date, index, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { intakeBatchStates, intakeKinds, intakeStates, mostOccurrences } from '../../intake-words.js';
import { areDates, areIds, entry, minor, oneOf, timebank } from '../../schema.js';

/**
 * What a version of an item says, and what it brought. `revision` is the platform's own number of the version, if it gives one; `replaces` is the
 * version that undoing this one goes back to. `expires_on` and `rule_set` are there with points: the last day of those, and what they were
 * counted by.
 */
const version = () => ({
  ledger_id: integer().notNull(),
  platform_id: text().notNull(),
  external_id: text().notNull(),
  version: integer().notNull(),
  revision: integer(),
  replaces: integer(),
  kind: text({ enum: intakeKinds }).notNull(),
  member_id: text().notNull(),
  occurred_on: date({ mode: 'string' }).notNull(),
  occurrences: integer().notNull(),
  state: text({ enum: intakeStates }).notNull(),
  points: minor('points').notNull(),
  expires_on: date({ mode: 'string' }),
  rule_set: text(),
  batch_id: text(),
});

/** Items as they stand. A platform's id of one means the same thing for ever. */
export const intakeItems = timebank.table('intake_items', { ...version(), entry: entry() }, (t) => [
  primaryKey({ name: 'intake_items_pkey', columns: [t.ledger_id, t.platform_id, t.external_id] }),
  index('intake_items_batch_idx')
    .on(t.ledger_id, t.platform_id, t.batch_id, t.external_id)
    .where(sql`${t.batch_id} is not null`),
  check('intake_items_kind_check', oneOf(t.kind, intakeKinds)),
  check('intake_items_state_check', oneOf(t.state, intakeStates)),
  check('intake_items_ids_check', areIds(t.platform_id, t.external_id, t.member_id, t.batch_id)),
  check('intake_items_occurred_on_check', areDates(t.occurred_on)),
  check('intake_items_occurrences_check', sql`${t.occurrences} between 1 and ${sql.raw(String(mostOccurrences))}`),
  check(
    'intake_items_version_check',
    sql`${t.version} > 0 and (${t.replaces} is null or ${t.replaces} < ${t.version})`,
  ),
  check(
    'intake_items_points_check',
    sql`${t.points} >= 0 and (${t.points} > 0) = (${t.expires_on} is not null)
      and (${t.points} = 0 or (${t.state} in ('counted', 'resolved') and ${t.rule_set} is not null))`,
  ),
]);

/** Versions of items that others have taken the place of; `posted` is the entry of the version, `entry` that of the one that came after it. */
export const intakeVersions = timebank.table(
  'intake_versions',
  { ...version(), posted: bigint({ mode: 'number' }).notNull(), entry: entry() },
  (t) => [
    primaryKey({ name: 'intake_versions_pkey', columns: [t.ledger_id, t.platform_id, t.external_id, t.version] }),
    check('intake_versions_ids_check', areIds(t.platform_id, t.external_id, t.member_id, t.batch_id)),
    check('intake_versions_posted_check', sql`${t.posted} < ${t.entry}`),
  ],
);

/**
 * Items that were sent together, by the platform's own name for them. Of one that is undone, `position` is the last item that was dealt with, in
 * the order of their ids, `done` how many were, and `left_out` how many of those could not be undone. `undo_alias`: see adjustments.
 */
export const intakeBatches = timebank.table(
  'intake_batches',
  {
    ledger_id: integer().notNull(),
    platform_id: text().notNull(),
    batch_id: text().notNull(),
    state: text({ enum: intakeBatchStates }).notNull(),
    position: text(),
    done: integer().notNull(),
    left_out: integer().notNull(),
    undo_proposed_by: text(),
    undo_alias: text(),
    undone_by: text(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'intake_batches_pkey', columns: [t.ledger_id, t.platform_id, t.batch_id] }),
    index('intake_batches_state_idx').on(t.ledger_id, t.state).where(sql`${t.state} = 'undoing'`),
    check('intake_batches_state_check', oneOf(t.state, intakeBatchStates)),
    check('intake_batches_ids_check', areIds(t.platform_id, t.batch_id, t.position)),
    check('intake_batches_counts_check', sql`${t.left_out} between 0 and ${t.done}`),
    check(
      'intake_batches_people_check',
      sql`(${t.state} = 'open') = (${t.undo_proposed_by} is null) and (${t.state} in ('undoing', 'undone')) = (${t.undone_by} is not null)`,
    ),
  ],
);
