/** How the lane writes the tables of talent: which rows change, and by what they are looked up. */
import { rowTable } from '../../../ledger/rows.js';
import * as tables from './tables.js';

export const specialtyRows = rowTable(tables.specialties, { mutable: false, key: ['kind', 'code'] });
export const talentRows = rowTable(tables.talents, { mutable: true, key: ['member_id', 'registry'] });
export const talentChangeRows = rowTable(tables.talentChanges, {
  mutable: false,
  key: ['member_id', 'registry', 'entry'],
  indexes: { member: ['member_id'] },
});
export const qualificationRows = rowTable(tables.talentQualifications, {
  mutable: true,
  key: ['member_id', 'registry', 'number'],
  indexes: { member: ['member_id'] },
});
