/** CSV for outside, which spreadsheets open: cells that one would compute are guarded. */
import { stringify } from 'csv-stringify/sync';
import { guarded } from './dialect.js';

export interface CsvOptions {
  /** A byte order mark first, for spreadsheets that would otherwise take the file for GB18030. */
  readonly bom?: boolean;
}

/**
 * Writes rows, a header like any other, as RFC 4180 CSV with CRLF; pieces of a file written one by one make the whole. Text a spreadsheet would run as a formula gets an apostrophe in front; a plain number,
 * also a negative one and also as a string, stays as it is.
 */
export function writeCsv(rows: readonly (readonly (string | bigint | number)[])[], options: CsvOptions = {}): string {
  const lines = rows.map((cells) => cells.map((cell) => guarded(String(cell))));
  return stringify(lines, { bom: options.bom ?? false, record_delimiter: '\r\n', quote_record_delimiter: true });
}
