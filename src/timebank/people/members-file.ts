/** The file of members. It does not know whether their unit exists, and real names are not unique. */

import { date, externalId, oneOf, optional, personalName, phone } from '../files/fields.js';
import { type RowOf, readTable, type TypedFile } from '../files/table.js';
import { talentCategories } from './members.js';

const columns = {
  external_id: externalId,
  name: personalName,
  gender: oneOf(['male', 'female']),
  birth_date: date,
  phone: optional(phone),
  org_unit: externalId,
  talent_category: optional(oneOf(talentCategories)),
};

export type MemberRow = RowOf<typeof columns>;

/** Refuses: `file_invalid` (see `readCsv`); single rows are in `errors`. */
export function readMembers(bytes: Uint8Array): TypedFile<MemberRow> {
  return readTable(bytes, { columns, unique: 'external_id' });
}
