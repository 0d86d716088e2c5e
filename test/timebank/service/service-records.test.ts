/** Service in the books: caps on the day of service in any order of arrival, exact time, nothing of the future, late records. */

import t, { type Test } from 'tap';
import { closePeriod } from '../../../src/ledger/entries.js';
import type { Lane } from '../../../src/ledger/lane.js';
import { reverseByHand } from '../../../src/timebank/credit/reversal.js';
import { freeHolds } from '../../../src/timebank/free-holds.js';
import type { Visit } from '../../../src/timebank/service/post-record.js';
import { recordService } from '../../../src/timebank/service/service-records.js';
import { type Books, books, booksBalance, fixedClock, refusedByChecks, run } from '../../support/books.js';
import { seeded, seedOf } from '../../support/random.js';
import { adoptRules } from '../../support/rules.js';
import { adjust, must, settle } from '../../support/story.js';

/** A visit by M1 to M2 on a day, from a time on, as planned. */
function visit(id: string, day: string, from: string, minutes: number, more: Partial<Visit> = {}): Visit {
  const start = Date.parse(`${day}T${from}+08:00`);
  const [begin, end] = [start, start + minutes * 60_000].map((instant) => new Date(instant).toISOString());
  const times = { planned_start: begin, planned_end: end, check_in: begin, check_out: end } as Visit;
  return {
    ...times,
    external_id: id,
    volunteer: 'M1',
    recipient: 'M2',
    service_type: 'errand',
    proof_grade: 'A',
    recorded_by: 'XC',
    ...more,
  };
}

const record = (lane: Lane, given: Visit, approvedBy = 'coordinator:wang') =>
  run(lane, (stage) => recordService(stage, given, approvedBy));
const recorded = async (lane: Lane, given: Visit) =>
  must(lane, (stage) => recordService(stage, given, 'coordinator:wang'));
const reasonsOf = (differences: readonly { code: string; amount: bigint }[]) =>
  differences.map(({ code, amount }) => `${code} ${amount}`);

async function county(t: Test, clock = fixedClock().clock): Promise<Books> {
  const b = await books(t, { clock });
  await settle(b.lane);
  return b;
}

t.test('caps bind the coins minted on the day of service, also when a record of another day comes late', async (t) => {
  const b = await county(t);
  const arrivals = [
    [visit('V1', '2026-10-05', '09:00:00', 27), 0n, ['rounding_carry 45']],
    [visit('V2', '2026-10-07', '09:00:00', 63), 150n, ['rounding_carry -45']],
    [visit('V3', '2026-10-06', '09:00:00', 27), 0n, ['rounding_carry 45']],
    [visit('V4', '2026-10-07', '13:00:00', 63), 50n, ['cap_day 55']],
    [visit('V5', '2026-10-08', '09:00:00', 3), 50n, ['rounding_carry -45']],
  ] as const;
  for (const [given, coins, reasons] of arrivals) {
    const { record: row, differences } = await recorded(b.lane, given);
    t.same([row.coins, reasonsOf(differences)], [coins, reasons], given.external_id);
  }
  const days = await b.owner`select served_on::text, sum(coins + to_pool)::text as minted
    from timebank.service_records group by served_on order by 1`;
  t.same(
    days.map(({ served_on, minted }) => `${served_on} ${minted}`),
    ['2026-10-05 0', '2026-10-06 0', '2026-10-07 200', '2026-10-08 50'],
  );
  await booksBalance(t, b.owner);
});

