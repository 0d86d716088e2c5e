/** Objections against a candidate or a list of which public notice is given, and their answers. What they say can be erased. */
import { change } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import type { Words } from '../../../lib/language.js';
import { Refusal } from '../../../lib/refusal.js';
import { newSalt } from '../../../lib/salt.js';
import type { ObjectionAnswer } from '../../award-words.js';
import type { TimebankKind } from '../../chart.js';
import { allIdsOf, requireMember } from '../../people/members.js';
import { isErased } from '../../people/personal-data/not-erased.js';
import { requireMemberWithin } from '../../people/reach.js';
import { type Beside, isFirstPerson, isOneOf, keptAlias } from '../../people/second-person.js';
import {
  type AwardCandidate,
  type AwardRound,
  endRound,
  type OfRound,
  refuseCandidate,
  removedFrom,
  requireRound,
  requireState,
} from './round.js';
import { awardCandidateRows, awardObjectionRows } from './rows.js';

export type AwardObjection = ReturnType<typeof awardObjectionRows.decode>;

export interface Objecting extends OfRound, Beside {
  /** A new UUID. */
  readonly objectionId: string;
  /** The candidate's number; null: against the list. */
  readonly candidate: number | null;
  /** The member who objects. */
  readonly objector: string;
  /** Whether they say so themselves. */
  readonly own: boolean;
  readonly words: string;
}

/**
 * While public notice is given. Refuses, in order: `award_round_not_found` (also out of reach), `award_round_state_invalid`, `award_notice_invalid` (it has
 * not begun, or is over), `award_candidate_not_found`, `member_not_found`, `award_objection_exists` (of the same member, not answered yet).
 */
export function raiseObjection(stage: Stage, objecting: Objecting): AwardObjection {
  const { id, candidate: number, objector, own, objectionId } = objecting;
  const round = requireRound(stage, objecting);
  requireState(round, ['noticed'], { en: 'objection', zh: '提出异议' });
  if (stage.today < (round.notice_from ?? stage.today))
    throw new Refusal('award_notice_invalid', {
      en: `public notice begins on ${round.notice_from}`,
      zh: `公示自 ${round.notice_from} 开始`,
    });
  if (stage.today > (round.notice_until ?? stage.today))
    throw new Refusal('award_notice_invalid', {
      en: `public notice was given until ${round.notice_until}`,
      zh: `公示期已于 ${round.notice_until} 届满`,
    });
  const candidate = number === null ? null : requireCandidate(stage, id, number);
  if (own) requireMember(stage, objector);
  else requireMemberWithin(stage, objecting.reach, objector);
  if (stage.rows(awardObjectionRows, 'raised', objector, id).some(({ state }) => state === 'open'))
    throw new Refusal('award_objection_exists', {
      en: `an objection of ${objector} waits for its answer`,
      zh: `${objector} 已提出的异议尚未答复`,
    });
  const concerned = [objector, ...(candidate ? [candidate.member_id] : [])];
  return journal(stage, 'award_objection_raised', {
    objection_id: objectionId,
    round_id: id,
    candidate: number,
    candidate_id: candidate?.member_id ?? null,
    objector_id: objector,
    state: 'open',
    words: writtenOf(stage, concerned, objecting.words),
    answer: null,
    salt: newSalt(),
    raised_by: stage.actingAs,
    raised_alias: own ? null : keptAlias(objecting, nameOf(objectionId)),
    raised_at: stage.instant,
    answered_by: null,
    answered_at: null,
  });
}

export interface Answering extends OfRound, Beside {
  readonly objection: string;
  readonly outcome: ObjectionAnswer;
  readonly words: string;
}

/**
 * Upheld, it removes the candidate, and nobody takes the place, for of nobody else was notice given; against the list, or where nobody is left, it ends
 * the round. Refuses, in order: `award_round_not_found` (also out of reach), `award_objection_not_found`, `award_objection_answered`,
 * `award_round_state_invalid`, `self_approval` (who objects, who wrote it down, or any candidate).
 */
