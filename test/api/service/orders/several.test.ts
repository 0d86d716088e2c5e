/** Guarantees of orders for several: volunteers, recipients, weeks; and of being at one place at a time. */
import { test } from 'tap';
import type { Caller } from '../../../support/app.js';
import { booksBalance } from '../../../support/books.js';
import { coinsOf, crowd, forget, giveCoins, li, member, orderTown, plan, serve, wang } from './people.js';

const operator: Caller = { role: 'operator', subject: 'one' };
const second: Caller = { role: 'operator', subject: 'two' };

test('what a group pays is what its volunteer gets and a remainder, to the hundredth', async (t) => {
  const town = await orderTown(t);
  for (const id of ['R1', 'R2', 'R3']) await giveCoins(town, id, '1.00');
  const need = { external_id: 'N2', recipient: 'R1', other_recipients: ['R2', 'R3'], ...plan, funding: 'recipient' };
  t.match(await town.ask(wang, '/v1/orders', need, 201), { recipients: ['R1', 'R2', 'R3'], on_behalf: true });
  t.match(await town.ask(member('V1'), 'N2/claim'), { price: '1.00', held: '1.02' });
  t.same(await Promise.all(['R1', 'R2', 'R3'].map((id) => coinsOf(town, id))), ['0.66', '0.66', '0.66']);
  await serve(town, 'N2', 'V1', 'R2');
  await town.ask(member('R3'), 'N2/confirm', { minutes: 50 });
  await town.ask(li, 'N2/approve');
  // 55 minutes are 0.92; 0.31 each are 0.93.
  t.equal(await coinsOf(town, 'V1'), '0.92');
  t.same(await Promise.all(['R1', 'R2', 'R3'].map((id) => coinsOf(town, id))), ['0.69', '0.69', '0.69']);
  const { body } = await town.app.get('/v1/accounts/pool:remainder', { as: 'operator' });
  t.equal(body.balance, '0.01');
  t.equal((await town.app.get('/v1/accounts/held:orders', { as: 'operator' })).body.balance, '0.00');
  await booksBalance(t, town.app.owner);
});

test('each volunteer of several is held for, checked in and out, and recorded; who does not come costs nothing', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '3.00');
  await town.order('N1', { volunteers_needed: 3, funding: 'recipient' });
  for (const id of ['V1', 'V2', 'V3']) await town.ask(member(id), 'N1/claim');
  await town.refused(member('F1'), 'N1/claim', undefined, 409, 'order_full');
  t.equal(await coinsOf(town, 'R1'), '0.00');
  town.advanceTo(plan.planned_start);
  for (const id of ['V1', 'V2']) {
    const { code } = await town.ask(member('R1'), 'N1/code', undefined, 201);
    await town.ask(member(id), 'N1/check-in', { volunteer: id, proof: { kind: 'code', code } });
  }
  t.match(await town.ask(member('R1'), 'N1/no-show', { side: 'volunteer', volunteer: 'V3' }), { held: '2.00' });
  t.equal(await coinsOf(town, 'R1'), '1.00');
  town.advanceTo(plan.planned_end);
  for (const [id, status] of [
    ['V1', 'checked_in'],
    ['V2', 'checked_out'],
  ] as const) {
    const { code } = await town.ask(member('R1'), 'N1/code', undefined, 201);
    t.match(await town.ask(member(id), 'N1/check-out', { volunteer: id, proof: { kind: 'code', code } }), { status });
  }
  await town.ask(member('R1'), 'N1/confirm');
  const approved = await town.ask(li, 'N1/approve');
  t.same(
    approved.volunteers.map(({ member, attendance }: Record<string, string>) => [member, attendance]),
    [
      ['V1', 'attended'],
      ['V2', 'attended'],
      ['V3', 'no_show'],
    ],
  );
  t.same(await Promise.all(['R1', 'V1', 'V2', 'V3'].map((id) => coinsOf(town, id))), ['1.00', '1.00', '1.00', '0.00']);
  await booksBalance(t, town.app.owner);
});

