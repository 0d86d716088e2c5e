/**
 * Stations over HTTP: where they are, when they are open, and the public key that verifies what they show. Who looks after a subtree keeps
 * the stations in it.
 */
import { type Static, Type } from 'typebox';
import { reachOf } from '../../http/reach.js';
import { command, list, read } from '../../http/routes.js';
import { closed, NoBody } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { stationPublicKey } from '../../http/station-keys.js';
import type { Principal } from '../../http/tokens.js';
import { externalIdShape } from '../../lib/ids.js';
import { tidied } from '../../lib/text.js';
import { requireUnitWithin } from '../../timebank/people/reach.js';
import {
  listStationChanges,
  listStations,
  readStation,
  type StationView,
} from '../../timebank/people/stations/reads.js';
import {
  changeStation,
  closeStation,
  type StationParticulars as Particulars,
  registerStation,
  requireStationWithin,
  rotateStationKey,
} from '../../timebank/people/stations/stations.js';
import { UnitId } from './org-unit-shapes.js';
import { ChangeReceipt, receiptOf } from './receipts.js';
import {
  NewStation,
  Station,
  StationChangePage,
  StationFunction,
  StationId,
  StationKind,
  StationPage,
  StationParticulars,
} from './station-shapes.js';

const params = Type.Object({ id: StationId }, closed);
const keepers = ['operator', 'coordinator'] as const;
const readers = ['operator', 'auditor', 'coordinator', 'member'] as const;
const unitRefusals = ['org_unit_not_found', 'org_unit_closed', 'weekly_hours_invalid'] as const;
const openRefusals = ['station_not_found', 'station_closed'] as const;

export function registerStations(app: App, service: Service): void {
  registerKeeping(app, service);
  registerEnding(app, service);
  registerReading(app, service);
}

/** The public halves of a station's keys. */
function keysOf(service: Service, { ledger }: Principal, station: string) {
  return (generation: number) => stationPublicKey(service.secret, { ledger, station, generation });
}

function tidiedParticulars({ coordinates = null, ...asked }: Static<typeof StationParticulars>): Particulars {
  return { ...asked, name: tidied(asked.name), coordinates };
}

function registerKeeping(app: App, service: Service): void {
  command(app, service, '/v1/stations', {
    roles: keepers,
    operationId: 'registerStation',
    summary: 'Register a station',
    description: 'A place of the scheme, with a key of its own. A coordinator registers stations within the scope.',
    tags: ['people'],
    dryRun: false,
    body: NewStation,
    answer: ChangeReceipt,
    refusals: ['station_exists', ...unitRefusals],
    prepare: ({ body, principal }) => {
      const request = { ...body, ...tidiedParticulars(body) };
      return {
        decide: (stage) => {
          requireUnitWithin(stage, reachOf(principal), body.org_unit);
          return receiptOf(stage, body.id, registerStation(stage, request, keysOf(service, principal, body.id)));
        },
      };
    },
  });

  command(app, service, '/v1/stations/:id/changes', {
    roles: keepers,
    operationId: 'changeStation',
    summary: 'Change a station',
    description: 'Puts what is sent in the place of what the station was; its kind and its key stay.',
    tags: ['people'],
    dryRun: false,
    params,
    body: StationParticulars,
    answer: ChangeReceipt,
    refusals: [...openRefusals, ...unitRefusals],
    prepare: ({ params: { id }, body, principal }) => ({
      decide: (stage) => {
        requireStationWithin(stage, reachOf(principal), id);
        requireUnitWithin(stage, reachOf(principal), body.org_unit);
        return receiptOf(stage, id, changeStation(stage, id, tidiedParticulars(body)));
      },
    }),
  });
}

function registerEnding(app: App, service: Service): void {
  command(app, service, '/v1/stations/:id/rotate-key', {
    roles: keepers,
    operationId: 'rotateStationKey',
    summary: 'Give a station another key',
    description: 'What the station has shown so far is not good any more: for a device that was lost or copied.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NoBody,
    answer: ChangeReceipt,
    refusals: openRefusals,
    prepare: ({ params: { id }, principal }) => ({
      decide: (stage) => {
        requireStationWithin(stage, reachOf(principal), id);
        return receiptOf(stage, id, rotateStationKey(stage, id, keysOf(service, principal, id)));
      },
    }),
  });

  command(app, service, '/v1/stations/:id/close', {
    roles: keepers,
    operationId: 'closeStation',
    summary: 'Close a station',
    description: 'A station that is closed is not used any more. It stays readable.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NoBody,
    answer: ChangeReceipt,
    refusals: openRefusals,
    prepare: ({ params: { id }, principal }) => ({
      decide: (stage) => {
        requireStationWithin(stage, reachOf(principal), id);
        return receiptOf(stage, id, closeStation(stage, id));
      },
    }),
  });
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/stations', {
    roles: readers,
    operationId: 'listStations',
    summary: 'List stations',
    description:
      'In the order of their ids; unit, kind and function narrow. A coordinator sees those within the scope.',
    tags: ['people'],
    filters: {
      unit: Type.Optional(UnitId),
      kind: Type.Optional(StationKind),
      function: Type.Optional(StationFunction),
    },
    answer: StationPage,
    key: externalIdShape,
    rows: ({ query: { unit: orgUnit = null, kind = null, function: what = null }, principal }, ledger, page) =>
      listStations(service.sql, ledger.id, { reach: reachOf(principal), orgUnit, kind, function: what, ...page }),
    keyOf: ({ id }) => id,
    show: (stations) => ({ stations: stations.map(shown) }),
  });

  read(app, service, '/v1/stations/:id', {
    roles: readers,
    operationId: 'getStation',
    summary: 'One station',
    description: 'The station as it stands now, with the public key that verifies what it shows.',
    tags: ['people'],
    params,
    answer: Station,
    refusals: ['station_not_found'],
    read: async ({ params, principal }, ledger) =>
      shown(await readStation(service.sql, ledger.id, params.id, reachOf(principal))),
  });

  list(app, service, '/v1/stations/:id/changes', {
    roles: ['operator', 'auditor', 'coordinator'],
    operationId: 'listStationChanges',
    summary: 'What became of a station',
    description: 'Its registration and every change, oldest first, with the station as it stood from then on.',
    tags: ['people'],
    params,
    answer: StationChangePage,
    refusals: ['station_not_found'],
    key: /^[1-9][0-9]{0,14}$/,
    rows: ({ params, principal }, ledger, page) =>
      listStationChanges(service.sql, ledger.id, { id: params.id, reach: reachOf(principal), ...page }),
    keyOf: ({ entry }) => entry,
    show: (changes) => ({ changes }),
  });
}

function shown({ kid, public_key: x, ...station }: StationView) {
  return { ...station, key: { kty: 'OKP' as const, crv: 'Ed25519' as const, x, kid } };
}
