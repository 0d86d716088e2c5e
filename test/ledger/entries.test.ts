/** Entries as commands: reversals exactly once, debts made visible, closed periods, bounds, and what each refuses. */
import t from 'tap';
import { closePeriod, openAccount, postEntry } from '../../src/ledger/entries.js';
import type { Lane } from '../../src/ledger/lane.js';
import { readLeaf } from '../../src/ledger/leaf.js';
import { reverseEntry } from '../../src/ledger/reversal.js';
import { reverseByHand } from '../../src/timebank/credit/reversal.js';
import { freeHolds } from '../../src/timebank/free-holds.js';
import { books, booksBalance, run } from '../support/books.js';
import { must, redeem, settle } from '../support/story.js';

const leg = (debit: string, credit: string, amount: string) => ({ debit, credit, amount });

function post(lane: Lane, legs: ReturnType<typeof leg>[], effective_on?: string) {
  return run(
    lane,
    (stage) => postEntry(stage, { kind: 'adjustment', legs, ...(effective_on && { effective_on }) }).number,
  );
}

/** Where the coins of a test come from. */
const openSource = (lane: Lane) =>
  must(lane, (stage) => openAccount(stage, { code: 'test:source', asset: 'COIN', type: 'expense' }));

t.test('an entry is reversed exactly once, the two are linked both ways, and a reversal is not reversed', async (t) => {
  const b = await books(t);
  await openSource(b.lane);
  await must(b.lane, (stage) => openAccount(stage, { code: 'test:a', asset: 'COIN', type: 'liability' }));
  const posted = (await post(b.lane, [leg('test:source', 'test:a', '2.00')])).result ?? 0;
  const told = await Promise.all([1, 2].map(() => run(b.lane, (stage) => reverseEntry(stage, posted, {}).number)));
  t.same(
    told.map(({ code }) => code ?? 'ok').sort(),
    ['entry_already_reversed', 'ok'],
    'two at once: one is carried out',
  );
  const reversal = told.find(({ result }) => result)?.result ?? 0;
  t.equal((await run(b.lane, (stage) => reverseEntry(stage, reversal, {}).number)).code, 'entry_not_reversible');
  t.equal((await run(b.lane, (stage) => reverseEntry(stage, 999, {}).number)).code, 'entry_not_found');
  const again = await b.openLane();
  t.equal(
    (await run(again, (stage) => reverseEntry(stage, posted, {}).number)).code,
    'entry_already_reversed',
    'another process knows it, too',
  );
  const rows = await b.owner`select reverses::int from timeledger.entries where number = ${reversal}`;
  t.equal(rows[0]?.['reverses'], posted);
  await booksBalance(t, b.owner);
});

t.test('taking points back that were spent leaves a debt in the books, never a negative balance', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  const [opening] =
    await b.owner`select number::int from timeledger.entries where kind = 'opening_points' order by number limit 1`;
  await redeem(b.lane, 'R1', true);
  const reversed = await must(b.lane, (stage) => reverseByHand(stage, opening?.['number'], {}, freeHolds));
  t.same(
    reversed.legs.map(({ debit, credit, amount }) => [debit.code, credit.code, amount]),
    [
      ['member:M1:points', 'point:issuance', 450n],
      ['member:M1:receivable:points', 'point:issuance', 50n],
    ],
  );
  await booksBalance(t, b.owner);
});

t.test('an entry that changed a redemption is corrected there, not reversed', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  const { entry } = await redeem(b.lane, 'R1', true);
  t.equal(
    (await run(b.lane, (stage) => reverseByHand(stage, entry, {}, freeHolds).number)).code,
    'entry_not_reversible',
  );
  t.equal(
    (await post(b.lane, [leg('held:redemptions:xc-bank', 'member:M1:points', '1')])).code,
    'account_restricted',
    'nor by hand',
  );
  await booksBalance(t, b.owner);
});

