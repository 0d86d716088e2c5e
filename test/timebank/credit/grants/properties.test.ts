/**
 * Whatever is granted, ordered, cancelled, served and corrected, over the ends of years, whoever leaves and whoever turns out to be one: the fund and all
 * purses are what a plain model says, nothing is lost or made, and no grant of a year that is over pays an order. Two sets of books are led through the
 * same story, in one of which no purse is ever tidied up: both are the same to the effective day. TEST_SEED runs one again, TEST_RUNS more of them.
 */
import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import type { Stage } from '../../../../src/ledger/stage.js';
import { approveLeaving, proposeLeaving } from '../../../../src/timebank/credit/closings/leaving.js';
import { approveGrant, proposeGrant } from '../../../../src/timebank/credit/grants/grant.js';
import { expireDueGrants } from '../../../../src/timebank/credit/grants/sweep.js';
import { mergeMembers } from '../../../../src/timebank/credit/member-merge.js';
import { xinchangPilot1 as rules } from '../../../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds, refuseHeld } from '../../../../src/timebank/free-holds.js';
import { readUsableGrants } from '../../../../src/timebank/member-grants.js';
import { registerCareSubject } from '../../../../src/timebank/people/care/care.js';
import { changeMemberState } from '../../../../src/timebank/people/member-changes.js';
import { correctService, withdrawCorrection } from '../../../../src/timebank/service/corrections/correction.js';
import { approveOrder } from '../../../../src/timebank/service/orders/approve.js';
import { checkIn, checkOut } from '../../../../src/timebank/service/orders/attendance.js';
import { cancelOrder } from '../../../../src/timebank/service/orders/cancel.js';
import { confirmOrder } from '../../../../src/timebank/service/orders/confirm.js';
import { claimOrder } from '../../../../src/timebank/service/orders/join.js';
import { placeOrder } from '../../../../src/timebank/service/orders/place.js';
import { settleDue } from '../../../../src/timebank/service/orders/sweep.js';
import { refuseServedTwice } from '../../../../src/timebank/service/served-twice.js';
import { type Books, books, booksBalance, fixedClock, run } from '../../../support/books.js';
import { type Random, runsOf, seeded, seedOf, shuffled } from '../../../support/random.js';
import { adjust, enrol, must, settle } from '../../../support/story.js';
import { type Paid, PlainGrants } from './plain-grants.js';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const recipients = ['A', 'B', 'C', 'D', 'E', 'F'];
const volunteers = ['V', 'W'];
const keeper = { actor: 'coordinator:wang', member: null, reach: null };

interface Order {
  readonly id: string;
  readonly recipients: readonly string[];
  readonly start: number;
  /** The volunteers for whom it is held. */
  readonly parts: { readonly volunteer: string; readonly paid: Paid }[];
}

interface Record {
  id: string;
  readonly start: number;
  readonly paid: Paid;
  lasted: number;
}

interface World {
  /** The first is tidied up time and again, the second never. */
  readonly both: readonly [Books, Books];
  readonly random: Random;
  readonly model: PlainGrants;
  readonly time: ReturnType<typeof fixedClock>;
  readonly left: Set<string>;
  readonly told: Map<string, number>;
  open: Order[];
  records: Record[];
  next: number;
}

const yearAt = (now: number) => new Date(now + 8 * hour).getUTCFullYear();
/** An errand is held at an hour for an hour; less than 60 % of it is paid with nothing. */
const price = 100;
const worthOf = (lasted: number) => (lasted < 36 ? 0 : Math.min(price, Math.floor((lasted * 5) / 3 + 0.5)));

const seed = seedOf(t);
const told = new Map<string, number>();

for (let round = 0; round < runsOf(2); round += 1)
  t.test('whatever happens to grants, the fund and all purses are what a plain model says', async (t) => {
    const world = await worldOf(t, seed + round);
    for (let step = 0; step < 60; step += 1) await act(t, world);
    await merge(t, world);
    for (let step = 0; step < 40; step += 1) await act(t, world);
    for (const { lane, owner } of world.both) {
      await expireDueGrants(lane, owner, world.time.clock);
      await booksBalance(t, owner);
    }
    t.same(await byDay(world.both[1]), await byDay(world.both[0]), 'the same to the effective day');
  });

t.test('among it was all that can become of them', async (t) => {
  for (const what of ['granted', 'fund short', 'held', 'purse short', 'released', 'paid', 'corrected', 'left'])
    t.ok((told.get(what) ?? 0) > 0, `${what}: ${told.get(what)}`);
  t.ok((told.get('a year over') ?? 0) >= runsOf(2), 'years came to their end');
});

