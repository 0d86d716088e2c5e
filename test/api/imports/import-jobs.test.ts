/** Guarantees of imports as jobs: large files, waiting or not, cut short, called off, and what is left of the people in them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { expireImports } from '../../../src/timebank/imports/import-jobs.js';
import { type Answered, type TestApp, testApp } from '../../support/app.js';
import { booksBalance, fixedClock, verifyBooks } from '../../support/books.js';
import { personalKeys } from '../../support/personal-keys.js';
import { seeded, seedOf, shuffled } from '../../support/random.js';

const as = 'operator' as const;
const csv = (lines: readonly string[]) => Buffer.from(lines.join('\n'));

const units = csv(['external_id,parent_external_id,level,name', 'XC,,county,新昌县']);
const memberHeader = 'external_id,name,gender,birth_date,phone,org_unit,talent_category';
const members = (count: number, unit = 'XC') =>
  csv([
    memberHeader,
    ...Array.from({ length: count }, (_, i) => `M${i},何根仙,female,1949-02-20,139000${10_000 + i},${unit},`),
  ]);

const stage = (
  app: TestApp,
  kind: string,
  body: Buffer,
  more: { key?: string; headers?: Record<string, string> } = {},
) => app.post(`/v1/imports?kind=${kind}`, { as, body, ...more });
const commit = (app: TestApp, id: string, more: { key?: string; headers?: Record<string, string> } = {}) =>
  app.post(`/v1/imports/${id}/commit`, { as, ...more });

async function importFile(t: Test, app: TestApp, kind: string, bytes: Buffer): Promise<Answered['body']> {
  const staged = await stage(app, kind, bytes);
  t.equal(staged.status, 201);
  const done = await commit(app, staged.body.id);
  t.equal(done.status, 200);
  return done.body;
}

async function until<Value>(look: () => Promise<Value | false>): Promise<Value> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(20)) {
    const found = await look();
    if (found !== false) return found;
  }
  throw new Error('it did not come to pass');
}

/** Rows that hold what a file held, wherever they are. */
async function leftovers({ owner }: TestApp): Promise<unknown> {
  const [row] = await owner`select (select count(*)::int from work.import_lines) as lines,
    (select count(*)::int from work.blobs) as files, (select count(*)::int from work.blob_pieces) as pieces,
    (select count(*)::int from work.jobs where position('139000' in input::text || coalesce(result::text, '')) > 0) as jobs`;
  return row;
}

const nothingLeft = { lines: 0, files: 0, pieces: 0, jobs: 0 };

test('a file of 21,000 rows is tried whole; a dry run (200) keeps nothing of it', async (t) => {
  const app = await testApp(t);
  await importFile(t, app, 'org_units', units);
  const tried = await app.post('/v1/imports?kind=members&dry_run=true', { as, body: members(21_000), key: null });
  t.match(tried, { status: 200, body: { counts: { total: 21_000, ready: 21_000, errors: 0 }, lines: [] } });
  t.same(await leftovers(app), nothingLeft);
  t.same((await app.get('/v1/members', { as })).body.members, []);
});

test('asked not to wait, both steps answer with a job (202); repeated with the key they give the answer of the end (201, 200)', async (t) => {
  const app = await testApp(t);
  await importFile(t, app, 'org_units', units);
  const headers = { prefer: 'respond-async' };
  const staging = { key: 'async-staging-0001', headers };
  const accepted = await stage(app, 'members', members(1_500), staging);
  t.match(accepted, { status: 202, body: { kind: 'import_stage', problem: null } });
  t.equal(accepted.headers['location'], `/v1/jobs/${accepted.body.id}`);
  const staged = await until(async () => {
    const answer = await stage(app, 'members', members(1_500), staging);
    return answer.status === 201 && answer;
  });
  t.match(staged.body, { state: 'staged', counts: { total: 1_500, ready: 1_500 } });
  t.equal((await stage(app, 'members', members(1_500), staging)).text, staged.text, 'from then on the same bytes');
  const committing = { key: 'async-commit-00001', headers };
  const job = await commit(app, staged.body.id, committing);
  t.match(job, { status: 202, body: { kind: 'import_commit' } });
  t.match(await commit(app, staged.body.id), { status: 409 }, 'nobody else commits it meanwhile');
  const done = await until(async () => {
    const answer = await commit(app, staged.body.id, committing);
    return answer.status === 200 && answer;
  });
  t.match(done.body.counts, { total: 1_500, imported: 1_500, ready: 0 });
  t.match((await app.get(`/v1/jobs/${job.body.id}`, { as })).body, {
    state: 'done',
    progress: { done: 1_500, total: 1_500 },
    result: { import: { import_id: staged.body.id } },
  });
  await booksBalance(t, app.owner);
});

