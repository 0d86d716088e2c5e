/**
 * What a member holds and owes, against a plain model: whatever is given, spent, taken back and brought in again, no purse goes
 * below zero, and purse and debt together are what was given less what was taken.
 */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import type { ManualKind } from '../../../src/ledger/entries.js';
import type { Stage } from '../../../src/ledger/stage.js';
import { approveAdjustment, proposeAdjustment } from '../../../src/timebank/credit/adjustments.js';
import { postOpeningPoints } from '../../../src/timebank/credit/opening-points.js';
import { reverseByHand } from '../../../src/timebank/credit/reversal.js';
import { xinchangPilot1 as rules } from '../../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds } from '../../../src/timebank/free-holds.js';
import { authoriseRedemption } from '../../../src/timebank/partners/redemptions/authorise.js';
import { refundRedemption } from '../../../src/timebank/partners/redemptions/refund.js';
import { type Books, books, booksBalance, run } from '../../support/books.js';
import { type Random, seeded, seedOf } from '../../support/random.js';
import { adjust, must, partner, settle } from '../../support/story.js';

const purses = ['member:M1:coins', 'member:M2:coins'];

const leg = (debit: string, credit: string, amount: string) => ({ debit, credit, amount });
const reverse = (number: number) => (stage: Stage) => reverseByHand(stage, number, {}, freeHolds);

/** Balances by code, in minor units; 0 where nothing was posted yet. */
async function balances({ owner }: Books): Promise<(code: string) => number> {
  const rows = await owner`select code, (case when type in ('asset', 'expense') then debits - credits
    else credits - debits end)::int as balance from timeledger.accounts`;
  const known = new Map(rows.map(({ code, balance }) => [code as string, balance as number]));
  return (code) => known.get(code) ?? 0;
}

const debtOf = (purse: string) => purse.replace(/:(\w+)$/, ':receivable:$1');

t.test('what only passed through a purse is not asked of it when it is taken back', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  const passed = await adjust(b.lane, [
    leg('coin:issuance', 'member:M1:coins', '5.00'),
    leg('member:M1:coins', 'pool:community', '5.00'),
  ]);
  const { legs } = await must(b.lane, reverse(passed));
  t.same(
    legs.map(({ debit, credit, amount }) => [debit.code, credit.code, amount]),
    [['pool:community', 'coin:issuance', 500n]],
  );
  const of = await balances(b);
  t.same([of('member:M1:coins'), of('member:M1:receivable:coins'), of('pool:community')], [0, 0, 0]);
  await booksBalance(t, b.owner);
});

t.test('two legs on one purse of which part was spent are taken back in part, the rest becomes a debt', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  const given = await adjust(b.lane, [
    leg('coin:issuance', 'member:M1:coins', '3.00'),
    leg('coin:issuance', 'member:M1:coins', '2.00'),
  ]);
  await adjust(b.lane, [leg('member:M1:coins', 'pool:community', '1.00')]);
  const { legs } = await must(b.lane, reverse(given));
  t.same(
    legs.map(({ debit, amount }) => [debit.code, amount]),
    [
      ['member:M1:coins', 300n],
      ['member:M1:coins', 100n],
      ['member:M1:receivable:coins', 100n],
    ],
  );
  await booksBalance(t, b.owner);
});

t.test('opening points that were taken back can be brought in anew, and repay first what is owed', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  const open = (points: bigint) =>
    run(b.lane, (stage) =>
      postOpeningPoints(stage, rules, { member: 'M1', occurrences: points / 10n, points }, '2026-09-30'),
    );
  const [first] =
    await b.owner`select min(number)::int as number from timeledger.entries where kind = 'opening_points'`;
  const spend = {
    id: randomUUID(),
    partnerId: partner,
    partnerReference: 'R1',
    memberId: 'M1',
    points: 80n,
    capture: true,
  };
  await must(b.lane, (stage) => authoriseRedemption(stage, rules, spend));
  t.equal((await open(500n)).result, 'posted_before');
  t.equal((await open(600n)).code, 'opening_points_exist');
  await must(b.lane, reverse(first?.['number']));
  let of = await balances(b);
  t.same([of('member:M1:points'), of('member:M1:receivable:points')], [0, 80]);
  t.ok((await open(600n)).result, 'with other figures, too');
  t.equal((await open(600n)).result, 'posted_before', 'and then they are there');
  of = await balances(b);
  t.same([of('member:M1:points'), of('member:M1:receivable:points')], [520, 0]);
  await booksBalance(t, b.owner);
});

