/**
 * Caps of units and budgets under random records that come late and in any order, corrections, members who move, a recomputation and its undoing:
 * at every step the books have used of each what a plain sum over the records that count comes to, and never more than the limit. TEST_SEED runs
 * one again, TEST_RUNS so many times as many.
 */
import t, { type Test } from 'tap';
import type { RuleValues } from '../../../../src/timebank/credit/rule-set.js';
import { freeHolds } from '../../../../src/timebank/free-holds.js';
import type { CorrectionFields } from '../../../../src/timebank/service/corrections/content.js';
import { correctService } from '../../../../src/timebank/service/corrections/correction.js';
import type { Visit } from '../../../../src/timebank/service/post-record.js';
import {
  approveRecomputation,
  undoRecomputation,
} from '../../../../src/timebank/service/recomputations/recomputation.js';
import { type Books, booksBalance, run } from '../../../support/books.js';
import { carryOut } from '../../../support/jobs.js';
import { type Random, runsOf, seeded, seedOf } from '../../../support/random.js';
import { adoptRules } from '../../../support/rules.js';
import { must } from '../../../support/story.js';
import { homeInTown, record, town, tried, visitOf } from '../dry-run/town.js';
import { booksSums, plainSums } from './plain-sums.js';

const seed = seedOf(t);

const named = (programme: string) => ({ programme, name_zh: '邻里关爱行动', name_en: 'Neighbours' });
const types = { service_coefficients: { errand: '1.00', companionship: '1.50' } };
const free = { ...types, service_categories: {}, professional_service_types: {} };

const first = {
  ...free,
  further_caps: [
    { per: 'unit', units: ['XC-01', 'XC-02', 'XC-01-01'], within: 'week', coins: '4.50', records: 5 },
    { per: 'member', within: 'month', coins: '12.00', records: null },
    { per: 'unit', units: ['XC'], within: 'day', coins: '3.00', records: null },
  ],
  budgets: [
    { ...named('company'), service_types: ['companionship'], within: 'month', coins: '9.00' },
    { ...named('all'), service_types: ['companionship', 'errand'], within: 'whole', coins: '34.00' },
  ],
} satisfies Partial<RuleValues>;

const second = {
  ...free,
  further_caps: [{ per: 'unit', units: ['XC-01', 'XC-02'], within: 'month', coins: '10.00', records: 9 }],
  budgets: [{ ...named('errands'), service_types: ['errand'], within: 'year', coins: '15.00' }],
} satisfies Partial<RuleValues>;

interface World {
  readonly b: Books;
  readonly random: Random;
  readonly standing: string[];
  next: number;
}

async function act(world: World): Promise<void> {
  const { b, random, standing } = world;
  if (standing.length > 5 && random.below(3) === 0) return correct(world);
  const visit = visitOf(random, world.next++);
  if ((await record(b.lane, visit)).code === undefined) standing.push(visit.external_id);
}

async function correct({ b, random, standing, ...world }: World): Promise<void> {
  const id = standing.splice(random.below(standing.length), 1)[0] ?? '';
  const fields: CorrectionFields = random.pick([
    { annul: true as const, reason: '记错了' },
    { reason: '等级有误', proof_grade: random.pick(['A', 'C'] as const) },
    { reason: '类型有误', service_type: random.pick(['errand', 'companionship']) },
  ]);
  const newId = `R${id}-${world.next}`;
  for (const actor of ['operator:one', 'operator:two']) {
    const told = await run(
      b.lane,
      (stage) => correctService(stage, { id, fields, newId, freeHolds, actor, reach: null }),
      { actor },
    );
    if (told.result?.carriedOut?.replacement) standing.push(newId);
  }
}

