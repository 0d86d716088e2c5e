/**
 * Reads a file whose columns are declared once, each with its field: every row comes back typed or as errors with its line
 * and the reason, and a bad row hides no other. It does not know which file it is reading.
 */
import { lineError } from '../../lib/csv/errors.js';
import { type Column, labelOf } from '../../lib/csv/header.js';
import { type CsvReading, type CsvRow, readCsv } from '../../lib/csv/read.js';
import type { Encoding } from '../../lib/encoding.js';
import type { Words } from '../../lib/language.js';
import { type FieldError, Refusal } from '../../lib/refusal.js';
import type { Field } from './fields.js';

export type Columns = Readonly<Record<string, Field<unknown>>>;

/** A typed row and the line of the file on which it starts. */
export type RowOf<C extends Columns> = { readonly line: number } & {
  readonly [K in keyof C]: ReturnType<C[K]>;
};

export interface TypedFile<Kept> {
  /** The sound rows, in file order. */
  readonly rows: readonly Kept[];
  /** In file order, `pointer` is `/lines/12`; all of them, see `fileInvalid` in lib/csv/errors.ts. */
  readonly errors: readonly FieldError[];
  readonly encoding: Encoding;
}

/** What the headers of columns may say in place of their codes; see `Column` in lib/csv/header.ts. */
export type Names<C extends Columns> = { readonly [K in keyof C]: readonly [string, ...string[]] };

export interface Table<C extends Columns> {
  readonly columns: C;
  readonly names: Names<C>;
  /** No two rows may have the same value here; the later one is refused. */
  readonly unique?: keyof C & string;
  /** What only the whole row can show: the reason it is refused, which names columns and no value, or null. */
  readonly fault?: (row: RowOf<C>) => Words | null;
}

/** The columns of a table as its header has them. */
export function headerOf<C extends Columns>({ columns, names }: Pick<Table<C>, 'columns' | 'names'>): Column[] {
  return Object.keys(columns).map((code) => ({ code, names: names[code] ?? [] }));
}

/** Refuses: `file_invalid` (see `readCsv`). What is wrong with single rows is in `errors`. */
export function readTable<C extends Columns>(
  bytes: Uint8Array,
  table: Table<C>,
  reading: CsvReading = { charset: null },
): TypedFile<RowOf<C>> {
  return scanTable(bytes, table, reading, (row) => row);
}

/** As `readTable`, row by row: what `keep` makes of a sound one is all that stays of it in memory. */
export function scanTable<C extends Columns, Kept>(
  bytes: Uint8Array,
  table: Table<C>,
  reading: CsvReading,
  keep: (row: RowOf<C>) => Kept,
): TypedFile<Kept> {
  const rows: Kept[] = [];
  const faultyLines: { line: number; error: FieldError }[] = [];
  const seen = new Map<string, number>();
  const header = headerOf(table);
  const unique = header.find(({ code }) => code === table.unique);
  const file = readCsv(bytes, header, reading, (row) => {
    const faults: Words[] = [];
    const typed = readRow(row, table.columns, header, faults);
    const repeated = unique && repetition(row, unique, seen);
    if (repeated) faults.push(repeated);
    const wholeRow = faults.length === 0 ? table.fault?.(typed) : null;
    if (wholeRow) faults.push(wholeRow);
    if (faults.length === 0) rows.push(keep(typed));
    for (const fault of faults) faultyLines.push({ line: row.line, error: lineError(row.line, fault) });
  });
  faultyLines.push(...file.errors.map((error) => ({ line: lineOf(error), error })));
  const errors = faultyLines.sort((a, b) => a.line - b.line).map(({ error }) => error);
  return { rows, errors, encoding: file.encoding };
}

/** The typed row, complete only if no fault was added. */
function readRow<C extends Columns>(
  row: CsvRow<string>,
  columns: C,
  header: readonly Column[],
  faults: Words[],
): RowOf<C> {
  const typed: Record<string, unknown> = { line: row.line };
  for (const column of header) {
    const { code } = column;
    try {
      typed[code] = columns[code]?.(row.values[code] ?? '');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { en, zh } = labelOf(column);
      faults.push({ en: `${en} ${error.detail.en}`, zh: `${zh}${error.detail.zh}` });
    }
  }
  // Column by column this is what RowOf says; the compiler cannot follow a loop over keys.
  return typed as RowOf<C>;
}

function repetition(row: CsvRow<string>, column: Column, seen: Map<string, number>): Words | null {
  const value = row.values[column.code] ?? '';
  if (value === '') return null;
  const first = seen.get(value);
  if (first === undefined) {
    seen.set(value, row.line);
    return null;
  }
  const { en, zh } = labelOf(column);
  return { en: `${en} is already on line ${first}`, zh: `${zh}与第 ${first} 行重复` };
}

function lineOf(error: FieldError): number {
  return Number(error.pointer.slice('/lines/'.length));
}
