/** How the lane writes the tables of the care registry: which rows change, and by what they are looked up. */
import { rowTable } from '../../../ledger/rows.js';
import * as tables from './tables.js';

export const careSubjectRows = rowTable(tables.careSubjects, {
  mutable: true,
  key: ['care_id'],
  indexes: { member: ['member_id'] },
});
export const careChangeRows = rowTable(tables.careChanges, {
  mutable: true,
  key: ['care_id', 'number'],
  indexes: { subject: ['care_id'] },
});
export const careVisitRows = rowTable(tables.careVisits, {
  mutable: true,
  key: ['care_id', 'number'],
  indexes: { subject: ['care_id'] },
});
export const careReadRows = rowTable(tables.careReads, { mutable: false, key: ['entry'] });
