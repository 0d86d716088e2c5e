/** Guarantees of gifts over HTTP: what is offered is held, only the one who is meant takes it, and whatever is not taken comes back. */
import { test } from 'tap';
import type { Caller, TestApp } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { balanceOf } from '../../support/redeeming.js';
import { adjust } from '../../support/story.js';
import { ask, county, east, li, member, merge, wang } from '../people/county.js';

const hour = 3_600_000;
const west: Caller = { role: 'coordinator', subject: 'west', orgUnit: 'XC-010' };

/** M1 has 10.00 coins and 500 points. */
async function town(t: Parameters<typeof county>[0]) {
  const { clock, advance } = fixedClock();
  const app = await county(t, { clock });
  await adjust(app.lane, [
    { debit: 'coin:issuance', credit: 'member:M1:coins', amount: '10.00' },
    { debit: 'point:issuance', credit: 'member:M1:points', amount: '500' },
  ]);
  return { app, advance };
}

const offer = (app: TestApp, as: Caller, to: string, purse: string, amount: string) =>
  app.post('/v1/gifts', { as, body: { to, purse, amount } });

const answer = (app: TestApp, as: Caller, id: string, verb: 'accept' | 'decline' | 'withdraw') =>
  app.post(`/v1/gifts/${id}/${verb}`, { as });

const state = ({ status, body }: Awaited<ReturnType<typeof offer>>) => `${status} ${body.code ?? body.state}`;

async function held(app: TestApp, id: string): Promise<Record<string, string>> {
  const { balances } = (await app.get(`/v1/members/${id}/balances`, { as: 'operator' })).body;
  return Object.fromEntries(balances.map((one: { purse: string; balance: string }) => [one.purse, one.balance]));
}

test('a gift is held, then accepted, and points keep their last day', async (t) => {
  const { app } = await town(t);
  const { status, body } = await offer(app, member('M1'), 'M2', 'points', '30');
  t.equal(status, 201);
  t.match(body, {
    from: 'M1',
    to: 'M2',
    purse: 'points',
    asset: 'POINT',
    amount: '30',
    state: 'offered',
    as_kin: false,
  });
  t.equal(body.expires_at, '2026-11-05T01:00:00.000000Z', 'three days');
  t.equal(await balanceOf(app, 'member:M1:points'), '470');
  t.equal(await balanceOf(app, 'held:gifts:points'), '30');
  t.equal(state(await answer(app, member('M1'), body.id, 'accept')), '404 gift_not_found', 'not by who gives');
  t.equal(state(await answer(app, member('M3'), body.id, 'decline')), '404 gift_not_found', 'nor by anybody else');
  t.equal(state(await answer(app, member('M2'), body.id, 'withdraw')), '404 gift_not_found');
  t.equal(state(await answer(app, member('M2'), body.id, 'accept')), '200 accepted');
  t.equal(state(await answer(app, member('M2'), body.id, 'accept')), '409 gift_decided');
  t.equal(state(await answer(app, member('M1'), body.id, 'withdraw')), '409 gift_decided');
  t.same((await app.get('/v1/members/M2/lots', { as: member('M2') })).body, {
    member: 'M2',
    lots: [{ purse: 'points', asset: 'POINT', expires_on: '2029-11-30', amount: '30' }],
    expired: [],
  });
  const { body: statement } = await app.get('/v1/members/M2/statement?from=2026-11-01&to=2026-11-30', {
    as: member('M2'),
  });
  t.match(statement.lines.at(-1), { reason: { zh: '接受其他成员转赠' } });
  await booksBalance(t, app.owner);
});

test('what is declined, withdrawn or not answered comes back, and its time is judged by the clock', async (t) => {
  const { app, advance } = await town(t);
  const ids: string[] = [];
  for (const amount of ['1.00', '2.00', '3.00'])
    ids.push((await offer(app, member('M1'), 'M2', 'coins', amount)).body.id);
  t.equal((await held(app, 'M1'))['coins'], '4.00');
  t.equal(state(await answer(app, member('M2'), ids[0] ?? '', 'decline')), '200 declined');
  t.equal(state(await answer(app, member('M1'), ids[1] ?? '', 'withdraw')), '200 withdrawn');
  t.equal((await held(app, 'M1'))['coins'], '7.00');
  advance(72 * hour - 1);
  t.equal((await app.get(`/v1/gifts/${ids[2]}`, { as: member('M1') })).body.state, 'offered');
  advance(1);
  t.equal((await app.get(`/v1/gifts/${ids[2]}`, { as: member('M1') })).body.state, 'expired');
  t.equal((await held(app, 'M1'))['coins'], '10.00', 'free at once');
  t.equal(state(await answer(app, member('M2'), ids[2] ?? '', 'accept')), '409 gift_decided');
  t.equal(state(await offer(app, member('M1'), 'M2', 'coins', '6.00')), '201 offered');
  t.equal(state(await offer(app, member('M1'), 'M2', 'coins', '0.01')), '422 gift_limit');
  await booksBalance(t, app.owner);
});

