/** Guarantees of partners' statements over HTTP: which days one speaks of, how they are numbered, and which one counts. */
import { createHash } from 'node:crypto';
import { type Test, test } from 'tap';
import { type Answered, type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { redeem, settle } from '../../support/story.js';

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
const bank: Caller = { role: 'partner', subject: 'xc-bank' };
const header = 'partner_reference,booked_on,points,amount_cny,type\n';

const upload = (app: TestApp, body: Buffer, query = 'partner=xc-bank&period=2026-10') =>
  app.post(`/v1/partner-statements?${query}`, { as: bank, body });
const reconcile = (app: TestApp, body: object) => app.post('/v1/reconciliations', { as: 'operator', body });
const told = ({ status, body }: Answered) => `${status} ${body.code ?? 'ok'}`;

/** R1 and R2 are in the books. */
async function small(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  await settle(app.lane);
  await redeem(app.lane, 'R1', true);
  await redeem(app.lane, 'R2', true);
  return app;
}

test('a partner who goes back to an older file is believed: A, B, A, and the run takes A and says so: 201', async (t) => {
  const app = await small(t);
  const a = Buffer.from(`${header}R1,2026-10-05,50,5.00,redeem\nR2,2026-10-05,50,5.00,redeem\n`);
  const b = Buffer.from(`${header}R1,2026-10-05,50,5.00,redeem\n`);
  const sent = [await upload(app, a), await upload(app, b), await upload(app, a)];
  t.same(
    sent.map(({ status, body }) => [status, body.sequence, body.sha256]),
    [
      [201, 1, sha256(a)],
      [201, 2, sha256(b)],
      [201, 3, sha256(a)],
    ],
  );
  t.match(await upload(app, a), { status: 200, body: sent[2]?.body }, 'sent once more, it stays the one it is');
  const run = await reconcile(app, { partner: 'xc-bank', period: '2026-10' });
  t.match(run, {
    status: 201,
    body: { partner_statement: sent[2]?.body.id, sequence: 3, statement_sha256: sha256(a), counts: { matched: 2 } },
  });
  t.not(sent[2]?.body.id, sent[0]?.body.id);
  const { body: report } = await app.get(`/v1/reconciliations/${run.body.id}/report`, { as: 'auditor' });
  t.match(report, { period: '2026-10', from: '2026-10-01', to: '2026-10-31', sequence: 3, input_sha256: sha256(a) });
  await booksBalance(t, app.owner);
});

test('a partner numbers its statements upwards: 201, the last one again 200, a number that has passed 409', async (t) => {
  const app = await small(t);
  const file = (points: number) => Buffer.from(`${header}R1,2026-10-05,${points},5.00,redeem\n`);
  const send = (points: number, sequence: string) =>
    upload(app, file(points), `partner=xc-bank&period=2026-10${sequence && `&sequence=${sequence}`}`);
  t.match(await send(50, '7'), { status: 201, body: { sequence: 7 } });
  t.match(await send(50, '7'), { status: 200, body: { sequence: 7 } });
  t.match(await send(50, ''), { status: 200, body: { sequence: 7 } });
  t.equal(told(await send(51, '7')), '409 partner_statement_exists');
  t.equal(told(await send(50, '6')), '409 partner_statement_exists', 'a file that was sent under a higher number');
  t.match(await send(50, '8'), { status: 201, body: { sequence: 8 } }, 'the same file under a new number');
  t.match(await send(52, ''), { status: 201, body: { sequence: 9 } });
  for (const sequence of ['0', '-1', '1.5', '1000000', 'x'])
    t.equal(told(await send(50, sequence)), '400 request_invalid', sequence);
});

test('a statement may speak of any days of a year; a month is short for its first and last: 201, 400, 404', async (t) => {
  const app = await small(t);
  const file = Buffer.from(`${header}R1,2026-10-05,50,5.00,redeem\nR2,2026-10-05,50,5.00,redeem\n`);
  const week = await upload(app, file, 'partner=xc-bank&from=2026-10-05&to=2026-10-11');
  t.match(week, { status: 201, body: { period: null, from: '2026-10-05', to: '2026-10-11', sequence: 1 } });
  const october = await upload(app, file, 'partner=xc-bank&from=2026-10-01&to=2026-10-31');
  t.match(october, { status: 201, body: { period: '2026-10', from: '2026-10-01', to: '2026-10-31', sequence: 1 } });
  t.match(await upload(app, file), { status: 200, body: october.body }, 'by its short name');
  const run = await reconcile(app, { partner: 'xc-bank', from: '2026-10-05', to: '2026-10-11', cutoff_days: 0 });
  t.match(run, { status: 201, body: { period: null, from: '2026-10-05', to: '2026-10-11', counts: { matched: 2 } } });
  const path = `/v1/reconciliations/${run.body.id}`;
  t.match((await app.get(path, { as: 'auditor' })).body.control, { books_agree: true });
  const report = await app.get(`${path}/report`, { as: 'auditor' });
  t.match(report.body, { period: null, parameters: { first: '2026-10-05', last: '2026-10-11' } });
  t.match(report.headers['content-disposition'], /xc-bank-2026-10-05-to-2026-10-11\.json/);
  const listed = async (query: string) => [
    (await app.get(`/v1/partner-statements?${query}`, { as: 'auditor' })).body.partner_statements.length,
    (await app.get(`/v1/reconciliations?${query}`, { as: 'auditor' })).body.reconciliations.length,
  ];
  t.same(await listed('from=2026-10-05&to=2026-10-11'), [1, 1]);
  t.same(await listed('period=2026-10'), [1, 0]);
  t.same(await listed('period=2026-09'), [0, 0]);
  const none = await reconcile(app, { partner: 'xc-bank', from: '2026-10-05', to: '2026-10-12' });
  t.equal(told(none), '404 partner_statement_not_found');
  const year = await upload(app, file, 'partner=xc-bank&from=2026-01-01&to=2027-01-01');
  t.equal(year.status, 201, 'a year and a day');
  t.match(await reconcile(app, { partner_statement: year.body.id, cutoff_days: 31 }), { status: 201 });
  for (const [query, pointer] of [
    ['', '/query/period'],
    ['from=2026-10-01', '/query/to'],
    ['to=2026-10-01', '/query/from'],
    ['period=2026-10&from=2026-10-01', '/query/period'],
    ['from=2026-10-02&to=2026-10-01', '/query/to'],
    ['from=2026-01-01&to=2027-01-02', '/query/to'],
    ['period=0000-01', '/query/period'],
    ['period=2100-01', '/query/period'],
    ['from=1999-12-31&to=2000-01-01', '/query/from'],
  ] as const) {
    const refused = await upload(app, file, `partner=xc-bank&${query}`);
    t.match(refused, { status: 400, body: { code: 'request_invalid', errors: [{ pointer }] } }, query);
  }
});
