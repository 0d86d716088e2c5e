/** Guarantees of orders whose people turn out to be two members each: they are one person in the order, under either id. */
import { test } from 'tap';
import type { Caller } from '../../../support/app.js';
import { booksBalance } from '../../../support/books.js';
import { crowd, forget, giveCoins, given, li, member, type OrderTown, orderTown, plan, serve, wang } from './people.js';

const one: Caller = { role: 'operator', subject: 'one' };
const two: Caller = { role: 'operator', subject: 'two' };
const coordinator = (subject: string): Caller => ({ role: 'coordinator', subject, orgUnit: 'XC-01' });

async function mergeByTwo(town: OrderTown, id: string, into: string): Promise<void> {
  for (const as of [one, two]) await town.ask(as, `/v1/members/${id}/merge`, { into });
}

test('who gave it neither decides its dispute nor approves it under a former id (422)', async (t) => {
  const town = await orderTown(t);
  await mergeByTwo(town, 'V2', 'V1');
  await town.order('N1');
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1');
  await town.ask(member('R1'), 'N1/confirm', { minutes: 5 });
  const verdict = { verdict: 'to_volunteer' };
  await town.refused(coordinator('V2'), 'N1/verdict', verdict, 422, 'self_approval');
  await town.ask(li, 'N1/verdict', verdict);
  await town.refused(coordinator('V2'), 'N1/approve', undefined, 422, 'self_approval');
  await town.ask(li, 'N1/approve');
  await booksBalance(t, town.app.owner);
});

test('one of fifty recipients does not approve it under a former id (422), whatever the service remembers', async (t) => {
  const town = await orderTown(t);
  const others = ['R2', ...(await crowd(town, 'G', 48))];
  await mergeByTwo(town, 'V2', 'R2');
  await town.ask(wang, '/v1/orders', { external_id: 'N1', recipient: 'R1', other_recipients: others, ...plan }, 201);
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1', 'R2');
  await town.ask(member('R1'), 'N1/confirm');
  await forget(town);
  await town.refused(coordinator('V2'), 'N1/approve', undefined, 422, 'self_approval');
  await forget(town);
  await town.ask(li, 'N1/approve');
  await booksBalance(t, town.app.owner);
});

test('the orders of both ids are found and seen under the one that stays, and who pays for them is hers to know', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '1.00');
  await given(town, 'N1', { funding: 'recipient' });
  await mergeByTwo(town, 'R1', 'R2');
  await mergeByTwo(town, 'V1', 'V2');
  const seenBy = async (as: Caller, path: string) => {
    const { status, body } = await town.app.get(path, { as });
    return [status, body.funding ?? body.orders?.map(({ id, funding }: Record<string, string>) => `${id} ${funding}`)];
  };
  t.same(await seenBy(member('R2'), '/v1/orders/N1'), [200, 'recipient']);
  t.same(await seenBy(member('R2'), '/v1/orders'), [200, ['N1 recipient']]);
  t.same(await seenBy(member('V2'), '/v1/orders'), [200, ['N1 null']], 'who gave it sees it, and not who paid');
  t.same(await seenBy(member('R3'), '/v1/orders'), [200, []]);
  t.same(await seenBy(member('R3'), '/v1/orders/N1'), [404, undefined]);
  t.same(await seenBy(member('M-nobody'), '/v1/orders/N1'), [404, undefined]);
  for (const asked of ['recipient=R1', 'recipient=R2', 'volunteer=V1', 'volunteer=V2'])
    t.same(await seenBy({ ...li, care: true }, `/v1/orders?${asked}`), [200, ['N1 recipient']], asked);
  t.same(await seenBy(li, '/v1/orders?recipient=R1'), [200, ['N1 null']], 'who may not know who is in need');
  for (const asked of ['recipient=V2', 'volunteer=R2', 'volunteer=M-nobody'])
    t.same(await seenBy(li, `/v1/orders?${asked}`), [200, []], asked);
});

test('who placed an order for a relative under a former id sees it and cancels it', async (t) => {
  const town = await orderTown(t);
  await town.ask(one, '/v1/members/R1/kin', { relative: 'V3', relation: 'child', evidence: '户口簿' }, 201);
  await town.ask(two, '/v1/members/R1/kin/V3/verification', { elder_consent_on: '2026-11-01' });
  await town.ask(member('V3'), '/v1/orders', { external_id: 'N1', recipient: 'R1', ...plan }, 201);
  await mergeByTwo(town, 'V3', 'V2');
  t.match((await town.app.get('/v1/orders', { as: member('V2') })).body, { orders: [{ id: 'N1' }] });
  await town.refused(member('V1'), 'N1/cancel', { reason: '下雨' }, 404, 'order_not_found');
  t.match(await town.ask(member('V2'), 'N1/cancel', { reason: '下雨' }), { status: 'cancelled' });
});

test('an open offer to an id that ended is the offer of the one who stays, who reads why they declined; they are not asked twice', async (t) => {
  const town = await orderTown(t);
  const plans = {
    N1: plan,
    N2: { ...plan, planned_start: '2026-11-04T09:00:00+08:00', planned_end: '2026-11-04T10:00:00+08:00' },
  };
  const offers: string[] = [];
  for (const [id, more] of Object.entries(plans)) {
    await town.order(id, more);
    offers.push((await town.ask(wang, `${id}/offers`, { volunteer: 'V1' }, 201)).id);
  }
  const [first, second] = offers;
  await mergeByTwo(town, 'V1', 'V2');
  await town.refused(wang, 'N1/offers', { volunteer: 'V2' }, 409, 'offer_exists');
  await town.refused(member('V3'), `/v1/offers/${first}/accept`, undefined, 404, 'offer_not_found');
  t.match((await town.app.get('/v1/orders', { as: member('V2') })).body, { orders: [{ id: 'N1' }, { id: 'N2' }] });
  t.match(await town.ask(member('V2'), `/v1/offers/${first}/accept`), { volunteers: [{ member: 'V2' }] });
  t.match(await town.ask(member('V2'), `/v1/offers/${second}/decline`, { reason: '有事' }), { status: 'declined' });
  t.match((await town.app.get('/v1/orders/N2', { as: li })).body, { status: 'requested', texts: [{ text: '有事' }] });
  await booksBalance(t, town.app.owner);
});