t.test('what repaid a debt is taken back of the purse while it holds enough: nobody owes what they hold', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  const given = await adjust(b.lane, [leg('point:issuance', 'member:M1:points', '100')]);
  const spend = { id: randomUUID(), partnerId: partner, partnerReference: 'R1', memberId: 'M1', points: 600n };
  await must(b.lane, (stage) => authoriseRedemption(stage, rules, { ...spend, capture: true }));
  await must(b.lane, reverse(given));
  const earn = (owed: string, rest: string) => [
    leg('point:issuance', 'member:M1:receivable:points', owed),
    leg('point:issuance', 'member:M1:points', rest),
  ];
  const repaying = await adjust(b.lane, earn('100', '50'));
  const figures = async () => {
    const of = await balances(b);
    return [of('member:M1:points'), of('member:M1:receivable:points')];
  };
  t.same(await figures(), [50, 0]);
  await adjust(b.lane, [leg('point:issuance', 'member:M1:points', '70')]);
  await must(b.lane, reverse(repaying));
  t.same(await figures(), [0, 30]);
  const more = await adjust(b.lane, earn('30', '170'));
  await adjust(b.lane, [leg('point:issuance', 'member:M1:points', '40')]);
  const { legs } = await must(b.lane, reverse(more));
  t.same(
    legs.map(({ debit, amount }) => [debit.code, amount]),
    [
      ['member:M1:points', 30n],
      ['member:M1:points', 170n],
    ],
  );
  await booksBalance(t, b.owner);
});

t.test('a refund repays first what is owed', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  const given = await adjust(b.lane, [leg('point:issuance', 'member:M1:points', '100')]);
  const spend = {
    id: randomUUID(),
    partnerId: partner,
    partnerReference: 'R1',
    memberId: 'M1',
    points: 570n,
    capture: true,
  };
  await must(b.lane, (stage) => authoriseRedemption(stage, rules, spend));
  await must(b.lane, reverse(given));
  let of = await balances(b);
  t.same([of('member:M1:points'), of('member:M1:receivable:points')], [0, 70]);
  await must(b.lane, (stage) => refundRedemption(stage, rules, { id: spend.id, partnerId: partner, points: 100n }));
  of = await balances(b);
  t.same([of('member:M1:points'), of('member:M1:receivable:points')], [30, 0]);
  await booksBalance(t, b.owner);
});

t.test('entries of sums that no leg could hold are taken back in several', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  const most = '9999999999999999.99';
  const through = [1, 2].map(() => leg('coin:issuance', 'member:M1:coins', most));
  const entry = await adjust(b.lane, [...through, leg('member:M1:coins', 'pool:fund', '0.01')]);
  await must(b.lane, reverse(entry));
  const of = await balances(b);
  t.same([of('member:M1:coins'), of('coin:issuance'), of('pool:fund')], [0, 0, 0]);
  await booksBalance(t, b.owner);
});

interface Done {
  readonly number: number;
  readonly effects: ReadonlyMap<string, number>;
  reversed: boolean;
}

type Step = { kind: ManualKind; legs: { debit: string; credit: string; amount: number }[] };