t.test(
  'two weeks of visits in any order of arrival: no day over 2.00, no week over 6.00, every hour explained',
  async (t) => {
    const b = await county(t);
    const random = seeded(seedOf(t));
    const visits: Visit[] = [];
    for (let day = 5; day <= 18; day += 1) {
      for (const from of ['08:00', '12:00', '16:00']) {
        const id = `V${day}-${from.slice(0, 2)}`;
        const grade = { proof_grade: random.pick(['A', 'A', 'B', 'C'] as const) };
        visits.push(visit(id, `2026-10-${String(day).padStart(2, '0')}`, `${from}:00`, 1 + random.below(200), grade));
      }
    }
    const arrivals = visits.map((one) => ({ one, at: random.below(1_000_000) })).sort((a, b) => a.at - b.at);
    for (const { one } of arrivals) await recorded(b.lane, one);
    const over = await b.owner`select volunteer_id from timebank.service_records group by volunteer_id, served_on
    having sum(coins + to_pool) > 200
    union all select volunteer_id from timebank.service_records group by volunteer_id, week having sum(coins + to_pool) > 600
    union all select volunteer_id from timebank.service_records where coins + to_pool > 200`;
    t.same([...over], []);
    const [sums] = await b.owner`select (select sum(hours) from timebank.service_records)::text as hours,
    ((select sum(coins) from timebank.service_records) + (select sum(amount) from timebank.service_differences))::text as told,
    (select carry from timebank.members where member_id = 'M1')::text as carry,
    (select sum(amount) from timebank.service_differences where code = 'rounding_carry')::text as carried`;
    t.equal(sums?.['hours'], sums?.['told'], 'hours are coins and reasons');
    t.equal(sums?.['carry'], sums?.['carried'], 'what is carried at the end is what the reasons say was carried');
    await booksBalance(t, b.owner);
  },
);

t.test('coins that went to the pool count against the caps like those of the member', async (t) => {
  const b = await county(t);
  await adoptRules(b.lane, { holding_cap: '0.50' });
  const told: unknown[] = [];
  for (const [id, from] of [
    ['V1', '09:00:00'],
    ['V2', '13:00:00'],
  ] as const) {
    const given = visit(id, '2026-10-07', from, 90);
    const { record: row, differences } = await must(b.lane, (stage) => recordService(stage, given, 'operator:wang'));
    told.push([row.coins, row.to_pool, reasonsOf(differences)]);
  }
  t.same(told, [
    [50n, 100n, ['holding_cap 100']],
    [0n, 50n, ['cap_day 100', 'holding_cap 50']],
  ]);
  await booksBalance(t, b.owner);
});

t.test('a volunteer is at one visit at a time, also over midnight and the end of a week', async (t) => {
  const b = await county(t);
  await recorded(b.lane, visit('V1', '2026-10-11', '22:00:00', 240));
  t.equal((await record(b.lane, visit('V2', '2026-10-12', '01:59:59', 60))).code, 'service_overlap');
  await recorded(b.lane, visit('V3', '2026-10-19', '00:30:00', 60));
  t.equal((await record(b.lane, visit('V4', '2026-10-18', '23:00:00', 91))).code, 'service_overlap');
  t.ok((await record(b.lane, visit('V5', '2026-10-12', '02:00:00', 60))).result, 'what only touches does not overlap');
  t.ok((await record(b.lane, visit('V6', '2026-10-18', '23:00:00', 90))).result);
  await booksBalance(t, b.owner);
});

t.test('hours are the exact time: seconds count, and no visit is recorded as none', async (t) => {
  const b = await county(t);
  const [start, later] = ['2026-10-05T09:00:00+08:00', (text: string) => `2026-10-05T09:${text}+08:00`];
  const timed = (id: string, end: string, planned = end, day = '05') => {
    const on = (text: string) => text.replace('-05T', `-${day}T`);
    const times = { check_out: on(later(end)), planned_end: on(later(planned)) };
    return visit(id, `2026-10-${day}`, '09:00:00', 1, { ...times, check_in: on(start), planned_start: on(start) });
  };
  let hours = 0n;
  for (let day = 1; day <= 30; day += 1) {
    const given = timed(`S${day}`, '01:59', '01:59', String(day).padStart(2, '0'));
    hours += (await recorded(b.lane, given)).record.hours;
  }
  t.equal(hours, 90n, '30 visits of 1:59 are 0.03 h each');
  const m3 = { volunteer: 'M2', recipient: 'M1' };
  const over = await recorded(b.lane, { ...timed('P1', '05:59.9', '09:59'), ...m3 });
  t.same([over.record.hours, reasonsOf(over.differences)], [10n, ['rounding_carry 10']], 'over 60 % of the plan');
  const under = await recorded(b.lane, { ...timed('P2', '06:00', '10:59', '06'), ...m3 });
  t.same([under.record.hours, reasonsOf(under.differences)], [10n, ['presence_short 10']], 'under 60 % of the plan');
  const blink = await recorded(b.lane, { ...timed('P3', '00:00.000001', '00:00.000001', '07'), ...m3 });
  t.equal(blink.record.hours, 1n);
  await booksBalance(t, b.owner);
});

