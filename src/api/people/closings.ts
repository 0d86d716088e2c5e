/**
 * Closing a member's accounts, over HTTP: leaving takes a second person, a death two more than who reports it. The number of the document can be
 * erased, so no answer that is remembered has it: it comes from the row.
 */
import { type Static, Type } from 'typebox';
import { besideOf } from '../../http/beside.js';
import { actorOf, fillIn } from '../../http/commands.js';
import type { ProblemCode } from '../../http/problem-kinds.js';
import { ownMember, reachOf } from '../../http/reach.js';
import { command, list } from '../../http/routes.js';
import { closed, ExternalId, NoBody } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import type { Stage } from '../../ledger/stage.js';
import { idShape, newId } from '../../lib/ids.js';
import { type Closer, type Closing as Row, viewClosing } from '../../timebank/credit/closings/closing.js';
import { approveDeath, reportDeath, withdrawDeath } from '../../timebank/credit/closings/death.js';
import { approveLeaving, proposeLeaving, withdrawLeaving } from '../../timebank/credit/closings/leaving.js';
import { listClosings, readDocument } from '../../timebank/credit/closings/reads.js';
import { refuseHeld } from '../../timebank/free-holds.js';
import { Closing, ClosingCause, ClosingPage, ClosingState, NewDeath, NewLeaving } from './closing-shapes.js';
import { memberReaders, visibleMember } from './member-purses.js';

const params = Type.Object({ id: ExternalId }, closed);
const keepers = ['operator', 'coordinator'] as const;
const settling = [
  'member_has_holds',
  'member_has_orders',
  'member_has_gifts',
  'account_frozen',
  'account_closed',
  'period_closed',
] as const satisfies readonly ProblemCode[];

export function registerClosings(app: App, service: Service): void {
  registerLeaving(app, service);
  registerDeath(app, service);
  registerReading(app, service);
}

/** Who decides, and whose accounts. */
function closerOf(service: Service, principal: Principal, id: string): Closer {
  return { id, reach: reachOf(principal), actor: actorOf(principal), ...besideOf(service, principal) };
}

/** A command of a closing that is there already. */
function registerDecision(
  app: App,
  service: Service,
  path: string,
  route: {
    readonly roles: readonly ('operator' | 'coordinator' | 'member')[];
    readonly operationId: string;
    readonly summary: string;
    readonly description: string;
    readonly refusals: readonly ProblemCode[];
    readonly decide: (stage: Stage, closer: Closer & { readonly own: string | null }) => Row;
  },
): void {
  const { decide, ...words } = route;
  command(app, service, path, {
    ...words,
    tags: ['people'],
    params,
    body: NoBody,
    status: 200,
    answer: Closing,
    prepare: ({ params: { id }, principal }) => {
      const closer = { ...closerOf(service, principal, id), own: ownMember(principal) };
      return { decide: (stage) => decide(stage, closer), ...shown(service, principal) };
    },
  });
}

function shown(service: Service, principal: Principal) {
  return {
    show: (closing: Row) => ({ ...viewClosing(closing), document: null }),
    reveal: async (answer: string) => {
      const { id } = JSON.parse(answer) as Static<typeof Closing>;
      return fillIn(answer, { document: await readDocument(service.sql, await ledgerIdOf(service, principal), id) });
    },
  };
}

function registerLeaving(app: App, service: Service): void {
  command(app, service, '/v1/members/:id/leaving', {
    roles: ['operator', 'coordinator', 'member'],
    operationId: 'proposeLeaving',
    summary: 'Propose that a member leaves',
    description:
      'Leaves, or moves away, with what they hold going to a relative, into the pool or to nobody. The member asks for it, or an office; another person approves it. Who has left already and has got or owes something since is settled in the same way. Hours stay on record.',
    tags: ['people'],
    params,
    body: NewLeaving,
    answer: Closing,
    refusals: [
      'member_not_found',
      'closing_open',
      'member_merged',
      'member_unchanged',
      'beneficiary_invalid',
      'self_approval',
      'member_suspended',
      'member_inactive',
    ],
    prepare: ({ params: { id }, body, principal }) => {
      const { reason: cause, to, kin = null, document = null } = body;
      const closer = { ...closerOf(service, principal, id), own: ownMember(principal) };
      const request = { ...closer, closingId: newId(), cause, to, kin, document };
      return { decide: (stage) => proposeLeaving(stage, request), ...shown(service, principal) };
    },
  });
  registerDecision(app, service, '/v1/members/:id/leaving/approve', {
    roles: keepers,
    operationId: 'approveLeaving',
    summary: 'Approve that a member leaves',
    description:
      'By another person than who proposed it, neither the member nor who is to have it. In one entry what the member owes is paid from what there is, the rest goes where it was to go, what is still owed is written off, and the member has left. Refused while something is held or bound. `statement` is the closing statement; a certificate can be issued for the hours, which stay.',
    refusals: [
      'closing_not_found',
      'member_not_found',
      'member_merged',
      ...settling,
      'self_approval',
      'beneficiary_invalid',
      'member_inactive',
    ],
    decide: (stage, closer) => approveLeaving(stage, { ...closer, refuseHeld }),
  });
  registerDecision(app, service, '/v1/members/:id/leaving/withdraw', {
    roles: ['operator', 'coordinator', 'member'],
    operationId: 'withdrawLeaving',
    summary: 'Withdraw that a member leaves',
    description: 'The member stays, whoever proposed it.',
    refusals: ['closing_not_found', 'member_not_found', 'member_merged'],
    decide: withdrawLeaving,
  });
}

