/**
 * Whatever members earned, spent, gave and owed, and however they leave or die: what they had goes where it was to go and nowhere else, hours stay, nothing is
 * left on their accounts, and the books verify. What each settlement should do is worked out anew from what members were shown before. TEST_SEED runs one again.
 */
import { randomUUID } from 'node:crypto';
import { type Test, test } from 'tap';
import { closingChecks } from '../../../src/timebank/credit/closings/checks.js';
import { approveDeath, reportDeath, withdrawDeath } from '../../../src/timebank/credit/closings/death.js';
import { approveLeaving, proposeLeaving, withdrawLeaving } from '../../../src/timebank/credit/closings/leaving.js';
import { acceptGift } from '../../../src/timebank/credit/gifts/decide.js';
import { offerGift } from '../../../src/timebank/credit/gifts/offer.js';
import { reverseByHand } from '../../../src/timebank/credit/reversal.js';
import { xinchangPilot1 as rules } from '../../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds, refuseHeld } from '../../../src/timebank/free-holds.js';
import { readMemberBalances } from '../../../src/timebank/member-balances.js';
import { authoriseRedemption } from '../../../src/timebank/partners/redemptions/authorise.js';
import { refundRedemption } from '../../../src/timebank/partners/redemptions/refund.js';
import { nominateBeneficiary } from '../../../src/timebank/people/beneficiaries.js';
import { claimKin, verifyKin } from '../../../src/timebank/people/kin.js';
import { changeMemberState } from '../../../src/timebank/people/member-changes.js';
import { recordService } from '../../../src/timebank/service/service-records.js';
import { type Books, books, booksBalance, fixedClock, refusedByChecks, run } from '../../support/books.js';
import { populate } from '../../support/populate.js';
import { type Random, runsOf, seeded, seedOf } from '../../support/random.js';
import { adjust, enrol, must, partner, settle } from '../../support/story.js';

const ids = Array.from({ length: 8 }, (_, i) => `P${i}`);
/** P0 and P1 are spouses, and so are P2 and P3, and so on. */
const spouseOf = (id: string) => `P${Number(id.slice(1)) ^ 1}`;
const everywhere = { reach: null } as const;
const hour = 3_600_000;

interface World {
  readonly b: Books;
  readonly random: Random;
  readonly time: ReturnType<typeof fixedClock>;
  readonly entries: number[];
  readonly redemptions: string[];
  /** Whom each member has nominated, as the commands were accepted. */
  readonly nominated: Map<string, string | null>;
}

/** One of the things that happen to members, or nothing when it is refused. */
async function something({ b: { lane }, random, time, entries, redemptions, nominated }: World): Promise<void> {
  const [one, other] = [random.pick(ids), random.pick(ids)];
  const what = random.below(14);
  if (what < 3) {
    const at = `2026-10-${String(12 + random.below(14))}T1${random.below(9)}`;
    const [start, end] = [`${at}:00:00+08:00`, `${at}:${10 + random.below(49)}:00+08:00`];
    const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
    const kind = { service_type: 'errand', proof_grade: random.pick(['A', 'C'] as const), recorded_by: 'XC' };
    const visit = { external_id: randomUUID(), volunteer: one, recipient: other, ...times, ...kind };
    await run(lane, (stage) => recordService(stage, visit, 'operator:second'));
  } else if (what < 5) {
    const [debit, purse, amount] = random.pick([
      ['point:issuance', 'points', `${1 + random.below(90)}`],
      ['coin:issuance', 'coins', `${random.below(1_600)}.25`],
    ] as const);
    entries.push(await adjust(lane, [{ debit, credit: `member:${one}:${purse}`, amount }]).catch(() => 0));
  } else if (what < 8) {
    const points = BigInt(1 + random.below(120));
    const request = { id: randomUUID(), partnerId: partner, partnerReference: randomUUID(), memberId: one, points };
    await run(lane, (stage) => authoriseRedemption(stage, rules, { ...request, capture: random.below(3) > 0 }));
    redemptions.push(request.id);
  } else if (what === 8 && redemptions.length > 0) {
    const part = { id: random.pick(redemptions), partnerId: partner, points: 1n, effectiveAt: undefined };
    await run(lane, (stage) => refundRedemption(stage, rules, part));
  } else if (what < 11) {
    const purse = random.pick(['coins', 'points'] as const);
    const amount = purse === 'coins' ? `${1 + random.below(5)}.50` : `${1 + random.below(60)}`;
    const gift = { id: randomUUID(), from: one, to: other, purse, amount, freeHolds };
    await run(lane, (stage) => offerGift(stage, rules, gift));
    const answer = { id: gift.id, member: other, ...everywhere, actor: `member:${other}` };
    if (random.below(4) > 0) await run(lane, (stage) => acceptGift(stage, answer));
  } else if (what === 11) {
    const beneficiary = random.pick([spouseOf(one), null]);
    const request = { id: one, beneficiary, own: one, ...everywhere, actor: `member:${one}` };
    const { code } = await run(lane, (stage) => nominateBeneficiary(stage, request));
    if (code === undefined) nominated.set(one, beneficiary);
  } else if (what === 12) time.advance(random.below(40) * hour);
  else if (entries.length > 0) {
    const entry = random.pick(entries);
    await run(lane, (stage) => reverseByHand(stage, entry, {}, freeHolds));
  }
}

