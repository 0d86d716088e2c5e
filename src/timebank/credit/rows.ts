/** How the lane writes the tables of credit: which rows change, and by what they are looked up. */
import { rowTable } from '../../ledger/rows.js';
import * as tables from './tables.js';

export const ruleSetRows = rowTable(tables.ruleSets, {
  mutable: true,
  key: ['rule_set', 'version'],
  indexes: { state: ['state'], family: ['rule_set'] },
});
export const openingPointRows = rowTable(tables.openingPoints, { mutable: true, key: ['member_id'] });
export const lotRows = rowTable(tables.lots, {
  mutable: true,
  key: ['member_id', 'purse', 'expires_on'],
  indexes: { state: ['member_id', 'purse', 'state'] },
});
export const giftRows = rowTable(tables.gifts, {
  mutable: true,
  key: ['gift_id'],
  indexes: {
    giver: ['giver_id', 'state'],
    receiver: ['receiver_id', 'state'],
    month: ['giver_id', 'purse', 'month'],
  },
});
export const adjustmentRows = rowTable(tables.adjustments, { mutable: true, key: ['adjustment_id'] });
export const memberMergeRows = rowTable(tables.memberMerges, { mutable: true, key: ['member_id'] });
