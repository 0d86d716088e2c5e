/** The organisation tree over HTTP: a county and four levels below it. A coordinator sees the subtree of the token's scope only. */
import { Type } from 'typebox';
import { fillIn } from '../../http/commands.js';
import { annotated, named, namedObject } from '../../http/named.js';
import { reachOf } from '../../http/reach.js';
import { command, list, read } from '../../http/routes.js';
import { closed, EntryNumber, ExternalId, Nullable, PersonalName, pageOf } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { externalIdShape } from '../../lib/ids.js';
import { tidied } from '../../lib/text.js';
import { pathOf, registerOrgUnit } from '../../timebank/people/org-units.js';
import { listOrgUnits, readOrgUnit } from '../../timebank/people/reads.js';
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
  command(app, service, '/v1/org-units', {
    roles: ['operator'],
    operationId: 'registerOrgUnit',
    summary: 'Register an organisation unit',
    description: 'A county first, then what lies below it: each unit exactly one level below its parent.',
    tags: ['people'],
    dryRun: false,
    body: NewOrgUnit,
    answer: OrgUnit,
    refusals: ['org_unit_exists', 'org_unit_not_found', 'org_unit_level_invalid'],
    prepare: ({ body: asked }) => {
      const { external_id: id, parent_external_id: parent, level } = asked;
      const name = tidied(asked.name);
      return {
        decide: (stage) => {
          const entry = registerOrgUnit(stage, { ...asked, name });
          const path = pathOf(stage, id);
          return { id, parent, level, name: null, path, entry: String(entry.number) };
        },
        show: (unit) => unit,
        reveal: (body) => fillIn(body, { name }),
      };
    },
  });

  list(app, service, '/v1/org-units', {
    roles: readers,
    operationId: 'listOrgUnits',
    summary: 'List organisation units',
    description: "In the order of their ids; a coordinator sees the scope's unit and everything below it.",
    tags: ['people'],
    answer: OrgUnitPage,
    key: externalIdShape,
    rows: ({ principal }, ledger, page) => listOrgUnits(service.sql, ledger.id, { reach: reachOf(principal), ...page }),
    keyOf: ({ id }) => id,
    show: (units) => ({ org_units: units }),
  });

  read(app, service, '/v1/org-units/:id', {
    roles: readers,
    operationId: 'getOrgUnit',
    summary: 'One organisation unit',
    description: 'The unit and where it stands in the tree.',
    tags: ['people'],
    params: Type.Object({ id: UnitId }, closed),
    answer: OrgUnit,
    refusals: ['org_unit_not_found'],
    read: ({ params, principal }, ledger) => readOrgUnit(service.sql, ledger.id, params.id, reachOf(principal)),
  });
}
