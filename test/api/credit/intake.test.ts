/** Guarantees of what other platforms send, over HTTP: each item earns once, whatever it is corrected to, and can be taken back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { type Answered, type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { redeem } from '../../support/redeeming.js';
import { adoptRules } from '../../support/rules.js';
import { partner, settle } from '../../support/story.js';

const steward: Caller = { role: 'platform', subject: 'gold-steward' };
const civic: Caller = { role: 'platform', subject: 'civic-platform' };
const bank: Caller = { role: 'partner', subject: partner };
const wang: Caller = { role: 'operator', subject: 'wang' };
const li: Caller = { role: 'operator', subject: 'li' };

const count = (external_id: string, occurrences: number, more: object = {}) => ({
  external_id,
  member: 'M1',
  occurred_on: '2026-10-20',
  occurrences,
  ...more,
});
const issue = (external_id: string, state: string, more: object = {}) => ({
  external_id,
  member: 'M1',
  occurred_on: '2026-10-20',
  state,
  ...more,
});

/** M1 and M2, of 500 points each. */
async function county(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  await settle(app.lane);
  return app;
}

const sendCount = (app: TestApp, body: object, as = steward) => app.post('/v1/intake/service-counts', { as, body });
const sendIssue = (app: TestApp, body: object, as = civic) => app.post('/v1/intake/resolved-issues', { as, body });
const sendCounts = (app: TestApp, body: object, as = steward) =>
  app.post('/v1/intake/service-counts/bulk', { as, body });
const told = ({ status, body }: Answered) => `${status} ${body.code ?? body.state}`;

/** Points in the purse, and what is owed. */
async function pointsOf(app: TestApp, member = 'M1'): Promise<[string, string]> {
  const { balances, receivables } = (await app.get(`/v1/members/${member}/balances`, { as: wang })).body;
  return [balances[2].balance, receivables[0]?.balance ?? '0'];
}

const entriesIn = async (app: TestApp, kind: string) =>
  (await app.get(`/v1/entries?kind=${kind}&limit=200`, { as: 'auditor' })).body.entries.length;

test('a count earns by the rules of its day and has its age; sent again, by whatever request, it is answered as before and posts nothing: 200', async (t) => {
  const app = await county(t);
  await adoptRules(app.lane, { points_per_occurrence: '7' }, '2026-11-10');
  const first = await sendCount(app, count('C1', 12, { batch: 'W43' }));
  t.same(first.body, {
    platform: 'gold-steward',
    external_id: 'C1',
    version: 1,
    state: 'counted',
    points: '120',
    entry: first.body.entry,
    kind: 'service_count',
    member: 'M1',
    occurred_on: '2026-10-20',
    occurrences: 12,
    expires_on: '2029-10-31',
    rule_set: 'xinchang-pilot/1',
    batch: 'W43',
    revision: null,
  });
  const again = await sendCount(app, count('C1', 12, { batch: 'W44' }));
  t.same([again.status, again.text], [200, first.text]);
  t.equal(await entriesIn(app, 'intake_counted'), 1);
  t.same(await pointsOf(app), ['620', '0']);
  const { lots } = (await app.get('/v1/members/M1/lots', { as: wang })).body;
  t.match(lots, [
    { expires_on: '2029-09-30', amount: '500' },
    { expires_on: '2029-10-31', amount: '120' },
  ]);
  const { body: entry } = await app.get(`/v1/entries/${first.body.entry}`, { as: 'auditor' });
  t.match(entry, { kind: 'intake_counted', effective_on: '2026-10-20', reference: 'C1', rule_set: 'xinchang-pilot/1' });
  const { lines } = (await app.get('/v1/members/M1/statement', { as: wang })).body;
  t.match(lines.at(-1), { reason: { zh: '其他平台计入的志愿服务次数（报送编号 C1）' } });
  await booksBalance(t, app.owner);
});

