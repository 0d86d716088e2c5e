/**
 * CSV in and out: bytes from outside become rows of named text with the line they stand on, one at a time, or a refusal that says where
 * the file is wrong. It knows quotes and columns; it does not know what any value means, and no reason it gives quotes one: reasons are
 * kept for years, and a cell may be anyone's telephone number.
 */
import { CsvError, type InfoRecord, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { type Delimiter, delimiterOf, guarded, isTotal, quoteGuarded, unguarded } from './csv-dialect.js';
import { type Charset, decodeText, type Encoding } from './encoding.js';
import type { Words } from './language.js';
import { type FieldError, Refusal } from './refusal.js';

export const maxRows = 1_000_000;
export const maxFieldCharacters = 10_000;
/** Each costs the parser 50 µs: a file of nothing else would hold up the service for a minute. */
const maxMisshapenRows = 5_000;
/** Every field is an object to the parser: sixteen megabytes of commas would hold up the service for seconds. */
const maxLineCharacters = 100_000;
const maxFields = 1_000;
const maxErrors = 100;

export interface CsvRow<C extends string> {
  /** The line of the file on which the row starts, from 1; the header is usually line 1. */
  readonly line: number;
  readonly values: Readonly<Record<C, string>>;
}

export interface CsvFile {
  readonly encoding: Encoding;
  /** Rows that could not be read, in file order; all of them, see `fileInvalid`. */
  readonly errors: readonly FieldError[];
}

interface Line {
  readonly line: number;
  readonly fields: readonly string[];
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
  columns: readonly C[],
  charset: Charset | null,
  take: (row: CsvRow<C>) => void,
): CsvFile {
  const { encoding, ...content } = contentOf(bytes, charset);
  const errors: FieldError[] = [];
  let positions: [C, number][] | undefined;
  let total: Line | undefined;
  const read = ({ line, fields }: Line, positions: [C, number][]) => {
    const fault = rowFault(fields, columns.length);
    if (fault) errors.push(lineError(line, fault));
    else take({ line, values: named(fields, positions) });
  };
  const count = eachLine(content, (row) => {
    if (!positions) {
      positions = columnPositions(row, columns);
      return;
    }
    // Only below all others it is one.
    if (total) read(total, positions);
    total = isTotal(row.fields) ? row : undefined;
    if (!total) read(row, positions);
  });
  if (!positions) throw new Refusal('file_invalid', { en: 'the file is empty', zh: '文件为空' });
  if (count > maxRows + 1)
    throw new Refusal('file_invalid', { en: `the file has more than ${maxRows} rows`, zh: `文件超过 ${maxRows} 行` });
  return { encoding, errors };
}

export interface CsvPreview {
  readonly encoding: Encoding;
  readonly header: readonly string[];
  /** The first three rows that are not blank, cell by cell. */
  readonly rows: readonly (readonly string[])[];
}

const previewedRows = 3;
/** Lines looked at for them: blank ones may come first. */
const previewedLines = 100;
const previewedCharacters = 200;

/**
 * How a file reads under a charset, for people to look at before anything is done with it: long cells are cut. It holds what the
 * file holds, so it is shown and not kept. Refuses: `file_invalid`, as `readCsv` does, for what it comes across.
 */
export function previewOf(bytes: Uint8Array, charset: Charset | null = null): CsvPreview {
  const { encoding, ...content } = contentOf(bytes, charset);
  const cut = (cell: string) => [...unguarded(cell.trim())].slice(0, previewedCharacters).join('');
  const lines: string[][] = [];
  const take = ({ fields }: Line) => {
    if (lines.length <= previewedRows) lines.push(fields.map(cut));
  };
  eachLine(content, take, previewedLines);
  const [header = [], ...rows] = lines;
  return { encoding, header, rows };
}

interface Content {
  readonly text: string;
  readonly delimiter: Delimiter;
}

/** Decoded, with one kind of line end: given several, the parser would also miscount the lines within quotes. */
function contentOf(bytes: Uint8Array, charset: Charset | null): Content & { readonly encoding: Encoding } {
  if (bytes.length === 0) throw new Refusal('file_invalid', { en: 'the file is empty', zh: '文件为空' });
  const { text, encoding } = decodeText(bytes, charset);
  const unified = text.replace(/\r\n?/g, '\n');
  refuseLongLines(unified);
  const delimiter = delimiterOf(unified);
  return { text: quoteGuarded(unified, delimiter), delimiter, encoding };
}

/** A place in a file: `{ pointer: '/lines/12', detail }`. */
export function lineError(line: number, detail: Words): FieldError {
  return { pointer: `/lines/${line}`, detail };
}

/** The refusal of a whole file for its errors: the first 100 of them, and how many more there are. */
export function fileInvalid(errors: readonly FieldError[]): Refusal {
  const count = errors.length;
  const more = count - maxErrors;
  const en = `the file has ${count} ${count === 1 ? 'error' : 'errors'}`;
  const zh = `文件有 ${count} 处错误`;
  const detail =
    more > 0
      ? {
          en: `${en}; the first ${maxErrors} are listed, ${more} more are not`,
          zh: `${zh}；此处列出前 ${maxErrors} 处，其余 ${more} 处未列`,
        }
      : { en, zh };
  return new Refusal('file_invalid', detail, { errors: errors.slice(0, maxErrors) });
}

function refuseLongLines(text: string): void {
  let line = 1;
  for (let start = 0; start < text.length; line += 1) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (end - start > maxLineCharacters)
      throw new Refusal('file_invalid', {
        en: `line ${line} is too long to be a row`,
        zh: `第 ${line} 行过长，不能作为一行数据`,
      });
    start = end + 1;
  }
}

