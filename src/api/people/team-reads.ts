/** Reading teams over HTTP: which there are, who was in one on a day, and what became of it. */
import { Type } from 'typebox';
import { annotated } from '../../http/named.js';
import { reachOf } from '../../http/reach.js';
import { list, read } from '../../http/routes.js';
import { closed, DateString, ExternalId } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { externalIdShape } from '../../lib/ids.js';
import { tidied } from '../../lib/text.js';
import { listTeamChanges, listTeamMembers, listTeams, readTeam } from '../../timebank/people/teams/reads.js';
import { UnitId } from './org-unit-shapes.js';
import { Label, Team, TeamChangePage, TeamId, TeamMemberPage, TeamPage } from './team-shapes.js';

const params = Type.Object({ id: TeamId }, closed);
const readers = ['operator', 'auditor', 'coordinator'] as const;

export function registerTeamReading(app: App, service: Service): void {
  list(app, service, '/v1/teams', {
    roles: readers,
    operationId: 'listTeams',
    summary: 'List teams',
    description: 'In the order of their ids; unit, label and a member who is in it now narrow.',
    tags: ['people'],
    filters: {
      unit: Type.Optional(UnitId),
      label: Type.Optional(Label),
      member: Type.Optional(ExternalId),
    },
    answer: TeamPage,
    key: externalIdShape,
    rows: ({ query: { unit: orgUnit = null, label, member = null }, principal }, ledger, page) => {
      const filters = { reach: reachOf(principal), orgUnit, member, label: label === undefined ? null : tidied(label) };
      return listTeams(service.sql, ledger.id, { ...filters, ...page });
    },
    keyOf: ({ id }) => id,
    show: (teams) => ({ teams }),
  });

  read(app, service, '/v1/teams/:id', {
    roles: readers,
    operationId: 'getTeam',
    summary: 'One team',
    description: 'The team as it stands now.',
    tags: ['people'],
    params,
    answer: Team,
    refusals: ['team_not_found'],
    read: ({ params, principal }, ledger) => readTeam(service.sql, ledger.id, params.id, reachOf(principal)),
  });

  list(app, service, '/v1/teams/:id/members', {
    roles: readers,
    operationId: 'listTeamMembers',
    summary: 'Who is in a team',
    description:
      'Everybody who is or was in it, by member and first day; `on` narrows to those who were in it on a day.',
    tags: ['people'],
    params,
    filters: {
      on: Type.Optional(
        annotated(DateString, { description: 'Only who was in the team on this day.', examples: ['2026-11-01'] }),
      ),
    },
    answer: TeamMemberPage,
    refusals: ['team_not_found'],
    key: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\/[0-9-]{10}$/,
    rows: ({ params: { id }, query: { on = null }, principal }, ledger, page) =>
      listTeamMembers(service.sql, ledger.id, { id, on, reach: reachOf(principal), ...page }),
    keyOf: ({ member, from }) => `${member}/${from}`,
    show: (members) => ({ members }),
  });

  list(app, service, '/v1/teams/:id/changes', {
    roles: readers,
    operationId: 'listTeamChanges',
    summary: 'What became of a team',
    description: 'Its registration and every change, oldest first: who, from when on, and about whom.',
    tags: ['people'],
    params,
    answer: TeamChangePage,
    refusals: ['team_not_found'],
    key: /^[1-9][0-9]{0,14}$/,
    rows: ({ params: { id }, principal }, ledger, page) =>
      listTeamChanges(service.sql, ledger.id, { id, reach: reachOf(principal), ...page }),
    keyOf: ({ entry }) => entry,
    show: (changes) => ({ changes }),
  });
}