t.test('another time than the planned one, the future, and days before the rules are refused', async (t) => {
  const b = await county(t);
  const shifted = (from: string, to: string): Partial<Visit> => ({
    check_in: `2026-10-05T${from}+08:00`,
    check_out: `2026-10-05T${to}+08:00`,
  });
  const plan = (more: Partial<Visit>) => visit('V1', '2026-10-05', '09:00:00', 60, more);
  // The clock of the books stands at 2026-11-02 09:00 in Shanghai.
  const refusals = [
    [plan(shifted('12:00:00', '13:00:00')), 'service_time_invalid'],
    [plan(shifted('11:00:00.000001', '12:00:00')), 'service_time_invalid'],
    [plan(shifted('06:59:59.999999', '08:00:00')), 'service_time_invalid'],
    [visit('V1', '2026-11-02', '08:30:00', 36), 'date_in_future'],
    [visit('V1', '2026-11-02', '10:00:00', 30), 'date_in_future'],
    [visit('V1', '2027-10-05', '09:00:00', 60), 'date_in_future'],
    [visit('V1', '2025-12-31', '09:00:00', 60), 'rule_set_not_effective'],
    [visit('V1', '2025-12-31', '23:30:00', 60), 'rule_set_not_effective'],
  ] as const;
  for (const [given, code] of refusals) t.equal((await record(b.lane, given)).code, code, `${given.check_in} ${code}`);
  t.ok((await record(b.lane, plan(shifted('11:00:00', '12:00:00')))).result, 'two hours from the plan is near it');
  t.ok((await record(b.lane, visit('V2', '2026-11-02', '08:30:00', 35))).result, 'clocks may differ by five minutes');
  t.ok((await record(b.lane, visit('V3', '2026-01-01', '00:00:00', 60))).result, 'the first day of the rules');
  await booksBalance(t, b.owner);
});

t.test('within the five minutes for clocks that differ, a day that has not come is still refused', async (t) => {
  const b = await county(t, fixedClock(Date.parse('2026-11-02T23:58:00+08:00')).clock);
  const given = visit('V1', '2026-11-03', '00:00:30', 1);
  t.equal((await record(b.lane, given)).code, 'date_in_future');
  t.ok((await record(b.lane, visit('V2', '2026-11-02', '23:00:00', 62))).result, 'a service may end past midnight');
});

t.test(
  'volunteer, recipient, recorder and approver are four, registered where they must be, whatever their roles',
  async (t) => {
    const b = await county(t);
    const refusals = [
      [{ recipient: 'M1' }, 'coordinator:wang', 'self_approval'],
      [{ recorded_by: 'M1' }, 'coordinator:wang', 'self_approval'],
      [{ recorded_by: 'M2' }, 'coordinator:wang', 'self_approval'],
      [{}, 'member:M1', 'self_approval'],
      [{}, 'operator:M1', 'self_approval'],
      [{}, 'operator:M2', 'self_approval'],
      [{}, 'coordinator:member:M2', 'self_approval'],
      [{}, 'operator:XC', 'self_approval'],
      [{}, 'operator:cli', 'approver_invalid'],
      [{ volunteer: 'M9' }, 'coordinator:wang', 'member_not_found'],
      [{ recipient: 'M9' }, 'coordinator:wang', 'member_not_found'],
      [{ recorded_by: 'NOBODY' }, 'coordinator:wang', 'recorder_not_found'],
      [{ recorded_by: 'xc' }, 'coordinator:wang', 'recorder_not_found'],
    ] as const;
    for (const [more, approvedBy, code] of refusals) {
      const refused = await record(b.lane, visit('V1', '2026-10-05', '09:00:00', 60, more), approvedBy);
      t.equal(refused.code, code, `${JSON.stringify(more)} ${approvedBy}`);
    }
    t.ok((await record(b.lane, visit('V1', '2026-10-05', '09:00:00', 60), 'operator:m1')).result, 'ids differ in case');
    await booksBalance(t, b.owner);
  },
);