async function worldOf(t: Test, from: number): Promise<World> {
  const time = fixedClock();
  const both = [await books(t, { clock: time.clock }), await books(t, { clock: time.clock })] as const;
  const plan = { mode: 'doorstep', interval_days: 30, starts_on: '2026-11-01', note: null } as const;
  const model = new PlainGrants(2026);
  const shared = { random: seeded(from), model, time, left: new Set<string>(), told };
  const world: World = { both, ...shared, open: [], records: [], next: 1 };
  for (const { lane } of both) {
    await settle(lane);
    for (const id of [...recipients, ...volunteers]) await enrol(lane, id, '何根仙', 10n);
    for (const id of recipients)
      await must(lane, (stage) => registerCareSubject(stage, randomUUID(), id, { ...plan, reasons: ['hardship'] }));
  }
  await donate(world, 2_000);
  return world;
}

async function donate(world: World, amount: number): Promise<void> {
  const legs = [{ debit: 'coin:issuance', credit: 'pool:fund', amount: (amount / 100).toFixed(2) }];
  for (const { lane } of world.both) await adjust(lane, legs);
  world.model.donate(amount);
}

/** Carries a command out in both books, which must say the same, and that what the model says. */
async function everywhere(
  t: Test,
  { both }: World,
  expected: string | undefined,
  decide: (stage: Stage) => unknown,
  actor = 'operator:test',
): Promise<void> {
  for (const { lane } of both) {
    const { code } = await run(lane, decide, { actor });
    if (code !== expected) t.fail(`it is ${code ?? 'ok'}, and should be ${expected ?? 'ok'}`);
  }
}

function count({ told }: World, what: string): void {
  told.set(what, (told.get(what) ?? 0) + 1);
}

async function act(t: Test, world: World): Promise<void> {
  const { random, open, records } = world;
  const dice = random.below(16);
  if (dice < 4) await grant(t, world);
  else if (dice < 8) await order(t, world);
  else if (dice < 10 && open.length > 0) await serve(t, world, random.pick(open));
  else if (dice < 11 && open.length > 0) await cancel(t, world, random.pick(open));
  else if (dice < 13 && records.length > 0) await correct(t, world, random.pick(records));
  else if (dice === 13) await leaveOrReturn(t, world);
  else if (dice === 14 && random.below(3) === 0) await donate(world, 100 * (1 + random.below(5)));
  else await wait(world, random.pick([1, 5, 20, 60]) * day);
  await sameAsModel(t, world);
}

async function grant(t: Test, world: World): Promise<void> {
  const { random, model, left } = world;
  const member = random.pick(recipients);
  const amount = 25 * (1 + random.below(20));
  const request = { id: randomUUID(), member, amount: (amount / 100).toFixed(2), documentNumber: 'DOC', reason: null };
  const by = (actor: string) => ({ actor, reach: null, freeHolds });
  const refused = left.has(model.now(member)) ? 'member_inactive' : undefined;
  await everywhere(t, world, refused, (stage) => proposeGrant(stage, request, by('operator:first')));
  if (refused !== undefined) return;
  const isGiven = model.grant(model.now(member), amount);
  count(world, isGiven ? 'granted' : 'fund short');
  const expected = isGiven ? undefined : 'balance_insufficient';
  await everywhere(t, world, expected, (stage) => approveGrant(stage, request.id, by('operator:second')));
}

/** An order for an hour, soon or a while ahead, for one or more; and one or two who would serve in it. */
async function order(t: Test, world: World): Promise<void> {
  const { random, model, time, left, open } = world;
  const able = shuffled(recipients, random).filter((id) => model.now(id) === id && !left.has(id));
  const people = able.slice(0, random.pick([1, 1, 2, 3]));
  if (people.length === 0) return;
  let start = time.clock() + hour + random.pick([0, 0, 0, 9, 30, 60]) * day;
  while (open.some((one) => Math.abs(one.start - start) < 6 * hour)) start += 6 * hour;
  const id = `N${world.next++}`;
  const request = {
    ...{ id, recipient: people[0] as string, otherRecipients: people.slice(1), serviceType: 'errand' },
    ...{ mode: 'home' as const, station: null, plannedStart: at(start), plannedEnd: at(start + hour) },
    ...{ volunteersNeeded: 2, funding: 'grant' as const, note: null, recurrence: null },
  };
  await everywhere(t, world, undefined, (stage) => placeOrder(stage, rules, request, keeper));
  const placed: Order = { id, recipients: people, start, parts: [] };
  open.push(placed);
  // Somebody may come who is paid by the grants of another year.
  for (const volunteer of volunteers.slice(0, 1 + random.below(2))) {
    await claim(t, world, placed, volunteer);
    if (random.below(4) === 0 && start > time.clock() + 10 * day) await wait(world, 9 * day);
  }
}

