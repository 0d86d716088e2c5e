/** Guarantees of spot checks over HTTP: nobody chooses what is drawn, anybody can repeat the draw, and what was found is said by somebody else. */
import { createHash } from 'node:crypto';
import { test } from 'tap';
import { parseCheckpoint } from '../../../src/ledger/log/checkpoint.js';
import { draw } from '../../../src/timebank/audit/spot-checks/spot-check.js';
import type { Caller, TestApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { county, li, visit, wang } from '../people/county.js';

const sun: Caller = { role: 'auditor', subject: 'sun' };

const order = (app: TestApp, body: object, as: Caller = sun) => app.post('/v1/spot-checks', { as, body });
const drawn = async (app: TestApp, id: string) => (await app.get(`/v1/spot-checks/${id}`, { as: sun })).body;
const idsIn = (check: { records: { record: string }[] }) => check.records.map(({ record }) => record);

/** Records V1 to V12, of twelve days in October; of the even ones the proof is B. */
async function town(t: Parameters<typeof county>[0]) {
  const app = await county(t);
  for (let i = 1; i <= 12; i++) {
    const day = `2026-10-${String(10 + i)}`;
    const times = { planned_start: 'T09:00', planned_end: 'T10:00', check_in: 'T09:00', check_out: 'T10:00' };
    const moments = Object.fromEntries(Object.entries(times).map(([name, at]) => [name, `${day}${at}:00+08:00`]));
    const body = visit(`V${i}`, { ...moments, proof_grade: i % 2 === 0 ? 'B' : 'A' });
    t.equal((await app.post('/v1/service-records', { as: wang, body })).status, 201);
  }
  return app;
}

const october = { from: '2026-10-01', to: '2026-10-31' };

test('the draw follows from the published checkpoint and the ids alone', async (t) => {
  const app = await town(t);
  const { status, body } = await order(app, { ...october, count: 5 });
  t.equal(status, 201);
  const check = await drawn(app, body.id);
  t.equal(check.population, 12);
  const { size, root } = parseCheckpoint(`${check.checkpoint.split('\n\n')[0]}\n`);
  t.equal(String(size), check.entry, 'the log up to and with the entry of the draw');
  t.equal(root.toString('base64'), check.seed);
  const all = Array.from({ length: 12 }, (_, i) => `V${i + 1}`);
  const byHand = all
    .map((id) => ({ id, at: createHash('sha256').update(`${check.seed}\n${id}`).digest('hex') }))
    .sort((one, other) => one.at.localeCompare(other.at, 'en'))
    .slice(0, 5)
    .map(({ id }) => id);
  t.same(idsIn(check), byHand);
  const again = await drawn(app, (await order(app, { ...october, count: 5 })).body.id);
  t.not(again.seed, check.seed, 'another draw has another seed');
  const few = await drawn(app, (await order(app, { ...october, proof_grade: 'B', count: 100 })).body.id);
  t.same(idsIn(few).sort(), ['V10', 'V12', 'V2', 'V4', 'V6', 'V8'], 'as many as there are');
  t.equal((await app.get('/v1/spot-checks', { as: sun })).body.spot_checks.length, 3, 'every draw is kept');
  await booksBalance(t, app.owner);
});

test('a draw stays as it was, whatever is recorded or annulled later', async (t) => {
  const app = await town(t);
  for (const as of [wang, li])
    await app.post('/v1/service-records/V3/correction', { as, body: { annul: true, reason: '记错了' } });
  const { id } = (await order(app, { ...october, count: 20 })).body;
  const before = await drawn(app, id);
  t.equal(before.population, 11, 'what was annulled is not drawn');
  for (const as of [wang, li])
    await app.post('/v1/service-records/V4/correction', { as, body: { annul: true, reason: '记错了' } });
  const times = { planned_start: 'T09:00', planned_end: 'T10:00', check_in: 'T09:00', check_out: 'T10:00' };
  const moments = Object.fromEntries(Object.entries(times).map(([name, at]) => [name, `2026-10-28${at}:00+08:00`]));
  t.equal((await app.post('/v1/service-records', { as: wang, body: visit('V13', moments) })).status, 201);
  t.same(await drawn(app, id), before);
  await booksBalance(t, app.owner);
});

test('a result is of a record that was drawn, by somebody who had no part in it: 201, 404, 422', async (t) => {
  const app = await town(t);
  const { id } = (await order(app, { from: '2026-10-11', to: '2026-10-11', count: 3 })).body;
  const say = (as: Caller, record: string, outcome = 'confirmed', more: object = {}) =>
    app.post(`/v1/spot-checks/${id}/results`, { as, body: { record, outcome, ...more } });
  t.match(await say(sun, 'V2'), { status: 422, body: { code: 'record_not_drawn' } });
  t.match(await say(wang, 'V1'), { status: 422, body: { code: 'self_approval' } }, 'who approved it');
  t.match(await say({ role: 'operator', subject: 'M1' }, 'V1'), { status: 422, body: { code: 'self_approval' } });
  t.match(await say(sun, 'V1', 'confirmed', { checked_on: '2026-11-03' }), {
    status: 422,
    body: { code: 'date_in_future' },
  });
  t.match(await say(sun, 'V1', 'unreachable'), {
    status: 201,
    body: { outcome: 'unreachable', checked_on: '2026-11-02' },
  });
  t.match(await say(sun, 'V1', 'deviates'), { status: 201 });
  t.match((await drawn(app, id)).records, [
    { record: 'V1', result: { outcome: 'deviates', checked_by: 'auditor:sun' } },
  ]);
  const missing = '0199a2c5-11aa-7d10-8f5a-2b6c9d0e1f23';
  t.match(await app.get(`/v1/spot-checks/${missing}`, { as: sun }), {
    status: 404,
    body: { code: 'spot_check_not_found' },
  });
  t.match(await order(app, { from: '2026-10-11', to: '2026-12-11', count: 3 }), {
    status: 422,
    body: { code: 'date_in_future' },
  });
  await booksBalance(t, app.owner);
});

test('the order of a draw is that of the hash, whichever order the records come in', async (t) => {
  const ids = Array.from({ length: 50 }, (_, i) => `R${i}`);
  t.same(draw([...ids].reverse(), 'seed', 50), draw(ids, 'seed', 50));
  t.same(draw(ids, 'seed', 7), draw(ids, 'seed', 50).slice(0, 7));
  t.not(draw(ids, 'seed', 50).join(), draw(ids, 'tree', 50).join());
});
