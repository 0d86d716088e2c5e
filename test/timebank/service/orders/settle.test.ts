/** Guarantees of what is counted and what each pays: plain arithmetic, over every amount. */
import fc from 'fast-check';
import { test } from 'tap';
import { sharesOf } from '../../../../src/timebank/service/orders/holds.js';
import { agreedTime, clampedTime } from '../../../../src/timebank/service/orders/settle.js';

const rules = { hours_tolerance_minutes: 15, hours_clamp_percent: 25 };
const minutes = (count: number) => BigInt(count) * 60_000_000n;

test('what each recipient of a group pays, all together, is what is paid and the remainder, less than a hundredth each', async (t) => {
  const amounts = fc.bigInt({ min: 0n, max: 10n ** 9n });
  fc.assert(
    fc.property(amounts, fc.integer({ min: 1, max: 100 }), (amount, people) => {
      const { share, remainder } = sharesOf(amount, people);
      return share * BigInt(people) === amount + remainder && remainder >= 0n && remainder < BigInt(people);
    }),
  );
  t.same(sharesOf(100n, 3), { share: 34n, remainder: 2n });
});

test('two sides within a quarter of an hour count with their mean, to the microsecond; further apart somebody decides', async (t) => {
  for (const [volunteer, recipient, agreed] of [
    [60, null, minutes(60)],
    [60, 60, minutes(60)],
    [60, 45, 52n * 60_000_000n + 30_000_000n],
    [60, 75, 67n * 60_000_000n + 30_000_000n],
    [60, 44, null],
    [60, 76, null],
  ] as const) {
    const said = { volunteer: minutes(volunteer), recipient: recipient === null ? null : minutes(recipient) };
    t.equal(agreedTime(said, rules), agreed, `${volunteer} against ${recipient}`);
  }
  t.equal(agreedTime({ volunteer: minutes(60) + 1n, recipient: minutes(45) }, rules), null, 'a microsecond more');
});

test('at most a quarter more than the plan counts, and never more than was given', async (t) => {
  for (const [given, counted] of [
    [90, 75],
    [75, 75],
    [60, 60],
    [20, 20],
  ] as const)
    t.equal(clampedTime(minutes(given), minutes(60), rules), minutes(counted), `${given} of 60`);
});
