/**
 * What becomes of members, over HTTP: their units, their name, their card, whether they take part. Answers hold ids and codes alone, so that they can be
 * remembered. A coordinator changes whom either unit puts within the scope.
 */
import { Type } from 'typebox';
import { reachOf } from '../../http/reach.js';
import { command, list } from '../../http/routes.js';
import { closed, ExternalId, NoBody } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { tidied } from '../../lib/text.js';
import {
  type ChangedMember,
  changeMemberState,
  renameMember,
  replaceMemberCard,
  transferMember,
} from '../../timebank/people/member-changes.js';
import { listMemberChanges } from '../../timebank/people/member-reads.js';
import { MemberChangePage, MemberStanding, NewMemberName, NewState, NewUnits } from './member-change-shapes.js';
import { memberReaders, visibleMember } from './member-purses.js';

const params = Type.Object({ id: ExternalId }, closed);
const changers = ['operator', 'coordinator'] as const;
const changeRefusals = [
  'member_not_found',
  'member_merged',
  'member_unchanged',
  'date_in_future',
  'date_before_original',
  'period_closed',
] as const;

export function registerMemberChanges(app: App, service: Service): void {
  registerChanging(app, service);
  registerReading(app, service);
}

function registerChanging(app: App, service: Service): void {
  command(app, service, '/v1/members/:id/transfer', {
    roles: changers,
    operationId: 'transferMember',
    summary: 'Transfer a member',
    description:
      'Gives a member another unit, a second one, or both. A coordinator transfers within the subtree of the scope: a unit beyond it is neither left nor joined.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NewUnits,
    status: 200,
    answer: MemberStanding,
    refusals: [...changeRefusals, 'org_unit_not_found', 'org_unit_closed', 'member_inactive', 'second_unit_invalid'],
    prepare: ({ params: { id }, body, principal }) => {
      const { org_unit: unit, second_org_unit: secondUnit, effective_on: effectiveOn } = body;
      const asked = { id, reach: reachOf(principal), unit, secondUnit, effectiveOn };
      return { decide: (stage) => transferMember(stage, asked), show: standing };
    },
  });

  command(app, service, '/v1/members/:id/rename', {
    roles: changers,
    operationId: 'renameMember',
    summary: 'Rename a member',
    description:
      "Gives a member another name. The one that they had stays in the history, beside the books, until the person's data is erased.",
    tags: ['people'],
    dryRun: false,
    params,
    body: NewMemberName,
    status: 200,
    answer: MemberStanding,
    refusals: [...changeRefusals, 'member_erased'],
    prepare: ({ params: { id }, body: { name, effective_on: effectiveOn }, principal }) => {
      const asked = { id, reach: reachOf(principal), name: tidied(name), effectiveOn };
      return { personal: true, decide: (stage) => renameMember(stage, asked), show: standing };
    },
  });

  command(app, service, '/v1/members/:id/replace-card', {
    roles: changers,
    operationId: 'replaceMemberCard',
    summary: 'Replace the card of a member',
    description:
      'For a card that was lost, stolen or copied. Whatever was shown or printed before is refused from now on (`proof_replaced`); show or print the card anew. A check-in that the old card proved stays.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NoBody,
    status: 200,
    answer: MemberStanding,
    refusals: ['member_not_found', 'member_merged'],
    prepare: ({ params: { id }, principal }) => {
      const asked = { id, reach: reachOf(principal) };
      return { decide: (stage) => replaceMemberCard(stage, asked), show: standing };
    },
  });

  command(app, service, '/v1/members/:id/state', {
    roles: changers,
    operationId: 'changeMemberState',
    summary: 'Say whether a member takes part',
    description:
      'active and suspended follow each other, left follows both, and who left may come back; who has died stays so. Who is not active neither earns nor redeems; holds that are open are captured, voided and refunded as ever, and all stays readable. What they hold stays where it is: leaving and death settle it.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NewState,
    status: 200,
    answer: MemberStanding,
    refusals: [...changeRefusals, 'member_state_invalid', 'org_unit_closed', 'self_approval'],
    prepare: ({ params: { id }, body, principal }) => {
      const { state, reason_code: reasonCode, effective_on: effectiveOn } = body;
      const asked = { id, reach: reachOf(principal), state, reasonCode, effectiveOn, alias: principal.alias };
      return { decide: (stage) => changeMemberState(stage, asked), show: standing };
    },
  });
}

function standing({ member, entry }: ChangedMember) {
  const { member_id: id, org_unit_id: org_unit, second_org_unit_id: second_org_unit, state } = member;
  return { id, org_unit, second_org_unit, state, entry: String(entry.number) };
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/members/:id/changes', {
    roles: memberReaders,
    operationId: 'listMemberChanges',
    summary: 'What became of a member',
    description:
      'Every change, oldest first: who, when it was recorded, from when on, and as what the member stands then.',
    tags: ['people'],
    params,
    answer: MemberChangePage,
    refusals: ['member_not_found'],
    key: /^[1-9][0-9]{0,14}$/,
    rows: async ({ params, principal }, ledger, page) => {
      const { id } = await visibleMember(service, principal, ledger.id, params.id);
      return listMemberChanges(service.sql, ledger.id, { id, ...page });
    },
    keyOf: ({ entry }) => entry,
    show: (changes, { principal }) => ({
      changes: principal.role === 'auditor' ? changes.map((one) => ({ ...one, former_name: null })) : changes,
    }),
  });
}
