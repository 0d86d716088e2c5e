/** A table is read as it was written, in every encoding and dialect that files come in. */
import fc from 'fast-check';
import t from 'tap';
import { guarded } from '../../src/lib/csv/dialect.js';
import { readCsv } from '../../src/lib/csv/read.js';
import type { Charset } from '../../src/lib/encoding.js';
import { columnsOf } from '../support/csv.js';
import { encoded, marked } from '../support/encode.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}`);

type Row = readonly [id: string, name: string, note: string];

interface Dialect {
  readonly delimiter: ',' | ';' | '\t';
  readonly lineEnd: '\n' | '\r\n' | '\r';
  /** Quotes around every cell, or where one needs them. */
  readonly quotes: 'all' | 'needed';
  /** What keeps a spreadsheet from computing a cell. */
  readonly guard: 'apostrophe' | 'formula';
  readonly endsWithLineEnd: boolean;
  readonly total: boolean;
}

interface Coding {
  /** As it is declared; null: it is not. */
  readonly charset: Charset | null;
  readonly writtenAs: 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be';
  readonly isMarked: boolean;
}

/** What each file says of itself; what lines decide where it says nothing, encoding.test.ts tries. */
const codings: readonly Coding[] = [
  ...(['utf-8', 'gb18030', 'utf-16le', 'utf-16be'] as const).flatMap((writtenAs): Coding[] => [
    { charset: null, writtenAs, isMarked: true },
    { charset: writtenAs, writtenAs, isMarked: true },
    { charset: writtenAs, writtenAs, isMarked: false },
  ]),
  { charset: 'gbk', writtenAs: 'gb18030', isMarked: false },
  { charset: 'utf-16', writtenAs: 'utf-16le', isMarked: true },
  { charset: 'utf-16', writtenAs: 'utf-16be', isMarked: true },
];

function cellOf(text: string, { delimiter, quotes, guard }: Dialect): string {
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  const safe = guarded(text);
  if (safe !== text && guard === 'formula' && !text.includes('"')) return quoted(`="${text}"`);
  return quotes === 'all' || safe.includes(delimiter) || /["\n\r]/.test(safe) ? quoted(safe) : safe;
}

function written(rows: readonly Row[], dialect: Dialect): string {
  const { delimiter, lineEnd, endsWithLineEnd, total } = dialect;
  const lines = [['id', 'name', 'note'], ...rows, ...(total ? [['合计', String(rows.length), '']] : [])];
  const text = lines.map((cells) => cells.map((cell) => cellOf(cell, dialect)).join(delimiter)).join('\n');
  return (endsWithLineEnd ? `${text}\n` : text).replaceAll('\n', lineEnd);
}

const unit = fc.constantFrom(
  'a',
  'Z',
  '7',
  '0',
  '"',
  "'",
  ',',
  ';',
  '\t',
  '\n',
  ' ',
  '=',
  '-',
  '+',
  '@',
  '谢',
  '平',
  '县',
  '，',
  '７',
);
const cell = fc.string({ unit, maxLength: 12 }).map((text) => text.trim());
const id = fc.string({ unit: fc.constantFrom('A', '0', '7', '-'), minLength: 1 }).map((text) => `M${text}`);
const table = fc.array(fc.tuple(id, cell, cell), { maxLength: 8 });
const dialect: fc.Arbitrary<Dialect> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t'),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  quotes: fc.constantFrom('all', 'needed'),
  guard: fc.constantFrom('apostrophe', 'formula'),
  endsWithLineEnd: fc.boolean(),
  total: fc.boolean(),
});

t.test('any table reads back the same, in any encoding and dialect', async () => {
  fc.assert(
    fc.property(table, dialect, fc.constantFrom(...codings), (rows, spoken, { charset, writtenAs, isMarked }) => {
      const bytes = (isMarked ? marked : encoded)(written(rows, spoken), writtenAs);
      const read: Row[] = [];
      const file = readCsv(bytes, columnsOf(['id', 'name', 'note']), { charset }, ({ values }) =>
        read.push([values.id, values.name, values.note]),
      );
      return file.encoding === writtenAs && file.errors.length === 0 && JSON.stringify(read) === JSON.stringify(rows);
    }),
    { seed, numRuns: 5_000 },
  );
});
