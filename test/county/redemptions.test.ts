/** The county's October, redeemed at the counter or brought in afterwards: either way it comes to the published references. */
import { createHash } from 'node:crypto';
import { type Test, test } from 'tap';
import { readTable } from '../../src/timebank/files/table.js';
import { type RedemptionRow, redemptionTable } from '../../src/timebank/partners/redemptions-file.js';
import { type Caller, type TestApp, testApp } from '../support/app.js';
import { booksBalance } from '../support/books.js';
import { bring, bringOpening, countyFile, everyRow, expectedOfCounty } from '../support/county.js';
import { seeded, shuffled } from '../support/random.js';

const auditor: Caller = { role: 'auditor' };
const bank: Caller = { role: 'partner', subject: 'xc-bank' };

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
      t.match(answer, { status: 422, body: { code: 'balance_insufficient' } }, partner_reference);
      refused.push(partner_reference);
    }
  };
  await Promise.all([...queues.values()].map(redeemEach));
  return refused;
}

test('the county’s October through HTTP gives exactly the published refusals and breaks, by reference and to the cent', async (t) => {
  const app = await testApp(t);
  const expected = expectedOfCounty();
  await bringOpening(t, app);
  const terms = { id: 'xc-bank', name: '新昌农商', kind: 'rural_commercial_bank', may_backdate: true };
  await app.post('/v1/partners', { as: 'operator', body: terms });

  const refused = await redeemAll(t, app, readTable(countyFile('redemptions'), redemptionTable).rows);
  t.same(refused.sort(), expected.references.refused);
  const { body: refusals } = await app.get('/v1/reports/refusals?partner=xc-bank', { as: 'auditor' });
  t.equal(refusals.refused, expected.references.refused.length, 'an auditor counts as many at the counter');
  const listed = await everyRow(app, '/v1/refusals', 'refusals', auditor);
  t.same(listed.map((one) => one.partner_reference).sort(), expected.references.refused);

  const bytes = countyFile('bank-statement-2026-10');
  const query = 'partner=xc-bank&period=2026-10&file_name=bank-statement-2026-10.csv';
  const statement = await app.post(`/v1/partner-statements?${query}`, { as: 'operator', body: bytes });
  t.match(statement, {
    status: 201,
    body: {
      lines: 1_753,
      points: String(expected.statement_points),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    },
  });
  const body = { partner_statement: statement.body.id, cutoff_days: 1 };
  const run = await app.post('/v1/reconciliations', { as: 'operator', body });
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
  const lines = await everyRow(app, `${path}/lines`, 'lines', auditor);
  t.equal(
    lines.length,
    Object.values<number>(run.body.counts).reduce((sum, count) => sum + count, 0),
  );
  const references = lines.map((line) => line.partner_reference);
  t.same(references, [...new Set(references)].sort(), 'each reference once, in order');
  t.same(
    await everyRow(app, `${path}/breaks`, 'lines', auditor),
    lines.filter((line) => line.status !== 'matched'),
  );
  t.same(
    (await everyRow(app, `${path}/lines?status=amount_mismatch`, 'lines', auditor)).map(
      (line) => line.partner_reference,
    ),
    expected.references.amount_mismatch,
  );
  t.equal((await everyRow(app, `/v1/partner-statements/${statement.body.id}/lines`, 'lines', auditor)).length, 1_753);
  await booksBalance(t, app.owner);
});

test('the county’s October, its lines shuffled, is refused and reconciled to the published references; again, it changes nothing', {
  timeout: 120_000,
}, async (t) => {
  const app = await testApp(t);
  await bringOpening(t, app);
  // Its bank may not backdate what it redeems itself.
  const bank = { id: 'xc-bank', name: '新昌农商', kind: 'rural_commercial_bank' };
  t.equal((await app.post('/v1/partners', { as: 'operator', body: bank })).status, 201);
  const expected = expectedOfCounty();
  const [header, ...lines] = countyFile('redemptions').toString().trimEnd().split('\n');
  const bytes = Buffer.from([header, ...shuffled(lines, seeded(7))].join('\n'));
  const refused = expected.references.refused.length;
  const total = 2_000;
  const done = await bring(t, app, 'kind=redemptions&partner=xc-bank', bytes);
  t.match(done, { kind: 'redemptions', counts: { total, imported: total - refused, skipped: 0, errors: refused } });
  const errors = await everyRow(app, `/v1/imports/${done.id}/lines?state=error`, 'lines');
  t.same([...new Set(errors.map(({ code }) => code))], ['balance_insufficient']);
  t.same(errors.map(({ external_id }) => external_id).sort(), expected.references.refused);

  const query = 'partner=xc-bank&period=2026-10&file_name=bank-statement-2026-10.csv';
  const file = countyFile('bank-statement-2026-10');
  const statement = await app.post(`/v1/partner-statements?${query}`, { as: 'operator', body: file });
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
  const again = await bring(t, app, 'kind=redemptions&partner=xc-bank', countyFile('redemptions'));
  t.match(again.counts, { imported: 0, skipped: total - refused, errors: refused });
  t.same(await balance(), before);
  await booksBalance(t, app.owner);
});
