/**
 * Guarantees of the care registry over HTTP: who gets in, that no answer comes before it is written down who asked, that late visits show, and
 * that the log does not say who is visited.
 */
import { type Test, test } from 'tap';
import type { Caller, TestApp, TestAppOptions } from '../../support/app.js';
import { booksBalance, fixedClock, refusedByChecks } from '../../support/books.js';
import { county, east, member } from './county.js';

const operator = { role: 'operator', subject: 'wang' } as const;
const carer: Caller = { ...east, subject: 'carer', care: true };
const plan = {
  reasons: ['illness', 'routine'],
  mode: 'doorstep',
  interval_days: 30,
  starts_on: '2026-11-10',
  note: '先打电话',
};

async function registry(t: Test, options: TestAppOptions = {}) {
  const app = await county(t, options);
  const post = (path: string, body: object = {}, as: Caller = carer) =>
    app.post(`/v1/care-subjects${path}`, { as, body });
  const get = (path = '', as: Caller = carer) => app.get(`/v1/care-subjects${path}`, { as });
  const listed = async (query = '', as: Caller = carer) =>
    (await get(query, as)).body.care_subjects.map(
      (one: { member: string; overdue_days: number }) => `${one.member} ${one.overdue_days}`,
    );
  return { app, post, get, listed };
}

const readsOf = async ({ owner }: TestApp) => {
  const rows =
    await owner`select kind, member_id, asked, purpose, actor, at::text from timebank.care_reads order by entry`;
  return rows.map((row) => ({ ...row }));
};

test('only an operator, and a coordinator whose token says care, get into the registry, within the scope: 403, 404', async (t) => {
  const { app, post, get, listed } = await registry(t);
  t.match(await post('', { member: 'M2', ...plan }), { status: 201, body: { id: 'M2', kind: 'care_registered' } });
  t.equal((await post('', { member: 'M3', ...plan }, operator)).status, 201);
  t.match(await post('', { member: 'M3', ...plan }), { status: 404, body: { code: 'member_not_found' } });
  const forbidden = { status: 403, body: { code: 'forbidden' } };
  const visit = { visited_on: '2026-11-01', reason: 'routine', visitor: 'M1' };
  for (const as of [east, member('M2'), { role: 'auditor' }, { role: 'platform' }] as const) {
    for (const path of ['', '/M2', '/M2/visits', '/M2/changes'])
      t.match(await get(path, as), forbidden, `${as.role} ${path}`);
    t.match(await post('', { member: 'M1', ...plan }, as), forbidden);
    t.match(await post('/M2/changes', plan, as), forbidden);
    t.match(await post('/M2/visits', visit, as), forbidden);
    t.match(await post('/M2/end', {}, as), forbidden);
  }
  t.match(await post('/M2/text-erasure', { reason: 'person_asked' }), forbidden, 'operators erase');
  t.same(await listed(), ['M2 0']);
  t.same(await listed('', operator), ['M2 0', 'M3 0']);
  t.same(await listed('?unit=XC-010', operator), ['M3 0']);
  for (const path of ['/M3', '/M3/visits', '/M3/changes'])
    t.match(await get(path), { status: 404, body: { code: 'care_subject_not_found' } }, path);
  t.match(await post('/M3/end'), { status: 404, body: { code: 'member_not_found' } });
  t.same(
    (await readsOf(app)).filter(({ actor }) => actor === 'coordinator:east'),
    [],
    'who is not let in reads nothing',
  );
  await booksBalance(t, app.owner);
});

