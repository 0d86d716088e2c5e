/** What every record mints, under whatever rules: no hundredth without a reason, no carry lost, no cap passed. */
import fc from 'fast-check';
import t from 'tap';
import { type MintInput, type Minting, mintCoins } from '../../../src/timebank/credit/mint.js';
import type { RuleSet } from '../../../src/timebank/credit/rule-set.js';
import { xinchangPilot1 } from '../../../src/timebank/credit/xinchang-pilot.js';
import { mint, minutes, seconds, weighed } from './minting.js';
import { mintPlainly } from './plain-mint.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}`);

const text = (hundredths: number) => (hundredths / 100).toFixed(2);

/** Rule sets that have nothing in common with the published one but their form. */
const ruleSets: fc.Arbitrary<RuleSet> = fc
  .record({
    step: fc.constantFrom(1, 5, 10, 25, 50, 100),
    caps: fc.tuple(fc.nat(300), fc.nat(400), fc.nat(1_000)),
    presence: fc.nat(100),
    holding: fc.nat(2_000),
    coefficient: fc.constantFrom('0', '0.33', '0.5', '0.8', '1', '1.25', '1.337', '3'),
    kin: fc.boolean(),
    grades: fc.subarray(['A', 'B', 'C'] as const),
    byVisit: fc.option(fc.constantFrom('0.00', '0.33', '1.00', '2.50')),
    levels: fc.dictionary(fc.constantFrom('1', '2', '5'), fc.constantFrom('0.5', '1.25', '1.333', '2')),
    stations: fc.dictionary(fc.constant('S1'), fc.constantFrom('0', '0.75', '1.1')),
    further: fc.array(
      fc
        .record({
          per: fc.constantFrom('member', 'pair', 'unit'),
          within: fc.constantFrom('day', 'week', 'month', 'year'),
          coins: fc.option(fc.nat(1_500).map(text)),
          records: fc.option(fc.integer({ min: 1, max: 6 })),
        })
        .map(({ per, ...terms }) => (per === 'unit' ? { per, units: ['C1'], ...terms } : { per, ...terms })),
      { maxLength: 3 },
    ),
    budgets: fc.array(
      fc.record({
        programme: fc.constant('care'),
        ...{ name_zh: fc.constant('关爱行动'), name_en: fc.constant('Care') },
        service_types: fc.constant(['errand']),
        within: fc.constantFrom('month', 'year', 'whole'),
        coins: fc.nat(1_500).map(text),
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ step, caps: [visit, day, week], presence, holding, coefficient, kin, grades, ...more }) => {
    return {
      ...weighed(coefficient),
      rounding_step: text(step),
      cap_visit: text(visit),
      cap_day: text(day),
      cap_week: text(week),
      presence_min_percent: presence,
      holding_cap: text(holding),
      earn_from_kin: kin,
      minting_grades: grades,
      visit_coins: more.byVisit === null ? {} : { errand: more.byVisit },
      level_coefficients: more.levels,
      station_coefficients: more.stations,
      further_caps: more.further,
      budgets: more.budgets,
    };
  });

/** Up to seven hours: any microsecond, or one about a boundary of the rounding. */
const durations = fc.oneof(
  fc.bigInt({ min: 0n, max: minutes(420) }),
  fc
    .tuple(fc.nat(1_400), fc.constantFrom(-1n, 0n, 1n))
    .map(([halves, by]) => (halves === 0 ? 0n : seconds(halves * 18) + by)),
);

const records = fc.record({
  day: fc.nat(13),
  grade: fc.constantFrom('A', 'B', 'C'),
  presentMicroseconds: durations,
  plannedMicroseconds: durations,
  spent: fc.nat(300),
  kin: fc.boolean(),
  volunteering: fc.boolean(),
  level: fc.constantFrom(null, 1, 2, 3, 5),
  station: fc.constantFrom(null, 'S1', 'S2'),
  outsideCalendar: fc.boolean(),
  mintedOnce: fc.boolean(),
});
type Given = typeof records extends fc.Arbitrary<infer R> ? R : never;
type Lived = { day: number; minting: Minting };

const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((total, amount) => total + amount, 0n);
const minor = (text: string) => BigInt(text.replace('.', ''));
const weekOf = (day: number) => Math.floor(day / 7);

/** One member's life under one rule set: two weeks of records as they arrive, in any order of days, coins spent in between. */
function live(rules: RuleSet, given: readonly Given[], firstCarry: bigint) {
  const lived: Lived[] = [];
  let [carryIn, coinBalance] = [firstCarry, 0n];
  const minted = (same: (day: number) => boolean) =>
    sum(lived.filter(({ day }) => same(day)).map(({ minting }) => minting.minted));
  for (const { day, spent, ...record } of given) {
    const mintedThatDay = minted((other) => other === day);
    const mintedThatWeek = minted((other) => weekOf(other) === weekOf(day));
    const minting = mint({ ...record, rules, mintedThatDay, mintedThatWeek, carryIn, coinBalance });
    lived.push({ day, minting });
    carryIn = minting.carryOut;
    coinBalance += minting.toMember;
    coinBalance = coinBalance > BigInt(spent) ? coinBalance - BigInt(spent) : 0n;
  }
  return { lived, carryOut: carryIn, minted };
}

/** Most are below a step; after a merge a carry may be more than one. */
const carries = fc.bigInt({ min: 0n, max: 299n });

/** A life, the carry it begins with, and what must hold of it, a thousand times. */
function always(holds: (life: ReturnType<typeof live>, rules: RuleSet, firstCarry: bigint) => boolean): void {
  fc.assert(
    fc.property(ruleSets, fc.array(records, { maxLength: 14 }), carries, (rules, given, carry) => {
      const firstCarry = carry % (minor(rules.rounding_step) * 3n);
      return holds(live(rules, given, firstCarry), rules, firstCarry);
    }),
    { seed, numRuns: 1_000 },
  );
}

t.test('every hundredth of every hour is a coin of the member or a named difference', async () => {
  always(({ lived }) =>
    lived.every(({ minting }) => {
      const explained = sum(minting.differences.map(({ amount }) => amount));
      return minting.hours === minting.toMember + explained && minting.differences.every(({ amount }) => amount !== 0n);
    }),
  );
});

t.test('no carry is lost: what the reasons say was carried is what the last record leaves', async () => {
  always(({ lived, carryOut }, rules, firstCarry) => {
    const carried = lived.flatMap(({ minting }) => minting.differences.filter(({ code }) => code === 'rounding_carry'));
    const most = firstCarry < minor(rules.rounding_step) ? minor(rules.rounding_step) - 1n : firstCarry;
    const within = lived.every(({ minting }) => minting.carryOut >= 0n && minting.carryOut <= most);
    return within && carryOut - firstCarry === sum(carried.map(({ amount }) => amount));
  });
});

t.test(
  'in any order of arrival, what is minted is never negative, nor over the cap of a visit, a day, a week or a holding',
  async () => {
    always(({ lived, minted }, rules) =>
      lived.every(
        ({ day, minting }) =>
          minting.toMember >= 0n &&
          minting.toPool >= 0n &&
          minting.toMember + minting.toPool === minting.minted &&
          minting.toMember <= minor(rules.holding_cap) &&
          minting.minted % minor(rules.rounding_step) === 0n &&
          minting.minted <= minor(rules.cap_visit) &&
          minted((other) => other === day) <= minor(rules.cap_day) &&
          minted((other) => weekOf(other) === weekOf(day)) <= minor(rules.cap_week),
      ),
    );
  },
);

t.test('under the published rules no visit is over 2.00, no day over 2.00 and no week over 6.00 coins', async () => {
  fc.assert(
    fc.property(fc.array(records, { maxLength: 30 }), carries, (given, carry) => {
      const { lived, minted } = live(xinchangPilot1, given, carry);
      return (
        lived.every(({ minting }) => minting.minted <= 200n) &&
        lived.every(({ day }) => minted((other) => other === day) <= 200n) &&
        [0, 1].every((week) => minted((day) => weekOf(day) === week) <= 600n)
      );
    }),
    { seed, numRuns: 1_000 },
  );
});

t.test('a hundred thousand records mint what counting by the text of the rules comes to', async () => {
  const inputs = fc.record({
    rules: fc.oneof(ruleSets, fc.constant(xinchangPilot1)),
    record: records,
    mintedThatDay: fc.bigInt({ min: 0n, max: 450n }),
    more: fc.bigInt({ min: 0n, max: 700n }),
    carry: carries,
    coinBalance: fc.bigInt({ min: 0n, max: 160_000n }),
    used: fc.array(fc.option(fc.record({ coins: fc.bigInt({ min: 0n, max: 1_600n }), records: fc.nat(7) })), {
      minLength: 3,
      maxLength: 3,
    }),
    usedOfBudgets: fc.array(fc.option(fc.bigInt({ min: 0n, max: 1_600n })), { minLength: 2, maxLength: 2 }),
  });
  fc.assert(
    fc.property(inputs, ({ rules, record, mintedThatDay, more, carry, coinBalance, used, usedOfBudgets }) => {
      const { day: _day, spent: _spent, ...given } = record;
      const input: MintInput = {
        ...given,
        rules,
        serviceType: 'errand',
        mintedThatDay,
        used,
        usedOfBudgets,
        mintedThatWeek: mintedThatDay + more,
        carryIn: carry % (minor(rules.rounding_step) * 3n),
        coinBalance,
      };
      const { hours, toMember, toPool, carryOut, differences } = mintCoins(input);
      const told = Object.fromEntries(differences.map(({ code, amount }) => [code, Number(amount)]));
      const { reasons, ...plain } = mintPlainly(input);
      const minted = { hours: Number(hours), member: Number(toMember), pool: Number(toPool), carry: Number(carryOut) };
      return same(minted, plain) && same(told, reasons);
    }),
    { seed, numRuns: 100_000 },
  );
});

/** Whether two have the same numbers under the same names. */
function same(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
