/**
 * A dry run says what would have been: in books that begin with those rules, and to which the same services come in the order of service, each
 * record has what the dry run says of it, to the hundredth and the reason. And the books it reads are as they were.
 */
import t, { type Test } from 'tap';
import type { Lane } from '../../../../src/ledger/lane.js';
import { mergeMembers } from '../../../../src/timebank/credit/member-merge.js';
import type { RuleValues } from '../../../../src/timebank/credit/rule-set.js';
import { proposeRuleSet } from '../../../../src/timebank/credit/rule-sets.js';
import { freeHolds, refuseHeld } from '../../../../src/timebank/free-holds.js';
import { claimKin, verifyKin } from '../../../../src/timebank/people/kin.js';
import { correctService } from '../../../../src/timebank/service/corrections/correction.js';
import type { DryRunResult } from '../../../../src/timebank/service/dry-run/dry-run.js';
import type { Visit } from '../../../../src/timebank/service/post-record.js';
import { refuseServedTwice } from '../../../../src/timebank/service/served-twice.js';
import { recordService } from '../../../../src/timebank/service/service-records.js';
import { readBlob } from '../../../../src/work/blobs.js';
import { type Books, books, booksBalance, run } from '../../../support/books.js';
import { carryOut } from '../../../support/jobs.js';
import { type Random, runsOf, seeded, seedOf, shuffled } from '../../../support/random.js';
import { adoptRules } from '../../../support/rules.js';
import { enrol, must, settle } from '../../../support/story.js';

const people = ['A', 'B', 'C', 'D'];
const seed = seedOf(t);

/** Rules that have little in common with those in force. */
function draftOf(random: Random): Partial<RuleValues> {
  return {
    rounding_step: random.pick(['0.25', '0.50', '1.00']),
    cap_visit: random.pick(['1.00', '2.00', '3.00']),
    cap_day: random.pick(['3.00', '4.00']),
    cap_week: random.pick(['4.00', '8.00']),
    minting_grades: random.pick([['A'], ['A', 'B'], ['A', 'B', 'C']]),
    presence_min_percent: random.pick([0, 60, 90]),
    earn_from_kin: random.pick([true, false]),
    holding_cap: random.pick(['4.00', '1500.00']),
    service_coefficients: { errand: '1.00', companionship: random.pick(['0.80', '1.00', '1.50']) },
    visit_coins: random.pick([{}, { companionship: '1.25' }]),
    once_service_types: random.pick([[], ['companionship']]),
    calendar_bound: random.pick([
      {},
      { errand: { hours: [{ weekday: 3, from: '00:00', to: '24:00' }], units: ['XC'] } },
    ]),
    further_caps: random.pick([
      [],
      [
        { per: 'pair', within: 'week', coins: null, records: 2 },
        { per: 'member', within: 'month', coins: '6.00', records: null },
      ],
    ]),
    professional_service_types: {},
    service_categories: {},
  };
}

const times = ['06:00', '09:00', '12:00', '15:00', '18:00'];

function visitOf(random: Random, number: number): Visit {
  const [volunteer = '', recipient = ''] = shuffled(people, random);
  const day = String(1 + random.below(28)).padStart(2, '0');
  const start = Date.parse(`2026-10-${day}T${random.pick(times)}:00+08:00`);
  const after = (minutes: number) => new Date(start + minutes * 60_000).toISOString();
  const lasted = 5 + random.below(170);
  return {
    external_id: `V${String(number).padStart(3, '0')}`,
    ...{ volunteer, recipient, recorded_by: 'XC' },
    service_type: random.pick(['errand', 'errand', 'companionship']),
    proof_grade: random.pick(['A', 'A', 'B', 'C']),
    ...{ planned_start: after(0), check_in: after(0), check_out: after(lasted) },
    planned_end: after(random.pick([lasted, 60, 120])),
  };
}

async function town(t: Test): Promise<Books> {
  const b = await books(t);
  await settle(b.lane);
  for (const id of people) await enrol(b.lane, id, '俞水英', 0n);
  const kin = { member: 'A', relative: 'B', reach: null } as const;
  const claim = { ...kin, relation: 'spouse', evidence: '户口簿', most: 3, actor: 'operator:one' } as const;
  await must(b.lane, (stage) => claimKin(stage, claim));
  await must(b.lane, (stage) => verifyKin(stage, { ...kin, elderConsentOn: '2026-01-01', actor: 'operator:two' }));
  return b;
}

