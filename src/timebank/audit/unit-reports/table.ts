/**
 * What units have of their own, rolled up the tree: each unit is two rows, all of it and what belongs to the unit itself, and the first is the sum of
 * the second and of all of each unit right below. Pure.
 */
import { columnsOf } from './columns.js';
import type { Measure } from './measures.js';
import type { RowSum, Table, Weight } from './suppression.js';
import type { TreeUnit } from './tree.js';

interface Cell extends Weight {
  readonly amount: bigint;
}

const nothing: Cell = { amount: 0n, acts: 0n, people: 0 };

export interface UnitTable extends Pick<Table, 'rows' | 'sums' | 'columns' | 'weightOf'> {
  readonly units: readonly TreeUnit[];
  readonly amountOf: (row: number, column: string) => bigint;
  /** Places in `units`, by the id of the unit above. */
  readonly below: ReadonlyMap<string | null, readonly number[]>;
}

/** All that a unit has, and what belongs to it itself, by its place in `units`. */
export const totalRow = (at: number) => 2 * at;
export const ownRow = (at: number) => 2 * at + 1;

/** Who is active is who has hours. */
export function tableOf(units: readonly TreeUnit[], measures: readonly Measure[]): UnitTable {
  const places = new Map(units.map(({ id }, at) => [id, at]));
  const below = new Map<string | null, number[]>();
  for (const [at, { parent }] of units.entries()) {
    const above = parent !== null && places.has(parent) ? parent : null;
    below.set(above, [...(below.get(above) ?? []), at]);
  }
  const cells = new Map<string, Map<number, Cell>>();
  for (const { unit, column, ...cell } of withActive(measures)) {
    const at = places.get(unit);
    if (at === undefined) throw new Error(`there is no unit ${unit}`);
    const rows = cells.get(column) ?? new Map<number, Cell>();
    cells.set(column, rows.set(ownRow(at), cell));
  }
  const upwards = orderOf(below, units).reverse();
  for (const rows of cells.values())
    for (const at of upwards) {
      addTo(rows, totalRow(at), rows.get(ownRow(at)));
      const above = places.get(units[at]?.parent ?? '');
      if (above !== undefined) addTo(rows, totalRow(above), rows.get(totalRow(at)));
    }
  const cellOf = (row: number, column: string) => cells.get(column)?.get(row) ?? nothing;
  return {
    ...{ units, below, rows: 2 * units.length, columns: columnsOf(cells.keys()) },
    sums: units.map(
      ({ id }, at): RowSum => ({ total: totalRow(at), addends: [ownRow(at), ...(below.get(id) ?? []).map(totalRow)] }),
    ),
    amountOf: (row, column) => cellOf(row, column).amount,
    weightOf: cellOf,
  };
}

function withActive(measures: readonly Measure[]): Measure[] {
  const active = measures
    .filter(({ column }) => column === 'hours')
    .map((one) => ({ ...one, column: 'people_active', amount: BigInt(one.people) }));
  return [...measures, ...active];
}

function addTo(rows: Map<number, Cell>, row: number, cell: Cell | undefined): void {
  if (cell === undefined) return;
  const { amount, acts, people } = rows.get(row) ?? nothing;
  rows.set(row, { amount: amount + cell.amount, acts: acts + cell.acts, people: people + cell.people });
}

/** Each unit before those below it. */
function orderOf(below: ReadonlyMap<string | null, readonly number[]>, units: readonly TreeUnit[]): number[] {
  const order = [...(below.get(null) ?? [])];
  for (const at of order) order.push(...(below.get(units[at]?.id ?? '') ?? []));
  return order;
}