type Wealth = Readonly<Record<string, bigint>>;

/** What a member is shown to have (`coins`) and to owe (`owed coins`), in minor units. */
async function wealthOf({ b, time }: World, id: string): Promise<Wealth> {
  const at = { now: time.clock(), zone: 'Asia/Shanghai' };
  const { balances, receivables } = await readMemberBalances(b.owner, 1, id, at);
  const minor = (text: string) => BigInt(text.replace('.', ''));
  return Object.fromEntries([
    ...receivables.map(({ purse, balance }) => [`owed ${purse}`, minor(balance)]),
    ...balances.map(({ purse, balance }) => [purse, minor(balance)]),
  ]);
}

/** What accounts of the chart hold, none being nothing. */
async function chart({ b }: World): Promise<Wealth> {
  const rows = await b.owner`select code, abs(credits - debits)::text as amount from timeledger.accounts
    where code ~ '^(pool:community|(coin|point):(lapsed|written-off))$'`;
  return Object.fromEntries(rows.map(({ code, amount }) => [code, BigInt(amount)]));
}

const net = (wealth: Wealth, purse: string) => (wealth[purse] ?? 0n) - (wealth[`owed ${purse}`] ?? 0n);

/** One member leaves or dies, in one of the ways; returns where what they had was to go, or null where it did not come about. */
async function end(world: World, id: string): Promise<'kin' | 'pool' | 'lapse' | null> {
  const { b, random, time } = world;
  const closer = (actor: string) => ({ id, ...everywhere, actor });
  const closingId = randomUUID();
  if (random.below(2) === 0) {
    const to = random.pick(['kin', 'pool', 'lapse'] as const);
    const asked = {
      closingId,
      cause: 'left',
      to,
      kin: to === 'kin' ? spouseOf(id) : null,
      document: null,
      own: null,
    } as const;
    await run(b.lane, (stage) => proposeLeaving(stage, { ...closer('operator:a'), ...asked }));
    if (random.below(5) === 0) {
      await run(b.lane, (stage) => withdrawLeaving(stage, { ...closer('operator:a'), own: null }));
      return null;
    }
    const { code } = await run(b.lane, (stage) => approveLeaving(stage, { ...closer('operator:b'), refuseHeld }));
    if (code === undefined) return to;
    await run(b.lane, (stage) => withdrawLeaving(stage, { ...closer('operator:a'), own: null }));
    return null;
  }
  const diedOn = new Date(time.clock() + 8 * hour).toISOString().slice(0, 10);
  const report = { ...closer('operator:a'), closingId, diedOn, document: 'DOC-1' };
  await run(b.lane, (stage) => reportDeath(stage, report));
  const approve = (actor: string) => run(b.lane, (stage) => approveDeath(stage, { ...closer(actor), refuseHeld }));
  await approve('operator:b');
  const { result } = random.below(5) === 0 ? { result: undefined } : await approve('operator:c');
  if (result?.state === 'settled') {
    const nominated = world.nominated.get(id) ?? null;
    const takesPart = nominated !== null && (await stateOf(b, nominated)) === 'active';
    return takesPart ? 'kin' : 'pool';
  }
  await run(b.lane, (stage) => withdrawDeath(stage, closer('operator:d')));
  return null;
}

async function stateOf({ owner }: Books, id: string): Promise<string> {
  const [row] = await owner`select state from timebank.members where member_id = ${id}`;
  return row?.['state'];
}

/** Ends one member, and holds what the settlement did against what it should have done. */
async function endsAsItShould(t: Test, world: World, id: string): Promise<string> {
  const heir = spouseOf(id);
  const before = { own: await wealthOf(world, id), heir: await wealthOf(world, heir), chart: await chart(world) };
  const state = await stateOf(world.b, id);
  const to = await end(world, id);
  const after = { own: await wealthOf(world, id), heir: await wealthOf(world, heir), chart: await chart(world) };
  t.equal(after.own['hours'], before.own['hours'], `${id} keeps their hours`);
  if (to === null) {
    t.equal(await stateOf(world.b, id), state, `${id} is what they were`);
    t.same({ ...after, own: net(after.own, 'coins') }, { ...before, own: net(before.own, 'coins') }, 'nothing moved');
    return 'nothing';
  }
  for (const [purse, prefix] of [
    ['coins', 'coin'],
    ['points', 'point'],
  ] as const) {
    t.same([after.own[purse], after.own[`owed ${purse}`] ?? 0n], [0n, 0n], `${id} has and owes no ${purse}`);
    const [left, grown] = [
      net(before.own, purse),
      (code: string) => (after.chart[code] ?? 0n) - (before.chart[code] ?? 0n),
    ];
    const rest = left > 0n ? left : 0n;
    const lapses: boolean = to === 'lapse' || (to === 'pool' && purse === 'points');
    t.equal(net(after.heir, purse) - net(before.heir, purse), to === 'kin' ? rest : 0n, `${purse} of ${id} to ${heir}`);
    t.equal(grown(`${prefix}:lapsed`), lapses ? rest : 0n, `${purse} of ${id} lapse`);
    t.equal(grown(`${prefix}:written-off`), rest - left, `what ${id} owes of ${purse} is written off`);
    if (purse === 'coins') t.equal(grown('pool:community'), to === 'pool' ? rest : 0n, `coins of ${id} into the pool`);
  }
  return to;
}

