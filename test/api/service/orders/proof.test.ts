/** Guarantees of codes and of what is recorded late. */
import { test } from 'tap';
import { booksBalance } from '../../../support/books.js';
import { member, type OrderTown, orderTown, plan, wang } from './people.js';

async function accepted(town: OrderTown, id = 'N1'): Promise<void> {
  await town.order(id);
  await town.ask(member('V1'), `${id}/claim`);
  town.advanceTo(plan.planned_start);
}

const shown = (code: string) => ({ volunteer: 'V1', proof: { kind: 'code', code } });
const other = (code: string, by: number) => String((Number(code) + by) % 1_000_000).padStart(6, '0');

test('five wrong codes lock an order for half an hour, the right one with them; each is counted by an entry', async (t) => {
  const town = await orderTown(t);
  await accepted(town);
  const { code } = await town.ask(member('R1'), 'N1/code', undefined, 201);
  for (let tries = 1; tries <= 4; tries++)
    await town.refused(member('V1'), 'N1/check-in', shown(other(code, tries)), 422, 'code_invalid');
  await town.refused(member('V1'), 'N1/check-in', shown(other(code, 5)), 422, 'code_locked');
  await town.refused(member('V1'), 'N1/check-in', shown(code), 422, 'code_locked');
  await town.refused(member('R1'), 'N1/code', undefined, 422, 'code_locked');
  const { history } = (await town.app.get('/v1/orders/N1', { as: wang })).body;
  t.equal(history.filter(({ event }: { event: string }) => event === 'code_failed').length, 5);
  town.advance(30 * 60_000);
  const next = await town.ask(member('R1'), 'N1/code', undefined, 201);
  t.match(await town.ask(member('V1'), 'N1/check-in', shown(next.code)), { status: 'checked_in' });
  await booksBalance(t, town.app.owner);
});

test('a code is the last one that was shown, for ten minutes, for its order; a repetition of the request shows it again', async (t) => {
  const town = await orderTown(t);
  await accepted(town);
  const show = (key: string) => town.app.post('/v1/orders/N1/code', { as: member('R1'), key });
  const first = await show('the-first-time-it-is-shown');
  t.same((await show('the-first-time-it-is-shown')).text, first.text, 'byte for byte');
  const second = await show('the-second-time-it-is-shown');
  if (first.body.code !== second.body.code)
    await town.refused(member('V1'), 'N1/check-in', shown(first.body.code), 422, 'code_invalid');
  town.advance(10 * 60_000);
  await town.refused(member('V1'), 'N1/check-in', shown(second.body.code), 422, 'code_invalid');
  const kept = await town.app.owner`select answers from timeledger.batches`;
  for (const { answers } of kept) t.notMatch(answers, new RegExp(`"code":"${second.body.code}"`), 'no answer keeps it');
  await booksBalance(t, town.app.owner);
});

test('a code proves now and no earlier moment; what is reported late says why, and paper lies with the community: 422 and 403', async (t) => {
  const town = await orderTown(t);
  await accepted(town);
  const { code } = await town.ask(member('R1'), 'N1/code', undefined, 201);
  town.advance(6 * 60_000);
  const early = { at: plan.planned_start };
  await town.refused(member('V1'), 'N1/check-in', { ...shown(code), ...early }, 422, 'proof_invalid');
  await town.refused(
    member('V1'),
    'N1/check-in',
    { volunteer: 'V1', proof: { kind: 'paper' } },
    403,
    'order_role_invalid',
  );
  await town.refused(member('R1'), 'N1/check-in', shown(code), 403, 'order_role_invalid');
  town.advance(10 * 60_000);
  const report = { volunteer: 'V1', proof: { kind: 'reported' }, ...early };
  await town.refused(member('V1'), 'N1/check-in', report, 422, 'reason_missing');
  await town.refused(
    member('V1'),
    'N1/check-in',
    { ...report, at: '2026-11-03T06:59:00+08:00', reason: '没电' },
    422,
    'service_time_invalid',
  );
  await town.refused(
    member('V1'),
    'N1/check-in',
    { ...report, at: '2026-11-03T09:30:00+08:00' },
    422,
    'date_in_future',
  );
  t.match(await town.ask(member('V1'), 'N1/check-in', { ...report, reason: '手机没电' }), {
    volunteers: [{ check_in: '2026-11-03T01:00:00.000000Z', check_in_proof: 'reported' }],
  });
  await booksBalance(t, town.app.owner);
});
