/** The report of a month by unit as a spreadsheet, in Chinese: a row for each unit, and below it what belongs to the unit itself. */
import { formatAmount } from '../../../lib/decimal.js';
import type { Sheet, SheetCell } from '../../../lib/xlsx/write.js';
import { orgUnitLevelsZh } from '../../people-words.js';
import { fixedColumns, scaleOf } from './columns.js';
import type { FigureOf, UnitReport, UnitRow } from './report.js';
import { monthWords, noteOf, partnerNamesOf, reasonsOf, shareByResident, withheldMark, wordOf } from './words.js';

export function unitReportSheet(report: UnitReport): Sheet {
  const { month, atEntry, columns, rows } = report;
  const reasons = reasonsOf(columns);
  const partners = partnerNamesOf(report);
  const figures = [...fixedColumns, ...reasons.map(({ column }) => column), ...partners.map(({ column }) => column)];
  const head = [
    ...['单元编号', '上级单元', '层级', '名称', '范围'],
    ...fixedColumns.map(wordOf),
    ...reasons.map(({ word }) => `未计币：${word}`),
    ...partners.map(({ word }) => `兑换：${word}`),
    '居民自行点单占比',
  ];
  return {
    name: monthWords(month),
    widths: head.map((word) => Math.max(10, 2 * [...word].length)),
    headRows: 1,
    rows: [
      head,
      ...rows.flatMap((row) => [lineOf(row, '合计', row.total, figures), lineOf(row, '本级', row.own, figures)]),
      [],
      [`截至第 ${atEntry} 号凭证。合计等于本级与各下级单元之和。`],
      ...noteOf(report).map((note) => [note]),
    ],
  };
}

function lineOf(row: UnitRow, part: string, figureOf: FigureOf, columns: readonly string[]): SheetCell[] {
  const { id, parent, level, name } = row;
  const share = shareByResident(figureOf);
  const isWithheld = figureOf('orders_placed') === null || figureOf('orders_by_resident') === null;
  return [
    ...[id, parent ?? '', orgUnitLevelsZh[level], name, part],
    ...columns.map((column) => cellOf(figureOf(column), scaleOf(column))),
    share === null && !isWithheld ? '' : cellOf(share, 2),
  ];
}

function cellOf(figure: bigint | null, scale: number): SheetCell {
  return figure === null ? withheldMark : { number: formatAmount(figure, scale), decimals: scale === 0 ? 0 : 2 };
}
