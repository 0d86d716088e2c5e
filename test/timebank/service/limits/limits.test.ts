/** What caps of units and budgets of programmes promise: who shares them, what a correction frees and for whom, and that nobody else pays for them. */
import t, { type Test } from 'tap';
import type { Lane } from '../../../../src/ledger/lane.js';
import type { RuleValues } from '../../../../src/timebank/credit/rule-set.js';
import { freeHolds } from '../../../../src/timebank/free-holds.js';
import { transferMember } from '../../../../src/timebank/people/member-changes.js';
import { registerOrgUnit } from '../../../../src/timebank/people/org-units.js';
import { correctService } from '../../../../src/timebank/service/corrections/correction.js';
import type { Visit } from '../../../../src/timebank/service/post-record.js';
import {
  approveRecomputation,
  undoRecomputation,
} from '../../../../src/timebank/service/recomputations/recomputation.js';
import { recordService } from '../../../../src/timebank/service/service-records.js';
import { type Books, books, booksBalance } from '../../../support/books.js';
import { carryOut } from '../../../support/jobs.js';
import { adoptRules } from '../../../support/rules.js';
import { enrol, must, settle } from '../../../support/story.js';
import { verifyTampered } from '../../../support/tampering.js';

const free = { service_categories: {}, professional_service_types: {} };
const budget = (coins: string, within: 'month' | 'year' | 'whole', service_types = ['civic_saturday']) => ({
  ...{ programme: 'civic-saturday', name_zh: '周六文明创建', name_en: 'Civic Saturdays' },
  ...{ service_types, within, coins },
});
const civic: Partial<RuleValues> = {
  ...free,
  service_coefficients: { errand: '1.00', civic_saturday: '1.00' },
  calendar_bound: { civic_saturday: { hours: [{ weekday: 6, from: '08:00', to: '18:00' }], units: [] } },
};

/** A county of subdistricts S1 and S2 and community C1 of S1; M1 belongs to C1, M3 to S1, M4 to S2. */
async function county(t: Test, values: Partial<RuleValues>): Promise<Books> {
  const b = await books(t);
  await settle(b.lane);
  for (const [external_id, parent_external_id, level] of [
    ['S1', 'XC', 'subdistrict'],
    ['S2', 'XC', 'subdistrict'],
    ['C1', 'S1', 'community'],
  ] as const)
    await must(b.lane, (stage) =>
      registerOrgUnit(stage, { external_id, parent_external_id, level, name: external_id }),
    );
  for (const id of ['M3', 'M4']) await enrol(b.lane, id, '俞水英', 100n);
  await move(b.lane, 'M1', 'C1', '2026-09-01');
  await move(b.lane, 'M3', 'S1', '2026-09-01');
  await move(b.lane, 'M4', 'S2', '2026-09-01');
  await adoptRules(b.lane, { ...free, ...values });
  return b;
}

const move = (lane: Lane, id: string, unit: string, effectiveOn: string) =>
  must(lane, (stage) => transferMember(stage, { id, reach: null, unit, effectiveOn }));

/** An hour for M2. */
function visit(id: string, volunteer: string, day: string, more: Partial<Visit> = {}): Visit {
  const [start, end] = [`${day}T09:00:00+08:00`, `${day}T10:00:00+08:00`];
  return {
    ...{ external_id: id, volunteer, recipient: 'M2', service_type: 'errand', proof_grade: 'A', recorded_by: 'XC' },
    ...{ planned_start: start, planned_end: end, check_in: start, check_out: end },
    ...more,
  };
}

/** What a visit mints, and why not more. */
async function minted({ lane }: Pick<Books, 'lane'>, given: Visit): Promise<string> {
  const { record, differences } = await must(lane, (stage) => recordService(stage, given, 'operator:wang'));
  return [record.coins, ...differences.map(({ code, amount }) => `${code} ${amount}`)].join(' ');
}

