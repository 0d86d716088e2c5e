/** Guarantees of budgets over HTTP: a set names them with what goes together, and what is used and left of each can be read. */
import { type Test, test } from 'tap';
import { type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { settle } from '../../support/story.js';

const wang: Caller = { role: 'operator', subject: 'wang' };
const li: Caller = { role: 'operator', subject: 'li' };
const chen: Caller = { role: 'operator', subject: 'chen' };

const errands = {
  ...{ programme: 'errands', name_zh: '跑腿代办服务', name_en: 'Errands', service_types: ['errand'] },
  ...{ within: 'month', coins: '2.50' },
};
const cap = { per: 'unit', units: ['XC'], within: 'year', coins: null, records: 3 };

async function county(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  await settle(app.lane);
  return app;
}

const draft = (app: TestApp, values: object, from = '2026-09-01') =>
  app.post('/v1/rule-sets', { as: wang, body: { rule_set: 'xinchang-pilot', effective_from: from, values } });

async function adopt(t: Test, app: TestApp, values: object, from?: string): Promise<void> {
  const { status, body } = await draft(app, values, from);
  t.equal(status, 201, JSON.stringify(body));
  t.equal((await app.post(`/v1/rule-sets/${body.id}/approve`, { as: li })).status, 200);
}

async function serve(t: Test, app: TestApp, id: string, day: string): Promise<string[]> {
  const [start, end] = [`${day}T09:00:00+08:00`, `${day}T10:30:00+08:00`];
  const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
  const people = { volunteer: 'M1', recipient: 'M2', recorded_by: 'XC' };
  const visit = { external_id: id, ...people, service_type: 'errand', ...times, proof_grade: 'A' };
  const { status, body } = await app.post('/v1/service-records', { as: chen, body: visit });
  t.equal(status, 201, JSON.stringify(body));
  return [body.coins, ...body.differences.map((one: Record<string, string>) => `${one['code']} ${one['amount']}`)];
}

/** `programme errands 2026-10-01 1.50 of 2.50, 1.00 left`. */
async function lines(app: TestApp, query = '', as: Caller['role'] = 'auditor'): Promise<string[]> {
  const { body } = await app.get(`/v1/budgets${query}`, { as });
  return body.budgets.map(
    (one: Record<string, unknown>) =>
      `${one['kind']} ${one['org_unit'] ?? one['programme']} ${one['first_on']} ${one['rule_set']}: ` +
      `${one['coins_used']} of ${one['coins']}, ${one['coins_left']} left; ` +
      `${one['records_used']} of ${one['records']}, ${one['records_left']} left`,
  );
}

test('what is used and left of each budget and cap of a unit is read by day or month, page by page: 200', async (t) => {
  const app = await county(t);
  t.same(await lines(app), [], 'the built-in rules have none');
  await adopt(t, app, { budgets: [errands], further_caps: [cap] });
  await adopt(t, app, { budgets: [{ ...errands, coins: '1.00' }] }, '2026-10-20');
  t.same(await serve(t, app, 'V1', '2026-10-05'), ['1.50']);
  t.same(await serve(t, app, 'V2', '2026-10-06'), ['1.00', 'budget_exhausted 0.50']);
  const year = (set: number) => `unit XC 2026-01-01 xinchang-pilot/${set}: 2.50 of null, null left; 2 of 3, 1 left`;
  const october = 'programme errands 2026-10-01 xinchang-pilot/2: 2.50 of 2.50, 0.00 left; 2 of null, null left';
  const later = 'programme errands 2026-10-01 xinchang-pilot/3: 2.50 of 1.00, 0.00 left; 2 of null, null left';
  t.same(await lines(app, '?day=2026-10-05'), [october, year(2)]);
  t.same(await lines(app, '?month=2026-10'), [october, later, year(2), year(3)], 'each set that is in force then');
  const november = 'programme errands 2026-11-01 xinchang-pilot/3: 0.00 of 1.00, 1.00 left; 0 of null, null left';
  t.same(await lines(app, '', 'operator'), [november, year(3)], 'today');
  t.same(await lines(app, '?day=2026-08-31'), [], 'before there were any');

  const first = await app.get('/v1/budgets?month=2026-10&limit=3', { as: 'auditor' });
  const rest = await app.get(`/v1/budgets?month=2026-10&limit=3&cursor=${first.body.next_cursor}`, { as: 'auditor' });
  t.equal(rest.body.next_cursor, null);
  const whole = await app.get('/v1/budgets?month=2026-10', { as: 'auditor' });
  t.same([...first.body.budgets, ...rest.body.budgets], whole.body.budgets);
  t.match(whole.body.budgets[0], { name_zh: '跑腿代办服务', name_en: 'Errands', last_on: '2026-10-31' });
  await booksBalance(t, app.owner);
});

test('a day and a month together are no question, and a set whose limits contradict each other no draft: 400 and 422', async (t) => {
  const app = await county(t);
  const both = await app.get('/v1/budgets?month=2026-10&day=2026-10-05', { as: 'auditor' });
  t.match(both, { status: 400, body: { code: 'request_invalid', errors: [{ pointer: '/query/month' }] } });

  const refused = async (values: object) => {
    const { status, body } = await draft(app, values);
    const at = (body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer);
    return [`${status} ${body.code}`, ...at].join(' ');
  };
  const invalid = '422 rule_set_invalid';
  t.equal(await refused({ budgets: [errands, errands] }), `${invalid} /values/budgets/1/programme`);
  t.equal(
    await refused({ budgets: [{ ...errands, service_types: ['errand', 'gardening'] }] }),
    `${invalid} /values/budgets/0/service_types`,
  );
  t.equal(
    await refused({ budgets: [errands, { ...errands, programme: 'care', service_types: ['nursing'] }] }),
    `${invalid} /values/budgets/1/service_types`,
    'what never mints needs no budget',
  );
  t.equal(await refused({ budgets: [{ ...errands, coins: '0.40' }] }), `${invalid} /values/budgets/0/coins`);
  t.equal(await refused({ further_caps: [cap, cap] }), `${invalid} /values/further_caps/1/units`);
  t.equal(await refused({ further_caps: [{ ...cap, records: null }] }), `${invalid} /values/further_caps`);
  t.equal(await refused({ further_caps: [{ ...cap, units: ['XC', 'XC-99'] }] }), '404 org_unit_not_found');
  t.match(await refused({ further_caps: [{ ...cap, units: undefined }] }), /^400 request_invalid/);
  t.match(await refused({ budgets: [{ ...errands, name_zh: '何小满' }] }), /^400 request_invalid/);
});
