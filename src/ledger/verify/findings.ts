/** What a verification found: each difference with the table and row it is in. Counts all, keeps the first hundred. */
import { sameIn, type Words } from '../../lib/language.js';

export interface Finding {
  /** A table or a check; the English is its code. */
  readonly table: Words;
  /** The place in it; the English is its code. */
  readonly key: Words;
  readonly detail: Words;
}

const keptFindings = 100;

export const missing: Words = { en: 'is missing', zh: '缺失' };
export const notInLog: Words = { en: 'is not in the log', zh: '不在日志中' };

export class Findings {
  count = 0;
  readonly kept: Finding[] = [];
  /** How many there are in each table. */
  readonly tables = new Map<string, number>();

  add(table: string | Words, key: string | number | Words, detail: Words): void {
    const names = asWords(table);
    this.counted(names.en, 1);
    if (this.kept.length < keptFindings) this.kept.push({ table: names, key: asWords(key), detail });
  }

  /** Notes every column in which a stored row differs from what it should be, as one finding. */
  compare(
    table: string,
    key: string | number | Words,
    stored: Record<string, unknown>,
    expected: Record<string, unknown>,
  ): void {
    const wrong = differences(stored, expected);
    if (wrong.length > 0) this.add(table, key, joined(wrong));
  }

  /** A run of numbers that are not there, as one finding: it may be long. Nothing when `from` is after `to`. */
  missing(table: string, from: bigint, to: bigint): void {
    if (from === to) this.add(table, String(from), missing);
    else if (from < to) {
      const count = (to - from + 1n).toLocaleString('en');
      this.add(
        table,
        { en: `${from} to ${to}`, zh: `${from} 至 ${to}` },
        { en: `are missing: ${count} in all`, zh: `缺失，共 ${count} 个` },
      );
    }
  }

  /** Counts findings that somebody else has counted and that are not worth a line each. */
  counted(table: string, count: number): void {
    if (count === 0) return;
    this.count += count;
    this.tables.set(table, (this.tables.get(table) ?? 0) + count);
  }
}

function asWords(text: string | number | Words): Words {
  return typeof text === 'object' ? text : sameIn(String(text));
}

/** The place of what belongs to an entry. */
export function entryKey(number: string): Words {
  return { en: `entry ${number}`, zh: `凭证 ${number}` };
}

/** Several things that are wrong, as one. */
export function joined(problems: readonly Words[]): Words {
  return { en: problems.map(({ en }) => en).join('; '), zh: problems.map(({ zh }) => zh).join('；') };
}

/** For each column that differs: what it is and what it should be. */
export function differences(stored: Record<string, unknown>, expected: Record<string, unknown>): Words[] {
  return Object.entries(expected)
    .filter(([column, value]) => stored[column] !== value)
    .map(([column, value]) => {
      const [is, should] = [show(stored[column]), show(value)];
      return { en: `${column} is ${is.en}, should be ${should.en}`, zh: `${column} 为${is.zh}，应为${should.zh}` };
    });
}

function show(value: unknown): Words {
  if (value === null || value === undefined) return { en: 'empty', zh: '空' };
  const text = String(value).slice(0, 80);
  return { en: `"${text}"`, zh: `“${text}”` };
}
