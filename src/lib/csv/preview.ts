/** How a file reads, for people to look at before anything is done with it. */
import type { Charset, Encoding } from '../encoding.js';
import { Refusal } from '../refusal.js';
import { unguarded } from './dialect.js';
import { contentOf, eachLine, type Line } from './lines.js';

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
 * file holds, so it is shown and not kept. Below the header it ends where quotes are broken, as they are where the beginning of a file is cut.
 * Refuses: `file_invalid`, as `readCsv` does, for what it comes across above.
 */
export function previewOf(bytes: Uint8Array, charset: Charset | null = null): CsvPreview {
  const { encoding, ...content } = contentOf(bytes, charset);
  const cut = (cell: string) => [...unguarded(cell.trim())].slice(0, previewedCharacters).join('');
  const lines: string[][] = [];
  const take = ({ fields }: Line) => {
    if (lines.length <= previewedRows) lines.push(fields.map(cut));
  };
  try {
    eachLine(content, take, previewedLines);
  } catch (error) {
    if (!(error instanceof Refusal) || lines.length === 0) throw error;
  }
  const [header = [], ...rows] = lines;
  return { encoding, header, rows };
}
