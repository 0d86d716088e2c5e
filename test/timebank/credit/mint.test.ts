/** What a record mints, by example and for every record: no hundredth without a reason, no carry lost, no cap passed. */
import fc from 'fast-check';
import t from 'tap';
import { type MintInput, type Minting, mintCoins } from '../../../src/timebank/credit/mint.js';
import { type RuleSet, xinchangPilot1 } from '../../../src/timebank/credit/rule-set.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}`);

const mint = (given: Partial<MintInput> = {}): Minting =>
  mintCoins({
    rules: xinchangPilot1,
    grade: 'A',
    serviceType: 'errand',
    minutesPresent: 60,
    minutesPlanned: 60,
    alreadyToday: 0n,
    alreadyThisWeek: 0n,
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
    eligible: 100n,
    minted: 100n,
    toMember: 100n,
    toPool: 0n,
    carryOut: 0n,
    differences: [],
  });
});

t.test('minutes become hundredths of an hour rounded half up', async (t) => {
  for (const [minutes, hours] of [
    [0, 0n],
    [1, 2n],
    [20, 33n],
    [33, 55n],
    [40, 67n],
    [48, 80n],
    [90, 150n],
  ] as const) {
    t.equal(mint({ minutesPresent: minutes }).hours, hours, `${minutes} minutes`);
  }
  t.throws(() => mint({ minutesPresent: 1.5 }), RangeError);
});

t.test('paper proof keeps the hours on record and mints nothing', async (t) => {
  const minting = mint({ grade: 'C', minutesPresent: 90, carryIn: 40n });
  t.equal(minting.hours, 150n);
  t.equal(minting.toMember, 0n);
  t.equal(minting.carryOut, 40n, 'an earlier carry survives');
  t.same(reasons(minting), ['proof_grade_c 150']);
  t.equal(mint({ grade: 'B' }).toMember, 100n, 'the recipient can vouch');
});

t.test('59 % of the plan mints nothing, 60 % mints, and without a plan presence is not judged', async (t) => {
  t.same(reasons(mint({ minutesPresent: 59, minutesPlanned: 100 })), ['presence_short 98']);
  t.equal(mint({ minutesPresent: 60, minutesPlanned: 100 }).toMember, 100n);
  t.equal(mint({ minutesPlanned: 0 }).toMember, 100n);
});

t.test('service to kin and paid posts mint nothing, unless the rules allow kin', async (t) => {
  t.same(reasons(mint({ kin: true })), ['kin 100']);
  t.equal(mint({ kin: true, rules: { ...xinchangPilot1, earn_from_kin: true } }).toMember, 100n);
  t.same(reasons(mint({ volunteering: false })), ['not_volunteering 100']);
});

t.test('only the first reason to exclude a record is named', async (t) => {
  const wrong = { grade: 'C', kin: true, minutesPresent: 10 } as const;
  t.same(reasons(mint(wrong)), ['proof_grade_c 17']);
  t.same(reasons(mint({ ...wrong, volunteering: false })), ['not_volunteering 17']);
  t.same(reasons(mint({ ...wrong, grade: 'B' })), ['presence_short 17']);
});

t.test('each cap grants what is left under it and names the rest', async (t) => {
  t.same(reasons(mint({ minutesPresent: 150, minutesPlanned: 150 })), ['cap_visit 50']);
  const day = mint({ alreadyToday: 150n });
  t.equal(day.toMember, 50n);
  t.same(reasons(day), ['cap_day 50']);
  const week = mint({ alreadyThisWeek: 600n });
  t.equal(week.toMember, 0n);
  t.same(reasons(week), ['cap_week 100']);
  t.same(reasons(mint({ minutesPresent: 150, alreadyToday: 150n, alreadyThisWeek: 580n })), [
    'cap_visit 50',
    'cap_day 150',
    'cap_week 30',
    'rounding_carry 20',
  ]);
});

