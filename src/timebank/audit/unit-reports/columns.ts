/**
 * The figures of a unit in a month, as columns of a table: what they are called, which of them add up to which. Reasons and partners are columns
 * of their own, `shortfall:kin` and `partner:xc-bank`.
 */
import { assetOfPurse } from '../../chart.js';
import type { Breakdown } from './suppression.js';

export const fixedColumns = [
  'hours',
  'coins_minted',
  'coins_paid',
  'people_active',
  'points_earned',
  'points_redeemed',
  'orders_placed',
  'orders_by_resident',
  'orders_on_behalf',
] as const;
export type FixedColumn = (typeof fixedColumns)[number];

const shortfall = 'shortfall:';
const partner = 'partner:';

const carry = `${shortfall}rounding_carry`;

/** Decimals of a column's figures; counts of people and of orders have none. */
export function scaleOf(column: string): number {
  if (column === 'hours') return assetOfPurse('hours').scale;
  if (column.startsWith('coins_') || column.startsWith(shortfall)) return assetOfPurse('coins').scale;
  return column.startsWith('points_') || column.startsWith(partner) ? assetOfPurse('points').scale : 0;
}

/** Columns of reasons by their code, of those given. */
export const shortfallsOf = (columns: readonly string[]) => withoutHead(columns, shortfall);

/** Columns of partners by their id, of those given. */
export const partnersOf = (columns: readonly string[]) => withoutHead(columns, partner);

function withoutHead(columns: readonly string[], head: string) {
  return columns
    .filter((column) => column.startsWith(head))
    .sort()
    .map((column) => ({ column, name: column.slice(head.length) }));
}

/** All columns of a table: the fixed ones, and the reasons and partners that there are. */
export function columnsOf(found: Iterable<string>): string[] {
  const all = new Set([...fixedColumns, carry, ...found]);
  return [...all].sort();
}

/**
 * Which columns add up to which. Coins and reasons make the hours, and what is carried on to the next record, which nobody looks for, is the first
 * of them to be withheld.
 */
export function breakdownsOf(columns: readonly string[]): Breakdown[] {
  const those = (named: readonly { readonly column: string }[]) => named.map(({ column }) => column);
  return [
    {
      total: 'hours',
      parts: ['coins_minted', 'coins_paid', ...those(shortfallsOf(columns))],
      signed: carry,
    },
    { total: 'points_redeemed', parts: those(partnersOf(columns)) },
    { total: 'orders_placed', parts: ['orders_by_resident', 'orders_on_behalf'] },
  ];
}
