/** How the lane writes grants and their purses: by what they are looked up. */
import { rowTable } from '../../../ledger/rows.js';
import * as tables from './tables.js';

export const grantRows = rowTable(tables.grants, {
  mutable: true,
  key: ['grant_id'],
  indexes: { member: ['member_id'] },
});
export const grantPurseRows = rowTable(tables.grantPurses, {
  mutable: true,
  key: ['member_id', 'year'],
  indexes: { member: ['member_id'], state: ['state'] },
});
