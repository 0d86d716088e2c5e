/** Guarantees of orders amid what becomes of people meanwhile: their state, a second unit, erasure; and who is shown that somebody pays. */
import { test } from 'tap';
import type { Caller } from '../../../support/app.js';
import { booksBalance } from '../../../support/books.js';
import { coinsOf, giveCoins, li, member, type OrderTown, orderTown, plan, serve, storeScan, wang } from './people.js';

const operator: Caller = { role: 'operator', subject: 'one' };
const second: Caller = { role: 'operator', subject: 'two' };
const east: Caller = { role: 'coordinator', subject: 'east', orgUnit: 'XC-02' };

test('what becomes of a volunteer after the service takes nobody’s hours, neither theirs nor those of others: 200', async (t) => {
  const town = await orderTown(t);
  const { ask, refused, app } = town;
  await town.order('N1', { volunteers_needed: 3 });
  for (const id of ['V1', 'V2', 'V3']) await ask(member(id), 'N1/claim');
  for (const [step, at] of [
    ['check-in', plan.planned_start],
    ['check-out', plan.planned_end],
  ] as const) {
    town.advanceTo(at);
    for (const id of ['V1', 'V2', 'V3'])
      await ask(member(id), `N1/${step}`, { volunteer: id, proof: { kind: 'reported' } });
  }
  await ask(operator, '/v1/members/V1/state', { state: 'suspended' });
  await ask(member('R1'), 'N1/confirm');
  town.advance(24 * 3_600_000);
  await ask(operator, '/v1/members/V2/state', { state: 'deceased' });
  await ask(operator, '/v1/members/R1/state', { state: 'deceased' });
  t.match(await ask(li, 'N1/approve'), { status: 'approved' });
  t.same(await Promise.all(['V1', 'V2', 'V3'].map((id) => coinsOf(town, id))), ['1.00', '1.00', '1.00']);
  await refused(member('V1'), 'N1/claim', undefined, 409, 'order_state_invalid');
  await booksBalance(t, app.owner);
});

test('who did not take part on the day of service has not served: neither at check-in nor in hindsight: 422', async (t) => {
  const town = await orderTown(t);
  const { ask, refused } = town;
  await town.order('N1', { volunteers_needed: 2 });
  await ask(member('V1'), 'N1/claim');
  await ask(member('V2'), 'N1/claim');
  await ask(operator, '/v1/members/V1/state', { state: 'suspended' });
  town.advanceTo(plan.planned_start);
  const moment = (volunteer: string) => ({ volunteer, proof: { kind: 'reported' } });
  await refused(member('V1'), 'N1/check-in', moment('V1'), 422, 'member_suspended');
  const evidence = await storeScan(town, wang, 'N1');
  const paper = { volunteer: 'V1', proof: { kind: 'paper', evidence } };
  await refused(wang, 'N1/check-in', paper, 422, 'member_suspended');
  await ask(member('V2'), 'N1/check-in', moment('V2'));
  await ask(wang, 'N1/no-show', { side: 'volunteer', volunteer: 'V1' });
  town.advanceTo(plan.planned_end);
  await ask(member('V2'), 'N1/check-out', moment('V2'));
  await ask(member('R1'), 'N1/confirm');
  await ask(operator, '/v1/members/V2/state', { state: 'left', effective_on: '2026-11-02' });
  await refused(li, 'N1/approve', undefined, 422, 'member_inactive');
  await ask(second, '/v1/members/V2/state', { state: 'active', effective_on: '2026-11-03' });
  t.match(await ask(li, 'N1/approve'), { status: 'approved' }, 'they came back on that very day');
  await booksBalance(t, town.app.owner);
});

test('a card that was replaced meanwhile changes nothing of who took part on which day: 200 and 422', async (t) => {
  for (const isReplaced of [false, true]) {
    const replace = (town: OrderTown) => (isReplaced ? town.ask(operator, '/v1/members/V1/replace-card') : undefined);
    const back = await orderTown(t);
    await back.order('N1');
    await back.ask(member('V1'), 'N1/claim');
    await back.ask(operator, '/v1/members/V1/state', { state: 'suspended' });
    back.advanceTo('2026-11-04T09:00:00+08:00');
    await replace(back);
    await back.ask(second, '/v1/members/V1/state', { state: 'active', effective_on: '2026-11-02' });
    for (const [step, at] of [
      ['check-in', plan.planned_start],
      ['check-out', plan.planned_end],
    ] as const)
      await back.ask(member('V1'), `N1/${step}`, {
        ...{ volunteer: 'V1', at, reason: '补录' },
        proof: { kind: 'reported' },
      });
    await back.ask(member('R1'), 'N1/confirm');
    await back.ask(operator, '/v1/members/V1/state', { state: 'left' });
    t.match(await back.ask(li, 'N1/approve'), { status: 'approved' }, 'they took part then');
    const away = await orderTown(t);
    await away.order('N1');
    await away.ask(member('V1'), 'N1/claim');
    await serve(away, 'N1', 'V1');
    await away.ask(member('R1'), 'N1/confirm');
    away.advance(24 * 3_600_000);
    await replace(away);
    await away.ask(operator, '/v1/members/V1/state', { state: 'suspended', effective_on: '2026-11-02' });
    await away.refused(li, 'N1/approve', undefined, 422, 'member_suspended');
    for (const { app } of [back, away]) await booksBalance(t, app.owner);
  }
});

