/** Rules that ask more of the books than the record says: levels as recorded, calendars, once in a life, caps of months, years and pairs. */
import t, { type Test } from 'tap';
import { addDays } from '../../../src/lib/clock.js';
import type { RuleValues } from '../../../src/timebank/credit/rule-set.js';
import { freeHolds } from '../../../src/timebank/free-holds.js';
import { registerOrgUnit } from '../../../src/timebank/people/org-units.js';
import { recordTalentLevel, registerTalent } from '../../../src/timebank/people/talents/talents.js';
import { correctService } from '../../../src/timebank/service/corrections/correction.js';
import type { Visit } from '../../../src/timebank/service/post-record.js';
import { recordService } from '../../../src/timebank/service/service-records.js';
import { type Books, books, booksBalance, fixedClock } from '../../support/books.js';
import { seeded, seedOf } from '../../support/random.js';
import { adoptRules } from '../../support/rules.js';
import { enrol, must, settle } from '../../support/story.js';

const silver = { member: 'M1', registry: 'silver' } as const;

async function county(t: Test, values: Partial<RuleValues>, now = '2026-11-02T09:00:00+08:00') {
  const time = fixedClock(Date.parse(now));
  const b = await books(t, { clock: time.clock });
  await settle(b.lane);
  await adoptRules(b.lane, { service_categories: {}, professional_service_types: {}, ...values });
  return { ...b, advanceTo: (instant: string) => time.advance(Date.parse(instant) - time.clock()) };
}

/** A visit by M1 to M2 from a time of a day on, for an hour as planned. */
function visit(id: string, day: string, from = '09:00', more: Partial<Visit> = {}): Visit {
  const [start, end] = [
    `${day}T${from}:00+08:00`,
    `${day}T${from.replace(/^../, (h) => String(Number(h) + 1).padStart(2, '0'))}:00+08:00`,
  ];
  return {
    ...{
      external_id: id,
      volunteer: 'M1',
      recipient: 'M2',
      service_type: 'errand',
      proof_grade: 'A',
      recorded_by: 'XC',
    },
    ...{ planned_start: start, planned_end: end, check_in: start, check_out: end },
    ...more,
  };
}

/** What a visit mints, and why not more. */
async function minted({ lane }: Pick<Books, 'lane'>, given: Visit): Promise<string> {
  const { record, differences } = await must(lane, (stage) => recordService(stage, given, 'operator:wang'));
  return [record.coins, ...differences.map(({ code, amount }) => `${code} ${amount}`)].join(' ');
}

t.test('the level that was recorded on the day of service weighs, whatever was recorded later', async (t) => {
  const b = await county(t, { level_coefficients: { 1: '1.50', 2: '2.00' } }, '2026-10-01T09:00:00+08:00');
  const talent = { categories: ['ecology'], specialties: [], interests: [], availability: [] } as const;
  await must(b.lane, (stage) => registerTalent(stage, silver, talent));
  b.advanceTo('2026-10-10T09:00:00+08:00');
  await must(b.lane, (stage) => recordTalentLevel(stage, silver, 1));
  b.advanceTo('2026-10-20T09:00:00+08:00');
  await must(b.lane, (stage) => recordTalentLevel(stage, silver, 2));
  b.advanceTo('2026-11-02T09:00:00+08:00');
  t.equal(await minted(b, visit('V1', '2026-10-22')), '200 level_coefficient -100');
  t.equal(await minted(b, visit('V2', '2026-10-12')), '150 level_coefficient -50', 'late');
  t.equal(await minted(b, visit('V3', '2026-10-05')), '100', 'before there was one');
  await booksBalance(t, b.owner);
});

