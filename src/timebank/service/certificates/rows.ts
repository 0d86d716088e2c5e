/** How the lane writes the table of certificates: by what its rows are looked up. */
import { rowTable } from '../../../ledger/rows.js';
import * as tables from './tables.js';

export const recordCertificateRows = rowTable(tables.recordCertificates, {
  mutable: true,
  key: ['certificate_number'],
});
