/**
 * Points with an age, step by step with the values worked out by hand: what is earned lasts three years to the end of the month, what expires first
 * is spent first, what comes back goes where it came from, and purses that were filled before lots were kept lose nothing.
 */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import type { Lane } from '../../../../src/ledger/lane.js';
import { type Leaf, readLeaf } from '../../../../src/ledger/leaf.js';
import { offerGift } from '../../../../src/timebank/credit/gifts/offer.js';
import { expireDueGifts } from '../../../../src/timebank/credit/gifts/reads.js';
import { expiryBy } from '../../../../src/timebank/credit/lots/age.js';
import { expireLots } from '../../../../src/timebank/credit/lots/expire.js';
import { inOrderOfDays, readParts, splitParts, writeParts } from '../../../../src/timebank/credit/lots/parts.js';
import { listExpiring, readMemberLots, sumExpiring } from '../../../../src/timebank/credit/lots/reads.js';
import { expireDueLots, warnOfExpiry } from '../../../../src/timebank/credit/lots/sweep.js';
import { reverseByHand } from '../../../../src/timebank/credit/reversal.js';
import { xinchangPilot1 as rules } from '../../../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds } from '../../../../src/timebank/free-holds.js';
import { readMemberBalances } from '../../../../src/timebank/member-balances.js';
import { authoriseRedemption } from '../../../../src/timebank/partners/redemptions/authorise.js';
import { refundRedemption } from '../../../../src/timebank/partners/redemptions/refund.js';
import { voidRedemption } from '../../../../src/timebank/partners/redemptions/release.js';
import { type Books, books, booksBalance, fixedClock, run, verifyBooks } from '../../../support/books.js';
import { adoptRules } from '../../../support/rules.js';
import { adjust, must, partner, settle } from '../../../support/story.js';

/** Milliseconds of noon in Shanghai on a day. */
const noon = (day: string) => Date.parse(`${day}T12:00:00+08:00`);

/** Books with two members, who have 500 points each that last to 2029-09-30, on a day. */
async function town(t: Parameters<typeof books>[0], day = '2026-11-02') {
  const { clock, advance } = fixedClock(noon(day));
  const b = await books(t, { clock });
  await settle(b.lane);
  const goTo = (next: string) => advance(noon(next) - clock());
  const lotsOf = async (member: string) => {
    const today = new Date(clock()).toISOString().slice(0, 10);
    const { lots, expired } = await readMemberLots(b.owner, b.lane.facts.id, member, today);
    const figures = (some: typeof lots) => some.map(({ expires_on, amount }) => `${expires_on} ${amount}`).join(', ');
    return expired.length > 0 ? `${figures(lots)}; over: ${figures(expired)}` : figures(lots);
  };
  return { ...b, clock, goTo, lotsOf };
}

const earn = (lane: Lane, member: string, amount: string) =>
  adjust(lane, [{ debit: 'point:issuance', credit: `member:${member}:points`, amount }]);

function redeem(lane: Lane, points: bigint, more: { effectiveAt?: string; capture?: boolean } = {}) {
  const request = { id: randomUUID(), partnerId: partner, partnerReference: randomUUID(), memberId: 'M1', points };
  return run(lane, (stage) => {
    authoriseRedemption(stage, rules, { capture: false, ...more, ...request });
    return request.id;
  });
}

const giveUp = (lane: Lane, id: string) => must(lane, (stage) => voidRedemption(stage, rules, id, partner).entry);

async function lastLeaves({ owner }: Pick<Books, 'owner'>, count: number): Promise<Leaf[]> {
  const rows = await owner`select leaf from timeledger.entries order by number desc limit ${count}`;
  return rows.map(({ leaf }) => readLeaf(leaf)).reverse();
}

