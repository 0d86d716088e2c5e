/** Guarantees of imports over HTTP: what is staged is told, what is committed is committed once. */
import { test } from 'tap';
import { commitChunk, readyLines } from '../../../src/timebank/imports/import.js';
import { chunkLines } from '../../../src/timebank/imports/import-jobs.js';
import { readLines } from '../../../src/timebank/imports/staged-lines.js';
import { type Answered, type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance, run } from '../../support/books.js';
import { bring, bringPeople, countyFile, everyRow } from '../../support/county.js';
import { personalKeys } from '../../support/personal-keys.js';

const operator: Caller = { role: 'operator' };
const platform: Caller = { role: 'platform', subject: 'gold-steward' };

const stage = (app: TestApp, query: string, body: Buffer, key?: string, as: Caller = operator) =>
  app.post(`/v1/imports?${query}`, { as, body, ...(key !== undefined && { key }) });
const commit = (app: TestApp, id: string, key?: string | null, as: Caller = operator) =>
  app.post(`/v1/imports/${id}/commit`, { as, ...(key !== undefined && { key }) });

test('visits are decided in order of check-in, then id; each line keeps the number it has in the file', async (t) => {
  const app = await testApp(t);
  await bringPeople(t, app);
  const header =
    'external_id,volunteer,recipient,service_type,planned_start,planned_end,check_in,check_out,proof_grade';
  const at = (id: string, zoned: readonly [from: string, to: string]) => {
    const [from, to] = zoned.map((time) => `2026-10-06T${time}`);
    return `${id},M00001,M00002,errand,${from},${to},${from},${to},A,XC-01`;
  };
  const lines = [
    at('C', ['15:00:00+08:00', '17:00:00+08:00']),
    at('B', ['10:30:00+08:00', '11:30:00+08:00']),
    at('X', ['25:00:00+08:00', '26:00:00+08:00']),
    // Earlier than B, though its text is later; and two at one moment.
    at('A2', ['02:00:00Z', '03:00:00Z']),
    at('A1', ['10:00:00+08:00', '11:00:00+08:00']),
  ];
  const staged = await stage(app, 'kind=visits', Buffer.from([`${header},recorded_by_unit`, ...lines].join('\n')));
  const told = (body: Answered['body']) =>
    body.lines.map(({ line, external_id, code }: Record<string, unknown>) => [line, external_id, code]);
  const faulty = [
    [3, 'B', 'service_overlap'],
    [4, null, 'file_invalid'],
    [5, 'A2', 'service_overlap'],
  ];
  t.same(told(staged.body), faulty);
  t.match((await commit(app, staged.body.id)).body.counts, { total: 5, imported: 2, errors: 3 });
  t.same(told((await app.get(`/v1/imports/${staged.body.id}/lines?state=error`, { as: operator })).body), faulty);
  const { service_records: records } = (await app.get('/v1/service-records', { as: operator })).body;
  t.match(records, [
    { id: 'A1', coins: '1.00', recorded_by: 'XC-01', approved_by: 'operator:operator' },
    { id: 'C', coins: '1.00', differences: [{ code: 'cap_day', amount: '1.00' }] },
  ]);
  await booksBalance(t, app.owner);
});

test('a staged file has imported nothing (201); each line says what would become of it, faulty ones why', async (t) => {
  const app = await testApp(t);
  await bring(t, app, 'kind=org_units', countyFile('org-units'));
  const header = 'external_id,name,gender,birth_date,phone,org_unit,talent_category';
  const lines = [
    'M1,何根仙,female,1949-02-20,13900000001,XC-01,ecology',
    'M2,潘明建,female,1949-02-30,13900000001,XC-01,',
    'M3,陈珍英,male,1946-01-28,,XX-99,',
    'M4,陈珍英,male,1946-01-28',
  ];
  const bytes = Buffer.from([header, ...lines].join('\n'));
  const staged = await stage(app, 'kind=members&file_name=members.csv', bytes);
  t.match(staged, { status: 201, body: { state: 'staged', file_name: 'members.csv' } });
  t.same(staged.body.counts, { total: 4, ready: 1, imported: 0, skipped: 0, errors: 3 });
  t.match(staged.body.lines, [
    {
      line: 3,
      external_id: null,
      state: 'error',
      code: 'file_invalid',
      reason: /^birth_date is a date, not a date of birth .* that exists/,
    },
    { line: 4, external_id: 'M3', state: 'error', code: 'org_unit_not_found' },
    { line: 5, external_id: null, state: 'error', code: 'file_invalid', reason: /4 fields/ },
  ]);
  t.equal((await app.get('/v1/members/M1', { as: operator })).status, 404);
  const path = `/v1/imports/${staged.body.id}`;
  const foreseen = await everyRow(app, `${path}/lines`, 'lines');
  t.same(
    foreseen.map(({ line, state }) => [line, state]),
    [
      [2, 'ready'],
      [3, 'error'],
      [4, 'error'],
      [5, 'error'],
    ],
  );
  t.same(await everyRow(app, `${path}/lines?state=error`, 'lines'), staged.body.lines);

  const committed = await commit(app, staged.body.id);
  t.same(committed.body.counts, { total: 4, ready: 0, imported: 1, skipped: 0, errors: 3 });
  t.same((await app.get(path, { as: operator })).body, committed.body);
  t.same(
    await everyRow(app, `${path}/lines?state=error`, 'lines'),
    staged.body.lines,
    'the same lines after the commit',
  );
  t.match(await everyRow(app, `${path}/lines?state=imported`, 'lines'), [{ line: 2, external_id: 'M1' }]);
  t.equal((await app.get('/v1/members/M1', { as: operator })).status, 200);
  await booksBalance(t, app.owner);
});