const record = (lane: Lane, visit: Visit) => run(lane, (stage) => recordService(stage, visit, 'operator:wang'));

async function annul(lane: Lane, id: string): Promise<void> {
  const fields = { annul: true, reason: '记错了' } as const;
  for (const actor of ['operator:one', 'operator:two'])
    await must(lane, (stage) => correctService(stage, { id, fields, newId: 'none', freeHolds, actor, reach: null }));
}

/** The lines of a dry run, by record, with what it comes to. */
async function tried(b: Books, input: object) {
  const job = await carryOut(b, { kind: 'rule_set_dry_run', input });
  if (job.state !== 'done') throw new Error(JSON.stringify(job.problem));
  const text = (await readBlob(b.owner, b.lane.facts.id, job.id)).toString();
  const [head = '', ...lines] = text.trimEnd().split('\r\n');
  const columns = head.split(',');
  const rows = lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [columns[i] ?? '', cell])));
  return { result: job.result as DryRunResult, rows };
}

for (let round = 0; round < runsOf(4); round += 1)
  t.test('in books that had those rules from the beginning, each record has what the dry run says', async (t) => {
    const random = seeded(seed + round);
    const past = await town(t);
    const standing = new Map<string, Visit>();
    for (let i = 0; i < 70; i += 1) {
      const visit = visitOf(random, i);
      if ((await record(past.lane, visit)).code === undefined) standing.set(visit.external_id, visit);
      if (random.below(6) > 0 || standing.size < 5) continue;
      const id = random.pick([...standing.keys()]);
      await annul(past.lane, id);
      standing.delete(id);
    }
    const values = draftOf(random);
    const draft = { ruleSet: 'draft', effectiveFrom: '2026-11-01', values, document: null };
    await must(past.lane, (stage) => proposeRuleSet(stage, draft, 'operator:one'));
    const before = await headOf(past);
    const asked = { ruleSet: 'draft/1', from: '2026-10-01', to: '2026-10-31', unit: null };
    const { result, rows } = await tried(past, asked);
    t.equal(await headOf(past), before, 'nothing was written');
    t.equal(rows.length, standing.size);

    const anew = await town(t);
    await adoptRules(anew.lane, values);
    const inOrder = [...standing.values()].sort((one, other) => (one.check_in < other.check_in ? -1 : 1));
    let coins = 0n;
    for (const visit of inOrder) {
      const told = await must(anew.lane, (stage) => recordService(stage, visit, 'operator:wang'));
      const row = rows.find(({ service_record: id }) => id === visit.external_id) ?? {};
      const expected = {
        draft_coins: decimal(told.record.coins),
        draft_to_pool: decimal(told.record.to_pool),
        draft_reasons: reasonsOf(told.differences),
      };
      t.match(row, expected, `${visit.external_id} ${JSON.stringify(values)}`);
      coins += told.record.coins;
    }
    t.equal(result.totals.coins.draft, decimal(coins));
    t.equal(result.totals.records, standing.size);
    await asTheBooksHaveIt(t, past, result, rows);
    await booksBalance(t, past.owner);
  });

const decimal = (hundredths: bigint) => (Number(hundredths) / 100).toFixed(2);
const reasonsOf = (differences: readonly { readonly code: string; readonly amount: bigint }[]) =>
  differences.map(({ code, amount }) => `${code} ${decimal(amount)}`).join('; ');

async function headOf({ owner }: Books): Promise<number> {
  const [row] = await owner`select entry_count::int as count from timeledger.heads`;
  return row?.['count'];
}

/** What the result says of today is what members have; its parts add up. */
async function asTheBooksHaveIt(t: Test, { owner }: Books, result: DryRunResult, rows: Record<string, string>[]) {
  const [row] = await owner`select (sum(credits - debits))::text as coins from timeledger.accounts
    where code like 'member:%:coins'`;
  t.equal(result.totals.coins.standing, decimal(BigInt(row?.['coins'] ?? '0')), 'what members hold');
  const sum = (numbers: string[]) => numbers.reduce((all, one) => all + Math.round(Number(one) * 100), 0);
  const { totals, by_reason: reasons } = result;
  for (const side of ['standing', 'draft'] as const)
    t.equal(
      sum([totals.coins[side], ...reasons.map((one) => one[side])]),
      sum([totals.hours]),
      'hours = coins + reasons',
    );
  t.equal(sum(rows.map(({ difference = '' }) => difference)), sum([totals.coins.difference]), 'lines add up');
  const named = sum([...result.gaining, ...result.losing].map(({ difference }) => difference));
  t.equal(named, sum([totals.coins.difference]), 'so do members');
  t.same(result.by_unit, [{ org_unit: 'XC', ...totals }], 'the county has all');
}

