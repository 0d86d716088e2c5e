/** How the lane writes the tables of credit: which rows change, and by what they are looked up. */
import { rowTable } from '../../ledger/rows.js';
import * as tables from './tables.js';

export const openingPointRows = rowTable(tables.openingPoints, { mutable: false, key: ['member_id'] });
