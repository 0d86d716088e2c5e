/** The file of opening points: counts of acts from another platform and the points they are worth. One row a member. */
import { externalId, wholeFrom } from '../files/fields.js';
import type { Names, RowOf, Table } from '../files/table.js';

const columns = {
  member: externalId,
  occurrences: wholeFrom(0n),
  points: wholeFrom(0n),
};

const names: Names<typeof columns> = {
  member: ['成员', '成员编号', '会员编号', '人员编号', '编号'],
  occurrences: ['次数', '服务次数', '活动次数'],
  points: ['积分', '期初积分'],
};

export const openingPointsColumns = { columns, names };

export type OpeningPointsRow = RowOf<typeof columns>;

/** `pointsPerOccurrence` is the rule set's; a row whose points are not its occurrences times that is an error. */
export function openingPointsTable(pointsPerOccurrence: bigint): Table<typeof columns> {
  const fault = ({ occurrences, points }: OpeningPointsRow) =>
    occurrences * pointsPerOccurrence === points
      ? null
      : {
          en: `points are not the occurrences at ${pointsPerOccurrence} points each`,
          zh: `积分（points）不等于次数（occurrences）乘以每次 ${pointsPerOccurrence} 积分`,
        };
  return { ...openingPointsColumns, unique: 'member', fault };
}
