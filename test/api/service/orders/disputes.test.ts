/** Guarantees of what is said of a service afterwards: confirmed, by itself, or disputed and decided; and what it is worth then. */
import { test } from 'tap';
import { booksBalance } from '../../../support/books.js';
import { coinsOf, giveCoins, li, member, type OrderTown, orderTown, plan, serve, storeScan, wang } from './people.js';

/** The service record of an order's only volunteer. */
async function recordOf({ app }: OrderTown, id: string) {
  const { body } = await app.get(`/v1/orders/${id}`, { as: 'operator' });
  const record = body.volunteers[0].service_record;
  return (await app.get(`/v1/service-records/${record}`, { as: 'auditor' })).body;
}

/** An order that V1 has been to, for as long as planned; each moment said by the volunteer alone. */
async function reported(town: OrderTown, id: string): Promise<void> {
  await town.order(id);
  await town.ask(member('V1'), `${id}/claim`);
  for (const [step, at] of [
    ['check-in', plan.planned_start],
    ['check-out', plan.planned_end],
  ] as const) {
    town.advanceTo(at);
    await town.ask(member('V1'), `${id}/${step}`, { volunteer: 'V1', proof: { kind: 'reported' } });
  }
}

test('two sides a quarter of an hour apart count with their mean; a minute more is a dispute, which another decides', async (t) => {
  for (const [minutes, status, hours] of [
    [45, 'confirmed', '0.88'],
    [44, 'disputed', null],
    [75, 'confirmed', '1.13'],
    [76, 'disputed', null],
  ] as const) {
    const town = await orderTown(t);
    await town.order('N1');
    await town.ask(member('V1'), 'N1/claim');
    await serve(town, 'N1', 'V1');
    t.match(await town.ask(member('R1'), 'N1/confirm', { minutes }), { status, recipient_minutes: minutes });
    if (hours !== null) {
      await town.ask(li, 'N1/approve');
      t.match(await recordOf(town, 'N1'), { hours, proof_grade: 'A' });
    }
    await booksBalance(t, town.app.owner);
  }
});

test('a verdict takes the volunteer’s time, the recipient’s minutes, its own, or the mean of both; never over a quarter more than the plan', async (t) => {
  for (const [verdict, minutes, hours] of [
    ['to_volunteer', undefined, '1.00'],
    ['to_recipient', undefined, '0.50'],
    ['upheld', undefined, '0.75'],
    ['upheld', 50, '0.83'],
    ['upheld', 90, '1.25'],
  ] as const) {
    const town = await orderTown(t);
    await town.order('N1');
    await town.ask(member('V1'), 'N1/claim');
    await serve(town, 'N1', 'V1');
    await town.ask(member('R1'), 'N1/confirm', { minutes: 30 });
    await town.refused(li, 'N1/approve', undefined, 409, 'order_state_invalid');
    await town.ask(wang, 'N1/verdict', { verdict, ...(minutes && { minutes }) });
    await town.ask(li, 'N1/approve');
    t.match(await recordOf(town, 'N1'), { hours }, `${verdict} ${minutes ?? ''}`);
    await booksBalance(t, town.app.owner);
  }
});

test('of several volunteers a verdict counts each one’s minutes; of nobody who was not there: 422', async (t) => {
  const town = await orderTown(t);
  await town.order('N1', { volunteers_needed: 3 });
  for (const id of ['V1', 'V2', 'V3']) await town.ask(member(id), 'N1/claim');
  for (const [step, at] of [
    ['check-in', plan.planned_start],
    ['check-out', plan.planned_end],
  ] as const) {
    town.advanceTo(at);
    for (const volunteer of ['V1', 'V2'])
      await town.ask(member(volunteer), `N1/${step}`, { volunteer, proof: { kind: 'reported' } });
    if (step === 'check-in') await town.ask(wang, 'N1/no-show', { side: 'volunteer', volunteer: 'V3' });
  }
  await town.ask(member('R1'), 'N1/dispute', { reason: '有一位提前离开' });
  const verdict = (...volunteers: object[]) => ({ verdict: 'upheld', minutes: 60, volunteers });
  for (const volunteers of [
    [{ volunteer: 'V3', minutes: 30 }],
    [
      { volunteer: 'V2', minutes: 30 },
      { volunteer: 'V2', minutes: 40 },
    ],
  ])
    await town.refused(wang, 'N1/verdict', verdict(...volunteers), 422, 'verdict_invalid');
  await town.refused(
    wang,
    'N1/verdict',
    { verdict: 'to_recipient', volunteers: [{ volunteer: 'V2', minutes: 30 }] },
    422,
    'verdict_invalid',
  );
  const decided = await town.ask(wang, 'N1/verdict', verdict({ volunteer: 'V2', minutes: 30 }));
  const minutesOf = (one: { verdict_minutes: number | null }) => one.verdict_minutes;
  t.same(decided.volunteers.map(minutesOf), [60, 30, null]);
  const { volunteers } = await town.ask(li, 'N1/approve');
  const hours = volunteers
    .slice(0, 2)
    .map(
      async ({ service_record: id }: { service_record: string }) =>
        (await town.app.get(`/v1/service-records/${id}`, { as: 'auditor' })).body.hours,
    );
  t.same(await Promise.all(hours), ['1.00', '0.50']);
  await booksBalance(t, town.app.owner);
});