t.test('the rules in force, tried on what came in the order of service, change nothing', async (t) => {
  const random = seeded(seed);
  const b = await town(t);
  const visits = Array.from({ length: 60 }, (_, i) => visitOf(random, i));
  for (const visit of visits.sort((one, other) => (one.check_in < other.check_in ? -1 : 1)))
    await record(b.lane, visit);
  const asked = { ruleSet: 'xinchang-pilot/1', from: '2026-10-01', to: '2026-10-31', unit: null };
  const { result } = await tried(b, asked);
  t.equal(result.totals.changed, 0);
  t.same([result.gaining, result.losing], [[], []]);
  for (const { difference } of result.by_reason) t.equal(difference, '0.00');
});

t.test('what was given before the first day stands, and counts under the caps of its week', async (t) => {
  const b = await town(t);
  const [first, second, third] = ['2026-10-05', '2026-10-06', '2026-10-07'].map((day, i): Visit => {
    const time = (hour: string) => `${day}T${hour}:00:00+08:00`;
    return {
      ...visitOf(seeded(1), i),
      ...{ volunteer: 'A', recipient: 'C', service_type: 'errand', proof_grade: 'A' },
      ...{ planned_start: time('09'), planned_end: time('11'), check_in: time('09'), check_out: time('11') },
    };
  });
  for (const visit of [first, second, third]) if (visit) await record(b.lane, visit);
  const draft = { ruleSet: 'draft', effectiveFrom: '2026-11-01', values: { cap_week: '5.00' }, document: null };
  await must(b.lane, (stage) => proposeRuleSet(stage, draft, 'operator:one'));
  const { rows } = await tried(b, { ruleSet: 'draft/1', from: '2026-10-06', to: '2026-10-31', unit: null });
  t.same(
    rows.map(({ service_record: id, coins, draft_coins: draft }) => `${id} ${coins} ${draft}`),
    ['V001 2.00 2.00', 'V002 2.00 1.00'],
  );
  const { rows: none } = await tried(b, { ruleSet: 'draft/1', from: '2026-10-06', to: '2026-10-06', unit: null });
  t.same(
    none.map(({ service_record: id }) => id),
    ['V001'],
    'nor does what came after the last day show',
  );
});

t.test('who was merged is one person, with the records of both', async (t) => {
  const b = await town(t);
  const random = seeded(seed);
  for (let i = 0; i < 30; i += 1) {
    const visit = { ...visitOf(random, i), recipient: 'B', volunteer: random.pick(['C', 'D']) };
    const hour = visit.volunteer === 'C' ? 8 : 14;
    const start = `${visit.check_in.slice(0, 10)}T${String(hour).padStart(2, '0')}:00:00+08:00`;
    const end = `${visit.check_in.slice(0, 10)}T${String(hour + 1).padStart(2, '0')}:30:00+08:00`;
    await record(b.lane, { ...visit, planned_start: start, check_in: start, planned_end: end, check_out: end });
  }
  const holds = { refuseHolds: refuseHeld, freeHolds, refuseServedTwice, reach: null };
  for (const actor of ['operator:one', 'operator:two'])
    await must(b.lane, (stage) => mergeMembers(stage, { id: 'D', into: 'C', ...holds, actor }));
  const { result, rows } = await tried(b, {
    ruleSet: 'xinchang-pilot/1',
    from: '2026-10-01',
    to: '2026-10-31',
    unit: null,
  });
  t.same([...new Set(rows.map(({ volunteer }) => volunteer))], ['C']);
  t.equal(result.members, 1);
  const days = new Map<string, number>();
  for (const { served_on: day = '', draft_coins: coins = '' } of rows)
    days.set(day, (days.get(day) ?? 0) + Number(coins));
  for (const [day, coins] of days) t.ok(coins <= 2, `${day}: ${coins}`);
});
