/**
 * CSV from outside: bytes become rows of named text with the line they stand on, one at a time, or a refusal that says where the file is
 * wrong. It knows columns; it does not know what any value means.
 */
import type { Charset, Encoding } from '../encoding.js';
import type { Words } from '../language.js';
import { type FieldError, Refusal } from '../refusal.js';
import { isTotal, unguarded } from './dialect.js';
import { lineError } from './errors.js';
import { type Column, type HeaderMapping, type Layout, labelOf, layoutOf } from './header.js';
import { contentOf, eachLine, type Line, maxRows } from './lines.js';

export const maxFieldCharacters = 10_000;

export interface CsvRow<C extends string> {
  /** The line of the file on which the row starts, from 1; the header is usually line 1. */
  readonly line: number;
  readonly values: Readonly<Record<C, string>>;
}

/** How a file is to be read: what it does not say itself. */
export interface CsvReading {
  /** As it was declared; null: as the file shows. */
  readonly charset: Charset | null;
  /** What its headers mean that are neither codes nor names of columns. */
  readonly mapping?: HeaderMapping | undefined;
}

export interface CsvFile {
  readonly encoding: Encoding;
  /** Rows that could not be read, in file order; all of them, see `fileInvalid`. */
  readonly errors: readonly FieldError[];
}

/**
 * Reads the declared charset, or UTF-8 or GB18030 as `decodeText` finds out; comma, tab or semicolon; LF, CRLF or CR; columns in any order.
 * White space around a value is not part of it and is removed, also inside quotes, and so is what a spreadsheet guards text with; blank lines
 * are passed over, but count as rows, and so is a last row of totals; line ends inside quotes become LF. A row with the wrong number of
 * fields, or an overlong one, is in `errors` and does not hide others. Each row is handed over as it is read and not kept here: a refusal may
 * come after rows that were sound.
 * Refuses: `file_invalid` (empty; not text, see `decodeText`; broken quotes; columns missing, unknown or twice; over
 * `maxRows`; over 5,000 rows blank or with a wrong number of fields; a line of over 100,000 characters or 1,000 fields).
 */
export function readCsv<const C extends string>(
  bytes: Uint8Array,
  columns: readonly Column<C>[],
  { charset, mapping }: CsvReading,
  take: (row: CsvRow<C>) => void,
): CsvFile {
  const { encoding, ...content } = contentOf(bytes, charset);
  const errors: FieldError[] = [];
  let layout: Layout<C> | undefined;
  let total: Line | undefined;
  const read = ({ line, fields }: Line, known: Layout<C>) => {
    const fault = rowFault(fields, columns, known);
    if (fault) errors.push(lineError(line, fault));
    else take({ line, values: named(fields, known) });
  };
  const count = eachLine(content, (row) => {
    if (!layout) {
      layout = layoutOf(row, columns, mapping);
      return;
    }
    // Only below all others it is one.
    if (total) read(total, layout);
    total = isTotal(row.fields) ? row : undefined;
    if (!total) read(row, layout);
  });
  if (!layout) throw new Refusal('file_invalid', { en: 'the file is empty', zh: '文件为空' });
  if (count > maxRows + 1)
    throw new Refusal('file_invalid', { en: `the file has more than ${maxRows} rows`, zh: `文件超过 ${maxRows} 行` });
  return { encoding, errors };
}

function rowFault<C extends string>(
  fields: readonly string[],
  columns: readonly Column<C>[],
  { positions, width }: Layout<C>,
): Words | null {
  if (fields.length !== width)
    return {
      en: `has ${fields.length} fields, not ${width}`,
      zh: `有 ${fields.length} 个字段，应为 ${width} 个`,
    };
  const tooLong = positions.findIndex(([, at]) => (fields[at] ?? '').length > maxFieldCharacters);
  const column = columns[tooLong];
  if (!column) return null;
  const { en, zh } = labelOf(column);
  return {
    en: `${en} has more than ${maxFieldCharacters} characters`,
    zh: `${zh}超过 ${maxFieldCharacters} 个字符`,
  };
}

function named<C extends string>(fields: readonly string[], { positions }: Layout<C>): Record<C, string> {
  const entries = positions.map(([column, at]) => [column, unguarded((fields[at] ?? '').trim())]);
  return Object.fromEntries(entries) as Record<C, string>;
}
