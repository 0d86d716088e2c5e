/** The file of acts that another platform has counted, one row a count. It does not name the platform: whoever brings it does. */

import { date, externalId, wholeBetween } from '../../files/fields.js';
import type { Names, RowOf, Table } from '../../files/table.js';
import { mostOccurrences } from '../../intake-words.js';

const columns = {
  external_id: externalId,
  member: externalId,
  occurred_on: date,
  occurrences: wholeBetween(1, mostOccurrences),
};

const names: Names<typeof columns> = {
  external_id: ['记录编号', '流水号', '报送编号', '编号'],
  member: ['成员', '成员编号', '会员编号', '人员编号', '志愿者', '志愿者编号'],
  occurred_on: ['服务日期', '日期', '发生日期'],
  occurrences: ['次数', '服务次数', '活动次数'],
};

export const serviceCountTable: Table<typeof columns> = { columns, names, unique: 'external_id' };
export type ServiceCountRow = RowOf<typeof columns>;
