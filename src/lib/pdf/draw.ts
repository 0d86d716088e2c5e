/**
 * Draws a paper as a PDF, A4. The same paper gives the same bytes: no time but its own is in them, and nothing that is drawn by chance. It takes
 * tens of milliseconds, and so has a thread of its own; see threads.ts.
 */
import PDFDocument from 'pdfkit';
import qrcode from 'qrcode-generator';
import { barShares, lyingBars, standingBars } from './charts.js';
import type { Font } from './font.js';
import { linesOf } from './lines.js';
import { rowsByPage } from './pages.js';
import type { Block, Chart, Code, Column, Paper, Table } from './paper.js';

/** In points. */
const margin = 48;
const cellPadding = 5;
const footHeight = 30;
const codeSide = 150;
/** From one line to the next, beside the size of the letters. */
const spacing = 1.3;
/** Of the longest bar that stands. */
const standingHeight = 90;
const [ink, soft, rule, shade, barColor] = ['#000000', '#555555', '#999999', '#eeeeee', '#5b7fa6'];

/** The bytes of a paper. Throws a RangeError for what cannot be drawn: a QR code of too much. */
export async function drawPaper(font: Font, paper: Paper): Promise<Uint8Array> {
  const document = new PDFDocument({
    ...{ size: 'A4', layout: paper.orientation, margin: 0, bufferPages: true, lang: 'zh-CN', displayTitle: true },
    // None of its own.
    font: '',
    info: { Title: paper.title, Producer: 'Timeledger', Creator: 'Timeledger', CreationDate: new Date(paper.madeAt) },
  });
  const pieces: Uint8Array[] = [];
  document.on('data', (piece: Uint8Array) => pieces.push(piece));
  const ended = new Promise((resolve) => document.on('end', resolve));
  const sheet = new Sheet(document, font, paper.size);
  sheet.title(paper.title);
  for (const [at, block] of paper.blocks.entries()) sheet.draw(block, paper.blocks[at + 1]);
  sheet.feet(paper.foot);
  document.end();
  await ended;
  return Buffer.concat(pieces);
}

/** The pages as they are filled, from above; `y` is how far. */
class Sheet {
  private readonly width: number;
  private readonly bottom: number;
  private readonly lineHeight: number;
  private y = margin;

  constructor(
    private readonly document: PDFKit.PDFDocument,
    private readonly font: Font,
    private readonly size: number,
  ) {
    document.font(font.source as unknown as PDFKit.Mixins.PDFFontSource);
    this.width = document.page.width - 2 * margin;
    this.bottom = document.page.height - margin - footHeight;
    this.lineHeight = size * spacing;
  }

  title(text: string): void {
    const size = this.size * 1.6;
    for (const line of this.wrap(text, this.width, size)) {
      const x = margin + (this.width - this.font.widthOf(line, size)) / 2;
      this.write(line, x, this.y, size);
      this.y += size * spacing;
    }
    this.y += this.size * 0.6;
  }

  /** `next` is what stands below: a heading stays with it. */
  draw(block: Block, next: Block | undefined): void {
    if (block.kind === 'heading') this.heading(block.text, next);
    else if (block.kind === 'paragraph') this.paragraph(block.text);
    else if (block.kind === 'table') this.table(block);
    else if (block.kind === 'code') this.code(block);
    else if (block.form === 'lying') this.lying(block);
    else this.standing(block);
  }

  /** What stands at the foot of each page, once all are there. */
  feet(text: string): void {
    const { start, count } = this.document.bufferedPageRange();
    const y = this.bottom + footHeight - this.lineHeight / 2;
    for (let page = start; page < start + count; page += 1) {
      this.document.switchToPage(page);
      const number = `第 ${page + 1} 页，共 ${count} 页`;
      const left = this.width - this.font.widthOf(number, this.size);
      const [first = ''] = this.wrap(text, left - this.size, this.size);
      this.write(first, margin, y, this.size, soft);
      this.write(number, margin + left, y, this.size, soft);
    }
  }

