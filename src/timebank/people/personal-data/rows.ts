/** How the lane writes the tables of personal data: which rows change, and by what they are looked up. */
import { rowTable } from '../../../ledger/rows.js';
import * as tables from './tables.js';

export const personKeyRows = rowTable(tables.personKeys, { mutable: true, key: ['member_id'] });
export const keyGenerationRows = rowTable(tables.keyGenerations, { mutable: true, key: ['wraps'] });
export const sealedFieldRows = rowTable(tables.sealedFieldTable, {
  mutable: true,
  key: ['member_id', 'slot'],
  indexes: { member: ['member_id'], field: ['member_id', 'field'], lookup: ['lookup'] },
});
export const consentRows = rowTable(tables.consents, {
  mutable: true,
  key: ['member_id', 'number'],
  indexes: { member: ['member_id'] },
});
export const accessLogRows = rowTable(tables.accessLog, { mutable: false, key: ['entry'] });
export const erasureRows = rowTable(tables.erasures, { mutable: true, key: ['member_id'] });
