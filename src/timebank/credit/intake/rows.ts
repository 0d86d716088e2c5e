/** How the lane writes the tables of what other platforms send. */
import { rowTable } from '../../../ledger/rows.js';
import * as tables from './tables.js';

export const intakeItemRows = rowTable(tables.intakeItems, { mutable: true, key: ['platform_id', 'external_id'] });
export const intakeVersionRows = rowTable(tables.intakeVersions, {
  mutable: false,
  key: ['platform_id', 'external_id', 'version'],
});
export const intakeBatchRows = rowTable(tables.intakeBatches, { mutable: true, key: ['platform_id', 'batch_id'] });
