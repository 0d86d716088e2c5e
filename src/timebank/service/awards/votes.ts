/**
 * The decision of a round: owner representative, owners' committee and property firm each vote, by different people, once the notice is over and
 * every objection is answered. The third vote decides, and what is awarded is in its entry.
 */
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { type AwardParty, awardParties, awardPartiesZh, awardQuorums } from '../../award-words.js';
import { idsNow, idsOf, requireMember } from '../../people/members.js';
import { isErased } from '../../people/personal-data/not-erased.js';
import { erasureRows } from '../../people/personal-data/rows.js';
import { type Beside, isFirstPerson, keptAlias } from '../../people/second-person.js';
import { criteriaOf } from './criteria.js';
import {
  type AwardCandidate,
  type AwardRound,
  type AwardVote,
  endRound,
  type OfRound,
  refuseCandidate,
  removedFrom,
  requireRound,
  requireState,
} from './round.js';
import { awardCandidateRows, awardObjectionRows, awardRevocationRows, awardRows, awardVoteRows } from './rows.js';

export interface Voting extends OfRound, Beside {
  readonly party: AwardParty;
  readonly approve: boolean;
}

/**
 * Refuses, in order: `award_round_not_found` (also out of reach), `award_round_state_invalid`, `award_notice_running`, `award_objections_open`,
 * `award_party_voted`, `self_approval` (a candidate, or who voted for another party).
 */
export function castVote(stage: Stage, voting: Voting): AwardRound {
  const { id, party, approve } = voting;
  const round = requireRound(stage, voting);
  requireState(round, ['noticed'], { en: 'vote', zh: '表决' });
  if (stage.today <= (round.notice_until ?? stage.today))
    throw new Refusal('award_notice_running', {
      en: `public notice is given until ${round.notice_until}`,
      zh: `公示期至 ${round.notice_until}，期满后方可表决`,
    });
  stage.prefetch({
    lists: [
      [awardVoteRows, 'round', id],
      [awardCandidateRows, 'round', id],
      [awardObjectionRows, 'state', id, 'open'],
      [awardObjectionRows, 'state', id, 'upheld'],
    ],
  });
  const open = stage.rows(awardObjectionRows, 'state', id, 'open').length;
  if (open > 0)
    throw new Refusal('award_objections_open', {
      en: `${open} objections wait for their answers`,
      zh: `尚有 ${open} 条异议未答复`,
    });
  const votes = stage.rows(awardVoteRows, 'round', id);
  refuseAgain(stage, votes, voting);
  const vote = {
    round_id: id,
    party,
    approve,
    voted_by: stage.actingAs,
    voted_alias: keptAlias(voting, nameOf(id, party)),
    voted_at: stage.instant,
  };
  const all = [...votes, vote];
  if (all.length === awardParties.length) return decide(stage, round, all);
  const { number } = stage.post({ kind: 'award_vote_cast', reference: id, rows: [change(awardVoteRows, vote)] });
  return { ...round, entry: number };
}

/** Refuses: `award_party_voted`, `self_approval`. */
function refuseAgain(stage: Stage, votes: readonly AwardVote[], { id, party, ...beside }: Voting): void {
  if (votes.some((one) => one.party === party))
    throw new Refusal('award_party_voted', {
      en: `the party ${party} has voted already`,
      zh: `${awardPartiesZh[party]}已表决`,
    });
  refuseCandidate(stage, { id, ...beside });
  const now = { ...beside, actor: stage.actingAs };
  const isFirst = (one: AwardVote) =>
    isFirstPerson(stage, nameOf(id, one.party), { actor: one.voted_by, alias: one.voted_alias }, now);
  if (!votes.some(isFirst)) return;
  throw new Refusal('self_approval', {
    en: 'each party is another person',
    zh: '三方须由不同人员表决',
  });
}

function decide(stage: Stage, round: AwardRound, votes: readonly AwardVote[]): AwardRound {
  const approvals = votes.filter(({ approve }) => approve).length;
  if (approvals < awardQuorums[criteriaOf(round.criteria).decision])
    return endRound(stage, 'award_round_refused', round, 'refused', { votes });
  const rows = awardsOf(stage, round);
  return endRound(stage, 'award_round_awarded', round, 'awarded', { votes, awards: rows.length, rows });
}

/**
 * An award for each candidate who stands: not removed, not erased, and of a level only where nothing as high was awarded since. Of two who turned out
 * to be one person since, the first one has it.
 */
function awardsOf(stage: Stage, { round_id: id, award }: AwardRound): RowChange[] {
  const removed = removedFrom(stage, id);
  const candidates = stage.rows(awardCandidateRows, 'round', id);
  const idsOfAll = idsNow(
    stage,
    candidates.map(({ member_id: member }) => member),
  );
  // Who was removed under one number does not stand under another.
  const gone = new Set(idsOfAll.filter((_, i) => removed.has(candidates[i]?.number ?? 0)));
  const standing = candidates.filter((_, i) => !gone.has(idsOfAll[i] ?? ''));
  const now = idsOfAll.filter((member) => !gone.has(member));
  stage.prefetch({ rows: now.map((member) => [erasureRows, member] as const) });
  const levels = highestLevels(stage, award, standing, now);
  const first = new Map([...now.entries()].reverse().map(([i, member]) => [member, i]));
  return standing
    .filter((_, i) => first.get(now[i] ?? '') === i && !isErased(stage, now[i] ?? ''))
    .filter(({ level, member_id: member }) => level === null || level > (levels.get(member) ?? 0))
    .map(({ number, member_id: member, place, level }) =>
      change(awardRows, {
        ...{ round_id: id, number, member_id: member, award, place, level },
        awarded_on: stage.today,
      }),
    );
}

/** By candidate, the highest level of the award that they have under any of their ids. */
function highestLevels(
  stage: Stage,
  award: string,
  candidates: readonly AwardCandidate[],
  now: readonly string[],
): Map<string, number> {
  if (candidates.every(({ level }) => level === null)) return new Map();
  const ids = now.map((id) => idsOf(requireMember(stage, id)));
  const lists = ids
    .flat()
    .flatMap((id) => [[awardRows, 'member', id] as const, [awardRevocationRows, 'member', id] as const]);
  stage.prefetch({ lists });
  return new Map(candidates.map(({ member_id: member }, i) => [member, highestOf(stage, award, ids[i] ?? [])]));
}

function highestOf(stage: Stage, award: string, ids: readonly string[]): number {
  const revoked = new Set(
    ids
      .flatMap((id) => stage.rows(awardRevocationRows, 'member', id))
      .filter(({ state }) => state === 'revoked')
      .map(({ round_id: round, number }) => `${round} ${number}`),
  );
  return ids
    .flatMap((id) => stage.rows(awardRows, 'member', id))
    .filter((one) => one.award === award && !revoked.has(`${one.round_id} ${one.number}`))
    .reduce((most, { level }) => Math.max(most, level ?? 0), 0);
}

const nameOf = (roundId: string, party: string) => `award_votes/${roundId}/${party}`;
