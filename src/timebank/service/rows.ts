/** How the lane writes the tables of service: which rows change, and by what they are looked up. */
import { rowTable } from '../../ledger/rows.js';
import * as tables from './tables.js';

export const serviceRecordRows = rowTable(tables.serviceRecords, {
  mutable: false,
  key: ['service_record_id'],
  indexes: { week: ['volunteer_id', 'week'], volunteer: ['volunteer_id'], recipient: ['recipient_id'] },
});
export const serviceDifferenceRows = rowTable(tables.serviceDifferences, {
  mutable: false,
  key: ['service_record_id', 'code'],
  indexes: { record: ['service_record_id'] },
});
export const serviceCorrectionRows = rowTable(tables.serviceCorrections, {
  mutable: true,
  key: ['service_record_id'],
  indexes: { week: ['volunteer_id', 'week'], volunteer: ['volunteer_id'] },
});
export const serviceRecomputationRows = rowTable(tables.serviceRecomputations, {
  mutable: false,
  key: ['service_record_id', 'entry'],
  indexes: { week: ['volunteer_id', 'week'], record: ['service_record_id'] },
});
export const lateRecordRows = rowTable(tables.lateRecords, { mutable: true, key: ['kind', 'record_id'] });
export const recomputationRows = rowTable(tables.recomputations, { mutable: true, key: ['recomputation_id'] });
