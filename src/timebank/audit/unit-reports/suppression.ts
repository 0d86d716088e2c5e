/**
 * Which figures of a table are withheld so that no small group of people can be read from it: those about fewer people than a rule says, and as
 * many others as it takes, for whoever knows a sum and all its parts but one knows that one, too. Pure; decision 0056 says what it guarantees.
 *
 * Rows stand in a tree of sums, columns may be parts of another column. Withholding by two rules is enough:
 *
 * - *Of a column*, no sum of rows has exactly one member withheld. Then amounts can be shifted along a path of withheld cells from any of them
 *   down to a row that is no sum, and back another way, and nothing that is shown changes.
 * - *Of a breakdown*, one part, its counterweight, is withheld wherever another part is, and each part wherever the total is. What is shifted in a
 *   column is shifted back in the counterweight, row by row.
 */

/** How many people a figure is about, and by how many acts of theirs it came about. */
export interface Weight {
  readonly acts: bigint;
  readonly people: number;
}

/** A row that is the sum of others. */
export interface RowSum {
  readonly total: number;
  readonly addends: readonly number[];
}

/** A column that is the sum of others. */
export interface Breakdown {
  readonly total: string;
  readonly parts: readonly string[];
  /** A part that may be below zero: it is the counterweight. Without one it is the part about most people. */
  readonly signed?: string;
}

export interface Table {
  /** Each row is an addend of one sum at most, and the total of one at most. */
  readonly sums: readonly RowSum[];
  /** Each column is in one breakdown at most. */
  readonly columns: readonly string[];
  readonly breakdowns: readonly Breakdown[];
  readonly rows: number;
  readonly weightOf: (row: number, column: string) => Weight;
}

/** By column, the rows whose figures are withheld. */
export type Withheld = ReadonlyMap<string, ReadonlySet<number>>;

/** What is to be withheld where figures about fewer than `least` people are; the same table gives the same answer. */
export function withheldCells(table: Table, least: number): Withheld {
  const small = (column: string) =>
    rowsOf(table).filter((row) => {
      const { acts, people } = table.weightOf(row, column);
      return acts > 0n && people < least;
    });
  const close = closingOf(table, least);
  const broken = new Set(table.breakdowns.flatMap(({ total, parts }) => [total, ...parts]));
  const alone = table.columns.filter((column) => !broken.has(column));
  return new Map([
    ...alone.map((column) => [column, close(column, small(column), null)] as const),
    ...table.breakdowns.flatMap((breakdown) => withheldOf(table, breakdown, small, close)),
  ]);
}

const rowsOf = ({ rows }: Table) => Array.from({ length: rows }, (_, row) => row);

/** `counter`: the counterweight of the column; null: none, or one that can be below zero. */
type Close = (column: string, rows: Iterable<number>, counter: string | null) => ReadonlySet<number>;

function withheldOf(
  table: Table,
  { total, parts, signed }: Breakdown,
  small: (column: string) => readonly number[],
  close: Close,
): [string, ReadonlySet<number>][] {
  const people = (column: string) =>
    rowsOf(table).reduce((most, row) => Math.max(most, table.weightOf(row, column).people), 0);
  const byPeople = [...parts].sort((a, b) => people(a) - people(b));
  const counter = signed ?? byPeople.at(-1);
  if (counter === undefined) return [[total, close(total, small(total), null)]];
  const others = parts.filter((part) => part !== counter);
  if (others.length === 0) {
    const both = close(total, [...small(total), ...small(counter)], null);
    return [total, counter].map((column) => [column, both]);
  }
  const ofTotal = close(total, small(total), null);
  // What is small of the counterweight itself is shifted into the part about fewest people: little is shown of that anyway.
  const rarest = byPeople.find((part) => part !== counter && people(part) > 0) ?? others[0];
  const ofOthers = others.map((part): [string, ReadonlySet<number>] => [
    part,
    close(
      part,
      [...small(part), ...ofTotal, ...(part === rarest ? small(counter) : [])],
      signed === undefined ? counter : null,
    ),
  ]);
  return [[total, ofTotal], ...ofOthers, [counter, new Set(ofOthers.flatMap(([, rows]) => [...rows]))]];
}

/**
 * Adds rows until no sum has exactly one member withheld, and what is withheld of a sum that is shown is about `least` people. Where figures are not
 * below zero, a counterweight out of which nothing can be shifted is none: of each sum a row is withheld that has something of it.
 */
function closingOf({ sums, weightOf }: Table, least: number): Close {
  const sumsOf = new Map<number, RowSum[]>();
  for (const sum of sums)
    for (const row of [sum.total, ...sum.addends]) sumsOf.set(row, [...(sumsOf.get(row) ?? []), sum]);
  return (column, seed, counter) => {
    const withheld = new Set(seed);
    const weights: Weights = {
      weigh: (row) => weightOf(row, column),
      canGive: (row) => counter === null || weightOf(row, counter).acts > 0n,
    };
    const due = [...withheld].flatMap((row) => sumsOf.get(row) ?? []);
    for (let sum = due.pop(); sum; sum = due.pop())
      for (const row of moreOf(sum, withheld, weights, least)) {
        withheld.add(row);
        due.push(...(sumsOf.get(row) ?? []));
      }
    return withheld;
  };
}

interface Weights {
  readonly weigh: (row: number) => Weight;
  /** Whether the counterweight has something in a row. */
  readonly canGive: (row: number) => boolean;
}

/** Which members of a sum are to be withheld beside those that are: the smallest first, and the sum itself if no others do. */
function moreOf(
  { total, addends }: RowSum,
  withheld: ReadonlySet<number>,
  { weigh, canGive }: Weights,
  least: number,
): number[] {
  const inside = addends.filter((row) => withheld.has(row));
  const shown = addends
    .filter((row) => !withheld.has(row))
    .sort((a, b) => Number(weigh(a).acts === 0n) - Number(weigh(b).acts === 0n) || weigh(a).people - weigh(b).people);
  if (withheld.has(total)) {
    if (inside.length > 0 && (inside.some(canGive) || !shown.some(canGive))) return [];
    return [shown.find(canGive) ?? shown[0]].filter((row) => row !== undefined);
  }
  if (inside.length === 0) return [];
  const more: number[] = [];
  const all = () => [...inside, ...more];
  const isEnough = () => all().length > 1 && all().reduce((sum, row) => sum + weigh(row).people, 0) >= least;
  for (const row of shown) {
    if (isEnough() || weigh(row).acts === 0n) break;
    more.push(row);
  }
  const giver = all().some(canGive) ? undefined : shown.find(canGive);
  if (giver !== undefined) more.push(giver);
  return isEnough() && all().some(canGive) ? more : [total];
}
