/** How the arguments of commands are read. */
import { InvalidArgumentError } from 'commander';
import { type Charset, charsetOf, charsets } from '../lib/encoding.js';

export function charset(text: string): Charset {
  const known = charsetOf(text.trim());
  if (known === undefined) throw new InvalidArgumentError(`write ${Object.keys(charsets).join(', ')}`);
  return known;
}

/** What is copied from a table or a mail brings white space along. */
export function trimmed(text: string): string {
  return text.trim();
}

export function duration(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  const unit = { s: 1, m: 60, h: 3_600, d: 86_400 }[match?.[2] ?? ''];
  if (!match || unit === undefined || Number(match[1]) === 0)
    throw new InvalidArgumentError('write 30s, 15m, 1h or 7d');
  return Number(match[1]) * unit;
}

/** For an option that may be given again. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