  private heading(text: string, next: Block | undefined): void {
    const size = this.size * 1.2;
    const lines = this.wrap(text, this.width, size);
    const height = lines.length * size * spacing + this.size;
    this.require(height + (next?.kind === 'code' ? codeSide : 3 * this.lineHeight));
    this.y += this.size * 0.5;
    for (const line of lines) {
      this.write(line, margin, this.y, size);
      this.y += size * spacing;
    }
    this.y += this.size * 0.3;
  }

  private paragraph(text: string): void {
    for (const line of this.wrap(text, this.width)) {
      this.require(this.lineHeight);
      this.write(line, margin, this.y, this.size);
      this.y += this.lineHeight;
    }
    this.y += this.size * 0.4;
  }

  private table({ columns, rows }: Table): void {
    const widths = this.widthsOf(columns);
    const wrapRow = (cells: readonly string[]) =>
      cells.map((cell, at) => this.wrap(cell, (widths[at] ?? 0) - 2 * cellPadding));
    const header = wrapRow(columns.map(({ title }) => title));
    const headerHeight = this.rowHeight(header);
    const room = this.bottom - margin - headerHeight;
    const most = Math.floor((room - 2 * cellPadding) / this.lineHeight);
    const wrapped = rows.flatMap((row) => chunked(wrapRow(row), most));
    const heights = wrapped.map((cells) => this.rowHeight(cells));
    const pages = rowsByPage(heights, this.bottom - this.y - headerHeight, room);
    let at = 0;
    for (const [page, count] of pages.entries()) {
      if (page > 0) this.nextPage();
      if (count === 0 && page === 0 && pages.length > 1) continue;
      this.row(header, columns, widths, shade);
      for (const cells of wrapped.slice(at, at + count)) this.row(cells, columns, widths);
      at += count;
    }
    this.y += this.size * 0.6;
  }

  private row(cells: readonly string[][], columns: readonly Column[], widths: readonly number[], fill?: string): void {
    const height = this.rowHeight(cells);
    if (fill !== undefined) this.document.rect(margin, this.y, this.width, height).fill(fill);
    let x = margin;
    for (const width of widths) {
      this.document.rect(x, this.y, width, height);
      x += width;
    }
    this.document.lineWidth(0.5).stroke(rule);
    x = margin + cellPadding;
    for (const [at, lines] of cells.entries()) {
      const width = widths[at] ?? 0;
      for (const [down, line] of lines.entries()) {
        const free = width - 2 * cellPadding - this.font.widthOf(line, this.size);
        const left = x + (columns[at]?.align === 'right' ? free : 0);
        this.write(line, left, this.y + cellPadding + down * this.lineHeight, this.size);
      }
      x += width;
    }
    this.y += height;
  }

  private lying({ bars }: Chart): void {
    this.require(bars.length * this.lineHeight);
    for (const [at, box] of lyingBars(bars, this.width, this.lineHeight).entries()) {
      const { label = '', text = '' } = bars[at] ?? {};
      const y = this.y + at * this.lineHeight;
      this.write(this.cut(label, this.width * barShares.label - this.size / 2), margin, y, this.size);
      this.document.rect(margin + box.x, this.y + box.y, box.width, box.height).fill(barColor);
      this.write(text, margin + box.x + box.width + this.size / 3, y, this.size);
    }
    this.y += bars.length * this.lineHeight + this.size * 0.4;
  }

