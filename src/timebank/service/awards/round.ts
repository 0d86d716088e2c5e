/**
 * A round of an award: the candidates are found and frozen, public notice is given of them, objections are answered, and three parties decide.
 * `frozen -> noticed -> awarded | refused`, and `withdrawn` from either of the first two. Objections and votes stand beside it.
 */
import { refuseFutureDay } from '../../../ledger/dates.js';
import { change, type RowChange } from '../../../ledger/drafts.js';
import { requireEntry } from '../../../ledger/erasure.js';
import type { Stage } from '../../../ledger/stage.js';
import { addDays } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import { type AwardRoundState, awardRoundStatesZh } from '../../award-words.js';
import type { TimebankKind } from '../../chart.js';
import { isUnitWithin, type Reach, requireUnitWithin } from '../../people/reach.js';
import { type Beside, isOneOf } from '../../people/second-person.js';
import { isCalendarKnown, workingDaysBetween } from '../calendar/working-days.js';
import { type AwardCriteria, criteriaOf, criteriaText, fewestNoticeDays } from './criteria.js';
import { awardCandidateRows, awardObjectionRows, awardRoundRows, awardVoteRows } from './rows.js';
import { mostCandidates, type Snapshot, type SnapshotAsked, snapshotMethod } from './snapshot.js';

export type AwardRound = ReturnType<typeof awardRoundRows.decode>;
export type AwardCandidate = ReturnType<typeof awardCandidateRows.decode>;
export type AwardVote = ReturnType<typeof awardVoteRows.decode>;

/** Which round, and how far whoever asks sees. */
export interface OfRound {
  readonly id: string;
  readonly reach: Reach;
}

/**
 * Keeps what was found at an entry of the past, which does not change any more.
 * Refuses, in order: `org_unit_not_found` (also out of reach), `date_in_future`, `entry_not_found`, `award_round_empty`, `award_round_too_large`.
 */
export function openRound(
  stage: Stage,
  { id, reach, asked, snapshot }: OfRound & { readonly asked: SnapshotAsked; readonly snapshot: Snapshot },
): AwardRound {
  const { criteria, unit, from, to, atEntry } = asked;
  requireUnitWithin(stage, reach, unit);
  refuseFutureDay(stage, to);
  if (atEntry > stage.watermark) requireEntry(stage, atEntry);
  const { candidates, ranked, sha256 } = snapshot;
  refuseSize(candidates.length);
  const row = {
    round_id: id,
    org_unit_id: unit,
    ...{ from, to },
    award: criteria.award,
    criteria: criteriaText(criteria),
    method: snapshotMethod,
    at_entry: atEntry,
    ...{ ranked, candidates: candidates.length, snapshot_sha256: sha256 },
    state: 'frozen' as const,
    opened_by: stage.actingAs,
    opened_at: stage.instant,
    ...{ notice_from: null, notice_until: null, noticed_by: null, ended_by: null, ended_at: null, awards: null },
  };
  const found = candidates.map(({ member, ...figures }) =>
    change(awardCandidateRows, { round_id: id, member_id: member, ...figures }),
  );
  return journal(stage, 'award_round_opened', row, found);
}

/** Refuses: `award_round_empty`, `award_round_too_large`. */
function refuseSize(count: number): void {
  if (count === 0)
    throw new Refusal('award_round_empty', {
      en: 'nobody in the unit meets the criteria in these days',
      zh: '该单元在该期间没有符合条件的成员',
    });
  if (count > mostCandidates)
    throw new Refusal('award_round_too_large', {
      en: `a round has at most ${mostCandidates} candidates, these criteria find more: ask for smaller units`,
      zh: `一轮评选最多 ${mostCandidates} 名候选人，符合条件的人数超出，请按下级单元分别评选`,
    });
}

/**
 * Refuses, in order: `award_round_not_found` (also out of reach), `award_round_state_invalid`, `self_approval` (a candidate), `award_notice_invalid`
 * (begins in the past, or has fewer working days than the criteria say).
 */
export function giveNotice(
  stage: Stage,
  { from, until, ...asked }: OfRound & Beside & { readonly from: string; readonly until: string },
): AwardRound {
  const round = requireRound(stage, asked);
  requireState(round, ['frozen'], { en: 'public notice', zh: '公示' });
  refuseCandidate(stage, asked);
  if (from < stage.today)
    throw new Refusal('award_notice_invalid', {
      en: `public notice begins today or later, not on ${from}`,
      zh: `公示开始日期 ${from} 早于今天`,
    });
  const least =
    Math.max(fewestNoticeDays, criteriaOf(round.criteria).notice_working_days) + unknownFreeDays(from, until);
  const days = workingDaysBetween(addDays(from, -1), until, least);
  if (days < least)
    throw new Refusal('award_notice_invalid', {
      en: `public notice takes at least ${least} working days, from ${from} until ${until} there are ${days}`,
      zh: `公示期不得少于 ${least} 个工作日，${from} 至 ${until} 只有 ${days} 个工作日`,
    });
  const notice = { notice_from: from, notice_until: until, noticed_by: stage.actingAs };
  return journal(stage, 'award_notice_given', { ...round, ...notice, state: 'noticed' });
}

