/** Guarantees of files of counts and issues: each row is an item of the platform that it is from, and the import a batch of them. */
import { type Test, test } from 'tap';
import { type Answered, type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { bring } from '../../support/county.js';
import { settle } from '../../support/story.js';

const steward: Caller = { role: 'platform', subject: 'gold-steward' };
const counts = 'kind=service_counts&platform=gold-steward';
const issues = 'kind=resolved_issues&platform=civic-platform';

async function county(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  await settle(app.lane);
  return app;
}

const file = (...lines: readonly string[]) => Buffer.from(`${lines.join('\n')}\n`);
const stage = (app: TestApp, query: string, body: Buffer, as: Caller | 'operator' = 'operator') =>
  app.post(`/v1/imports?${query}`, { as, body });
const pointsOf = async (app: TestApp, member = 'M1') =>
  (await app.get(`/v1/members/${member}/balances`, { as: 'operator' })).body.balances[2].balance;
const lines = ({ body }: Answered) =>
  body.lines.map(({ line, external_id, code }: Answered['body']) => [line, external_id, code]);

test('a file of counts as an office heads it: sound rows earn, faulty ones say why, the total is no row; brought again it is skipped, corrected it corrects', async (t) => {
  const app = await county(t);
  const head = '流水号,会员编号,服务日期,服务次数';
  const bytes = file(
    head,
    'C1,M1,2026年10月20日,12',
    'C2,M2,2026/10/21,３',
    'C3,M9,2026-10-21,3',
    'C4,M1,2026-10-21,0',
    'C5,M1,2026-12-21,1',
    'C1,M1,2026-10-22,1',
    '合计,,,19',
  );
  const tried = await stage(app, `${counts}&dry_run=true`, bytes);
  t.same(lines(tried), [
    [4, 'C3', 'member_not_found'],
    [5, null, 'file_invalid'],
    [6, 'C5', 'date_in_future'],
    [7, null, 'file_invalid'],
  ]);
  t.match(tried.body.lines[1], { reason: /occurrences is .* not a whole number from 1 to 100000/ });
  t.match((await bring(t, app, counts, bytes)).counts, { total: 6, imported: 2, skipped: 0, errors: 4 });
  t.same([await pointsOf(app), await pointsOf(app, 'M2')], ['620', '530']);
  const again = await bring(t, app, counts, file(head, 'C1,M1,2026-10-20,12', 'C2,M2,2026-10-21,1'));
  t.match(again.counts, { imported: 1, skipped: 1, errors: 0 });
  t.same([await pointsOf(app), await pointsOf(app, 'M2')], ['620', '510']);
  // What came in a file and what is sent are the same items.
  const sent = { external_id: 'C1', member: 'M1', occurred_on: '2026-10-20', occurrences: 12 };
  t.match(await app.post('/v1/intake/service-counts', { as: steward, body: sent }), { body: { version: 1 } });
  t.match((await app.get('/v1/intake/items/gold-steward/C2', { as: steward })).body, { version: 2, batch: again.id });
  await booksBalance(t, app.owner);
});

test('a file of issues: only those that are resolved earn, whether a state is a code or in Chinese', async (t) => {
  const app = await county(t);
  const head = '工单编号,上报人,办结日期,办理状态';
  const rows = [
    'I1,M1,2026-10-20,已解决',
    'I2,M1,2026-10-20,处理中',
    'I3,M2,2026-10-20,resolved',
    'I4,M2,2026-10-20,好',
  ];
  const done = await bring(t, app, issues, file(head, ...rows));
  t.match(done.counts, { imported: 3, errors: 1 });
  const { body } = await app.get(`/v1/imports/${done.id}/lines?state=error`, { as: 'operator' });
  t.match(body.lines, [{ line: 5, code: 'file_invalid', reason: /^state is .*, not one of reported, resolved/ }]);
  t.same([await pointsOf(app), await pointsOf(app, 'M2')], ['520', '520']);
  await bring(t, app, issues, file(head, 'I2,M1,2026-11-01,已办结', 'I1,M1,2026-11-01,已驳回'));
  t.equal(await pointsOf(app), '520');
  await booksBalance(t, app.owner);
});

test('an office names its headers by a mapping, and an import is undone as the batch that it is', async (t) => {
  const app = await county(t);
  const mapping = {
    id: 'steward',
    kind: 'service_counts',
    columns: { 管家单号: 'external_id', 谁: 'member', 哪天: 'occurred_on', 几次: 'occurrences' },
  };
  t.equal((await app.post('/v1/import-mappings', { as: 'operator', body: mapping })).status, 201);
  const bytes = file('管家单号,谁,哪天,几次', 'C1,M1,2026-10-20,1', 'C2,M1,2026-10-20,2');
  const { id } = await bring(t, app, `${counts}&mapping=steward`, bytes);
  t.equal(await pointsOf(app), '530');
  const path = `/v1/intake/batches/gold-steward/${id}`;
  t.match((await app.get(path, { as: steward })).body, { items: 2, points: '30' });
  for (const subject of ['wang', 'li'])
    t.equal((await app.post(`${path}/undo`, { as: { role: 'operator', subject } })).status, 200);
  for (let tries = 0; tries < 600 && (await app.get(path, { as: steward })).body.state !== 'undone'; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  t.equal(await pointsOf(app), '500');
  await booksBalance(t, app.owner);
});

test('a platform brings its own items (403, 400), an operator names whose they are (400), and other files are of no platform (400)', async (t) => {
  const app = await county(t);
  const bytes = file('external_id,member,occurred_on,occurrences', 'C1,M1,2026-10-20,1');
  t.match(await stage(app, 'kind=service_counts', bytes, steward), { status: 201, body: { counts: { ready: 1 } } });
  t.equal((await stage(app, counts, bytes, steward)).status, 201);
  for (const [query, as] of [
    ['kind=service_counts&platform=civic-platform', steward],
    ['kind=service_counts', 'operator'],
    ['kind=visits&platform=gold-steward', 'operator'],
  ] as const)
    t.match(
      await stage(app, query, bytes, as),
      { status: 400, body: { errors: [{ pointer: '/query/platform' }] } },
      query,
    );
  t.equal((await stage(app, 'kind=service_counts', bytes, { role: 'partner' })).status, 403);
});