test('the same id of two platforms is two items; of one platform it is of one kind for ever: 200, 409', async (t) => {
  const app = await county(t);
  t.equal(told(await sendCount(app, count('X', 1))), '200 counted');
  t.equal(told(await sendCount(app, count('X', 2), civic)), '200 counted');
  t.equal(told(await sendIssue(app, issue('X', 'resolved'), steward)), '409 intake_item_conflict');
  t.same(await pointsOf(app), ['530', '0']);
  await booksBalance(t, app.owner);
});

test('a correction posts the difference, up and down, to another day and to another member; every version can be read: 200', async (t) => {
  const app = await county(t);
  await sendCount(app, count('C1', 10));
  t.match((await sendCount(app, count('C1', 12))).body, { version: 2, points: '120' });
  t.same(await pointsOf(app), ['620', '0']);
  t.match((await sendCount(app, count('C1', 4))).body, { version: 3, points: '40' });
  t.same(await pointsOf(app), ['540', '0']);
  // In another month: the same points, in another lot.
  t.match((await sendCount(app, count('C1', 4, { occurred_on: '2026-11-01' }))).body, { expires_on: '2029-11-30' });
  t.match((await app.get('/v1/members/M1/lots', { as: wang })).body.lots, [
    { expires_on: '2029-09-30', amount: '500' },
    { expires_on: '2029-11-30', amount: '40' },
  ]);
  t.match((await sendCount(app, count('C1', 5, { occurred_on: '2026-11-01', member: 'M2' }))).body, { version: 5 });
  t.same(await pointsOf(app), ['500', '0']);
  t.same(await pointsOf(app, 'M2'), ['550', '0']);
  const { body } = await app.get('/v1/intake/items/gold-steward/C1', { as: steward });
  t.match(body, { version: 5, member: 'M2', points: '50' });
  t.same(
    body.earlier.map(({ version, points, member }: Answered['body']) => [version, points, member]),
    [
      [1, '100', 'M1'],
      [2, '120', 'M1'],
      [3, '40', 'M1'],
      [4, '40', 'M1'],
    ],
  );
  t.equal(await entriesIn(app, 'intake_corrected'), 4);
  const { lines } = (await app.get('/v1/members/M1/statement', { as: wang })).body;
  t.match(lines.at(-1), { reason: { zh: '其他平台更正志愿服务次数（报送编号 C1）' } });
  await booksBalance(t, app.owner);
});

test('what is withdrawn after it was spent is owed, and what is earned later repays it first: 200', async (t) => {
  const app = await county(t);
  await sendCount(app, count('C1', 10));
  t.equal((await redeem(app, bank, 'R1', '580', { capture: true })).status, 201);
  const withdrawn = await sendCount(app, count('C1', 10, { state: 'withdrawn' }));
  t.match(withdrawn.body, { state: 'withdrawn', points: '0', expires_on: null, rule_set: null, version: 2 });
  t.same(await pointsOf(app), ['0', '80']);
  const today = { occurred_on: '2026-11-02' };
  t.equal((await sendIssue(app, issue('I1', 'resolved', today))).body.points, '20');
  t.same(await pointsOf(app), ['0', '60']);
  await sendCount(app, count('C2', 7, today));
  t.same(await pointsOf(app), ['10', '0']);
  const { lines } = (await app.get('/v1/members/M1/statement', { as: wang })).body;
  const reasons = lines.map(({ reason }: { reason: { zh: string } }) => reason.zh);
  t.match(reasons.slice(-3), [
    /^其他平台撤回志愿服务次数（报送编号 C1）；积分不足，80 记为欠额$/,
    /^其他平台上报的问题已解决（报送编号 I1）；其中积分 20 用于抵还欠额$/,
    /^其他平台计入的志愿服务次数（报送编号 C2）；其中积分 60 用于抵还欠额$/,
  ]);
  // Sent once more it stands again.
  t.match((await sendCount(app, count('C1', 10))).body, { version: 3, points: '100' });
  t.same(await pointsOf(app), ['110', '0']);
  await booksBalance(t, app.owner);
});

