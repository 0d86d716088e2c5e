/** What a record mints, by example and for every record: no hundredth without a reason, no carry lost, no cap passed. */
import fc from 'fast-check';
import t from 'tap';
import { type MintInput, type Minting, mintCoins } from '../../../src/timebank/credit/mint.js';
import { type RuleSet, xinchangPilot1 } from '../../../src/timebank/credit/rule-set.js';
import { mintPlainly } from './plain-mint.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}`);

const seconds = (count: number) => BigInt(Math.round(count * 1_000_000));
const minutes = (count: number) => seconds(count * 60);

/** An hour as planned, by grade A, of a member who has nothing yet; what is present was planned so unless a plan is given. */
const mint = (given: Partial<MintInput> = {}): Minting =>
  mintCoins({
    rules: xinchangPilot1,
    grade: 'A',
    serviceType: 'errand',
    presentMicroseconds: minutes(60),
    plannedMicroseconds: given.presentMicroseconds ?? minutes(60),
    mintedThatDay: 0n,
    mintedThatWeek: 0n,
    carryIn: 0n,
    coinBalance: 0n,
    ...given,
  });

const reasons = ({ differences }: Minting) => differences.map(({ code, amount }) => `${code} ${amount}`);
const weighed = (coefficient: string): RuleSet => ({
  ...xinchangPilot1,
  service_coefficients: { errand: coefficient },
});

t.test('a full hour of proven service is one coin, with nothing to explain', async (t) => {
  t.same(mint(), {
    hours: 100n,
    minted: 100n,
    toMember: 100n,
    toPool: 0n,
    carryOut: 0n,
    differences: [],
  });
});

t.test('time becomes hundredths of an hour rounded half up, seconds and all', async (t) => {
  for (const [time, hours] of [
    [minutes(20), 33n],
    [minutes(33), 55n],
    [minutes(40), 67n],
    [minutes(48), 80n],
    [minutes(90), 150n],
    [seconds(119), 3n],
    [seconds(89.999_999), 2n],
    [seconds(90), 3n],
  ] as const) {
    t.equal(mint({ presentMicroseconds: time }).hours, hours, `${time} microseconds`);
  }
  t.throws(() => mint({ presentMicroseconds: -1n }), RangeError);
});

t.test('what took any time is never recorded as none: from a microsecond on it is 0.01', async (t) => {
  for (const time of [1n, seconds(1), seconds(17.999_999), seconds(18), seconds(53.999_999)])
    t.equal(mint({ presentMicroseconds: time }).hours, 1n, `${time} microseconds`);
  t.equal(mint({ presentMicroseconds: seconds(54) }).hours, 2n);
  t.equal(mint({ presentMicroseconds: 0n, plannedMicroseconds: 0n }).hours, 0n);
});

t.test('paper proof keeps the hours on record and mints nothing', async (t) => {
  const minting = mint({ grade: 'C', presentMicroseconds: minutes(90), carryIn: 40n });
  t.equal(minting.hours, 150n);
  t.equal(minting.toMember, 0n);
  t.equal(minting.carryOut, 40n, 'an earlier carry survives');
  t.same(reasons(minting), ['proof_grade_c 150']);
  t.equal(mint({ grade: 'B' }).toMember, 100n, 'the recipient can vouch');
});

t.test('59 % of the plan mints nothing, 60 % mints, and without a plan presence is not judged', async (t) => {
  const present = (time: bigint, plannedMicroseconds: bigint) =>
    mint({ presentMicroseconds: time, plannedMicroseconds });
  t.same(reasons(present(minutes(59), minutes(100))), ['presence_short 98']);
  t.equal(present(minutes(60), minutes(100)).toMember, 100n);
  t.equal(present(minutes(60), 0n).toMember, 100n);
});

