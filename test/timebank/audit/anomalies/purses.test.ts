/** Guarantees of the checks on purses: redeemed at once, or never touched; what was given back or reversed does not count. */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { reverseByHand } from '../../../../src/timebank/credit/reversal.js';
import { xinchangPilot1 as rules } from '../../../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds } from '../../../../src/timebank/free-holds.js';
import { authoriseRedemption } from '../../../../src/timebank/partners/redemptions/authorise.js';
import { refundRedemption } from '../../../../src/timebank/partners/redemptions/refund.js';
import { voidRedemption } from '../../../../src/timebank/partners/redemptions/release.js';
import { adjust, must, partner, redeem } from '../../../support/story.js';
import { merge, type Town, town } from './town.js';

const minute = 60_000;
const receive = ({ lane }: Town, member: string, amount: string) =>
  adjust(lane, [{ debit: 'point:issuance', credit: `member:${member}:points`, amount }]);

/** A redemption now; its id. */
async function redeemNow(
  { lane }: Town,
  reference: string,
  memberId: string,
  points: bigint,
  capture = true,
): Promise<string> {
  const request = { id: randomUUID(), partnerId: partner, partnerReference: reference, memberId, points, capture };
  return (await must(lane, (stage) => authoriseRedemption(stage, rules, request))).redemption.redemption_id;
}

test('points that are redeemed within minutes of being received are found, a little later or a few less are not', async (t) => {
  const here = await town(t);
  here.advance(60 * minute);
  await receive(here, 'M3', '150');
  await receive(here, 'M4', '150');
  here.advance(5 * minute);
  await receive(here, 'M3', '50');
  here.advance(5 * minute - 1_000);
  const id = await redeemNow(here, 'R1', 'M3', 100n, false);
  await redeemNow(here, 'R2', 'M4', 99n);
  here.advance(2_000);
  await redeemNow(here, 'R3', 'M4', 100n);
  const line = `M3: points_redeemed 100, points_received 200, time_between 4 <- ${id}`;
  t.same(await here.found('quick_redemption'), [line]);
  t.equal((await here.anomalies('quick_redemption'))[0]?.entries.length, 3, 'what was received, and the redemption');
  t.same(await here.found('quick_redemption', { quick_redemption_minutes: 4 }), []);
  t.equal((await here.found('quick_redemption', { quick_redemption_points: '99' })).length, 2);
  t.equal((await here.found('quick_redemption', { quick_redemption_minutes: 11 })).length, 2);
  t.same(await here.found('quick_redemption', {}, ['2026-11-03', '2026-11-03']), []);
  t.same(await here.found('quick_redemption', {}, ['2026-11-02', '2026-11-02']), [line]);
  await must(here.lane, (stage) => voidRedemption(stage, rules, id, partner).entry);
  t.same(await here.found('quick_redemption'), [], 'what was given back was not redeemed');
});

test('what was given back is not received, what is dated back says nothing of minutes, and members that were merged are one', async (t) => {
  const here = await town(t);
  const { lane } = here;
  here.advance(60 * minute);
  const id = await redeemNow(here, 'R1', 'M1', 200n);
  await must(lane, (stage) => refundRedemption(stage, rules, { id, partnerId: partner, points: 100n }).entry);
  await redeemNow(here, 'R2', 'M1', 150n);
  await receive(here, 'M2', '100');
  await redeem(lane, 'R3', true, 'M2');
  const few = { quick_redemption_points: '50' };
  t.same(await here.found('quick_redemption', few), []);
  await receive(here, 'M5', '40');
  await merge(lane, 'M5', 'M6');
  const quick = await redeemNow(here, 'R4', 'M6', 50n);
  t.same(await here.found('quick_redemption', few), [
    `M6: points_redeemed 50, points_received 40, time_between 0 <- ${quick}`,
  ]);
});

test('a receipt that was reversed is none', async (t) => {
  const here = await town(t);
  here.advance(60 * minute);
  const entry = await receive(here, 'M3', '60');
  await redeemNow(here, 'R1', 'M3', 100n);
  t.equal((await here.found('quick_redemption')).length, 1);
  await must(here.lane, (stage) => reverseByHand(stage, entry, {}, freeHolds).number);
  t.same(await here.found('quick_redemption'), []);
});

test('a full purse that nothing was spent of for months is found on the last day, and not a day before', async (t) => {
  const here = await town(t);
  const idle = { idle_points: '500', idle_months: 1 };
  const until = (day: string) => ['2026-10-01', day] as const;
  const both = ['M1: points_held 500, time_idle 1 <- ', 'M2: points_held 500, time_idle 1 <- '];
  t.same(await here.found('idle_points', idle, until('2026-10-31')), both);
  t.same(await here.found('idle_points', idle, until('2026-10-29')), []);
  t.same(await here.found('idle_points', { ...idle, idle_points: '501' }, until('2026-10-31')), []);
  await redeem(here.lane, 'R1', true, 'M1');
  t.same(
    await here.found('idle_points', { ...idle, idle_points: '450' }, until('2026-10-31')),
    [both[1]],
    'M1 spent some',
  );
  await merge(here.lane, 'M3', 'M2');
  t.same(
    await here.found('idle_points', { ...idle, idle_points: '600' }, until('2026-11-02')),
    ['M2: points_held 600, time_idle 1 <- '],
    'a merge spends nothing',
  );
  t.same(await here.found('idle_coins', { idle_coins: '0.50' }), [], 'nobody has coins');
  await adjust(here.lane, [{ debit: 'coin:issuance', credit: 'member:M4:coins', amount: '0.50' }]);
  const december = ['2026-12-01', '2026-12-02'] as const;
  t.same(await here.found('idle_coins', { idle_coins: '0.50', idle_months: 1 }, december), [
    'M4: coins_held 0.50, time_idle 1 <- ',
  ]);
  t.same(await here.found('idle_coins', { idle_coins: '0.51', idle_months: 1 }, december), []);
});