test('nobody is at two places: as a volunteer, as a recipient, in orders and in records alike: 422', async (t) => {
  const town = await orderTown(t);
  const { ask, refused } = town;
  const station = {
    id: 'ST-1',
    kind: 'post',
    org_unit: 'XC-01',
    name: '驿站',
    functions: ['exchange'],
    opening_hours: [],
  };
  await ask({ role: 'operator', subject: 'one' }, '/v1/stations', station, 201);
  const later = { planned_start: '2026-11-03T09:30:00+08:00', planned_end: '2026-11-03T10:30:00+08:00' };
  await town.order('N1');
  await ask(member('V1'), 'N1/claim');
  await ask(member('R2'), '/v1/orders', { external_id: 'N2', recipient: 'R2', ...plan, ...later }, 201);
  await refused(member('V1'), 'N2/claim', undefined, 422, 'service_overlap');
  await refused(member('R1'), 'N2/claim', undefined, 422, 'service_overlap');
  await ask(member('V1'), '/v1/orders', { external_id: 'N3', recipient: 'V1', ...plan, ...later }, 201);
  await refused(member('V2'), 'N3/claim', undefined, 422, 'service_overlap');
  await ask(
    member('R1'),
    '/v1/orders',
    { external_id: 'N4', recipient: 'R1', ...plan, ...later, mode: 'station', station: 'ST-1' },
    201,
  );
  await refused(member('V2'), 'N4/claim', undefined, 422, 'service_overlap');
  await ask(member('V2'), 'N2/claim');
  const after = { planned_start: '2026-11-03T10:00:00+08:00', planned_end: '2026-11-03T11:00:00+08:00' };
  await ask(member('R3'), '/v1/orders', { external_id: 'N5', recipient: 'R3', ...plan, ...after }, 201);
  t.match(await ask(member('V1'), 'N5/claim'), { status: 'accepted' }, 'one begins when the other ends');
  town.advanceTo('2026-11-03T12:00:00+08:00');
  const visit = {
    ...{
      external_id: 'P1',
      volunteer: 'V1',
      recipient: 'R2',
      service_type: 'errand',
      proof_grade: 'C',
      recorded_by: 'XC-01',
    },
    ...{ planned_start: later.planned_start, planned_end: later.planned_end },
    ...{ check_in: later.planned_start, check_out: later.planned_end },
  };
  await refused(li, '/v1/service-records', visit, 422, 'service_overlap');
  await booksBalance(t, town.app.owner);
});

test('a series places its next order once the former is closed, until its last day; over a month it asks for an agreement', async (t) => {
  const town = await orderTown(t);
  const { app, ask } = town;
  const placed = await town.order('N1', { recurrence: { weekday: 2, until: '2026-11-17' } });
  t.match(placed, { recurrence: { series: 'N1', weekday: 2, until: '2026-11-17' }, written_agreement: false });
  await town.refused(
    member('R1'),
    '/v1/orders',
    { recipient: 'R1', ...plan, recurrence: { weekday: 3, until: '2026-12-31' } },
    422,
    'recurrence_invalid',
  );
  t.match(
    await ask(
      member('R2'),
      '/v1/orders',
      { recipient: 'R2', ...plan, recurrence: { weekday: 2, until: '2026-12-08' } },
      201,
    ),
    {
      written_agreement: true,
    },
  );
  const ofSeries = async () =>
    (await app.get('/v1/orders?recipient=R1', { as: wang })).body.orders
      .map(({ planned_start, status }: Record<string, string>) => `${planned_start?.slice(0, 10)} ${status}`)
      .sort();
  t.same(await ofSeries(), ['2026-11-03 requested']);
  await ask(member('R1'), 'N1/cancel', { reason: '这周不用' });
  t.same(await ofSeries(), ['2026-11-03 cancelled', '2026-11-10 requested']);
  town.advanceTo('2026-11-10T09:00:00+08:00');
  t.equal(await town.settle(), 2, 'nobody took the second; nor the one of R2');
  t.same(await ofSeries(), ['2026-11-03 cancelled', '2026-11-10 expired', '2026-11-17 requested']);
  const third = (await app.get('/v1/orders?recipient=R1&status=requested', { as: wang })).body.orders[0].id;
  await ask(member('R1'), `${third}/cancel`, { reason: '够了', series: true });
  t.same(await ofSeries(), ['2026-11-03 cancelled', '2026-11-10 expired', '2026-11-17 cancelled']);
  await booksBalance(t, app.owner);
});