test('leaving and dying at random loses and makes nothing, leaves nothing behind, and moves no hour', {
  timeout: 600_000,
}, async (t) => {
  const random = seeded(seedOf(t));
  const seen = new Map<string, number>();
  for (let town = 0; town < runsOf(2); town += 1) {
    const time = fixedClock();
    const b = await books(t, { clock: time.clock });
    const world: World = { b, random, time, entries: [], redemptions: [], nominated: new Map() };
    await settle(b.lane);
    for (const id of ids) await enrol(b.lane, id, '俞水英', 50n);
    for (const member of ids.filter((id) => id < spouseOf(id))) {
      const kin = { member, relative: spouseOf(member), relation: 'spouse', evidence: '结婚证', most: 3 } as const;
      await must(b.lane, (stage) => claimKin(stage, { ...kin, ...everywhere, actor: 'operator:a' }));
      const verification = { ...kin, ...everywhere, actor: 'operator:b', elderConsentOn: '2026-10-31' };
      await must(b.lane, (stage) => verifyKin(stage, verification));
    }
    for (const id of ids.filter(() => random.below(2) === 0)) {
      const request = { id, beneficiary: spouseOf(id), own: id, ...everywhere, actor: `member:${id}` };
      await must(b.lane, (stage) => nominateBeneficiary(stage, request));
      world.nominated.set(id, spouseOf(id));
    }
    for (let round = 0; round < 25; round += 1) {
      for (let i = 0; i < 12; i += 1) await something(world);
      // What was held past its time, and what was offered, is free again.
      if (random.below(4) > 0) time.advance(73 * hour);
      const ended = await endsAsItShould(t, world, random.pick(ids));
      seen.set(ended, (seen.get(ended) ?? 0) + 1);
      const back = { id: random.pick(ids), ...everywhere, state: 'active' } as const;
      if (random.below(3) === 0) await run(b.lane, (stage) => changeMemberState(stage, back));
    }
    await booksBalance(t, b.owner);
  }
  t.comment([...seen].map(([ended, times]) => `${ended}: ${times}`).join(', '));
  t.ok((seen.get('kin') ?? 0) + (seen.get('pool') ?? 0) + (seen.get('lapse') ?? 0) > 0, 'somebody was settled');
});

test('the database refuses closings that contradict themselves', async (t) => {
  const b = await books(t);
  await populate(b);
  const figures = ['coins', 'coins_repaid', 'coins_written_off', 'points', 'points_repaid', 'points_written_off'];
  const nothing = figures.map((figure) => `${figure} = null`).join(', ');
  await refusedByChecks(t, b.owner, 'closings', {
    closings_cause_check: [`cause = 'bored'`],
    closings_state_check: [`state = 'approved', settlement = null, ${nothing} where state = 'settled'`],
    closings_death_check: [`died_on = '2026-11-01' where cause = 'moved'`, `died_on = null where cause = 'died'`],
    closings_beneficiary_check: [
      `destination = 'kin' where cause = 'died'`,
      `beneficiary_id = 'M2' where cause = 'moved'`,
    ],
    closings_settled_check: [`settlement = null where state = 'settled'`, `coins = 1 where state = 'open'`],
    closings_figures_check: [`points = -1 where state = 'settled'`],
    closings_decided_check: [
      `decided_by = null where state = 'settled'`,
      `proposed_alias = 'x' where state = 'settled'`,
    ],
  });
});

test('verification finds a settlement that says another amount, was decided by too few, or left something behind', async (t) => {
  const b = await books(t);
  await populate(b);
  const found = async (change: string, back: string) => {
    await b.owner.unsafe(`update timebank.closings set ${change}`);
    const rows = (await Promise.all(closingChecks.map(({ sql }) => b.owner.unsafe(sql, [1])))).map((one) => one.length);
    await b.owner.unsafe(`update timebank.closings set ${back}`);
    return rows;
  };
  const settled = `where state = 'settled'`;
  t.same(await found('cause = cause', 'cause = cause'), [0, 0, 0, 0, 0]);
  t.same(await found(`points = points + 1 ${settled}`, `points = points - 1 ${settled}`), [0, 1, 0, 1, 0]);
  t.same(await found(`points_written_off = 5 ${settled}`, `points_written_off = 0 ${settled}`), [0, 1, 1, 0, 0]);
  t.same(
    await found(`decided_by = 'coordinator:first' ${settled}`, `decided_by = 'operator:second' ${settled}`),
    [0, 0, 0, 0, 1],
    'the same person in another role',
  );
  t.same(
    await found(`settlement = settlement - 1 ${settled}`, `settlement = settlement + 1 ${settled}`),
    [1, 1, 0, 0, 1],
    'something was left before it',
  );
});
