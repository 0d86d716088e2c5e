/** Guarantees of placing an order: its id is taken once, whoever remembers it, and what is known of it without a look is true. */
import { test } from 'tap';
import { xinchangPilot1 as rules } from '../../../../src/timebank/credit/xinchang-pilot.js';
import { offerOrder } from '../../../../src/timebank/service/orders/offers.js';
import { type OrderRequest, placeOrder } from '../../../../src/timebank/service/orders/place.js';
import { offerRows, orderPeopleRows } from '../../../../src/timebank/service/orders/rows.js';
import type { Asking } from '../../../../src/timebank/service/orders/who.js';
import { books, booksBalance, run } from '../../../support/books.js';
import { must, settle } from '../../../support/story.js';

const wang: Asking = { actor: 'coordinator:wang', member: null, reach: null };
const request: OrderRequest = {
  ...{ id: 'N1', recipient: 'M1', otherRecipients: [], serviceType: 'errand', mode: 'home', station: null },
  ...{ plannedStart: '2026-11-03T09:00:00+08:00', plannedEnd: '2026-11-03T10:00:00+08:00' },
  ...{ volunteersNeeded: 1, funding: 'mint', note: null, recurrence: null },
};

test('an id is taken once, also for a service that has never heard of the order: order_exists, and the first one stays', async (t) => {
  const { lane, owner, openLane } = await books(t);
  await settle(lane);
  await must(lane, (stage) => placeOrder(stage, rules, request, wang));
  const again = { ...request, recipient: 'M2' };
  t.match(await run(lane, (stage) => placeOrder(stage, rules, again, wang)), { code: 'order_exists' });
  const other = await openLane();
  t.match(await run(other, (stage) => placeOrder(stage, rules, again, wang)), { code: 'order_exists' });
  t.match(await run(await openLane(), (stage) => placeOrder(stage, rules, again, wang), { dryRun: true }), {
    code: 'order_exists',
  });
  // Of two at once one has it.
  const both = await Promise.all(
    [lane, other].map((one) => run(one, (stage) => placeOrder(stage, rules, { ...request, id: 'N2' }, wang))),
  );
  t.same(both.map(({ code = 'ok' }) => code).sort(), ['ok', 'order_exists']);
  const [{ recipient_id: recipient } = {}] =
    await owner`select recipient_id from timebank.orders where order_id = 'N1'`;
  t.equal(recipient, 'M1');
  await booksBalance(t, owner);
});

test('who takes part in an order and whom it was offered to is the same for the lane that placed it and for one that looks', async (t) => {
  const { lane, owner, openLane } = await books(t);
  await settle(lane);
  await must(lane, (stage) => placeOrder(stage, rules, { ...request, otherRecipients: ['M2'] }, wang));
  const lists = async (of: typeof lane) =>
    must(of, (stage) => ({
      people: stage.rows(orderPeopleRows, 'order', 'N1').map(({ member_id: id }) => id),
      offers: stage.rows(offerRows, 'order', 'N1').map(({ offer_id: id }) => id),
    }));
  const placed = { people: ['M1', 'M2'], offers: [] };
  t.same(await lists(lane), placed);
  t.same(await lists(await openLane()), placed);
  await must(lane, (stage) => placeOrder(stage, rules, { ...request, id: 'N2' }, wang));
  const asked = { orderId: 'N2', volunteer: 'M2', id: 'O1' };
  await must(lane, (stage) => offerOrder(stage, rules, asked, wang));
  t.match(await run(lane, (stage) => offerOrder(stage, rules, { ...asked, id: 'O2' }, wang)), { code: 'offer_exists' });
  await booksBalance(t, owner);
});
