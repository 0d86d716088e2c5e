/**
 * The files of a pack, one after another, and what its manifest says of each. Nothing in them depends on who asks, when, or in which language: the same
 * unit, period and entry give the same bytes.
 */
import { createHash } from 'node:crypto';
import { writeCsv } from '../../../lib/csv/write.js';
import type { Words } from '../../../lib/language.js';
import type { ZipFile } from '../../../lib/zip.js';
import { certificateSheet } from './certificates.js';
import { entrySheet, leafLines } from './entries.js';
import { memberSheet } from './members.js';
import { orderSheet } from './orders.js';
import type { Sheet, Source } from './part.js';
import { readme } from './readme.js';
import { recordSheet } from './records.js';

/** Of a file in the pack; `rows` does not count the header, and is null where there are none. */
export interface PackedFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number | null;
}

interface Listed extends PackedFile {
  readonly means: Words;
  readonly columns?: readonly { readonly name: string; readonly zh: string; readonly en: string }[];
}

/** Of the words, too: whoever changes a file, a column or the README changes its number, for the bytes are promised. */
const format = 'timeledger-estate-file/1';

export const sheets: readonly Sheet[] = [memberSheet, orderSheet, recordSheet, entrySheet, certificateSheet];

/** Files in a pack: the sheets, the leaves, and five texts. */
export const filesInPack = sheets.length + 6;

/** `checkpoint` is the signed one of the last entry that counts. `packed` gets what was written; `proceed` is called after each portion. */
export async function* filesOf(
  source: Source,
  checkpoint: string,
  packed: PackedFile[],
  proceed: () => Promise<void>,
): AsyncGenerator<ZipFile> {
  const listed: Listed[] = [];
  const listing = (means: Words, columns?: Sheet['columns']) => (file: PackedFile) => {
    packed.push(file);
    const told = columns?.map(({ name, means: { zh, en } }) => ({ name, zh, en }));
    listed.push({ ...file, means, ...(told && { columns: told }) });
  };
  const textFile = (name: string, means: Words, content: string) =>
    counted(name, oneText(content), proceed, listing(means));
  yield textFile('README.txt', { zh: '说明', en: 'What is in the file, in Chinese' }, readme(source.scope, sheets));
  for (const sheet of sheets)
    yield counted(sheet.name, sheetText(sheet, source), proceed, listing(sheet.means, sheet.columns));
  yield counted(leafLines.name, lineText(source), proceed, listing(leafLines.means));
  yield textFile(
    'unit-report.json',
    {
      zh: '按月汇总：时长、时间币、原因、参与人数、点单，以及各类凭证引起的增减（in 增加，out 减少）',
      en: 'Figures by month: hours, coins, reasons, volunteers, orders, and what each kind of entry brought in and took out',
    },
    json(source.figures.view()),
  );
  yield textFile(
    'checkpoint.txt',
    { zh: '截止凭证的签名检查点', en: 'The signed checkpoint of the watermark' },
    checkpoint,
  );
  yield counted('manifest.json', oneText(json(manifest(source, checkpoint, listed))), proceed, (file) =>
    packed.push(file),
  );
  const sums = packed.map(({ sha256, name }) => `${sha256}  ${name}\n`).join('');
  yield counted('SHA256SUMS', oneText(sums), proceed, () => {});
}

function manifest({ scope }: Source, checkpoint: string, listed: readonly Listed[]) {
  const { ledger, zone, unit, period, first, last, watermark, recordedAt } = scope;
  return {
    format,
    ...{ ledger, zone },
    org_unit: { id: unit.id, level: unit.level, name: unit.name },
    ...{ period, first_on: first, last_on: last },
    watermark: { entry: watermark, recorded_at: recordedAt },
    checkpoint,
    files: listed.map(({ name, means, sha256, bytes, rows, columns }) => ({
      ...{ name, means: { zh: means.zh, en: means.en }, sha256, bytes, rows },
      ...(columns && { columns }),
    })),
  };
}

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;

/** Text with how many rows are in it; null where there are none. */
interface Piece {
  readonly text: string;
  readonly rows: number | null;
}

async function* oneText(text: string): AsyncGenerator<Piece> {
  yield { text, rows: null };
}

/** With a byte order mark: spreadsheets of the offices would take it for GB18030. */
async function* sheetText({ columns, rows }: Sheet, source: Source): AsyncGenerator<Piece> {
  yield { text: writeCsv([columns.map(({ name }) => name)], { bom: true }), rows: 0 };
  for await (const some of rows(source)) yield { text: writeCsv(some), rows: some.length };
}

async function* lineText(source: Source): AsyncGenerator<Piece> {
  yield { text: '', rows: 0 };
  for await (const lines of leafLines.lines(source))
    yield { text: lines.map((line) => `${line}\n`).join(''), rows: lines.length };
}

/** A file of the ZIP; once its last piece has been taken, `done` is told what was written. */
function counted(
  name: string,
  pieces: AsyncIterable<Piece>,
  proceed: () => Promise<void>,
  done: (file: PackedFile) => void,
): ZipFile {
  const hash = createHash('sha256');
  let [bytes, rows]: [number, number | null] = [0, null];
  async function* content() {
    for await (const piece of pieces) {
      const written = Buffer.from(piece.text);
      hash.update(written);
      bytes += written.length;
      if (piece.rows !== null) rows = (rows ?? 0) + piece.rows;
      yield piece.text;
      await proceed();
    }
    done({ name, sha256: hash.digest('hex'), bytes, rows });
  }
  return { name, content: content() };
}