/** The books have what plainly adds up; and nothing is over its limit. */
async function agree(t: Test, b: Books, rules: Pick<RuleValues, 'further_caps' | 'budgets'>, when: string) {
  const plain = [...(await plainSums(b, rules, homeInTown))];
  const used = plain.filter(([, { coins }]) => coins > 0);
  const told = Object.fromEntries(used.map(([name, { coins, records }]) => [name, `${coins} in ${records}`]));
  t.same(await booksSums(b), told, when);
  for (const [name, { coins, records, most }] of plain)
    t.ok(coins <= (most[0] ?? coins) && records <= (most[1] ?? records), `${when}: ${name}, ${coins} in ${records}`);
}

/** Proposes to judge October by the second set, and has it carried out. */
async function recompute({ b }: World): Promise<string> {
  const asked = { ruleSet: 'test/2', from: '2026-10-01', to: '2026-10-31', unit: null };
  const input = { ...asked, document: '新民发〔2026〕15号', alias: null, client: null };
  const job = await carryOut(b, { kind: 'recomputation_proposal', owner: 'operator:one', input });
  if (job.state !== 'done') throw new Error(JSON.stringify(job.problem));
  const { id } = (job.result as { recomputation: { id: string } }).recomputation;
  await must(b.lane, (stage) => approveRecomputation(stage, { id, actor: 'operator:two' }));
  await goOn(b, id);
  return id;
}

async function goOn(b: Books, id: string): Promise<void> {
  const job = await carryOut(b, { kind: 'recomputation', runsOn: 'lane', input: { id } });
  if (job.state !== 'done') throw new Error(JSON.stringify(job.problem));
}

async function leftOut({ b }: World): Promise<number> {
  const [row] = await b.owner`select left_out from timebank.recomputations`;
  return row?.['left_out'];
}

const cut = { unit: 0, budget: 0 };

for (let round = 0; round < runsOf(2); round += 1)
  t.test('what is used of a limit is what the records that count have minted, at every step', async (t) => {
    const b = await town(t);
    await adoptRules(b.lane, first);
    await adoptRules(b.lane, second, '2026-11-30');
    const world: World = { b, random: seeded(seed + round), standing: [], next: 0 };
    for (let step = 0; step < 120; step += 1) {
      await act(world);
      if (step % 10 === 9) await agree(t, b, first, `after ${step + 1}`);
    }
    const [codes] = await b.owner`select count(*) filter (where code = 'cap_unit')::int as unit,
      count(*) filter (where code = 'budget_exhausted')::int as budget from timebank.service_differences`;
    cut.unit += codes?.['unit'];
    cut.budget += codes?.['budget'];
    await booksBalance(t, b.owner);

    const id = await recompute(world);
    t.equal(await leftOut(world), 0);
    await agree(t, b, second, 'recomputed');
    for (const actor of ['operator:one', 'operator:two'])
      await must(b.lane, (stage) => undoRecomputation(stage, { id, actor }));
    await goOn(b, id);
    t.equal(await leftOut(world), 0);
    await agree(t, b, first, 'undone');
    for (let step = 0; step < 20; step += 1) await act(world);
    await agree(t, b, first, 'and on');
    await booksBalance(t, b.owner);
  });

t.test('these rules, tried on the later days of what came in the order of service, change nothing', async (t) => {
  const b = await town(t);
  await adoptRules(b.lane, first);
  const random = seeded(seed);
  const visits = Array.from({ length: 70 }, (_, i) => visitOf(random, i));
  const when = (visit: Visit) => `${visit.check_in} ${visit.external_id}`;
  for (const visit of visits.sort((one, other) => (when(one) < when(other) ? -1 : 1))) await record(b.lane, visit);
  for (const from of ['2026-10-01', '2026-10-14']) {
    const { result } = await tried(b, { ruleSet: 'test/1', from, to: '2026-10-31', unit: null });
    t.ok(result.totals.records > 5);
    t.equal(result.totals.changed, 0, from);
    for (const { code, difference } of result.by_reason) t.equal(difference, '0.00', code);
  }
});

t.test('among them were records that units and budgets had cut', async (t) => {
  t.ok(cut.unit > 0, `${cut.unit} by caps of units`);
  t.ok(cut.budget > 0, `${cut.budget} by budgets`);
});