test('both coordinators of a member with two units see her orders and dispatch them; others do not: 200 and 404', async (t) => {
  const town = await orderTown(t);
  const { app, ask } = town;
  await town.order('N1');
  const seenBy = async (as: Caller) => [
    (await app.get('/v1/orders/N1', { as })).status,
    (await app.get('/v1/orders', { as })).body.orders.length,
    (await app.get('/v1/orders/N1/candidates', { as })).status,
  ];
  t.same(await seenBy(east), [404, 0, 404]);
  await ask(operator, '/v1/members/R1/transfer', { org_unit: 'XC-01', second_org_unit: 'XC-02' });
  for (const as of [wang, east]) t.same(await seenBy(as), [200, 1, 200]);
  await ask(east, 'N1/offers', { volunteer: 'F1' }, 201);
  t.match(await ask(east, '/v1/orders', { ...plan, external_id: 'N2', recipient: 'R1' }, 201), { org_unit: 'XC-01' });
  t.match(await ask(east, 'N2/cancel', { reason: '重复了' }), { status: 'cancelled' });
  await ask(operator, '/v1/members/R1/transfer', { org_unit: 'XC-01', second_org_unit: null });
  t.same(await seenBy(east), [404, 0, 404]);
  await booksBalance(t, app.owner);
});

test('an erased person orders nothing and is given no order: 409', async (t) => {
  const town = await orderTown(t);
  await town.order('N1');
  for (const id of ['R2', 'V1'])
    for (const as of [operator, second])
      await town.ask(as, `/v1/members/${id}/erasure`, { reason_code: 'person_asked' }, 201);
  await town.refused(wang, '/v1/orders', { ...plan, recipient: 'R2' }, 409, 'member_erased');
  await town.refused(member('V1'), 'N1/claim', undefined, 409, 'member_erased');
  await town.refused(wang, 'N1/offers', { volunteer: 'V1' }, 409, 'member_erased');
  const weekly = { recurrence: { weekday: 2, until: '2027-01-01' } };
  await town.ask(member('R3'), '/v1/orders', { ...plan, ...weekly, external_id: 'N3', recipient: 'R3' }, 201);
  for (const as of [operator, second])
    await town.ask(as, '/v1/members/R3/erasure', { reason_code: 'person_asked' }, 201);
  await town.refused(member('V2'), 'N3/claim', undefined, 409, 'member_erased');
  town.advanceTo('2026-11-06T15:00:00+08:00');
  await town.settle();
  const { orders } = (await town.app.get('/v1/orders?recipient=R3', { as: operator })).body;
  t.match(orders, [{ id: 'N3', status: 'expired' }], 'and a series ends with them');
  t.equal(orders.length, 1);
  await booksBalance(t, town.app.owner);
});

test('a volunteer is shown that somebody pays, and not who; whoever ordered and who looks after the unit are', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '1.00');
  t.match(await town.order('N1', { funding: 'recipient' }), { funding: 'recipient', price: '1.00' });
  t.match(await town.ask(member('V1'), 'N1/claim'), { funding: null, price: '1.00', held: '1.00' });
  await town.order('N2', { planned_start: plan.planned_end, planned_end: '2026-11-03T11:00:00+08:00' });
  await town.ask(wang, 'N2/offers', { volunteer: 'V1' }, 201);
  for (const [as, first, next] of [
    [member('V1'), null, 'mint'],
    [member('R1'), 'recipient', 'mint'],
    [{ ...wang, care: true }, 'recipient', 'mint'],
    [wang, null, 'mint'],
  ] as const) {
    const { orders } = (await town.app.get('/v1/orders', { as })).body;
    t.same(
      orders.map(({ funding }: { funding: string | null }) => funding),
      [first, next],
    );
    t.equal((await town.app.get('/v1/orders/N1', { as })).body.funding, first);
  }
  await booksBalance(t, town.app.owner);
});