const shape = { record_delimiter: '\n', relax_column_count: true } as const;

/**
 * Hands over every line that is not blank, of the first `most`, the header first; quotes may hold several lines of a file together. Returns
 * how many there were, with blank ones.
 */
function eachLine({ text, delimiter }: Content, take: (line: Line) => void, most = maxRows + 2): number {
  let count = 0;
  let line = 1;
  const onRecord = (fields: string[], info: InfoRecord) => {
    refuseMisshapen(fields, info);
    count += 1;
    if (fields.length > 1 || fields[0] !== '') take({ line, fields });
    line += 1 + newlinesIn(fields);
    return null;
  };
  try {
    parse(text, { ...shape, delimiter, trim: true, to: most, on_record: onRecord });
    return count;
  } catch (error) {
    throw error instanceof CsvError ? brokenQuotes({ text, delimiter }, error) : error;
  }
}

function brokenQuotes(content: Content, error: CsvError): Refusal {
  // A quote left open swallows the rest of the file: what helps is where the parser's last whole record ended.
  const line =
    error.code === 'CSV_QUOTE_NOT_CLOSED' ? lineAfter(content, Number(error['records'])) : Number(error['lines']);
  const fault = {
    en: 'a quote is opened, closed or left open where it cannot be',
    zh: '引号的起止位置不正确，或引号未结束',
  };
  return new Refusal(
    'file_invalid',
    { en: `the quotes on line ${line} are broken`, zh: `第 ${line} 行的引号不配对` },
    { errors: [lineError(line, fault)] },
  );
}

/** Refuses a record of too many fields, and one before which too many, blank ones too, had another number of them than the header. */
function refuseMisshapen(record: readonly string[], info: InfoRecord): void {
  if (record.length > maxFields)
    throw new Refusal('file_invalid', {
      en: `line ${info.lines} has too many fields to be a row`,
      zh: `第 ${info.lines} 行字段过多，不能作为一行数据`,
    });
  if (info.invalid_field_length <= maxMisshapenRows) return;
  throw new Refusal('file_invalid', {
    en: `the file has more than ${maxMisshapenRows} rows that are blank or have too few or too many fields`,
    zh: `文件中的空行以及字段过多或过少的行共超过 ${maxMisshapenRows} 行`,
  });
}

function lineAfter({ text, delimiter }: Content, count: number): number {
  const records = count === 0 ? [] : parse(text, { ...shape, delimiter, to: count });
  return records.reduce((line, fields) => line + 1 + newlinesIn(fields), 1);
}

function newlinesIn(fields: readonly string[]): number {
  let count = 0;
  for (const field of fields) {
    for (let at = field.indexOf('\n'); at >= 0; at = field.indexOf('\n', at + 1)) count += 1;
  }
  return count;
}

/** Where each column stands in the file. A file without a header has someone's row in its place: unknown columns are told by number. */
function columnPositions<C extends string>(header: Line, columns: readonly C[]): [C, number][] {
  const names = header.fields.map((name) => unguarded(name.trim()));
  const isColumn = (name: string) => columns.some((column) => column === name);
  const faults = [
    ...columns
      .filter((column) => !names.includes(column))
      .map((column) => ({ en: `the column ${column} is missing`, zh: `缺少列 ${column}` })),
    ...names.flatMap((name, at) =>
      isColumn(name)
        ? []
        : [
            {
              en: `column ${at + 1} is none of ${columns.join(', ')}`,
              zh: `第 ${at + 1} 列不是 ${columns.join('、')} 中的任何一列`,
            },
          ],
    ),
    ...columns
      .filter((column) => names.indexOf(column) !== names.lastIndexOf(column))
      .map((column) => ({ en: `the column ${column} is there twice`, zh: `列 ${column} 重复出现` })),
  ];
  if (faults.length > 0) throw fileInvalid(faults.map((fault) => lineError(header.line, fault)));
  return columns.map((column) => [column, names.indexOf(column)]);
}

function rowFault(fields: readonly string[], expected: number): Words | null {
  if (fields.length !== expected)
    return {
      en: `has ${fields.length} fields, not ${expected}`,
      zh: `有 ${fields.length} 个字段，应为 ${expected} 个`,
    };
  if (fields.some((field) => field.length > maxFieldCharacters)) {
    return {
      en: `has a field of more than ${maxFieldCharacters} characters`,
      zh: `有字段超过 ${maxFieldCharacters} 个字符`,
    };
  }
  return null;
}

function named<C extends string>(fields: readonly string[], positions: readonly [C, number][]): Record<C, string> {
  const entries = positions.map(([column, at]) => [column, unguarded((fields[at] ?? '').trim())]);
  return Object.fromEntries(entries) as Record<C, string>;
}

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
