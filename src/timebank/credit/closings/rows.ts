/** How the lane writes closings. */
import { rowTable } from '../../../ledger/rows.js';
import * as tables from './tables.js';

export const closingRows = rowTable(tables.closings, {
  mutable: true,
  key: ['closing_id'],
  indexes: { member: ['member_id'], state: ['member_id', 'state'] },
});