t.test('presence compares exact durations: a tenth of a second more is 60 %, a second less is not', async (t) => {
  const short = (present: number, planned: number) =>
    reasons(mint({ presentMicroseconds: seconds(present), plannedMicroseconds: seconds(planned) })).some((reason) =>
      reason.startsWith('presence_short'),
    );
  t.notOk(short(359.9, 599), '5:59.9 of 9:59 is over');
  t.ok(short(360, 659), '6:00 of 10:59 is under');
  t.notOk(short(360, 600), '6:00 of 10:00 is 60 %');
  t.ok(short(359.999_999, 600), 'and not a microsecond less');
});

t.test('service to kin and paid posts mint nothing, unless the rules allow kin', async (t) => {
  t.same(reasons(mint({ kin: true })), ['kin 100']);
  t.equal(mint({ kin: true, rules: { ...xinchangPilot1, earn_from_kin: true } }).toMember, 100n);
  t.same(reasons(mint({ volunteering: false })), ['not_volunteering 100']);
});

t.test('service of a profession keeps the hours on record and never mints, however well it is proven', async (t) => {
  const minting = mint({ serviceType: 'nursing', presentMicroseconds: minutes(90), carryIn: 40n });
  t.same([minting.hours, minting.minted, minting.carryOut], [150n, 0n, 40n]);
  t.same(reasons(minting), ['professional_service 150']);
  t.same(reasons(mint({ serviceType: 'medical', grade: 'C' })), ['professional_service 100']);
  t.equal(
    mint({ serviceType: 'nursing', rules: { ...xinchangPilot1, professional_service_types: {} } }).toMember,
    100n,
  );
});

t.test('only the first reason to exclude a record is named', async (t) => {
  const wrong = {
    grade: 'C',
    kin: true,
    presentMicroseconds: minutes(10),
    plannedMicroseconds: minutes(60),
  } as const;
  t.same(reasons(mint(wrong)), ['proof_grade_c 17']);
  t.same(reasons(mint({ ...wrong, volunteering: false })), ['not_volunteering 17']);
  t.same(reasons(mint({ ...wrong, grade: 'B' })), ['presence_short 17']);
});

t.test('each cap grants what is left under it and names the rest', async (t) => {
  t.same(reasons(mint({ presentMicroseconds: minutes(150) })), ['cap_visit 50']);
  const day = mint({ mintedThatDay: 150n });
  t.equal(day.toMember, 50n);
  t.same(reasons(day), ['cap_day 50']);
  const week = mint({ mintedThatWeek: 600n });
  t.equal(week.toMember, 0n);
  t.same(reasons(week), ['cap_week 100']);
  t.same(reasons(mint({ presentMicroseconds: minutes(150), mintedThatDay: 50n, mintedThatWeek: 550n })), [
    'cap_visit 50',
    'cap_day 50',
    'cap_week 100',
  ]);
});

t.test(
  'a cap cuts what the record brings, never what was carried in: that is minted under the cap or stays',
  async (t) => {
    const full = mint({ presentMicroseconds: minutes(63), mintedThatDay: 200n, carryIn: 45n });
    t.same([full.minted, full.carryOut, reasons(full)], [0n, 45n, ['cap_day 105']]);
    const last = mint({ presentMicroseconds: minutes(63), mintedThatDay: 150n, carryIn: 45n });
    t.same([last.minted, last.carryOut, reasons(last)], [50n, 45n, ['cap_day 55']]);
    const under = mint({ presentMicroseconds: minutes(63), carryIn: 45n });
    t.same([under.minted, under.carryOut, reasons(under)], [150n, 0n, ['rounding_carry -45']]);
  },
);

t.test('a cap acts in whole steps: what is left of one that is none grants nothing', async (t) => {
  const left = mint({ mintedThatWeek: 580n });
  t.same([left.minted, reasons(left)], [0n, ['cap_week 100']]);
  const odd = mint({ rules: { ...xinchangPilot1, cap_visit: '0.75' } });
  t.same([odd.minted, odd.carryOut, reasons(odd)], [50n, 0n, ['cap_visit 50']]);
});

