/**
 * Random books of a small town, and each member's statement of random days at random entries: for every purse opening, lines and closing add
 * up to the hundredth. TEST_SEED runs one again, TEST_RUNS so many times as many.
 */
import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { reasonedKinds } from '../../../../src/timebank/audit/member-statements/reasons.js';
import { readMemberStatement } from '../../../../src/timebank/audit/member-statements/statement.js';
import { mergeMembers } from '../../../../src/timebank/credit/member-merge.js';
import { reverseByHand } from '../../../../src/timebank/credit/reversal.js';
import { xinchangPilot1 as rules } from '../../../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds, refuseHeld } from '../../../../src/timebank/free-holds.js';
import { movements } from '../../../../src/timebank/movements.js';
import { authoriseRedemption } from '../../../../src/timebank/partners/redemptions/authorise.js';
import { refundRedemption } from '../../../../src/timebank/partners/redemptions/refund.js';
import { voidRedemption } from '../../../../src/timebank/partners/redemptions/release.js';
import type { CorrectionFields } from '../../../../src/timebank/service/corrections/content.js';
import { correctService } from '../../../../src/timebank/service/corrections/correction.js';
import { recordService } from '../../../../src/timebank/service/service-records.js';
import { type Books, books, booksBalance, run } from '../../../support/books.js';
import { type Random, runsOf, seeded, seedOf } from '../../../support/random.js';
import { adjust, enrol, must, partner, settle } from '../../../support/story.js';

const seed = seedOf(t);
const people = ['A', 'B', 'C', 'D'];
/** Kinds of entry that statements told of, in all rounds; `owed` where a debt changed. */
const told = new Set<string>();
const days = Array.from({ length: 28 }, (_, i) => `2026-10-${String(i + 1).padStart(2, '0')}`);

for (let round = 0; round < runsOf(2); round += 1) {
  t.test('whatever happened, opening, lines and closing add up for every purse', async (t) => {
    const world: World = {
      b: await books(t),
      random: seeded(seed + round),
      next: 1,
      records: [],
      holds: [],
      merged: false,
    };
    await settle(world.b.lane);
    for (const id of people) await enrol(world.b.lane, id, '何根仙', 300n);
    const kept: { readonly asked: Asked; readonly said: string }[] = [];
    for (let step = 0; step < 80; step += 1) {
      await act(world);
      if (step === 30) await fallIntoDebt(world.b);
      if (step === 50) await merge(world);
      if (step % 8 !== 0) continue;
      const asked = await ask(world);
      kept.push({ asked, said: JSON.stringify(await addsUp(t, world, asked)) });
    }
    for (const { asked, said } of kept)
      t.equal(JSON.stringify(await whole(world, asked)), said, `${asked.id} at ${asked.atEntry}: the same later on`);
    for (const id of people) await agreesWithAccounts(t, world, id);
    await booksBalance(t, world.b.owner);
  });
}

t.test('among them was what matters', async (t) => {
  const kinds = ['service_recorded', 'adjustment', 'reversal', 'member_merged', 'redemption_captured'];
  for (const kind of [...kinds, 'redemption_voided', 'redemption_refunded', 'owed']) t.ok(told.has(kind), kind);
});

t.test('every kind of entry that moves something of a member has a reason in words', async (t) => {
  const moving = Object.entries(movements).filter(([, all]) =>
    all.some(([, debit, credit]) => [debit, credit].some((code) => code.startsWith('member:') || code === '*')),
  );
  t.strictSame(moving.map(([kind]) => kind).sort(), [...reasonedKinds].sort());
});

interface World {
  readonly b: Books;
  readonly random: Random;
  readonly records: string[];
  readonly holds: string[];
  next: number;
  merged: boolean;
}

interface Asked {
  readonly id: string;
  readonly knownAs: readonly string[];
  readonly from: string | null;
  readonly to: string | null;
  readonly atEntry: number;
}

/** Whoever is refused has simply not done it. */
async function act(world: World): Promise<void> {
  const { b, random } = world;
  const id = random.pick(people);
  const amount = `${1 + random.below(3)}.00`;
  const steps = [
    () => serve(world, id),
    () => serve(world, id),
    () => correct(world),
    () => redeem(world, id),
    () => giveUp(world),
    () => adjustSome(b, [{ debit: 'coin:issuance', credit: `member:${id}:coins`, amount }]),
    () => adjustSome(b, [{ debit: `member:${id}:coins`, credit: 'pool:community', amount }]),
    () =>
      adjustSome(b, [{ debit: `member:${id}:coins`, credit: `member:${random.pick(people)}:coins`, amount: '0.50' }]),
    () => reverse(world),
  ];
  await random.pick(steps)();
}

