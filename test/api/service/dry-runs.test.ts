/** Guarantees of dry runs over HTTP: what a rule set would have made of the past, as a job with its lines, and nothing in the books. */
import { hash } from 'node:crypto';
import { type Test, test } from 'tap';
import { recordService } from '../../../src/timebank/service/service-records.js';
import { type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { must, settle } from '../../support/story.js';

const wang: Caller = { role: 'operator', subject: 'wang' };
const october = { from: '2026-10-01', to: '2026-10-31' };

/** M1 has served for two hours on each of four days of a week; six coins are all that a week can mint. */
async function county(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  await settle(app.lane);
  const second = { external_id: 'S1', parent_external_id: 'XC', level: 'subdistrict', name: '七星街道' };
  t.equal((await app.post('/v1/org-units', { as: wang, body: second })).status, 201);
  for (const day of ['05', '06', '07', '08']) {
    const [start, end] = [`2026-10-${day}T09:00:00+08:00`, `2026-10-${day}T11:00:00+08:00`];
    const people = { volunteer: 'M1', recipient: 'M2', recorded_by: 'XC' };
    const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
    const visit = { external_id: `V${day}`, service_type: 'errand', proof_grade: 'A', ...people, ...times } as const;
    await must(app.lane, (stage) => recordService(stage, visit, 'operator:li'));
  }
  const draft = { rule_set: 'xinchang-pilot', effective_from: '2027-01-01', values: { cap_week: '7.00' } };
  t.equal((await app.post('/v1/rule-sets', { as: wang, body: draft })).status, 201);
  return app;
}

const dryRun = (app: TestApp, body: object, more: object = {}) =>
  app.post('/v1/rule-sets/xinchang-pilot-2/dry-run', { as: wang, body, ...more });

async function entryCount({ owner }: TestApp): Promise<number> {
  const [row] = await owner`select entry_count::int as count from timeledger.heads`;
  return row?.['count'];
}

test('a draft is tried on a month: totals, reasons, units, members and a line for every record: 200', async (t) => {
  const app = await county(t);
  const before = await entryCount(app);
  const { status, body } = await dryRun(app, october);
  t.equal(status, 200);
  t.match(body, {
    ...{ rule_set: 'xinchang-pilot/2', ...october, unit: null, members: 1, members_gaining: 1, members_losing: 0 },
    totals: {
      ...{ records: 4, changed: 1, hours: '8.00' },
      coins: { standing: '6.00', draft: '7.00', difference: '1.00' },
      to_pool: { standing: '0.00', draft: '0.00', difference: '0.00' },
    },
    by_reason: [{ code: 'cap_week', standing: '2.00', draft: '1.00', difference: '-1.00' }],
    gaining: [{ member: 'M1', org_unit: 'XC', standing: '6.00', draft: '7.00', difference: '1.00' }],
    losing: [],
  });
  t.equal(await entryCount(app), before, 'nothing was written');
  const lines = await app.get(body.lines, { as: 'auditor' });
  t.match(lines.headers['content-type'], 'text/csv');
  t.equal(hash('sha256', lines.text), body.lines_sha256);
  const rows = lines.text.trimEnd().split('\r\n');
  t.equal(rows.length, 5);
  t.equal(
    rows[4],
    'V08,M1,XC,2026-10-08,errand,xinchang-pilot/1,2.00,0.00,1.00,1.00,0.00,0.00,cap_week 2.00,cap_week 1.00',
  );
  await booksBalance(t, app.owner);
});

test('the same key is told the same, another asks anew; who does not wait is told of the job: 200, 202', async (t) => {
  const app = await county(t);
  const key = 'dry-run-2026-11-02-1';
  const first = await dryRun(app, october, { key });
  const again = await dryRun(app, october, { key });
  t.equal(again.text, first.text);
  t.equal(again.headers['idempotent-replayed'], 'true');
  t.match(await dryRun(app, { ...october, to: '2026-10-06' }, { key }), { status: 422 }, 'another request');
  const { lines: _, ...figures } = (await dryRun(app, october)).body;
  const { lines: __, ...told } = first.body;
  t.same(figures, told, 'the same inputs, the same figures and bytes');
  const waiting = await dryRun(app, october, { headers: { prefer: 'respond-async' } });
  t.match(waiting, { status: 202, body: { kind: 'rule_set_dry_run' } });
});

test('a unit narrows; what is not there, or the wrong way round, is refused: 200, 400, 404', async (t) => {
  const app = await county(t);
  t.match((await dryRun(app, { ...october, unit: 'S1' })).body, { members: 0, totals: { records: 0 }, by_unit: [] });
  t.match((await dryRun(app, { ...october, unit: 'XC' })).body, { members: 1, unit: 'XC' });
  t.match(await dryRun(app, { ...october, unit: 'S9' }), { status: 404, body: { code: 'org_unit_not_found' } });
  t.match(await dryRun(app, { from: '2026-10-31', to: '2026-10-01' }), {
    status: 400,
    body: { errors: [{ pointer: '/to' }] },
  });
  t.match(await app.post('/v1/rule-sets/xinchang-pilot-9/dry-run', { as: wang, body: october }), {
    status: 404,
    body: { code: 'rule_set_not_found' },
  });
  const { body } = await dryRun(app, october);
  const elsewhere = body.lines.replace('pilot-2', 'pilot-1');
  t.match(await app.get(elsewhere, { as: 'auditor' }), { status: 404, body: { code: 'job_not_found' } });
});
