/**
 * The font of papers: Noto Sans SC, which comes with a package, so that no font of the system is asked for. It has the 30,000 characters of
 * Chinese that are in common use, Latin, Greek and Cyrillic. What it lacks is shown by its number, for a name must not lose a character
 * without anybody seeing it.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { create, type Glyph, type Font as OpenedFont } from 'fontkit';

const file = new URL(import.meta.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'));

export interface Font {
  /** For pdfkit, which takes an opened font. */
  readonly source: OpenedFont;
  /** From the top of its letters to the bottom, beside their size. */
  readonly height: number;
  /** Text with every character that the font lacks as its number: `[U+20BB7]`. */
  readable(text: string): string;
  /** Of one line, in points. */
  widthOf(text: string, size: number): number;
}

/** Opens the font, which takes some milliseconds and ten megabytes. */
export function openFont(): Font {
  const font = create(readFileSync(fileURLToPath(file))) as OpenedFont;
  const glyphs = new Map<number, Glyph>();
  const glyphOf = (character: string): Glyph => {
    const codePoint = character.codePointAt(0) ?? 0;
    let glyph = glyphs.get(codePoint);
    if (!glyph) {
      glyph = font.glyphForCodePoint(codePoint);
      glyphs.set(codePoint, glyph);
    }
    return glyph;
  };
  const layout = (text: string) => new Run([...text].map(glyphOf));
  return {
    source: Object.assign(font, { layout }),
    height: (font.ascent - font.descent) / font.unitsPerEm,
    readable: (text) =>
      [...text]
        .map((character) => (glyphOf(character).id === 0 && character !== '\n' ? numbered(character) : character))
        .join(''),
    widthOf: (text, size) => {
      let width = 0;
      for (const character of text) width += glyphOf(character).advanceWidth;
      return (width * size) / font.unitsPerEm;
    },
  };
}

function numbered(character: string): string {
  return `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
}

/**
 * A line of glyphs as pdfkit takes it from a font: one for each character, side by side. Chinese and Latin need no more; what fontkit itself
 * does to shape scripts that do takes ten times as long.
 */
class Run {
  readonly positions;

  constructor(readonly glyphs: readonly Glyph[]) {
    this.positions = glyphs.map(({ advanceWidth: xAdvance }) => ({ xAdvance, yAdvance: 0, xOffset: 0, yOffset: 0 }));
  }

  get advanceWidth(): number {
    return this.positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0);
  }
}
