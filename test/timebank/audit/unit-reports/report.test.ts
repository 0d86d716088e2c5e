/**
 * Guarantees of the report of a month by unit: every figure of every unit is that of a second, plain reckoning; all of a unit is what is its own and
 * what the units below it have; and whatever unit is asked for, the same is shown and the same is withheld.
 */
import t from 'tap';
import { readSnapshot } from '../../../../src/db/snapshot.js';
import { breakdownsOf, columnsOf } from '../../../../src/timebank/audit/unit-reports/columns.js';
import {
  readUnitReport,
  type UnitReport,
  type UnitReportAsked,
} from '../../../../src/timebank/audit/unit-reports/report.js';
import { type Books, books } from '../../../support/books.js';
import { runsOf, seeded, seedOf } from '../../../support/random.js';
import { type Act, type Months, settleMonths } from './random-months.js';

const zone = 'Asia/Shanghai';

const read = ({ owner }: Books, asked: Partial<UnitReportAsked> & { readonly month: string }, proceed = () => {}) =>
  readSnapshot(owner, (snapshot) =>
    readUnitReport(
      snapshot,
      1,
      { unit: 'XC', below: 'all', published: false, zone, reach: null, trend: false, ...asked },
      proceed,
    ),
  );

const lastOf = (month: string) => (month === '2026-09' ? '2026-09-30' : '2026-10-31');

const placeOn = (
  { first, moves }: { readonly first: string | null; readonly moves: readonly { on: string; to: string }[] },
  day: string,
) => moves.filter(({ on }) => on <= day).at(-1)?.to ?? first;

/** What is a unit's own, and everything: an act belongs to one unit, and to all above it as the tree is on the last day. */
function reckon(months: Months, month: string): Map<string, Map<string, bigint>> {
  const sums = new Map<string, Map<string, bigint>>();
  const add = (row: string, column: string, amount: bigint) => {
    const figures = sums.get(row) ?? new Map<string, bigint>();
    sums.set(row, figures.set(column, (figures.get(column) ?? 0n) + amount));
  };
  const addTo = (unit: string, column: string, amount: bigint) => {
    add(`${unit} own`, column, amount);
    for (let at: string | null = unit; at !== null; ) {
      add(at, column, amount);
      const place = months.places.get(at);
      at = place ? placeOn(place, lastOf(month)) : null;
    }
  };
  const unitOf = ({ unit, member, day }: Act) => {
    const home = months.homes.get(member);
    return unit ?? (home ? (placeOn(home, day) as string) : '');
  };
  const acts = months.acts.filter(({ day }) => day.startsWith(month));
  for (const act of acts) addTo(unitOf(act), act.column, act.amount);
  const latest = new Map<string, Act>();
  for (const act of acts.filter(({ column }) => column === 'hours')) {
    const before = latest.get(months.person(act.member));
    if (!before || later(act, before)) latest.set(months.person(act.member), act);
  }
  for (const act of latest.values()) addTo(unitOf(act), 'people_active', 1n);
  return sums;
}

const later = (a: Act, b: Act) => a.day > b.day || (a.day === b.day && a.entry > b.entry);

/** `U3 hours 120`, of all figures that are not nothing; `*` where one is withheld. */
const figuresOf = ({ rows, columns }: UnitReport) =>
  rows
    .flatMap(({ id, total, own }) =>
      columns.flatMap((column) => [[id, column, total(column)] as const, [`${id} own`, column, own(column)] as const]),
    )
    .filter(([, , figure]) => figure !== 0n)
    .map(([row, column, figure]) => `${row} ${column} ${figure ?? '*'}`)
    .sort();

t.test('every figure of every unit is that of a plain reckoning, whoever and whatever moved', async (t) => {
  const random = seeded(seedOf(t));
  for (let run = 0; run < runsOf(4); run += 1) {
    const set = await books(t);
    const months = await settleMonths(set.owner, random);
    for (const month of ['2026-09', '2026-10']) {
      const expected = [...reckon(months, month)]
        .flatMap(([row, figures]) => [...figures].map(([column, figure]) => [row, column, figure] as const))
        .filter(([, , figure]) => figure !== 0n)
        .map(([row, column, figure]) => `${row} ${column} ${figure}`)
        .sort();
      t.ok(expected.length > 150, `${expected.length} figures`);
      t.strictSame(figuresOf(await read(set, { month })), expected, `run ${run}, ${month}`);
    }
  }
});

t.test('all of a unit is its own and all of each unit right below, and parts add up to their whole', async (t) => {
  const set = await books(t);
  await settleMonths(set.owner, seeded(seedOf(t)));
  const { rows, columns } = await read(set, { month: '2026-10' });
  t.equal(rows.length, 10);
  for (const { id, total, own } of rows) {
    for (const column of columns) {
      const below = rows
        .filter(({ parent }) => parent === id)
        .reduce((sum, row) => sum + (row.total(column) ?? 0n), 0n);
      t.equal(total(column), (own(column) ?? 0n) + below, `${id} ${column}`);
    }
    for (const { total: whole, parts } of breakdownsOf(columns))
      for (const figures of [total, own])
        t.equal(
          parts.reduce((sum, part) => sum + (figures(part) ?? 0n), 0n),
          figures(whole),
          `${id} ${whole}`,
        );
  }
  t.same(columns, columnsOf(columns), 'each column once');
});

t.test('a report of a unit below shows, and withholds, what that of the county does; so does the trend', async (t) => {
  const set = await books(t);
  await settleMonths(set.owner, seeded(seedOf(t)));
  for (const month of ['2026-09', '2026-10']) {
    const whole = await read(set, { month, published: true });
    const all = new Set(figuresOf(whole));
    t.ok([...all].some((line) => line.endsWith('*')) && [...all].some((line) => !line.endsWith('*')), 'some of each');
    for (const { id } of whole.rows)
      for (const below of ['all', 'children'] as const) {
        const part = await read(set, { month, published: true, unit: id, below });
        t.same(
          figuresOf(part).filter((line) => !all.has(line)),
          [],
          `${id} ${below}`,
        );
      }
    for (const row of whole.rows.slice(0, 4)) {
      const { trend } = await read(set, { month: '2026-10', published: true, unit: row.id, trend: true });
      t.equal(trend.length, 12);
      t.equal(trend.find((one) => one.month === month)?.hours, row.total('hours'), `${row.id} ${month}`);
    }
  }
});

t.test('who sees one unit is shown no units that are beyond it now, wherever they stood in the month', async (t) => {
  const set = await books(t);
  const months = await settleMonths(set.owner, seeded(seedOf(t)));
  const now = (id: string): string[] => {
    const place = months.places.get(id);
    const above = place ? placeOn(place, '2099-12-31') : null;
    return above === null ? [id] : [id, ...now(above)];
  };
  for (const top of ['U0', 'U1']) {
    const { rows } = await read(set, { month: '2026-09', unit: top, reach: top });
    for (const { id } of rows) t.ok(now(id).includes(top), `${id} is within ${top}`);
    await t.rejects(read(set, { month: '2026-09', unit: 'XC', reach: top }), { code: 'org_unit_not_found' });
  }
});

t.test('a reader who has gone stops the report before its next statement', async (t) => {
  const set = await books(t);
  await settleMonths(set.owner, seeded(seedOf(t)));
  let asked = 0;
  const gone = () => {
    asked += 1;
    if (asked === 2) throw new Error('gone');
  };
  await t.rejects(read(set, { month: '2026-10' }, gone), { message: 'gone' });
  t.equal(asked, 2);
});