t.test(
  'points last three years to the end of the month, by the rules of the day on which they are earned',
  async (t) => {
    t.same(
      ['2026-11-02', '2026-11-30', '2028-02-29', '2098-01-01'].map((day) => expiryBy(rules, day)),
      ['2029-11-30', '2029-11-30', '2031-02-28', '2099-12-31'],
    );
    const { lane, owner, lotsOf, goTo } = await town(t);
    await earn(lane, 'M1', '10');
    t.equal(await lotsOf('M1'), '2029-09-30 500, 2029-11-30 10');
    await adoptRules(lane, { points_expiry_years: 1 }, '2026-12-01');
    await earn(lane, 'M1', '5');
    goTo('2026-12-01');
    await earn(lane, 'M1', '7');
    t.equal(await lotsOf('M1'), '2027-12-31 7, 2029-09-30 500, 2029-11-30 15', 'what is earned in a month is one lot');
    await booksBalance(t, owner);
  },
);

t.test('what expires first is spent first and what comes back goes to its lots, the latest first', async (t) => {
  const { lane, owner, lotsOf } = await town(t);
  await earn(lane, 'M1', '100');
  const { result: id = '' } = await redeem(lane, 560n);
  t.equal(await lotsOf('M1'), '2029-11-30 40');
  const [leaf] = await lastLeaves({ owner }, 1);
  t.same(leaf?.lots, [
    { amount: '500', expires_on: '2029-09-30' },
    { amount: '60', expires_on: '2029-11-30' },
  ]);
  await giveUp(lane, id);
  t.equal(await lotsOf('M1'), '2029-09-30 500, 2029-11-30 100');
  const { result: bought = '' } = await redeem(lane, 550n, { capture: true });
  await must(lane, (stage) => refundRedemption(stage, rules, { id: bought, partnerId: partner, points: 70n }).entry);
  t.equal(await lotsOf('M1'), '2029-09-30 20, 2029-11-30 100', 'of what was captured the last 70 come back');
  await booksBalance(t, owner);
});

t.test('what is over leaves the purse on the day after, whenever that is found', async (t) => {
  const { lane, owner, clock, lotsOf, goTo } = await town(t);
  await earn(lane, 'M1', '100');
  goTo('2029-09-30');
  t.equal((await redeem(lane, 1n)).code, undefined, 'on its last day it can be used');
  goTo('2029-10-09');
  t.equal(await lotsOf('M1'), '2029-11-30 100; over: 2029-09-30 499', 'it is over, although nobody has tidied up');
  t.equal((await redeem(lane, 101n)).code, 'balance_insufficient');
  t.equal(await expireDueLots(lane, owner, clock), 2, 'both members lose something');
  t.equal(await expireDueLots(lane, owner, clock), 0);
  const [one, other] = await lastLeaves({ owner }, 2);
  for (const leaf of [one, other])
    t.match(leaf, { kind: 'points_expired', effective_on: '2029-10-01', reason: 'lot_expired' });
  t.equal((await redeem(lane, 101n)).code, 'balance_insufficient');
  t.equal((await redeem(lane, 100n)).code, undefined);
  await booksBalance(t, owner);
});

t.test('a redemption in time that the books learn of late is paid with what was there then', async (t) => {
  const { lane, owner, clock, lotsOf, goTo } = await town(t);
  await earn(lane, 'M1', '100');
  goTo('2029-10-02');
  await expireDueLots(lane, owner, clock);
  t.equal((await redeem(lane, 200n, { effectiveAt: '2029-09-30T23:50:00+08:00' })).code, undefined);
  t.equal(await lotsOf('M1'), '2029-11-30 100; over: 2029-09-30 300', 'the later lot is not touched');
  const [back] = await lastLeaves({ owner }, 2);
  t.match(back, { kind: 'points_reinstated', effective_on: '2029-10-01' });
  t.equal((await redeem(lane, 301n, { effectiveAt: '2029-10-01T00:10:00+08:00' })).code, 'balance_insufficient');
  await booksBalance(t, owner);
});

t.test('points that come back after their day are over, and the entry says so', async (t) => {
  const { lane, owner, lotsOf, goTo } = await town(t);
  await earn(lane, 'M1', '100');
  const { result: id = '' } = await redeem(lane, 550n, { capture: true });
  goTo('2029-10-05');
  await must(lane, (stage) => refundRedemption(stage, rules, { id, partnerId: partner }).entry);
  t.equal(await lotsOf('M1'), '2029-11-30 100; over: 2029-09-30 500');
  const [, expired] = await lastLeaves({ owner }, 2);
  t.match(expired, { kind: 'points_expired', effective_on: '2029-10-05', reason: 'returned_after_expiry' });
  await booksBalance(t, owner);
});