async function annul({ lane }: Pick<Books, 'lane'>, id: string): Promise<void> {
  const fields = { annul: true, reason: '记错了' } as const;
  for (const actor of ['operator:one', 'operator:two'])
    await must(lane, (stage) => correctService(stage, { id, fields, newId: 'none', freeHolds, actor, reach: null }));
}

t.test(
  'members of a unit and of those below share its cap, by where they belonged on the day of service',
  async (t) => {
    const b = await county(t, {
      further_caps: [{ per: 'unit', units: ['S1', 'S2'], within: 'month', coins: '2.50', records: null }],
    });
    t.equal(await minted(b, visit('V1', 'M1', '2026-10-05')), '100', 'of C1, below S1');
    t.equal(await minted(b, visit('V2', 'M3', '2026-10-20')), '100', 'of S1');
    t.equal(await minted(b, visit('V3', 'M1', '2026-10-06')), '50 cap_unit 50', 'who is recorded first comes first');
    t.equal(await minted(b, visit('V4', 'M3', '2026-10-01')), '0 cap_unit 100', 'whatever the day of the month');
    t.equal(await minted(b, visit('V5', 'M4', '2026-10-06')), '100', 'S2 has a cap of its own');
    t.equal(await minted(b, visit('V6', 'M3', '2026-09-30')), '100', 'so has September');
    await move(b.lane, 'M3', 'S2', '2026-10-15');
    t.equal(await minted(b, visit('V7', 'M3', '2026-10-16')), '100', 'from the day of the move on');
    t.equal(await minted(b, visit('V8', 'M3', '2026-10-14')), '0 cap_unit 100', 'not before');
    t.equal(await minted(b, visit('V9', 'M3', '2026-10-17')), '50 cap_unit 50', 'S2 has used 2.00');
    await booksBalance(t, b.owner);
  },
);

t.test('a unit can be capped by how many records mint, too', async (t) => {
  const b = await county(t, {
    further_caps: [{ per: 'unit', units: ['XC'], within: 'week', coins: null, records: 2 }],
  });
  t.equal(await minted(b, visit('V1', 'M1', '2026-10-05', { proof_grade: 'C' })), '0 proof_grade_c 100');
  t.equal(await minted(b, visit('V2', 'M1', '2026-10-06')), '100', 'what mints nothing is not counted');
  t.equal(await minted(b, visit('V3', 'M4', '2026-10-11')), '100');
  t.equal(await minted(b, visit('V4', 'M3', '2026-10-07')), '0 cap_unit 100');
  t.equal(await minted(b, visit('V5', 'M3', '2026-10-12')), '100', 'the next Monday');
  await annul(b, 'V3');
  t.equal(await minted(b, visit('V6', 'M3', '2026-10-08')), '100');
  await booksBalance(t, b.owner);
});

t.test('a budget covers what its programme does, in its months; what is freed is for the next record', async (t) => {
  const b = await county(t, { ...civic, budgets: [budget('2.50', 'month')] });
  const saturday = { service_type: 'civic_saturday' };
  t.equal(await minted(b, visit('V1', 'M1', '2026-10-10', saturday)), '100');
  t.equal(await minted(b, visit('V2', 'M3', '2026-10-10', saturday)), '100');
  t.equal(await minted(b, visit('V3', 'M4', '2026-10-10', saturday)), '50 budget_exhausted 50');
  t.equal(await minted(b, visit('V4', 'M1', '2026-10-17', saturday)), '0 budget_exhausted 100');
  t.equal(await minted(b, visit('V5', 'M1', '2026-10-18', saturday)), '0 outside_calendar 100', 'the first reason');
  t.equal(await minted(b, visit('V6', 'M1', '2026-10-19')), '100', 'an errand is none of the programme');
  t.equal(await minted(b, visit('V7', 'M1', '2026-09-26', saturday)), '100', 'September has its own');
  await annul(b, 'V1');
  const [cut] = await b.owner`select count(*)::int as count from timebank.service_recomputations`;
  t.equal(cut?.['count'], 0, 'what was cut before stays cut');
  t.equal(await minted(b, visit('V8', 'M4', '2026-10-24', saturday)), '100', 'the next record has it');
  t.equal(await minted(b, visit('V9', 'M4', '2026-10-31', saturday)), '0 budget_exhausted 100');
  await booksBalance(t, b.owner);
});

