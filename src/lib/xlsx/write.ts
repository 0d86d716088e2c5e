/**
 * A workbook of one sheet, for people who go on with it in a spreadsheet: Office Open XML (ECMA-376), as little of it as spreadsheets need. Numbers
 * are written as the decimal text they are given as, never by way of a float. The same sheet gives the same bytes: the only time in the file is
 * the earliest a ZIP can have.
 */
import { strToU8, zipSync } from 'fflate';

/** Text, or a number with so many decimals. */
export type SheetCell = string | { readonly number: string; readonly decimals: 0 | 2 };

export interface Sheet {
  /** At most 31 characters, none of `[]:*?/\`. */
  readonly name: string;
  /** In characters, by column. */
  readonly widths: readonly number[];
  /** So many rows stay in sight. */
  readonly headRows: number;
  readonly rows: readonly (readonly SheetCell[])[];
}

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packaged = 'http://schemas.openxmlformats.org/package/2006';
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** Of cells: text, a head, a number without decimals and with two. */
const [plain, bold, whole, hundredths] = [0, 1, 2, 3];

/** A spreadsheet keeps fifteen digits of a number: what has more stays text, so that none is lost. */
const mostDigits = 15;

export function writeXlsx(sheet: Sheet): Uint8Array {
  const files = {
    '[Content_Types].xml': `<Types xmlns="${packaged}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${[
      ['/xl/workbook.xml', 'sheet.main'],
      ['/xl/worksheets/sheet1.xml', 'worksheet'],
      ['/xl/styles.xml', 'styles'],
    ]
      .map(
        ([part, type]) =>
          `<Override PartName="${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${type}+xml"/>`,
      )
      .join('')}</Types>`,
    '_rels/.rels': relationsOf([['officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="${escaped(sheet.name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relationsOf([
      ['worksheet', 'worksheets/sheet1.xml'],
      ['styles', 'styles.xml'],
    ]),
    'xl/styles.xml': styles,
    'xl/worksheets/sheet1.xml': worksheetOf(sheet),
  };
  const zipped = Object.entries(files).map(([name, xml]) => [name, strToU8(head + xml)]);
  // By the clock of this machine, whatever its zone: that is what a ZIP holds.
  return zipSync(Object.fromEntries(zipped), { mtime: new Date(1980, 0, 1), level: 6 });
}

function relationsOf(targets: readonly (readonly [string, string])[]): string {
  const all = targets.map(
    ([type, target], at) => `<Relationship Id="rId${at + 1}" Type="${relations}/${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="${packaged}/relationships">${all.join('')}</Relationships>`;
}

/** Number formats 1 and 2 are built in: `0` and `0.00`. */
const styles = `<styleSheet xmlns="${main}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf fontId="0" numFmtId="0"/><xf fontId="1" numFmtId="0" applyFont="1"/><xf fontId="0" numFmtId="1" applyNumberFormat="1"/><xf fontId="0" numFmtId="2" applyNumberFormat="1"/></cellXfs></styleSheet>`;

function worksheetOf({ widths, headRows, rows }: Sheet): string {
  const columns = widths.map((width, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`);
  const pane = `<pane ySplit="${headRows}" topLeftCell="A${headRows + 1}" activePane="bottomLeft" state="frozen"/>`;
  const view = `<sheetView workbookViewId="0">${headRows > 0 ? pane : ''}</sheetView>`;
  const cols = columns.length > 0 ? `<cols>${columns.join('')}</cols>` : '';
  const lines = rows.map((cells, row) => {
    const shown = cells.map((cell, column) => cellOf(cell, `${nameOf(column)}${row + 1}`, row < headRows));
    return `<row r="${row + 1}">${shown.join('')}</row>`;
  });
  return `<worksheet xmlns="${main}"><sheetViews>${view}</sheetViews>${cols}<sheetData>${lines.join('')}</sheetData></worksheet>`;
}

function cellOf(cell: SheetCell, place: string, isHead: boolean): string {
  if (typeof cell === 'string') {
    const text = `<is><t xml:space="preserve">${escaped(cell)}</t></is>`;
    return cell === '' ? '' : `<c r="${place}" s="${isHead ? bold : plain}" t="inlineStr">${text}</c>`;
  }
  const { number, decimals } = cell;
  if (number.replace(/\D/g, '').length > mostDigits) return cellOf(number, place, isHead);
  return `<c r="${place}" s="${decimals === 0 ? whole : hundredths}"><v>${number}</v></c>`;
}

/** A, B, … Z, AA: columns by their number, from 0. */
function nameOf(column: number): string {
  const rest = Math.floor(column / 26);
  return (rest > 0 ? nameOf(rest - 1) : '') + String.fromCharCode(65 + (column % 26));
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML knows no control characters, not even escaped, and a cell needs none. */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\ufffe\uffff]/gu, '').replace(/[&<>"]/g, (one) => entities[one] ?? one);
}
