/** Text in the columns of a terminal, where a Chinese character takes two. */

const wide = /[\p{Script=Han}\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6]/gu;

export function columnsOf(text: string): number {
  return [...text].length + (text.match(wide)?.length ?? 0);
}

/** With spaces behind it, up to so many columns. */
export function padEndColumns(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

/** With spaces before it, up to so many columns. */
export function padStartColumns(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - columnsOf(text))) + text;
}

/** What is not parted at the end of a line: a word, or a Chinese character, with the punctuation that belongs to it. */
const piece = /\s*[（“]*(?:\p{Script=Han}|[^\s\p{Script=Han}（“，。；：、）”]+)[，。；：、）”]*|\S/gu;

/** Lines of at most so many columns, where words allow it. */
export function wrapColumns(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const lines: string[] = [];
      let last = '';
      for (const part of line.match(piece) ?? []) {
        if (last !== '' && columnsOf(last + part) > columns) {
          lines.push(last);
          last = part.trimStart();
        } else last += part;
      }
      return [...lines, last];
    })
    .join('\n');
}
