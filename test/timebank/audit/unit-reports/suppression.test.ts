/**
 * Guarantees of what is withheld from publication: whoever knows every figure that is shown, and which add up to which, works out none that is
 * withheld. The reader who tries is played by Gaussian elimination over all sums at once.
 */
import t from 'tap';
import {
  type Breakdown,
  type RowSum,
  type Table,
  type Withheld,
  withheldCells,
} from '../../../../src/timebank/audit/unit-reports/suppression.js';
import { type Random, runsOf, seeded, seedOf } from '../../../support/random.js';

interface Cell {
  readonly amount: bigint;
  readonly acts: bigint;
  readonly people: number;
}

interface Sample extends Table {
  readonly weightOf: (row: number, column: string) => Cell;
}

const nothing: Cell = { amount: 0n, acts: 0n, people: 0 };
const add = (a: Cell, b: Cell): Cell => ({
  amount: a.amount + b.amount,
  acts: a.acts + b.acts,
  people: a.people + b.people,
});

/** `carry` may be below zero; the other figures are not. */
const breakdowns: readonly Breakdown[] = [
  { total: 'hours', parts: ['coins', 'kin', 'cap', 'carry'], signed: 'carry' },
  { total: 'redeemed', parts: ['bank', 'shop', 'stall'] },
  { total: 'placed', parts: ['own', 'behalf'] },
  { total: 'single', parts: ['only'] },
];
const columns = ['active', ...breakdowns.flatMap(({ total, parts }) => [total, ...parts])];
const signed = new Set(['carry', 'hours']);

/** Units at random, each below an earlier one: of each what it has of its own, rolled up, as `table.ts` does it. */
function sampleOf(random: Random): Sample {
  const units = 1 + random.below(9);
  const parents = Array.from({ length: units }, (_, at) => (at === 0 ? null : random.below(at)));
  const cells = new Map<string, Cell[]>(columns.map((column) => [column, Array(2 * units).fill(nothing)]));
  const put = (at: number | null, own: boolean, column: string, cell: Cell): void => {
    if (at === null) return;
    const rows = cells.get(column) as Cell[];
    if (own) rows[2 * at + 1] = add(rows[2 * at + 1] ?? nothing, cell);
    rows[2 * at] = add(rows[2 * at] ?? nothing, cell);
    put(parents[at] ?? null, false, column, cell);
  };
  const cellOf = (most: number, column: string): Cell => {
    const people = random.below(3) === 0 ? 0 : random.below(most);
    const acts = BigInt(people === 0 ? Number(random.below(8) === 0) : people + random.below(4));
    const size = acts === 0n ? 0n : acts + BigInt(random.below(20));
    return { amount: column === 'carry' && random.below(2) === 0 ? -size : size, acts, people };
  };
  for (let at = 0; at < units; at += 1) {
    put(at, true, 'active', cellOf(30, 'active'));
    for (const { total, parts } of breakdowns) {
      const own = parts.map((part) => [part, cellOf(part === 'kin' || part === 'stall' ? 5 : 30, part)] as const);
      for (const [part, cell] of own) put(at, true, part, cell);
      // Whoever is behind a part is behind the total, and may be behind several parts.
      const all = own.reduce((sum, [, cell]) => add(sum, cell), nothing);
      const fewest = Math.max(0, ...own.map(([, { people }]) => people));
      const people = parts.length === 1 ? fewest : fewest + random.below(all.people - fewest + 1);
      put(at, true, total, { ...all, people });
    }
  }
  const sums = parents.map(
    (_, at): RowSum => ({
      total: 2 * at,
      addends: [2 * at + 1, ...parents.flatMap((parent, below) => (parent === at ? [2 * below] : []))],
    }),
  );
  const weightOf = (row: number, column: string) => cells.get(column)?.[row] ?? nothing;
  return { rows: 2 * units, sums, columns, breakdowns, weightOf };
}

/** A prime: that a sum of ones and minus ones is zero modulo it and not otherwise does not happen to tables of this size. */
const prime = 2_305_843_009_213_693_951n;
const modulo = (value: bigint) => ((value % prime) + prime) % prime;

function inverse(value: bigint): bigint {
  let [result, base] = [1n, value];
  for (let exponent = prime - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % prime;
    base = (base * base) % prime;
  }
  return result;
}

type Equation = Map<string, bigint>;

/** Every sum of the table: a total less what it is made of. */
function equationsOf({ sums, rows }: Table): Equation[] {
  const equation = (total: string, parts: readonly string[]) =>
    new Map([[total, 1n], ...parts.map((part) => [part, -1n] as [string, bigint])]);
  return [
    ...columns.flatMap((column) =>
      sums.map(({ total, addends }) =>
        equation(
          `${total} ${column}`,
          addends.map((row) => `${row} ${column}`),
        ),
      ),
    ),
    ...Array.from({ length: rows }, (_, row) => row).flatMap((row) =>
      breakdowns.map(({ total, parts }) =>
        equation(
          `${row} ${total}`,
          parts.map((part) => `${row} ${part}`),
        ),
      ),
    ),
  ];
}

