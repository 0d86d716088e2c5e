/** Objections, votes and revocations of awards over HTTP, and what a member was awarded. No answer that is remembered has a word that was written. */
import { type Static, Type } from 'typebox';
import { besideOf } from '../../http/beside.js';
import type { ProblemCode } from '../../http/problem-kinds.js';
import { ownMember, reachOf } from '../../http/reach.js';
import { command, list } from '../../http/routes.js';
import { closed, ExternalId, NoBody, Uuid } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import type { Stage } from '../../ledger/stage.js';
import { newId } from '../../lib/ids.js';
import { Refusal } from '../../lib/refusal.js';
import { memberNotFound } from '../../timebank/people/members.js';
import { eraseObjectionText } from '../../timebank/service/awards/erasure.js';
import { type AwardObjection, answerObjection, raiseObjection } from '../../timebank/service/awards/objections.js';
import { listMemberAwards } from '../../timebank/service/awards/reads.js';
import {
  type AwardRevocation,
  approveRevocation,
  type OfAward,
  proposeRevocation,
  withdrawRevocation,
} from '../../timebank/service/awards/revocation.js';
import { castVote } from '../../timebank/service/awards/votes.js';
import { NewTextErasure } from '../ledger/entry-shapes.js';
import { memberReaders, visibleMember } from '../people/member-purses.js';
import { CandidateNumber } from './award-criteria-shapes.js';
import {
  AwardPage,
  NewAnswer,
  NewObjection,
  NewRevocation,
  NewVote,
  ObjectionStep,
  RevocationStep,
} from './award-decision-shapes.js';
import { roundKeepers, roundParams, viewStep } from './award-rounds.js';
import { RoundStep } from './award-shapes.js';

const objectionParams = Type.Object({ id: Uuid, objection: Uuid }, closed);
const awardParams = Type.Object({ id: Uuid, number: CandidateNumber }, closed);

export function registerAwardDecisions(app: App, service: Service): void {
  registerObjections(app, service);
  registerVotes(app, service);
  registerRevocations(app, service);
  registerAwards(app, service);
}

function registerObjections(app: App, service: Service): void {
  command(app, service, '/v1/award-rounds/:id/objections', {
    roles: [...roundKeepers, 'member'],
    operationId: 'raiseAwardObjection',
    summary: 'Object to a candidate or to the list',
    description:
      'From the first day of the public notice until the parties have decided, by a member or, written down for them, by an office. One that is not answered yet is enough for a member and a round.',
    tags: ['service'],
    params: roundParams,
    body: NewObjection,
    answer: ObjectionStep,
    refusals: [
      'award_round_not_found',
      'award_candidate_not_found',
      'member_not_found',
      'award_round_state_invalid',
      'award_objection_exists',
      'award_notice_invalid',
    ],
    prepare: ({ params: { id }, body, principal }) => {
      const own = ownMember(principal);
      const { candidate = null, text: words } = body;
      const objector = objectorOf(own, body.member);
      const who = { objector, own: own !== null, reach: reachOf(principal), ...besideOf(service, principal) };
      const objecting = { id, objectionId: newId(), candidate, words, ...who };
      return {
        decide: (stage) => {
          if (own !== null && own !== objector) throw memberNotFound(objector);
          return raiseObjection(stage, objecting);
        },
        show: viewObjectionStep,
      };
    },
  });
  command(app, service, '/v1/award-rounds/:id/objections/:objection/answer', {
    roles: roundKeepers,
    operationId: 'answerAwardObjection',
    summary: 'Answer an objection',
    description:
      'By somebody else than who objects, who wrote it down, or against whom it is. Upheld, it removes the candidate, and nobody takes the place; against the list, or where nobody is left, it withdraws the round.',
    tags: ['service'],
    params: objectionParams,
    body: NewAnswer,
    status: 200,
    answer: ObjectionStep,
    refusals: [
      'award_round_not_found',
      'award_objection_not_found',
      'award_objection_answered',
      'award_round_state_invalid',
      'self_approval',
    ],
    prepare: ({ params: { id, objection }, body: { outcome, text: words }, principal }) => {
      const answering = { id, objection, outcome, words, reach: reachOf(principal), ...besideOf(service, principal) };
      return { decide: (stage) => answerObjection(stage, answering), show: viewObjectionStep };
    },
  });
  command(app, service, '/v1/award-rounds/:id/objections/:objection/text-erasure', {
    roles: ['operator'],
    operationId: 'eraseAwardObjectionText',
    summary: 'Erase the text of an objection',
    description:
      'Erases what an objection and its answer say, once it is answered, and journals that it was done. It cannot be undone.',
    tags: ['service'],
    params: objectionParams,
    body: NewTextErasure,
    status: 200,
    answer: ObjectionStep,
    refusals: ['award_round_not_found', 'award_objection_not_found', 'award_objections_open', 'text_absent'],
    prepare: ({ params, body: { reason }, principal }) => {
      const erasing = { ...params, reason, reach: reachOf(principal) };
      return { decide: (stage) => eraseObjectionText(stage, erasing), show: viewObjectionStep };
    },
  });
}

