/** A CSV file, whole: tests look at rows that the program takes one at a time. */
import { type CsvRow, readCsv } from '../../src/lib/csv/read.js';

export function readWhole<const C extends string>(file: Uint8Array, columns: readonly C[]) {
  const rows: CsvRow<C>[] = [];
  const { encoding, errors } = readCsv(file, columns, null, (row) => rows.push(row));
  return { encoding, rows, errors };
}
