/** Guarantees of correcting records of services that were given in orders. */
import { test } from 'tap';
import { booksBalance } from '../../../support/books.js';
import { coinsOf, giveCoins, li, member, type OrderTown, orderTown, serve, wang } from './people.js';

const operator = { role: 'operator', subject: 'zhao' } as const;
const wrong = { check_out: '2026-11-03T09:45:00+08:00', reason: '签出时间有误' };

/** An order from one end to the other; the id of its service record. */
async function given(town: OrderTown, id: string, more: object): Promise<string> {
  await town.order(id, more);
  await town.ask(member('V1'), `${id}/claim`);
  await serve(town, id, 'V1');
  await town.ask(member('R1'), `${id}/confirm`);
  return (await town.ask(li, `${id}/approve`)).volunteers[0].service_record;
}

test('a service of an order whose coins were minted is corrected, and stays a service of that order: 200', async (t) => {
  const town = await orderTown(t);
  const record = await given(town, 'N1', {});
  const path = `/v1/service-records/${record}/correction`;
  t.match(await town.ask(wang, path, wrong), { status: 'proposed' });
  t.match(await town.ask(operator, path, { ...wrong, external_id: 'V1' }, 409), { code: 'correction_differs' });
  const { corrected_by } = await town.ask(operator, path, wrong);
  const { body } = await town.app.get(`/v1/service-records/${corrected_by}`, { as: 'auditor' });
  t.match(body, { order: 'N1', corrects: record, hours: '0.75', coins: '0.50', funding: null });
  t.equal(await coinsOf(town, 'V1'), '0.50');
  await booksBalance(t, town.app.owner);
});

test('coins that a recipient paid are not corrected here: 422', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '1.00');
  const record = await given(town, 'N1', { funding: 'recipient' });
  await town.refused(wang, `/v1/service-records/${record}/correction`, wrong, 422, 'record_paid_by_order');
  t.same((await town.app.get('/v1/service-corrections', { as: 'auditor' })).body.corrections, []);
  t.equal(await coinsOf(town, 'V1'), '1.00');
  await booksBalance(t, town.app.owner);
});