t.test('a Saturday action mints on Saturday mornings, where a unit that is named has recorded it', async (t) => {
  const b = await county(t, {});
  for (const [external_id, parent_external_id, level] of [
    ['S1', 'XC', 'subdistrict'],
    ['S2', 'XC', 'subdistrict'],
    ['C1', 'S1', 'community'],
  ] as const)
    await must(b.lane, (stage) =>
      registerOrgUnit(stage, { external_id, parent_external_id, level, name: external_id }),
    );
  await adoptRules(
    b.lane,
    {
      service_coefficients: { errand: '1.00', civic_saturday: '1.00' },
      calendar_bound: {
        civic_saturday: { hours: [{ weekday: 6, from: '08:00', to: '12:00' }], units: ['S1'] },
      },
    },
    '2026-10-01',
  );
  const civic = { service_type: 'civic_saturday', recorded_by: 'C1' };
  t.equal(await minted(b, visit('V1', '2026-10-10', '08:00', civic)), '100', 'a unit below the one that is named');
  t.equal(await minted(b, visit('V2', '2026-10-17', '11:00', civic)), '100', 'it is when it begins that counts');
  t.equal(await minted(b, visit('V3', '2026-10-24', '12:00', civic)), '0 outside_calendar 100');
  t.equal(await minted(b, visit('V4', '2026-10-11', '09:00', civic)), '0 outside_calendar 100', 'a Sunday');
  t.equal(
    await minted(b, visit('V5', '2026-10-31', '09:00', { ...civic, recorded_by: 'S2' })),
    '0 outside_calendar 100',
  );
  t.equal(await minted(b, visit('V6', '2026-10-12', '13:00')), '100', 'other types are free');
  await booksBalance(t, b.owner);
});

t.test('an orientation mints once in a life; when that record is annulled, the next does', async (t) => {
  const types = { errand: '1.00', orientation: '1.00' };
  const b = await county(t, { service_coefficients: types, once_service_types: ['orientation'] });
  const orientation = { service_type: 'orientation' };
  t.equal(
    await minted(b, visit('V1', '2026-10-05', '09:00', { ...orientation, proof_grade: 'C' })),
    '0 proof_grade_c 100',
  );
  t.equal(
    await minted(b, visit('V2', '2026-10-06', '09:00', orientation)),
    '100',
    'what minted nothing is no first time',
  );
  t.equal(await minted(b, visit('V3', '2026-10-07', '09:00', orientation)), '0 minted_once 100');
  await annul(b, 'V2');
  t.equal(await minted(b, visit('V4', '2026-10-08', '09:00', orientation)), '100');
  await booksBalance(t, b.owner);
});

async function annul({ lane }: Pick<Books, 'lane'>, id: string): Promise<void> {
  const fields = { annul: true, reason: '记错了' } as const;
  for (const actor of ['operator:one', 'operator:two'])
    await must(lane, (stage) => correctService(stage, { id, fields, newId: 'none', freeHolds, actor, reach: null }));
}

t.test('a month, a year and a pair are capped by days of service, in any order of arrival', async (t) => {
  const further: RuleValues['further_caps'] = [
    { per: 'member', within: 'month', coins: '3.00', records: null },
    { per: 'pair', within: 'week', coins: null, records: 2 },
    { per: 'member', within: 'year', coins: null, records: 5 },
  ];
  const b = await county(t, { further_caps: further });
  await enrol(b.lane, 'M3', '俞水英', 100n);
  t.equal(await minted(b, visit('V1', '2026-09-28')), '100', 'a Monday');
  t.equal(await minted(b, visit('V2', '2026-10-01')), '100', 'the same week, another month');
  t.equal(await minted(b, visit('V3', '2026-10-02')), '0 cap_pair 100', 'the third of that week for M2');
  t.equal(await minted(b, visit('V4', '2026-10-02', '13:00', { recipient: 'M3' })), '100');
  t.equal(await minted(b, visit('V5', '2026-10-30')), '100');
  t.equal(await minted(b, visit('V6', '2026-10-20')), '0 cap_month 100', 'October has its three');
  t.equal(await minted(b, visit('V7', '2026-09-30', '13:00', { recipient: 'M3' })), '100', 'September has room');
  t.equal(await minted(b, visit('V8', '2026-08-03')), '0 cap_records 100', 'five that year have minted');
  await annul(b, 'V7');
  t.equal(await minted(b, visit('V9', '2026-08-04')), '100', 'what was annulled does not count');
  await booksBalance(t, b.owner);
});

