/** The file of members. It does not know whether their unit exists, and real names are not unique. */

import { talentCategories } from '../community-words.js';
import { birthDate, externalId, oneOf, optional, personalName, phone } from '../files/fields.js';
import type { RowOf, Table } from '../files/table.js';
import { genders } from '../people-words.js';

const columns = {
  external_id: externalId,
  name: personalName,
  gender: oneOf(genders),
  birth_date: birthDate,
  phone: optional(phone),
  org_unit: externalId,
  talent_category: optional(oneOf(talentCategories)),
};

export const memberTable: Table<typeof columns> = { columns, unique: 'external_id' };
export type MemberRow = RowOf<typeof columns>;
