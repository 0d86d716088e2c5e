/** The parts of a bench run that can be chosen one by one with `--only`. */
import { StartError } from '#src/db/connect.js';

export const parts = [
  'pgbench',
  'bare-sql',
  'one-at-a-time',
  'postings',
  'redemptions',
  'orders',
  'bulk',
  'intake',
  'reads',
  'candidates',
] as const;
export type Part = (typeof parts)[number];

/** Asked for by name only: its county makes every other part's database ten times as large. */
const unusual: readonly Part[] = ['candidates'];

/** The parts that were asked for, all that are usual when none was. Refuses (StartError): a name that is none. */
export function chooseParts(only: readonly string[] | undefined): ReadonlySet<Part> {
  if (only === undefined || only.length === 0) return new Set(parts.filter((part) => !unusual.includes(part)));
  return new Set(
    only.map((name) => {
      const part = parts.find((known) => known === name);
      if (!part)
        throw new StartError({
          en: `the bench has no part "${name}"; it has ${parts.join(', ')}`,
          zh: `性能测试没有“${name}”这一部分；可选：${parts.join('、')}`,
        });
      return part;
    }),
  );
}