/** In a year whose holidays are not known yet any weekdays may be free, as many as the longest holiday has. */
function unknownFreeDays(from: string, until: string): number {
  return [from, until].every(isCalendarKnown) ? 0 : mostFreeWeekdays;
}

/** Of one holiday, in any year so far. */
const mostFreeWeekdays = 7;

/** Refuses: `self_approval`. */
export function refuseCandidate(stage: Stage, { id, alias }: OfRound & Beside): void {
  const candidates = stage.rows(awardCandidateRows, 'round', id).map(({ member_id: member }) => member);
  if (!isOneOf(stage, candidates, stage.actingAs, alias)) return;
  throw new Refusal('self_approval', {
    en: 'a candidate conducts no part of the round',
    zh: '候选人不得经办本轮评选的任何环节',
  });
}

/** Before it is decided. Refuses: `award_round_not_found` (also out of reach), `award_round_state_invalid`, `self_approval` (a candidate). */
export function withdrawRound(stage: Stage, asked: OfRound & Beside): AwardRound {
  const round = requireRound(stage, asked);
  requireState(round, ['frozen', 'noticed'], { en: 'withdrawal', zh: '撤回' });
  refuseCandidate(stage, asked);
  return endRound(stage, 'award_round_withdrawn', round, 'withdrawn');
}

/** Ends a round; what was kept to tell its people apart is kept no longer. */
export function endRound(
  stage: Stage,
  kind: TimebankKind,
  round: AwardRound,
  state: AwardRoundState,
  more: { readonly awards?: number; readonly rows?: readonly RowChange[]; readonly votes?: readonly AwardVote[] } = {},
): AwardRound {
  const { awards = null, rows = [], votes = stage.rows(awardVoteRows, 'round', round.round_id) } = more;
  const ended = { state, awards, ended_by: stage.actingAs, ended_at: stage.instant };
  return journal(stage, kind, { ...round, ...ended }, [
    ...votes.map((vote) => change(awardVoteRows, { ...vote, voted_alias: null })),
    ...rows,
  ]);
}

/** Refuses: `award_round_not_found`, also out of reach. */
export function requireRound(stage: Stage, { id, reach }: OfRound): AwardRound {
  const round = stage.row(awardRoundRows, id);
  if (!round || !isUnitWithin(stage, reach, round.org_unit_id)) throw roundNotFound(id);
  return round;
}

export function roundNotFound(id: string): Refusal {
  return new Refusal('award_round_not_found', { en: `there is no award round ${id}`, zh: `没有编号为 ${id} 的评选` });
}

/** Refuses: `award_round_state_invalid`. */
export function requireState(
  round: AwardRound,
  states: readonly AwardRoundState[],
  act: { readonly en: string; readonly zh: string },
): void {
  if (states.includes(round.state)) return;
  throw new Refusal('award_round_state_invalid', {
    en: `the award round is ${round.state}: that allows no ${act.en}`,
    zh: `该评选的状态为“${awardRoundStatesZh[round.state]}”，不能${act.zh}`,
  });
}

/** The numbers of candidates against whom an objection was upheld. */
export function removedFrom(stage: Stage, roundId: string): Set<number> {
  const upheld = stage.rows(awardObjectionRows, 'state', roundId, 'upheld');
  return new Set(upheld.flatMap(({ candidate }) => candidate ?? []));
}

function journal(
  stage: Stage,
  kind: TimebankKind,
  row: Omit<AwardRound, 'entry'>,
  rows: readonly RowChange[] = [],
): AwardRound {
  const { number } = stage.post({ kind, reference: row.round_id, rows: [change(awardRoundRows, row), ...rows] });
  return { ...row, entry: number };
}

/** A round as the interface shows it, without its candidates. */
export function viewRound(round: AwardRound) {
  const { round_id: id, org_unit_id: unit, state, from, to, award, ranked, candidates, awards } = round;
  const { snapshot_sha256: sha256, opened_by, opened_at, noticed_by, ended_by, ended_at } = round;
  const { notice_from: first, notice_until: last } = round;
  return {
    ...{ id, org_unit: unit, state, from, to, award },
    criteria: criteriaOf(round.criteria) as AwardCriteria,
    at_entry: String(round.at_entry),
    ...{ ranked, found: candidates, sha256, opened_by, opened_at },
    notice: first === null || last === null ? null : { from: first, until: last },
    ...{ noticed_by, ended_by, ended_at, awarded: awards },
    entry: String(round.entry),
  };
}
