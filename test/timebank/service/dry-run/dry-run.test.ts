/**
 * A dry run says what would have been: in books that begin with those rules, and to which the same services come in the order of service, each
 * record has what the dry run says of it, to the hundredth and the reason. And the books it reads are as they were.
 */
import t, { type Test } from 'tap';
import { mergeMembers } from '../../../../src/timebank/credit/member-merge.js';
import { proposeRuleSet } from '../../../../src/timebank/credit/rule-sets.js';
import { freeHolds, refuseHeld } from '../../../../src/timebank/free-holds.js';
import type { DryRunResult } from '../../../../src/timebank/service/dry-run/dry-run.js';
import type { Visit } from '../../../../src/timebank/service/post-record.js';
import { refuseServedTwice } from '../../../../src/timebank/service/served-twice.js';
import { recordService } from '../../../../src/timebank/service/service-records.js';
import { type Books, booksBalance } from '../../../support/books.js';
import { runsOf, seeded, seedOf } from '../../../support/random.js';
import { adoptRules } from '../../../support/rules.js';
import { must } from '../../../support/story.js';
import { annul, draftOf, record, town, tried, visitOf } from './town.js';

const seed = seedOf(t);

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
    const when = ({ check_in, external_id }: Visit) => `${check_in} ${external_id}`;
    const inOrder = [...standing.values()].sort((one, other) => (when(one) < when(other) ? -1 : 1));
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
  t.same(result.by_unit[0], { org_unit: 'XC', ...totals }, 'the county has all');
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
  const { rows: late } = await tried(b, { ruleSet: 'draft/1', from: '2026-10-05', to: '2026-10-06', unit: null });
  t.same(
    late.map(({ service_record: id, draft_coins: draft }) => `${id} ${draft}`),
    ['V000 2.00', 'V001 1.00'],
    'but it counts under the cap of its week',
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