async function claim(t: Test, world: World, placed: Order, volunteer: string): Promise<void> {
  const paid = world.model.hold(price, placed.recipients);
  count(world, paid ? 'held' : 'purse short');
  const asked = { orderId: placed.id, volunteer, recordId: `${placed.id}-${volunteer}` };
  const expected = paid ? undefined : 'balance_insufficient';
  await everywhere(t, world, expected, (stage) => claimOrder(stage, rules, asked));
  if (paid) placed.parts.push({ volunteer, paid });
}

/** From the check-in to the approval, when its time has come. */
async function serve(t: Test, world: World, served: Order): Promise<void> {
  const { random, model, time } = world;
  const { id, start, parts } = served;
  if (start <= time.clock() || parts.length === 0) return;
  await wait(world, start - time.clock());
  const lasted = random.pick([20, 40, 48, 60]);
  const report = (volunteer: string) => ({
    ...{ orderId: id, volunteer, proof: { means: 'reported' as const }, reason: null },
    at: at(time.clock()),
  });
  for (const { volunteer } of parts)
    await everywhere(t, world, undefined, (stage) => checkIn(stage, rules, report(volunteer), keeper));
  time.advance(lasted * minute);
  for (const { volunteer } of parts)
    await everywhere(t, world, undefined, (stage) => checkOut(stage, rules, report(volunteer), keeper));
  const [first] = served.recipients;
  const by = { actor: `member:${first}`, member: first as string, reach: null };
  const confirmation = { orderId: id, minutes: null, rating: null, comment: null };
  await everywhere(t, world, undefined, (stage) => confirmOrder(stage, rules, confirmation, by), by.actor);
  world.open = world.open.filter((one) => one !== served);
  // Time may pass before it is approved, and the year with it.
  await wait(world, random.pick([0, 0, 5]) * day);
  const approver = { ...keeper, actor: 'coordinator:li' };
  await everywhere(t, world, undefined, (stage) => approveOrder(stage, rules, id, approver));
  for (const { volunteer, paid } of parts) {
    model.settle(paid, worthOf(lasted), 'held');
    world.records.push({ id: `${id}-${volunteer}`, start, paid, lasted });
    count(world, 'paid');
  }
  // What a record says is never still to come, however it is corrected.
  await wait(world, hour);
}

async function cancel(t: Test, world: World, one: Order): Promise<void> {
  const { random, model, time } = world;
  const [part] = one.parts;
  if (part && random.below(3) === 0 && one.start > time.clock()) {
    const as = { actor: `member:${part.volunteer}`, member: part.volunteer, reach: null };
    const asked = { orderId: one.id, reason: '有事', series: false };
    await everywhere(t, world, undefined, (stage) => cancelOrder(stage, asked, as), as.actor);
    one.parts.shift();
    model.release(part.paid);
    count(world, 'released');
    return;
  }
  const asked = { orderId: one.id, reason: '不需要了', series: false };
  await everywhere(t, world, undefined, (stage) => cancelOrder(stage, asked, keeper));
  end(world, one);
}

function end(world: World, one: Order): void {
  for (const { paid } of one.parts) {
    world.model.release(paid);
    count(world, 'released');
  }
  world.open = world.open.filter((other) => other !== one);
}

/** Two people annul a record or replace it; one that is refused is given up. */
async function correct(t: Test, world: World, record: Record): Promise<void> {
  const { random, model, both } = world;
  const isAnnulled = random.below(4) === 0;
  const lasted = random.pick([20, 40, 48, 60].filter((one) => one !== record.lasted));
  const newId = `W${world.next++}`;
  const fields = {
    reason: '有误',
    ...(isAnnulled ? { annul: true as const } : { check_out: at(record.start + lasted * minute) }),
  };
  const request = { id: record.id, reach: null, fields, newId, freeHolds };
  const isDone = model.settle(record.paid, isAnnulled ? 0 : worthOf(lasted), 'spent');
  for (const [actor, expected] of [
    [`operator:one-${newId}`, undefined],
    [`operator:two-${newId}`, isDone ? undefined : 'balance_insufficient'],
  ] as const)
    await everywhere(t, world, expected, (stage) => correctService(stage, { ...request, actor }), actor);
  count(world, isDone ? 'corrected' : 'not corrected');
  if (!isDone)
    for (const { lane } of both)
      await run(lane, (stage) => withdrawCorrection(stage, record.id, { reach: null, actor: 'operator:test' }));
  else if (isAnnulled) world.records = world.records.filter((one) => one !== record);
  else Object.assign(record, { id: newId, lasted });
}