async function adjustSome(b: Books, legs: Parameters<typeof adjust>[1]): Promise<void> {
  await adjust(b.lane, legs).catch(() => undefined);
}

async function serve(world: World, volunteer: string): Promise<void> {
  const { b, random } = world;
  const [day, hour] = [random.pick(days), 8 + random.below(10)];
  const id = `V${world.next++}`;
  const at = (minutes: number) =>
    new Date(Date.parse(`${day}T00:00:00+08:00`) + (hour * 60 + minutes) * 60_000).toISOString();
  const lasted = 20 + random.below(160);
  const visit = {
    ...{ external_id: id, volunteer, recipient: 'M1', service_type: 'errand', recorded_by: 'XC' },
    ...{ planned_start: at(0), planned_end: at(lasted), check_in: at(0), check_out: at(lasted) },
    proof_grade: random.pick(['A', 'B', 'C'] as const),
  };
  const { code } = await run(b.lane, (stage) => recordService(stage, visit, 'operator:test').record);
  if (code === undefined) world.records.push(id);
}

async function correct(world: World): Promise<void> {
  const { b, random, records } = world;
  if (records.length === 0) return;
  const id = random.pick(records);
  const fields: CorrectionFields =
    random.below(2) === 0 ? { annul: true, reason: '有误' } : { proof_grade: 'A', reason: '有误' };
  const request = { id, reach: null, fields, newId: `W${world.next++}`, freeHolds };
  for (const actor of ['operator:first', 'operator:second'])
    await run(b.lane, (stage) => correctService(stage, { ...request, actor }).correction, { actor });
}

async function redeem(world: World, memberId: string): Promise<void> {
  const { b, random } = world;
  const request = {
    ...{ id: randomUUID(), partnerId: partner, partnerReference: `R${world.next++}`, memberId },
    points: BigInt(1 + random.below(40)),
    effectiveAt: `${random.pick(days)}T10:00:00+08:00`,
    capture: random.below(2) === 0,
  };
  const { code } = await run(b.lane, (stage) => authoriseRedemption(stage, rules, request));
  if (code === undefined) world.holds.push(request.id);
}

async function giveUp({ b, random, holds }: World): Promise<void> {
  if (holds.length === 0) return;
  const id = random.pick(holds);
  await run(b.lane, (stage) => voidRedemption(stage, rules, id, partner));
  const refund = { id, partnerId: partner, points: 1n, effectiveAt: '2026-10-30T10:00:00+08:00' };
  await run(b.lane, (stage) => refundRedemption(stage, rules, refund));
}

async function reverse({ b, random }: World): Promise<void> {
  const last = await lastOf(b);
  await run(b.lane, (stage) => reverseByHand(stage, 1 + random.below(last), {}, freeHolds).number);
}

/** A gets coins, spends all that there are, and what A got is taken back. */
async function fallIntoDebt({ lane, owner }: Books): Promise<void> {
  const grant = await adjust(lane, [{ debit: 'coin:issuance', credit: 'member:A:coins', amount: '5.00' }]);
  const [row] =
    await owner`select (credits - debits)::int as held from timeledger.accounts where code = 'member:A:coins'`;
  const amount = (Number(row?.['held']) / 100).toFixed(2);
  await adjust(lane, [{ debit: 'member:A:coins', credit: 'pool:community', amount }]);
  await must(lane, (stage) => reverseByHand(stage, grant, {}, freeHolds).number);
}

/** D turns out to be C. */
async function merge(world: World): Promise<void> {
  // That one of them was at two places is not what this is about.
  const holds = { refuseHolds: refuseHeld, freeHolds, refuseServedTwice: () => undefined, reach: null };
  for (const id of world.holds) await run(world.b.lane, (stage) => voidRedemption(stage, rules, id, partner));
  for (const actor of ['operator:first', 'operator:second'])
    await must(world.b.lane, (stage) => mergeMembers(stage, { id: 'D', into: 'C', actor, ...holds }));
  world.merged = true;
}

async function lastOf({ owner }: Books): Promise<number> {
  const [head] = await owner`select entry_count::int as last from timeledger.heads`;
  return head?.['last'] as number;
}

async function ask({ b, random, merged }: World): Promise<Asked> {
  const id = random.pick(people);
  const [one, other] = [random.pick(days), random.pick(days)].sort();
  return {
    id,
    knownAs: merged && ['C', 'D'].includes(id) ? ['C', 'D'] : [id],
    from: random.below(3) === 0 ? null : (one ?? null),
    to: random.below(3) === 0 ? null : (other ?? null),
    atEntry: (await lastOf(b)) - random.below(12),
  };
}

