/** Guarantees of importing past redemptions: a county's history comes out as it would have at the counter, once, in any order of its lines. */
import { readFileSync } from 'node:fs';
import { type Test, test } from 'tap';
import { type Answered, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { seeded } from '../../support/random.js';
import { root } from '../../support/root.js';

const data = (name: string) => readFileSync(new URL(`test/data/xinchang/${name}`, root));
const expected = JSON.parse(data('expected.json').toString());
const header = 'partner_reference,member,points,requested_at,terminal';

const stage = (app: TestApp, query: string, body: Buffer) => app.post(`/v1/imports?${query}`, { as: 'operator', body });
const ofBank = 'kind=redemptions&partner=xc-bank';

async function bring(t: Test, app: TestApp, query: string, bytes: Buffer): Promise<Answered['body']> {
  const staged = await stage(app, query, bytes);
  t.equal(staged.status, 201, staged.text);
  const committed = await app.post(`/v1/imports/${staged.body.id}/commit`, { as: 'operator' });
  t.equal(committed.status, 200, committed.text);
  return committed.body;
}

/** The county before its first redemption; its bank may not backdate what it redeems itself. */
async function county(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  await bring(t, app, 'kind=org_units', data('org-units.csv'));
  await bring(t, app, 'kind=members', data('members.csv'));
  await bring(t, app, 'kind=opening_points&effective_on=2026-09-30', data('opening-points.csv'));
  const bank = { id: 'xc-bank', name: '新昌农商', kind: 'rural_commercial_bank' };
  t.equal((await app.post('/v1/partners', { as: 'operator', body: bank })).status, 201);
  return app;
}

async function faulty(app: TestApp, id: string): Promise<[string, string][]> {
  const lines: Answered['body'][] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more = cursor && `&cursor=${cursor}`;
    const page = await app.get(`/v1/imports/${id}/lines?state=error&limit=200${more}`, { as: 'operator' });
    lines.push(...page.body.lines);
    cursor = page.body.next_cursor;
  }
  return lines.map(({ external_id, code }) => [external_id, code]);
}

const file = (...lines: readonly string[]) => Buffer.from([header, ...lines].join('\n'));

function shuffled(bytes: Buffer, seed: number): Buffer {
  const [first, ...lines] = bytes.toString().trimEnd().split('\n');
  const random = seeded(seed);
  for (let at = lines.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [lines[at], lines[other]] = [lines[other] as string, lines[at] as string];
  }
  return Buffer.from([first, ...lines].join('\n'));
}

test('the county’s October, its lines shuffled, is refused and reconciled to the published references; again, it changes nothing', {
  timeout: 120_000,
}, async (t) => {
  const app = await county(t);
  const bytes = shuffled(data('redemptions.csv'), 7);
  const refused = expected.references.refused.length;
  const total = 2_000;
  const done = await bring(t, app, ofBank, bytes);
  t.match(done, { kind: 'redemptions', counts: { total, imported: total - refused, skipped: 0, errors: refused } });
  const errors = await faulty(app, done.id);
  t.same([...new Set(errors.map(([, code]) => code))], ['balance_insufficient']);
  t.same(errors.map(([reference]) => reference).sort(), expected.references.refused);

  const query = 'partner=xc-bank&period=2026-10&file_name=bank-statement-2026-10.csv';
  const statement = await app.post(`/v1/partner-statements?${query}`, {
    as: 'operator',
    body: data('bank-statement-2026-10.csv'),
  });
  const body = { partner_statement: statement.body.id, cutoff_days: 1 };
  const run = await app.post('/v1/reconciliations', { as: 'operator', body });
  const { refused: _, ...counts } = expected.counts;
  t.same(run.body.counts, { ...counts, file_integrity: 0 });
  const listed = await app.get('/v1/redemptions?partner_reference=BK20260000829', { as: 'operator' });
  t.match(listed.body.redemptions, [
    { partner_reference: 'BK20260000829', status: 'captured', captured: '50', effective_on: '2026-10-01' },
  ]);

  const balance = async () => (await app.get('/v1/reports/trial-balance', { as: 'operator' })).body;
  const before = await balance();
  const again = await bring(t, app, ofBank, data('redemptions.csv'));
  t.match(again.counts, { imported: 0, skipped: total - refused, errors: refused });
  t.same(await balance(), before);
  await booksBalance(t, app.owner);
});

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
  const bytes = data('redemptions.csv');
  const platform = await app.post(`/v1/imports?${ofBank}`, { as: 'platform', body: bytes });
  t.match(platform, { status: 403, body: { code: 'forbidden' } });
  for (const query of ['kind=redemptions', 'kind=visits&partner=xc-bank', `${ofBank}&effective_on=2026-10-01`])
    t.match(await stage(app, query, bytes), { status: 400, body: { code: 'request_invalid' } }, query);
});
