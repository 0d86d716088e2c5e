/**
 * Random records with random corrections, coins spent between, small holding caps and a merge; then the records that count are held against the
 * plain reference of minting, run over them in the order of their decision. TEST_SEED runs one again, TEST_RUNS so many times as many.
 *
 * Which record a cap cuts, and when a carry becomes a coin, depends on the order of decision, which a correction changes. So what is compared
 * is, for each record: the hours and every difference that does not come of day, week, carry or holding cap; for each volunteer: coins minted and
 * carried and what caps of day and week cut, together; and, where they cut nothing in either, coins minted and carried.
 */

import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { mergeMembers } from '../../../../src/timebank/credit/member-merge.js';
import type { RuleSet, RuleValues } from '../../../../src/timebank/credit/rule-set.js';
import { xinchangPilot1 } from '../../../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds, refuseHeld } from '../../../../src/timebank/free-holds.js';
import type { CorrectionFields } from '../../../../src/timebank/service/corrections/content.js';
import { correctService } from '../../../../src/timebank/service/corrections/correction.js';
import type { Visit } from '../../../../src/timebank/service/post-record.js';
import { refuseServedTwice } from '../../../../src/timebank/service/served-twice.js';
import { recordService } from '../../../../src/timebank/service/service-records.js';
import { type Books, books, booksBalance, run } from '../../../support/books.js';
import { type Random, runsOf, seeded, seedOf } from '../../../support/random.js';
import { adoptRules } from '../../../support/rules.js';
import { adjust, enrol, must, settle } from '../../../support/story.js';
import { mintPlainly } from '../../credit/plain-mint.js';

const volunteers = ['A', 'B', 'C'];
const seed = seedOf(t);
/** Recomputations of all rounds. */
const seen = { granted: 0, taken: 0 };

for (let round = 0; round < runsOf(2); round += 1) {
  const holdingCap = round % 2 === 0 ? '1500.00' : '6.00';
  t.test(
    `whatever is corrected, caps hold, hours are coins and reasons, and totals are plain: ${holdingCap}`,
    async (t) => {
      const world = await worldOf(t, seed + round, { holding_cap: holdingCap });
      for (let step = 0; step < 150; step += 1) await act(world);
      await merge(world);
      for (let step = 0; step < 90; step += 1) await act(world);
      t.ok(world.carriedOut > 15, `${world.carriedOut} corrections`);
      await holds(t, world);
      const [changed] = await world.b.owner`select count(*) filter (where cap_day + cap_week < 0)::int as granted,
        count(*) filter (where coins + to_pool < 0)::int as taken from timebank.service_recomputations`;
      seen.granted += changed?.['granted'];
      seen.taken += changed?.['taken'];
      await booksBalance(t, world.b.owner);
    },
  );
}

t.test('among them were records that got more, and records that gave back', async (t) => {
  t.ok(seen.granted > 0, `${seen.granted} got more`);
  t.ok(seen.taken > 0, `${seen.taken} gave back`);
});

interface World {
  readonly b: Books;
  readonly random: Random;
  readonly rules: RuleSet;
  readonly standing: Map<string, Visit>;
  next: number;
  carriedOut: number;
}

async function worldOf(t: Test, seed: number, values: Partial<RuleValues>): Promise<World> {
  const b = await books(t);
  await settle(b.lane);
  await adoptRules(b.lane, values);
  for (const id of volunteers) await enrol(b.lane, id, '俞水英', 100n);
  const rules = { ...xinchangPilot1, ...values };
  return { b, random: seeded(seed), rules, standing: new Map(), next: 1, carriedOut: 0 };
}

async function act(world: World): Promise<void> {
  const { random, b, standing } = world;
  const dice = random.below(10);
  if (dice === 0) return spend(world);
  const [known] = standing.size > 3 && dice < 6 ? [random.pick([...standing.values()])] : [];
  if (known) return correct(world, known);
  const given = visitOf(world);
  const told = await run(b.lane, (stage) => recordService(stage, given, 'coordinator:wang').record);
  if (told.code === undefined) standing.set(given.external_id, given);
}

/**
 * Somewhere in two weeks, mostly where others are: one of six times of a day, often of less than half an hour. A and C, who are one person,
 * are never there at one time.
 */
