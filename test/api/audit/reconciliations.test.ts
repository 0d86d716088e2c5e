/** Guarantees of statements and reconciliations over HTTP, on cases made by hand. */
import { createHash } from 'node:crypto';
import { type Test, test } from 'tap';
import { Findings } from '../../../src/ledger/verify/findings.js';
import { verifyResults } from '../../../src/timebank/audit/reconciliations/verify.js';
import { registerPartner } from '../../../src/timebank/partners/partners.js';
import { type Answered, type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { everyRow } from '../../support/county.js';
import { must, redeem, settle } from '../../support/story.js';

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

const auditor: Caller = { role: 'auditor' };
const bank: Caller = { role: 'partner', subject: 'xc-bank' };
const shop: Caller = { role: 'partner', subject: 'shop' };
const header = 'partner_reference,booked_on,points,amount_cny,type\n';

const upload = (
  app: TestApp,
  body: Buffer,
  query = 'partner=xc-bank&period=2026-10',
  as: Caller = { role: 'operator' },
) => app.post(`/v1/partner-statements?${query}`, { as, body });
const reconcile = (app: TestApp, body: object, as: Caller = { role: 'operator' }) =>
  app.post('/v1/reconciliations', { as, body });
const told = ({ status, body }: Answered) => `${status} ${body.code ?? 'ok'}`;

/** R1 and R2 are in the books; the bank knows R1 for less, and R9, which the books do not know. */
async function small(t: Test): Promise<TestApp & { statement: string; run: string }> {
  const app = await testApp(t);
  await settle(app.lane);
  const terms = { id: 'shop', name: '小店', kind: 'shop', point_price: '0.10', may_backdate: false } as const;
  await must(app.lane, (stage) => registerPartner(stage, terms));
  await redeem(app.lane, 'R1', true);
  await redeem(app.lane, 'R2', true);
  const { body: statement } = await upload(
    app,
    Buffer.from(`${header}R1,2026-10-05,40,4.00,redeem\nR9,2026-10-08,10,1.00,redeem\n`),
  );
  const { body: run } = await reconcile(app, { partner_statement: statement.id });
  return { ...app, statement: statement.id, run: run.id };
}

test('a statement taken in twice is one statement: 201, then 200; the same file for another month is another', async (t) => {
  const app = await small(t);
  const file = Buffer.from(`${header}R1,2026-10-05,50,5.00,redeem\nR1,2026-10-06,20,2.00,refund\n`);
  const first = await upload(app, file, 'partner=xc-bank&period=2026-10', bank);
  t.match(first, { status: 201, body: { lines: 2, points: '30', amount_cny: '3.00', file_name: null } });
  const again = await upload(app, file, 'partner=xc-bank&period=2026-10&file_name=again.csv');
  t.match(again, { status: 200, body: first.body });
  t.match(await upload(app, file, 'partner=xc-bank&period=2026-11'), { status: 201 });
  t.equal((await everyRow(app, '/v1/partner-statements?period=2026-10', 'partner_statements', auditor)).length, 2);
  t.same((await app.get(`/v1/partner-statements/${first.body.id}`, { as: bank })).body, first.body);
});

test('a statement is taken in whole or not at all: 422 with every wrong line; 404, 400, 415', async (t) => {
  const app = await small(t);
  const wrong = await upload(
    app,
    Buffer.from(`${header}R1,2026-02-30,50,5.00,redeem\nR2,2026-10-05,50,5.00,redeem\nR3,2026-10-05,-1,5.00,redeem\n`),
  );
  t.equal(told(wrong), '422 file_invalid');
  t.same(
    wrong.body.errors.map((one: { pointer: string }) => one.pointer),
    ['/lines/2', '/lines/4'],
  );
  t.equal(told(await upload(app, Buffer.from(''))), '422 file_invalid');
  const good = Buffer.from(`${header}R1,2026-10-05,50,5.00,redeem\n`);
  t.equal(told(await upload(app, good, 'partner=nobody&period=2026-10')), '404 partner_not_found');
  t.equal(told(await upload(app, good, 'partner=xc-bank&period=2026-13')), '400 request_invalid');
  const json = await app.post('/v1/partner-statements?partner=xc-bank&period=2026-10', { as: 'operator', body: {} });
  t.equal(told(json), '415 media_type_unsupported');
  t.equal((await everyRow(app, '/v1/partner-statements', 'partner_statements', auditor)).length, 1);
});

test('a statement whose lines come to more than can be kept is refused whole, and those beside it are taken: 422, 201', async (t) => {
  const app = await testApp(t);
  await settle(app.lane);
  const lines = (count: number) =>
    Array.from({ length: count }, (_, i) => `R${i},2026-10-05,50,9999999999999999.99,${i % 2 ? 'refund' : 'redeem'}\n`);
  const file = (count: number) => Buffer.from(header + lines(count).join(''));
  const answers = await Promise.all([4, 10].map((count) => upload(app, file(count))));
  t.same(answers.map(told), ['201 ok', '422 file_invalid']);
  const run = await reconcile(app, { partner: 'xc-bank', period: '2026-10' });
  t.equal(run.status, 201, 'what is taken can be matched');
  t.equal((await app.get(`/v1/reconciliations/${run.body.id}/breaks`, { as: 'auditor' })).status, 200);
  await booksBalance(t, app.owner);
});

test('the report is the same bytes every time, whatever is redeemed later, and its digest can be recomputed by anyone', async (t) => {
  const app = await small(t);
  const path = `/v1/reconciliations/${app.run}`;
  const [json, csv] = [
    await app.get(`${path}/report`, { as: 'auditor' }),
    await app.get(`${path}/report?format=csv`, { as: 'auditor' }),
  ];
  await redeem(app.lane, 'R9', true);
  const run = await app.get(path, { as: 'auditor' });
  for (const [first, query, accept] of [
    [json, '', 'application/json'],
    [json, '?format=json', 'text/csv'],
    [csv, '', 'text/csv'],
  ] as const) {
    const again = await app.get(`${path}/report${query}`, { as: 'auditor', headers: { accept } });
    t.equal(again.text, first.text, `${query} ${accept}`);
    t.equal(again.headers['etag'], first.headers['etag']);
    t.equal(again.headers['x-report-sha256'], run.body.report_sha256);
  }
  t.not(csv.headers['etag'], json.headers['etag']);
  const lines = await everyRow(app, `${path}/lines`, 'lines', auditor);
  for (const { status, partner_reference } of lines)
    t.match(await everyRow(app, `${path}/lines?status=${status}`, 'lines', auditor), [{ partner_reference }], status);
  const digested = lines.map(({ detail: _, ...codes }) => `${JSON.stringify(codes)}\n`).join('');
  t.equal(sha256(digested), run.body.report_sha256);
  t.match(csv.headers['content-type'], /^text\/csv/);
  t.equal(csv.text.trimEnd().split('\r\n').length, 1 + 3);
  t.same(json.body.counts, { ...noCounts, amount_mismatch: 1, missing_at_partner: 1, missing_in_ledger: 1 });
  const later = await reconcile(app, { partner: 'xc-bank', period: '2026-10' });
  t.match(later.body.counts, { missing_in_ledger: 0, amount_mismatch: 2 }, 'a new run sees what came since');
  await booksBalance(t, app.owner);
});

const noCounts = {
  matched: 0,
  missing_at_partner: 0,
  missing_in_ledger: 0,
  amount_mismatch: 0,
  duplicate_at_partner: 0,
  timing_cutoff: 0,
  file_integrity: 0,
};

test('partner and period name the newest statement: 201', async (t) => {
  const app = await small(t);
  const newer = await upload(app, Buffer.from(`${header}R1,2026-10-05,50,5.00,redeem\nR2,2026-10-05,50,5.00,redeem\n`));
  const run = await reconcile(app, { partner: 'xc-bank', period: '2026-10', cutoff_days: 0 });
  t.match(run, {
    status: 201,
    body: { partner_statement: newer.body.id, cutoff_days: 0, counts: { ...noCounts, matched: 2 } },
  });
});

test('running refuses by name: 400, 403, 404', async (t) => {
  const app = await small(t);
  const nobody = '0199a2b4-7c3e-7d10-8f5a-2b6c9d0e1f23';
  t.equal(told(await reconcile(app, { partner_statement: nobody })), '404 partner_statement_not_found');
  t.equal(told(await reconcile(app, { partner: 'xc-bank', period: '2026-09' })), '404 partner_statement_not_found');
  t.equal(told(await reconcile(app, {})), '400 request_invalid');
  t.equal(told(await reconcile(app, { partner: 'xc-bank' })), '400 request_invalid');
  t.equal(told(await reconcile(app, { partner_statement: app.statement, period: '2026-10' })), '400 request_invalid');
  t.equal(told(await reconcile(app, { partner_statement: app.statement, cutoff_days: 32 })), '400 request_invalid');
  t.equal(told(await reconcile(app, { partner_statement: app.statement }, bank)), '403 forbidden');
  t.equal(told(await app.get(`/v1/reconciliations/${nobody}`, { as: 'auditor' })), '404 reconciliation_not_found');
});

test('a partner reads its own statements and runs, and another’s are not there: 200 and 404', async (t) => {
  const app = await small(t);
  const paths = ['', '/lines', '/breaks', '/report'].map((end) => `/v1/reconciliations/${app.run}${end}`);
  for (const path of paths) {
    t.equal((await app.get(path, { as: bank })).status, 200, path);
    t.equal(told(await app.get(path, { as: shop })), '404 reconciliation_not_found', path);
  }
  for (const path of [`/v1/partner-statements/${app.statement}`, `/v1/partner-statements/${app.statement}/lines`]) {
    t.equal((await app.get(path, { as: bank })).status, 200, path);
    t.equal(told(await app.get(path, { as: shop })), '404 partner_statement_not_found', path);
  }
  for (const [path, name] of [
    ['/v1/reconciliations', 'reconciliations'],
    ['/v1/partner-statements', 'partner_statements'],
  ] as const) {
    t.equal((await app.get(path, { as: bank })).body[name].length, 1);
    t.same((await app.get(path, { as: shop })).body[name], []);
    t.same((await app.get(`${path}?partner=xc-bank`, { as: shop })).body[name], []);
  }
  const file = Buffer.from(`${header}R1,2026-10-05,50,5.00,redeem\n`);
  t.equal(told(await upload(app, file, 'partner=xc-bank&period=2026-10', shop)), '404 partner_not_found');
});

test('inputs and results changed behind the service’s back are found by verification', async (t) => {
  const app = await small(t);
  const changes = [
    `update timebank.redemptions set movements = regexp_replace(movements, ' [0-9]+ ', ' 7 ') where partner_reference = 'R1'`,
    `update timebank.redemptions set partner_id = 'shop' where partner_reference = 'R2'`,
    `update timebank.partner_statement_lines set points = points + 10 where partner_reference = 'R1'`,
    `update timebank.reconciliation_results set reason = 'agrees' where partner_reference = 'R1'`,
    `delete from timebank.reconciliation_results where partner_reference = 'R1'`,
  ];
  for (const change of changes) {
    const undo = new Error('taken back');
    await app.owner
      .begin(async (sql) => {
        await sql`set local session_replication_role = replica`;
        await sql.unsafe(change);
        const findings = new Findings();
        await verifyResults(sql, app.lane.facts.id, findings);
        t.ok(findings.count > 0, change);
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
  }
  await booksBalance(t, app.owner);
});

test('a posting on the partner’s account that no redemption explains is told: books_agree is false', async (t) => {
  const app = await small(t);
  const control = async (id: string) => (await app.get(`/v1/reconciliations/${id}`, { as: 'auditor' })).body.control;
  t.match(await control(app.run), { books_agree: true, ledger_postings: { points: '100', cny: '10.00' } });
  await app.owner`insert into timeledger.postings (ledger_id, account_id, entry, version, effective_on, amount, balance)
    select p.ledger_id, p.account_id, p.entry, p.version + 1000, p.effective_on, -7, p.balance from timeledger.postings p
    join timeledger.accounts a using (ledger_id, account_id) where a.code = 'partner:xc-bank:redeemed' limit 1`;
  const { body: later } = await reconcile(app, { partner_statement: app.statement });
  t.match(await control(later.id), {
    books_agree: false,
    ledger_postings: { points: '107' },
    ledger_in_period: { points: '100' },
  });
  const report = await app.get(`/v1/reconciliations/${later.id}/report`, { as: 'auditor' });
  t.equal(report.body.control.books_agree, false);
});
