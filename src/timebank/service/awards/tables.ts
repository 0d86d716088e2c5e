/** The tables of awards: rounds, whom each found, what was objected, how the parties voted, what was awarded, and what of that was revoked. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, check, date, index, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import {
  awardCodePattern,
  awardParties,
  awardRoundStates,
  objectionStates,
  revocationStates,
} from '../../award-words.js';
import { areDates, areIds, entry, instant, matches, minor, oneOf, timebank } from '../../schema.js';

/**
 * A round: among the members of a unit, by criteria (JSON), over the service of some days, as the books stood at `at_entry`. `ranked` is how many came
 * up to what the criteria ask of all, `candidates` how many of them were found, and `snapshot_sha256` that of what was found (snapshot.ts, whose
 * version is `method`). `awards` is how many were awarded.
 */
export const awardRounds = timebank.table(
  'award_rounds',
  {
    ledger_id: integer().notNull(),
    round_id: uuid().notNull(),
    org_unit_id: text().notNull(),
    from: date({ mode: 'string' }),
    to: date({ mode: 'string' }).notNull(),
    award: text().notNull(),
    criteria: text().notNull(),
    method: integer().notNull(),
    at_entry: bigint({ mode: 'number' }).notNull(),
    ranked: integer().notNull(),
    candidates: integer().notNull(),
    snapshot_sha256: text().notNull(),
    state: text({ enum: awardRoundStates }).notNull(),
    opened_by: text().notNull(),
    opened_at: instant('opened_at').notNull(),
    notice_from: date({ mode: 'string' }),
    notice_until: date({ mode: 'string' }),
    noticed_by: text(),
    ended_by: text(),
    ended_at: instant('ended_at'),
    awards: integer(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'award_rounds_pkey', columns: [t.ledger_id, t.round_id] }),
    check('award_rounds_state_check', oneOf(t.state, awardRoundStates)),
    check('award_rounds_award_check', matches(t.award, awardCodePattern)),
    check('award_rounds_ids_check', areIds(t.org_unit_id)),
    check('award_rounds_dates_check', areDates(t.from, t.to, t.notice_from, t.notice_until)),
    check('award_rounds_range_check', sql`${t.from} <= ${t.to} and ${t.notice_from} <= ${t.notice_until}`),
    check(
      'award_rounds_counts_check',
      sql`${t.candidates} > 0 and ${t.ranked} >= ${t.candidates} and ${t.at_entry} > 0`,
    ),
    check('award_rounds_sha256_check', sql`${t.snapshot_sha256} ~ '^[0-9a-f]{64}$'`),
    check(
      'award_rounds_notice_check',
      sql`(${t.notice_from} is null) = (${t.noticed_by} is null) and (${t.notice_from} is null) = (${t.notice_until} is null)
        and (${t.state} <> 'frozen' or ${t.noticed_by} is null) and (${t.state} not in ('noticed', 'awarded', 'refused') or ${t.noticed_by} is not null)`,
    ),
    check(
      'award_rounds_ended_check',
      sql`(${t.state} in ('frozen', 'noticed')) = (${t.ended_by} is null) and (${t.ended_by} is null) = (${t.ended_at} is null)
        and (${t.state} = 'awarded') = (${t.awards} is not null)`,
    ),
  ],
);

/** Whom a round found, numbered from 1. `value` is in the last decimal place of the measure; of a ranking there is a `place`, else a `level`. */
export const awardCandidates = timebank.table(
  'award_candidates',
  {
    ledger_id: integer().notNull(),
    round_id: uuid().notNull(),
    number: integer().notNull(),
    member_id: text().notNull(),
    place: integer(),
    level: integer(),
    value: minor('value').notNull(),
    records: integer().notNull(),
    reached_on: date({ mode: 'string' }).notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'award_candidates_pkey', columns: [t.ledger_id, t.round_id, t.number] }),
    check('award_candidates_ids_check', areIds(t.member_id)),
    check('award_candidates_dates_check', areDates(t.reached_on)),
    check(
      'award_candidates_figures_check',
      sql`${t.number} > 0 and ${t.value} > 0 and ${t.records} >= 0 and num_nonnulls(${t.place}, ${t.level}) = 1`,
    ),
  ],
);

/**
 * What was objected against a candidate or, without one, against the list. `objector_id` is the member who objects, `raised_by` who wrote it down, who
 * may be the same. Words and answer are free text: the salt keeps the row's digest in the public log from being guessed, and erasing them replaces the
 * row. `raised_alias` is sealed (people/second-person.ts), and null once it is answered.
 */