t.test(
  'what is carried beyond a step, as after a merge, is minted with a record that counts, within its caps',
  async (t) => {
    const free = mint({ presentMicroseconds: minutes(30), carryIn: 95n });
    t.same([free.minted, free.carryOut, reasons(free)], [100n, 45n, ['rounding_carry -50']]);
    const capped = mint({ presentMicroseconds: minutes(30), mintedThatDay: 150n, carryIn: 95n });
    t.same([capped.minted, capped.carryOut, reasons(capped)], [50n, 95n, []]);
    const full = mint({ presentMicroseconds: minutes(30), mintedThatDay: 200n, carryIn: 95n });
    t.same([full.minted, full.carryOut, reasons(full)], [0n, 95n, ['cap_day 50']]);
    const paper = mint({ grade: 'C', presentMicroseconds: minutes(30), carryIn: 95n });
    t.same([paper.minted, paper.carryOut], [0n, 95n], 'what does not count mints nothing');
  },
);

t.test('what is below half an hour is carried and minted with a later record', async (t) => {
  const first = mint({ presentMicroseconds: minutes(48) });
  t.same([first.minted, first.carryOut, reasons(first)], [50n, 30n, ['rounding_carry 30']]);
  const second = mint({ presentMicroseconds: minutes(48), carryIn: first.carryOut });
  t.same([second.minted, second.carryOut, reasons(second)], [100n, 10n, ['rounding_carry -20']]);
  t.throws(() => mint({ carryIn: -1n }), RangeError, 'nobody carries less than nothing');
});

t.test('over the holding cap the coins go to the pool, and a full member gets none', async (t) => {
  const minting = mint({ coinBalance: 149950n });
  t.same([minting.minted, minting.toMember, minting.toPool], [100n, 50n, 50n]);
  t.same(reasons(minting), ['holding_cap 50']);
  t.equal(mint({ coinBalance: 160000n }).toMember, 0n);
});

t.test('a coefficient is named, rounded half up, and may make the coins more than the hours', async (t) => {
  t.same(reasons(mint({ rules: weighed('0.50') })), ['service_coefficient 50']);
  t.same(reasons(mint({ rules: weighed('1.50') })), ['service_coefficient -50']);
  t.same(
    reasons(mint({ rules: weighed('1.005') })),
    ['service_coefficient -1', 'rounding_carry 1'],
    '100.5 is rounded up',
  );
  t.same(reasons(mint({ rules: weighed('1.0049') })), []);
  t.throws(() => mint({ rules: weighed('-1') }), RangeError);
});

t.test('a service type the rules do not weigh is refused, whatever its name', async (t) => {
  for (const serviceType of ['singing', 'constructor', '__proto__', '']) {
    t.throws(() => mint({ serviceType, grade: 'C' }), { name: 'Refusal', code: 'service_type_unknown' }, serviceType);
  }
  t.equal(
    mint({ serviceType: 'singing', rules: { ...xinchangPilot1, unknown_service_type: 'accept' } }).toMember,
    100n,
  );
});

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
  })
  .map(({ step, caps: [visit, day, week], presence, holding, coefficient, kin, grades }) => {
    const text = (hundredths: number) => (hundredths / 100).toFixed(2);
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

t.test('twenty thousand records mint what counting by the text of the rules comes to', async () => {
  const inputs = fc.record({
    rules: fc.oneof(ruleSets, fc.constant(xinchangPilot1)),
    record: records,
    mintedThatDay: fc.bigInt({ min: 0n, max: 450n }),
    more: fc.bigInt({ min: 0n, max: 700n }),
    carry: carries,
    coinBalance: fc.bigInt({ min: 0n, max: 160_000n }),
  });
  fc.assert(
    fc.property(inputs, ({ rules, record, mintedThatDay, more, carry, coinBalance }) => {
      const { day: _day, spent: _spent, ...given } = record;
      const input: MintInput = {
        ...given,
        rules,
        serviceType: 'errand',
        mintedThatDay,
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
    { seed, numRuns: 20_000 },
  );
});

/** Whether two have the same numbers under the same names. */
function same(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
