/** The file of members. It does not know whether their unit exists, and real names are not unique. */
import { date, externalId, oneOf, optional, personalName, phone } from './fields.js';
import { type RowOf, readTable, type TypedFile } from './table.js';

/** The seven categories of the talent registry (domain.md section 7), a closed list. */
export const talentCategories = [
  'enterprise_aid',
  'theory_talks',
  'rural_revival',
  'social_governance',
  'culture_education',
  'ecology',
  'next_generation',
] as const;
export type TalentCategory = (typeof talentCategories)[number];

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
