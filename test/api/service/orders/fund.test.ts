/** Guarantees of the fund: what it holds for orders that have expired is free for whatever else it is to pay, whether that was written down or not. */

import { type Test, test } from 'tap';
import { approveOrder } from '../../../../src/timebank/service/orders/approve.js';
import type { Caller } from '../../../support/app.js';
import { booksBalance, run } from '../../../support/books.js';
import { adoptRules } from '../../../support/rules.js';
import { giveCoins, member, type OrderTown, orderTown, plan, serve, wang } from './people.js';

const operator: Caller = { role: 'operator', subject: 'one' };
const second: Caller = { role: 'operator', subject: 'two' };
const keeper: Caller = { ...wang, care: true };

/** A town in which the fund has so much and may pay for R1. */
async function fundTown(t: Test, amount: string): Promise<OrderTown> {
  const town = await orderTown(t);
  await giveCoins(town, '', amount, true);
  const visits = { reasons: ['hardship'], mode: 'doorstep', interval_days: 30, starts_on: '2026-11-10' };
  await town.ask(keeper, '/v1/care-subjects', { member: 'R1', ...visits }, 201);
  return town;
}

/** An order for an hour of a day, which the fund is to pay. */
const need = (external_id: string, hour: number, day = '2026-11-03') => ({
  ...{ ...plan, external_id, recipient: 'R1', funding: 'fund' },
  ...{ planned_start: `${day}T${hour}:00:00+08:00`, planned_end: `${day}T${hour + 1}:00:00+08:00` },
});

/** V1 accepts an order, and nobody comes. */
async function lapse(town: OrderTown, id: string, hour: number): Promise<void> {
  await town.ask(keeper, '/v1/orders', need(id, hour), 201);
  await town.ask(member('V1'), `${id}/claim`);
}

const afterwards = '2026-11-06T15:00:00+08:00';

const lastEvent = async ({ app }: OrderTown, id: string) =>
  (await app.get(`/v1/orders/${id}`, { as: operator })).body.history.at(-1);

test('what the fund holds for orders that have expired can be held again at once, whether or not that was written down', async (t) => {
  const town = await fundTown(t, '2.00');
  await lapse(town, 'N1', 13);
  await lapse(town, 'N2', 14);
  await town.ask(keeper, '/v1/orders', need('N3', 15), 201);
  await town.refused(member('V1'), 'N3/claim', undefined, 422, 'balance_insufficient');
  town.advanceTo(afterwards);
  await town.ask(keeper, '/v1/orders', need('N4', 13, '2026-11-07'), 201);
  t.match(await town.ask(member('V1'), 'N4/claim'), { held: '1.00' });
  t.match([await lastEvent(town, 'N1'), await lastEvent(town, 'N2')], [{ event: 'expired' }, { event: 'claimed' }]);
  t.equal(await town.settle(), 2, 'the others wait for the worker');
  await booksBalance(t, town.app.owner);
});

/** The entry by which the fund came to have what it has. */
async function firstEntry({ app }: OrderTown): Promise<string> {
  const { body } = await app.get('/v1/accounts/pool:fund/statement?from=2026-11-01&to=2026-11-30', { as: operator });
  return body.lines[0].entry;
}

const spent = (...amounts: string[]) => ({
  ...{ reference: 'DOC-2', reason: 'taken back' },
  legs: amounts.map((amount) => ({ debit: 'pool:fund', credit: 'coin:issuance', amount })),
});

/** Ways in which an operator takes two coins from the fund, in several legs or one. */
const ways: Record<string, (town: OrderTown) => Promise<unknown>> = {
  'an adjustment that another person approves': async (town) => {
    const { id } = await town.ask(operator, '/v1/adjustments', spent('0.50', '1.50'), 201);
    return town.ask(second, `/v1/adjustments/${id}/approve`);
  },
  'an adjustment that one person may post alone': async (town) => {
    await adoptRules(town.app.lane, { adjustment_alone_max: '2.00' });
    return town.ask(operator, '/v1/adjustments', spent('0.50', '1.50'), 201);
  },
  'the reversal of what it was given': async (town) =>
    town.ask(operator, `/v1/entries/${await firstEntry(town)}/reversal`, {}, 201),
};

for (const [way, take] of Object.entries(ways))
  test(`what the fund holds for orders that have expired is free for ${way}`, async (t) => {
    const town = await fundTown(t, '2.00');
    await lapse(town, 'N1', 13);
    await lapse(town, 'N2', 14);
    town.advanceTo(afterwards);
    await take(town);
    const { balance } = (await town.app.get('/v1/accounts/pool:fund', { as: operator })).body;
    t.equal(balance, '0.00');
    t.match([await lastEvent(town, 'N1'), await lastEvent(town, 'N2')], [{ event: 'expired' }, { event: 'expired' }]);
    await booksBalance(t, town.app.owner);
  });

test('what the fund holds for orders that have not expired stays held, whoever would have it: 422', async (t) => {
  const town = await fundTown(t, '2.00');
  await lapse(town, 'N1', 13);
  const { id } = await town.ask(operator, '/v1/adjustments', spent('0.50', '1.50'), 201);
  await town.refused(second, `/v1/adjustments/${id}/approve`, undefined, 422, 'balance_insufficient');
  const reversal = `/v1/entries/${await firstEntry(town)}/reversal`;
  await town.refused(operator, reversal, {}, 422, 'balance_insufficient');
  t.match(await lastEvent(town, 'N1'), { event: 'claimed' });
  await booksBalance(t, town.app.owner);
});

test('a reversal of a record takes from the fund what it holds for an expired order, and both histories name their entries', async (t) => {
  const town = await fundTown(t, '1.00');
  await giveCoins(town, 'R1', '1.00');
  await town.order('N1', { funding: 'recipient' });
  await town.ask(member('V1'), 'N1/claim');
  await lapse(town, 'N2', 13);
  await serve(town, 'N1', 'V1');
  await town.ask(member('R1'), 'N1/confirm');
  const actor = 'coordinator:li';
  // As rules could be that let the fund have what is over the holding cap.
  const rules = await adoptRules(town.app.lane, { holding_cap: '0.25', holding_cap_excess: 'pool:fund' });
  await run(town.app.lane, (stage) => approveOrder(stage, rules, 'N1', { actor, member: null, reach: null }), {
    actor,
  });
  const { id } = await town.ask(operator, '/v1/adjustments', spent('0.75'), 201);
  await town.ask(second, `/v1/adjustments/${id}/approve`);
  town.advanceTo(afterwards);
  const { service_record: record } = (await town.app.get('/v1/orders/N1', { as: operator })).body.volunteers[0];
  const path = `/v1/service-records/${record}/correction`;
  const annulled = { annul: true, reason: '并未提供服务' };
  await town.ask(operator, path, annulled);
  const { entry } = await town.ask(second, path, annulled);
  t.match(await lastEvent(town, 'N1'), { event: 'annulled', entry });
  t.match(await lastEvent(town, 'N2'), { event: 'expired', entry: String(Number(entry) - 1) });
  await booksBalance(t, town.app.owner);
});