test('to spouse and lineal kin without limit, to others as much as the rules allow in a month', async (t) => {
  const { app, advance } = await town(t);
  t.equal(state(await offer(app, member('M1'), 'M3', 'points', '201')), '422 gift_limit');
  t.equal(state(await offer(app, member('M1'), 'M3', 'points', '150')), '201 offered');
  t.equal(state(await offer(app, member('M1'), 'M2', 'points', '51')), '422 gift_limit', 'all others together');
  t.equal((await ask(app, wang, 'M1/kin', { relative: 'M2', relation: 'child', evidence: '户口簿' })).status, 201);
  t.equal(state(await offer(app, member('M1'), 'M2', 'points', '51')), '422 gift_limit', 'claimed is not verified');
  t.equal((await ask(app, li, 'M1/kin/M2/verification', { elder_consent_on: '2026-11-01' })).status, 200);
  t.match((await offer(app, member('M1'), 'M2', 'points', '300')).body, { as_kin: true, state: 'offered' });
  t.equal(state(await offer(app, member('M1'), 'M3', 'points', '51')), '422 gift_limit');
  advance(40 * 24 * hour);
  t.equal(state(await offer(app, member('M1'), 'M3', 'points', '200')), '201 offered', 'another month');
  await booksBalance(t, app.owner);
});

test('nobody gives what they do not have, to themselves, or without taking part; an office answers, but gives nothing', async (t) => {
  const { app } = await town(t);
  t.equal(state(await offer(app, member('M1'), 'M1', 'coins', '1.00')), '422 gift_invalid');
  t.equal(state(await offer(app, member('M1'), 'M9', 'coins', '1.00')), '404 member_not_found');
  t.equal(state(await offer(app, member('M2'), 'M1', 'coins', '1.00')), '422 balance_insufficient');
  t.equal(state(await offer(app, member('M1'), 'M2', 'coins', '0.001')), '422 amount_invalid');
  t.equal(state(await offer(app, member('M1'), 'M2', 'points', '0')), '422 amount_invalid');
  t.equal(state(await offer(app, wang, 'M2', 'points', '1')), '403 forbidden');
  const { body } = await offer(app, member('M1'), 'M2', 'coins', '2.00');
  t.equal(state(await answer(app, west, body.id, 'accept')), '404 gift_not_found', 'out of reach');
  t.equal(state(await answer(app, { ...east, subject: 'M1' }, body.id, 'accept')), '422 self_approval');
  t.equal((await ask(app, wang, 'M1/state', { state: 'suspended' })).status, 200);
  t.equal(state(await answer(app, east, body.id, 'accept')), '422 member_suspended', 'the giver is suspended');
  t.equal(state(await offer(app, member('M1'), 'M2', 'coins', '1.00')), '422 member_suspended');
  t.equal((await ask(app, wang, 'M1/state', { state: 'active' })).status, 200);
  t.equal(state(await answer(app, east, body.id, 'accept')), '200 accepted');
  t.same(
    (await app.get('/v1/gifts', { as: member('M2') })).body.gifts.map((gift: { id: string }) => gift.id),
    [body.id],
  );
  t.same((await app.get('/v1/gifts', { as: member('M3') })).body.gifts, [], 'nobody sees gifts of others');
  await booksBalance(t, app.owner);
});

test('while a gift is open neither side is merged; what the receiver owes is repaid first', async (t) => {
  const { app } = await town(t);
  const earned = await adjust(app.lane, [{ debit: 'coin:issuance', credit: 'member:M2:coins', amount: '1.00' }]);
  await adjust(app.lane, [{ debit: 'member:M2:coins', credit: 'member:M3:coins', amount: '1.00' }]);
  t.equal((await app.post(`/v1/entries/${earned}/reversal`, { as: 'operator', body: {} })).status, 201);
  t.equal(await balanceOf(app, 'member:M2:receivable:coins'), '1.00', 'it was spent');
  const { body } = await offer(app, member('M1'), 'M2', 'coins', '3.00');
  for (const id of ['M1', 'M2']) {
    t.equal((await merge(app, wang, id, 'M3')).status, 200);
    t.match(await merge(app, li, id, 'M3'), { status: 409, body: { code: 'member_has_gifts' } }, id);
  }
  t.equal(state(await answer(app, member('M2'), body.id, 'accept')), '200 accepted');
  t.equal((await held(app, 'M2'))['coins'], '2.00');
  t.equal(await balanceOf(app, 'member:M2:receivable:coins'), '0.00');
  t.match(await merge(app, li, 'M2', 'M3'), { status: 200, body: { status: 'merged' } });
  t.same(
    (await app.get('/v1/gifts', { as: member('M3') })).body.gifts.map((gift: { id: string }) => gift.id),
    [body.id],
    'found under the id that stays',
  );
  await booksBalance(t, app.owner);
});
