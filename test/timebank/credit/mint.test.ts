/** What a record mints, by example. */
import t from 'tap';
import type { RuleSet } from '../../../src/timebank/credit/rule-set.js';
import { xinchangPilot1 } from '../../../src/timebank/credit/xinchang-pilot.js';
import { mint, minutes, reasons, seconds, weighed } from './minting.js';

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

t.test('a visit that is paid as one is worth the same however long it was', async (t) => {
  const rules = { ...weighed('1.00'), visit_coins: { errand: '1.00' } };
  for (const [length, told] of [
    [30, ['visit_basis -50']],
    [60, []],
    [150, ['visit_basis 150']],
  ] as const) {
    const minting = mint({ rules, presentMicroseconds: minutes(length) });
    t.equal(minting.toMember, 100n, `${length} minutes`);
    t.same(reasons(minting), told);
  }
});

t.test('level and station weigh after the type, and each says what it adds or takes', async (t) => {
  const rules = {
    ...weighed('0.90'),
    rounding_step: '0.01',
    level_coefficients: { 5: '1.20' },
    station_coefficients: { S1: '0.50' },
  };
  const minting = mint({ rules, level: 5, station: 'S1' });
  t.equal(minting.toMember, 54n);
  t.same(reasons(minting), ['service_coefficient 10', 'level_coefficient -18', 'station_coefficient 54']);
  t.same(
    reasons(mint({ rules, level: 4, station: 'S2' })),
    ['service_coefficient 10'],
    'what is not named counts 1.00',
  );
});

t.test('out of its calendar, or a second time where once is all, a record mints nothing', async (t) => {
  t.same(reasons(mint({ outsideCalendar: true })), ['outside_calendar 100']);
  t.same(reasons(mint({ mintedOnce: true })), ['minted_once 100']);
});

t.test('further caps cut after the three, by coins and by count', async (t) => {
  const rules = {
    ...weighed('1.00'),
    further_caps: [
      { per: 'member', within: 'month', coins: '10.00', records: null },
      { per: 'pair', within: 'week', coins: null, records: 2 },
      { per: 'member', within: 'year', coins: null, records: 50 },
    ],
  } as const;
  const used = (month: bigint, pair: number, year: number) => [
    { coins: month, records: 9 },
    { coins: 200n, records: pair },
    { coins: 0n, records: year },
  ];
  t.same(reasons(mint({ rules, used: used(900n, 1, 49) })), []);
  const month = mint({ rules, used: used(950n, 1, 49) });
  t.same([month.toMember, reasons(month)], [50n, ['cap_month 50']]);
  t.same(reasons(mint({ rules, used: used(0n, 2, 49) })), ['cap_pair 100']);
  t.same(reasons(mint({ rules, used: used(0n, 1, 50) })), ['cap_records 100']);
});

t.test('a cap of a unit cuts who belongs to it, and a budget what its programme covers, after all caps', async (t) => {
  const rules: RuleSet = {
    ...weighed('1.00'),
    further_caps: [
      { per: 'member', within: 'month', coins: '10.00', records: null },
      { per: 'unit', units: ['C1'], within: 'month', coins: '100.00', records: 80 },
    ],
    budgets: [
      {
        ...{ programme: 'care', name_zh: '关爱行动', name_en: 'Care', service_types: ['errand'] },
        ...{ within: 'year', coins: '500.00' },
      },
    ],
  };
  const minted = (month: bigint, unit: { coins: bigint; records: number } | null, budget: bigint | null) => {
    const used = [{ coins: month, records: 1 }, unit];
    const minting = mint({ rules, used, usedOfBudgets: [budget] });
    return [Number(minting.toMember), ...reasons(minting)];
  };
  t.same(minted(0n, { coins: 9_900n, records: 79 }, 49_900n), [100]);
  t.same(minted(0n, { coins: 9_950n, records: 79 }, 0n), [50, 'cap_unit 50']);
  t.same(minted(0n, { coins: 0n, records: 80 }, 0n), [0, 'cap_unit 100']);
  t.same(minted(0n, null, null), [100], 'who belongs to no unit that is named, and to no programme');
  t.same(minted(0n, null, 49_970n), [0, 'budget_exhausted 100'], 'less than a step is left');
  t.same(minted(950n, { coins: 9_950n, records: 0 }, 50_000n), [0, 'cap_month 50', 'budget_exhausted 50']);
});