test('every reading is an entry of its own before it is answered: who, what, whose, what for', async (t) => {
  const { app, post, get } = await registry(t);
  await post('', { member: 'M2', ...plan });
  const before = (await app.get('/v1/entries?limit=200', { as: operator })).body.entries.length;
  await get('?overdue=true&due_before=2026-12-01&purpose=planning');
  await get('/M2?purpose=visit');
  await get('/M2/visits');
  await get('/M2/changes', operator);
  await get('/M1');
  await get('?limit=1');
  const at = /^2026-11-02/;
  t.match(await readsOf(app), [
    {
      kind: 'list',
      member_id: null,
      asked: 'due_before=2026-12-01&overdue=true',
      purpose: 'planning',
      actor: 'coordinator:carer',
      at,
    },
    { kind: 'subject', member_id: 'M2', asked: null, purpose: 'visit', actor: 'coordinator:carer' },
    { kind: 'visits', member_id: 'M2', purpose: null },
    { kind: 'changes', member_id: 'M2', actor: 'operator:wang' },
    { kind: 'subject', member_id: 'M1' },
    { kind: 'list', asked: null },
  ]);
  const told = async (query: string, as: Caller) => (await app.get(`/v1/care-reads${query}`, { as })).body;
  const all = await told('', operator);
  t.match(
    all.care_reads.map(({ kind, member }: Record<string, string | null>) => `${kind} ${member}`),
    ['list null', 'subject M2', 'visits M2', 'changes M2', 'subject M1', 'list null'],
  );
  t.match(all.care_reads[1], { actor: 'coordinator:carer', purpose: 'visit', at: '2026-11-02T01:00:00.000000Z' });
  t.equal((await told('?member=M2', operator)).care_reads.length, 3);
  const { next_cursor: next } = await told('?limit=4', operator);
  t.equal((await told(`?limit=4&cursor=${next}`, operator)).care_reads.length, 2);
  t.same(
    new Set((await told('?member=M2', { role: 'auditor' })).care_reads.map(({ member }: { member: string }) => member)),
    new Set([null]),
    'an auditor is not told about whom, and cannot ask by it',
  );
  t.equal((await told('?member=M2', { role: 'auditor' })).care_reads.length, 6);
  const { entries } = (await app.get('/v1/entries?limit=200', { as: operator })).body;
  t.equal(entries.length, before + 6);
  t.match(entries.at(-1), { kind: 'care_registry_read' });
  t.equal((await get('?purpose=curiosity')).status, 400);
  t.equal((await readsOf(app)).length, 6, 'what is not answered is not read');
  await booksBalance(t, app.owner);
});

test('the next visit is due an interval after the latest, and is late by the day it is asked on: 404, 409, 422', async (t) => {
  const time = fixedClock();
  const { app, post, get, listed } = await registry(t, { clock: time.clock });
  await post('', { member: 'M1', ...plan, starts_on: '2026-10-20' });
  await post('', { member: 'M2', ...plan });
  t.same(await listed(), ['M1 13', 'M2 0']);
  t.same(await listed('?overdue=true'), ['M1 13']);
  t.same(await listed('?due_before=2026-11-10'), ['M1 13']);
  t.same(await listed('?due_before=2026-11-11'), ['M1 13', 'M2 0']);
  const page = await get('?limit=1');
  t.same(await listed(`?limit=1&cursor=${page.body.next_cursor}`), ['M2 0']);
  const visit = (visited_on: string, more: object = {}) =>
    post('/M1/visits', { visited_on, reason: 'illness', visitor: 'M2', note: '好转', ...more });
  const due = async () => {
    const { next_due_on, overdue_days, visits, last_visited_on } = (await get('/M1')).body;
    return [next_due_on, overdue_days, visits, last_visited_on];
  };
  t.match(await visit('2026-11-01'), { status: 201, body: { kind: 'care_visit_recorded' } });
  t.same(await due(), ['2026-12-01', 0, 1, '2026-11-01']);
  t.equal((await visit('2026-10-25', { note: null })).status, 201);
  t.same(await due(), ['2026-12-01', 0, 2, '2026-11-01'], 'one that is recorded late moves nothing back');
  t.match(await visit('2026-11-03'), { status: 422, body: { code: 'date_in_future' } });
  t.match(await visit('2026-11-01', { reason: 'boredom' }), { status: 400 });
  t.equal((await post('/M1/changes', { ...plan, interval_days: 7, starts_on: '2026-10-20' })).status, 201);
  t.same(await due(), ['2026-11-08', 0, 2, '2026-11-01']);
  time.advance(8 * 86_400_000);
  t.same(await due(), ['2026-11-08', 2, 2, '2026-11-01']);
  t.match((await get('/M1/visits')).body.visits, [
    {
      number: 1,
      visited_on: '2026-11-01',
      reason: 'illness',
      visitor: 'M2',
      note: '好转',
      recorded_by: 'coordinator:carer',
    },
    { number: 2, visited_on: '2026-10-25', note: null },
  ]);
  t.match(await post('', { member: 'M1', ...plan }), { status: 409, body: { code: 'care_subject_exists' } });
  t.equal((await post('/M1/end')).status, 201);
  t.same(await listed('?overdue=true'), [], 'who is not visited any more is not late');
  t.same((await due()).slice(1, 2), [0]);
  for (const [path, body] of [
    ['end', {}],
    ['changes', plan],
    ['visits', { visited_on: '2026-11-01', reason: 'routine', visitor: 'M2' }],
  ] as const)
    t.match(await post(`/M1/${path}`, body), { status: 422, body: { code: 'care_subject_ended' } }, path);
  t.equal((await post('', { member: 'M1', ...plan, starts_on: '2026-12-24' })).status, 201);
  t.same(await due(), ['2026-12-24', 0, 2, '2026-11-01'], 'who comes back keeps the visits of before');
  t.match((await get('/M1/changes')).body.changes, [
    { change: 'registered', interval_days: 30, reasons: ['routine', 'illness'] },
    { change: 'changed', interval_days: 7 },
    { change: 'ended', effective_on: '2026-11-10' },
    { change: 'registered', starts_on: '2026-12-24' },
  ]);
  await booksBalance(t, app.owner);
});