test('a commit that is called off keeps what it has done, and another goes on from there (200)', async (t) => {
  const app = await testApp(t);
  await importFile(t, app, 'org_units', units);
  const { body } = await stage(app, 'members', members(3_000));
  const job = await commit(app, body.id, { key: 'cancelled-commit-1', headers: { prefer: 'respond-async' } });
  await until(async () => (await app.get(`/v1/imports/${body.id}`, { as })).body.counts.imported > 0);
  t.equal((await app.post(`/v1/jobs/${job.body.id}/cancel`, { as })).status, 200);
  const cancelled = await commit(app, body.id, { key: 'cancelled-commit-1' });
  t.match(cancelled, { status: 409, body: { code: 'job_cancelled' } });
  const { counts, state } = (await app.get(`/v1/imports/${body.id}`, { as })).body;
  t.equal(state, 'staged');
  t.equal(counts.imported + counts.ready, 3_000);
  t.ok(counts.ready > 0, `${counts.imported} were in when it was called off`);
  t.match((await commit(app, body.id)).body.counts, { imported: 3_000, ready: 0 });
  await booksBalance(t, app.owner);
});

test('names and telephone numbers of a file are nowhere but in the people’s rows once it is committed', async (t) => {
  const app = await testApp(t);
  await importFile(t, app, 'org_units', units);
  const { body } = await stage(app, 'members', members(20));
  t.match(await leftovers(app), { lines: 20, files: 0, pieces: 0, jobs: 0 }, 'until then only in the staged lines');
  await commit(app, body.id);
  t.same(await leftovers(app), nothingLeft);
});

test('what nobody commits within a week expires: its lines go, it can be read, and a commit is told so (410)', async (t) => {
  const { clock, advance } = fixedClock();
  const app = await testApp(t, { clock });
  await importFile(t, app, 'org_units', units);
  const { body } = await stage(app, 'members', members(20));
  const tools = { sql: app.owner, personal: personalKeys, clock, lane: app.lane };
  const chore = { job: { ledgerId: app.lane.facts.id, owner: 'service:timeledger' } } as never;
  t.equal(await expireImports(tools, chore), 0, 'not before');
  advance(8 * 86_400_000);
  t.equal(await expireImports(tools, chore), 1);
  t.same(await leftovers(app), nothingLeft);
  t.match((await app.get(`/v1/imports/${body.id}`, { as })).body, {
    state: 'expired',
    counts: { total: 20, ready: 0 },
  });
  t.same((await app.get(`/v1/imports/${body.id}/lines`, { as })).body.lines, []);
  t.match(await commit(app, body.id), { status: 410, body: { code: 'file_expired' } });
  await booksBalance(t, app.owner);
});

test('verification finds a staged line that was changed, lost or added before its commit', async (t) => {
  const app = await testApp(t);
  await importFile(t, app, 'org_units', units);
  await stage(app, 'members', members(5));
  const lines = 'work.import_lines';
  const found = async (statement: string, undo: string) => {
    await app.owner.unsafe(statement);
    t.match((await verifyBooks(app.owner)).findings, [{ table: { en: 'import_lines' } }], statement);
    await app.owner.unsafe(undo);
  };
  const swap = (a: string, b: string) => `update ${lines} set cells = replace(cells, '${a}', '${b}') where line = 3`;
  await found(swap('何根仙', '何根花'), swap('何根花', '何根仙'));
  await found(`update ${lines} set position = 99 where line = 6`, `update ${lines} set position = 5 where line = 6`);
  const copy = `select ledger_id, import_id, 99, 99, external_id, cells, state, code, reason from ${lines} where line = 2`;
  await found(`insert into ${lines} ${copy}`, `delete from ${lines} where line = 99`);
  await booksBalance(t, app.owner);
});

test('visits are decided in the order of their check-in: a shuffled file gives every member the same', async (t) => {
  const random = seeded(seedOf(t));
  const header =
    'external_id,volunteer,recipient,service_type,planned_start,planned_end,check_in,check_out,proof_grade,recorded_by_unit';
  const visits = Array.from({ length: 60 }, (_, i) => {
    const day = String(1 + (i % 12)).padStart(2, '0');
    const hour = String(8 + Math.floor(i / 12) * 2).padStart(2, '0');
    const [start, end] = [`2026-10-${day}T${hour}:00:00+08:00`, `2026-10-${day}T${hour}:${27 + (i % 3) * 13}:00+08:00`];
    return `V${i},M${i % 3},M9,errand,${start},${end},${start},${end},A,XC`;
  });
  const outcomes: unknown[] = [];
  for (const rows of [visits, shuffled(visits, random)]) {
    const app = await testApp(t);
    await importFile(t, app, 'org_units', units);
    await importFile(t, app, 'members', members(10));
    await importFile(t, app, 'visits', csv([header, ...rows]));
    outcomes.push(
      await app.owner`select service_record_id, hours::text, coins::text from timebank.service_records order by 1`,
    );
    await booksBalance(t, app.owner);
  }
  t.equal((outcomes[0] as unknown[]).length, 60);
  t.same([...(outcomes[0] as unknown[])], [...(outcomes[1] as unknown[])]);
});
