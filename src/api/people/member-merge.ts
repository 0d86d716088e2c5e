/** Merging two members who are one person, over HTTP: one person proposes it, and the same call by another carries it out. */
import { Type } from 'typebox';
import { actorOf } from '../../http/commands.js';
import { reachOf } from '../../http/reach.js';
import { command } from '../../http/routes.js';
import { closed, ExternalId } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { mergeMembers, type MemberMerge as Row } from '../../timebank/credit/member-merge.js';
import { freeHoldsBy, refuseHoldsBy } from '../../timebank/partners/redemptions/release.js';
import { MemberMerge, NewMerge } from './member-change-shapes.js';

export function registerMemberMerge(app: App, service: Service): void {
  command(app, service, '/v1/members/:id/merge', {
    roles: ['operator', 'coordinator'],
    operationId: 'mergeMember',
    summary: 'Merge a member into another',
    description:
      'Proposes that two members are one person; the same call by a second person, neither of the two, carries it out, and a call that names another one to stay proposes anew. All balances move to the one who stays, also above the holding cap: nothing is minted. What both carried is minted with the next record. Afterwards the id that ended finds the one who stayed.',
    tags: ['people'],
    dryRun: false,
    params: Type.Object({ id: ExternalId }, closed),
    body: NewMerge,
    status: 200,
    answer: MemberMerge,
    refusals: [
      'member_not_found',
      'member_merged',
      'member_has_holds',
      'kin_exists',
      'self_approval',
      'member_merge_invalid',
      'member_suspended',
      'member_inactive',
      'account_frozen',
      'account_closed',
      'period_closed',
    ],
    prepare: ({ params: { id }, body: { into }, principal }) => {
      const holds = { refuseHolds: refuseHoldsBy(service.rules), freeHolds: freeHoldsBy(service.rules) };
      const who = { reach: reachOf(principal), actor: actorOf(principal), alias: principal.alias };
      return { decide: (stage) => mergeMembers(stage, { id, into, ...who, ...holds }), show: viewOf };
    },
  });
}

function viewOf({ member_id: member, into_id: into, entry, ...rest }: Row) {
  return { member, into, ...rest, entry: String(entry) };
}
