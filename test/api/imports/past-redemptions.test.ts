/** Guarantees of importing past redemptions: a county's history comes out as it would have at the counter, once, in any order of its lines. */
import { type Test, test } from 'tap';
import { type Answered, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { bring, bringOpening, countyFile, everyRow } from '../../support/county.js';

const header = 'partner_reference,member,points,requested_at,terminal';

const stage = (app: TestApp, query: string, body: Buffer) => app.post(`/v1/imports?${query}`, { as: 'operator', body });
const ofBank = 'kind=redemptions&partner=xc-bank';

/** The county before its first redemption; its bank may not backdate what it redeems itself. */
async function county(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  await bringOpening(t, app);
  const bank = { id: 'xc-bank', name: '新昌农商', kind: 'rural_commercial_bank' };
  t.equal((await app.post('/v1/partners', { as: 'operator', body: bank })).status, 201);
  return app;
}

async function faulty(app: TestApp, id: string): Promise<[string, string][]> {
  const lines = await everyRow(app, `/v1/imports/${id}/lines?state=error`, 'lines');
  return lines.map(({ external_id, code }) => [external_id, code]);
}

const file = (...lines: readonly string[]) => Buffer.from([header, ...lines].join('\n'));

test('a redemption is decided by its moment, whatever its offset and line; what does not fit is an error of its line, foreseen by the dry run: 200 and 201', async (t) => {
  const app = await county(t);
  // M00002 has 130 points.
  const bytes = file(
    'B3,M00002,20,2026-10-03T09:00:00+08:00,T01',
    'B2,M00002,60,2026-10-02T23:30:00Z,T01',
    'B1,M00002,60,2026-10-03T07:00:00+08:00,T01',
    'B4,M99999,10,2026-10-03T07:00:00+08:00,',
    'B5,M00003,10,2026-11-03T07:00:00+08:00,T01',
    'B6,M00003,10,2026-10-33T07:00:00+08:00,T01',
    'B1,M00002,60,2026-10-03T07:00:00+08:00,T01',
  );
  const told = [
    ['B3', 'balance_insufficient'],
    ['B4', 'member_not_found'],
    ['B5', 'date_in_future'],
    [null, 'file_invalid'],
    [null, 'file_invalid'],
  ];
  const tried = await stage(app, `${ofBank}&dry_run=true`, bytes);
  t.same(
    tried.body.lines.map(({ external_id, code }: Record<string, unknown>) => [external_id, code]),
    told,
  );
  const done = await bring(t, app, ofBank, bytes);
  t.match(done.counts, { total: 7, imported: 2, errors: 5 });
  t.same(await faulty(app, done.id), told);
  const { redemptions } = (await app.get('/v1/redemptions', { as: 'operator' })).body;
  const byReference = redemptions.sort((a: Answered['body'], b: Answered['body']) =>
    a.partner_reference < b.partner_reference ? -1 : 1,
  );
  t.match(byReference, [
    { partner_reference: 'B1', effective_on: '2026-10-03', captured_cny: '6.00' },
    { partner_reference: 'B2', effective_on: '2026-10-03' },
  ]);
  const statement = await app.get('/v1/accounts/member:M00002:points/balance?as_of=2026-10-02', { as: 'operator' });
  t.equal(statement.body.balance, '130', 'they count from their own day on');
  await booksBalance(t, app.owner);
});

test('a reference that the books have as it is in the file is skipped, in other words refused; a closed month and an unknown partner, too', async (t) => {
  const app = await county(t);
  const row = (points: string, day: string) => `B1,M00001,${points},2026-10-${day}T09:00:00+08:00,T01`;
  t.match((await bring(t, app, ofBank, file(row('50', '05')))).counts, { imported: 1 });
  const told: [string, Buffer, object][] = [
    [ofBank, file(row('50', '05')), { state: 'skipped', code: 'already_imported' }],
    [ofBank, file(row('40', '05')), { state: 'error', code: 'partner_reference_exists' }],
    [ofBank, file(row('50', '06')), { state: 'error', code: 'partner_reference_exists' }],
    [ofBank, file(row('50', '05').replace('M00001', 'M00002')), { code: 'partner_reference_exists' }],
    ['kind=redemptions&partner=nobody', file(row('50', '05')), { state: 'error', code: 'partner_not_found' }],
  ];
  for (const [query, bytes, line] of told) t.match((await stage(app, query, bytes)).body.lines, [line], query);
  t.equal((await app.post('/v1/periods', { as: 'operator', body: { period: '2026-09' } })).status, 201);
  const late = file('B2,M00001,10,2026-09-05T09:00:00+08:00,T01');
  t.match((await stage(app, ofBank, late)).body.lines, [{ code: 'period_closed' }]);
  await booksBalance(t, app.owner);
});

test('only an operator brings redemptions (403), and names whose they are (400)', async (t) => {
  const app = await testApp(t);
  const bytes = countyFile('redemptions');
  const platform = await app.post(`/v1/imports?${ofBank}`, { as: 'platform', body: bytes });
  t.match(platform, { status: 403, body: { code: 'forbidden' } });
  for (const query of ['kind=redemptions', 'kind=visits&partner=xc-bank', `${ofBank}&effective_on=2026-10-01`])
    t.match(await stage(app, query, bytes), { status: 400, body: { code: 'request_invalid' } }, query);
});
