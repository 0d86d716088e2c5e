/** The file of members. It does not know whether their unit exists, and real names are not unique. */

import { talentCategories } from '../community-words.js';
import { birthDate, externalId, oneOf, optional, personalName, phone } from '../files/fields.js';
import type { Names, RowOf, Table } from '../files/table.js';
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

const names: Names<typeof columns> = {
  external_id: ['成员编号', '会员编号', '人员编号', '编号'],
  name: ['姓名', '成员姓名', '会员姓名'],
  gender: ['性别'],
  birth_date: ['出生日期', '出生年月日', '生日'],
  phone: ['电话', '电话号码', '联系电话', '手机', '手机号', '手机号码'],
  org_unit: ['所属单位', '所属单位编号', '单位', '单位编号'],
  talent_category: ['人才类别', '人才分类', '人才类型'],
};

export const memberTable: Table<typeof columns> = { columns, names, unique: 'external_id' };
export type MemberRow = RowOf<typeof columns>;
