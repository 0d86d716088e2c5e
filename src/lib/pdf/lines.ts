/** How text is broken into lines: Chinese between any two characters, words and numbers never; what closes does not begin a line. Pure. */

const opening = '（《「『“‘【〔(\\[';
const closing = '、，。；：！？）》」』”’】〕…%％)\\],.;:!?';

/** What stays together: a word or a number, or one character of Chinese, with what opens before it and what closes behind it. */
const atoms = new RegExp(
  `[${opening}]*(?:(?:(?!\\p{Script=Han})[\\p{L}\\p{N}\\p{M}+\\-./:_=@#])+|\\s+|.)[${closing}]*`,
  'gu',
);

/** The lines of a text that are at most `width` wide, as `widthOf` measures them; a word that is longer is broken anywhere. */
export function linesOf(text: string, width: number, widthOf: (text: string) => number): string[] {
  return text.split('\n').flatMap((line) => wrapped(line, width, widthOf));
}

function wrapped(text: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const atom of atomsOf(text)) {
    if (widthOf(line + atom.trimEnd()) <= width) {
      line += atom;
      continue;
    }
    if (line !== '') lines.push(line.trimEnd());
    line = '';
    for (const character of atom.trimStart()) {
      if (line !== '' && widthOf(line + character) > width) {
        lines.push(line);
        line = '';
      }
      line += character;
    }
  }
  return [...lines, line.trimEnd()];
}

function atomsOf(text: string): string[] {
  return text.match(atoms) ?? [];
}
