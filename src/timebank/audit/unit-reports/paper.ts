/** The report of a month of one unit as a paper of one page, in Chinese, with two charts: hours by unit, and hours of the last twelve months. */
import { dateInZone } from '../../../lib/clock.js';
import { formatAmount } from '../../../lib/decimal.js';
import { type Bar, chart, heading, type Paper, paragraph, type Table, table } from '../../../lib/pdf/paper.js';
import { scaleOf } from './columns.js';
import type { FigureOf, UnitReport } from './report.js';
import {
  figureText,
  monthWords,
  noteOf,
  partnerNamesOf,
  reasonsOf,
  shareByResident,
  withheldMark,
  wordOf,
} from './words.js';

/** So many units, reasons and partners have room on the page; the others are added up. */
const [mostUnits, mostNamed] = [10, 6];

export function unitReportPaper(report: UnitReport, zone: string): Paper {
  const { month, atEntry, recordedAt, columns, rows } = report;
  const [unit] = rows;
  const name = short(unit.name, 20);
  return {
    title: `${name} ${monthWords(month)}互助时间账本月报`,
    orientation: 'portrait',
    size: 10,
    foot: `互助时间账本月报，单元 ${unit.id}，${monthWords(month)}`,
    madeAt: recordedAt,
    blocks: [
      paragraph(
        `截至第 ${atEntry} 号凭证（${dateInZone(Date.parse(recordedAt), zone)} 记账）。服务按服务日期、其他按生效日期计。`,
      ),
      summaryOf(unit.total),
      paragraph(`时长未计币原因（小时）：${listOf(unit.total, reasonsOf(columns))}`),
      paragraph(`各合作方兑换积分（分）：${listOf(unit.total, partnerNamesOf(report))}`),
      heading('各单元服务时长（小时）'),
      chart('lying', unitBars(report)),
      heading('近十二个月服务时长（小时）'),
      chart('standing', monthBars(report)),
      ...noteOf(report).map(paragraph),
    ],
  };
}

const summaryColumns = [
  ['hours', 'coins_minted', 'coins_paid', 'people_active'],
  ['points_earned', 'points_redeemed', 'orders_placed', 'orders_by_resident'],
] as const;

function summaryOf(figures: FigureOf): Table {
  const share = shareByResident(figures);
  const [first, second] = summaryColumns;
  const lines = first.map((column, at) => {
    const beside = second[at] ?? column;
    return [wordOf(column), figureText(figures, column), wordOf(beside), figureText(figures, beside)];
  });
  const percent = share === null ? '—' : `${share}%`;
  const [name, value] = [
    { title: '指标', share: 4, align: 'left' },
    { title: '数值', share: 3, align: 'right' },
  ] as const;
  return table([name, value, name, value], [...lines, ['', '', '居民自行点单占比', percent]]);
}

/** What is not nothing, the largest first; what is withheld comes last. */
function listOf(figures: FigureOf, named: readonly { readonly column: string; readonly word: string }[]): string {
  const size = (column: string) => figures(column) ?? 0n;
  const known = named
    .filter(({ column }) => figures(column) !== 0n)
    .sort((a, b) => Number(size(b.column) - size(a.column) > 0n) - Number(size(b.column) - size(a.column) < 0n));
  const rest = known.slice(mostNamed);
  const shown = known
    .slice(0, mostNamed)
    .map(({ column, word }) => `${short(word, 20)} ${figureText(figures, column)}`);
  return [...shown, ...(rest.length > 0 ? [`其余 ${rest.length} 项略`] : [])].join('、') || '无';
}

/** Units right below, the most hours first, and what belongs to the unit itself. */
function unitBars({ rows }: UnitReport): Bar[] {
  const [unit, ...others] = rows;
  const below = others.filter(({ depth }) => depth === 1);
  const all = [
    { label: '本级', hours: unit.own('hours') },
    ...below.map(({ name, total }) => ({ label: name, hours: total('hours') })),
  ].sort((a, b) => Number((b.hours ?? -1n) > (a.hours ?? -1n)) - Number((b.hours ?? -1n) < (a.hours ?? -1n)));
  const rest = all.slice(mostUnits);
  const sum = rest.reduce<bigint | null>((sum, { hours }) => (sum === null || hours === null ? null : sum + hours), 0n);
  return barsOf([
    ...all.slice(0, mostUnits),
    ...(rest.length > 0 ? [{ label: `其余 ${rest.length} 个单元`, hours: sum }] : []),
  ]);
}

function monthBars({ trend }: UnitReport): Bar[] {
  return barsOf(trend.map(({ month, hours }) => ({ label: month, hours })));
}

function barsOf(figures: readonly { readonly label: string; readonly hours: bigint | null }[]): Bar[] {
  const longest = figures.reduce((most, { hours }) => (hours !== null && hours > most ? hours : most), 1n);
  return figures.map(({ label, hours }) => ({
    label,
    text: hours === null ? withheldMark : formatAmount(hours, scaleOf('hours')),
    permille: hours === null ? 0 : Number((hours * 1000n) / longest),
  }));
}

function short(text: string, most: number): string {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}