t.test(
  'a service of a closed period takes effect on the first open day; its day of service stays, and caps count there',
  async (t) => {
    const b = await county(t);
    await recorded(b.lane, visit('V1', '2026-10-07', '09:00:00', 90));
    await must(b.lane, (stage) => closePeriod(stage, '2026-10-31').number);
    const { entry, record: row, differences } = await recorded(b.lane, visit('V2', '2026-10-07', '13:00:00', 90));
    t.equal(entry.effectiveOn, '2026-11-01');
    t.match(row, { served_on: '2026-10-07', week: '2026-10-05', effective_on: '2026-11-01', coins: 50n });
    t.same(reasonsOf(differences), ['cap_day 100']);
    const open = await recorded(b.lane, visit('V3', '2026-11-01', '09:00:00', 60));
    t.match(open.record, { served_on: '2026-11-01', effective_on: '2026-11-01' });
    const [stored] = await b.owner`select e.effective_on::text as entry, r.effective_on::text as record
    from timebank.service_records r join timeledger.entries e on e.number = r.entry where r.service_record_id = 'V2'`;
    t.same(stored, { entry: '2026-11-01', record: '2026-11-01' });
    await booksBalance(t, b.owner);
  },
);

t.test('the database refuses a record that is wrong by itself', async (t) => {
  const b = await county(t);
  await recorded(b.lane, visit('V1', '2026-10-07', '09:00:00', 90));
  const wrong = {
    service_records_amounts_check: ['hours = 0', 'coins = -1', 'to_pool = -1'],
    service_records_people_check: ["recipient_id = 'M1'", "recorded_by = 'M1'", "recorded_by = 'M2'"],
    service_records_proof_grade_check: ["proof_grade = 'D'"],
    service_records_times_check: ['check_out = check_in', 'planned_end = planned_start'],
    service_records_week_check: [
      'week = week + 1',
      'week = week + 7',
      'served_on = served_on + 7, effective_on = effective_on + 7',
    ],
    service_records_effective_check: ['effective_on = served_on - 1'],
  };
  await refusedByChecks(t, b.owner, 'service_records', wrong);
  await booksBalance(t, b.owner);
});

t.test('coins that are minted repay first what the volunteer owes, and the record counts them all', async (t) => {
  const b = await county(t);
  const given = await adjust(b.lane, [{ debit: 'coin:issuance', credit: 'member:M1:coins', amount: '3.00' }]);
  await adjust(b.lane, [{ debit: 'member:M1:coins', credit: 'pool:community', amount: '3.00' }]);
  await must(b.lane, (stage) => reverseByHand(stage, given, {}, freeHolds));
  const owed = async () => {
    const rows = await b.owner`select code, abs(credits - debits)::int as balance from timeledger.accounts
      where code in ('member:M1:coins', 'member:M1:receivable:coins') order by code`;
    return rows.map(({ balance }) => balance);
  };
  t.same(await owed(), [0, 300]);
  const first = await recorded(b.lane, visit('V1', '2026-10-05', '09:00:00', 120));
  t.same([first.record.coins, await owed()], [200n, [0, 100]]);
  await recorded(b.lane, visit('V2', '2026-10-06', '09:00:00', 120));
  t.same(await owed(), [100, 0]);
  await booksBalance(t, b.owner);
});
