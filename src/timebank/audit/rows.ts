/** How the lane writes the tables of audit: which rows change, and by what they are looked up. */
import { rowTable, sealedTable } from '../../ledger/rows.js';
import * as tables from './tables.js';

export const partnerStatementRows = rowTable(tables.partnerStatements, {
  mutable: false,
  key: ['partner_statement_id'],
  indexes: { range: ['partner_id', 'from', 'to'] },
});
export const partnerStatementLineRows = sealedTable(tables.partnerStatementLines, {
  key: ['partner_statement_id', 'line'],
  indexes: { statement: ['partner_statement_id'] },
  seal: partnerStatementRows,
  id: 'partner_statement_id',
  order: 'line',
  count: 'line_count',
  digest: 'lines_sha256',
});
export const reconciliationRows = rowTable(tables.reconciliations, { mutable: true, key: ['reconciliation_id'] });
export const spotCheckRows = rowTable(tables.spotChecks, { mutable: false, key: ['spot_check_id'] });
export const spotCheckResultRows = rowTable(tables.spotCheckResults, {
  mutable: true,
  key: ['spot_check_id', 'service_record_id'],
});
