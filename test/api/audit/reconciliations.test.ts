/** Guarantees of statements and reconciliations over HTTP, on the county's own October and on cases made by hand. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Test, test } from 'tap';
import { Findings } from '../../../src/ledger/verify/findings.js';
import { verifyResults } from '../../../src/timebank/audit/reconciliations/verify.js';
import { readTable } from '../../../src/timebank/files/table.js';
import { registerPartner } from '../../../src/timebank/partners/partners.js';
import { type RedemptionRow, redemptionTable } from '../../../src/timebank/partners/redemptions-file.js';
import { type Answered, type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { root } from '../../support/root.js';
import { must, redeem, settle } from '../../support/story.js';

const data = (name: string) => readFileSync(new URL(`test/data/xinchang/${name}`, root));
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

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

/** All rows of a list, page by page. */
async function everyRow(app: TestApp, path: string, name: string): Promise<Answered['body'][]> {
  const rows: Answered['body'][] = [];
  for (let cursor = ''; ; ) {
    const { body } = await app.get(`${path}${path.includes('?') ? '&' : '?'}limit=200${cursor}`, { as: 'auditor' });
    rows.push(...body[name]);
    if (body.next_cursor === null) return rows;
    cursor = `&cursor=${body.next_cursor}`;
  }
}

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

/** All redemptions of a file, each member's in its order, members side by side; the references that were refused. */
async function redeemAll(t: Test, app: TestApp, rows: readonly RedemptionRow[]): Promise<string[]> {
  const refused: string[] = [];
  const queues = new Map<string, RedemptionRow[]>();
  for (const row of rows) queues.set(row.member, [...(queues.get(row.member) ?? []), row]);
  const redeemEach = async (queue: readonly RedemptionRow[]) => {
    for (const { partner_reference, member, points, requested_at } of queue) {
      const body = {
        partner_reference,
        member,
        points: points.toString(),
        effective_at: requested_at,
        capture: true,
      };
      const answer = await app.post('/v1/redemptions', { as: bank, body });
      if (answer.status === 201) continue;
      t.equal(told(answer), '422 balance_insufficient', partner_reference);
      refused.push(partner_reference);
    }
  };
  await Promise.all([...queues.values()].map(redeemEach));
  return refused;
}