test('a member sees orders they have a part in, and open ones without the recipient; a coordinator those of the scope: 200 and 404', async (t) => {
  const town = await orderTown(t);
  const { app, ask } = town;
  await town.order('N1');
  await ask({ role: 'operator', subject: 'one' }, '/v1/orders', { external_id: 'N2', recipient: 'F1', ...plan }, 201);
  const idsFor = async (as: typeof wang, path = '/v1/orders') =>
    (await app.get(path, { as })).body.orders.map(({ id }: { id: string }) => id);
  t.same(await idsFor(wang), ['N1']);
  t.same(await idsFor(member('R1')), ['N1']);
  t.same(await idsFor(member('V1')), []);
  t.equal((await app.get('/v1/orders/N1', { as: member('V1') })).status, 404);
  t.equal((await app.get('/v1/orders/N2', { as: wang })).status, 404);
  await town.refused(wang, 'N2/offers', { volunteer: 'V1' }, 404, 'order_not_found');
  await town.refused(wang, '/v1/orders', { recipient: 'F1', ...plan }, 404, 'member_not_found');
  await town.refused(member('R1'), '/v1/orders', { recipient: 'R2', ...plan }, 404, 'member_not_found');
  const open = await app.get('/v1/open-orders', { as: member('V1') });
  t.same(
    open.body.orders.map(({ id }: { id: string }) => id),
    ['N1', 'N2'],
  );
  t.notMatch(open.text, /recipient|R1|F1/);
  for (const [narrowed, ids] of [
    ['unit=XC-02', ['N2']],
    ['service_type=errand', ['N1', 'N2']],
    ['service_type=companionship', []],
    ['unit=XC-01&service_type=errand', ['N1']],
  ] as const)
    t.same(await idsFor(member('V1'), `/v1/open-orders?${narrowed}`), ids, narrowed);
  await ask(wang, 'N1/offers', { volunteer: 'V1' }, 201);
  t.equal((await app.get('/v1/orders/N1', { as: member('V1') })).status, 200, 'who is asked sees for whom');
  await ask(member('V2'), 'N1/claim');
  t.same(await idsFor(member('V1'), '/v1/open-orders'), ['N2']);
  t.same(await idsFor(wang, '/v1/orders?status=accepted&volunteer=V2&unit=XC-01'), ['N1']);
  t.same(await idsFor(wang, '/v1/orders?due_before=2026-11-06T10:00:00%2B08:00'), []);
  t.same(await idsFor(wang, '/v1/orders?due_before=2026-11-06T10:00:01%2B08:00'), ['N1']);
  await booksBalance(t, app.owner);
});

test('coins are spent on services from sixty on, on the day of the service: 422', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'V3', '2.00');
  const need = { external_id: 'N1', recipient: 'V3', ...plan };
  await town.refused(member('V3'), '/v1/orders', { ...need, funding: 'recipient' }, 422, 'redeem_age_not_met');
  t.match(await town.ask(member('V3'), '/v1/orders', need, 201), { funding: 'mint' });
  await booksBalance(t, town.app.owner);
});

test('a unit is not closed while an order of it is open: 409, then 200', async (t) => {
  const town = await orderTown(t);
  const operator = { role: 'operator', subject: 'one' } as const;
  await town.ask(operator, '/v1/orders', { external_id: 'N1', recipient: 'F1', ...plan }, 201);
  await town.ask(operator, '/v1/members/F1/transfer', { org_unit: 'XC-01' });
  await town.refused(operator, '/v1/org-units/XC-02/close', undefined, 409, 'org_unit_in_use');
  await town.ask(operator, 'N1/cancel', { reason: '搬走了' });
  t.match(await town.ask(operator, '/v1/org-units/XC-02/close'), { closed_on: '2026-11-02' });
  await booksBalance(t, town.app.owner);
});

test('a group is large, and everybody in it is looked up at once: from placed to approved on a lane that knows nobody', async (t) => {
  const town = await orderTown(t);
  const { app } = town;
  const ids = await crowd(town, 'G', 50);
  await crowd(town, 'H', 50);
  for (const id of ids.slice(0, 5)) await giveCoins(town, id, '9.00');
  const [recipient = '', ...others] = ids;
  const need = { ...plan, volunteers_needed: 50, recipient, other_recipients: others };
  await forget(town);
  await town.ask(wang, '/v1/orders', { ...need, external_id: 'N1' }, 201);
  await forget(town);
  await town.ask(wang, '/v1/orders', { ...need, external_id: 'N2', funding: 'recipient' }, 201);
  for (let i = 0; i < 50; i++) {
    if (i % 17 === 0) await forget(town);
    await town.ask(member(`H${i}`), 'N1/claim');
  }
  for (const [step, at] of [
    ['check-in', plan.planned_start],
    ['check-out', plan.planned_end],
  ] as const) {
    town.advanceTo(at);
    for (let i = 0; i < 50; i++)
      await town.ask(member(`H${i}`), `N1/${step}`, { volunteer: `H${i}`, proof: { kind: 'reported' } });
  }
  await town.ask(member(recipient), 'N1/confirm');
  await forget(town);
  t.match(await town.ask(li, 'N1/approve'), { status: 'approved' });
  await booksBalance(t, app.owner);
});