t.test('a lane that knows nobody reads a year of records, annulled ones too, in the rounds that it has', async (t) => {
  const b = await county(t, {
    service_coefficients: { errand: '1.00', orientation: '1.00' },
    once_service_types: ['orientation'],
    further_caps: [{ per: 'member', within: 'year', coins: '40.50', records: null }],
  });
  const weeks = Array.from({ length: 40 }, (_, week) => addDays('2026-01-05', 7 * week));
  for (const [i, day] of weeks.entries()) {
    await minted(b, visit(`A${i}`, day));
    if (i % 3 === 0) {
      await annul(b, `A${i}`);
      await minted(b, visit(`B${i}`, day));
    }
  }
  const stranger = async () => ({ lane: await b.openLane() });
  t.equal(await minted(await stranger(), visit('LAST', '2026-10-28')), '50 cap_year 50', '40 of 40.50 were minted');
  const once = visit('ONCE', '2026-10-29', '09:00', { service_type: 'orientation' });
  t.match(await minted(await stranger(), once), /^0 cap_year 100/);
  await booksBalance(t, b.owner);
});

t.test('what a correction frees under the cap of a day is given only as far as other caps go', async (t) => {
  const b = await county(t, {
    cap_visit: '1.00',
    cap_day: '1.00',
    further_caps: [{ per: 'member', within: 'month', coins: '1.50', records: null }],
  });
  t.equal(await minted(b, visit('V1', '2026-10-05')), '100');
  t.equal(await minted(b, visit('V2', '2026-10-05', '13:00')), '0 cap_day 100');
  t.equal(await minted(b, visit('V3', '2026-10-20')), '50 cap_month 50');
  await annul(b, 'V1');
  const [row] = await b.owner`select coins::text, cap_day::text from timebank.service_recomputations`;
  t.same(row, { coins: '100', cap_day: '-100' }, 'October has 1.00 left');
  await must(b.lane, (stage) => recordService(stage, visit('V4', '2026-10-05', '16:00'), 'operator:wang'));
  await annul(b, 'V3');
  const [{ sum } = {}] = await b.owner`select sum(coins)::text from timebank.service_recomputations`;
  t.equal(sum, '100', 'the day is full');
  await booksBalance(t, b.owner);
});

t.test('whatever comes in whatever order and is annulled, no cap of a month or a pair is passed', async (t) => {
  const random = seeded(seedOf(t));
  const further: RuleValues['further_caps'] = [
    { per: 'member', within: 'month', coins: '5.00', records: 4 },
    { per: 'pair', within: 'month', coins: '2.50', records: 3 },
  ];
  const b = await county(t, { further_caps: further });
  await enrol(b.lane, 'M3', '俞水英', 100n);
  const standing: string[] = [];
  for (let i = 0; i < 60; i += 1) {
    if (standing.length > 5 && random.below(4) === 0) {
      await annul(b, standing.splice(random.below(standing.length), 1)[0] ?? '');
      continue;
    }
    const day = `2026-${random.pick(['09', '10'])}-${String(1 + random.below(28)).padStart(2, '0')}`;
    const from = random.pick(['08:00', '11:00', '14:00', '17:00']);
    const given = visit(`V${i}`, day, from, { recipient: random.pick(['M2', 'M3']) });
    try {
      await minted(b, given);
      standing.push(given.external_id);
    } catch {
      // At that time there is another.
    }
  }
  const sums = await b.owner`
    with standing as (
      select date_trunc('month', r.served_on) as month, r.recipient_id, r.coins + r.to_pool + coalesce(
          (select sum(c.coins + c.to_pool) from timebank.service_recomputations c where c.service_record_id = r.service_record_id), 0) as coins
      from timebank.service_records r
      where not exists (select from timebank.service_corrections c
        where c.service_record_id = r.service_record_id and c.status = 'carried_out'))
    select grouping(recipient_id) = 1 as all, sum(coins)::int as coins, (count(*) filter (where coins > 0))::int as records
    from standing group by grouping sets ((month), (month, recipient_id))`;
  t.ok(sums.length > 3, `${sums.length} sums`);
  for (const { all, coins, records } of sums)
    t.ok(
      coins <= (all ? 500 : 250) && records <= (all ? 4 : 3),
      `${coins} in ${records} records, ${all ? 'all' : 'a pair'}`,
    );
  await booksBalance(t, b.owner);
});
