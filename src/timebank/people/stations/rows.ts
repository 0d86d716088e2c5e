/** How the lane writes the tables of stations. */
import { rowTable } from '../../../ledger/rows.js';
import * as tables from './tables.js';

export const stationRows = rowTable(tables.stations, {
  mutable: true,
  key: ['station_id'],
  indexes: { unit: ['org_unit_id'] },
});
export const stationChangeRows = rowTable(tables.stationChanges, { mutable: false, key: ['station_id', 'entry'] });
