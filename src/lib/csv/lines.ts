/**
 * From the bytes of a CSV file to its lines: the cells of each and where it stands. It knows quotes, and what would hold up the service; it
 * does not know a header from a row.
 */
import { CsvError, type InfoRecord, parse } from 'csv-parse/sync';
import { type Charset, decodeText, type Encoding } from '../encoding.js';
import { Refusal } from '../refusal.js';
import { type Delimiter, delimiterOf, quoteGuarded } from './dialect.js';
import { lineError } from './errors.js';

export const maxRows = 1_000_000;
/** Each costs the parser 50 µs: a file of nothing else would hold up the service for a minute. */
const maxMisshapenRows = 5_000;
/** Every field is an object to the parser: sixteen megabytes of commas would hold up the service for seconds. */
const maxLineCharacters = 100_000;
const maxFields = 1_000;

export interface Line {
  readonly line: number;
  readonly fields: readonly string[];
}

export interface Content {
  readonly text: string;
  readonly delimiter: Delimiter;
}

/** Decoded, with one kind of line end: given several, the parser would also miscount the lines within quotes. */
export function contentOf(bytes: Uint8Array, charset: Charset | null): Content & { readonly encoding: Encoding } {
  if (bytes.length === 0) throw new Refusal('file_invalid', { en: 'the file is empty', zh: '文件为空' });
  const { text, encoding } = decodeText(bytes, charset);
  const unified = text.replace(/\r\n?/g, '\n');
  refuseLongLines(unified);
  const delimiter = delimiterOf(unified);
  return { text: quoteGuarded(unified, delimiter), delimiter, encoding };
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
export function eachLine({ text, delimiter }: Content, take: (line: Line) => void, most = maxRows + 2): number {
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
    zh: '引号的起止位置不正确，或引号未闭合',
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
