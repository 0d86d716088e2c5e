/** How the lane writes the tables of partners: which rows change, and by what they are looked up. */
import { rowTable } from '../../ledger/rows.js';
import * as tables from './tables.js';

export const partnerRows = rowTable(tables.partners, { mutable: true, key: ['partner_id'] });
export const credentialRows = rowTable(tables.credentials, { mutable: true, key: ['client_id'] });
export const redemptionRows = rowTable(tables.redemptions, {
  mutable: true,
  key: ['redemption_id'],
  indexes: { reference: ['partner_id', 'partner_reference'], member: ['member_id', 'status'] },
});
