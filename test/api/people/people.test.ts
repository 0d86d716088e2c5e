/** Guarantees of members and service records over HTTP: who sees whom, and that hours explain coins. */
import { test } from 'tap';
import type { Caller } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { county, east, member, person, unscoped } from './county.js';

const visit = (external_id: string, more: Record<string, unknown> = {}) => ({
  external_id,
  volunteer: 'M1',
  recipient: 'M3',
  service_type: 'errand',
  planned_start: '2026-10-27T09:00:00+08:00',
  planned_end: '2026-10-27T10:30:00+08:00',
  check_in: '2026-10-27T09:00:00+08:00',
  check_out: '2026-10-27T10:30:00+08:00',
  proof_grade: 'A',
  recorded_by: 'XC-01-01',
  ...more,
});

const hundredths = (amount: string) => Math.round(Number(amount) * 100);

test('pages hold every row once; a cursor of another list is refused: 200 and 400', async (t) => {
  const app = await county(t);
  const seen: string[] = [];
  let cursor: string | null = '';
  for (let pages = 0; cursor !== null && pages < 9; pages += 1) {
    const page = await app.get(`/v1/members?limit=2${cursor && `&cursor=${cursor}`}`, { as: 'operator' });
    seen.push(...page.body.members.map((found: { id: string }) => found.id));
    cursor = page.body.next_cursor;
  }
  t.same(seen, ['M1', 'M2', 'M3']);
  const forged = Buffer.from(JSON.stringify(['\u0000'])).toString('base64url');
  t.equal((await app.get(`/v1/members?cursor=${forged}`, { as: 'operator' })).status, 400);
  t.equal((await app.get(`/v1/accounts?cursor=${forged}`, { as: 'operator' })).status, 400);
  t.equal((await app.get('/v1/accounts?prefix=%00', { as: 'operator' })).status, 400);
  t.equal(
    (await app.get(`/v1/imports?cursor=${Buffer.from('["x"]').toString('base64url')}`, { as: 'operator' })).status,
    400,
  );
});

test('a member is registered within the coordinator’s subtree (201); a unit beyond it is not found (404)', async (t) => {
  const app = await county(t);
  const register = (as: Caller, body: object) => app.post('/v1/members', { as, body });
  t.equal((await register(east, person('M4', 'XC-01-01'))).status, 201);
  for (const beyond of ['XC-010', 'XC', 'ZZ']) {
    t.match(await register(east, person('M5', beyond)), { status: 404, body: { code: 'org_unit_not_found' } });
  }
  t.equal((await register(unscoped, person('M5', 'XC-01'))).status, 404);
  t.match(await register(east, person('M4', 'XC-01')), { status: 409, body: { code: 'member_exists' } });
  t.match(await register(east, { ...person('M5', 'XC-01'), birth_date: '2026-02-30' }), { status: 400 });
  t.equal((await register(member('M1'), person('M5', 'XC-01'))).status, 403);
  await booksBalance(t, app.owner);
});