export const awardObjections = timebank.table(
  'award_objections',
  {
    ledger_id: integer().notNull(),
    objection_id: uuid().notNull(),
    round_id: uuid().notNull(),
    candidate: integer(),
    candidate_id: text(),
    objector_id: text().notNull(),
    state: text({ enum: objectionStates }).notNull(),
    words: text(),
    answer: text(),
    salt: text().notNull(),
    raised_by: text().notNull(),
    raised_alias: text(),
    raised_at: instant('raised_at').notNull(),
    answered_by: text(),
    answered_at: instant('answered_at'),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'award_objections_pkey', columns: [t.ledger_id, t.objection_id] }),
    index('award_objections_round_idx').on(t.ledger_id, t.round_id, t.state),
    index('award_objections_candidate_idx').on(t.ledger_id, t.candidate_id).where(sql`${t.candidate_id} is not null`),
    index('award_objections_objector_idx').on(t.ledger_id, t.objector_id, t.round_id),
    check('award_objections_state_check', oneOf(t.state, objectionStates)),
    check('award_objections_ids_check', areIds(t.candidate_id, t.objector_id)),
    check('award_objections_candidate_check', sql`(${t.candidate} is null) = (${t.candidate_id} is null)`),
    check(
      'award_objections_answered_check',
      sql`(${t.state} = 'open') = (${t.answered_by} is null) and (${t.answered_by} is null) = (${t.answered_at} is null)`,
    ),
  ],
);

/** How a party voted. `voted_alias` is sealed (people/second-person.ts), and null once the round has ended. */
export const awardVotes = timebank.table(
  'award_votes',
  {
    ledger_id: integer().notNull(),
    round_id: uuid().notNull(),
    party: text({ enum: awardParties }).notNull(),
    approve: boolean().notNull(),
    voted_by: text().notNull(),
    voted_alias: text(),
    voted_at: instant('voted_at').notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'award_votes_pkey', columns: [t.ledger_id, t.round_id, t.party] }),
    check('award_votes_party_check', oneOf(t.party, awardParties)),
  ],
);

/** What was awarded: part of the legal record, as hours and certificates are. It has the number of the candidate, and never changes. */
export const awards = timebank.table(
  'awards',
  {
    ledger_id: integer().notNull(),
    round_id: uuid().notNull(),
    number: integer().notNull(),
    member_id: text().notNull(),
    award: text().notNull(),
    place: integer(),
    level: integer(),
    awarded_on: date({ mode: 'string' }).notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'awards_pkey', columns: [t.ledger_id, t.round_id, t.number] }),
    index('awards_member_idx').on(t.ledger_id, t.member_id),
    index('awards_award_idx').on(t.ledger_id, t.award).where(sql`${t.level} is not null`),
    check('awards_award_check', matches(t.award, awardCodePattern)),
    check('awards_ids_check', areIds(t.member_id)),
    check('awards_dates_check', areDates(t.awarded_on)),
    check('awards_place_check', sql`num_nonnulls(${t.place}, ${t.level}) = 1`),
  ],
);

/**
 * That an award is taken back: proposed by one person with the number of a document, approved by another in the entry `revoked_entry`. The salt keeps the
 * row's digest in the public log from being guessed; erasing the document replaces the row. `proposed_alias` is sealed (people/second-person.ts), and
 * null once it is decided.
 */
export const awardRevocations = timebank.table(
  'award_revocations',
  {
    ledger_id: integer().notNull(),
    round_id: uuid().notNull(),
    number: integer().notNull(),
    member_id: text().notNull(),
    state: text({ enum: revocationStates }).notNull(),
    document: text(),
    salt: text().notNull(),
    proposed_by: text().notNull(),
    proposed_alias: text(),
    proposed_at: instant('proposed_at').notNull(),
    decided_by: text(),
    decided_at: instant('decided_at'),
    revoked_entry: bigint('revoked_entry', { mode: 'number' }),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'award_revocations_pkey', columns: [t.ledger_id, t.round_id, t.number] }),
    index('award_revocations_member_idx').on(t.ledger_id, t.member_id),
    check('award_revocations_state_check', oneOf(t.state, revocationStates)),
    check('award_revocations_ids_check', areIds(t.member_id)),
    check(
      'award_revocations_decided_check',
      sql`(${t.state} = 'proposed') = (${t.decided_by} is null) and (${t.decided_by} is null) = (${t.decided_at} is null)
        and (${t.state} = 'revoked') = (${t.revoked_entry} is not null)`,
    ),
  ],
);
