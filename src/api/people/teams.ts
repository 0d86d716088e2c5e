/** Teams over HTTP: who leads them and who is in them. A coordinator keeps those within the scope, with members within it. */
import { Type } from 'typebox';
import { reachOf } from '../../http/reach.js';
import { command } from '../../http/routes.js';
import { closed, ExternalId, NoBody } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { tidied } from '../../lib/text.js';
import { requireMemberWithin, requireUnitWithin } from '../../timebank/people/reach.js';
import { joinTeam, leaveTeam } from '../../timebank/people/teams/membership.js';
import { changeLeader, dissolveTeam, registerTeam, requireTeamWithin } from '../../timebank/people/teams/teams.js';
import { ChangeReceipt, receiptOf } from './receipts.js';
import { registerTeamReading } from './team-reads.js';
import { Leaving, NewLeader, NewTeam, NewTeamMember, TeamId } from './team-shapes.js';

const params = Type.Object({ id: TeamId }, closed);
const ofMember = Type.Object({ id: TeamId, member: ExternalId }, closed);
const keepers = ['operator', 'coordinator'] as const;
const openRefusals = ['team_not_found', 'team_dissolved'] as const;

export function registerTeams(app: App, service: Service): void {
  registerKeeping(app, service);
  registerMembership(app, service);
  registerTeamReading(app, service);
}

function registerKeeping(app: App, service: Service): void {
  command(app, service, '/v1/teams', {
    roles: keepers,
    operationId: 'registerTeam',
    summary: 'Register a team',
    description:
      'Its leader is its first member, from today on. Its pool of coins opens with the first donation to it.',
    tags: ['people'],
    dryRun: false,
    body: NewTeam,
    answer: ChangeReceipt,
    refusals: [
      'team_exists',
      'org_unit_not_found',
      'org_unit_closed',
      'member_not_found',
      'member_merged',
      'member_suspended',
      'member_inactive',
    ],
    prepare: ({ body, principal }) => {
      const request = { ...body, name: tidied(body.name), labels: (body.labels ?? []).map(tidied) };
      return {
        decide: (stage) => {
          requireUnitWithin(stage, reachOf(principal), body.org_unit);
          requireMemberWithin(stage, reachOf(principal), body.leader);
          return receiptOf(stage, body.id, registerTeam(stage, request));
        },
      };
    },
  });

  command(app, service, '/v1/teams/:id/leader', {
    roles: keepers,
    operationId: 'changeTeamLeader',
    summary: 'Name another leader',
    description: 'Who is to lead a team is in it already.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NewLeader,
    answer: ChangeReceipt,
    refusals: [
      ...openRefusals,
      'team_member_not_found',
      'member_not_found',
      'member_merged',
      'member_suspended',
      'member_inactive',
    ],
    prepare: ({ params: { id }, body, principal }) => ({
      decide: (stage) => {
        requireTeamWithin(stage, reachOf(principal), id);
        return receiptOf(stage, id, changeLeader(stage, id, body.member));
      },
    }),
  });

  command(app, service, '/v1/teams/:id/dissolve', {
    roles: keepers,
    operationId: 'dissolveTeam',
    summary: 'Dissolve a team',
    description: 'Everybody leaves it today. It stays readable, and what its pool has can still be given on.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NoBody,
    answer: ChangeReceipt,
    refusals: openRefusals,
    prepare: ({ params: { id }, principal }) => ({
      decide: (stage) => {
        requireTeamWithin(stage, reachOf(principal), id);
        return receiptOf(stage, id, dissolveTeam(stage, id));
      },
    }),
  });
}

function registerMembership(app: App, service: Service): void {
  command(app, service, '/v1/teams/:id/members', {
    roles: keepers,
    operationId: 'joinTeam',
    summary: 'Add a member to a team',
    description: 'From today on, or from a day in the past. Who has left may join again.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NewTeamMember,
    answer: ChangeReceipt,
    refusals: [
      ...openRefusals,
      'member_not_found',
      'date_in_future',
      'team_member_exists',
      'member_merged',
      'member_suspended',
      'member_inactive',
    ],
    prepare: ({ params: { id }, body, principal }) => ({
      decide: (stage) => {
        requireTeamWithin(stage, reachOf(principal), id);
        requireMemberWithin(stage, reachOf(principal), body.member);
        return receiptOf(stage, id, joinTeam(stage, { team: id, member: body.member, day: body.from }));
      },
    }),
  });

  command(app, service, '/v1/teams/:id/members/:member/end', {
    roles: keepers,
    operationId: 'leaveTeam',
    summary: 'Take a member out of a team',
    description: 'Today is the last day, or a day in the past. Who leads the team does not leave it.',
    tags: ['people'],
    dryRun: false,
    params: ofMember,
    body: Leaving,
    answer: ChangeReceipt,
    refusals: [
      ...openRefusals,
      'team_member_not_found',
      'team_leader_required',
      'date_in_future',
      'date_before_original',
    ],
    prepare: ({ params: { id, member }, body, principal }) => ({
      decide: (stage) => {
        requireTeamWithin(stage, reachOf(principal), id);
        return receiptOf(stage, id, leaveTeam(stage, { team: id, member, day: body?.to }));
      },
    }),
  });
}
