/** Rows of the time bank in the books: only those that may change are ever written over, and only by who has looked. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import type { Lane } from '../../src/ledger/lane.js';
import { verifyLedger } from '../../src/ledger/verify/verify.js';
import { verifyControls } from '../../src/timebank/controls.js';
import { xinchangPilot1 as rules } from '../../src/timebank/credit/xinchang-pilot.js';
import { authoriseRedemption } from '../../src/timebank/partners/redemptions/authorise.js';
import { registerOrgUnit } from '../../src/timebank/people/org-units.js';
import { orgUnitRows } from '../../src/timebank/people/rows.js';
import { allRows } from '../../src/timebank/rows.js';
import { books, booksBalance, ledger, run } from '../support/books.js';
import { partner, settle } from '../support/story.js';

t.test('the database can write over rows of the tables that change, and of no others', async (t) => {
  const b = await books(t);
  const found =
    await b.owner`select proname as name from pg_proc where pronamespace = 'timebank'::regnamespace and proname ~ '^(add|put)_' order by 1`;
  const wanted = allRows.flatMap(({ name, mutable }) => [`add_${name}`, ...(mutable ? [`put_${name}`] : [])]);
  t.same(
    found.map(({ name }) => name),
    wanted.sort(),
  );
});

t.test('what writes a table writes all of its columns, whichever migration added them', async (t) => {
  const b = await books(t);
  const bodies =
    await b.owner`select proname as name, prosrc as body from pg_proc where pronamespace = 'timebank'::regnamespace and proname ~ '^(add|put)_'`;
  const columnsOf = new Map(allRows.map(({ name, columns }) => [name, [...columns.keys()]]));
  for (const { name, body } of bodies) {
    const columns = columnsOf.get(name.slice('add_'.length)) ?? [];
    t.not(columns.length, 0, name);
    t.same(
      columns.filter((column) => !new RegExp(`\\br\\."?${column}\\b`).test(body)),
      [],
      `${name}: the migration that adds a column calls accept_rows`,
    );
  }
});

t.test('whatever a text holds, a row digests as it is stored', async (t) => {
  const b = await books(t);
  const names = [
    '"',
    '\\',
    'a"b\\c',
    'tab\tand\nline',
    '\u001f',
    '\u007f',
    '\u2028',
    '何根仙',
    '👵🏽',
    'é',
    '',
    ' ',
    '/',
    '{"a":1}',
  ];
  const county = { external_id: 'XC', parent_external_id: null, level: 'county', name: '新昌县' } as const;
  await run(b.lane, (stage) => registerOrgUnit(stage, county));
  for (const [i, name] of names.entries()) {
    const unit = { external_id: `XC-${i}`, parent_external_id: 'XC', level: 'township', name } as const;
    await run(b.lane, (stage) => registerOrgUnit(stage, unit));
  }
  const stored = await b.owner`select name from timebank.org_units where level = 'township' order by entry`;
  t.same(
    stored.map(({ name }) => name),
    names,
  );
  await booksBalance(t, b.owner);
});

t.test('a column that a later version adds changes no digest until it holds something', async (t) => {
  const b = await books(t);
  const unit = { external_id: 'XC', parent_external_id: null, level: 'county', name: '新昌县' } as const;
  await run(b.lane, (stage) => registerOrgUnit(stage, unit));
  await b.owner`alter table timebank.org_units add column before_all text, add column later text`;
  const added = ['before_all', 'later'].map((name) => [name, 'text'] as const);
  const columns = new Map([...orgUnitRows.columns, ...added].sort(([one], [other]) => (one < other ? -1 : 1)));
  const tables = allRows.map((table) => (table.name === 'org_units' ? { ...orgUnitRows, columns } : table));
  const verify = () => verifyLedger(b.owner, ledger, { tables: tables as never, controls: verifyControls });
  t.same((await verify()).findings, []);
  await b.owner`update timebank.org_units set later = 'x'`;
  t.match(
    (await verify()).findings,
    [{ table: { en: 'org_units' }, key: { en: 'XC' } }],
    'what it holds is bound like any other',
  );
});

t.test('a row that is taken for new and is not fails its command, and leaves the row and the others', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  const authorise = (lane: Lane, id: string, points: bigint) => {
    const request = { id, partnerId: partner, partnerReference: randomUUID(), memberId: 'M1', points, capture: true };
    return run(lane, (stage) => authoriseRedemption(stage, rules, request).entry);
  };
  const id = randomUUID();
  t.ok((await authorise(b.lane, id, 10n)).result);
  const other = await b.openLane();
  const [twice, fresh] = await Promise.allSettled([authorise(other, id, 20n), authorise(other, randomUUID(), 1n)]);
  t.match(twice, { status: 'rejected', reason: { message: /rejected/ } });
  t.match(fresh, { status: 'fulfilled' });
  const rows = await b.owner`select authorised::int from timebank.redemptions where redemption_id = ${id}`;
  t.same([...rows], [{ authorised: 10 }]);
  await booksBalance(t, b.owner);
});
