/** The time bank's tables as the lane writes them: which rows change, and by what they are looked up. */
import { rowTable } from '../ledger/rows.js';
import * as tables from './tables.js';

export const orgUnitRows = rowTable(tables.orgUnits, { mutable: true, key: ['org_unit_id'] });
export const memberRows = rowTable(tables.members, { mutable: true, key: ['member_id'] });
export const openingPointRows = rowTable(tables.openingPoints, { mutable: false, key: ['member_id'] });

export const serviceRecordRows = rowTable(tables.serviceRecords, {
  mutable: false,
  key: ['service_record_id'],
  indexes: { week: ['volunteer_id', 'week'] },
});
export const serviceDifferenceRows = rowTable(tables.serviceDifferences, {
  mutable: false,
  key: ['service_record_id', 'code'],
});

export const partnerRows = rowTable(tables.partners, { mutable: true, key: ['partner_id'] });
export const partnerCredentialRows = rowTable(tables.partnerCredentials, {
  mutable: true,
  key: ['client_id'],
  indexes: { partner: ['partner_id'] },
});
export const redemptionRows = rowTable(tables.redemptions, {
  mutable: true,
  key: ['redemption_id'],
  indexes: { reference: ['partner_id', 'partner_reference'], member: ['member_id', 'status'] },
});
export const redemptionMovementRows = rowTable(tables.redemptionMovements, {
  mutable: false,
  key: ['redemption_id', 'entry'],
  indexes: { day: ['partner_id', 'effective_on'] },
});

export const importRows = rowTable(tables.imports, { mutable: true, key: ['import_id'] });
export const importLineRows = rowTable(tables.importRows, { mutable: false, key: ['import_id', 'line'] });

export const partnerStatementRows = rowTable(tables.partnerStatements, {
  mutable: false,
  key: ['partner_statement_id'],
  indexes: { file: ['partner_id', 'period', 'sha256'], period: ['partner_id', 'period'] },
});
export const partnerStatementLineRows = rowTable(tables.partnerStatementLines, {
  mutable: false,
  key: ['partner_statement_id', 'line'],
  indexes: { statement: ['partner_statement_id'] },
});
export const reconciliationRows = rowTable(tables.reconciliations, { mutable: false, key: ['reconciliation_id'] });

/** Every table the lane writes for the time bank: what `verify` compares with the log. */
export const allRows = [
  orgUnitRows,
  memberRows,
  openingPointRows,
  serviceRecordRows,
  serviceDifferenceRows,
  partnerRows,
  partnerCredentialRows,
  redemptionRows,
  redemptionMovementRows,
  importRows,
  importLineRows,
  partnerStatementRows,
  partnerStatementLineRows,
  reconciliationRows,
] as const;
