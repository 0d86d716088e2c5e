/** Rounds of awards over HTTP: opened, shown, given notice of and withdrawn. Names and, for members, ids are masked, as on the notice. */
import { type Static, Type } from 'typebox';
import { requireDaysInOrder } from '../../http/days.js';
import { ownMember, reachOf } from '../../http/reach.js';
import { command, list, read } from '../../http/routes.js';
import { closed, NoBody, Uuid } from '../../http/schemas.js';
import { type App, laneOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { lastEntry } from '../../ledger/reads/accounts.js';
import { idShape, newId } from '../../lib/ids.js';
import { Refusal } from '../../lib/refusal.js';
import { maskedId, maskedName } from '../../timebank/people/masked.js';
import { readMember, readOrgUnit } from '../../timebank/people/reads.js';
import { type AwardCriteria, checkCriteria, shippedCriteria } from '../../timebank/service/awards/criteria.js';
import {
  type CandidateView,
  listRounds,
  type ObjectionView,
  readCandidates,
  readObjections,
  readRoundRow,
  readVotes,
  snapshotOf,
} from '../../timebank/service/awards/reads.js';
import {
  type AwardRound,
  giveNotice,
  openRound,
  viewRound,
  withdrawRound,
} from '../../timebank/service/awards/round.js';
import { type SnapshotAsked, takeSnapshot } from '../../timebank/service/awards/snapshot.js';
import { CriteriaList } from './award-criteria-shapes.js';
import { NewRound, Notice, RoundPage, RoundState, RoundStep, SnapshotShape, WholeRound } from './award-shapes.js';

export const roundParams = Type.Object({ id: Uuid }, closed);
export const roundKeepers = ['operator', 'coordinator'] as const;
const readers = ['operator', 'coordinator', 'auditor', 'member'] as const;

export function registerAwardRounds(app: App, service: Service): void {
  registerOpening(app, service);
  registerSteps(app, service);
  registerReading(app, service);
}

export const viewStep = (round: AwardRound): Static<typeof RoundStep> => {
  const { id, state, at_entry, found, sha256, entry } = viewRound(round);
  return { id, state, at_entry, found, sha256, entry };
};

function registerOpening(app: App, service: Service): void {
  read(app, service, '/v1/award-criteria', {
    roles: readers,
    operationId: 'listAwardCriteria',
    summary: 'Criteria of awards that are shipped',
    description: 'A round names one of them, or brings its own of the same form.',
    tags: ['service'],
    answer: CriteriaList,
    read: () => ({ criteria: [...shippedCriteria] as never }),
  });
  command(app, service, '/v1/award-rounds', {
    roles: roundKeepers,
    operationId: 'openAwardRound',
    summary: 'Open a round of an award',
    description:
      'Finds the candidates in the books as they stand, or as they stood with an entry of the past, and freezes them: whatever is corrected later changes nothing of them. Candidates are members who take part and belong to the unit by then; who was merged by then is the one they were merged into. With `dry_run` it is a preview.',
    tags: ['service'],
    expensive: true,
    body: NewRound,
    answer: RoundStep,
    refusals: [
      'org_unit_not_found',
      'entry_not_found',
      'award_criteria_invalid',
      'award_round_empty',
      'award_round_too_large',
      'date_in_future',
    ],
    prepare: async ({ body, principal }) => {
      const { facts } = await laneOf(service, principal);
      const reach = reachOf(principal);
      const asked = await askedOf(service, facts.id, body);
      // Who does not see the unit has nothing found in it.
      await readOrgUnit(service.sql, facts.id, asked.unit, reach);
      const snapshot = await takeSnapshot(service.reports, facts.id, asked);
      const opening = { id: newId(), reach, asked, snapshot };
      return { decide: (stage) => openRound(stage, opening), show: viewStep };
    },
  });
}

/** Refuses: `request_invalid`, `award_criteria_invalid`, `entry_not_found`. */
async function askedOf(service: Service, ledgerId: number, body: Static<typeof NewRound>): Promise<SnapshotAsked> {
  const { org_unit: unit, from, to, award, criteria: own, at_entry: asOf } = body;
  requireDaysInOrder({ from, to }, 'body');
  const criteria = checkCriteria(chosen(award, own as AwardCriteria | undefined));
  const watermark = await lastEntry(service.sql, ledgerId);
  const atEntry = asOf === undefined ? watermark : Number(asOf);
  if (atEntry > watermark)
    throw new Refusal('entry_not_found', { en: `there is no entry ${asOf}`, zh: `没有第 ${asOf} 号凭证` });
  return { criteria, unit, from: from ?? null, to, atEntry };
}

/** Refuses: `request_invalid`. */
function chosen(award: string | undefined, own: AwardCriteria | undefined): AwardCriteria {
  const criteria = own ?? shippedCriteria.find((one) => one.award === award);
  if (criteria && (award === undefined || own === undefined)) return criteria;
  throw new Refusal(
    'request_invalid',
    { en: 'A round has either award or criteria.', zh: 'award 与 criteria 须且只须填写一项。' },
    {
      errors: [{ pointer: '/award', detail: { en: 'or criteria, and not both', zh: '与 criteria 须且只须填写一项' } }],
    },
  );
}

function registerSteps(app: App, service: Service): void {
  command(app, service, '/v1/award-rounds/:id/notice', {
    roles: roundKeepers,
    operationId: 'giveAwardNotice',
    summary: 'Give public notice of the candidates',
    description:
      'For as many working days as the criteria say, five at least, by the calendar of the State Council. From the first day on members see the round and object.',
    tags: ['service'],
    params: roundParams,
    body: Notice,
    status: 200,
    answer: RoundStep,
    refusals: ['award_round_not_found', 'award_round_state_invalid', 'self_approval', 'award_notice_invalid'],
    prepare: ({ params: { id }, body, principal }) => {
      const notice = { id, reach: reachOf(principal), alias: principal.alias, ...body };
      return { decide: (stage) => giveNotice(stage, notice), show: viewStep };
    },
  });
  command(app, service, '/v1/award-rounds/:id/withdraw', {
    roles: roundKeepers,
    operationId: 'withdrawAwardRound',
    summary: 'Withdraw a round of an award',
    description: 'Before the parties have decided. It stays on record, and another one can be opened.',
    tags: ['service'],
    params: roundParams,
    body: NoBody,
    status: 200,
    answer: RoundStep,
    refusals: ['award_round_not_found', 'award_round_state_invalid', 'self_approval'],
    prepare: ({ params: { id }, principal }) => {
      const asked = { id, reach: reachOf(principal), alias: principal.alias };
      return { decide: (stage) => withdrawRound(stage, asked), show: viewStep };
    },
  });
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/award-rounds', {
    roles: readers,
    operationId: 'listAwardRounds',
    summary: 'List rounds of awards',
    description:
      'In the order in which they were opened. A coordinator sees those of units within the scope, a member all of which public notice was given.',
    tags: ['service'],
    filters: { state: Type.Optional(RoundState) },
    answer: RoundPage,
    key: idShape,
    rows: ({ query: { state = null }, principal }, ledger, page) =>
      listRounds(service.sql, ledger.id, { ...seenBy(principal), state }, page),
    keyOf: ({ id }) => id,
    show: (rounds) => ({ award_rounds: rounds as never }),
  });
  read(app, service, '/v1/award-rounds/:id', {
    roles: readers,
    operationId: 'getAwardRound',
    summary: 'A round of an award',
    description:
      'With its candidates, objections and votes. Names are masked as on the notice; a member sees masked ids, too, and of objections only their own. An auditor sees no name and no words.',
    tags: ['service'],
    params: roundParams,
    answer: WholeRound,
    refusals: ['award_round_not_found'],
    read: async ({ params: { id }, principal }, ledger) => {
      const round = await readRoundRow(service.sql, ledger.id, { id, ...seenBy(principal) });
      const [candidates, objections, votes, ids] = await Promise.all([
        readCandidates(service.sql, ledger.id, round),
        readObjections(service.sql, ledger.id, id),
        readVotes(service.sql, ledger.id, id),
        ownIds(service, principal, ledger.id),
      ]);
      return {
        ...(viewRound(round) as Static<typeof WholeRound>),
        candidates: candidates.map((one) => maskedFor(principal, one)),
        objections: objections
          .filter(({ member }) => ids?.includes(member) !== false)
          .map((one) => shownTo(principal, one)),
        votes,
      };
    },
  });
  read(app, service, '/v1/award-rounds/:id/snapshot', {
    roles: ['operator', 'coordinator', 'auditor'],
    operationId: 'getAwardSnapshot',
    summary: 'What a round found, found again',
    description:
      'Found in the books as they stood with the entry of the round, and compared with what was kept when it was opened. Its entry binds the SHA-256.',
    tags: ['service'],
    expensive: true,
    params: roundParams,
    answer: SnapshotShape,
    refusals: ['award_round_not_found'],
    read: async ({ params: { id }, principal }, ledger) => {
      const round = await readRoundRow(service.sql, ledger.id, { id, ...seenBy(principal) });
      const { text, sha256 } = await snapshotOf(service.reports, ledger.id, round);
      const kept = round.snapshot_sha256;
      return { sha256: kept, recomputed_sha256: sha256, same: kept === sha256, text };
    },
  });
}

const seenBy = (principal: Principal) => ({ reach: reachOf(principal), noticed: principal.role === 'member' });

/** All ids of the member who asks; null for others. */
async function ownIds(service: Service, principal: Principal, ledgerId: number): Promise<string[] | null> {
  const own = ownMember(principal);
  if (own === null) return null;
  const { id, merged_from } = await readMember(service.sql, ledgerId, own, null);
  return [id, ...merged_from];
}

function maskedFor({ role }: Principal, candidate: CandidateView): CandidateView {
  const name = candidate.name === null || role === 'auditor' ? null : maskedName(candidate.name);
  return { ...candidate, name, member: role === 'member' ? maskedId(candidate.member) : candidate.member };
}

function shownTo({ role }: Principal, objection: ObjectionView): ObjectionView {
  return role === 'auditor' ? { ...objection, text: null, answer: null } : objection;
}