test('the county’s October through HTTP gives exactly the published refusals and breaks, by reference and to the cent', async (t) => {
  const app = await testApp(t);
  const expected = JSON.parse(data('expected.json').toString());
  for (const [query, name] of [
    ['kind=org_units', 'org-units.csv'],
    ['kind=members', 'members.csv'],
    ['kind=opening_points&effective_on=2026-09-30', 'opening-points.csv'],
  ] as const) {
    const staged = await app.post(`/v1/imports?${query}`, { as: 'operator', body: data(name) });
    t.match(await app.post(`/v1/imports/${staged.body.id}/commit`, { as: 'operator' }), {
      status: 200,
      body: { counts: { errors: 0 } },
    });
  }
  const terms = { id: 'xc-bank', name: '新昌农商', kind: 'rural_commercial_bank', may_backdate: true };
  await app.post('/v1/partners', { as: 'operator', body: terms });

  const refused = await redeemAll(t, app, readTable(data('redemptions.csv'), redemptionTable).rows);
  t.same(refused.sort(), expected.references.refused);
  const { body: refusals } = await app.get('/v1/reports/refusals?partner=xc-bank', { as: 'auditor' });
  t.equal(refusals.refused, expected.references.refused.length, 'an auditor counts as many at the counter');
  const listed = await everyRow(app, '/v1/refusals', 'refusals');
  t.same(listed.map((one) => one.partner_reference).sort(), expected.references.refused);

  const bytes = data('bank-statement-2026-10.csv');
  const statement = await upload(app, bytes, 'partner=xc-bank&period=2026-10&file_name=bank-statement-2026-10.csv');
  t.match(statement, {
    status: 201,
    body: { lines: 1_753, points: String(expected.statement_points), sha256: sha256(bytes) },
  });
  const run = await reconcile(app, { partner_statement: statement.body.id, cutoff_days: 1 });
  t.equal(run.status, 201);
  const { refused: _, ...counts } = expected.counts;
  t.same(run.body.counts, { ...counts, file_integrity: 0 });

  const { body: report } = await app.get(`/v1/reconciliations/${run.body.id}/report`, { as: 'auditor' });
  for (const status of Object.keys(counts).filter((name) => name !== 'matched')) {
    t.same(report.references[status], expected.references[status], status);
  }
  t.equal(report.control.ledger.points, String(expected.redeemed_points));
  t.equal(report.control.statement.points, String(expected.statement_points));
  t.same(report.control.ledger_postings, { points: '81630', cny: '8163.00' }, 'the third side: the books');
  t.equal(report.control.books_agree, true);

  const path = `/v1/reconciliations/${run.body.id}`;
  const lines = await everyRow(app, `${path}/lines`, 'lines');
  t.equal(
    lines.length,
    Object.values<number>(run.body.counts).reduce((sum, count) => sum + count, 0),
  );
  const references = lines.map((line) => line.partner_reference);
  t.same(references, [...new Set(references)].sort(), 'each reference once, in order');
  t.same(
    await everyRow(app, `${path}/breaks`, 'lines'),
    lines.filter((line) => line.status !== 'matched'),
  );
  t.same(
    (await everyRow(app, `${path}/lines?status=amount_mismatch`, 'lines')).map((line) => line.partner_reference),
    expected.references.amount_mismatch,
  );
  t.equal((await everyRow(app, `/v1/partner-statements/${statement.body.id}/lines`, 'lines')).length, 1_753);
  await booksBalance(t, app.owner);
});

test('a statement taken in twice is one statement: 201, then 200; the same file for another month is another', async (t) => {
  const app = await small(t);
  const file = Buffer.from(`${header}R1,2026-10-05,50,5.00,redeem\nR1,2026-10-06,20,2.00,refund\n`);
  const first = await upload(app, file, 'partner=xc-bank&period=2026-10', bank);
  t.match(first, { status: 201, body: { lines: 2, points: '30', amount_cny: '3.00', file_name: null } });
  const again = await upload(app, file, 'partner=xc-bank&period=2026-10&file_name=again.csv');
  t.match(again, { status: 200, body: first.body });
  t.match(await upload(app, file, 'partner=xc-bank&period=2026-11'), { status: 201 });
  t.equal((await everyRow(app, '/v1/partner-statements?period=2026-10', 'partner_statements')).length, 2);
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

  test('a statement whose lines come to more than can be kept is refused whole, and those beside it are taken: 422, 201', async (t) => {
    const app = await testApp(t);
    await settle(app.lane);
    const lines = (count: number) =>
      Array.from(
        { length: count },
        (_, i) => `R${i},2026-10-05,50,9999999999999999.99,${i % 2 ? 'refund' : 'redeem'}\n`,
      );
    const file = (count: number) => Buffer.from(header + lines(count).join(''));
    const answers = await Promise.all([4, 10].map((count) => upload(app, file(count))));
    t.same(answers.map(told), ['201 ok', '422 file_invalid']);
    const run = await reconcile(app, { partner: 'xc-bank', period: '2026-10' });
    t.equal(run.status, 201, 'what is taken can be matched');
    t.equal((await app.get(`/v1/reconciliations/${run.body.id}/breaks`, { as: 'auditor' })).status, 200);
    await booksBalance(t, app.owner);
  });
  t.equal(told(json), '415 media_type_unsupported');
  t.equal((await everyRow(app, '/v1/partner-statements', 'partner_statements')).length, 1);
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
  const lines = await everyRow(app, `${path}/lines`, 'lines');
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
