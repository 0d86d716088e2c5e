/** Guarantees of relatives over HTTP: two people say so, how many there may be, who sees them, and what service between them mints. */
import { test } from 'tap';
import { tablesHolding } from '../../support/all-text.js';
import type { Caller, TestApp } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { ask, county, east, li, member, mergeByTwo, person, wang } from './county.js';

const west: Caller = { role: 'coordinator', subject: 'west', orgUnit: 'XC-010' };
const consent = { elder_consent_on: '2026-10-31' };
const evidence = '户口簿 第3页';

const claim = (app: TestApp, as: Caller, elder: string, relative: string, relation = 'child') =>
  ask(app, as, `${elder}/kin`, { relative, relation, evidence });

const visit = (external_id: string, day: string, volunteer: string, recipient: string) => ({
  external_id,
  volunteer,
  recipient,
  service_type: 'errand',
  planned_start: `${day}T09:00:00+08:00`,
  planned_end: `${day}T10:30:00+08:00`,
  check_in: `${day}T09:00:00+08:00`,
  check_out: `${day}T10:30:00+08:00`,
  proof_grade: 'A',
  recorded_by: 'XC-01-01',
});

test('a relative is claimed by one person and verified by another, neither of the two: 201, 200, 409, 422', async (t) => {
  const app = await county(t);
  const claimed = await claim(app, wang, 'M1', 'M2');
  t.match(claimed, { status: 201, body: { member: 'M1', relative: 'M2', state: 'claimed', evidence } });
  for (const [elder, relative] of [
    ['M1', 'M2'],
    ['M2', 'M1'],
  ] as const)
    t.match(await claim(app, li, elder, relative), { status: 409, body: { code: 'kin_exists' } });
  t.match(await claim(app, li, 'M1', 'M1'), { status: 422, body: { code: 'kin_invalid' } });
  const own: Caller = { role: 'coordinator', subject: 'M3', orgUnit: 'XC' };
  t.match(await claim(app, own, 'M1', 'M3'), { status: 422, body: { code: 'self_approval' } });
  const verify = (as: Caller, body: object = consent) => ask(app, as, 'M1/kin/M2/verification', body);
  for (const as of [wang, { ...li, subject: 'wang' }, { ...li, subject: 'M1' }, { ...li, subject: 'M2' }])
    t.match(await verify(as), { status: 422, body: { code: 'self_approval' } }, as.subject ?? '');
  t.match(await verify(li, { elder_consent_on: '2026-11-03' }), { status: 422, body: { code: 'date_in_future' } });
  const verified = await verify(li);
  t.match(verified, { status: 200, body: { state: 'verified', ...consent, verified_by: 'coordinator:li', evidence } });
  t.match(await verify(li), { status: 409, body: { code: 'kin_decided' } });
  t.match(await ask(app, li, 'M1/kin/M3/verification', consent), { status: 404, body: { code: 'kin_not_found' } });
  const ended = await ask(app, li, 'M1/kin/M2/end', { reason_code: 'other' });
  t.match(ended, { status: 200, body: { state: 'ended', ended_on: '2026-11-02', end_reason: 'other' } });
  t.match(await ask(app, li, 'M1/kin/M2/end'), { status: 409, body: { code: 'kin_decided' } });
  t.equal((await claim(app, li, 'M1', 'M2')).status, 201, 'what ended can be claimed anew');
  await booksBalance(t, app.owner);
});

test('an elder has as many relatives as the rules allow, those that ended not counted: 422', async (t) => {
  const app = await county(t);
  for (const id of ['M4', 'M5']) await app.post('/v1/members', { as: 'operator', body: person(id, 'XC-01') });
  for (const relative of ['M2', 'M3', 'M4']) t.equal((await claim(app, wang, 'M1', relative)).status, 201);
  t.match(await claim(app, wang, 'M1', 'M5'), { status: 422, body: { code: 'kin_limit' } });
  t.equal((await claim(app, wang, 'M5', 'M2')).status, 201, 'a relative may have several elders');
  t.equal((await ask(app, wang, 'M1/kin/M4/end')).status, 200);
  t.equal((await claim(app, wang, 'M1', 'M5')).status, 201);
  await booksBalance(t, app.owner);
});

