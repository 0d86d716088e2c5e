/**
 * Guarantees of rule sets over HTTP: drafted by one person, approved by another, one in force on each day, never changed afterwards; and each
 * service judged by the set of its day, whenever it is recorded.
 */
import { type Test, test } from 'tap';
import { closePeriod } from '../../../src/ledger/entries.js';
import { type Answered, type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { must, settle } from '../../support/story.js';

const wang: Caller = { role: 'operator', subject: 'wang' };
const li: Caller = { role: 'operator', subject: 'li' };

async function county(t: Test) {
  const time = fixedClock();
  const app = await testApp(t, { clock: time.clock });
  await settle(app.lane);
  return { ...app, advanceTo: (instant: string) => time.advance(Date.parse(instant) - time.clock()) };
}

const draft = (app: TestApp, values: object, more: object = {}) =>
  app.post('/v1/rule-sets', {
    as: wang,
    body: { rule_set: 'xinchang-pilot', effective_from: '2026-10-01', values, ...more },
  });
const approve = (app: TestApp, id: string, as = li) => app.post(`/v1/rule-sets/${id}/approve`, { as });
const withdraw = (app: TestApp, id: string) => app.post(`/v1/rule-sets/${id}/withdraw`, { as: wang });
const told = ({ status, body }: Answered) => `${status} ${body.code ?? body.state}`;
const heads = async (app: TestApp) =>
  (await app.get('/v1/rule-sets', { as: 'auditor' })).body.rule_sets.map(
    ({ name, state, effective_from }: Record<string, string>) => `${name} ${state} ${effective_from}`,
  );

/** A visit of M1 to M2 on a day, of two hours; what it minted, and by which rules. */
async function serve(app: TestApp, id: string, day: string) {
  const [start, end] = [`${day}T09:00:00+08:00`, `${day}T11:00:00+08:00`];
  const { status, body } = await app.post('/v1/service-records', {
    as: { role: 'operator', subject: 'chen' },
    body: {
      external_id: id,
      volunteer: 'M1',
      recipient: 'M2',
      service_type: 'errand',
      planned_start: start,
      planned_end: end,
      check_in: start,
      check_out: end,
      proof_grade: 'A',
      recorded_by: 'XC',
    },
  });
  return status === 201 ? `${body.coins} by ${body.rule_set}` : body.code;
}

test('rule sets are listed, and one tells every value with its basis, by id or encoded name: 200 and 404', async (t) => {
  const app = await county(t);
  t.same(await heads(app), ['xinchang-pilot/1 approved 2026-01-01']);
  const one = await app.get('/v1/rule-sets/xinchang-pilot-1', { as: 'auditor' });
  const value = (key: string) => one.body.values.find((found: { key: string }) => found.key === key);
  t.match(value('cap_day'), { value: '2.00', basis: 'S', source: 'Hailin, Changning, KISS' });
  t.match(value('points_expiry_warning_days'), { value: [30, 7] });
  t.match(value('service_coefficients'), { value: { errand: '1.00' } });
  t.match(value('coin_expiry_years'), { value: null, basis: 'D' });
  t.same((await app.get('/v1/rule-sets/xinchang-pilot%2F1', { as: 'auditor' })).body, one.body);
  t.equal(told(await app.get('/v1/rule-sets/xinchang-pilot-2', { as: 'auditor' })), '404 rule_set_not_found');
});

test('a draft judges nothing; approved by another it is in force from its day on: 201, 200, 422', async (t) => {
  const app = await county(t);
  const drafted = await draft(app, { cap_visit: '1.00' }, { document: '新民发〔2026〕12号' });
  t.match(drafted, {
    status: 201,
    body: { id: 'xinchang-pilot-2', name: 'xinchang-pilot/2', state: 'draft', proposed_by: 'operator:wang' },
  });
  const value = (key: string) => drafted.body.values.find((one: { key: string }) => one.key === key);
  t.same(value('cap_visit'), { key: 'cap_visit', value: '1.00', basis: 'C', source: '新民发〔2026〕12号' });
  t.same(value('cap_day'), { key: 'cap_day', value: '2.00', basis: 'S', source: 'Hailin, Changning, KISS' });
  t.equal(await serve(app, 'V1', '2026-10-05'), '2.00 by xinchang-pilot/1');
  t.equal(told(await approve(app, 'xinchang-pilot-2', wang)), '422 self_approval');
  const approved = await approve(app, 'xinchang-pilot-2');
  t.match(approved, { status: 200, body: { state: 'approved', decided_by: 'operator:li' } });
  t.same((await app.get('/v1/rule-sets/xinchang-pilot-2', { as: 'auditor' })).body, approved.body);
  t.equal(told(await approve(app, 'xinchang-pilot-2')), '409 rule_set_decided');
  t.equal(told(await withdraw(app, 'xinchang-pilot-2')), '409 rule_set_decided', 'it has begun');
  t.equal(await serve(app, 'V2', '2026-10-12'), '1.00 by xinchang-pilot/2');
  t.equal(await serve(app, 'V3', '2026-09-30'), '2.00 by xinchang-pilot/1', 'the last day of the one before');
  await booksBalance(t, app.owner);
});

test('a service is judged by the set of its day, whatever the clock says when it is recorded: 201', async (t) => {
  const app = await county(t);
  await draft(app, { cap_visit: '1.00' }, { effective_from: '2026-11-15' });
  await approve(app, 'xinchang-pilot-2');
  await draft(app, { cap_visit: '1.50', cap_day: '2.50' }, { effective_from: '2027-01-01' });
  await approve(app, 'xinchang-pilot-3');
  app.advanceTo('2027-02-01T09:00:00+08:00');
  t.equal(await serve(app, 'V1', '2026-11-14'), '2.00 by xinchang-pilot/1');
  t.equal(await serve(app, 'V2', '2026-11-15'), '1.00 by xinchang-pilot/2');
  t.equal(await serve(app, 'V3', '2026-12-31'), '1.00 by xinchang-pilot/2');
  t.equal(await serve(app, 'V4', '2027-01-01'), '1.50 by xinchang-pilot/3');
  const { body } = await app.get('/v1/entries?kind=service_recorded', { as: 'auditor' });
  t.same(
    body.entries.map((one: { rule_set: string }) => one.rule_set),
    ['xinchang-pilot/1', 'xinchang-pilot/2', 'xinchang-pilot/2', 'xinchang-pilot/3'],
    'each entry says by which',
  );
  t.equal(await serve(app, 'V5', '2025-12-31'), 'rule_set_not_effective');
  await booksBalance(t, app.owner);
});

test('each day has one set: none begins before another, or in a closed period: 409, 422', async (t) => {
  const app = await county(t);
  t.equal(told(await draft(app, {}, { effective_from: '2026-01-01' })), '409 rule_set_overlap', 'the built-in one');
  t.equal(told(await draft(app, { cap_visit: '1.00' })), '201 draft');
  t.equal(told(await draft(app, { cap_visit: '1.50' })), '201 draft', 'drafts may compete');
  t.equal(told(await approve(app, 'xinchang-pilot-3')), '200 approved');
  t.equal(told(await approve(app, 'xinchang-pilot-2')), '409 rule_set_overlap');
  t.equal(told(await draft(app, {}, { effective_from: '2026-10-02' })), '201 draft');
  await must(app.lane, (stage) => closePeriod(stage, '2026-10-31'));
  t.equal(told(await approve(app, 'xinchang-pilot-4')), '422 period_closed');
  t.equal(told(await draft(app, {}, { effective_from: '2026-10-31' })), '422 period_closed');
  t.equal(told(await draft(app, {}, { effective_from: '2026-11-01', rule_set: 'county-2' })), '201 draft');
  t.same(await heads(app), [
    'xinchang-pilot/1 approved 2026-01-01',
    'county-2/1 draft 2026-11-01',
    'xinchang-pilot/2 draft 2026-10-01',
    'xinchang-pilot/3 approved 2026-10-01',
    'xinchang-pilot/4 draft 2026-10-02',
  ]);
});

test('a draft does not undo unseen what was approved since: 409', async (t) => {
  const app = await county(t);
  t.equal(told(await draft(app, { cap_week: '8.00' }, { effective_from: '2027-06-01' })), '201 draft');
  t.equal(told(await draft(app, { cap_visit: '1.50' }, { effective_from: '2027-01-01' })), '201 draft');
  t.equal(told(await approve(app, 'xinchang-pilot-3')), '200 approved');
  t.equal(told(await approve(app, 'xinchang-pilot-2')), '409 rule_set_outdated');
  const anew = await draft(app, { cap_week: '8.00' }, { effective_from: '2027-06-01' });
  const value = (key: string) => anew.body.values.find((one: { key: string }) => one.key === key).value;
  t.same([value('cap_week'), value('cap_visit')], ['8.00', '1.50']);
  t.equal(told(await approve(app, 'xinchang-pilot-4')), '200 approved');
});

test('a set that has not begun can be withdrawn, and its place is free again: 200, 409', async (t) => {
  const app = await county(t);
  await draft(app, { cap_visit: '1.00' }, { effective_from: '2026-12-01' });
  await approve(app, 'xinchang-pilot-2');
  t.equal(told(await withdraw(app, 'xinchang-pilot-2')), '200 withdrawn');
  t.equal(told(await withdraw(app, 'xinchang-pilot-2')), '409 rule_set_decided');
  t.equal(told(await approve(app, 'xinchang-pilot-2')), '409 rule_set_decided');
  t.equal(told(await withdraw(app, 'xinchang-pilot-1')), '409 rule_set_decided', 'built in');
  t.equal(told(await withdraw(app, 'xinchang-pilot-9')), '404 rule_set_not_found');
  await draft(app, { cap_visit: '1.50' }, { effective_from: '2026-12-01' });
  t.equal(told(await approve(app, 'xinchang-pilot-3')), '200 approved');
  app.advanceTo('2026-12-05T09:00:00+08:00');
  t.equal(await serve(app, 'V1', '2026-12-01'), '1.50 by xinchang-pilot/3');
  await booksBalance(t, app.owner);
});

test('values out of bounds, unknown, or at odds with others are refused with their place: 400, 422', async (t) => {
  const app = await county(t);
  const places = async (values: object) => {
    const { status, body } = await draft(app, values);
    return [status, ...(body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer)];
  };
  for (const values of [
    { cap_day: 2 },
    { cap_day: '2.005' },
    { cap_day: '0.00' },
    { presence_min_percent: 101 },
    { hold_ttl_hours: 0 },
    { overlap: 'accept' },
    { service_coefficients: { errand: '-1.00' } },
    { service_coefficients: { Errand: '1.00' } },
    { professional_service_types: { nursing: 'magic' } },
    { cap_fortnight: '1.00' },
  ]) {
    const [status, place] = await places(values);
    t.equal(status, 400, JSON.stringify(values));
    t.match(place, /^\/values/, JSON.stringify(values));
  }
  t.same(await places({ cap_day: '1.00' }), [422, '/values/cap_day'], 'less than the cap of a visit');
  t.same(await places({ rounding_step: '3.00' }), [422, '/values/cap_visit', '/values/cap_day']);
  t.same(await places({ service_coefficients: { errand: '1.00' } }), [
    422,
    '/values/professional_service_types',
    '/values/service_categories',
  ]);
  t.same(await places({ approval_days: 20 }), [422, '/values/escalation_days']);
  t.same(await places({ points_expiry_warning_days: [7, 30] }), [422, '/values/points_expiry_warning_days']);
  t.same(await heads(app), ['xinchang-pilot/1 approved 2026-01-01'], 'nothing is kept');
});

test('the published schema has every value of a rule set, and takes back what the built-in one says: 201', async (t) => {
  const app = await county(t);
  const { body } = await app.get('/v1/rule-sets/xinchang-pilot-1', { as: 'auditor' });
  const values = Object.fromEntries(body.values.map(({ key, value }: { key: string; value: unknown }) => [key, value]));
  const drafted = await draft(app, values, { rule_set: 'county' });
  t.equal(told(drafted), '201 draft');
  t.same(
    drafted.body.values.map(({ value }: { value: unknown }) => value),
    Object.values(values),
  );
});
