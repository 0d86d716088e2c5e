/**
 * The report of a month by unit: what its members gave, earned and redeemed, and what was ordered, of a unit and of those below it. Everything is
 * read from one snapshot, of the whole county: what is withheld where the report is for publication follows from all units, so that two reports
 * of a month never differ in it.
 */
import type { ISql } from 'postgres';
import { instantColumn } from '../../../db/instants.js';
import { addDays, periodBounds } from '../../../lib/clock.js';
import { readRulesOn } from '../../credit/rule-set-reads.js';
import type { Reach } from '../../people/reach.js';
import { readOrgUnit } from '../../people/reads.js';
import { boundsOf } from '../anomalies/entry-bounds.js';
import { breakdownsOf } from './columns.js';
import {
  type Measure,
  measureOrders,
  measurePoints,
  measureRedeemed,
  measureService,
  measureTrend,
} from './measures.js';
import { type Withheld, withheldCells } from './suppression.js';
import { ownRow, tableOf, totalRow, type UnitTable } from './table.js';
import { readUnits, type TreeUnit, treeOn } from './tree.js';

export interface UnitReportAsked {
  readonly unit: string;
  readonly month: string;
  /** Units right below, or all that are below. */
  readonly below: 'children' | 'all';
  /** For readers who may not see what few people did. */
  readonly published: boolean;
  readonly zone: string;
  readonly reach: Reach;
  /** With the hours of the twelve months up to this one. */
  readonly trend: boolean;
}

/** A figure in minor units; null: withheld. */
export type FigureOf = (column: string) => bigint | null;

export interface UnitRow extends TreeUnit {
  /** How far below the unit that was asked for. */
  readonly depth: number;
  readonly total: FigureOf;
  readonly own: FigureOf;
}

export interface UnitReport extends Pick<UnitReportAsked, 'month' | 'published'> {
  /** The last entry that is in it, and when it was recorded. */
  readonly atEntry: string;
  readonly recordedAt: string;
  /** Fewer people than this are withheld where it is published. */
  readonly least: number;
  readonly columns: readonly string[];
  /** The unit that was asked for, then those below, each before what is below it. */
  readonly rows: readonly [UnitRow, ...UnitRow[]];
  readonly partners: ReadonlyMap<string, string>;
  readonly trend: readonly { readonly month: string; readonly hours: bigint | null }[];
}

/** `proceed` is called between two statements, and throws when nobody waits any more. Refuses: `org_unit_not_found`, also out of reach. */
export async function readUnitReport(
  sql: ISql,
  ledgerId: number,
  asked: UnitReportAsked,
  proceed: () => void,
): Promise<UnitReport> {
  const { month, published, trend } = asked;
  const days = periodBounds(month);
  // What is grouped by person and unit has room in memory.
  await sql.unsafe(`set local work_mem = '32MB'`);
  await readOrgUnit(sql, ledgerId, asked.unit, asked.reach);
  const head = await readHead(sql, ledgerId);
  const history = await readUnits(sql, ledgerId);
  const least = await leastOn(sql, ledgerId, days.last);
  proceed();
  const table = tableOf(treeOn(history, days.last), await measureAll(sql, ledgerId, asked, proceed));
  const figures = figuresOf(table, published ? least : 0);
  const now = new Map(history.map(({ id, parent }) => [id, parent]));
  return {
    ...{ month, published, least, ...head, columns: table.columns },
    rows: rowsOf(table, asked, figures, (id) => isBelow(now, id, asked.reach)),
    partners: await readPartners(sql, ledgerId),
    trend: trend ? await readTrend(sql, ledgerId, asked, (day) => treeOn(history, day)) : [],
  };
}

async function measureAll(
  sql: ISql,
  ledgerId: number,
  { month, zone }: UnitReportAsked,
  proceed: () => void,
): Promise<Measure[]> {
  const days = periodBounds(month);
  const service = await measureService(sql, ledgerId, days);
  proceed();
  const points = await measurePoints(sql, ledgerId, days);
  proceed();
  const entries = await boundsOf(sql, ledgerId, { from: days.first, to: days.last, zone, minutesBefore: 0 });
  const redeemed = await measureRedeemed(sql, ledgerId, month, entries);
  proceed();
  const orders = await measureOrders(sql, ledgerId, entries);
  proceed();
  return [...service, ...points, ...redeemed, ...orders];
}