  /** Figures stand above the bars, labels below; both are smaller than other text, and as small as it takes. */
  private standing({ bars }: Chart): void {
    const size = this.size * 0.8;
    const line = size * spacing;
    this.require(standingHeight + 2 * line);
    const top = this.y + line;
    const centred = (text: string, x: number, width: number, y: number) => {
      // Never cut: half a figure would be another one.
      const fitting = Math.min(size, (width * 1.45 * size) / Math.max(1, this.font.widthOf(text, size)));
      this.write(text, margin + x + (width - this.font.widthOf(text, fitting)) / 2, y, fitting);
    };
    for (const [at, box] of standingBars(bars, this.width, standingHeight).entries()) {
      this.document.rect(margin + box.x, top + box.y, box.width, box.height).fill(barColor);
      centred(bars[at]?.text ?? '', box.x, box.width, top + box.y - line);
      centred(bars[at]?.label ?? '', box.x, box.width, top + standingHeight + 1);
    }
    const ground = top + standingHeight;
    this.document
      .moveTo(margin, ground)
      .lineTo(margin + this.width, ground)
      .lineWidth(0.5)
      .stroke(rule);
    this.y = ground + line + this.size * 0.4;
  }

  /** The beginning of a line that is too long, with an ellipsis. */
  private cut(text: string, width: number, size = this.size): string {
    const characters = [...this.font.readable(text)];
    if (this.font.widthOf(characters.join(''), size) <= width) return characters.join('');
    while (characters.length > 0 && this.font.widthOf(`${characters.join('')}…`, size) > width) characters.pop();
    return `${characters.join('')}…`;
  }

  private code({ content, text }: Code): void {
    const beside = margin + codeSide + this.size;
    const lines = this.wrap(text, margin + this.width - beside);
    const height = Math.max(codeSide, lines.length * this.lineHeight);
    this.require(height);
    this.squares(content);
    for (const [down, line] of lines.entries()) this.write(line, beside, this.y + down * this.lineHeight, this.size);
    this.y += height + this.size * 0.4;
  }

  /** A tenth of it may be dirty: correction level M. Around it are four squares of white, as readers ask for. */
  private squares(content: string): void {
    // As UTF-8, each byte a character: of others the generator would take the lower half.
    const bytes = Buffer.from(content, 'utf8').toString('latin1');
    if (bytes.length > 2_300) throw new RangeError('this is too much for a QR code');
    const code = qrcode(0, 'M');
    code.addData(bytes, 'Byte');
    code.make();
    const count = code.getModuleCount();
    const side = codeSide / (count + 8);
    for (let row = 0; row < count; row += 1)
      for (let column = 0; column < count; column += 1) {
        const from = column;
        while (column < count && code.isDark(row, column)) column += 1;
        const y = this.y + (row + 4) * side;
        if (column > from) this.document.rect(margin + (from + 4) * side, y, (column - from) * side, side);
      }
    this.document.fill(ink);
  }

  /** Goes to the next page where so much does not fit on this one. */
  private require(height: number): void {
    if (this.y + height > this.bottom && this.y > margin) this.nextPage();
  }

  private nextPage(): void {
    this.document.addPage();
    this.y = margin;
  }

  private widthsOf(columns: readonly Column[]): number[] {
    const shares = columns.reduce((sum, { share }) => sum + share, 0);
    return columns.map(({ share }) => (this.width * share) / shares);
  }

  private rowHeight(cells: readonly (readonly string[])[]): number {
    return Math.max(...cells.map((lines) => lines.length)) * this.lineHeight + 2 * cellPadding;
  }

  private wrap(text: string, width: number, size = this.size): string[] {
    return linesOf(this.font.readable(text), width, (line) => this.font.widthOf(line, size));
  }

  private write(line: string, x: number, y: number, size: number, color = ink): void {
    // The font leaves more room above and below its letters than stands between two lines.
    const above = ((this.font.height - spacing) * size) / 2;
    this.document
      .fillColor(color)
      .fontSize(size)
      .text(line, x, y - above, { lineBreak: false });
  }
}

/** A row as rows of so many lines at most. */
function chunked(cells: readonly string[][], most: number): string[][][] {
  const count = Math.max(1, ...cells.map((lines) => Math.ceil(lines.length / most)));
  return Array.from({ length: count }, (_, at) => cells.map((lines) => lines.slice(at * most, (at + 1) * most)));
}