test('names are shown to operator, coordinator and the member; an auditor gets ids (200), partner and platform nothing (403)', async (t) => {
  const app = await county(t);
  const particulars = { name: '何根仙', gender: 'female', birth_date: '1949-02-20', phone: '139****0001' };
  for (const as of [{ role: 'operator' }, east, member('M1')] as Caller[]) {
    t.match(await app.get('/v1/members/M1', { as }), { status: 200, body: { id: 'M1', ...particulars } });
  }
  const nameless = { name: null, gender: null, birth_date: null, phone: null };
  const audited = await app.get('/v1/members/M1', { as: 'auditor' });
  t.match(audited, { status: 200, body: { id: 'M1', org_unit: 'XC-01', talent_category: 'ecology', ...nameless } });
  const listed = await app.get('/v1/members', { as: 'auditor' });
  t.equal(listed.body.members.length, 3);
  t.notMatch(listed.text, /何根仙|0001"|1949/);
  for (const role of ['partner', 'platform'] as const) {
    for (const url of ['/v1/members', '/v1/members/M1', '/v1/members/M1/balances', '/v1/members/M1/statement']) {
      t.equal((await app.get(url, { as: role })).status, 403, `${role} ${url}`);
    }
  }
});

test('a member sees themselves and nobody else, a coordinator the subtree only: 200 and 404', async (t) => {
  const app = await county(t);
  for (const path of ['', '/balances', '/statement']) {
    t.equal((await app.get(`/v1/members/M1${path}`, { as: member('M1') })).status, 200, path);
    t.equal((await app.get(`/v1/members/M2${path}`, { as: east })).status, 200, path);
    for (const [id, as] of [
      ['M2', member('M1')],
      ['M3', east],
      ['M1', unscoped],
      ['M9', { role: 'operator' }],
    ] as const) {
      const refused = await app.get(`/v1/members/${id}${path}`, { as });
      t.match(refused, { status: 404, body: { code: 'member_not_found' } }, `${as.role} ${id}${path}`);
    }
  }
  const ids = async (as: Caller, query = '') =>
    (await app.get(`/v1/members${query}`, { as })).body.members.map((found: { id: string }) => found.id);
  t.same(await ids(east), ['M1', 'M2']);
  t.same(await ids(east, '?org_unit=XC-010'), []);
  t.same(await ids(east, '?org_unit=XC-01-01'), ['M2']);
  t.same(await ids({ role: 'operator' }, '?org_unit=XC-010'), ['M3']);
  t.same(await ids(unscoped), []);
});

test('purses nothing was posted to show zero and an empty statement (200), from after to is refused (400)', async (t) => {
  const app = await county(t);
  const { body } = await app.get('/v1/members/M1/balances', { as: member('M1') });
  t.same(body, {
    member: 'M1',
    balances: [
      { purse: 'hours', asset: 'HOUR', balance: '0.00', account: null },
      { purse: 'coins', asset: 'COIN', balance: '0.00', account: null },
      { purse: 'points', asset: 'POINT', balance: '0', account: null },
    ],
    receivables: [],
  });
  const statement = await app.get('/v1/members/M1/statement', { as: member('M1') });
  t.match(statement.body, {
    purses: [
      { purse: 'hours', asset: 'HOUR', opening: '0.00', closing: '0.00' },
      { purse: 'coins', asset: 'COIN', opening: '0.00', closing: '0.00' },
      { purse: 'points', asset: 'POINT', opening: '0', closing: '0' },
    ],
    receivables: [],
    lines: [],
    next_cursor: null,
  });
  t.equal((await app.get('/v1/members/M1/statement?from=2026-10-02&to=2026-10-01', { as: member('M1') })).status, 400);
});

test('a recorded service (201) posts hours, mints coins, and says why they differ; balances and statement agree', async (t) => {
  const app = await county(t);
  const long = { planned_end: '2026-10-27T12:10:00+08:00', check_out: '2026-10-27T12:10:00+08:00' };
  const recorded = await app.post('/v1/service-records', { as: east, body: visit('V1', long) });
  t.match(recorded, {
    status: 201,
    body: {
      id: 'V1',
      hours: '3.17',
      coins: '2.00',
      to_pool: '0.00',
      approved_by: 'coordinator:east',
      served_on: '2026-10-27',
    },
  });
  t.same(recorded.body.differences, [{ code: 'cap_visit', amount: '1.17' }]);
  t.same((await app.get('/v1/service-records/V1', { as: 'auditor' })).body, recorded.body);
  const { balances } = (await app.get('/v1/members/M1/balances', { as: member('M1') })).body;
  t.same(
    balances.map((purse: { balance: string }) => purse.balance),
    ['3.17', '2.00', '0'],
  );
  const statement = await app.get('/v1/members/M1/statement', { as: member('M1') });
  t.match(statement.body, {
    purses: [{ closing: '3.17' }, { closing: '2.00' }, { closing: '0' }],
    lines: [{ entry: recorded.body.entry, effective_on: '2026-10-27', movements: [{ in: '3.17' }, { in: '2.00' }] }],
  });
  await booksBalance(t, app.owner);
});

test('what was taken back after it was spent is shown as a debt (200)', async (t) => {
  const app = await county(t);
  const adjust = async (debit: string, credit: string) => {
    const body = { reference: 'DOC 1', reason: 'corrected', legs: [{ debit, credit, amount: '2.00' }] };
    const { id } = (await app.post('/v1/adjustments', { as: { role: 'operator', subject: 'wang' }, body })).body;
    return app.post(`/v1/adjustments/${id}/approve`, { as: { role: 'operator', subject: 'li' } });
  };
  t.equal(
    (await app.post('/v1/service-records', { as: east, body: visit('V1', { check_out: '2026-10-27T11:00:00+08:00' }) }))
      .status,
    201,
  );
  const granted = await adjust('coin:issuance', 'member:M1:coins');
  t.equal(granted.status, 200);
  t.equal((await adjust('member:M1:coins', 'pool:community')).status, 200);
  t.equal((await adjust('member:M1:coins', 'pool:community')).status, 200);
  t.equal((await app.post(`/v1/entries/${granted.body.entry}/reversal`, { as: 'operator' })).status, 201);
  const { body } = await app.get('/v1/members/M1/balances', { as: member('M1') });
  t.same(body.receivables, [{ purse: 'coins', asset: 'COIN', balance: '2.00', account: 'member:M1:receivable:coins' }]);
  await booksBalance(t, app.owner);
});

test('a service is refused to whoever approves themselves, overlaps, repeats or lies beyond: 404, 409, 422', async (t) => {
  const app = await county(t);
  const record = (as: Caller, body: object) => app.post('/v1/service-records', { as, body });
  t.equal((await record(east, visit('V1'))).status, 201);
  const refusals = [
    [east, visit('V1'), 409, 'service_record_exists'],
    [east, visit('V2', { volunteer: 'M3', recipient: 'M1' }), 404, 'member_not_found'],
    [unscoped, visit('V2'), 404, 'member_not_found'],
    [{ role: 'operator' }, visit('V2', { recipient: 'M9' }), 404, 'member_not_found'],
    [east, visit('V2', { recorded_by: 'east' }), 422, 'self_approval'],
    [{ ...east, subject: 'M1' }, visit('V2'), 422, 'self_approval'],
    [
      east,
      visit('V2', { check_in: '2026-10-27T10:29:00+08:00', check_out: '2026-10-27T11:29:00+08:00' }),
      422,
      'service_overlap',
    ],
    [east, visit('V2', { check_out: '2026-10-27T09:00:00+08:00' }), 422, 'service_time_invalid'],
    [east, visit('V2', { volunteer: 'M2', service_type: 'paid_post' }), 422, 'service_type_unknown'],
    [east, visit('V2', { check_in: '2026-10-27T09:00:00' }), 400, 'request_invalid'],
    [member('M1'), visit('V2'), 403, 'forbidden'],
  ] as const;
  for (const [as, body, status, code] of refusals) t.match(await record(as, body), { status, body: { code } });
  t.equal((await app.get('/v1/service-records', { as: 'auditor' })).body.service_records.length, 1);
  await booksBalance(t, app.owner);
});

test('service records are listed by volunteer and day, to those who may see the volunteer: 200 and 404', async (t) => {
  const app = await county(t);
  const at = (day: string) => ({
    planned_start: `${day}T09:00:00+08:00`,
    planned_end: `${day}T10:00:00+08:00`,
    check_in: `${day}T09:00:00+08:00`,
    check_out: `${day}T10:00:00+08:00`,
  });
  const visits = [
    visit('V1', at('2026-10-26')),
    visit('V2', { volunteer: 'M2', ...at('2026-10-27') }),
    visit('V3', { volunteer: 'M3', recipient: 'M1', ...at('2026-10-28') }),
    visit('V4', at('2026-10-29')),
  ];
  for (const body of visits) t.equal((await app.post('/v1/service-records', { as: 'operator', body })).status, 201);
  const ids = async (as: Caller, query = '') =>
    (await app.get(`/v1/service-records${query}`, { as })).body.service_records.map(
      (found: { id: string }) => found.id,
    );
  t.same(await ids({ role: 'auditor' }), ['V1', 'V2', 'V3', 'V4']);
  t.same(await ids({ role: 'auditor' }, '?from=2026-10-27&to=2026-10-28'), ['V2', 'V3']);
  t.same(await ids({ role: 'operator' }, '?volunteer=M1&from=2026-10-27'), ['V4']);
  t.same(await ids(east), ['V1', 'V2', 'V4']);
  t.same(await ids(east, '?volunteer=M3'), []);
  t.same(await ids(unscoped), []);
  t.same(await ids(member('M1')), ['V1', 'V4']);
  t.same(await ids(member('M1'), '?volunteer=M2'), []);
  t.equal((await app.get('/v1/service-records/V1', { as: member('M1') })).status, 200);
  t.match(await app.get('/v1/service-records/V2', { as: member('M1') }), {
    status: 404,
    body: { code: 'service_record_not_found' },
  });
  t.equal((await app.get('/v1/service-records/V3', { as: east })).status, 404);
});

test('hours are coins and differences, for one volunteer’s busy week: every reason is told', async (t) => {
  const app = await county(t);
  const visits = [
    ['V1', '2026-10-26', '09:00', '11:20', 'A'],
    ['V2', '2026-10-26', '13:00', '14:00', 'B'],
    ['V3', '2026-10-27', '09:00', '09:50', 'A'],
    ['V4', '2026-10-28', '09:00', '10:25', 'C'],
    ['V5', '2026-10-29', '09:00', '11:00', 'A'],
    ['V6', '2026-10-30', '09:00', '11:00', 'A'],
  ] as const;
  const codes = new Set<string>();
  for (const [id, day, from, to, proof_grade] of visits) {
    const [start, end] = [`${day}T${from}:00+08:00`, `${day}T${to}:00+08:00`];
    const times = { planned_start: start, planned_end: end, check_in: start, check_out: end, proof_grade };
    const { status, body } = await app.post('/v1/service-records', { as: 'operator', body: visit(id, times) });
    t.equal(status, 201);
    let explained = hundredths(body.coins);
    for (const difference of body.differences) {
      codes.add(difference.code);
      explained += hundredths(difference.amount);
    }
    t.equal(explained, hundredths(body.hours), `${id}: hours = coins + differences`);
  }
  t.same([...codes].sort(), ['cap_day', 'cap_visit', 'cap_week', 'proof_grade_c', 'rounding_carry']);
  const { balances } = (await app.get('/v1/members/M1/balances', { as: 'operator' })).body;
  t.equal(balances[1].balance, '6.00', 'the cap of the week');
  await booksBalance(t, app.owner);
});