test('lines are foreseen as the books stood, and decided anew by the commit: one staged too early comes in once its units are there', async (t) => {
  const app = await testApp(t);
  const early = await stage(app, 'kind=members', countyFile('members'));
  t.equal(early.body.counts.errors, 400);
  t.equal(early.body.lines.length, 100, 'the first hundred');
  await bring(t, app, 'kind=org_units', countyFile('org-units'));
  t.equal((await everyRow(app, `/v1/imports/${early.body.id}/lines?state=error`, 'lines')).length, 400);
  t.same((await commit(app, early.body.id)).body.counts, {
    total: 400,
    ready: 0,
    imported: 400,
    skipped: 0,
    errors: 0,
  });
});

test('a dry run (200) needs no key and keeps nothing', async (t) => {
  const app = await testApp(t);
  const tried = await app.post('/v1/imports?kind=org_units&dry_run=true', {
    as: operator,
    body: countyFile('org-units'),
    key: null,
  });
  t.match(tried, {
    status: 200,
    body: { counts: { total: 50, ready: 50 }, lines: [], preview: { encoding: 'utf-8' } },
  });
  t.equal((await app.get(`/v1/imports/${tried.body.id}`, { as: operator })).status, 404);
  t.same((await app.get('/v1/imports', { as: operator })).body.imports, []);
});

test('a commit is answered once: the same key replays its bytes (200), another key is refused (409)', async (t) => {
  const app = await testApp(t);
  const { body } = await stage(app, 'kind=org_units', countyFile('org-units'));
  const first = await commit(app, body.id, 'commit-key-000001');
  const again = await commit(app, body.id, 'commit-key-000001');
  t.equal(first.status, 200);
  t.equal(again.status, 200);
  t.equal(again.text, first.text);
  t.equal(again.headers['idempotent-replayed'], 'true');
  const refused = await commit(app, body.id, 'commit-key-000002');
  t.match(refused, { status: 409, body: { code: 'import_already_committed' } });
});

test('of several commits at once one is told 200 and the others 409; every line is imported once', async (t) => {
  const app = await testApp(t);
  await bring(t, app, 'kind=org_units', countyFile('org-units'));
  const { body } = await stage(app, 'kind=members', countyFile('members'));
  const answers = await Promise.all(
    ['a', 'b', 'c', 'd'].map((subject) => commit(app, body.id, undefined, { role: 'operator', subject })),
  );
  t.same(answers.map(({ status }) => status).sort(), [200, 409, 409, 409]);
  t.equal((await everyRow(app, '/v1/members', 'members')).length, 400);
  await booksBalance(t, app.owner);
});

test('an import that was cut in the middle goes on where it stopped, and tells meanwhile which lines are in: 200', async (t) => {
  const app = await testApp(t);
  await bring(t, app, 'kind=org_units', countyFile('org-units'));
  const { body } = await stage(app, 'kind=members', countyFile('members'));
  // Another process commits one chunk and is gone.
  const first = await readLines(app.owner, app.lane.facts.id, body.id, { after: 0, limit: chunkLines });
  const lines = readyLines('members', first);
  const terms = { keys: personalKeys, approvedBy: 'operator:other' };
  const chunk = await run(app.lane, (stage) => commitChunk(stage, body.id, lines, terms));
  t.equal(chunk.result?.done, chunkLines);
  const path = `/v1/imports/${body.id}`;
  t.match((await app.get(path, { as: operator })).body, {
    state: 'staged',
    counts: { imported: chunkLines, ready: 400 - chunkLines },
  });
  const states = (await everyRow(app, `${path}/lines`, 'lines')).map(({ state }) => state);
  t.same(states, [...Array(chunkLines).fill('imported'), ...Array(400 - chunkLines).fill('ready')]);
  const committed = await commit(app, body.id);
  t.match(committed, {
    status: 200,
    body: { state: 'committed', counts: { imported: 400, skipped: 0, errors: 0, ready: 0 } },
  });
  t.equal((await everyRow(app, '/v1/members', 'members')).length, 400);
  await booksBalance(t, app.owner);
});

test('a commit without a key (400) or with the key of another request (422) imports nothing', async (t) => {
  const app = await testApp(t);
  await bring(t, app, 'kind=org_units', countyFile('org-units'));
  const { body } = await stage(app, 'kind=members', countyFile('members'), 'one-key-for-both-1');
  t.equal((await commit(app, body.id, null)).status, 400);
  t.match(await commit(app, body.id, 'one-key-for-both-1'), { status: 422, body: { code: 'idempotency_key_reused' } });
  t.equal((await app.get(`/v1/imports/${body.id}`, { as: operator })).body.counts.imported, 0);
  t.same(await everyRow(app, '/v1/members', 'members'), []);
});

