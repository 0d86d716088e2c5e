/**
 * What spreadsheets make of CSV: which character parts the fields, the guards that keep a cell from being computed, and the row of totals
 * below the others. Text in, text out; it knows no column.
 */

const delimiters = [',', '\t', ';'] as const;
export type Delimiter = (typeof delimiters)[number];

/** What parts the fields of the first line that is not blank: what stands in it most often, outside quotes; of equals, the comma. */
export function delimiterOf(text: string): Delimiter {
  const header = (/^.*\S.*$/m.exec(text)?.[0] ?? '').replace(/"[^"]*"/g, '');
  const count = (delimiter: Delimiter) => header.split(delimiter).length;
  return delimiters.reduce((best, next) => (count(next) > count(best) ? next : best));
}

/** Excel's `="0012"`, which is no quoting at all, as a field that holds `0012`; one that stands in quotes is for `unguarded`. */
export function quoteGuarded(text: string, delimiter: Delimiter): string {
  if (!text.includes('="')) return text;
  // What is in quotes is passed over; two quotes within it end one piece and begin the next.
  const pieces = new RegExp(`"[^"]*"|(^|${delimiter})="([^"\\n]*)"(?=${delimiter}|$)`, 'gm');
  return text.replace(pieces, (piece, before?: string, cell?: string) =>
    before === undefined ? piece : `${before}"${cell}"`,
  );
}

/** What makes a spreadsheet compute a cell that begins with it, full-width forms included. */
const signs = '[=+\\-@\\uFF1D\\uFF0B\\uFF0D\\uFF20]';
const mistakable = new RegExp(`^(?:'*${signs}|'+\\d)`);
const plainNumber = /^-?\d+(\.\d+)?$/;
const apostrophe = new RegExp(`^'(?='*(?:${signs}|\\d))`);
const formula = /^="([^"]*)"$/;

/**
 * Text without the white space before it, which could hide a sign; with an apostrophe in front where a spreadsheet would compute it, and where it
 * has one of its own. A plain number, also a negative one, stays as it is.
 */
export function guarded(text: string): string {
  const start = text.trimStart();
  return mistakable.test(start) && !plainNumber.test(start) ? `'${start}` : start;
}

/** A cell without the guard that makes a spreadsheet take it for text: an apostrophe, or `="0012"`. */
export function unguarded(cell: string): string {
  return (formula.exec(cell)?.[1] ?? cell.replace(apostrophe, '')).trim();
}

const totals = /^(?:合\s*计|总\s*计|共\s*计)[:：]?$/;

/** Whether a row says that it sums up those above it, by its first cell that is not empty: in words that are no id, so that no row is lost. */
export function isTotal(fields: readonly string[]): boolean {
  return totals.test(fields.find((field) => field !== '') ?? '');
}