export function answerObjection(stage: Stage, answering: Answering): AwardObjection {
  const { id, outcome } = answering;
  const round = requireRound(stage, answering);
  const objection = requireObjection(stage, id, answering.objection);
  if (objection.state !== 'open')
    throw new Refusal('award_objection_answered', {
      en: `objection ${objection.objection_id} is ${objection.state} already`,
      zh: `编号为 ${objection.objection_id} 的异议已答复`,
    });
  requireState(round, ['noticed'], { en: 'answer', zh: '答复异议' });
  refuseParty(stage, objection, answering);
  const concerned = [objection.objector_id, objection.candidate_id].filter((one) => one !== null);
  const answered = {
    ...objection,
    state: outcome,
    answer: writtenOf(stage, concerned, answering.words),
    // With the old salt what was said could be guessed from two digests.
    salt: newSalt(),
    raised_alias: null,
    answered_by: stage.actingAs,
    answered_at: stage.instant,
  };
  if (outcome === 'upheld' && !isAnybodyLeft(stage, round, objection)) {
    const rows = [change(awardObjectionRows, answered)];
    const { entry = 0 } = endRound(stage, 'award_round_withdrawn', round, 'withdrawn', { rows });
    return { ...answered, entry };
  }
  return journal(stage, 'award_objection_answered', answered);
}

function isAnybodyLeft(stage: Stage, { round_id: id, candidates }: AwardRound, { candidate }: AwardObjection): boolean {
  return candidate !== null && new Set([...removedFrom(stage, id), candidate]).size < candidates;
}

/** Refuses: `self_approval`. */
function refuseParty(stage: Stage, objection: AwardObjection, answering: Answering): void {
  const { objector_id: objector, objection_id: id } = objection;
  refuseCandidate(stage, answering);
  const now = { ...answering, actor: stage.actingAs };
  const first = { actor: objection.raised_by, alias: objection.raised_alias };
  if (!isOneOf(stage, allIdsOf(stage, objector), now.actor, now.alias) && !isFirstPerson(stage, nameOf(id), first, now))
    return;
  throw new Refusal('self_approval', {
    en: 'who objects, and who wrote it down, do not answer it',
    zh: '提出人和登记人不得答复该异议',
  });
}

/** Nothing is written any more about who is erased. */
function writtenOf(stage: Stage, people: readonly string[], words: string): string | null {
  return people.some((id) => isErased(stage, allIdsOf(stage, id)[0] ?? id)) ? null : words;
}

/** Refuses: `award_objection_not_found`. */
export function requireObjection(stage: Stage, roundId: string, id: string): AwardObjection {
  const objection = stage.row(awardObjectionRows, id);
  if (objection?.round_id === roundId) return objection;
  throw new Refusal('award_objection_not_found', {
    en: `the award round has no objection ${id}`,
    zh: `该评选没有编号为 ${id} 的异议`,
  });
}

/** Refuses: `award_candidate_not_found`, also of one that was removed. */
function requireCandidate(stage: Stage, roundId: string, number: number): AwardCandidate {
  const candidate = stage.row(awardCandidateRows, roundId, String(number));
  if (candidate && !removedFrom(stage, roundId).has(number)) return candidate;
  throw candidateNotFound({
    en: `the award round has no candidate ${number}, or not any more`,
    zh: `该评选没有第 ${number} 号候选人，或其已被取消资格`,
  });
}

function candidateNotFound(detail: Words): Refusal {
  return new Refusal('award_candidate_not_found', detail);
}

const nameOf = (objectionId: string) => `award_objections/${objectionId}`;

function journal(stage: Stage, kind: TimebankKind, row: Omit<AwardObjection, 'entry'>): AwardObjection {
  const { number } = stage.post({ kind, reference: row.round_id, rows: [change(awardObjectionRows, row)] });
  return { ...row, entry: number };
}
