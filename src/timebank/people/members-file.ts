/** The file of members. It does not know whether their unit exists, and real names are not unique. */

import type { Charset } from '../../lib/encoding.js';
import { birthDate, externalId, oneOf, optional, personalName, phone } from '../files/fields.js';
import { type RowOf, readTable, type TypedFile } from '../files/table.js';
import { genders, talentCategories } from '../words.js';

const columns = {
  external_id: externalId,
  name: personalName,
  gender: oneOf(genders),
  birth_date: birthDate,
  phone: optional(phone),
  org_unit: externalId,
  talent_category: optional(oneOf(talentCategories)),
};

export type MemberRow = RowOf<typeof columns>;

/** Refuses: `file_invalid` (see `readCsv`); single rows are in `errors`. */
export function readMembers(bytes: Uint8Array, charset: Charset | null = null): TypedFile<MemberRow> {
  return readTable(bytes, { columns, unique: 'external_id' }, charset);
}
