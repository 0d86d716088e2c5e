/** How the lane writes the tables of audit: which rows change, and by what they are looked up. */
import { rowTable } from '../../ledger/rows.js';
import * as tables from './tables.js';

export const partnerStatementRows = rowTable(tables.partnerStatements, {
  mutable: false,
  key: ['partner_statement_id'],
  indexes: { file: ['partner_id', 'period', 'sha256'], period: ['partner_id', 'period'] },
});
export const partnerStatementLineRows = rowTable(tables.partnerStatementLines, {
  mutable: false,
  key: ['partner_statement_id', 'line'],
});
export const reconciliationRows = rowTable(tables.reconciliations, { mutable: true, key: ['reconciliation_id'] });