test('what was noted can be erased, and the log never said who is visited: 404, 409', async (t) => {
  const { app, post, get } = await registry(t);
  await post('', { member: 'M2', ...plan });
  await post('/M2/visits', { visited_on: '2026-11-01', reason: 'illness', visitor: 'M1', note: '好转' });
  const erase = (id: string) => post(`/${id}/text-erasure`, { reason: 'person_asked' }, operator);
  t.match(await erase('M1'), { status: 404, body: { code: 'care_subject_not_found' } });
  t.match(await erase('M2'), { status: 201, body: { kind: 'text_erased' } });
  t.match((await get('/M2')).body, { note: null, visits: 1 });
  t.match((await get('/M2/visits')).body.visits, [{ note: null, reason: 'illness' }]);
  t.match(await erase('M2'), { status: 409, body: { code: 'text_absent' } });
  const leaves = await app.owner`select leaf from timeledger.entries
    order by number`;
  const about = leaves.map(({ leaf }) => leaf as string).filter((leaf) => /"table":"care_/.test(leaf));
  t.ok(about.length >= 5);
  // A digest may hold any two letters, but no quotation marks.
  for (const leaf of about) t.notMatch(leaf, /"M2["/]|[/]M2"|illness|doorstep/, leaf);
  await booksBalance(t, app.owner);
});

test('what was noted of any number of visits can be erased', async (t) => {
  const { app, post, get } = await registry(t);
  await post('', { member: 'M2', ...plan });
  const visit = { visited_on: '2026-11-01', reason: 'routine', visitor: 'M1', note: '好' };
  await Promise.all(Array.from({ length: 450 }, () => post('/M2/visits', visit)));
  t.equal((await get('/M2')).body.visits, 450);
  t.equal((await post('/M2/text-erasure', { reason: 'retention_ended' }, operator)).status, 201);
  const [left] = await app.owner`select count(*)::int as noted from timebank.care_visits where note is not null`;
  t.equal(left?.['noted'], 0);
  await booksBalance(t, app.owner);
});

test('the database refuses a plan that the words do not have', async (t) => {
  const { app, post } = await registry(t);
  await post('', { member: 'M2', ...plan });
  await refusedByChecks(t, app.owner, 'care_subjects', {
    care_subjects_reasons_check: ["reasons = ''", "reasons = 'boredom'"],
    care_subjects_mode_check: ["mode = 'by post'"],
    care_subjects_interval_check: ['interval_days = 0', 'interval_days = 367'],
  });
});