t.test('a budget for the whole of a programme, and one for a year, are used up once', async (t) => {
  const b = await county(t, {
    budgets: [
      budget('3.00', 'whole', ['errand']),
      { ...budget('2.00', 'year', ['errand', 'companionship']), programme: 'care' },
    ],
  });
  t.equal(await minted(b, visit('V1', 'M1', '2026-02-02')), '100');
  t.equal(await minted(b, visit('V2', 'M1', '2026-10-05')), '100');
  t.equal(await minted(b, visit('V3', 'M3', '2026-05-05')), '0 budget_exhausted 100', 'the year of care has its two');
  await annul(b, 'V1');
  t.equal(await minted(b, visit('V4', 'M3', '2026-05-06', { service_type: 'companionship' })), '100');
  t.equal(await minted(b, visit('V5', 'M3', '2026-05-07')), '0 budget_exhausted 100');
  const used = await b.owner`select limit_of, first_on::text, coins::int, records from timebank.limit_uses order by 1`;
  t.same(
    used.map((row) => Object.values(row).join(' ')),
    ['care 2026-01-01 200 2', 'civic-saturday 2000-01-01 100 1'],
  );
  await booksBalance(t, b.owner);
});

t.test('a lane that knows nobody records and corrects in the rounds that it has', async (t) => {
  const b = await county(t, {
    further_caps: [
      { per: 'unit', units: ['C1', 'S1', 'XC'], within: 'week', coins: '4.50', records: 30 },
      { per: 'unit', units: ['XC'], within: 'year', coins: '400.00', records: null },
    ],
    budgets: [budget('100.00', 'month', ['errand'])],
  });
  const stranger = async () => ({ lane: await b.openLane() });
  const starting = (hour: string) => `2026-10-05T${hour}:00:00+08:00`;
  for (const [i, hour] of ['06', '07', '08', '09', '10', '11', '12', '13'].entries()) {
    const end = `2026-10-05T${hour}:40:00+08:00`;
    const times = { planned_start: starting(hour), check_in: starting(hour), planned_end: end, check_out: end };
    await minted(await stranger(), visit(`V${i}`, 'M1', '2026-10-05', times));
  }
  await annul(await stranger(), 'V0');
  const [{ given } = {}] = await b.owner`select count(*)::int as given from timebank.service_recomputations`;
  t.ok(given > 0, `${given} records were given what the first one left`);
  await booksBalance(t, b.owner);
});

t.test('rules without such limits read nothing of them and write nothing', async (t) => {
  const b = await county(t, {});
  for (const [i, day] of ['2026-10-05', '2026-10-05', '2026-10-06'].entries()) {
    const start = `${day}T${10 + 3 * i}:00:00+08:00`;
    const end = `${day}T${12 + 3 * i}:00:00+08:00`;
    const times = { planned_start: start, check_in: start, planned_end: end, check_out: end };
    await minted(b, visit(`V${i}`, 'M1', day, times));
  }
  await b.owner`alter table timebank.limit_uses rename column first_on to nobody_asks`;
  await b.owner`alter table timebank.limit_records rename column first_on to nobody_asks`;
  const stranger = { lane: await b.openLane() };
  await minted(stranger, visit('V9', 'M3', '2026-10-05'));
  await annul(stranger, 'V0');
  const [row] = await b.owner`select (select count(*)::int from timebank.limit_uses) as uses,
    (select count(*)::int from timebank.service_recomputations) as given`;
  t.match(row, { uses: 0, given: 1 });
  await b.owner`alter table timebank.limit_uses rename column nobody_asks to first_on`;
  await b.owner`alter table timebank.limit_records rename column nobody_asks to first_on`;
  await booksBalance(t, b.owner);
});

