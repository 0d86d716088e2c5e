/** How the lane writes the tables of imports: which rows change, and by what they are looked up. */
import { rowTable } from '../../ledger/rows.js';
import * as tables from './tables.js';

export const importRows = rowTable(tables.imports, { mutable: true, key: ['import_id'] });
export const importMappingRows = rowTable(tables.importMappings, { mutable: true, key: ['mapping_id'] });
export const importLineRows = rowTable(tables.importRows, { mutable: false, key: ['import_id', 'line'] });