function visitOf(world: World): Visit {
  const { random } = world;
  const day = String(5 + random.below(random.pick([3, 3, 14]))).padStart(2, '0');
  const volunteer = random.pick(volunteers);
  const odd = { A: 0, B: random.below(2), C: 1 }[volunteer] ?? 0;
  const from = `2026-10-${day}T${String(6 + 3 * (2 * random.below(3) + odd)).padStart(2, '0')}:00:00+08:00`;
  const [planned, lasted] = [random.pick([27, 30, 63, 90, 120, 150]), 1 + random.below(random.pick([29, 150, 150]))];
  const after = (minutes: number) => new Date(Date.parse(from) + minutes * 60_000).toISOString();
  const times = { planned_start: from, planned_end: after(random.pick([planned, lasted])), check_in: from };
  return {
    external_id: `V${world.next++}`,
    volunteer,
    recipient: 'M1',
    service_type: 'errand',
    ...times,
    check_out: after(lasted),
    proof_grade: random.pick(['A', 'A', 'A', 'B', 'C']),
    recorded_by: 'XC',
  };
}

async function correct(world: World, wrong: Visit): Promise<void> {
  const { b, random, standing } = world;
  const { external_id: id } = wrong;
  const { proof_grade } = visitOf(world);
  const lasted = new Date(Date.parse(wrong.check_in) + (1 + random.below(170)) * 60_000).toISOString();
  const fields: CorrectionFields = {
    reason: '有误',
    ...random.pick([
      { annul: true as const },
      { proof_grade },
      { check_out: lasted },
      { check_out: lasted, planned_end: lasted },
    ]),
  };
  const request = { id, reach: null, fields, newId: `V${world.next++}`, freeHolds };
  for (const actor of ['operator:first', 'operator:second']) {
    const told = await run(b.lane, (stage) => correctService(stage, { ...request, actor }), {
      key: { key: randomUUID(), fingerprint: String(random.below(2 ** 31)) },
      actor,
    });
    const done = told.result?.carriedOut;
    if (!done) continue;
    world.carriedOut += 1;
    standing.delete(id);
    const { reason: _, annul: __, ...changed } = fields;
    if (done.replacement) standing.set(request.newId, { ...wrong, ...changed, external_id: request.newId } as Visit);
  }
}

/** What the volunteer holds goes to the pool, so that what is taken back later is owed. */
async function spend({ b, random }: World): Promise<void> {
  const code = `member:${random.pick(volunteers)}:coins`;
  const [purse] = await b.owner`select (credits - debits)::int as held from timeledger.accounts where code = ${code}`;
  const held = purse?.['held'] as number | undefined;
  if (held) await adjust(b.lane, [{ debit: code, credit: 'pool:community', amount: (held / 100).toFixed(2) }]);
}

/** C turns out to be A. What was recorded of C is not corrected any more. */
async function merge({ b, standing }: World): Promise<void> {
  const holds = { refuseHolds: refuseHeld, freeHolds, refuseServedTwice, reach: null };
  for (const actor of ['operator:first', 'operator:second'])
    await must(b.lane, (stage) => mergeMembers(stage, { id: 'C', into: 'A', actor, ...holds }));
  for (const [id, { volunteer }] of standing) if (volunteer === 'C') standing.delete(id);
}

interface Counted {
  readonly id: string;
  readonly volunteer: string;
  readonly day: string;
  readonly week: string;
  readonly grade: 'A' | 'B' | 'C';
  /** Microseconds. */
  readonly lasted: string;
  readonly planned: string;
  readonly hours: number;
  readonly coins: number;
  readonly pool: number;
  readonly reasons: Readonly<Record<string, number>>;
}

/** Records whose entry was not reversed, as they stand, in the order of their decision. */
async function counted({ b }: World): Promise<Counted[]> {
  const rows = await b.owner`
    select r.service_record_id as id, r.volunteer_id as volunteer, r.served_on::text as day, r.week::text, r.proof_grade as grade,
      (extract(epoch from r.check_out - r.check_in) * 1000000)::bigint::text as lasted,
      (extract(epoch from r.planned_end - r.planned_start) * 1000000)::bigint::text as planned, r.hours::int,
      (r.coins + coalesce((select sum(c.coins) from timebank.service_recomputations c where c.service_record_id = r.service_record_id), 0))::int as coins,
      (r.to_pool + coalesce((select sum(c.to_pool) from timebank.service_recomputations c where c.service_record_id = r.service_record_id), 0))::int as pool,
      (select json_object_agg(d.code, d.amount) from (select code, sum(amount) as amount from (
          select code, amount from timebank.service_differences where service_record_id = r.service_record_id
          union all select x.code, x.amount from timebank.service_recomputations c cross join lateral (values ('cap_day', c.cap_day),
            ('cap_week', c.cap_week), ('rounding_carry', c.rounding_carry), ('holding_cap', c.to_pool)) x (code, amount)
          where c.service_record_id = r.service_record_id) both_of_them group by code) d) as reasons
    from timebank.service_records r
    where not exists (select from timeledger.entries v where v.reverses = r.entry) order by r.entry`;
  return rows.map((row) => ({ ...row, reasons: row['reasons'] ?? {} }) as unknown as Counted);
}