test('a file sent again under its key is staged once (201); another file under that key is refused (422)', async (t) => {
  const app = await testApp(t);
  const first = await stage(app, 'kind=org_units', countyFile('org-units'), 'staging-key-00001');
  const again = await stage(app, 'kind=org_units', countyFile('org-units'), 'staging-key-00001');
  t.equal(again.text, first.text);
  const other = await stage(
    app,
    'kind=org_units',
    Buffer.concat([countyFile('org-units'), Buffer.from('\n')]),
    'staging-key-00001',
  );
  t.match(other, { status: 422, body: { code: 'idempotency_key_reused' } });
  t.equal((await app.get('/v1/imports', { as: operator })).body.imports.length, 1);
});

test('what is not such a file is refused with 422 and remembered; other media types with 415, more than 64 MiB with 413', async (t) => {
  const app = await testApp(t);
  const refused = await stage(app, 'kind=members', countyFile('org-units'), 'refusal-key-00001');
  t.match(refused, { status: 422, body: { code: 'file_invalid', errors: [{ pointer: '/lines/1' }] } });
  const again = await stage(app, 'kind=members', countyFile('org-units'), 'refusal-key-00001');
  t.equal(again.headers['idempotent-replayed'], 'true');
  t.equal(again.text, refused.text);
  t.equal((await stage(app, 'kind=members', Buffer.alloc(0))).status, 422);
  t.equal((await app.post('/v1/imports?kind=members', { as: operator })).status, 422);
  t.equal((await app.post('/v1/imports?kind=members', { as: operator, body: { a: 1 } })).status, 415);
  t.equal((await app.post('/v1/members', { as: operator, body: Buffer.from('a,b\n') })).status, 415);
  t.equal((await app.post('/v1/members', { as: operator, body: Buffer.alloc(2 ** 20 + 1, 32) })).status, 415);
  t.equal((await stage(app, 'kind=members', Buffer.alloc(2 ** 26 + 1, 32))).status, 413);
  t.equal((await stage(app, 'kind=visitors', countyFile('visits'))).status, 400);
  t.equal((await stage(app, 'kind=visits&effective_on=2026-10-01', countyFile('visits'))).status, 400);
});

test('a platform brings points and visits (201) and no people (403); imports of people are not there for it (404)', async (t) => {
  const app = await testApp(t);
  await bringPeople(t, app);
  const [people] = (await app.get('/v1/imports', { as: operator })).body.imports;
  const points = await stage(
    app,
    'kind=opening_points&effective_on=2026-09-30',
    countyFile('opening-points'),
    undefined,
    platform,
  );
  t.equal(points.status, 201);
  t.equal((await stage(app, 'kind=members', countyFile('members'), undefined, platform)).status, 403);
  t.equal((await commit(app, points.body.id, undefined, platform)).body.counts.imported, 400);
  const seen = (await app.get('/v1/imports', { as: platform })).body.imports;
  t.same(
    seen.map(({ id }: { id: string }) => id),
    [points.body.id],
  );
  for (const path of ['', '/lines']) {
    const hidden = await app.get(`/v1/imports/${people.id}${path}`, { as: platform });
    t.match(hidden, { status: 404, body: { code: 'import_not_found' } });
  }
  t.equal((await commit(app, people.id, undefined, platform)).status, 404);
  t.equal((await app.get('/v1/imports', { as: { role: 'coordinator', orgUnit: 'XC' } })).status, 403);
});

test('opening points of a day that has not come are in error, and those that were taken back are ready anew', async (t) => {
  const app = await testApp(t);
  await bringPeople(t, app);
  const bytes = Buffer.from('member,occurrences,points\nM00001,3,30\n');
  const early = await stage(app, 'kind=opening_points&effective_on=2026-11-03', bytes);
  t.match(early.body.counts, { ready: 0, errors: 1 });
  const [line] = (await app.get(`/v1/imports/${early.body.id}/lines`, { as: operator })).body.lines;
  t.equal(line.code, 'date_in_future');
  const points = async () => {
    const { body } = await stage(app, 'kind=opening_points&effective_on=2026-09-30', bytes);
    return (await commit(app, body.id)).body.counts;
  };
  t.match(await points(), { imported: 1 });
  t.match(await points(), { imported: 0, skipped: 1 });
  const [entry] = (await app.get('/v1/entries?kind=opening_points', { as: operator })).body.entries;
  t.equal((await app.post(`/v1/entries/${entry.number}/reversal`, { as: operator })).status, 201);
  t.match(await points(), { imported: 1, skipped: 0 });
  t.match(await points(), { imported: 0, skipped: 1 });
  const { balances } = (await app.get('/v1/members/M00001/balances', { as: operator })).body;
  t.match(balances, [{}, {}, { balance: '30' }]);
  await booksBalance(t, app.owner);
});
