/** What the figures of units are called in what offices read: Chinese. */
import { formatAmount } from '../../../lib/decimal.js';
import { type DifferenceCode, differenceWords } from '../../service-words.js';
import { type FixedColumn, partnersOf, scaleOf, shortfallsOf } from './columns.js';
import type { FigureOf, UnitReport } from './report.js';

const fixedWords: Readonly<Record<FixedColumn, string>> = {
  hours: '服务时长（小时）',
  coins_minted: '新增时间币（个）',
  coins_paid: '支付时间币（个）',
  people_active: '参与志愿者（人）',
  points_earned: '发放积分（分）',
  points_redeemed: '兑换积分（分）',
  orders_placed: '点单（单）',
  orders_by_resident: '其中居民自行点单（单）',
  orders_on_behalf: '其中代为点单（单）',
};

/** A figure that is not shown. */
export const withheldMark = '*';

export function wordOf(column: FixedColumn): string {
  return fixedWords[column];
}

/** Of these columns, the reasons why hours did not become coins, in words. */
export function reasonsOf(columns: readonly string[]): { column: string; word: string }[] {
  return shortfallsOf(columns).map(({ column, name }) => ({
    ...{ column, word: differenceWords[name as DifferenceCode]?.zh ?? name },
  }));
}

/** Of these columns, the partners, by name. */
export function partnerNamesOf({ columns, partners }: Pick<UnitReport, 'columns' | 'partners'>) {
  return partnersOf(columns).map(({ column, name }) => ({ column, word: partners.get(name) ?? name }));
}

export function figureText(figures: FigureOf, column: string): string {
  const figure = figures(column);
  return figure === null ? withheldMark : formatAmount(figure, scaleOf(column));
}

/** The share of orders that residents placed themselves, in hundredths, rounded half up; null: there are none, or it is withheld. */
export function shareByResident(figures: FigureOf): bigint | null {
  const [placed, own] = [figures('orders_placed'), figures('orders_by_resident')];
  return placed === null || own === null || placed === 0n ? null : (own * 200n + placed) / (placed * 2n);
}

/** `2026年10月` */
export function monthWords(month: string): string {
  const [year, number] = month.split('-');
  return `${year}年${Number(number)}月`;
}

/** What a reader is to know of figures that are not shown; nothing where all are. */
export function noteOf({ published, least }: Pick<UnitReport, 'published' | 'least'>): string[] {
  return published
    ? [`“${withheldMark}”表示涉及不足 ${least} 人、或可据以推算此类数据的数值，不予公布。`]
    : ['本表含涉及人数较少的数据，供内部使用，不得公开。'];
}
