/** The file of opening points: counts of acts from another platform and the points they are worth. One row a member. */
import { externalId, wholeFrom } from '../files/fields.js';
import type { RowOf, Table } from '../files/table.js';

const columns = {
  member: externalId,
  occurrences: wholeFrom(0n),
  points: wholeFrom(0n),
};

export type OpeningPointsRow = RowOf<typeof columns>;

/** `pointsPerOccurrence` is the rule set's; a row whose points are not its occurrences times that is an error. */
export function openingPointsTable(pointsPerOccurrence: bigint): Table<typeof columns> {
  const fault = ({ occurrences, points }: OpeningPointsRow) =>
    occurrences * pointsPerOccurrence === points
      ? null
      : {
          en: `points are not the occurrences at ${pointsPerOccurrence} points each`,
          zh: `points 不等于 occurrences 乘以每次 ${pointsPerOccurrence} 积分`,
        };
  return { columns, unique: 'member', fault };
}
