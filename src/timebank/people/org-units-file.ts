/** The file of organisation units: the tree under the county. It does not know whether a parent exists or is above. */

import type { Charset } from '../../lib/encoding.js';
import { externalId, oneOf, optional, personalName } from '../files/fields.js';
import { type RowOf, readTable, type TypedFile } from '../files/table.js';
import { orgUnitLevels } from '../words.js';

const columns = {
  external_id: externalId,
  parent_external_id: optional(externalId),
  level: oneOf(orgUnitLevels),
  name: personalName,
};

export type OrgUnitRow = RowOf<typeof columns>;

/** Refuses: `file_invalid` (see `readCsv`); single rows are in `errors`. */
export function readOrgUnits(bytes: Uint8Array, charset: Charset | null = null): TypedFile<OrgUnitRow> {
  return readTable(bytes, { columns, unique: 'external_id', fault: parentFault }, charset);
}

function parentFault({ level, parent_external_id: parent, external_id: id }: OrgUnitRow): string | null {
  if (level === 'county') return parent === null ? null : 'parent_external_id is given, but a county has none';
  if (parent === null) return 'parent_external_id is empty, but only a county has none';
  return parent === id ? 'parent_external_id is the unit itself' : null;
}
