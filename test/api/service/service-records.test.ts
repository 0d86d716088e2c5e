/** Guarantees of recording service over HTTP: who may be who, when it may have been, and what becomes of a late record. */
import { type Test, test } from 'tap';
import { type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { settle } from '../../support/story.js';

const wang: Caller = { role: 'coordinator', subject: 'wang', orgUnit: 'XC' };
const operator = (subject: string): Caller => ({ role: 'operator', subject });

async function county(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  await settle(app.lane);
  return app;
}

/** From nine to half past ten on a day, as planned; M1 looks after M2. */
const visit = (external_id: string, day: string, more: Record<string, unknown> = {}) => ({
  external_id,
  volunteer: 'M1',
  recipient: 'M2',
  service_type: 'errand',
  planned_start: `${day}T09:00:00+08:00`,
  planned_end: `${day}T10:30:00+08:00`,
  check_in: `${day}T09:00:00+08:00`,
  check_out: `${day}T10:30:00+08:00`,
  proof_grade: 'A',
  recorded_by: 'XC',
  ...more,
});

test('service that is not yet over, before the rules, or far from its plan is refused: 422', async (t) => {
  const app = await county(t);
  const day = '2026-10-27';
  const refusals = [
    // The clock stands at 2026-11-02 09:00 in Shanghai.
    [visit('V1', '2026-11-02'), 'date_in_future'],
    [visit('V1', '2026-11-03'), 'date_in_future'],
    [visit('V1', '2025-12-31'), 'rule_set_not_effective'],
    [
      visit('V1', day, { check_in: `${day}T12:00:00+08:00`, check_out: `${day}T13:00:00+08:00` }),
      'service_time_invalid',
    ],
  ] as const;
  for (const [body, code] of refusals)
    t.match(await app.post('/v1/service-records', { as: wang, body }), { status: 422, body: { code } });
  t.same((await app.get('/v1/service-records', { as: wang })).body.service_records, []);
  await booksBalance(t, app.owner);
});

test('volunteer, recipient, recorder and approver are four people: 404 and 422; then 201', async (t) => {
  const app = await county(t);
  const day = '2026-10-27';
  const refusals = [
    [wang, { recorded_by: 'NOBODY' }, 404, 'recorder_not_found'],
    [wang, { recorded_by: 'M2' }, 422, 'self_approval'],
    [operator('M1'), {}, 422, 'self_approval'],
    [operator('M2'), {}, 422, 'self_approval'],
    [{ ...wang, subject: 'XC' }, {}, 422, 'self_approval'],
    [operator('cli'), {}, 422, 'approver_invalid'],
  ] as const;
  for (const [as, more, status, code] of refusals) {
    const refused = await app.post('/v1/service-records', { as, body: visit('V1', day, more) });
    t.match(refused, { status, body: { code } }, JSON.stringify([as, more]));
  }
  const recorded = await app.post('/v1/service-records', { as: wang, body: visit('V1', day) });
  t.match(recorded, { status: 201, body: { recorded_by: 'XC', approved_by: 'coordinator:wang' } });
  await booksBalance(t, app.owner);
});

test('a service whose month is closed is recorded (201): it takes effect on the first open day and keeps its own', async (t) => {
  const app = await county(t);
  t.equal((await app.post('/v1/periods', { as: 'operator', body: { period: '2026-10' } })).status, 201);
  const late = await app.post('/v1/service-records', { as: wang, body: visit('V1', '2026-10-27') });
  t.match(late, { status: 201, body: { served_on: '2026-10-27', effective_on: '2026-11-01', coins: '1.50' } });
  t.same((await app.get('/v1/service-records/V1', { as: 'auditor' })).body, late.body);
  t.equal((await app.get(`/v1/entries/${late.body.entry}`, { as: 'auditor' })).body.effective_on, '2026-11-01');
  await booksBalance(t, app.owner);
});
