/** Every table the lane writes for the time bank: what `verify` compares with the log. */

import { partnerStatementLineRows, partnerStatementRows, reconciliationRows } from './audit/rows.js';
import { openingPointRows } from './credit/rows.js';
import { importLineRows, importRows } from './imports/rows.js';
import { credentialRows, partnerRows, redemptionMovementRows, redemptionRows } from './partners/rows.js';
import { memberRows, orgUnitRows, personRows } from './people/rows.js';
import { serviceDifferenceRows, serviceRecordRows } from './service/rows.js';

export const allRows = [
  orgUnitRows,
  memberRows,
  personRows,
  openingPointRows,
  serviceRecordRows,
  serviceDifferenceRows,
  partnerRows,
  credentialRows,
  redemptionRows,
  redemptionMovementRows,
  importRows,
  importLineRows,
  partnerStatementRows,
  partnerStatementLineRows,
  reconciliationRows,
] as const;
