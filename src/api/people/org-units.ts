/** The organisation tree over HTTP: a county and four levels below it. A coordinator sees the subtree of the token's scope only. */
import { Type } from 'typebox';
import { fillIn, runCommand } from '../../http/commands.js';
import { annotated, named, namedObject } from '../../http/named.js';
import { readPage } from '../../http/pages.js';
import { commandRefusals, guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { reachOf } from '../../http/reach.js';
import { closed, EntryNumber, ExternalId, Nullable, PageQuery, PersonalName, pageOf } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import { externalIdShape } from '../../lib/ids.js';
import { tidied } from '../../lib/text.js';
import { registerOrgUnit } from '../../timebank/people/org-units.js';
import { listOrgUnits, readOrgUnit } from '../../timebank/people/reads.js';
import { orgUnitRows } from '../../timebank/people/rows.js';
import { orgUnitLevels } from '../../timebank/words.js';

const UnitId = annotated(ExternalId, { description: 'The id of an organisation unit.', examples: ['XC-01-02'] });
const Level = named(
  'OrgUnitLevel',
  Type.Enum([...orgUnitLevels], {
    description: 'From the top; a unit stands one level below its parent.',
    examples: ['community'],
  }),
);
const UnitName = annotated(PersonalName, { description: "The unit's name.", examples: ['东溪社区'] });

const NewOrgUnit = namedObject(
  'NewOrgUnit',
  {
    external_id: UnitId,
    parent_external_id: Nullable(UnitId, { description: 'The unit above it; null for the county.' }),
    level: Level,
    name: UnitName,
  },
  {
    description: 'An organisation unit to register.',
    examples: [{ external_id: 'XC-01-01', parent_external_id: 'XC-01', level: 'community', name: '东溪社区' }],
  },
);

const OrgUnit = namedObject(
  'OrgUnit',
  {
    id: UnitId,
    parent: Nullable(UnitId, { description: 'The unit above it; null for the county.' }),
    level: Level,
    name: UnitName,
    path: Type.String({
      description: 'Every unit above it from the county down, its own id last.',
      examples: ['XC/XC-01/XC-01-01'],
    }),
    entry: EntryNumber,
  },
  {
    description: 'An organisation unit; `entry` is the number of the entry that registered it.',
    examples: [
      { id: 'XC-01-01', parent: 'XC-01', level: 'community', name: '东溪社区', path: 'XC/XC-01/XC-01-01', entry: '4' },
    ],
  },
);

const OrgUnitPage = pageOf('OrgUnitPage', 'org_units', OrgUnit, 'Organisation units in the order of their ids.');

const readers = ['operator', 'auditor', 'coordinator'] as const;

export function registerOrgUnits(app: App, service: Service): void {
  app.post('/v1/org-units', {
    config: { roles: ['operator'] },
    schema: {
      operationId: 'registerOrgUnit',
      summary: 'Register an organisation unit',
      description: 'A county first, then what lies below it: each unit exactly one level below its parent.',
      tags: ['people'],
      body: NewOrgUnit,
      response: {
        201: OrgUnit,
        ...problemResponses(...commandRefusals, 'org_unit_exists', 'org_unit_not_found', 'org_unit_level_invalid'),
      },
    },
    handler: (request, reply) => {
      const { external_id: id, parent_external_id: parent, level } = request.body;
      const name = tidied(request.body.name);
      return runCommand(service, request, reply, {
        decide: (stage) => {
          const entry = registerOrgUnit(stage, { ...request.body, name });
          const path = stage.row(orgUnitRows, id)?.path ?? id;
          return { id, parent, level, name: null, path, entry: String(entry.number) };
        },
        show: (unit) => unit,
        reveal: (body) => fillIn(body, { name }),
      });
    },
  });

  app.get('/v1/org-units', {
    config: { roles: readers },
    schema: {
      operationId: 'listOrgUnits',
      summary: 'List organisation units',
      description: "In the order of their ids; a coordinator sees the scope's unit and everything below it.",
      tags: ['people'],
      querystring: PageQuery,
      response: { 200: OrgUnitPage, ...problemResponses(...guardedRefusals) },
    },
    handler: async (request) => {
      const reach = reachOf(request.principal);
      const ledgerId = await ledgerIdOf(service, request.principal);
      const { page, next_cursor } = await readPage(
        request.query,
        externalIdShape,
        (rows) => listOrgUnits(service.sql, ledgerId, { reach, ...rows }),
        (unit) => unit.id,
      );
      return { org_units: page, next_cursor };
    },
  });

  app.get('/v1/org-units/:id', {
    config: { roles: readers },
    schema: {
      operationId: 'getOrgUnit',
      summary: 'One organisation unit',
      description: 'The unit and where it stands in the tree.',
      tags: ['people'],
      params: Type.Object({ id: UnitId }, closed),
      response: { 200: OrgUnit, ...problemResponses(...guardedRefusals, 'org_unit_not_found') },
    },
    handler: async (request) =>
      readOrgUnit(
        service.sql,
        await ledgerIdOf(service, request.principal),
        request.params.id,
        reachOf(request.principal),
      ),
  });
}
