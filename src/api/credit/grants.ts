/**
 * Grants of the fund over HTTP: one person proposes, another gives or rejects. That somebody is granted something says that they are in need, so a
 * coordinator takes the claim `care` for all of it; a member sees their own.
 */
import { Type } from 'typebox';
import { besideOf } from '../../http/beside.js';
import { actorOf, fillIn } from '../../http/commands.js';
import { ownMember, reachOf, requireCareScope } from '../../http/reach.js';
import { command, list, read } from '../../http/routes.js';
import { closed, ExternalId, NoBody, Uuid } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { idShape, newId } from '../../lib/ids.js';
import {
  approveGrant,
  type Granting,
  type GrantView,
  proposeGrant,
  type Grant as Row,
  rejectGrant,
  viewGrant,
} from '../../timebank/credit/grants/grant.js';
import { type GrantsSeen, listGrants, readGrant } from '../../timebank/credit/grants/reads.js';
import { freeHolds } from '../../timebank/free-holds.js';
import { readUsableGrants } from '../../timebank/member-grants.js';
import { readMember } from '../../timebank/people/reads.js';
import { memberReaders, visibleMember } from '../people/member-purses.js';
import { Grant, GrantPage, GrantRejection, GrantState, MemberGrants, NewGrant } from './grant-shapes.js';

const params = Type.Object({ id: Uuid }, closed);
const granters = ['operator', 'coordinator'] as const;
const memberRefusals = ['member_not_found', 'member_suspended', 'member_inactive', 'member_erased'] as const;
const postRefusals = ['account_frozen', 'account_closed', 'period_closed'] as const;

export function registerGrants(app: App, service: Service): void {
  registerProposing(app, service);
  registerDeciding(app, service);
  registerReading(app, service);
}

/** Refuses: `forbidden`. */
function grantingOf(service: Service, principal: Principal): Granting {
  requireCareScope(principal);
  return { reach: reachOf(principal), actor: actorOf(principal), ...besideOf(service, principal) };
}

function registerProposing(app: App, service: Service): void {
  command(app, service, '/v1/grants', {
    roles: granters,
    operationId: 'proposeGrant',
    summary: 'Propose a grant',
    description:
      'Restricted: an operator, or a coordinator whose token has the claim `care`, within the scope. Proposes that the fund grants coins to a member who is on the care registry for hardship. Another person has to approve it; until then nothing moves. The log names nobody until it is given.',
    tags: ['people'],
    body: NewGrant,
    answer: Grant,
    refusals: [...memberRefusals, 'self_approval', 'amount_invalid', 'fund_not_for_member'],
    prepare: ({ body, principal }) => {
      const { member, amount, document_number: documentNumber, reason = null } = body;
      const request = { id: newId(), member, amount, documentNumber, reason };
      const granting = grantingOf(service, principal);
      return {
        decide: (stage) => proposeGrant(stage, request, granting),
        show: viewWithoutTexts,
        reveal: (body) => fillIn(body, { document_number: documentNumber, reason }),
      };
    },
  });
}

/** What a grant says can be erased, and answers are remembered: its texts are put in when an answer is sent. */
function viewWithoutTexts(row: Row): GrantView {
  return { ...viewGrant(row), document_number: null, reason: null, rejection: null };
}

/** Who decides does not repeat what was proposed: it comes from the row, for as long as it stands there. */
async function withTextsOfRow(service: Service, principal: Principal, body: string): Promise<string> {
  const { id } = JSON.parse(body) as { id: string };
  const everything = { reach: null, members: null };
  const row = await readGrant(service.sql, await ledgerIdOf(service, principal), id, everything);
  return fillIn(body, { document_number: row.document_number, reason: row.reason, rejection: row.rejection });
}

