/** The file of opening points: counts of acts from another platform and the points they are worth. One row a member. */
import { externalId, wholeFrom } from '../files/fields.js';
import { type RowOf, readTable, type TypedFile } from '../files/table.js';

const columns = {
  member: externalId,
  occurrences: wholeFrom(0n),
  points: wholeFrom(0n),
};

export type OpeningPointsRow = RowOf<typeof columns>;

/**
 * `pointsPerOccurrence` is the rule set's; a row whose points are not its occurrences times that is an error.
 * Refuses: `file_invalid` (see `readCsv`); single rows are in `errors`.
 */
export function readOpeningPoints(bytes: Uint8Array, pointsPerOccurrence: bigint): TypedFile<OpeningPointsRow> {
  return readTable(bytes, {
    columns,
    unique: 'member',
    fault: ({ occurrences, points }) =>
      occurrences * pointsPerOccurrence === points
        ? null
        : `points ${points} is not ${occurrences} occurrences at ${pointsPerOccurrence} points`,
  });
}
