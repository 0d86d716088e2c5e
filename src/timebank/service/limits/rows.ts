/** How the lane writes what is used of shared limits. */
import { rowTable } from '../../../ledger/rows.js';
import * as tables from './tables.js';

const limit = ['limit_kind', 'limit_of', 'within', 'first_on'] as const;

export const limitUseRows = rowTable(tables.limitUses, { mutable: true, key: [...limit] });
export const limitRecordRows = rowTable(tables.limitRecords, {
  mutable: true,
  key: ['service_record_id', ...limit],
  indexes: { record: ['service_record_id'] },
});