test('a verdict can say who was not there, and be replaced until it is approved, so that nobody’s hours are lost with another’s', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '2.00');
  await town.order('N1', { volunteers_needed: 2, funding: 'recipient' });
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
  const died = { state: 'deceased', effective_on: '2026-11-02' };
  await town.ask({ role: 'operator', subject: 'one' }, '/v1/members/V1/state', died);
  await town.refused(li, 'N1/approve', undefined, 422, 'member_inactive');
  await town.ask(wang, 'N1/dispute', { reason: '志愿者前一日已去世' });
  const verdict = (...volunteers: object[]) => ({ verdict: 'upheld', minutes: 30, volunteers });
  const [nobody, other] = [
    { volunteer: 'V1', minutes: 0 },
    { volunteer: 'V2', minutes: 0 },
  ];
  await town.refused(wang, 'N1/verdict', verdict(nobody, other), 422, 'verdict_invalid');
  await town.ask(wang, 'N1/verdict', verdict());
  await town.refused(li, 'N1/approve', undefined, 422, 'member_inactive');
  const decided = await town.ask(wang, 'N1/verdict', { verdict: 'to_volunteer', volunteers: [nobody] });
  t.match(decided, { status: 'to_volunteer', held: '1.00' });
  t.same(
    decided.volunteers.map((one: Record<string, unknown>) => [one['attendance'], one['verdict_minutes']]),
    [
      ['no_show', null],
      ['checked_out', null],
    ],
  );
  await town.ask(li, 'N1/approve');
  t.same(await Promise.all(['R1', 'V1', 'V2'].map((id) => coinsOf(town, id))), ['1.00', '0.00', '1.00']);
  await booksBalance(t, town.app.owner);
});

test('without a word of the recipient, devices at both ends confirm an order after three days; reports do not', async (t) => {
  const town = await orderTown(t);
  await town.order('N1');
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1');
  const statusOf = async () => (await town.app.get('/v1/orders/N1', { as: 'operator' })).body.status;
  town.advance(72 * 3_600_000 - 1);
  t.equal(await statusOf(), 'checked_out');
  await town.refused(li, 'N1/approve', undefined, 409, 'order_state_invalid');
  town.advance(1);
  t.equal(await statusOf(), 'confirmed');
  t.match(await town.ask(li, 'N1/approve'), { status: 'approved' });
  const other = await orderTown(t);
  await reported(other, 'N2');
  other.advance(100 * 3_600_000);
  t.equal((await other.app.get('/v1/orders/N2', { as: 'operator' })).body.status, 'checked_out');
  await other.refused(li, 'N2/approve', undefined, 409, 'order_state_invalid');
  for (const { app } of [town, other]) await booksBalance(t, app.owner);
});

test('reports that the recipient confirms are grade B, those that the community writes down are C and mint nothing', async (t) => {
  for (const [as, grade, coins] of [
    [member('R1'), 'B', '1.00'],
    [wang, 'C', '0.00'],
  ] as const) {
    const town = await orderTown(t);
    await reported(town, 'N1');
    await town.ask(as, 'N1/confirm');
    if (as === wang) await town.refused(wang, 'N1/approve', undefined, 422, 'self_approval');
    await town.ask(li, 'N1/approve');
    t.match(await recordOf(town, 'N1'), { proof_grade: grade, hours: '1.00', coins });
    await booksBalance(t, town.app.owner);
  }
});

test('who recorded a moment, or placed the order for another, does not approve it: 422', async (t) => {
  const town = await orderTown(t);
  const need = { external_id: 'N1', recipient: 'R1', ...plan };
  t.match(await town.ask(wang, '/v1/orders', need, 201), { placed_by: 'coordinator:wang', on_behalf: true });
  await town.ask(member('V1'), 'N1/claim');
  const evidence = await storeScan(town, li, 'N1');
  for (const [step, at] of [
    ['check-in', plan.planned_start],
    ['check-out', plan.planned_end],
  ] as const) {
    town.advanceTo(at);
    await town.ask(li, `N1/${step}`, { volunteer: 'V1', proof: { kind: 'paper', evidence } });
  }
  await town.ask(member('R1'), 'N1/confirm');
  for (const as of [wang, li, { role: 'operator', subject: 'V1' }, { role: 'operator', subject: 'R1' }] as const)
    await town.refused(as, 'N1/approve', undefined, 422, 'self_approval');
  await town.ask({ role: 'operator', subject: 'zhou' }, 'N1/approve');
  t.match(await recordOf(town, 'N1'), { proof_grade: 'C', coins: '0.00', approved_by: 'operator:zhou' });
  await booksBalance(t, town.app.owner);
});