async function recompute(b: Books): Promise<string> {
  const asked = { ruleSet: 'test/2', from: '2026-10-01', to: '2026-10-31', unit: null };
  const input = { ...asked, document: '新民发〔2026〕15号', alias: null, client: null };
  const proposal = await carryOut(b, { kind: 'recomputation_proposal', owner: 'operator:one', input });
  const { id } = (proposal.result as { recomputation: { id: string } }).recomputation;
  return id;
}

async function post(b: Books, id: string): Promise<{ left_out: number; done: number }> {
  await carryOut(b, { kind: 'recomputation', runsOn: 'lane', input: { id } });
  const [row] = await b.owner`select left_out, done from timebank.recomputations`;
  return { left_out: row?.['left_out'], done: row?.['done'] };
}

const usedOf = async ({ owner }: Books) =>
  (await owner`select coins::int, records from timebank.limit_uses where first_on = '2026-10-01'`)[0];

t.test('a recomputation posts no more than there is room for by then', async (t) => {
  const b = await county(t, { budgets: [budget('3.00', 'month', ['errand'])] });
  await adoptRules(b.lane, { budgets: [budget('3.00', 'month', ['errand', 'companionship'])] }, '2026-11-01');
  await minted(b, visit('V0', 'M1', '2026-10-05', { service_type: 'companionship' }));
  await minted(b, visit('V1', 'M3', '2026-10-05'));
  const id = await recompute(b);
  await minted(b, visit('V2', 'M4', '2026-10-06'));
  await minted(b, visit('V3', 'M4', '2026-10-07'));
  await must(b.lane, (stage) => approveRecomputation(stage, { id, actor: 'operator:two' }));
  t.same(await post(b, id), { left_out: 1, done: 1 }, 'V0 would be the fourth coin');
  t.same(await usedOf(b), { coins: 300, records: 3 });
  await booksBalance(t, b.owner);
});

t.test('what a recomputation has freed and others have used is not given back when it is undone', async (t) => {
  const b = await county(t, { budgets: [budget('3.00', 'month', ['errand'])] });
  await adoptRules(b.lane, { budgets: [budget('1.00', 'month', ['errand'])] }, '2026-11-01');
  for (const [i, who] of ['M1', 'M3', 'M4'].entries()) await minted(b, visit(`V${i}`, who, `2026-10-0${5 + i}`));
  const id = await recompute(b);
  await must(b.lane, (stage) => approveRecomputation(stage, { id, actor: 'operator:two' }));
  t.same(await post(b, id), { left_out: 0, done: 2 }, 'V1 and V2 have nothing any more');
  t.same(await usedOf(b), { coins: 100, records: 1 });
  t.equal(await minted(b, visit('V3', 'M4', '2026-10-20')), '100', 'October still goes by its own set');
  for (const actor of ['operator:one', 'operator:two'])
    await must(b.lane, (stage) => undoRecomputation(stage, { id, actor }));
  t.same(await post(b, id), { left_out: 1, done: 2 }, 'one of the two has its coin again');
  t.same(await usedOf(b), { coins: 300, records: 3 });
  await booksBalance(t, b.owner);
});

t.test('verify finds use that no record explains, and a record that counts with other coins', async (t) => {
  const b = await county(t, { budgets: [budget('3.00', 'month', ['errand'])] });
  await minted(b, visit('V1', 'M1', '2026-10-05'));
  const found = async (deed: Parameters<typeof verifyTampered>[1]) =>
    (await verifyTampered(b.owner, deed))?.findings.map(({ table }) => table.en) ?? [];
  const used = await found((sql) => sql`update timebank.limit_uses set coins = 50`);
  const sum = 'what is used of a cap of a unit or a budget = the sum over the records that count under it';
  t.ok(used.includes(sum) && used.includes('limit_uses'), used.join(', '));
  const counted = await found((sql) => sql`update timebank.limit_records set coins = 50`);
  const own = 'coins that count under a cap of a unit or a budget = what their records have minted and stand with';
  t.ok(counted.includes(own) && counted.includes(sum), counted.join(', '));
  await booksBalance(t, b.owner);
});
