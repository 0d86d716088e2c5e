/** Guarantees of orders over HTTP: from a need to an approved hour, every step an entry that can be proved. */
import { test } from 'tap';
import { tablesHolding } from '../../../support/all-text.js';
import { booksBalance } from '../../../support/books.js';
import { coinsOf, giveCoins, li, member, orderTown, plan, serve, wang } from './people.js';

test('a need is placed, offered, accepted, checked in and out, confirmed and approved: an hour and a coin, and who did what', async (t) => {
  const town = await orderTown(t);
  const { app, ask } = town;
  const placed = await town.order('N1', { note: '三楼' });
  t.match(placed, { id: 'N1', status: 'requested', placed_by: 'member:R1', on_behalf: false, volunteers: [] });
  const first = await ask(wang, 'N1/offers', { volunteer: 'V1' }, 201);
  t.match(first, { order: 'N1', volunteer: 'V1', status: 'open', expires_at: '2026-11-03T01:00:00.000000Z' });
  t.match(await ask(member('V1'), `/v1/offers/${first.id}/decline`, { reason: '当天有事' }), { status: 'declined' });
  const second = await ask(wang, 'N1/offers', { volunteer: 'V2' }, 201);
  t.match(await ask(member('V2'), `/v1/offers/${second.id}/accept`), { status: 'accepted', held: '0.00' });
  await serve(town, 'N1', 'V2');
  t.match(await ask(member('R1'), 'N1/confirm', { rating: 5, comment: '很好' }), { status: 'confirmed', rating: 5 });
  const approved = await ask(wang, 'N1/approve');
  t.match(approved, { status: 'approved', expires_at: null });
  const record = approved.volunteers[0].service_record;
  t.match((await app.get(`/v1/service-records/${record}`, { as: 'auditor' })).body, {
    ...{ volunteer: 'V2', recipient: 'R1', order: 'N1', proof_grade: 'A', hours: '1.00', coins: '1.00', funding: null },
    ...{ recorded_by: 'XC-01', approved_by: 'coordinator:wang', entry: approved.entry },
  });
  t.equal(await coinsOf(town, 'V2'), '1.00');
  const details = (await app.get('/v1/orders/N1', { as: member('R1') })).body;
  t.same(
    details.history.map(({ event, member, by }: Record<string, string>) => [event, member, by]),
    [
      ['placed', null, 'member:R1'],
      ['offered', 'V1', 'coordinator:wang'],
      ['declined', 'V1', 'member:V1'],
      ['offered', 'V2', 'coordinator:wang'],
      ['accepted', 'V2', 'member:V2'],
      ['code_issued', 'R1', 'member:R1'],
      ['checked_in', 'V2', 'member:V2'],
      ['code_issued', 'R1', 'member:R1'],
      ['checked_out', 'V2', 'member:V2'],
      ['confirmed', 'R1', 'member:R1'],
      ['approved', null, 'coordinator:wang'],
    ],
  );
  for (const { entry, recorded_at } of details.history)
    t.match((await app.get(`/v1/entries/${entry}`, { as: 'auditor' })).body, { number: entry, recorded_at });
  t.same(details.texts, [
    { about: 'confirm', text: '很好' },
    { about: 'note', text: '三楼' },
  ]);
  const seen = (await app.get('/v1/orders/N1', { as: wang })).body.texts;
  t.same(seen.at(-1), { about: `offer:${first.id}`, text: '当天有事' }, 'why somebody declined is for the community');
  t.same((await app.get('/v1/orders/N1', { as: 'auditor' })).body.texts, [], 'an auditor reads no words');
  await booksBalance(t, app.owner);
});

test('an order that the recipient pays holds the price at acceptance, and pays what was given, at most the price', async (t) => {
  const town = await orderTown(t);
  const { app, ask } = town;
  await town.order('N1', { funding: 'recipient' });
  await town.refused(member('V1'), 'N1/claim', undefined, 422, 'balance_insufficient');
  await giveCoins(town, 'R1', '3.00');
  t.match(await ask(member('V1'), 'N1/claim'), { status: 'accepted', price: '1.00', held: '1.00' });
  t.equal(await coinsOf(town, 'R1'), '2.00');
  await serve(town, 'N1', 'V1');
  await ask(member('R1'), 'N1/confirm', { minutes: 50 });
  const approved = await ask(li, 'N1/approve');
  t.match(approved, { held: '0.00' });
  const record = approved.volunteers[0].service_record;
  t.match((await app.get(`/v1/service-records/${record}`, { as: 'auditor' })).body, {
    ...{ hours: '0.92', coins: '0.92', funding: 'recipient', differences: [] },
  });
  t.equal(await coinsOf(town, 'R1'), '2.08');
  t.equal(await coinsOf(town, 'V1'), '0.92');
  await booksBalance(t, app.owner);
});

