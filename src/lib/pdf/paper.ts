/**
 * The vocabulary of papers: what stands on one, from top to bottom, as plain data that can be handed to another thread. It knows no member and
 * no ledger, no page and no font.
 */

export interface Paper {
  /** At the top of the first page, and what the file is called where it is shown. */
  readonly title: string;
  readonly orientation: 'portrait' | 'landscape';
  /** Of all text but title and headings, which are larger; in points. */
  readonly size: number;
  /** At the foot of each page, beside its number. */
  readonly foot: string;
  /** The only time that is in the bytes: an instant, RFC 3339. */
  readonly madeAt: string;
  readonly blocks: readonly Block[];
}

export type Block = Heading | Paragraph | Table | Code | Chart;

/** It never stands at the end of a page. */
export interface Heading {
  readonly kind: 'heading';
  readonly text: string;
}

export interface Paragraph {
  readonly kind: 'paragraph';
  readonly text: string;
}

/** Its header is repeated on each page. A row stays on one page if it can, and the last one does not stand on a page alone. */
export interface Table {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  /** As many cells as columns; a line feed begins a new line of a cell. */
  readonly rows: readonly (readonly string[])[];
}

export interface Column {
  readonly title: string;
  /** Its share of the width, beside the others'. */
  readonly share: number;
  readonly align: 'left' | 'right';
}

/** A QR code with words beside it. */
export interface Code {
  readonly kind: 'code';
  /** At most 2,300 bytes. */
  readonly content: string;
  readonly text: string;
}

/** Bars on one page, one below another or side by side. Of bars that lie a label that is too long is cut; figures never are. */
export interface Chart {
  readonly kind: 'chart';
  readonly form: 'lying' | 'standing';
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly label: string;
  /** The figure as it is written. */
  readonly text: string;
  /** How long it is beside the longest possible, in thousandths. */
  readonly permille: number;
}

export function heading(text: string): Heading {
  return { kind: 'heading', text };
}

export function paragraph(text: string): Paragraph {
  return { kind: 'paragraph', text };
}

export function table(columns: readonly Column[], rows: Table['rows']): Table {
  return { kind: 'table', columns, rows };
}

export function code(content: string, text: string): Code {
  return { kind: 'code', content, text };
}

export function chart(form: Chart['form'], bars: readonly Bar[]): Chart {
  return { kind: 'chart', form, bars };
}