test('both see the relation, whoever looks after either too; an auditor no evidence; once erased nobody: 200 and 404', async (t) => {
  const app = await county(t);
  t.equal((await claim(app, wang, 'M1', 'M3')).status, 201);
  for (const [as, id] of [
    [member('M1'), 'M1'],
    [member('M3'), 'M3'],
    [east, 'M1'],
    [west, 'M3'],
  ] as const)
    t.match((await app.get(`/v1/members/${id}/kin`, { as })).body.kin, [{ member: 'M1', relative: 'M3', evidence }]);
  for (const [as, id] of [
    [member('M2'), 'M1'],
    [west, 'M1'],
  ] as const)
    t.equal((await app.get(`/v1/members/${id}/kin`, { as })).status, 404);
  t.match(await claim(app, east, 'M2', 'M3'), { status: 404, body: { code: 'member_not_found' } }, 'out of reach');
  t.match((await app.get('/v1/members/M1/kin', { as: 'auditor' })).body.kin, [{ relative: 'M3', evidence: null }]);
  const erasure = { reason: 'person_asked' };
  t.match(await ask(app, wang, 'M1/kin/M3/text-erasure', erasure), { status: 200, body: { evidence: null } });
  t.match((await app.get('/v1/members/M1/kin', { as: east })).body.kin, [{ evidence: null, state: 'claimed' }]);
  t.match(await ask(app, wang, 'M1/kin/M3/text-erasure', erasure), { status: 409, body: { code: 'text_absent' } });
  const [left] = await app.owner`select count(*)::int as n from timebank.kin k where k::text like '%户口%'`;
  t.equal(left?.['n'], 0);
  await booksBalance(t, app.owner);
});

test('relations come in pages, each once', async (t) => {
  const app = await county(t);
  await claim(app, wang, 'M2', 'M1');
  await claim(app, wang, 'M1', 'M3');
  const first = (await app.get('/v1/members/M1/kin?limit=1', { as: wang })).body;
  t.match(first.kin, [{ member: 'M1', relative: 'M3' }]);
  const next = (await app.get(`/v1/members/M1/kin?limit=1&cursor=${first.next_cursor}`, { as: wang })).body;
  t.match(next, { kin: [{ member: 'M2', relative: 'M1' }], next_cursor: null });
});

test('service between verified spouses and lineal kin keeps its hours and mints nothing, with reason kin: 201', async (t) => {
  const app = await county(t);
  const record = (id: string, day: string, volunteer: string, recipient: string) =>
    app.post('/v1/service-records', { as: li, body: visit(id, day, volunteer, recipient) });
  const kinless = { status: 201, body: { hours: '1.50', coins: '1.50', differences: [] } };
  const kin = { status: 201, body: { hours: '1.50', coins: '0.00', differences: [{ code: 'kin', amount: '1.50' }] } };
  t.equal((await claim(app, wang, 'M1', 'M2', 'child_in_law')).status, 201);
  t.match(await record('V1', '2026-10-19', 'M2', 'M1'), kinless, 'a claim alone bars nothing');
  t.equal((await ask(app, li, 'M1/kin/M2/verification', consent)).status, 200);
  t.match(await record('V2', '2026-10-20', 'M2', 'M1'), kin, 'the relative helps the elder');
  t.match(await record('V3', '2026-10-21', 'M1', 'M2'), kin, 'the elder helps the relative');
  t.equal((await claim(app, wang, 'M1', 'M3', 'sibling')).status, 201);
  t.equal((await ask(app, li, 'M1/kin/M3/verification', consent)).status, 200);
  t.match(await record('V4', '2026-10-22', 'M3', 'M1'), kinless, 'siblings are no lineal kin');
  t.equal((await ask(app, li, 'M1/kin/M2/end', { reason_code: 'divorce' })).status, 200);
  t.match(await record('V5', '2026-10-23', 'M2', 'M1'), kin, 'on the day of service they still were');
  t.equal((await claim(app, wang, 'M1', 'M2', 'child')).status, 201);
  t.equal((await ask(app, li, 'M1/kin/M2/verification', consent)).status, 200);
  t.equal((await ask(app, li, 'M1/kin/M2/end', { reason_code: 'mistaken' })).status, 200);
  t.match(await record('V6', '2026-10-26', 'M2', 'M1'), kin, 'what was a mistake never was, but what was before it');
  t.equal((await ask(app, li, 'M1/kin/M3/end', { reason_code: 'mistaken' })).status, 200);
  t.match((await app.get('/v1/service-records/V2', { as: li })).body, kin.body);
  await booksBalance(t, app.owner);
});

