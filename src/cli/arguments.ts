/** How the arguments of commands are read, and refused in the language of the command line. */
import { InvalidArgumentError } from 'commander';
import { type Charset, charsetOf, charsets } from '../lib/encoding.js';
import type { Language, Words } from '../lib/language.js';

export function charsetIn(language: Language): (text: string) => Charset {
  const names = Object.keys(charsets);
  const what: Words = { en: `write ${names.join(', ')}`, zh: `应为 ${names.join('、')}` };
  return (text) => {
    const known = charsetOf(text.trim());
    if (known === undefined) throw new InvalidArgumentError(what[language]);
    return known;
  };
}

/** What is copied from a table or a mail brings white space along. */
export function trimmed(text: string): string {
  return text.trim();
}

/** In seconds. */
export function durationIn(language: Language): (text: string) => number {
  const what: Words = { en: 'write 30s, 15m, 1h or 7d', zh: '应写作 30s、15m、1h 或 7d' };
  return (text) => {
    const match = /^(\d{1,6})([smhd])$/.exec(text);
    const unit = { s: 1, m: 60, h: 3_600, d: 86_400 }[match?.[2] ?? ''];
    if (!match || unit === undefined || Number(match[1]) === 0) throw new InvalidArgumentError(what[language]);
    return Number(match[1]) * unit;
  };
}

/** For an option that may be given again. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