async function leaveOrReturn(t: Test, world: World): Promise<void> {
  const { random, model, left, open } = world;
  const id = model.now(random.pick(recipients));
  const closer = (actor: string) => ({ id, reach: null, actor });
  if (left.has(id)) {
    const asked = { ...closer('operator:a'), state: 'active' as const };
    await everywhere(t, world, undefined, (stage) => changeMemberState(stage, asked));
    left.delete(id);
    return;
  }
  if (open.some((one) => one.recipients.includes(id))) return;
  const leaving = { cause: 'left', to: 'lapse', kin: null, document: null, own: null } as const;
  const asked = { ...closer('operator:a'), ...leaving, closingId: randomUUID() };
  await everywhere(t, world, undefined, (stage) => proposeLeaving(stage, asked));
  await everywhere(t, world, undefined, (stage) => approveLeaving(stage, { ...closer('operator:b'), refuseHeld }));
  model.leave(id);
  left.add(id);
  count(world, 'left');
}

/** Orders that nobody came to are settled in both books, purses are tidied up in the first alone. */
async function wait(world: World, milliseconds: number): Promise<void> {
  const { model, time, both, random } = world;
  time.advance(milliseconds);
  const year = yearAt(time.clock());
  if (year > model.year) {
    model.turn(year);
    count(world, 'a year over');
  }
  if (random.below(2) === 0) await expireDueGrants(both[0].lane, both[0].owner, time.clock);
  for (const { lane, owner } of both) while ((await settleDue(lane, owner, time.clock)) > 0);
  const lapsed = (one: Order) =>
    time.clock() >= one.start + (one.parts.length === 0 ? 0 : hour + rules.confirm_timeout_hours * hour);
  for (const one of world.open.filter(lapsed)) end(world, one);
}

/** F turns out to be E, and takes part no more under that name. */
async function merge(t: Test, world: World): Promise<void> {
  for (const one of world.open.filter((open) => open.recipients.includes('F'))) await cancelAll(t, world, one);
  for (const id of ['E', 'F']) if (world.left.has(id)) await bringBack(t, world, id);
  const holds = { refuseHolds: refuseHeld, freeHolds, refuseServedTwice, reach: null };
  for (const actor of ['operator:first', 'operator:second'])
    await everywhere(t, world, undefined, (stage) => mergeMembers(stage, { id: 'F', into: 'E', actor, ...holds }));
  world.model.merge('F', 'E');
  await sameAsModel(t, world);
}

async function cancelAll(t: Test, world: World, one: Order): Promise<void> {
  const asked = { orderId: one.id, reason: '不需要了', series: false };
  await everywhere(t, world, undefined, (stage) => cancelOrder(stage, asked, keeper));
  end(world, one);
}

async function bringBack(t: Test, world: World, id: string): Promise<void> {
  const asked = { id, reach: null, state: 'active' as const, actor: 'operator:a' };
  await everywhere(t, world, undefined, (stage) => changeMemberState(stage, asked));
  world.left.delete(id);
}

const at = (now: number) => new Date(now).toISOString();

/** The books that were tidied up hold what the model says, once they are; both show what can be used, and nothing is lost. */
async function sameAsModel(t: Test, { both, model, time }: World): Promise<void> {
  const [tidied] = both;
  await expireDueGrants(tidied.lane, tidied.owner, time.clock);
  const { donated } = model;
  for (const { owner } of both) {
    const rows = await owner`select code, (credits - debits)::int as balance from timeledger.accounts
      where code in ('pool:fund', 'held:orders', 'pool:remainder') or code like 'member:%:grants:%' or code ~ '^member:[VW]:coins$'`;
    const total = rows.reduce((sum, { balance }) => sum + (balance as number), 0);
    if (total !== donated) t.fail(`${total} are there of ${donated}`);
    for (const id of recipients) {
      const now = { now: time.clock(), zone: 'Asia/Shanghai' };
      const [shown] = await readUsableGrants(owner, 1, model.now(id), now);
      const text = (model.usable(id) / 100).toFixed(2);
      if ((shown?.balance ?? '0.00') !== text) t.fail(`${id} is shown ${shown?.balance}, and has ${text}`);
    }
  }
  const rows = await tidied.owner`select code, (credits - debits)::int as balance from timeledger.accounts
    where code in ('pool:fund', 'held:orders') or code like 'member:%:grants:%'`;
  const expected = model.balances();
  const found = new Map(rows.map(({ code, balance }) => [code as string, balance as number]));
  for (const code of new Set([...found.keys(), ...Object.keys(expected)]))
    if ((found.get(code) ?? 0) !== (expected[code] ?? 0))
      t.fail(`${code} holds ${found.get(code)}, and should hold ${expected[code]}`);
}

/** What was posted to each account on each day. */
async function byDay({ owner }: Books): Promise<unknown> {
  return owner`select a.code, p.effective_on::text as day, sum(p.amount)::text as amount
    from timeledger.postings p join timeledger.accounts a using (ledger_id, account_id)
    group by 1, 2 having sum(p.amount) <> 0 order by 1, 2`;
}
