/** Merging two members who are one person, over HTTP: one person proposes it, and the same call by another carries it out. */
import { Type } from 'typebox';
import { besideOf } from '../../http/beside.js';
import { actorOf } from '../../http/commands.js';
import { reachOf } from '../../http/reach.js';
import { command, list } from '../../http/routes.js';
import { closed, ExternalId, NoBody } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { externalIdShape } from '../../lib/ids.js';
import { mergeMembers, type MemberMerge as Row, withdrawMerge } from '../../timebank/credit/member-merge.js';
import { listMemberMerges } from '../../timebank/credit/merge-reads.js';
import { freeHolds, refuseHeld } from '../../timebank/free-holds.js';
import { refuseServedTwice } from '../../timebank/service/served-twice.js';
import { MemberMerge, MemberMergePage, MergeStatus, NewMerge } from './member-change-shapes.js';

const params = Type.Object({ id: ExternalId }, closed);

export function registerMemberMerge(app: App, service: Service): void {
  registerMerging(app, service);
  registerReading(app, service);
}

function registerMerging(app: App, service: Service): void {
  command(app, service, '/v1/members/:id/merge', {
    roles: ['operator', 'coordinator'],
    operationId: 'mergeMember',
    summary: 'Merge a member into another',
    description:
      'Proposes that two members are one person; the same call by a second person, neither of the two, carries it out, and a call that names another one to stay proposes anew. All balances move to the one who stays, also above the holding cap: nothing is minted. What both carried is minted with the next record. Teams that the other was in or led, talents and qualifications move, too; consents, relatives and visits are found under both ids. Afterwards the id that ended finds the one who stayed.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NewMerge,
    status: 200,
    answer: MemberMerge,
    refusals: [
      'member_not_found',
      'member_merged',
      'member_has_holds',
      'member_has_orders',
      'member_has_gifts',
      'kin_exists',
      'closing_open',
      'member_merge_blocked',
      'self_approval',
      'member_merge_invalid',
      'member_suspended',
      'member_inactive',
      'member_erased',
      'account_frozen',
      'account_closed',
      'period_closed',
    ],
    prepare: ({ params: { id }, body: { into }, principal }) => {
      const holds = {
        refuseHolds: refuseHeld,
        freeHolds,
        refuseServedTwice,
      };
      const who = { reach: reachOf(principal), actor: actorOf(principal), ...besideOf(service, principal) };
      return { decide: (stage) => mergeMembers(stage, { id, into, ...who, ...holds }), show: viewOf };
    },
  });

  command(app, service, '/v1/members/:id/merge/withdrawal', {
    roles: ['operator', 'coordinator'],
    operationId: 'withdrawMerge',
    summary: 'Withdraw the proposal of a merge',
    description: 'Takes back that a member was the same person as another, whoever proposed it.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NoBody,
    status: 200,
    answer: MemberMerge,
    refusals: ['member_merge_not_found', 'member_not_found'],
    prepare: ({ params: { id }, principal }) => {
      const withdrawal = { id, reach: reachOf(principal), actor: actorOf(principal) };
      return { decide: (stage) => withdrawMerge(stage, withdrawal), show: viewOf };
    },
  });
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/member-merges', {
    roles: ['operator', 'auditor', 'coordinator'],
    operationId: 'listMemberMerges',
    summary: 'List merges of members',
    description:
      'In the order of the ids that end; `status` narrows. A coordinator sees those of which both members lie within the scope.',
    tags: ['people'],
    filters: { status: Type.Optional(MergeStatus) },
    answer: MemberMergePage,
    key: externalIdShape,
    rows: ({ query: { status = null }, principal }, ledger, page) =>
      listMemberMerges(service.sql, ledger.id, { status, reach: reachOf(principal), ...page }),
    keyOf: ({ member_id }) => member_id,
    show: (merges) => ({ merges: merges.map(viewOf) }),
  });
}

function viewOf({ member_id: member, into_id: into, proposed_alias: _, entry, ...rest }: Row) {
  return { member, into, ...rest, entry: String(entry) };
}
