/** Guarantees of orders whose people turn out to be two members each: they are one person in the order, under either id. */
import { test } from 'tap';
import type { Caller } from '../../../support/app.js';
import { booksBalance } from '../../../support/books.js';
import { crowd, forget, li, member, type OrderTown, orderTown, plan, serve, wang } from './people.js';

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