test('what has expired is taken back and not owed; what comes for a closed month takes effect on the first open day: 200', async (t) => {
  const { clock, advance } = fixedClock();
  const app = await testApp(t, { clock });
  await settle(app.lane);
  await sendCount(app, count('C1', 10));
  t.equal((await app.post('/v1/periods', { as: wang, body: { period: '2026-10' } })).status, 201);
  const late = (await sendCount(app, count('C2', 3))).body;
  t.match(late, { points: '30', occurred_on: '2026-10-20', expires_on: '2029-10-31' });
  const { body: entry } = await app.get(`/v1/entries/${late.entry}`, { as: 'auditor' });
  t.match(entry, { kind: 'intake_counted', effective_on: '2026-11-01' });
  advance(4 * 366 * 86_400_000);
  t.same(await pointsOf(app), ['0', '0']);
  t.match((await sendCount(app, count('C1', 10, { state: 'withdrawn' }))).body, { points: '0', version: 2 });
  t.same(await pointsOf(app), ['0', '0']);
  const { expired } = (await app.get('/v1/members/M1/lots', { as: wang })).body;
  t.match(expired, [
    { expires_on: '2029-09-30', amount: '500' },
    { expires_on: '2029-10-31', amount: '30' },
  ]);
  await booksBalance(t, app.owner);
});

test('an issue earns once it is resolved, on the day it was, and no more once it is rejected: 200', async (t) => {
  const app = await county(t);
  t.match((await sendIssue(app, issue('I1', 'reported'))).body, { state: 'reported', points: '0', rule_set: null });
  t.same(await pointsOf(app), ['500', '0']);
  const resolved = await sendIssue(app, issue('I1', 'resolved', { occurred_on: '2026-11-01' }));
  t.match(resolved.body, { version: 2, points: '20', expires_on: '2029-11-30', occurrences: 1 });
  t.same(await pointsOf(app), ['520', '0']);
  const { body: entry } = await app.get(`/v1/entries/${resolved.body.entry}`, { as: 'auditor' });
  t.match(entry, { kind: 'intake_counted', effective_on: '2026-11-01' });
  t.match((await sendIssue(app, issue('I1', 'rejected'))).body, { version: 3, points: '0' });
  t.same(await pointsOf(app), ['500', '0']);
  await booksBalance(t, app.owner);
});

test('what comes late with a lower revision changes nothing; one revision says one thing: 200, 409', async (t) => {
  const app = await county(t);
  t.match((await sendCount(app, count('C1', 5, { revision: 2 }))).body, { points: '50', revision: 2 });
  t.match((await sendCount(app, count('C1', 9, { revision: 1 }))).body, { points: '50', revision: 2, version: 1 });
  t.equal(told(await sendCount(app, count('C1', 9, { revision: 2 }))), '409 intake_item_conflict');
  t.match((await sendCount(app, count('C1', 9, { revision: 3 }))).body, { points: '90', revision: 3, version: 2 });
  // The same in a later revision moves nothing, and what comes between the two is late.
  const confirmed = await sendCount(app, count('C1', 9, { revision: 5 }));
  t.match(confirmed.body, { points: '90', revision: 5, version: 3 });
  t.equal((await sendCount(app, count('C1', 2, { revision: 4 }))).text, confirmed.text);
  t.equal((await sendCount(app, count('C1', 9, { revision: 5 }))).text, confirmed.text);
  t.equal((await sendCount(app, count('C1', 9))).text, confirmed.text);
  // A withdrawal that overtakes its item leaves nothing to come.
  t.match((await sendIssue(app, issue('I1', 'withdrawn', { revision: 2 }))).body, { points: '0', version: 1 });
  t.match((await sendIssue(app, issue('I1', 'resolved', { revision: 1 }))).body, { state: 'withdrawn', version: 1 });
  t.same(await pointsOf(app), ['590', '0']);
  await booksBalance(t, app.owner);
});

