/** A CSV file, whole: tests look at rows that the program takes one at a time. */
import type { Column } from '../../src/lib/csv/header.js';
import { type CsvRow, readCsv } from '../../src/lib/csv/read.js';

/** Columns that have no other names than their codes. */
export function columnsOf<const C extends string>(codes: readonly C[]): Column<C>[] {
  return codes.map((code) => ({ code, names: [] }));
}

export function readWhole<const C extends string>(file: Uint8Array, columns: readonly C[]) {
  const rows: CsvRow<C>[] = [];
  const { encoding, errors } = readCsv(file, columnsOf(columns), { charset: null }, (row) => rows.push(row));
  return { encoding, rows, errors };
}
