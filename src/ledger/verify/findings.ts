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

  add(table: string, key: string | number, detail: string): void {
    this.count += 1;
    if (this.kept.length < keptFindings) this.kept.push({ table, key: String(key), detail });
  }

  /** Notes every column in which a stored row differs from what it should be. */
  compare(
    table: string,
    key: string | number,
    stored: Record<string, unknown>,
    expected: Record<string, unknown>,
  ): void {
    for (const [column, value] of Object.entries(expected)) {
      if (stored[column] !== value)
        this.add(table, key, `${column} is ${show(stored[column])}, should be ${show(value)}`);
    }
  }
}

function show(value: unknown): string {
  return value === null || value === undefined ? 'empty' : `"${String(value).slice(0, 80)}"`;
}
