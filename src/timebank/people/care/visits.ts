/** Visits to people in the care registry, each of which moves the next one; and erasing what was noted of them in words. */
import { refuseFutureDay } from '../../../ledger/dates.js';
import { change, type RowChange, type StagedEntry } from '../../../ledger/drafts.js';
import { type ErasureReason, postErasure, textAbsent } from '../../../ledger/erasure.js';
import type { Stage } from '../../../ledger/stage.js';
import { newSalt } from '../../../lib/salt.js';
import type { TimebankKind } from '../../chart.js';
import type { CareReason } from '../../community-words.js';
import { type CareSubject, careSubjectNotFound, nextDueOn, requireCareSubject, subjectsOf } from './care.js';
import { careChangeRows, careSubjectRows, careVisitRows } from './rows.js';

export interface CareVisitRequest {
  readonly visited_on: string;
  readonly reason: CareReason;
  /** Who visited: a member's id, or one of the county's own. */
  readonly visitor: string;
  readonly note: string | null;
}

/** A visit that is recorded late moves nothing back. Refuses: `care_subject_not_found`, `care_subject_ended`, `date_in_future`. */
export function recordCareVisit(stage: Stage, member: string, visit: CareVisitRequest): StagedEntry {
  const subject = requireCareSubject(stage, member);
  refuseFutureDay(stage, visit.visited_on);
  const { last_visited_on: last } = subject;
  const latest = last !== null && last > visit.visited_on ? last : visit.visited_on;
  const number = subject.visits + 1;
  const row = { ...visit, care_id: subject.care_id, number, recorded_by: stage.actingAs, salt: newSalt() };
  const visited = {
    ...subject,
    visits: number,
    last_visited_on: latest,
    next_due_on: nextDueOn(subject, latest),
    salt: newSalt(),
  };
  return stage.post({
    kind: 'care_visit_recorded' satisfies TimebankKind,
    rows: [change(careSubjectRows, visited), change(careVisitRows, row)],
  });
}

/**
 * The rows of somebody's plans, under any of these ids, of their history and of the visits, without what they say of the person: a plan ends,
 * notes and reasons go, and so do the salts that would confirm a guess of them. That there were visits stays.
 */
export function rowsWithoutPlan(stage: Stage, ids: readonly string[]): RowChange[] {
  const subjects = ids.flatMap((id) => stage.rows(careSubjectRows, 'member', id));
  stage.prefetch({
    lists: subjects.flatMap(({ care_id: id }) => [
      [careVisitRows, 'subject', id] as const,
      [careChangeRows, 'subject', id] as const,
    ]),
  });
  const ended = { reasons: null, note: null } as const;
  return subjects.flatMap((subject) => [
    change(careSubjectRows, { ...subject, ...ended, ended_on: subject.ended_on ?? stage.today, salt: newSalt() }),
    ...stage
      .rows(careVisitRows, 'subject', subject.care_id)
      .map((visit) => change(careVisitRows, { ...visit, reason: null, note: null, salt: newSalt() })),
    ...stage
      .rows(careChangeRows, 'subject', subject.care_id)
      .map((row) => change(careChangeRows, { ...row, reasons: null, salt: newSalt() })),
  ]);
}

/**
 * Erases what was noted of a person and of the visits, of every plan that they have, with the salts; that there were visits stays. Returns the last of the entries that it
 * takes. Refuses: `care_subject_not_found`, `text_absent`.
 */
export function eraseCareNotes(stage: Stage, member: string, reason: ErasureReason): StagedEntry {
  const subjects = subjectsOf(stage, member);
  if (subjects.length === 0) throw careSubjectNotFound(member);
  stage.prefetch({ lists: subjects.map(({ care_id: id }) => [careVisitRows, 'subject', id] as const) });
  const rows = subjects.flatMap((subject) => rowsWithoutNotes(stage, subject));
  if (rows.length === 0)
    throw textAbsent({ en: `what the care registry has of ${member}`, zh: `关爱名册中 ${member} 的记录` });
  let entry = postErasure(stage, reason, { rows: rows.splice(0, mostRows) });
  while (rows.length > 0) entry = postErasure(stage, reason, { rows: rows.splice(0, mostRows) });
  return entry;
}

/** Rows that one entry changes at most, so that their digests fit in its leaf. */
const mostRows = 200;

/** The rows of a plan and its visits without what was noted, and without the salts that would confirm a guess of it. */
function rowsWithoutNotes(stage: Stage, subject: CareSubject): RowChange[] {
  const blank = <Row extends object>(row: Row) => ({ ...row, note: null, salt: newSalt() });
  return [
    ...(subject.note === null ? [] : [change(careSubjectRows, blank(subject))]),
    ...stage
      .rows(careVisitRows, 'subject', subject.care_id)
      .filter(({ note }) => note !== null)
      .map((visit) => change(careVisitRows, blank(visit))),
  ];
}