test('an order that has confirmed itself is due for approval at the same moment, whether or not that was written down', async (t) => {
  const town = await orderTown(t);
  const { app } = town;
  await town.order('N1');
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1');
  const shown = async () => (await app.get('/v1/orders/N1', { as: operator })).body;
  t.match(await shown(), { status: 'checked_out', expires_at: '2026-11-06T02:00:00.000000Z' });
  town.advanceTo('2026-11-06T18:00:00+08:00');
  const due = { status: 'confirmed', expires_at: '2026-11-13T02:00:00.000000Z' };
  t.match(await shown(), due);
  const listed = async (before: string) =>
    (await app.get(`/v1/orders?due_before=${before}`, { as: operator })).body.orders.length;
  t.same([await listed('2026-11-13T02:00:00Z'), await listed('2026-11-13T02:00:01Z')], [0, 1]);
  await town.settle();
  t.match(await shown(), due);
  t.same([await listed('2026-11-13T02:00:00Z'), await listed('2026-11-13T02:00:01Z')], [0, 1]);
  t.equal((await shown()).history.at(-1).event, 'confirmed');
  await booksBalance(t, app.owner);
});

test('an approval that waits longer than the rules of the planned day allow is escalated, until somebody decides: 200', async (t) => {
  const town = await orderTown(t);
  const { app } = town;
  await town.order('N1');
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1');
  await town.ask(member('R1'), 'N1/confirm');
  const confirmed = Date.parse('2026-11-03T02:00:00Z');
  const escalated = async (as: Caller) =>
    (await app.get('/v1/orders?escalated=true', { as })).body.orders.map(({ id }: { id: string }) => id);
  const after = (days: number, seconds: number) =>
    town.advanceTo(new Date(confirmed + days * 86_400_000 + seconds * 1000).toISOString());
  after(14, -1);
  t.same(await escalated(operator), []);
  after(14, 0);
  t.same([await escalated(operator), await escalated(wang)], [['N1'], ['N1']]);
  t.equal((await app.get('/v1/orders?escalated=false', { as: operator })).status, 400);
  await town.ask(li, 'N1/approve');
  t.same(await escalated(operator), []);
  await booksBalance(t, app.owner);
});

test('a volunteer is not told by their record that the fund paid, either; an auditor is', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, '', '1.00', true);
  const keeper: Caller = { ...wang, care: true };
  const visits = { reasons: ['hardship'], mode: 'doorstep', interval_days: 30, starts_on: '2026-11-10' };
  await town.ask(keeper, '/v1/care-subjects', { member: 'R1', ...visits }, 201);
  await town.ask(keeper, '/v1/orders', { ...plan, external_id: 'N1', recipient: 'R1', funding: 'fund' }, 201);
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1');
  await town.ask(member('R1'), 'N1/confirm');
  const id = (await town.ask(li, 'N1/approve')).volunteers[0].service_record;
  for (const [as, funding] of [
    [member('V1'), null],
    [{ role: 'auditor' } as Caller, 'fund'],
  ] as const) {
    t.equal((await town.app.get(`/v1/service-records/${id}`, { as })).body.funding, funding);
    t.equal((await town.app.get('/v1/service-records', { as })).body.service_records[0].funding, funding);
  }
});

test('two who have given service at one time are not one person until one of the records is annulled: 409, then 200', async (t) => {
  const town = await orderTown(t);
  await town.order('N1', { volunteers_needed: 2 });
  for (const id of ['V1', 'V2']) await town.ask(member(id), 'N1/claim');
  for (const [step, at] of [
    ['check-in', plan.planned_start],
    ['check-out', plan.planned_end],
  ] as const) {
    town.advanceTo(at);
    for (const volunteer of ['V1', 'V2'])
      await town.ask(member(volunteer), `N1/${step}`, { volunteer, proof: { kind: 'reported' } });
  }
  await town.ask(member('R1'), 'N1/confirm');
  const { volunteers } = await town.ask(li, 'N1/approve');
  await town.refused(operator, '/v1/members/V2/merge', { into: 'V1' }, 409, 'member_merge_blocked');
  const wrong = { annul: true, reason: '同一人登记两次' };
  for (const as of [operator, second])
    await town.ask(as, `/v1/service-records/${volunteers[1].service_record}/correction`, wrong);
  for (const as of [operator, second]) await town.ask(as, '/v1/members/V2/merge', { into: 'V1' });
  t.equal(await coinsOf(town, 'V1'), '1.00', 'the hour counts once');
  await booksBalance(t, town.app.owner);
});