test('of many each is decided by itself: results in order, refused ones with why, doubles as one; all of it again changes nothing: 200', async (t) => {
  const app = await county(t);
  const items = [
    count('C1', 1),
    count('C2', 2, { member: 'M9' }),
    count('C1', 1),
    count('C3', 3, { occurred_on: '2026-11-03' }),
    count('C1', 4),
    count('C4', 5, { member: 'M2' }),
    count('C5', 5, { occurred_on: '2025-12-31' }),
  ];
  const sent = await sendCounts(app, { batch: 'W43', items });
  const results = (answer: Answered) =>
    answer.body.results.map(({ status, item, problem }: Answered['body']) =>
      problem ? `${status} ${problem.code}` : `${status} v${item.version} ${item.points}`,
    );
  t.same(results(sent), [
    '200 v1 10',
    '404 member_not_found',
    '200 v1 10',
    '422 date_in_future',
    '200 v2 40',
    '200 v1 50',
    '422 rule_set_not_effective',
  ]);
  t.same(
    [await pointsOf(app), await pointsOf(app, 'M2')],
    [
      ['540', '0'],
      ['550', '0'],
    ],
  );
  const before = await entriesIn(app, 'intake_counted');
  const kept = items.filter((item) => item.external_id !== 'C1' || item.occurrences === 4);
  t.same(results(await sendCounts(app, { batch: 'W43', items: kept })), [
    '404 member_not_found',
    '422 date_in_future',
    '200 v2 40',
    '200 v1 50',
    '422 rule_set_not_effective',
  ]);
  t.equal(await entriesIn(app, 'intake_counted'), before);
  await booksBalance(t, app.owner);
});

test('an item that is in the books is answered as before, whatever became of its member, also beside what is refused: 200', async (t) => {
  const app = await county(t);
  await sendCount(app, count('C1', 1));
  for (const as of [wang, li])
    t.equal((await app.post('/v1/members/M1/merge', { as, body: { into: 'M2' } })).status, 200);
  const { body } = await sendCounts(app, { items: [count('C1', 1), count('C2', 1)] });
  t.match(body.results, [{ status: 200, item: { version: 1 } }, { problem: { code: 'member_merged' } }]);
  // A correction is of who the member is now.
  t.match((await sendCount(app, count('C1', 3))).body, { version: 2, points: '30' });
  t.same(await pointsOf(app, 'M2'), ['1030', '0']);
  t.match((await sendCount(app, count('C1', 3, { state: 'withdrawn' }))).body, { version: 3, points: '0' });
  t.same(await pointsOf(app, 'M2'), ['1000', '0']);
  await booksBalance(t, app.owner);
});

/** The batch, once it is undone. */
async function untilUndone(app: TestApp, batch: string): Promise<Answered['body']> {
  for (let tries = 0; tries < 600; tries += 1) {
    const { body } = await app.get(`/v1/intake/batches/gold-steward/${batch}`, { as: 'auditor' });
    if (body.state === 'undone') return body;
    await sleep(50);
  }
  throw new Error(`${batch} is not undone`);
}

