/** Guarantees of what is recorded late: one approver is not enough, two are, and the delay is told. */
import { test } from 'tap';
import type { Caller } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { giveCoins, li, member, type OrderTown, orderTown, plan, serve, wang } from './orders/people.js';

const operator: Caller = { role: 'operator', subject: 'zhou' };

/** Ten working days before Monday 2 November 2026 lies Monday 19 October. */
const visit = (day: string, more: object = {}) => ({
  ...{ external_id: `V-${day}`, volunteer: 'V1', recipient: 'R1', service_type: 'errand', proof_grade: 'B' },
  ...{ planned_start: `${day}T09:00:00+08:00`, planned_end: `${day}T10:00:00+08:00` },
  ...{ check_in: `${day}T09:00:00+08:00`, check_out: `${day}T10:00:00+08:00`, recorded_by: 'XC-01' },
  ...more,
});

const path = '/v1/service-records';
const entries = async ({ app }: OrderTown, kind: string) =>
  Number((await app.owner`select count(*) as n from timeledger.entries where kind = ${kind}`)[0]?.['n']);

test('on the tenth working day one approver records a visit, on the eleventh it takes two', async (t) => {
  const town = await orderTown(t);
  t.match(await town.ask(wang, path, visit('2026-10-19'), 201), { served_on: '2026-10-19', delay_days: 14 });
  const late = visit('2026-10-16');
  await town.refused(wang, path, late, 422, 'record_too_late');
  t.equal((await town.app.get(`${path}/V-2026-10-16`, { as: 'operator' })).status, 404);
  await town.refused(wang, path, late, 422, 'self_approval');
  await town.refused({ role: 'operator', subject: 'wang' }, path, late, 422, 'self_approval');
  const recorded = await town.ask(li, path, late, 201);
  t.match(recorded, { approved_by: 'coordinator:li', served_on: '2026-10-16', delay_days: 17, hours: '1.00' });
  t.same((await town.app.get(`${path}/V-2026-10-16`, { as: 'operator' })).body, recorded);
  t.match(await town.app.owner`select kind, record_id, first_approver, second_approver from timebank.late_records`, [
    {
      kind: 'visit',
      record_id: 'V-2026-10-16',
      first_approver: 'coordinator:wang',
      second_approver: 'coordinator:li',
    },
  ]);
  t.equal(await entries(town, 'late_record_approved'), 2);
  await town.refused(operator, path, late, 409, 'service_record_exists');
  await booksBalance(t, town.app.owner);
});

test('in a year without a calendar only Saturdays and Sundays are free', async (t) => {
  const town = await orderTown(t);
  const { app } = town;
  town.advanceTo('2027-01-04T09:00:00+08:00');
  // New Year's Day 2027 counts: eleven working days after Friday 18 December, ten after the Monday.
  await town.refused(wang, path, visit('2026-12-18'), 422, 'record_too_late');
  t.match(await town.ask(wang, path, visit('2026-12-21'), 201), { delay_days: 14 });
  await booksBalance(t, app.owner);
});

test('the second approval is of the same: another visit under the id is approved for the first time', async (t) => {
  const town = await orderTown(t);
  await town.refused(wang, path, visit('2026-10-15'), 422, 'record_too_late');
  const other = visit('2026-10-15', { check_out: '2026-10-15T11:00:00+08:00' });
  await town.refused(li, path, other, 422, 'record_too_late');
  await town.refused(li, path, other, 422, 'self_approval');
  t.match(await town.ask(wang, path, other, 201), { hours: '2.00', approved_by: 'coordinator:wang' });
  await booksBalance(t, town.app.owner);
});

test('who gave, received or recorded a late service is neither its first nor its second approver', async (t) => {
  const town = await orderTown(t);
  const late = visit('2026-10-15');
  for (const subject of ['V1', 'R1', 'XC-01']) {
    await town.refused({ role: 'operator', subject }, path, late, 422, 'self_approval');
  }
  await town.refused(wang, path, visit('2025-12-31'), 422, 'rule_set_not_effective');
  t.equal(await entries(town, 'late_record_approved'), 0);
  await town.refused(wang, path, visit('2026-10-15', { volunteer: 'R2', recipient: 'R9' }), 404, 'member_not_found');
  await town.refused(wang, path, late, 422, 'record_too_late');
  await town.refused({ role: 'operator', subject: 'V1' }, path, late, 422, 'self_approval');
  t.equal(await entries(town, 'service_recorded'), 0);
  await booksBalance(t, town.app.owner);
});

test('a second approval that cannot be recorded leaves the first as it was', async (t) => {
  const town = await orderTown(t);
  const late = visit('2026-10-15', { service_type: 'juggling' });
  await town.refused(wang, path, late, 422, 'record_too_late');
  await town.refused(li, path, late, 422, 'service_type_unknown');
  t.match(await town.app.owner`select second_approver from timebank.late_records`, [{ second_approver: null }]);
  t.equal(await entries(town, 'late_record_approved'), 1);
  await booksBalance(t, town.app.owner);
});

test('an order that is approved late takes a second approver too; until then what is held stays held', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '5.00');
  await town.order('N1', { funding: 'recipient' });
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1');
  await town.ask(member('R1'), 'N1/confirm');
  // 3 November and ten working days.
  town.advanceTo('2026-11-18T09:00:00+08:00');
  await town.refused(wang, 'N1/approve', undefined, 422, 'record_too_late');
  t.match((await town.app.get('/v1/orders/N1', { as: wang })).body, { status: 'confirmed', held: '1.00' });
  await town.refused(wang, 'N1/approve', undefined, 422, 'self_approval');
  const { volunteers, status, held } = await town.ask(li, 'N1/approve');
  t.same([status, held], ['approved', '0.00']);
  const { body } = await town.app.get(`${path}/${volunteers[0].service_record}`, { as: 'operator' });
  t.match(body, { approved_by: 'coordinator:li', delay_days: 15, coins: '1.00' });
  await booksBalance(t, town.app.owner);
});

test('an order that is approved on the tenth working day takes one approver', async (t) => {
  const town = await orderTown(t);
  await town.order('N1');
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1');
  await town.ask(member('R1'), 'N1/confirm');
  t.equal(plan.planned_start.slice(0, 10), '2026-11-03');
  town.advanceTo('2026-11-17T18:00:00+08:00');
  t.match(await town.ask(wang, 'N1/approve'), { status: 'approved' });
  await booksBalance(t, town.app.owner);
});