test('of people who have had two ids all is looked up at once, too: volunteers, recipients, on a lane that knows nobody', async (t) => {
  const town = await orderTown(t);
  const merge = async (id: string, into: string) => {
    for (const subject of ['one', 'two'])
      await town.ask({ role: 'operator', subject }, `/v1/members/${id}/merge`, { into });
  };
  const volunteers = await crowd(town, 'H', 40);
  for (const [i, id] of (await crowd(town, 'I', 20)).entries()) await merge(id, `H${i}`);
  await merge('R2', 'R1');
  const others = await crowd(town, 'G', 30);
  const need = { ...plan, volunteers_needed: 40, recipient: 'R1', other_recipients: others };
  await town.ask(wang, '/v1/orders', { ...need, external_id: 'N1' }, 201);
  for (const id of volunteers) await town.ask(member(id), 'N1/claim');
  for (const [step, at] of [
    ['check-in', plan.planned_start],
    ['check-out', plan.planned_end],
  ] as const) {
    town.advanceTo(at);
    for (const volunteer of volunteers)
      await town.ask(member(volunteer), `N1/${step}`, { volunteer, proof: { kind: 'reported' } });
  }
  await town.ask(member('R1'), 'N1/confirm');
  await forget(town);
  t.match(await town.ask(li, 'N1/approve'), { status: 'approved' });
  await booksBalance(t, town.app.owner);
});

test('an order is placed for the most that it can have, each of a unit of their own, or all relatives of who places it, on a lane that knows nobody: 201', async (t) => {
  const town = await orderTown(t);
  const ids = Array.from({ length: 49 }, (_, i) => `G${i}`);
  for (const [i, external_id] of ids.entries()) {
    const unit = { external_id: `XC-01-${i}`, parent_external_id: 'XC-01', level: 'community', name: '社区' };
    await town.ask(operator, '/v1/org-units', unit, 201);
    const known = { birth_date: '1950-01-01', gender: 'female', phone: null, talent_category: null };
    await town.ask(operator, '/v1/members', { ...known, external_id, name: '人', org_unit: unit.external_id }, 201);
    const kin = { relative: 'V1', relation: 'child', evidence: '户口簿' };
    await town.ask(operator, `/v1/members/${external_id}/kin`, kin, 201);
    await town.ask(second, `/v1/members/${external_id}/kin/V1/verification`, { elder_consent_on: '2026-11-01' });
  }
  const [recipient = '', ...others] = ids;
  const need = { ...plan, recipient, other_recipients: others };
  await forget(town);
  t.equal((await town.ask(wang, '/v1/orders', { ...need, external_id: 'N1' }, 201)).recipients.length, 49);
  await forget(town);
  t.equal((await town.ask(member('V1'), '/v1/orders', { ...need, external_id: 'N2' }, 201)).recipients.length, 49);
  await forget(town);
  await town.refused(member('V2'), '/v1/orders', { ...need, external_id: 'N3' }, 404, 'member_not_found');
  await booksBalance(t, town.app.owner);
});

test('a member who leads one of fifty teams that are asked finds the order, on a lane that knows nobody', async (t) => {
  const town = await orderTown(t);
  await town.order('N1');
  for (let i = 0; i < 50; i++) {
    await town.ask(
      operator,
      '/v1/teams',
      { id: `T${i}`, org_unit: 'XC-01', name: '队', leader: i < 49 ? 'V1' : 'V2' },
      201,
    );
    await town.ask(wang, 'N1/offers', { team: `T${i}` }, 201);
  }
  await forget(town);
  await town.refused(member('V2'), 'N1/confirm', undefined, 403, 'order_role_invalid');
  await forget(town);
  await town.refused(member('V3'), 'N1/confirm', undefined, 404, 'order_not_found');
});
