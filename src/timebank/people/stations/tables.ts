/** The tables of stations: where they are, when they are open, what they are for, and which key signs what they show. */
import { check, date, index, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import {
  latitudePattern,
  longitudePattern,
  stationChangeKinds,
  stationFunctions,
  stationKinds,
} from '../../community-words.js';
import { areDates, areIds, entry, matches, oneOf, timebank } from '../../schema.js';
import { weeklyHoursPattern } from '../weekly-hours.js';
import { wordsPattern } from '../word-lists.js';

/** What is known of a station, as it stands and in its history. */
const particulars = () => ({
  ledger_id: integer().notNull(),
  station_id: text().notNull(),
  org_unit_id: text().notNull(),
  name: text().notNull(),
  functions: text().notNull(),
  opening_hours: text().notNull(),
  latitude: text(),
  longitude: text(),
  kid: text().notNull(),
});

/** Stations as they are now. `public_key` verifies what the station shows; its private half is derived, and stored nowhere. */
export const stations = timebank.table(
  'stations',
  {
    ...particulars(),
    kind: text({ enum: stationKinds }).notNull(),
    key_generation: integer().notNull(),
    public_key: text().notNull(),
    closed_on: date({ mode: 'string' }),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'stations_pkey', columns: [t.ledger_id, t.station_id] }),
    index('stations_org_unit_idx').on(t.ledger_id, t.org_unit_id),
    check('stations_kind_check', oneOf(t.kind, stationKinds)),
    check('stations_functions_check', matches(t.functions, wordsPattern(stationFunctions))),
    check('stations_opening_hours_check', matches(t.opening_hours, weeklyHoursPattern)),
    check('stations_latitude_check', matches(t.latitude, latitudePattern)),
    check('stations_longitude_check', matches(t.longitude, longitudePattern)),
    check('stations_ids_check', areIds(t.station_id, t.org_unit_id)),
  ],
);

/** What became of stations: a row for the registration and for each change, with the station as it stood from then on. */
export const stationChanges = timebank.table(
  'station_changes',
  {
    ...particulars(),
    change: text().notNull(),
    effective_on: date({ mode: 'string' }).notNull(),
    changed_by: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'station_changes_pkey', columns: [t.ledger_id, t.station_id, t.entry] }),
    check('station_changes_change_check', oneOf(t.change, stationChangeKinds)),
    check('station_changes_ids_check', areIds(t.station_id, t.org_unit_id)),
    check('station_changes_dates_check', areDates(t.effective_on)),
  ],
);