const whole = ({ b }: World, asked: Asked) =>
  readMemberStatement(b.owner, b.lane.facts.id, { ...asked, withGrants: true, after: null, limit: 1_000 });

/** The statement, once it has been found to add up, as a whole and by pages of three. */
async function addsUp(t: Test, world: World, asked: Asked) {
  const statement = await whole(world, asked);
  const name = `${asked.id} from ${asked.from} to ${asked.to} at ${asked.atEntry}`;
  for (const [what, figures, of] of [
    ['holds', statement.purses, 'movements'],
    ['owes', statement.receivables, 'owed'],
  ] as const) {
    for (const { purse, opening, closing } of figures) {
      let balance = hundredths(opening);
      for (const line of statement.lines) {
        const moved = line[of].find((one) => one.purse === purse);
        if (!moved) continue;
        balance += hundredths(moved.in) - hundredths(moved.out);
        t.equal(hundredths(moved.balance), balance, `${name} ${what} ${purse}: after entry ${line.entry}`);
      }
      t.equal(balance, hundredths(closing), `${name} ${what} ${purse}: at the end`);
    }
  }
  const points = statement.lots.reduce((sum, { amount }) => sum + Number(amount), 0);
  // Within days that end early a lot can be below zero: what was dated back was paid with what came later.
  if (asked.to === null) t.equal(String(points), statement.purses.find((one) => one.purse === 'points')?.closing, name);
  const inOrder = statement.lines.map(({ effective_on, entry }) => `${effective_on} ${entry.padStart(9, '0')}`);
  t.strictSame([...inOrder].sort(), inOrder, `${name}: by day, then by number`);
  for (const { kind, reason } of statement.lines)
    t.ok(/\p{Script=Han}/u.test(reason.zh) && reason.en !== kind, reason.zh);
  await sameByPages(t, world, asked, statement);
  return statement;
}

type Statement = Awaited<ReturnType<typeof whole>>;

async function sameByPages(t: Test, { b }: World, asked: Asked, { next: _, lines, ...rest }: Statement): Promise<void> {
  const found: Statement['lines'] = [];
  for (let after: Statement['next'] = null; ; ) {
    const page = await readMemberStatement(b.owner, b.lane.facts.id, { ...asked, withGrants: true, after, limit: 3 });
    const { next, lines: some, ...same } = page;
    t.strictSame(same, rest, 'the same figures on every page');
    found.push(...some);
    if (next === null) break;
    after = next;
  }
  t.strictSame(found, lines, 'all pages together are the whole');
}

/** All of it: what the accounts of all of a person's ids hold, and every entry that moved them. */
async function agreesWithAccounts(t: Test, world: World, id: string): Promise<void> {
  const { owner } = world.b;
  const knownAs = ['C', 'D'].includes(id) ? ['C', 'D'] : [id];
  const asked = { id, knownAs, from: null, to: null, atEntry: await lastOf(world.b) };
  const { purses, receivables, lots, lines } = await whole(world, asked);
  const sums =
    await owner`select split_part(code, ':', 3) = 'receivable' as owed, asset, abs(sum(credits - debits))::int as sum
    from timeledger.accounts where split_part(code, ':', 2) in ${owner(knownAs)} group by 1, 2`;
  for (const { owed, asset, sum } of sums) {
    const figure = (owed ? receivables : purses).find((one) => one.asset === asset);
    const scale = asset === 'POINT' ? 1 : 100;
    t.equal(Math.round(Number(figure?.closing) * scale), sum, `${id}: ${owed ? 'owes' : 'holds'} ${asset}`);
  }
  const rows = await owner`select expires_on::text as expires_on, sum(remaining)::text as amount from timebank.lots
    where member_id in ${owner(knownAs)} and remaining > 0 group by 1 order by 1`;
  t.strictSame(
    lots.map(({ expires_on, amount }) => `${expires_on} ${amount}`),
    rows.map(({ expires_on, amount }) => `${expires_on} ${amount}`),
    `${id}: lots by the journal are those of the sub-ledger`,
  );
  const entries =
    await owner`select distinct entry::text from timeledger.postings p join timeledger.accounts a using (ledger_id, account_id)
    where split_part(a.code, ':', 2) in ${owner(knownAs)} order by 1`;
  for (const { kind, owed } of lines) told.add(kind).add(owed.length > 0 ? 'owed' : kind);
  t.strictSame(
    lines.map(({ entry }) => entry).sort(),
    entries.map(({ entry }) => entry).sort(),
    `${id}: every entry once`,
  );
}

const hundredths = (amount: string) => Math.round(Number(amount) * 100);
