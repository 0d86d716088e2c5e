/** The file of issues that residents reported on another platform, one row an issue. It does not name the platform: whoever brings it does. */
import { date, externalId, wordOf } from '../../files/fields.js';
import type { Names, RowOf, Table } from '../../files/table.js';

const columns = {
  external_id: externalId,
  member: externalId,
  occurred_on: date,
  state: wordOf({
    reported: ['已上报', '待处理', '处理中', '未解决'],
    resolved: ['已解决', '已办结', '办结'],
    rejected: ['已驳回', '不予受理', '无效'],
    withdrawn: ['已撤回', '撤回', '已撤销'],
  }),
};

const names: Names<typeof columns> = {
  external_id: ['问题编号', '事件编号', '工单编号', '编号'],
  member: ['成员', '成员编号', '会员编号', '人员编号', '上报人', '上报人编号'],
  occurred_on: ['日期', '解决日期', '办结日期', '状态日期'],
  state: ['状态', '办理状态', '处理结果', '办理结果'],
};

export const resolvedIssueTable: Table<typeof columns> = { columns, names, unique: 'external_id' };
export type ResolvedIssueRow = RowOf<typeof columns>;
