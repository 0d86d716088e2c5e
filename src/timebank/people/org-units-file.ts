/** The file of organisation units: the tree under the county. It does not know whether a parent exists or is above. */

import type { Words } from '../../lib/language.js';
import { externalId, oneOf, optional, personalName } from '../files/fields.js';
import type { Names, RowOf, Table } from '../files/table.js';
import { orgUnitLevels } from '../people-words.js';

const columns = {
  external_id: externalId,
  parent_external_id: optional(externalId),
  level: oneOf(orgUnitLevels),
  name: personalName,
};

const names: Names<typeof columns> = {
  external_id: ['单位编号', '组织编号', '编号'],
  parent_external_id: ['上级编号', '上级单位编号', '上级单位', '上级'],
  level: ['级别', '层级', '单位级别'],
  name: ['名称', '单位名称', '组织名称'],
};

export const orgUnitTable: Table<typeof columns> = { columns, names, unique: 'external_id', fault: parentFault };
export type OrgUnitRow = RowOf<typeof columns>;

function parentFault({ level, parent_external_id: parent, external_id: id }: OrgUnitRow): Words | null {
  if (level === 'county') return parent === null ? null : topHasParent;
  if (parent === null) return noParent;
  return parent === id ? ownParent : null;
}

const topHasParent: Words = {
  en: 'parent_external_id is given, but a county has none',
  zh: '上级编号（parent_external_id）已填写，但县没有上级组织单元',
};
const noParent: Words = {
  en: 'parent_external_id is empty, but only a county has none',
  zh: '上级编号（parent_external_id）为空，但只有县可以没有上级组织单元',
};
const ownParent: Words = {
  en: 'parent_external_id is the unit itself',
  zh: '上级编号（parent_external_id）是该组织单元本身',
};
