/**
 * The organisation tree over HTTP: a county and four levels below it, and what becomes of its units. A coordinator sees the subtree of the
 * token's scope only.
 */
import { Type } from 'typebox';
import { fillIn } from '../../http/commands.js';
import { reachOf } from '../../http/reach.js';
import { command, list, read } from '../../http/routes.js';
import { closed } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import type { StagedEntry } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { externalIdShape } from '../../lib/ids.js';
import { tidied } from '../../lib/text.js';
import { closeOrgUnit, moveOrgUnit, pathOf, registerOrgUnit, renameOrgUnit } from '../../timebank/people/org-units.js';
import { listOrgUnitChanges, listOrgUnits, nameOfOrgUnit, readOrgUnit } from '../../timebank/people/reads.js';
import { orgUnitRows } from '../../timebank/people/rows.js';
import { countOpenOrders } from '../../timebank/service/orders/lapse.js';
import {
  Closing,
  NewName,
  NewOrgUnit,
  NewPlace,
  OrgUnit,
  OrgUnitChangePage,
  OrgUnitPage,
  UnitId,
} from './org-unit-shapes.js';

const params = Type.Object({ id: UnitId }, closed);
const readers = ['operator', 'auditor', 'coordinator'] as const;
const changeRefusals = [
  'org_unit_not_found',
  'org_unit_closed',
  'date_in_future',
  'date_before_original',
  'period_closed',
] as const;

export function registerOrgUnits(app: App, service: Service): void {
  registerRegistering(app, service);
  registerChanging(app, service);
  registerReading(app, service);
}

/** A unit as a command leaves it, without its name, which is not remembered. */
function viewOf(stage: Stage, id: string, { number }: StagedEntry) {
  const unit = stage.row(orgUnitRows, id);
  if (!unit) throw new Error(`unit ${id} has just been written and is not there`);
  const { parent_id: parent, level, closed_on } = unit;
  return { id, parent, level, name: null, path: pathOf(stage, id), closed_on, entry: String(number) };
}

/** The name that the unit had once the command was carried out, for as long as its history is kept. */
async function withName(service: Service, principal: Principal, body: string): Promise<string> {
  const { id, entry } = JSON.parse(body) as { id: string; entry: string };
  return fillIn(body, { name: await nameOfOrgUnit(service.sql, await ledgerIdOf(service, principal), id, entry) });
}

function registerRegistering(app: App, service: Service): void {
  command(app, service, '/v1/org-units', {
    roles: ['operator'],
    operationId: 'registerOrgUnit',
    summary: 'Register an organisation unit',
    description:
      'A county first, of which there is one, then what lies below it: each unit exactly one level below its parent.',
    tags: ['people'],
    dryRun: false,
    body: NewOrgUnit,
    answer: OrgUnit,
    refusals: ['org_unit_exists', 'county_exists', 'org_unit_not_found', 'org_unit_level_invalid', 'org_unit_closed'],
    prepare: ({ body: asked }) => {
      const name = tidied(asked.name);
      return {
        decide: (stage) => viewOf(stage, asked.external_id, registerOrgUnit(stage, { ...asked, name })),
        reveal: (body) => fillIn(body, { name }),
      };
    },
  });
}

function registerChanging(app: App, service: Service): void {
  command(app, service, '/v1/org-units/:id/rename', {
    roles: ['operator'],
    operationId: 'renameOrgUnit',
    summary: 'Rename an organisation unit',
    description: 'Gives a unit another name; the name that it had stays in its history.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NewName,
    status: 200,
    answer: OrgUnit,
    refusals: [...changeRefusals, 'org_unit_unchanged'],
    prepare: ({ params: { id }, body: { name: given, effective_on: effectiveOn } }) => {
      const name = tidied(given);
      return {
        decide: (stage) => viewOf(stage, id, renameOrgUnit(stage, { id, name, effectiveOn })),
        reveal: (body) => fillIn(body, { name }),
      };
    },
  });

  command(app, service, '/v1/org-units/:id/move', {
    roles: ['operator'],
    operationId: 'moveOrgUnit',
    summary: 'Move an organisation unit',
    description:
      'Puts a unit below another one of the level above; all that is below it goes with it. Reports of a month follow the tree as it was at its end.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NewPlace,
    status: 200,
    answer: OrgUnit,
    refusals: [...changeRefusals, 'org_unit_unchanged', 'org_unit_level_invalid'],
    prepare: ({ params: { id }, body: { parent_external_id: parent, effective_on: effectiveOn }, principal }) => ({
      decide: (stage) => viewOf(stage, id, moveOrgUnit(stage, { id, parent, effectiveOn })),
      reveal: (body) => withName(service, principal, body),
    }),
  });

  command(app, service, '/v1/org-units/:id/close', {
    roles: ['operator'],
    operationId: 'closeOrgUnit',
    summary: 'Close an organisation unit',
    description:
      'A unit that has neither members nor open units below it, stations or teams is not used any more. It stays readable.',
    tags: ['people'],
    dryRun: false,
    params,
    body: Closing,
    status: 200,
    answer: OrgUnit,
    refusals: [...changeRefusals, 'org_unit_in_use'],
    prepare: ({ params: { id }, body, principal }) => ({
      decide: (stage) =>
        viewOf(stage, id, closeOrgUnit(stage, { id, effectiveOn: body?.effective_on }, countOpenOrders)),
      reveal: (answer) => withName(service, principal, answer),
    }),
  });
}

function registerReading(app: App, service: Service): void {
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
    params,
    answer: OrgUnit,
    refusals: ['org_unit_not_found'],
    read: ({ params, principal }, ledger) => readOrgUnit(service.sql, ledger.id, params.id, reachOf(principal)),
  });

  list(app, service, '/v1/org-units/:id/changes', {
    roles: readers,
    operationId: 'listOrgUnitChanges',
    summary: 'What became of an organisation unit',
    description:
      'Its registration and every change, oldest first: who, from when on, and as what it stands in the tree from then on.',
    tags: ['people'],
    params,
    answer: OrgUnitChangePage,
    refusals: ['org_unit_not_found'],
    key: /^[1-9][0-9]{0,14}$/,
    rows: ({ params, principal }, ledger, page) =>
      listOrgUnitChanges(service.sql, ledger.id, { id: params.id, reach: reachOf(principal), ...page }),
    keyOf: ({ entry }) => entry,
    show: (changes) => ({ changes }),
  });
}