t.test('what is below half an hour is carried and minted with a later record', async (t) => {
  const first = mint({ minutesPresent: 48, minutesPlanned: 48 });
  t.same([first.minted, first.carryOut, reasons(first)], [50n, 30n, ['rounding_carry 30']]);
  const second = mint({ minutesPresent: 48, minutesPlanned: 48, carryIn: first.carryOut });
  t.same([second.minted, second.carryOut, reasons(second)], [100n, 10n, ['rounding_carry -20']]);
  t.throws(() => mint({ carryIn: 50n }), RangeError, 'a whole step is not a carry');
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
  t.equal(mint({ rules: weighed('1.005') }).eligible, 101n, '100.5 is rounded up');
  t.equal(mint({ rules: weighed('1.0049') }).eligible, 100n);
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

/** Rule sets whose caps are whole steps, and nothing else in common with the published one. */
const ruleSets: fc.Arbitrary<RuleSet> = fc
  .record({
    step: fc.constantFrom(1, 5, 10, 25, 50, 100),
    caps: fc.tuple(fc.nat(8), fc.nat(12), fc.nat(30)),
    presence: fc.nat(100),
    holding: fc.nat(2000),
    coefficient: fc.constantFrom('0', '0.33', '0.5', '0.8', '1', '1.25', '1.337', '3'),
    kin: fc.boolean(),
    grades: fc.subarray(['A', 'B', 'C'] as const),
  })
  .map(({ step, caps: [visit, day, week], presence, holding, coefficient, kin, grades }) => {
    const cap = (steps: number) => ((steps * step) / 100).toFixed(2);
    return {
      ...weighed(coefficient),
      rounding_step: cap(1),
      cap_visit: cap(visit),
      cap_day: cap(day),
      cap_week: cap(week),
      presence_min_percent: presence,
      holding_cap: `${holding}.00`,
      earn_from_kin: kin,
      minting_grades: grades,
    };
  });

const records = fc.record({
  day: fc.nat(13),
  grade: fc.constantFrom('A', 'B', 'C'),
  minutesPresent: fc.nat(400),
  minutesPlanned: fc.nat(400),
  spent: fc.nat(300),
  kin: fc.boolean(),
  volunteering: fc.boolean(),
});
type Given = typeof records extends fc.Arbitrary<infer R> ? R : never;
type Lived = { day: number; minting: Minting };

/** One member's life under one rule set: two weeks of records in order of days, coins spent in between. */
function live(rules: RuleSet, given: readonly Given[], firstCarry: bigint) {
  const lived: Lived[] = [];
  let [carryIn, coinBalance] = [firstCarry, 0n];
  const granted = (same: (day: number) => boolean) =>
    lived.reduce((sum, { day, minting }) => (same(day) ? sum + minting.eligible : sum), 0n);
  for (const { day, spent, ...record } of [...given].sort((a, b) => a.day - b.day)) {
    const alreadyToday = granted((other) => other === day);
    const alreadyThisWeek = granted((other) => Math.floor(other / 7) === Math.floor(day / 7));
    const minting = mint({ ...record, rules, alreadyToday, alreadyThisWeek, carryIn, coinBalance });
    lived.push({ day, minting });
    carryIn = minting.carryOut;
    coinBalance += minting.toMember;
    coinBalance = coinBalance > BigInt(spent) ? coinBalance - BigInt(spent) : 0n;
  }
  return { lived, carryOut: carryIn };
}

const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((total, amount) => total + amount, 0n);
const minor = (text: string) => BigInt(text.replace('.', ''));

t.test('every hundredth of every hour is a coin of the member or a named difference', async () => {
  fc.assert(
    fc.property(ruleSets, fc.array(records, { maxLength: 12 }), fc.nat(99), (rules, given, carry) => {
      const { lived } = live(rules, given, BigInt(carry) % minor(rules.rounding_step));
      return lived.every(({ minting }) => {
        const explained = sum(minting.differences.map(({ amount }) => amount));
        return (
          minting.hours === minting.toMember + explained && minting.differences.every(({ amount }) => amount !== 0n)
        );
      });
    }),
    { seed, numRuns: 1000 },
  );
});

t.test('no carry is lost: eligible is minted plus carried, over any number of records', async () => {
  fc.assert(
    fc.property(ruleSets, fc.array(records, { maxLength: 12 }), fc.nat(99), (rules, given, carry) => {
      const firstCarry = BigInt(carry) % minor(rules.rounding_step);
      const { lived, carryOut } = live(rules, given, firstCarry);
      const eligible = sum(lived.map(({ minting }) => minting.eligible));
      return eligible === sum(lived.map(({ minting }) => minting.minted)) + carryOut - firstCarry;
    }),
    { seed, numRuns: 1000 },
  );
});

t.test('what is minted is never negative, and never over the cap of a visit, a day, a week or a holding', async () => {
  fc.assert(
    fc.property(ruleSets, fc.array(records, { maxLength: 12 }), fc.nat(99), (rules, given, carry) => {
      const step = minor(rules.rounding_step);
      const { lived } = live(rules, given, BigInt(carry) % step);
      const within = (cap: string, same: (day: number) => boolean) =>
        sum(lived.filter(({ day }) => same(day)).map(({ minting }) => minting.minted)) <= minor(cap);
      return lived.every(
        ({ day, minting }) =>
          minting.toMember >= 0n &&
          minting.toPool >= 0n &&
          minting.toMember + minting.toPool === minting.minted &&
          minting.toMember <= minor(rules.holding_cap) &&
          minting.minted % step === 0n &&
          minting.minted <= minor(rules.cap_visit) &&
          within(rules.cap_day, (other) => other === day) &&
          within(rules.cap_week, (other) => Math.floor(other / 7) === Math.floor(day / 7)),
      );
    }),
    { seed, numRuns: 1000 },
  );
});