/** Coins given, spent, passed on and passed through, some of it to the other member; amounts are hundredths. */
function randomStep(random: Random, of: (code: string) => number): Step {
  const [one, other] = random.pick([
    ['member:M1:coins', 'member:M2:coins'],
    ['member:M2:coins', 'member:M1:coins'],
  ] as const);
  const move = (debit: string, credit: string, by = 1 + random.below(debit === one ? 900 : 300)) => ({
    debit,
    credit,
    amount: by,
  });
  return random.pick<Step>([
    { kind: 'adjustment', legs: [move('coin:issuance', one)] },
    {
      kind: 'adjustment',
      legs: [move('coin:issuance', one), move('coin:issuance', one), move('coin:issuance', other)],
    },
    { kind: 'adjustment', legs: [move('coin:issuance', one, 700), move(one, 'pool:community')] },
    { kind: 'adjustment', legs: [move(one, 'coin:issuance')] },
    { kind: 'donation', legs: [move(one, 'pool:community')] },
    { kind: 'gift', legs: [move(one, other)] },
    { kind: 'donation', legs: [move(one, 'pool:community', Math.max(1, of(one)))] },
    { kind: 'gift', legs: [move(one, other, Math.max(1, of(one)))] },
  ]);
}

function effectsOf({ legs }: Step): Map<string, number> {
  const effects = new Map<string, number>();
  for (const { debit, credit, amount } of legs) {
    effects.set(debit, (effects.get(debit) ?? 0) - amount);
    effects.set(credit, (effects.get(credit) ?? 0) + amount);
  }
  return effects;
}

t.test('whatever is given, spent and taken back, purse and debt together are what a plain sum says', async (t) => {
  const random = seeded(seedOf(t));
  const b = await books(t);
  await settle(b.lane);
  const sums = new Map<string, number>();
  const done: Done[] = [];
  let debts = 0;
  for (let i = 0; i < 250; i++) {
    const before = await balances(b);
    const taken = done.length > 0 && random.below(5) < 2 ? random.pick(done.slice(-12)) : undefined;
    const effects = taken ? await takeBack(b, taken) : await carryOut(b, randomStep(random, before), done);
    const sign = taken ? -1 : 1;
    for (const [code, effect] of effects ?? []) sums.set(code, (sums.get(code) ?? 0) + sign * effect);
    const of = await balances(b);
    for (const purse of purses) {
      const [held, owed] = [of(purse), of(debtOf(purse))];
      t.ok(held >= 0 && owed >= 0, `step ${i}: ${purse} holds ${held} and owes ${owed}`);
      t.equal(held - owed, sums.get(purse) ?? 0, `step ${i}: ${purse}`);
      if (taken) t.ok(owed === 0 || held <= before(purse), `step ${i}: nothing comes back to ${purse} while it owes`);
      debts += owed > 0 ? 1 : 0;
    }
  }
  t.ok(debts > 0, `debts were seen ${debts} times`);
  await booksBalance(t, b.owner);
});

async function carryOut(b: Books, step: Step, done: Done[]): Promise<ReadonlyMap<string, number> | null> {
  const legs = step.legs.map((one) => ({ ...one, amount: (one.amount / 100).toFixed(2) }));
  const proposal = { id: randomUUID(), kind: step.kind, reference: 'DOC 1', reason: 'corrected', legs, freeHolds };
  await must(b.lane, (stage) => proposeAdjustment(stage, rules, proposal, 'operator:first'));
  const approval = { id: proposal.id, approvedBy: 'operator:second', freeHolds };
  const { result } = await run(b.lane, (stage) => approveAdjustment(stage, rules, approval));
  if (!result) return null;
  const effects = effectsOf(step);
  done.push({ number: result.entry ?? 0, effects, reversed: false });
  return effects;
}

async function takeBack(b: Books, entry: Done): Promise<ReadonlyMap<string, number> | null> {
  const { result } = await run(b.lane, reverse(entry.number));
  if (!result) return null;
  if (entry.reversed) throw new Error(`entry ${entry.number} was reversed twice`);
  entry.reversed = true;
  return entry.effects;
}