t.test('a closed period takes no entry, however it comes', async (t) => {
  const b = await books(t);
  await openSource(b.lane);
  await must(b.lane, (stage) => openAccount(stage, { code: 'test:a', asset: 'COIN', type: 'liability' }));
  const legs = [leg('test:source', 'test:a', '2.00')];
  const before = (await post(b.lane, legs, '2026-09-30')).result ?? 0;
  const [closing, late] = await Promise.all([
    run(b.lane, (stage) => closePeriod(stage, '2026-09-30').number),
    post(b.lane, legs, '2026-09-30'),
  ]);
  t.ok(closing.result);
  t.equal(late.code, 'period_closed', 'not even in the same batch');
  t.equal((await post(b.lane, legs, '2026-09-30')).code, 'period_closed');
  t.equal(
    (await run(b.lane, (stage) => reverseEntry(stage, before, { effective_on: '2026-09-30' }).number)).code,
    'period_closed',
  );
  t.ok(
    (await run(b.lane, (stage) => reverseEntry(stage, before, {}).number)).result,
    'an entry of a closed period is reversed in an open one',
  );
  t.ok((await post(b.lane, legs, '2026-10-01')).result);
  t.equal(
    (await run(b.lane, (stage) => closePeriod(stage, '2026-08-31').number)).code,
    'period_invalid',
    'closed already',
  );
  t.equal(
    (await run(b.lane, (stage) => closePeriod(stage, '2026-11-30').number)).code,
    'period_invalid',
    'not over yet',
  );
  await booksBalance(t, b.owner);
});

t.test('a leg is refused for what is wrong with it', async (t) => {
  const b = await books(t);
  await openSource(b.lane);
  await must(b.lane, (stage) => openAccount(stage, { code: 'test:points', asset: 'POINT', type: 'expense' }));
  for (const [code, floor, ceiling] of [
    ['test:a', '0.00', '5.00'],
    ['test:b', '-1.00', null],
  ] as const) {
    await must(b.lane, (stage) => openAccount(stage, { code, asset: 'COIN', type: 'liability', floor, ceiling }));
  }
  const refusals: [string, ReturnType<typeof leg>[]][] = [
    ['leg_invalid', [leg('test:a', 'test:a', '1.00')]],
    ['account_not_found', [leg('test:a', 'test:z', '1.00')]],
    ['asset_mismatch', [leg('test:points', 'test:a', '1')]],
    ['amount_invalid', [leg('test:source', 'test:a', '0.00')]],
    ['amount_invalid', [leg('test:source', 'test:a', '1.005')]],
    ['balance_insufficient', [leg('test:a', 'test:source', '0.01')]],
    ['balance_insufficient', [leg('test:b', 'test:source', '1.01')]],
    ['ceiling_exceeded', [leg('test:source', 'test:a', '5.01')]],
    ['balance_insufficient', [leg('test:source', 'test:a', '3.00'), leg('test:a', 'test:b', '3.01')]],
  ];
  for (const [code, legs] of refusals) t.equal((await post(b.lane, legs)).code, code, JSON.stringify(legs));
  t.ok(
    (await post(b.lane, [leg('test:source', 'test:a', '5.00'), leg('test:b', 'test:source', '1.00')])).result,
    'up to the bounds',
  );
  await booksBalance(t, b.owner);
});

t.test('an account opens within its bounds, once', async (t) => {
  const b = await books(t);
  const open = (floor: string | null, ceiling: string | null, asset = 'COIN') =>
    run(b.lane, (stage) => openAccount(stage, { code: 'test:a', asset, type: 'asset', floor, ceiling }).code);
  t.equal((await open('0.01', null)).code, 'amount_invalid');
  t.equal((await open(null, '-0.01')).code, 'amount_invalid');
  t.equal((await open(null, null, 'GOLD')).code, 'asset_not_found');
  t.equal((await open(null, null)).result, 'test:a');
  t.equal((await open(null, null)).code, 'account_exists');
  await booksBalance(t, b.owner);
});

t.test('a leaf bears ids, amounts and codes: no name, telephone number or free text', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  await openSource(b.lane);
  await must(b.lane, (stage) => openAccount(stage, { code: 'test:a', asset: 'COIN', type: 'liability' }));
  const legs = [leg('test:source', 'test:a', '2.00')];
  await must(
    b.lane,
    (stage) =>
      postEntry(stage, { kind: 'adjustment', legs, reference: '13900000001', description: '何根仙 来电' }).number,
  );
  const rows = await b.owner`select leaf from timeledger.entries`;
  for (const { leaf } of rows) {
    t.match(leaf, /^[\x20-\x7e]*$/, 'plain ASCII');
    t.notMatch(leaf, /13900000001|1950-02-03/);
    t.equal(JSON.stringify(sorted(readLeaf(leaf))), leaf, 'keys are sorted, as RFC 8785 wants them');
  }
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