async function holds(t: Test, world: World): Promise<void> {
  const records = await counted(world);
  for (const one of records) {
    const told = Object.values(one.reasons).reduce((sum, amount) => sum + amount, one.coins);
    t.equal(told, one.hours, `${one.id}: hours are coins and reasons`);
    t.ok(one.coins >= 0 && one.pool >= 0 && one.coins + one.pool <= 200, `${one.id}: within the cap of a visit`);
  }
  const carries = await world.b.owner`select member_id as id, carry::int from timebank.members`;
  for (const volunteer of volunteers) {
    const own = records.filter((one) => one.volunteer === volunteer);
    if (volunteer === 'B') withinCaps(t, own);
    asPlain(t, world.rules, own, volunteer);
  }
  const carried = (of: readonly string[]) =>
    total(
      records.filter((one) => of.includes(one.volunteer)),
      (one) => one.reasons['rounding_carry'] ?? 0,
    );
  const carryOf = (id: string) => carries.find((row) => row['id'] === id)?.['carry'];
  t.same([carryOf('A'), carryOf('B'), carryOf('C')], [carried(['A', 'C']), carried(['B']), 0], 'what is carried');
}

/** Of somebody who was never two: what was minted before a merge may be over, together. */
function withinCaps(t: Test, own: readonly Counted[]): void {
  const minted = (of: readonly Counted[]) => total(of, ({ coins, pool }) => coins + pool);
  for (const one of own) {
    const day = minted(own.filter((other) => other.day === one.day));
    const week = minted(own.filter((other) => other.week === one.week));
    t.ok(day <= 200 && week <= 600, `${one.day}: within the caps of day and week`);
    const cut = (one.reasons['cap_day'] ?? 0) + (one.reasons['cap_week'] ?? 0);
    t.ok(cut >= 0 && (cut === 0 || day > 150 || week > 550), `${one.id}: nothing is cut while there is room`);
  }
}

function asPlain(t: Test, rules: RuleSet, own: readonly Counted[], volunteer: string): void {
  let carry = 0;
  const plain = own.map((one) => ({ one, minted: { member: 0, pool: 0 }, reasons: {} as Record<string, number> }));
  for (const [at, { one }] of plain.entries()) {
    const before = (same: 'day' | 'week') =>
      BigInt(
        total(
          plain.slice(0, at).filter((other) => other.one[same] === one[same]),
          ({ minted }) => minted.member + minted.pool,
        ),
      );
    const minted = mintPlainly({
      rules,
      grade: one.grade,
      serviceType: 'errand',
      presentMicroseconds: BigInt(one.lasted),
      plannedMicroseconds: BigInt(one.planned),
      mintedThatDay: before('day'),
      mintedThatWeek: before('week'),
      carryIn: BigInt(carry),
      coinBalance: 0n,
    });
    carry = minted.carry;
    Object.assign(plain[at] as object, { minted, reasons: minted.reasons });
    t.equal(one.hours, minted.hours, `${one.id}: hours`);
    t.same(fixedOf(one.reasons), fixedOf(minted.reasons), `${one.id}: what does not depend on others`);
  }
  const carriedHere = total(own, ({ reasons }) => reasons['rounding_carry'] ?? 0);
  const minted = total(own, ({ coins, pool }) => coins + pool) + carriedHere;
  const plainly = total(plain, (one) => one.minted.member + one.minted.pool) + carry;
  const [cut, cutPlainly] = [
    total(own, ({ reasons }) => cutOf(reasons)),
    total(plain, ({ reasons }) => cutOf(reasons)),
  ];
  t.equal(minted + cut, plainly + cutPlainly, `${volunteer}: minted, carried and cut`);
  if (cut === 0 && cutPlainly === 0) t.equal(minted, plainly, `${volunteer}: minted and carried`);
}

const cutOf = (reasons: Readonly<Record<string, number>>) => (reasons['cap_day'] ?? 0) + (reasons['cap_week'] ?? 0);
const others = ['cap_day', 'cap_week', 'rounding_carry', 'holding_cap'];
const fixedOf = (reasons: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(reasons).filter(([code, amount]) => !others.includes(code) && amount !== 0));

function total<Item>(items: readonly Item[], amount: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + amount(item), 0);
}