/** Where fewer than `least` people are behind a figure, it is withheld, and with it others. */
function figuresOf(table: UnitTable, least: number): (row: number) => FigureOf {
  const withheld: Withheld =
    least > 0 ? withheldCells({ ...table, breakdowns: breakdownsOf(table.columns) }, least) : new Map();
  return (row) => (column) => (withheld.get(column)?.has(row) ? null : table.amountOf(row, column));
}

function rowsOf(
  table: UnitTable,
  { unit, below }: UnitReportAsked,
  figures: (row: number) => FigureOf,
  isSeen: (id: string) => boolean,
): [UnitRow, ...UnitRow[]] {
  const rowOf = (at: number, depth: number): UnitRow => ({
    ...(table.units[at] as TreeUnit),
    ...{ depth, total: figures(totalRow(at)), own: figures(ownRow(at)) },
  });
  const rowsBelow = (id: string, depth: number): UnitRow[] =>
    (table.below.get(id) ?? [])
      .map((at) => rowOf(at, depth))
      .filter((row) => isSeen(row.id))
      .flatMap((row) => [row, ...(below === 'all' ? rowsBelow(row.id, depth + 1) : [])]);
  const first = table.units.findIndex(({ id }) => id === unit);
  return [rowOf(first, 0), ...rowsBelow(unit, 1)];
}

/** Whether a unit is `top`, or below it; everything is below none. */
function isBelow(parents: ReadonlyMap<string, string | null>, id: string | null, top: string | null): boolean {
  if (top === null || id === top) return true;
  return id !== null && isBelow(parents, parents.get(id) ?? null, top);
}

const trendMonths = 12;

/** Each month by its own tree and its own rules: what is withheld here is withheld in the report of that month. */
async function readTrend(
  sql: ISql,
  ledgerId: number,
  { unit, month, published }: UnitReportAsked,
  unitsOn: (day: string) => TreeUnit[],
): Promise<UnitReport['trend']> {
  const months = [month];
  while (months.length < trendMonths && (months[0] as string) > '2000-01')
    months.unshift(addDays(`${months[0]}-01`, -1).slice(0, 7));
  const measures = await measureTrend(sql, ledgerId, months, published);
  const trend: { month: string; hours: bigint | null }[] = [];
  for (const one of months) {
    const { last } = periodBounds(one);
    const own = measures.filter(({ column }) => column === one).map((measure) => ({ ...measure, column: 'hours' }));
    const least = published ? await leastOn(sql, ledgerId, last) : 0;
    trend.push({ month: one, hours: hoursOf(unitsOn(last), own, unit, least) });
  }
  return trend;
}

/** All hours of a unit; null: withheld. Of hours, the whole of a breakdown, nothing is withheld that their own column does not ask for. */
function hoursOf(units: readonly TreeUnit[], own: readonly Measure[], unit: string, least: number): bigint | null {
  if (least === 0) {
    const parents = new Map(units.map(({ id, parent }) => [id, parent]));
    return own.reduce((sum, { unit: at, amount }) => (isBelow(parents, at, unit) ? sum + amount : sum), 0n);
  }
  const table = tableOf(units, own);
  const withheld = withheldCells({ ...table, columns: ['hours'], breakdowns: [] }, least).get('hours');
  const row = totalRow(table.units.findIndex(({ id }) => id === unit));
  return withheld?.has(row) ? null : table.amountOf(row, 'hours');
}

/** Below how many people figures are not published, by the rules of a day. */
async function leastOn(sql: ISql, ledgerId: number, day: string): Promise<number> {
  return (await readRulesOn(sql, ledgerId, day)).publish_min_group;
}

async function readHead(sql: ISql, ledgerId: number): Promise<{ atEntry: string; recordedAt: string }> {
  const [row] = await sql.unsafe(
    `select h.entry_count::text as "atEntry", ${instantColumn('h.recorded_at')} as "recordedAt" from timeledger.heads h where h.ledger_id = $1`,
    [ledgerId],
  );
  return row as unknown as { atEntry: string; recordedAt: string };
}

async function readPartners(sql: ISql, ledgerId: number): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.unsafe('select p.partner_id as id, p.name from timebank.partners p where p.ledger_id = $1', [
    ledgerId,
  ]);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