function registerDeath(app: App, service: Service): void {
  command(app, service, '/v1/members/:id/death', {
    roles: keepers,
    operationId: 'reportDeath',
    summary: 'Report that a member has died',
    description:
      'With effect on the day of death, or the first later day that is open to entries: from now on nobody redeems, gives or orders in their name. Nothing is voided or cancelled: a partner captures what it has given for, and what is held or offered lapses by itself; until then the accounts are not settled. A proposal to leave ends. Two more people approve the death. Of who is known to have died, what came since is settled in the same way.',
    tags: ['people'],
    params,
    body: NewDeath,
    answer: Closing,
    refusals: [
      'member_not_found',
      'closing_open',
      'member_merged',
      'member_unchanged',
      'date_in_future',
      'self_approval',
    ],
    prepare: ({ params: { id }, body: { died_on: diedOn, document }, principal }) => {
      const report = { ...closerOf(service, principal, id), closingId: newId(), diedOn, document };
      return { decide: (stage) => reportDeath(stage, report), ...shown(service, principal) };
    },
  });
  registerDecision(app, service, '/v1/members/:id/death/approve', {
    roles: keepers,
    operationId: 'approveDeath',
    summary: 'Approve the death of a member',
    description:
      'By two people one after the other, neither of them who reported it or whom the member had nominated. The second settles the accounts as leaving does: to whom the member had nominated by the day of death, who is still spouse or lineal kin on that day and takes part now; otherwise coins go into the pool and points lapse. Refused while something is held or bound.',
    refusals: ['closing_not_found', 'member_not_found', ...settling, 'self_approval'],
    decide: (stage, closer) => approveDeath(stage, { ...closer, refuseHeld }),
  });
  registerDecision(app, service, '/v1/members/:id/death/withdraw', {
    roles: keepers,
    operationId: 'withdrawDeath',
    summary: 'Withdraw the death of a member',
    description:
      'It was wrong: by another person than who reported it, before it is settled. The member is what they were before, from the same day on.',
    refusals: ['closing_not_found', 'member_not_found', 'self_approval'],
    decide: withdrawDeath,
  });
}

const filters = {
  state: Type.Optional(ClosingState),
  cause: Type.Optional(ClosingCause),
  remaining: Type.Optional(
    Type.Boolean({
      description: 'true: only settled ones whose member has or owes something again.',
      examples: [true],
    }),
  ),
};

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/closings', {
    roles: ['operator', 'auditor', 'coordinator'],
    operationId: 'listClosings',
    summary: 'List closings of accounts',
    description:
      'In the order in which they were proposed or reported, each with what stands on the accounts now. A coordinator sees those of members within the scope; an auditor sees no document.',
    tags: ['people'],
    filters,
    answer: ClosingPage,
    key: idShape,
    rows: ({ query: { state = null, cause = null, remaining = false }, principal }, ledger, page) => {
      const asked = { reach: reachOf(principal), member: null, state, cause, again: remaining };
      return listClosings(service.sql, ledger.id, asked, page);
    },
    keyOf: ({ id }) => id,
    show: (closings, { principal }) => ({ closings: closings.map((one) => visibleTo(principal, one)) }),
  });
  list(app, service, '/v1/members/:id/closings', {
    roles: memberReaders,
    operationId: 'listMemberClosings',
    summary: 'Closings of the accounts of a member',
    description: 'In the order in which they were proposed or reported, under all ids that the member has had.',
    tags: ['people'],
    params,
    answer: ClosingPage,
    refusals: ['member_not_found'],
    key: idShape,
    rows: async ({ params, principal }, ledger, page) => {
      const { id } = await visibleMember(service, principal, ledger.id, params.id);
      const asked = { reach: null, member: id, state: null, cause: null, again: false };
      return listClosings(service.sql, ledger.id, asked, page);
    },
    keyOf: ({ id }) => id,
    show: (closings, { principal }) => ({ closings: closings.map((one) => visibleTo(principal, one)) }),
  });
}

function visibleTo<Shown extends { readonly document: string | null }>({ role }: Principal, closing: Shown): Shown {
  return role === 'auditor' ? { ...closing, document: null } : closing;
}
