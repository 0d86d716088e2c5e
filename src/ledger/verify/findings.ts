/** What a verification found: each difference with the table and row it is in. Counts all, keeps the first hundred. */

export interface Finding {
  readonly table: string;
  readonly key: string;
  readonly detail: string;
}

const keptFindings = 100;

export class Findings {
  count = 0;
  readonly kept: Finding[] = [];
  /** How many there are in each table. */
  readonly tables = new Map<string, number>();

  add(table: string, key: string | number, detail: string): void {
    this.counted(table, 1);
    if (this.kept.length < keptFindings) this.kept.push({ table, key: String(key), detail });
  }

  /** Notes every column in which a stored row differs from what it should be, as one finding. */
  compare(
    table: string,
    key: string | number,
    stored: Record<string, unknown>,
    expected: Record<string, unknown>,
  ): void {
    const wrong = differences(stored, expected);
    if (wrong.length > 0) this.add(table, key, wrong.join('; '));
  }

  /** A run of numbers that are not there, as one finding: it may be long. Nothing when `from` is after `to`. */
  missing(table: string, from: bigint, to: bigint): void {
    if (from === to) this.add(table, String(from), 'is missing');
    else if (from < to)
      this.add(table, `${from} to ${to}`, `are missing: ${(to - from + 1n).toLocaleString('en')} in all`);
  }

  /** Counts findings that somebody else has counted and that are not worth a line each. */
  counted(table: string, count: number): void {
    if (count === 0) return;
    this.count += count;
    this.tables.set(table, (this.tables.get(table) ?? 0) + count);
  }
}

/** For each column that differs: what it is and what it should be. */
export function differences(stored: Record<string, unknown>, expected: Record<string, unknown>): string[] {
  return Object.entries(expected)
    .filter(([column, value]) => stored[column] !== value)
    .map(([column, value]) => `${column} is ${show(stored[column])}, should be ${show(value)}`);
}

function show(value: unknown): string {
  return value === null || value === undefined ? 'empty' : `"${String(value).slice(0, 80)}"`;
}