t.test('what is given keeps its last day, and a reversal takes back what came, or what expires first', async (t) => {
  const { lane, owner, lotsOf, goTo } = await town(t);
  goTo('2027-01-10');
  const given = await adjust(lane, [{ debit: 'member:M1:points', credit: 'member:M2:points', amount: '30' }]);
  const earned = await earn(lane, 'M2', '40');
  t.equal(await lotsOf('M2'), '2029-09-30 530, 2030-01-31 40');
  await must(lane, (stage) => reverseByHand(stage, earned, {}, freeHolds).number);
  t.equal(await lotsOf('M2'), '2029-09-30 530', 'although something else expires earlier');
  await must(lane, (stage) => reverseByHand(stage, given, {}, freeHolds).number);
  t.same([await lotsOf('M1'), await lotsOf('M2')], ['2029-09-30 500', '2029-09-30 500']);
  await booksBalance(t, owner);
});

t.test('what expired unused is not owed when it turns out never to have been earned', async (t) => {
  const { lane, owner, clock, lotsOf, goTo } = await town(t);
  const earned = await earn(lane, 'M1', '40');
  goTo('2030-01-05');
  await expireDueLots(lane, owner, clock);
  t.equal(await lotsOf('M1'), '; over: 2029-09-30 500, 2029-11-30 40');
  await must(lane, (stage) => reverseByHand(stage, earned, {}, freeHolds).number);
  t.equal(await lotsOf('M1'), '; over: 2029-09-30 500');
  const debts = await owner`select code from timeledger.accounts where code like '%receivable%'`;
  t.same(debts, [], 'nothing is owed');
  await booksBalance(t, owner);
});

t.test('a gift that comes back after its last day is over, in what is shown as in the books', async (t) => {
  const { lane, owner, clock, lotsOf, goTo } = await town(t);
  goTo('2029-09-29');
  const gift = { id: randomUUID(), from: 'M1', to: 'M2', purse: 'points', amount: '120', freeHolds } as const;
  await must(lane, (stage) => offerGift(stage, rules, gift).entry);
  goTo('2029-10-03');
  const shown = async () => {
    const { balances } = await readMemberBalances(owner, lane.facts.id, 'M1', { now: clock(), zone: 'Asia/Shanghai' });
    return balances.find(({ purse }) => purse === 'points')?.balance;
  };
  t.equal(await shown(), '0');
  t.equal(await expireDueGifts(lane, owner, clock), 1);
  await expireDueLots(lane, owner, clock);
  t.equal(await shown(), '0');
  t.equal(await lotsOf('M1'), '; over: 2029-09-30 500');
  await booksBalance(t, owner);
});

t.test('an entry that says what became of lots is not reversed by hand', async (t) => {
  const { lane, owner, clock, goTo } = await town(t);
  goTo('2029-10-01');
  await expireDueLots(lane, owner, clock);
  const [leaf] = await lastLeaves({ owner }, 1);
  const { code } = await run(lane, (stage) => reverseByHand(stage, Number(leaf?.number), {}, freeHolds).number);
  t.equal(code, 'entry_not_reversible');
});

t.test('a purse that was filled before lots were kept is one lot that does not expire', async (t) => {
  const { clock, advance } = fixedClock();
  const b = await books(t, { clock });
  const before = await b.openLane({ completes: (_, draft) => draft });
  await settle(before);
  t.same(await b.owner`select * from timebank.lots`, [], 'as an earlier version left it');
  const view = () => readMemberLots(b.owner, b.lane.facts.id, 'M1', '2026-11-02');
  t.same((await view()).lots, [{ purse: 'points', asset: 'POINT', expires_on: null, amount: '500' }]);
  await earn(b.lane, 'M1', '10');
  const { result: id = '' } = await redeem(b.lane, 20n);
  t.same(
    (await view()).lots.map((lot) => [lot.expires_on, lot.amount]),
    [[null, '490']].map((one) => one),
    'what expires is used before what does not',
  );
  await giveUp(b.lane, id);
  t.same(
    (await view()).lots.map((lot) => [lot.expires_on, lot.amount]),
    [
      ['2029-11-30', '10'],
      [null, '500'],
    ],
  );
  advance(40 * 366 * 86_400_000);
  await must(b.lane, (stage) => expireLots(stage, { memberId: 'M1', purse: 'points' }));
  t.same((await view()).lots.at(-1), { purse: 'points', asset: 'POINT', expires_on: null, amount: '500' });
  await booksBalance(t, b.owner);
});

