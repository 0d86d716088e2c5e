/** The report of a month by unit as CSV, a row for each figure: programs read it, whatever reasons and partners there are. */

import { writeCsv } from '../../../lib/csv/write.js';
import { formatAmount } from '../../../lib/decimal.js';
import { scaleOf } from './columns.js';
import type { UnitReport, UnitRow } from './report.js';

/**
 * Columns of the CSV. `part` is `total`, or `own` for what belongs to the unit itself; `code` is the reason of a `shortfall`, the id of a `partner`,
 * and empty for other figures. A figure that is withheld has `yes` in the last column, and an empty `value`.
 */
export const unitReportColumns = [
  ...['month', 'at_entry', 'org_unit', 'parent', 'level', 'name', 'part', 'figure', 'code', 'value', 'withheld'],
] as const;

export function* unitReportCsv(report: UnitReport): Generator<string> {
  yield writeCsv([unitReportColumns]);
  for (const row of report.rows) yield writeCsv([...linesOf(report, row, 'total'), ...linesOf(report, row, 'own')]);
}

function linesOf({ month, atEntry, columns }: UnitReport, row: UnitRow, part: 'total' | 'own'): string[][] {
  const { id, parent, level, name } = row;
  return columns.map((column) => {
    const figure = row[part](column);
    const [head = '', code = ''] = column.split(':');
    const value = figure === null ? '' : formatAmount(figure, scaleOf(column));
    return [month, atEntry, id, parent ?? '', level, name, part, head, code, value, figure === null ? 'yes' : ''];
  });
}
