/**
 * Stations (服务站点): where people learn, volunteer, exchange and are cared for. A station shows codes signed with a key of its own;
 * here only the public half is known. Each change stays in the station's history.
 */
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import {
  type StationChangeKind,
  type StationFunction,
  type StationKind,
  stationFunctions,
} from '../../community-words.js';
import { requireOpenUnit } from '../org-units.js';
import { isUnitWithin, type Reach } from '../reach.js';
import { type WeeklyHours, writeWeeklyHours } from '../weekly-hours.js';
import { writeWords } from '../word-lists.js';
import { stationChangeRows, stationRows } from './rows.js';

/** What of a station can change. */
export interface StationParticulars {
  readonly org_unit: string;
  readonly name: string;
  readonly functions: readonly StationFunction[];
  readonly opening_hours: readonly WeeklyHours[];
  readonly coordinates: { readonly latitude: string; readonly longitude: string } | null;
}

export interface StationRequest extends StationParticulars {
  readonly id: string;
  readonly kind: StationKind;
}

/** The public half of a station's key, by its generation. */
export type PublicKeyOf = (generation: number) => { readonly kid: string; readonly publicKey: string };

export type Station = NonNullable<ReturnType<typeof stationRows.decode>>;

/** Refuses: `station_exists`, `org_unit_not_found`, `org_unit_closed`, `weekly_hours_invalid`. */
export function registerStation(stage: Stage, request: StationRequest, keyOf: PublicKeyOf): StagedEntry {
  const { id, kind } = request;
  if (stage.row(stationRows, id))
    throw new Refusal('station_exists', { en: `station ${id} exists already`, zh: `站点 ${id} 已存在` });
  const { kid, publicKey } = keyOf(1);
  const station = {
    station_id: id,
    kind,
    ...particularsOf(stage, request),
    key_generation: 1,
    kid,
    public_key: publicKey,
    closed_on: null,
  };
  return postChange(stage, 'registered', station);
}

/** Refuses: `station_not_found`, `station_closed`. */
export function requireOpenStation(stage: Stage, id: string): Station {
  const station = stage.row(stationRows, id);
  if (!station) throw stationNotFound(id);
  if (station.closed_on !== null) throw stationClosed(id, station.closed_on);
  return station;
}

/** Refuses: `station_not_found`, also when its unit lies out of reach. */
export function requireStationWithin(stage: Stage, reach: Reach, id: string): void {
  const station = stage.row(stationRows, id);
  if (!station || !isUnitWithin(stage, reach, station.org_unit_id)) throw stationNotFound(id);
}

/**
 * Puts these particulars in the place of those it has. Refuses: `station_not_found`, `station_closed`, `org_unit_not_found`,
 * `org_unit_closed`, `weekly_hours_invalid`.
 */
export function changeStation(stage: Stage, id: string, particulars: StationParticulars): StagedEntry {
  const station = requireOpenStation(stage, id);
  return postChange(stage, 'changed', { ...station, ...particularsOf(stage, particulars) });
}

/** Gives a station the next key; what the last one signed is not good any more. Refuses: `station_not_found`, `station_closed`. */
export function rotateStationKey(stage: Stage, id: string, keyOf: PublicKeyOf): StagedEntry {
  const station = requireOpenStation(stage, id);
  const generation = station.key_generation + 1;
  const { kid, publicKey } = keyOf(generation);
  return postChange(stage, 'key_rotated', { ...station, key_generation: generation, kid, public_key: publicKey });
}

/** Refuses: `station_not_found`, `station_closed`. */
export function closeStation(stage: Stage, id: string): StagedEntry {
  return postChange(stage, 'closed', { ...requireOpenStation(stage, id), closed_on: stage.today });
}

export function stationNotFound(id: string): Refusal {
  return new Refusal('station_not_found', { en: `there is no station ${id}`, zh: `没有站点 ${id}` });
}

export function stationClosed(id: string, on: string): Refusal {
  return new Refusal('station_closed', { en: `station ${id} was closed on ${on}`, zh: `站点 ${id} 已于 ${on} 关闭` });
}

function particularsOf(stage: Stage, asked: StationParticulars) {
  const { org_unit, name, functions, opening_hours, coordinates } = asked;
  requireOpenUnit(stage, org_unit);
  return {
    org_unit_id: org_unit,
    name,
    functions: writeWords(functions, stationFunctions),
    opening_hours: writeWeeklyHours(opening_hours),
    latitude: coordinates?.latitude ?? null,
    longitude: coordinates?.longitude ?? null,
  };
}

const entryKinds: Readonly<Record<StationChangeKind, TimebankKind>> = {
  registered: 'station_registered',
  changed: 'station_changed',
  key_rotated: 'station_key_rotated',
  closed: 'station_closed',
};

function postChange(stage: Stage, kind: StationChangeKind, station: Station): StagedEntry {
  const {
    kind: _,
    key_generation: _generation,
    public_key: _key,
    closed_on: _closed,
    entry: _entry,
    ...stands
  } = station;
  const history = { ...stands, change: kind, effective_on: stage.today, changed_by: stage.actingAs };
  return stage.post({
    kind: entryKinds[kind],
    rows: [change(stationRows, station), change(stationChangeRows, history)],
  });
}