t.test('a warning is an entry, once for each of the days that the rules name', async (t) => {
  const { lane, owner, clock, goTo } = await town(t);
  await adjust(lane, [{ debit: 'member:M2:points', credit: 'point:issuance', amount: '500' }]);
  for (const [day, warned] of [
    ['2029-08-30', 0],
    ['2029-08-31', 1],
    ['2029-09-22', 0],
    ['2029-09-23', 1],
    ['2029-09-30', 0],
    ['2029-10-01', 0],
  ] as const) {
    goTo(day);
    t.equal(await warnOfExpiry(lane, owner, clock), warned, day);
    t.equal(await warnOfExpiry(lane, owner, clock), 0, `${day}, again`);
  }
  const rows = await owner`select leaf from timeledger.entries where kind = 'expiry_warned' order by number`;
  t.match(
    rows.map(({ leaf }) => readLeaf(leaf).rows),
    Array(2).fill([{ table: 'lots', key: 'M1/points/2029-09-30' }]),
  );
  await booksBalance(t, owner);
});

t.test('what is about to expire is listed page by page, and summed up by day', async (t) => {
  const { lane, owner } = await town(t);
  await earn(lane, 'M2', '40');
  const asked = { reach: null, today: '2029-09-01', before: '2029-12-01' };
  const page = (after: string, limit: number) => listExpiring(owner, lane.facts.id, asked, { after, limit });
  const all = await page('', 10);
  t.same(
    all.map(({ member, expires_on, amount, days_left }) => [member, expires_on, amount, days_left]),
    [
      ['M1', '2029-09-30', '500', 29],
      ['M2', '2029-09-30', '500', 29],
      ['M2', '2029-11-30', '40', 90],
    ],
  );
  t.same([...(await page('', 1)), ...(await page('2029-09-30/points/M1', 5))], all);
  t.same(await sumExpiring(owner, lane.facts.id, asked), [
    { purse: 'points', expires_on: '2029-09-30', members: 2, amount: '1000' },
    { purse: 'points', expires_on: '2029-11-30', members: 1, amount: '40' },
  ]);
  const narrow = { ...asked, before: '2029-11-30' };
  t.equal((await listExpiring(owner, lane.facts.id, narrow, { after: '', limit: 9 })).length, 2, 'before a day');
});

t.test('verification finds lots that are not what the books say', async (t) => {
  const { lane, owner, openLane } = await town(t);
  const past = await openLane({ completes: (_, draft) => draft });
  await earn(past, 'M1', '5');
  const { findings } = await verifyBooks(owner);
  t.match(findings, [{ table: { en: 'what remains of the lots of a purse = its balance' }, key: { en: 'M1:points' } }]);
  await t.rejects(
    redeem(lane, 1n),
    /the lots of member:M1:points come to 500, its balance is 505/,
    'nothing goes on from there',
  );
});

t.test('parts of lots are split without loss and written as they are read', async (t) => {
  const parts = [
    { expiresOn: '2029-09-30', amount: 5n },
    { expiresOn: 'infinity', amount: 7n },
  ];
  t.same(splitParts(parts, 6n), {
    first: [parts[0], { expiresOn: 'infinity', amount: 1n }],
    rest: [{ expiresOn: 'infinity', amount: 6n }],
  });
  t.same(splitParts(parts, 0n), { first: [], rest: parts });
  t.same(splitParts(parts, 99n), { first: parts, rest: [] });
  t.same(readParts(writeParts(parts)), parts);
  t.same(inOrderOfDays([...parts].reverse()), parts);
  for (const text of ['x', '2029-09-30', '2029-09-30 0', '2029-09-30 5,'])
    t.throws(() => readParts(text), /is no part of a lot/, text);
});
