/** Several words of a closed list, or several codes, in one column: in the order of the list, with a space between. It knows no list. */

/** The words without repetitions: in the order of `list` when one is given, of the alphabet otherwise. */
export function writeWords(words: readonly string[], list: readonly string[] = [...words].sort()): string {
  return [...new Set(list)].filter((word) => words.includes(word)).join(' ');
}

/** As they were written. */
export function readWords<Word extends string>(text: string): Word[] {
  return text === '' ? [] : (text.split(' ') as Word[]);
}

/** The shape of one or more words of a closed list, for a check of the table. */
export function wordsPattern(list: readonly string[]): string {
  const one = `(?:${list.join('|')})`;
  return `^${one}(?: ${one})*$`;
}

/** The shape of any number of codes. */
export const codesPattern = '^(?:[a-z][a-z0-9_]*(?: [a-z][a-z0-9_]*)*)?$';
