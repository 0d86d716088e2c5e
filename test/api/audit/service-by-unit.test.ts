/** Guarantees of the service of a month by unit: it adds up, is rolled up as tree and membership stood then, and ends at the scope. */
import { test } from 'tap';
import type { Caller } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { county, east, unit, unscoped } from '../people/county.js';

const wang: Caller = { role: 'operator', subject: 'wang' };
const li: Caller = { role: 'operator', subject: 'li' };

const visit = (external_id: string, volunteer: string, recipient: string, day: string) => ({
  external_id,
  volunteer,
  recipient,
  service_type: 'errand',
  planned_start: `${day}T09:00:00+08:00`,
  planned_end: `${day}T10:30:00+08:00`,
  check_in: `${day}T09:00:00+08:00`,
  check_out: `${day}T10:40:00+08:00`,
  proof_grade: 'A',
  recorded_by: 'XC',
});

/** What of a line is compared: `XC-01 2 3.34 3.00 2`. */
const line = (one: Record<string, unknown>) =>
  [one['org_unit'], one['records'], one['hours'], one['coins'], one['volunteers']].join(' ');

test('each unit has the service of its members and of those below, as they stood at the end of the month: 200', async (t) => {
  const time = fixedClock(Date.parse('2026-10-15T09:00:00+08:00'));
  const app = await county(t, { clock: time.clock });
  time.advance(18 * 86_400_000);
  for (const [id, volunteer, recipient, day] of [
    ['V1', 'M1', 'M3', '2026-10-19'],
    ['V2', 'M2', 'M3', '2026-10-20'],
    ['V3', 'M3', 'M1', '2026-10-21'],
    ['V4', 'M3', 'M1', '2026-11-01'],
  ] as const)
    t.equal(
      (await app.post('/v1/service-records', { as: wang, body: visit(id, volunteer, recipient, day) })).status,
      201,
    );
  const report = async (month: string, as: Caller = wang) =>
    (await app.get(`/v1/reports/service-by-unit?month=${month}`, { as })).body.units.map(line);
  const october = ['XC 3 5.01 4.50 3', 'XC-01 2 3.34 3.00 2', 'XC-01-01 1 1.67 1.50 1', 'XC-010 1 1.67 1.50 1'];
  t.same(await report('2026-10'), october);
  t.same(await report('2026-09'), []);
  const first = (await app.get('/v1/reports/service-by-unit?month=2026-10&limit=1', { as: wang })).body;
  t.match(first.units, [{ org_unit: 'XC', parent: null, level: 'county', name: '单位 XC' }]);
  const rest = `/v1/reports/service-by-unit?month=2026-10&cursor=${first.next_cursor}`;
  t.same((await app.get(rest, { as: wang })).body.units.map(line), october.slice(1));
  t.same(await report('2026-10', east), october.slice(1, 3));
  t.same(await report('2026-10', unscoped), []);

  // In November M2 moves west, XC-01-01 too and under another name; M1 turns out to be M2.
  const moved = { org_unit: 'XC-010' };
  t.equal((await app.post('/v1/members/M2/transfer', { as: wang, body: moved })).status, 200);
  const west = { parent_external_id: 'XC-010' };
  t.equal((await app.post('/v1/org-units/XC-01-01/move', { as: wang, body: west })).status, 200);
  t.equal((await app.post('/v1/org-units/XC-01-01/rename', { as: wang, body: { name: '新' } })).status, 200);
  t.same(await report('2026-10'), october, 'October stays as it was');
  t.match((await app.get('/v1/reports/service-by-unit?month=2026-10', { as: wang })).body.units[2], {
    org_unit: 'XC-01-01',
    parent: 'XC-01',
    name: '单位 XC-01-01',
  });
  t.equal(
    (await app.post('/v1/service-records', { as: wang, body: visit('V5', 'M2', 'M1', '2026-11-01') })).status,
    201,
  );
  t.same(await report('2026-11'), ['XC 2 3.34 3.00 2', 'XC-010 2 3.34 3.00 2']);
  for (const as of [wang, li]) await app.post('/v1/members/M1/merge', { as, body: { into: 'M2' } });
  const merged = await report('2026-10');
  t.same(merged, ['XC 3 5.01 4.50 2', 'XC-01 2 3.34 3.00 1', ...october.slice(2)], 'two of them are one person');
  t.equal((await app.get('/v1/reports/service-by-unit', { as: wang })).status, 400, 'a month is named');
  t.equal((await app.post('/v1/org-units', { as: 'operator', body: unit('XC-02', 'XC', 'township') })).status, 201);
  await booksBalance(t, app.owner);
});
