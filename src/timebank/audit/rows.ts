/** How the lane writes the tables of audit: which rows change, and by what they are looked up. */
import { rowTable } from '../../ledger/rows.js';
import * as tables from './tables.js';

export const partnerStatementRows = rowTable(tables.partnerStatements, {
  mutable: false,
  key: ['partner_statement_id'],
  indexes: { range: ['partner_id', 'from', 'to'] },
});
export const partnerStatementLineRows = rowTable(tables.partnerStatementLines, {
  mutable: false,
  key: ['partner_statement_id', 'line'],
  indexes: { statement: ['partner_statement_id'] },
});
export const reconciliationRows = rowTable(tables.reconciliations, { mutable: false, key: ['reconciliation_id'] });
