/** Reading stations and what became of them, as far as the reader sees. */
import type { Pool } from '../../../db/connect.js';
import type { StationChangeKind, StationFunction, StationKind } from '../../community-words.js';
import { type Reach, withinSql } from '../reach.js';
import { readWeeklyHours, type WeeklyHours } from '../weekly-hours.js';
import { readWords } from '../word-lists.js';
import { stationClosed, stationNotFound } from './stations.js';

const prepared = { prepare: true } as const;

interface Particulars {
  readonly org_unit: string;
  readonly name: string;
  readonly functions: StationFunction[];
  readonly opening_hours: WeeklyHours[];
  readonly coordinates: { readonly latitude: string; readonly longitude: string } | null;
  readonly kid: string;
  readonly entry: string;
}

export interface StationView extends Particulars {
  readonly id: string;
  readonly kind: StationKind;
  readonly public_key: string;
  readonly closed_on: string | null;
}

export interface StationChangeView extends Particulars {
  readonly change: StationChangeKind;
  readonly effective_on: string;
  readonly changed_by: string;
}

const particulars = `s.org_unit_id as org_unit, s.name, s.functions, s.opening_hours, s.latitude, s.longitude, s.kid, s.entry::text as entry`;
const columns = `s.station_id as id, s.kind, s.public_key, s.closed_on::text as closed_on, ${particulars}`;

/** Lists and times as they are meant, rather than as they are kept. */
function viewOf<View extends Particulars>(row: Readonly<Record<string, string | null>>): View {
  const { functions, opening_hours: hours, latitude, longitude, ...rest } = row;
  const view = {
    ...rest,
    functions: readWords<StationFunction>(functions ?? ''),
    opening_hours: readWeeklyHours(hours ?? ''),
    coordinates: latitude === null ? null : { latitude, longitude },
  };
  return view as unknown as View;
}

export interface StationFilters {
  readonly reach: Reach;
  readonly orgUnit: string | null;
  readonly kind: StationKind | null;
  readonly function: StationFunction | null;
}

/** Stations by id, from after an id on; `orgUnit` narrows to that unit and what lies below it. */
export async function listStations(
  sql: Pool,
  ledgerId: number,
  page: StationFilters & { after: string; limit: number },
): Promise<StationView[]> {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.stations s
     where s.ledger_id = $1 and s.station_id > $2 and ${withinSql('s.org_unit_id', '$3')} and ${withinSql('s.org_unit_id', '$4')}
       and ($5::text is null or s.kind = $5::text)
       and ($6::text is null or $6::text = any(string_to_array(s.functions, ' ')))
     order by s.station_id limit $7`,
    [ledgerId, page.after, page.reach, page.orgUnit, page.kind, page.function, page.limit],
    prepared,
  );
  return rows.map((row) => viewOf<StationView>(row));
}

/** Refuses: `station_not_found`, also when its unit lies out of reach. */
export async function readStation(sql: Pool, ledgerId: number, id: string, reach: Reach): Promise<StationView> {
  const [row] = await sql.unsafe(
    `select ${columns} from timebank.stations s
     where s.ledger_id = $1 and s.station_id = $2 and ${withinSql('s.org_unit_id', '$3')}`,
    [ledgerId, id, reach],
    prepared,
  );
  if (!row) throw stationNotFound(id);
  return viewOf<StationView>(row);
}

/** Which key an open station signs with. Refuses: `station_not_found`, also when its unit lies out of reach; `station_closed`. */
export async function readStationGeneration(sql: Pool, ledgerId: number, id: string, reach: Reach): Promise<number> {
  const [row] = await sql.unsafe(
    `select s.key_generation as generation, s.closed_on::text as closed_on from timebank.stations s
     where s.ledger_id = $1 and s.station_id = $2 and ${withinSql('s.org_unit_id', '$3')}`,
    [ledgerId, id, reach],
    prepared,
  );
  if (!row) throw stationNotFound(id);
  if (row['closed_on'] !== null) throw stationClosed(id, row['closed_on'] as string);
  return row['generation'] as number;
}

/** What became of a station, oldest first, from after an entry on. Refuses: `station_not_found`, also when it lies out of reach. */
export async function listStationChanges(
  sql: Pool,
  ledgerId: number,
  page: { id: string; reach: Reach; after: string; limit: number },
): Promise<StationChangeView[]> {
  await readStation(sql, ledgerId, page.id, page.reach);
  const rows = await sql.unsafe(
    `select s.change, s.effective_on::text as effective_on, s.changed_by, ${particulars} from timebank.station_changes s
     where s.ledger_id = $1 and s.station_id = $2 and s.entry > $3::text::bigint order by s.entry limit $4`,
    [ledgerId, page.id, page.after || '0', page.limit],
    prepared,
  );
  return rows.map((row) => viewOf<StationChangeView>(row));
}
