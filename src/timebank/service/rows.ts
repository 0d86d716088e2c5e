/** How the lane writes the tables of service: which rows change, and by what they are looked up. */
import { rowTable } from '../../ledger/rows.js';
import * as tables from './tables.js';

export const serviceRecordRows = rowTable(tables.serviceRecords, {
  mutable: false,
  key: ['service_record_id'],
  indexes: { week: ['volunteer_id', 'week'] },
});
export const serviceDifferenceRows = rowTable(tables.serviceDifferences, {
  mutable: false,
  key: ['service_record_id', 'code'],
});
export const lateRecordRows = rowTable(tables.lateRecords, { mutable: true, key: ['kind', 'record_id'] });