/** Refuses: `request_invalid` (an office says for nobody). */
function objectorOf(own: string | null, asked: string | undefined): string {
  const objector = asked ?? own;
  if (objector !== null) return objector;
  throw new Refusal(
    'request_invalid',
    { en: 'Name the member who objects.', zh: '请填写提出异议的成员。' },
    { errors: [{ pointer: '/member', detail: { en: 'is required', zh: '必须填写' } }] },
  );
}

function viewObjectionStep(objection: AwardObjection): Static<typeof ObjectionStep> {
  const { objection_id: id, candidate, state, entry } = objection;
  return { id, candidate, state, entry: String(entry) };
}

function registerVotes(app: App, service: Service): void {
  command(app, service, '/v1/award-rounds/:id/votes', {
    roles: roundKeepers,
    operationId: 'voteOnAwardRound',
    summary: 'Vote for a party',
    description:
      'Once the notice is over and every objection is answered. Each of the three parties votes once, by a person of its own, and no candidate does. The third vote decides: with all approving, or two where the criteria say so, the candidates who stand are awarded in its entry; otherwise the round is refused.',
    tags: ['service'],
    params: roundParams,
    body: NewVote,
    answer: RoundStep,
    refusals: [
      'award_round_not_found',
      'award_round_state_invalid',
      'award_notice_running',
      'award_objections_open',
      'award_party_voted',
      'self_approval',
    ],
    prepare: ({ params: { id }, body, principal }) => {
      const voting = { id, ...body, reach: reachOf(principal), ...besideOf(service, principal) };
      return { decide: (stage) => castVote(stage, voting), show: viewStep };
    },
  });
}

function registerRevocations(app: App, service: Service): void {
  const path = '/v1/award-rounds/:id/awards/:number/revocation';
  command(app, service, path, {
    roles: roundKeepers,
    operationId: 'proposeAwardRevocation',
    summary: 'Propose to revoke an award',
    description: 'With the number of the document by which it is decided. Another person approves it.',
    tags: ['service'],
    params: awardParams,
    body: NewRevocation,
    answer: RevocationStep,
    refusals: ['award_round_not_found', 'award_not_found', 'award_revoked', 'award_revocation_open', 'self_approval'],
    prepare: ({ params, body: { document }, principal }) => {
      const asked = { ...awardOf(service, principal, params), document };
      return { decide: (stage) => proposeRevocation(stage, asked), show: viewRevocationStep };
    },
  });
  const decision = (
    verb: string,
    route: {
      readonly operationId: string;
      readonly summary: string;
      readonly description: string;
      readonly refusals: readonly ProblemCode[];
      readonly decide: (stage: Stage, asked: OfAward) => AwardRevocation;
    },
  ) => {
    const { decide, ...words } = route;
    command(app, service, `${path}/${verb}`, {
      ...words,
      roles: roundKeepers,
      tags: ['service'],
      params: awardParams,
      body: NoBody,
      status: 200,
      answer: RevocationStep,
      prepare: ({ params, principal }) => {
        const asked = awardOf(service, principal, params);
        return { decide: (stage) => decide(stage, asked), show: viewRevocationStep };
      },
    });
  };
  decision('approve', {
    operationId: 'approveAwardRevocation',
    summary: 'Approve that an award is revoked',
    description:
      'By another person than who proposed it. The award stays on record, and the revocation beside it; a level that was revoked can be awarded again.',
    refusals: ['award_round_not_found', 'award_not_found', 'award_revocation_not_found', 'self_approval'],
    decide: approveRevocation,
  });
  decision('withdraw', {
    operationId: 'withdrawAwardRevocation',
    summary: 'Withdraw that an award is revoked',
    description: 'The award stands, whoever proposed it.',
    refusals: ['award_round_not_found', 'award_not_found', 'award_revocation_not_found', 'self_approval'],
    decide: withdrawRevocation,
  });
}

function awardOf(service: Service, principal: Principal, params: Static<typeof awardParams>): OfAward {
  return { ...params, reach: reachOf(principal), ...besideOf(service, principal) };
}

function viewRevocationStep(revocation: AwardRevocation): Static<typeof RevocationStep> {
  const { number, member_id: member, state, entry } = revocation;
  return { number, member, state, entry: String(entry) };
}

function registerAwards(app: App, service: Service): void {
  list(app, service, '/v1/members/:id/awards', {
    roles: memberReaders,
    operationId: 'listMemberAwards',
    summary: "A member's awards",
    description:
      'In the order in which they were awarded, under all ids that the member has had; those that were revoked, too.',
    tags: ['service'],
    params: Type.Object({ id: ExternalId }, closed),
    answer: AwardPage,
    refusals: ['member_not_found'],
    key: /^\d{1,15}\/\d{1,4}$/,
    rows: async ({ params, principal }, ledger, page) => {
      const { id } = await visibleMember(service, principal, ledger.id, params.id);
      return listMemberAwards(service.sql, ledger.id, { id, ...page });
    },
    keyOf: ({ entry, number }) => `${entry}/${number}`,
    show: (awards, { principal: { role } }) => ({
      awards: awards.map(({ revocation, ...one }) => ({
        ...one,
        revocation: revocation && role === 'auditor' ? { ...revocation, document: null } : revocation,
      })),
    }),
  });
}