test('what is held goes back when the order is cancelled, expires, is rejected, or the volunteer leaves it', async (t) => {
  const town = await orderTown(t);
  const { ask } = town;
  await giveCoins(town, 'R1', '1.00');
  const accepted = async (id: string) => {
    await town.order(id, { funding: 'recipient' });
    await ask(member('V1'), `${id}/claim`);
    t.equal(await coinsOf(town, 'R1'), '0.00', `${id} holds it`);
  };
  await accepted('N1');
  t.match(await ask(member('V1'), 'N1/cancel', { reason: '病了' }), { status: 'requested', held: '0.00' });
  t.equal(await coinsOf(town, 'R1'), '1.00');
  await ask(member('V2'), 'N1/claim');
  t.match(await ask(member('R1'), 'N1/cancel', { reason: '不需要了' }), { status: 'cancelled', held: '0.00' });
  await accepted('N2');
  await serve(town, 'N2', 'V1');
  t.match(await ask(li, 'N2/reject', { reason: '没有来' }), { status: 'rejected', held: '0.00' });
  t.equal(await coinsOf(town, 'R1'), '1.00');
  await booksBalance(t, town.app.owner);
});

test('a deadline is judged when it is read and when it is used, whether or not a worker has run', async (t) => {
  const town = await orderTown(t);
  const { app, ask } = town;
  const statusOf = async (id: string) => (await app.get(`/v1/orders/${id}`, { as: 'operator' })).body.status;
  await giveCoins(town, 'R1', '1.00');
  for (const id of ['N1', 'N2', 'N3']) await town.order(id, id === 'N2' ? { funding: 'recipient' } : {});
  const offer = await ask(wang, 'N1/offers', { volunteer: 'V1' }, 201);
  await ask(member('V2'), 'N2/claim');
  await ask(member('V3'), 'N3/claim');
  town.advance(24 * 3_600_000);
  t.equal(await statusOf('N1'), 'expired', 'nobody took it up until it should begin');
  await town.refused(member('V1'), `/v1/offers/${offer.id}/accept`, undefined, 409, 'offer_not_open');
  await town.refused(member('V1'), 'N1/claim', undefined, 409, 'order_state_invalid');
  town.advanceTo('2026-11-06T10:00:00+08:00');
  t.equal(await statusOf('N2'), 'expired', 'nobody came');
  t.equal((await app.get('/v1/orders/N2', { as: 'operator' })).body.held, '0.00');
  t.equal(await coinsOf(town, 'R1'), '1.00', 'what was held is free at once');
  t.same(
    (await app.get('/v1/orders?status=expired', { as: wang })).body.orders.map(({ id }: { id: string }) => id),
    ['N1', 'N2', 'N3'],
  );
  await ask(
    member('R1'),
    '/v1/orders',
    {
      ...{ external_id: 'N4', recipient: 'R1', ...plan, funding: 'recipient' },
      ...{ planned_start: '2026-11-07T09:00:00+08:00', planned_end: '2026-11-07T10:00:00+08:00' },
    },
    201,
  );
  t.match(await ask(member('V1'), 'N4/claim'), { held: '1.00' }, 'and can be held again');
  await booksBalance(t, app.owner);
});

test('what was written about an order is erased, once, and every step of it stays: 201 and 409', async (t) => {
  const town = await orderTown(t);
  const { app, ask } = town;
  await town.order('N1', { note: '三楼王奶奶' });
  await ask(member('R1'), 'N1/cancel', { reason: '王奶奶住院了' });
  const operator = { role: 'operator', subject: 'one' } as const;
  await ask(operator, 'N1/text-erasure', { reason: 'person_asked' }, 201);
  await town.refused(operator, 'N1/text-erasure', { reason: 'person_asked' }, 409, 'text_absent');
  t.match((await app.get('/v1/orders/N1', { as: member('R1') })).body, {
    status: 'cancelled',
    texts: [
      { about: 'cancel', text: null },
      { about: 'note', text: null },
    ],
    history: [{ event: 'placed' }, { event: 'cancelled' }],
  });
  t.same(await tablesHolding(app.owner, '王奶奶'), []);
  await booksBalance(t, app.owner);
});