function registerDeciding(app: App, service: Service): void {
  command(app, service, '/v1/grants/:id/approve', {
    roles: granters,
    operationId: 'approveGrant',
    summary: 'Approve a grant',
    description:
      'Gives what was proposed: it can pay orders (`funding` `grant`) up to and with 31 December of this year, in the zone of the ledger, and goes nowhere else. Whoever proposed it cannot approve it, under whatever role; nor can the member.',
    tags: ['people'],
    params,
    body: NoBody,
    status: 200,
    answer: Grant,
    refusals: [
      ...(['grant_not_found', 'grant_decided', 'self_approval'] as const),
      ...(['member_suspended', 'member_inactive', 'member_erased'] as const),
      ...(['fund_not_for_member', 'balance_insufficient'] as const),
      ...postRefusals,
    ],
    prepare: ({ params: { id }, principal }) => {
      const granting = { ...grantingOf(service, principal), freeHolds };
      return {
        decide: (stage) => approveGrant(stage, id, granting),
        show: viewWithoutTexts,
        reveal: (body) => withTextsOfRow(service, principal, body),
      };
    },
  });

  command(app, service, '/v1/grants/:id/reject', {
    roles: granters,
    operationId: 'rejectGrant',
    summary: 'Reject a grant',
    description: 'Rejects what was proposed, or withdraws it: whoever proposed it may do so, too.',
    tags: ['people'],
    params,
    body: GrantRejection,
    status: 200,
    answer: Grant,
    refusals: ['grant_not_found', 'grant_decided'],
    prepare: ({ params: { id }, body, principal }) => {
      const rejection = { ...grantingOf(service, principal), reason: body?.reason ?? null };
      return {
        decide: (stage) => rejectGrant(stage, id, rejection),
        show: viewWithoutTexts,
        reveal: (body) => withTextsOfRow(service, principal, body),
      };
    },
  });
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/grants', {
    roles: memberReaders,
    operationId: 'listGrants',
    summary: 'List grants',
    description:
      'Grants in the order in which they were proposed; `state` narrows. A member sees their own, a coordinator with the claim `care` those to members of the scope.',
    tags: ['people'],
    filters: { state: Type.Optional(GrantState) },
    answer: GrantPage,
    key: idShape,
    rows: async ({ query: { state = null }, principal }, ledger, page) =>
      listGrants(service.sql, ledger.id, await seenBy(service, principal, ledger.id), { state, ...page }),
    keyOf: ({ id }) => id,
    show: (grants) => ({ grants }),
  });

  read(app, service, '/v1/grants/:id', {
    roles: memberReaders,
    operationId: 'getGrant',
    summary: 'A grant',
    description: 'By its id.',
    tags: ['people'],
    params,
    answer: Grant,
    refusals: ['grant_not_found'],
    read: async ({ params: { id }, principal }, ledger) =>
      readGrant(service.sql, ledger.id, id, await seenBy(service, principal, ledger.id)),
  });

  read(app, service, '/v1/members/:id/grants', {
    roles: memberReaders,
    operationId: 'getMemberGrants',
    summary: 'What a member can use of grants',
    description:
      'What is left of this year’s grants to pay orders with. For a coordinator it takes the claim `care`: balances and lots of a member do not show it.',
    tags: ['people'],
    params: Type.Object({ id: ExternalId }, closed),
    answer: MemberGrants,
    refusals: ['member_not_found'],
    read: async ({ params, principal }, ledger) => {
      requireCareScope(principal);
      const { id } = await visibleMember(service, principal, ledger.id, params.id);
      const at = { now: service.clock(), zone: ledger.zone };
      return { member: id, grants: await readUsableGrants(service.sql, ledger.id, id, at) };
    },
  });
}

/** Of a member, grants under any of their ids. Refuses: `forbidden`. */
async function seenBy(service: Service, principal: Principal, ledgerId: number): Promise<GrantsSeen> {
  requireCareScope(principal);
  const own = ownMember(principal);
  if (own === null) return { reach: reachOf(principal), members: null };
  const { id, merged_from } = await readMember(service.sql, ledgerId, own, null);
  return { reach: null, members: [id, ...merged_from] };
}
