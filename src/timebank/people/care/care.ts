/**
 * The care registry (困难人员关爱名册): who is to be visited, how often and why. A plan has its next day; whether that day has passed is judged
 * by who reads. Who may see any of this is decided by the interface; that it was seen is written down (see access.ts).
 */
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { addDays } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import { newSalt } from '../../../lib/salt.js';
import type { TimebankKind } from '../../chart.js';
import { type CareChangeKind, type CareMode, type CareReason, careReasons } from '../../community-words.js';
import type { MemberState } from '../../people-words.js';
import { allIdsOf, inactive, requireMember } from '../members.js';
import { requireNotErased } from '../personal-data/not-erased.js';
import { memberRows } from '../rows.js';
import { readWords, writeWords } from '../word-lists.js';
import { careChangeRows, careSubjectRows } from './rows.js';

export interface CarePlan {
  readonly reasons: readonly CareReason[];
  readonly mode: CareMode;
  readonly interval_days: number;
  /** The day of the first visit. */
  readonly starts_on: string;
  readonly note: string | null;
}

export type CareSubject = NonNullable<ReturnType<typeof careSubjectRows.decode>>;

/** `id` is a new UUID, by which the log names the subject. Refuses: `member_not_found`, `member_inactive` (died, or was merged), `member_erased`, `care_subject_exists`. */
export function registerCareSubject(stage: Stage, id: string, member: string, plan: CarePlan): StagedEntry {
  const { state } = requireMember(stage, member);
  requireLiving(member, state);
  requireNotErased(stage, member);
  const known = findCareSubject(stage, member);
  if (known && known.ended_on === null)
    throw new Refusal('care_subject_exists', {
      en: `${member} is in the care registry already`,
      zh: `${member} 已在关爱名册中`,
    });
  // Who is visited again keeps the visits of before.
  const before = known ?? { care_id: id, member_id: member, visits: 0, last_visited_on: null };
  const subject = { ...before, member_id: member, ...planned(plan, before.last_visited_on), ended_on: null };
  return postSubject(stage, 'registered', subject, !known);
}

/** Who is suspended or has left can still be visited. Refuses: `member_inactive`. */
function requireLiving(member: string, state: MemberState): void {
  if (state === 'deceased' || state === 'merged') throw inactive(member, state);
}

/** Puts this plan in the place of the other. Refuses: `care_subject_not_found`, `care_subject_ended`. */
export function changeCarePlan(stage: Stage, member: string, plan: CarePlan): StagedEntry {
  const subject = requireCareSubject(stage, member);
  return postSubject(stage, 'changed', { ...subject, ...planned(plan, subject.last_visited_on) });
}

/** Refuses: `care_subject_not_found`, `care_subject_ended`. */
export function endCare(stage: Stage, member: string): StagedEntry {
  return postSubject(stage, 'ended', { ...requireCareSubject(stage, member), ended_on: stage.today });
}

/** Refuses: `care_subject_not_found`, `care_subject_ended`. */
export function requireCareSubject(stage: Stage, member: string): CareSubject {
  const subject = findCareSubject(stage, member);
  if (!subject) throw careSubjectNotFound(member);
  if (subject.ended_on !== null)
    throw new Refusal('care_subject_ended', {
      en: `the visits of ${member} ended on ${subject.ended_on}`,
      zh: `对 ${member} 的走访已于 ${subject.ended_on} 结束`,
    });
  return subject;
}

/** Whether a member is looked after for a reason now, under any of their ids. */
export function isCaredFor(stage: Stage, member: string, reason: CareReason): boolean {
  return subjectsOf(stage, member).some(
    ({ ended_on, reasons }) => ended_on === null && readWords(reasons ?? '').includes(reason),
  );
}

/**
 * The plan of a person, by any of their ids; null: none. Members who became one may each have had one: the one under this id comes first
 * while it stands, then another that stands, the earliest first, then this one again. `findSubject` of reads.ts chooses the same.
 */
function findCareSubject(stage: Stage, member: string): CareSubject | null {
  const subjects = subjectsOf(stage, member);
  const own = subjects.filter(({ member_id }) => member_id === member);
  const standing = [...own, ...subjects].find(({ ended_on }) => ended_on === null);
  return standing ?? own[0] ?? subjects[0] ?? null;
}

/** All plans of a person, by any of their ids, the earliest first; none where there is no such member. */
export function subjectsOf(stage: Stage, member: string): CareSubject[] {
  if (stage.row(memberRows, member) === null) return [];
  const lists = allIdsOf(stage, member).map((id) => [careSubjectRows, 'member', id] as const);
  stage.prefetch({ lists });
  return lists
    .flatMap(([table, index, id]) => stage.rows(table, index, id))
    .sort((one, other) => (one.care_id < other.care_id ? -1 : 1));
}

export function careSubjectNotFound(member: string): Refusal {
  return new Refusal('care_subject_not_found', {
    en: `${member} is not in the care registry`,
    zh: `${member} 不在关爱名册中`,
  });
}

/** The day of the next visit: an interval after the last one, though not before the plan begins. */
export function nextDueOn(
  plan: Pick<CareSubject, 'starts_on' | 'interval_days'>,
  lastVisitedOn: string | null,
): string {
  if (lastVisitedOn === null) return plan.starts_on;
  const due = addDays(lastVisitedOn, plan.interval_days);
  return due > plan.starts_on ? due : plan.starts_on;
}

function planned({ reasons, ...plan }: CarePlan, lastVisitedOn: string | null) {
  return {
    ...plan,
    reasons: writeWords(reasons, careReasons),
    next_due_on: nextDueOn(plan, lastVisitedOn),
    salt: newSalt(),
  };
}

const entryKinds: Readonly<Record<CareChangeKind, TimebankKind>> = {
  registered: 'care_registered',
  changed: 'care_changed',
  ended: 'care_ended',
};

/** `isNew`: there is no history to be looked up, for the id is new each time that the command is decided. */
function postSubject(stage: Stage, kind: CareChangeKind, subject: CareSubject, isNew = false): StagedEntry {
  const { care_id, reasons, mode, interval_days, starts_on } = subject;
  const earlier = isNew ? 0 : stage.rows(careChangeRows, 'subject', care_id).length;
  const history = {
    care_id,
    number: earlier + 1,
    reasons,
    mode,
    interval_days,
    starts_on,
    change: kind,
    effective_on: stage.today,
    changed_by: stage.actingAs,
    salt: newSalt(),
  };
  return stage.post({
    kind: entryKinds[kind],
    rows: [change(careSubjectRows, subject), change(careChangeRows, history)],
  });
}