test('service is judged by the kinship of its day, recorded late or corrected, though another was claimed since; the list has them all', async (t) => {
  const time = fixedClock();
  const app = await county(t, { clock: time.clock });
  const nextDays = (count: number) => time.advance(count * 86_400_000);
  const record = async (id: string, day: string) =>
    (await app.post('/v1/service-records', { as: li, body: visit(id, day, 'M2', 'M1') })).body;
  const isKin = { hours: '1.50', coins: '0.00', differences: [{ code: 'kin', amount: '1.50' }] };
  const isNone = { hours: '1.50', coins: '1.50', differences: [] };
  const marry = async () => {
    t.equal((await claim(app, wang, 'M1', 'M2', 'spouse')).status, 201);
    t.equal((await ask(app, li, 'M1/kin/M2/verification', consent)).status, 200);
  };
  await marry();
  nextDays(4);
  t.match(await record('V1', '2026-11-03'), isKin);
  const divorced = await ask(app, li, 'M1/kin/M2/end', { reason_code: 'divorce' });
  t.match(divorced.body, { ended_on: '2026-11-06', former: [] });
  nextDays(4);
  await marry();
  nextDays(2);
  t.match(await record('V2', '2026-10-20'), isKin, 'before anybody said so they were');
  t.match(await record('V3', '2026-11-05'), isKin, 'on the last day of the first marriage');
  t.match(await record('V4', '2026-11-06'), isNone, 'on the day of its end');
  t.match(await record('V5', '2026-11-09'), isNone, 'between the two');
  t.match(await record('V6', '2026-11-10'), isKin, 'from the day on which it was claimed anew');
  const reason = { proof_grade: 'B', external_id: 'V1-2', reason: '凭证等级有误' };
  for (const as of [wang, { role: 'operator', subject: 'chen' } as Caller])
    t.equal((await app.post('/v1/service-records/V1/correction', { as, body: reason })).status, 200);
  t.match(
    (await app.get('/v1/service-records/V1-2', { as: li })).body,
    isKin,
    'a correction is judged by that day, too',
  );
  const first = {
    relation: 'spouse',
    evidence,
    ended_on: '2026-11-06',
    end_reason: 'divorce',
    verified_by: 'coordinator:li',
  };
  const listed = async (as: Caller) => (await app.get('/v1/members/M1/kin', { as })).body.kin;
  t.match(await listed(east), [{ relation: 'spouse', state: 'verified', evidence, former: [first] }]);
  t.match(await listed({ role: 'auditor' }), [{ evidence: null, former: [{ ...first, evidence: null }] }]);
  t.equal((await ask(app, wang, 'M1/kin/M2/text-erasure', { reason: 'person_asked' })).status, 200);
  t.same(await tablesHolding(app.owner, evidence), [], 'the evidence of both goes');
  t.match(await listed(east), [{ evidence: null, former: [{ ...first, evidence: null }] }]);
  await booksBalance(t, app.owner);
});

test('who was merged is kin on the days of either id, and with the person all that proved it is gone', async (t) => {
  const app = await county(t);
  for (const relation of ['child', 'child_in_law']) {
    t.equal((await claim(app, wang, 'M3', 'M1', relation)).status, 201);
    t.equal((await ask(app, li, 'M3/kin/M1/verification', consent)).status, 200);
    t.equal((await ask(app, li, 'M3/kin/M1/end', { reason_code: 'other' })).status, 200);
  }
  await mergeByTwo(t, app, 'M1', 'M2');
  const body = visit('V1', '2026-10-20', 'M2', 'M3');
  t.match((await app.post('/v1/service-records', { as: li, body })).body, { coins: '0.00' });
  t.match((await app.get('/v1/members/M2/kin', { as: wang })).body.kin, [
    { relation: 'child_in_law', former: [{ relation: 'child' }] },
  ]);
  t.equal((await ask(app, wang, 'M2/erasure', { reason_code: 'person_asked' })).status, 201);
  t.equal((await ask(app, li, 'M2/erasure', { reason_code: 'person_asked' })).status, 201);
  t.same(await tablesHolding(app.owner, evidence), []);
  await booksBalance(t, app.owner);
});

test('who is a sibling under one id and the spouse under another earns nothing on a day of both', async (t) => {
  const { clock, advance } = fixedClock(Date.parse('2026-11-02T09:00:00+08:00'));
  const app = await county(t, { clock });
  for (const [relative, relation] of [
    ['M1', 'sibling'],
    ['M2', 'spouse'],
  ] as const) {
    t.equal((await claim(app, wang, 'M3', relative, relation)).status, 201);
    t.equal((await ask(app, li, `M3/kin/${relative}/verification`, consent)).status, 200);
    advance(60_000);
  }
  advance(86_400_000);
  t.equal((await ask(app, wang, 'M3/kin/M1/end')).status, 200);
  await mergeByTwo(t, app, 'M1', 'M2');
  for (const day of ['2026-10-20', '2026-11-02'])
    t.match((await app.post('/v1/service-records', { as: li, body: visit(day, day, 'M2', 'M3') })).body, {
      coins: '0.00',
      differences: [{ code: 'kin' }],
    });
  await booksBalance(t, app.owner);
});

test('the evidence of relations under either id is erased with one request, and then there is none: 200 and 404', async (t) => {
  const app = await county(t);
  t.equal((await claim(app, wang, 'M3', 'M1')).status, 201);
  t.equal((await ask(app, wang, 'M3/kin/M1/end')).status, 200);
  t.equal((await claim(app, wang, 'M3', 'M2')).status, 201);
  await mergeByTwo(t, app, 'M1', 'M2');
  const erase = () => ask(app, wang, 'M3/kin/M2/text-erasure', { reason: 'person_asked' });
  t.match(await erase(), { status: 200, body: { relative: 'M2', evidence: null } });
  t.same(await tablesHolding(app.owner, evidence), []);
  t.match(await erase(), { body: { code: 'text_absent' } });
  await booksBalance(t, app.owner);
});
