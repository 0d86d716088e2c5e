/** Guarantees of service that takes a profession: only the qualified give it, its hours are recorded, and it never mints. */
import { type Test, test } from 'tap';
import { testApp } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { settle } from '../../support/story.js';

const operator = { role: 'operator' } as const;

async function county(t: Test, clock = fixedClock().clock) {
  const app = await testApp(t, { clock });
  await settle(app.lane);
  const post = (path: string, body: object) => app.post(`/v1${path}`, { as: operator, body });
  const record = (id: string, day: string, service_type = 'nursing') =>
    post('/service-records', {
      external_id: id,
      volunteer: 'M1',
      recipient: 'M2',
      service_type,
      planned_start: `2026-10-${day}T08:00:00+08:00`,
      planned_end: `2026-10-${day}T09:00:00+08:00`,
      check_in: `2026-10-${day}T08:00:00+08:00`,
      check_out: `2026-10-${day}T09:00:00+08:00`,
      proof_grade: 'A',
      recorded_by: 'XC',
    });
  const qualify = async (registry: string, kind: string, valid_until: string | null) => {
    const talent = {
      member: 'M1',
      registry,
      categories: ['ecology'],
      specialties: [],
      interests: [],
      availability: [],
    };
    await post('/talents', talent);
    const body = { kind, evidence: '证书', valid_until };
    t.equal((await post(`/talents/M1/${registry}/qualifications`, body)).status, 201);
  };
  return { app, post, record, qualify };
}

test('nursing is recorded for who is qualified on the day of service, in whichever registry: 201, 422', async (t) => {
  const { app, record, qualify } = await county(t);
  const missing = { status: 422, body: { code: 'qualification_missing' } };
  t.match(await record('V1', '26'), missing);
  t.equal((await record('V2', '26', 'errand')).status, 201, 'other service takes none');
  await qualify('silver', 'law', null);
  t.match(await record('V1', '27'), missing, 'of another profession');
  await qualify('resident_expert', 'medicine', '2026-10-28');
  t.match(await record('V3', '29'), missing, 'the day after its last');
  const recorded = await record('V4', '28');
  t.match(recorded, {
    status: 201,
    body: { hours: '1.00', coins: '0.00', differences: [{ code: 'professional_service', amount: '1.00' }] },
  });
  const { balances } = (await app.get('/v1/members/M1/balances', { as: operator })).body;
  t.match(balances, [
    { purse: 'hours', balance: '2.00' },
    { purse: 'coins', balance: '1.00' },
  ]);
  await booksBalance(t, app.owner);
});

test('a visit is judged by the day on which it was paid: what ended later that day, or since, counts: 201, 422', async (t) => {
  const time = fixedClock(Date.parse('2026-10-28T09:30:00+08:00'));
  const { app, post, record, qualify } = await county(t, time.clock);
  await qualify('silver', 'medicine', null);
  time.advance(6 * 3_600_000);
  t.equal((await post('/talents/M1/silver/qualifications/1/end', {})).status, 201);
  t.equal((await record('V1', '28')).status, 201, 'in the morning, recorded in the afternoon');
  time.advance(24 * 3_600_000);
  t.equal((await record('V2', '27')).status, 201, 'the day before, recorded the day after');
  t.match(await record('V3', '29'), { status: 422, body: { code: 'qualification_missing' } });
  await booksBalance(t, app.owner);
});
