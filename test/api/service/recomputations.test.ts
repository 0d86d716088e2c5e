/** Guarantees of recomputations over HTTP: proposed by one person, posted when another approves, undone when two want it. */
import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { recordService } from '../../../src/timebank/service/service-records.js';
import { type Answered, type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { adoptRules } from '../../support/rules.js';
import { must, settle } from '../../support/story.js';

const wang: Caller = { role: 'operator', subject: 'wang' };
const li: Caller = { role: 'operator', subject: 'li' };
const asked = { rule_set: 'test-1', from: '2026-10-01', to: '2026-10-31', document: '新民发〔2026〕15号' };

/** M1 has served for two hours on each of four days of a week; by other rules seven coins of that are minted, not six. */
async function county(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  await settle(app.lane);
  for (const day of ['05', '06', '07', '08']) {
    const [start, end] = [`2026-10-${day}T09:00:00+08:00`, `2026-10-${day}T11:00:00+08:00`];
    const people = { volunteer: 'M1', recipient: 'M2', recorded_by: 'XC' };
    const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
    const visit = { external_id: `V${day}`, service_type: 'errand', proof_grade: 'A', ...people, ...times } as const;
    await must(app.lane, (stage) => recordService(stage, visit, 'operator:chen'));
  }
  await adoptRules(app.lane, { cap_week: '7.00' }, '2027-01-01');
  return app;
}

const propose = (app: TestApp, more: object = {}) =>
  app.post('/v1/recomputations', { as: wang, body: { ...asked, ...more } });
const decide = (app: TestApp, id: string, verb: string, as: Caller) =>
  app.post(`/v1/recomputations/${id}/${verb}`, { as });
const told = ({ status, body }: Answered) => `${status} ${body.code ?? body.state}`;
const coinsOf = async (app: TestApp) =>
  (await app.get('/v1/members/M1/balances', { as: wang })).body.balances[1].balance;

/** The recomputation, once it has come to a state. */
async function until(app: TestApp, id: string, state: string): Promise<Answered['body']> {
  for (let tries = 0; tries < 600; tries += 1) {
    const { body } = await app.get(`/v1/recomputations/${id}`, { as: 'auditor' });
    if (body.state === state) return body;
    await sleep(50);
  }
  throw new Error(`${id} does not come to be ${state}`);
}

test('what one proposes another approves: each record that changes is posted, and says by which rules: 201, 200, 422', async (t) => {
  const app = await county(t);
  const proposed = await propose(app);
  t.match(proposed, {
    status: 201,
    body: { state: 'proposed', rule_set: 'test/1', unit: null, lines: 1, coins: '1.00', to_pool: '0.00', done: 0 },
  });
  const { id, lines_sha256: sha256 } = proposed.body;
  t.equal(proposed.body.proposed_by, 'operator:wang');
  const lines = await app.get(`/v1/recomputations/${id}/lines`, { as: 'auditor' });
  t.equal(hash('sha256', lines.text), sha256);
  t.match(lines.text.split('\r\n')[1], /^V08,M1,XC,2026-10-08,errand,xinchang-pilot\/1,2.00,0.00,1.00,1.00,/);
  t.equal(await coinsOf(app), '6.00', 'nothing is posted yet');
  t.equal(told(await decide(app, id, 'approve', wang)), '422 self_approval');
  t.equal(told(await decide(app, id, 'undo', li)), '409 recomputation_decided');
  t.match(await decide(app, id, 'approve', li), { status: 200, body: { state: 'posting', decided_by: 'operator:li' } });
  t.match(await until(app, id, 'posted'), { done: 1, left_out: 0 });
  t.equal(await coinsOf(app), '7.00');
  const { body: record } = await app.get('/v1/service-records/V08', { as: 'auditor' });
  t.match(record, { coins: '1.00', rule_set: 'xinchang-pilot/1', differences: [{ code: 'cap_week', amount: '1.00' }] });
  t.match(record.recomputations, [{ rule_set: 'test/1', recomputation: id, coins: '1.00' }]);
  const { lines: moved } = (await app.get('/v1/members/M1/statement', { as: wang })).body;
  t.match(moved.at(-1), { reason: { zh: '代办跑腿服务（2026-10-08）：按规则集 test/1 重算' } });
  t.equal(told(await decide(app, id, 'withdraw', wang)), '409 recomputation_decided');
  await booksBalance(t, app.owner);
});

test('two people undo what was posted, by reversals: 200, 422', async (t) => {
  const app = await county(t);
  const { id } = (await propose(app)).body;
  await decide(app, id, 'approve', li);
  await until(app, id, 'posted');
  t.match(await decide(app, id, 'undo', li), {
    status: 200,
    body: { state: 'posted', undo_proposed_by: 'operator:li' },
  });
  t.equal(told(await decide(app, id, 'undo', li)), '422 self_approval');
  t.match(await decide(app, id, 'undo', wang), { status: 200, body: { state: 'undoing', undone_by: 'operator:wang' } });
  t.match(await until(app, id, 'undone'), { done: 1, left_out: 0 });
  t.equal(await coinsOf(app), '6.00');
  const { body } = await app.get('/v1/entries?kind=reversal', { as: 'auditor' });
  t.equal(body.entries.length, 1);
  const { body: record } = await app.get('/v1/service-records/V08', { as: 'auditor' });
  t.match(record, { coins: '0.00', differences: [{ code: 'cap_week', amount: '2.00' }] });
  await booksBalance(t, app.owner);
});

test('what is withdrawn stays unposted; drafts, unknown sets and units, and days the wrong way round are refused: 200, 400, 404, 422', async (t) => {
  const app = await county(t);
  const { id } = (await propose(app)).body;
  t.equal(told(await decide(app, id, 'withdraw', wang)), '200 withdrawn');
  t.equal(told(await decide(app, id, 'approve', li)), '409 recomputation_decided');
  const draft = { rule_set: 'draft', effective_from: '2027-02-01', values: {} };
  t.equal((await app.post('/v1/rule-sets', { as: wang, body: draft })).status, 201);
  t.equal(told(await propose(app, { rule_set: 'draft-1' })), '422 rule_set_not_effective');
  t.equal(told(await propose(app, { rule_set: 'draft-9' })), '404 rule_set_not_found');
  t.equal(told(await propose(app, { unit: 'S9' })), '404 org_unit_not_found');
  t.equal(told(await propose(app, { from: '2026-11-01' })), '400 request_invalid');
  t.equal(
    told(await decide(app, '0199a2b4-7c3e-7d10-8f5a-2b6c9d0e1f23', 'approve', li)),
    '404 recomputation_not_found',
  );
  const list = (await app.get('/v1/recomputations', { as: 'auditor' })).body;
  t.match(list, { recomputations: [{ id, state: 'withdrawn' }], next_cursor: null });
  t.equal(await coinsOf(app), '6.00');
});