/** Which of the withheld cells follow from those that are shown. */
function determined(equations: readonly Equation[], unknown: ReadonlySet<string>): Set<string> {
  const names = [...unknown];
  let left = equations.map((one) => names.map((name) => modulo(one.get(name) ?? 0n)));
  const reduced: bigint[][] = [];
  for (let column = 0; column < names.length; column += 1) {
    const pivot = left.find((row) => row[column] !== 0n);
    if (!pivot) continue;
    const factor = inverse(pivot[column] as bigint);
    const unit = pivot.map((value) => (value * factor) % prime);
    const without = (row: bigint[]) => {
      const times = row[column] as bigint;
      return times === 0n ? row : row.map((value, at) => modulo(value - times * (unit[at] as bigint)));
    };
    left = left.filter((row) => row !== pivot).map(without);
    reduced.splice(0, reduced.length, ...reduced.map(without), unit);
  }
  const alone = reduced.filter((row) => row.filter((value) => value !== 0n).length === 1);
  return new Set(alone.map((row) => names[row.findIndex((value) => value !== 0n)] as string));
}

const cellsOf = (withheld: Withheld) =>
  new Set([...withheld].flatMap(([column, rows]) => [...rows].map((row) => `${row} ${column}`)));

const smallCells = ({ rows, weightOf }: Sample, least: number) =>
  new Map(
    columns.map((column) => [
      column,
      new Set(
        Array.from({ length: rows }, (_, row) => row).filter((row) => {
          const { acts, people } = weightOf(row, column);
          return acts > 0n && people < least;
        }),
      ),
    ]),
  );

/** The same by one who also knows that most figures are not below zero: what adds up to nothing is nothing. */
function determinedBySign(sample: Sample, equations: readonly Equation[], withheld: ReadonlySet<string>): Set<string> {
  const known = new Set<string>();
  const amountOf = (name: string) => {
    const [row = '', column = ''] = name.split(' ');
    return sample.weightOf(Number(row), column).amount;
  };
  for (;;) {
    const unknown = new Set([...withheld].filter((name) => !known.has(name)));
    const found = [...determined(equations, unknown)];
    for (const equation of equations) {
      const open = [...equation].filter(([name]) => unknown.has(name));
      const sameSign = new Set(open.map(([, sign]) => sign)).size === 1;
      const unsigned = open.every(([name]) => !signed.has(name.split(' ')[1] ?? ''));
      if (sameSign && unsigned && open.every(([name]) => amountOf(name) === 0n))
        found.push(...open.map(([name]) => name));
    }
    const before = known.size;
    for (const name of found) known.add(name);
    if (known.size === before) return known;
  }
}

t.test(
  'no withheld figure follows from those that are shown, in any tree, also knowing what cannot be below zero',
  async (t) => {
    const random = seeded(seedOf(t));
    let [small, more, foiled] = [0, 0, 0];
    for (let run = 0; run < runsOf(150); run += 1) {
      const sample = sampleOf(random);
      const least = 1 + random.below(14);
      const withheld = withheldCells(sample, least);
      const cells = cellsOf(withheld);
      const equations = equationsOf(sample);
      const alone = cellsOf(smallCells(sample, least));
      for (const cell of alone) if (!cells.has(cell)) t.fail(`${cell} is about few people, and shown`);
      t.same([...determined(equations, cells)], [], `run ${run}, elimination`);
      const bySign = determinedBySign(sample, equations, cells);
      t.same(
        [...alone].filter((cell) => bySign.has(cell)),
        [],
        `run ${run}, elimination and signs`,
      );
      small += alone.size;
      more += cells.size - alone.size;
      if (determined(equations, alone).size > 0) foiled += 1;
    }
    t.ok(foiled > runsOf(50), `where only small figures are withheld the same reader finds some: in ${foiled} tables`);
    t.comment(`${small} small figures withheld, and ${more} beside them`);
  },
);

t.test('what is withheld of a sum that is shown is about as many people as the rule says', async (t) => {
  const random = seeded(seedOf(t));
  for (let run = 0; run < runsOf(200); run += 1) {
    const sample = sampleOf(random);
    const least = 2 + random.below(14);
    const withheld = withheldCells(sample, least);
    // Of the counterweight alone it does not hold: it goes with whatever else is withheld.
    for (const column of ['active', 'hours', 'kin', 'redeemed', 'placed'])
      for (const { total, addends } of sample.sums) {
        const rows = withheld.get(column) ?? new Set();
        const inside = addends.filter((row) => rows.has(row));
        const people = inside.reduce((sum, row) => sum + sample.weightOf(row, column).people, 0);
        if (!rows.has(total) && inside.length > 0) t.ok(people >= least && inside.length > 1, `run ${run}, ${column}`);
      }
  }
});

t.test('nothing is withheld where everything is about enough people, and nothing where nobody is', async (t) => {
  const cell = (people: number): Cell => ({ amount: BigInt(people), acts: BigInt(people), people });
  const table = (own: number, below: number): Table => ({
    rows: 4,
    sums: [
      { total: 0, addends: [1, 2] },
      { total: 2, addends: [3] },
    ],
    columns: ['active'],
    breakdowns: [],
    weightOf: (row) => cell([own + below, own, below, below][row] ?? 0),
  });
  const rows = (own: number, below: number) => [...(withheldCells(table(own, below), 10).get('active') ?? [])].sort();
  t.same(rows(10, 10), []);
  t.same(rows(0, 0), []);
  t.same(rows(0, 10), []);
  t.same(rows(9, 20), [1, 2, 3], 'the unit itself is small: what is below would give it away');
  t.same(rows(3, 4), [0, 1, 2, 3]);
});
