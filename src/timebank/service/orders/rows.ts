/** How the lane writes the tables of orders: by what their rows are looked up. */
import { rowTable } from '../../../ledger/rows.js';
import * as tables from './tables.js';

export const orderRows = rowTable(tables.orders, {
  mutable: true,
  key: ['order_id'],
  // `lapsing` is found by the index of deadlines, which has no other orders.
  indexes: { unit: ['org_unit_id', 'status'], lapsing: ['funding', 'lapses_to'], placer: ['placed_by'] },
});
export const orderPeopleRows = rowTable(tables.orderPeople, {
  mutable: true,
  key: ['order_id', 'member_id'],
  indexes: {
    order: ['order_id'],
    week: ['member_id', 'week'],
    standing: ['member_id', 'attendance'],
    member: ['member_id'],
  },
});
export const offerRows = rowTable(tables.offers, {
  mutable: true,
  key: ['offer_id'],
  indexes: { order: ['order_id'], volunteer: ['volunteer_id'], team: ['team_id'] },
});
export const orderCodeRows = rowTable(tables.orderCodes, { mutable: true, key: ['order_id'] });
export const orderTextRows = rowTable(tables.orderTexts, {
  mutable: true,
  key: ['order_id', 'about'],
  indexes: { order: ['order_id'] },
});
export const orderEvidenceRows = rowTable(tables.orderEvidence, {
  mutable: true,
  key: ['order_id', 'digest'],
  indexes: { order: ['order_id'] },
});
