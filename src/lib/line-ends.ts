/** The lines of a text that came from anywhere: LF, CRLF and CR each end one. */

export const lineEnd = /\r\n?|\n/;

/** The line, from 1, of a place in a text. */
export function lineAt(text: string, place: number): number {
  return text.slice(0, place).split(lineEnd).length;
}