test('two people undo a batch: its items are as they were before, what was sent again since stays: 200, 404, 409, 422', async (t) => {
  const app = await county(t);
  await sendCount(app, count('A', 1));
  await sendCount(app, count('W', 6, { batch: 'W42' }));
  const items = [count('A', 3), count('B', 2), count('C', 5), count('W', 6, { state: 'withdrawn' })];
  await sendCounts(app, { batch: 'W43', items });
  const many = Array.from({ length: 60 }, (_, i) => count(`N${i}`, 1, { member: 'M2' }));
  await sendCounts(app, { batch: 'W43', items: many });
  await sendCount(app, count('C', 8));
  t.same(
    [await pointsOf(app), await pointsOf(app, 'M2')],
    [
      ['630', '0'],
      ['1100', '0'],
    ],
  );
  const path = '/v1/intake/batches/gold-steward/W43';
  t.match((await app.get(path, { as: steward })).body, { state: 'open', items: 63, standing: 62, points: '650' });
  t.equal(told(await app.post('/v1/intake/batches/gold-steward/W99/undo', { as: wang })), '404 intake_batch_not_found');
  t.match(await app.post(`${path}/undo`, { as: wang }), { status: 200, body: { state: 'undo_proposed' } });
  t.equal(told(await app.post(`${path}/undo`, { as: wang })), '422 self_approval');
  t.equal(told(await sendCount(app, count('D', 1, { batch: 'W43' }))), '409 intake_batch_closed');
  t.match(await app.post(`${path}/undo`, { as: li }), { status: 200, body: { state: 'undoing' } });
  t.match(await untilUndone(app, 'W43'), { done: 63, left_out: 0, standing: 0, points: '0' });
  t.equal(told(await app.post(`${path}/undo`, { as: li })), '409 intake_batch_closed');
  t.same(
    [await pointsOf(app), await pointsOf(app, 'M2')],
    [
      ['650', '0'],
      ['500', '0'],
    ],
  );
  t.equal(await entriesIn(app, 'reversal'), 63);
  const item = async (id: string) => (await app.get(`/v1/intake/items/gold-steward/${id}`, { as: steward })).body;
  t.match(await item('A'), { version: 3, occurrences: 1, points: '10', batch: null });
  t.match(await item('B'), { version: 2, state: 'withdrawn', points: '0', batch: 'W43' });
  t.match(await item('C'), { version: 2, occurrences: 8, points: '80', batch: null });
  t.match(await item('W'), { version: 3, state: 'counted', points: '60', batch: 'W42' });
  // What a batch put back is the earlier batch's again.
  await app.post('/v1/intake/batches/gold-steward/W42/undo', { as: wang });
  await app.post('/v1/intake/batches/gold-steward/W42/undo', { as: li });
  t.match(await untilUndone(app, 'W42'), { done: 1, left_out: 0 });
  t.match(await item('W'), { version: 4, state: 'withdrawn', points: '0' });
  t.same(await pointsOf(app), ['590', '0']);
  // Under another name what was undone can be sent anew.
  t.match((await sendCount(app, count('B', 2, { batch: 'W43b' }))).body, { version: 3, points: '20' });
  await booksBalance(t, app.owner);
});

test('a platform sees its own items and batches, and nothing of others (404); operators and auditors all: 200', async (t) => {
  const app = await county(t);
  await sendCount(app, count('C1', 1, { batch: 'W43' }));
  await sendIssue(app, issue('I1', 'resolved', { batch: 'B1' }));
  const idsOf = async (as: Caller, query = '') =>
    (await app.get(`/v1/intake/items?limit=1${query}`, { as })).body.items.map(
      ({ external_id: id }: { external_id: string }) => id,
    );
  t.same([await idsOf(steward), await idsOf(civic)], [['C1'], ['I1']]);
  t.same(await idsOf(steward, '&platform=civic-platform'), []);
  t.same(await idsOf(wang, '&platform=gold-steward'), ['C1']);
  t.same(await idsOf(wang, '&batch=B1'), ['I1']);
  const first = (await app.get('/v1/intake/items?limit=1', { as: 'auditor' })).body;
  t.match(first.items, [{ platform: 'civic-platform' }]);
  const next = await app.get(`/v1/intake/items?limit=1&cursor=${first.next_cursor}`, { as: 'auditor' });
  t.match(next.body, { items: [{ platform: 'gold-steward' }], next_cursor: null });
  for (const [path, code] of [
    ['/v1/intake/items/gold-steward/C1', 'intake_item_not_found'],
    ['/v1/intake/batches/gold-steward/W43', 'intake_batch_not_found'],
  ] as const) {
    t.equal((await app.get(path, { as: steward })).status, 200);
    t.equal((await app.get(path, { as: 'auditor' })).status, 200);
    t.equal(told(await app.get(path, { as: civic })), `404 ${code}`);
  }
  const { batches } = (await app.get('/v1/intake/batches', { as: civic })).body;
  t.match(batches, [{ platform: 'civic-platform', id: 'B1', state: 'open' }]);
  t.equal(batches.length, 1);
});
