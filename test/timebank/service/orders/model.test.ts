/**
 * Orders against a plain model: people of every role do anything at any time, many at once, and the clock jumps. Whatever is told and
 * whatever stands in the books is what the model says. TEST_SEED runs one again, TEST_RUNS so many times as many.
 */
import t from 'tap';
import type { Lane } from '../../../../src/ledger/lane.js';
import type { Stage } from '../../../../src/ledger/stage.js';
import { xinchangPilot1 as rules } from '../../../../src/timebank/credit/xinchang-pilot.js';
import { readMemberBalances } from '../../../../src/timebank/member-balances.js';
import { approveOrder, rejectOrder } from '../../../../src/timebank/service/orders/approve.js';
import { checkIn, checkOut } from '../../../../src/timebank/service/orders/attendance.js';
import { cancelOrder, recordNoShow } from '../../../../src/timebank/service/orders/cancel.js';
import {
  confirmOrder,
  type Decision,
  decideDispute,
  disputeOrder,
} from '../../../../src/timebank/service/orders/confirm.js';
import { claimOrder } from '../../../../src/timebank/service/orders/join.js';
import { placeOrder } from '../../../../src/timebank/service/orders/place.js';
import { listOrders } from '../../../../src/timebank/service/orders/reads.js';
import { settleDue } from '../../../../src/timebank/service/orders/sweep.js';
import type { Asking } from '../../../../src/timebank/service/orders/who.js';
import { type Books, books, booksBalance, fixedClock, run } from '../../../support/books.js';
import { type ModelOrder, OrderModel } from '../../../support/order-model.js';
import { type Random, runsOf, seeded, seedOf } from '../../../support/random.js';
import { adjust, enrol, settle } from '../../../support/story.js';

const minute = 60_000;
const people = ['A', 'B', 'C', 'D', 'E', 'F'];
const coordinators = ['coordinator:wang', 'coordinator:li', 'coordinator:zhou'];
const opening = 400;

const seed = seedOf(t);

/** A command as the service gets it and as the model does. */
interface Step {
  readonly actor: string;
  readonly decide: (stage: Stage) => unknown;
  readonly model: (model: OrderModel) => string;
  readonly said: string;
}

t.test('orders do what the model does, step by step, thousands of them', async (t) => {
  const world = await worldOf(t, seed);
  const { random, model, set } = world;
  for (let batch = 0; batch < runsOf(150); batch++) {
    world.advance(
      random.below(40) === 0 ? random.pick([120, 600, 4_500]) : random.pick([0, 0, 1, 5, 10, 15, 15, 20, 30]),
    );
    const steps = Array.from({ length: 1 + random.below(24) }, () => stepOf(world));
    const told = await Promise.all(steps.map(({ actor, decide }) => tell(set.lane, actor, decide)));
    for (const [i, step] of steps.entries()) {
      const expected = step.model(model);
      if (told[i] !== expected) t.fail(`${step.said} at ${model.now}: ${told[i]}, the model says ${expected}`);
    }
    await sameAsModel(t, world);
    if (random.below(8) === 0) await settleDue(set.lane, set.owner, world.clock);
  }
  t.ok(model.orders.size > 50, `${model.orders.size} orders`);
  const ends = [...model.orders.values()].map(({ status }) => status);
  for (const status of ['approved', 'rejected', 'cancelled', 'expired'])
    t.ok(ends.includes(status), `${ends.filter((one) => one === status).length} are ${status}`);
  await booksBalance(t, set.owner);
});

t.test('two processes at once on one ledger lose nothing and hold what is held', async (t) => {
  const world = await worldOf(t, seed + 1);
  const { random, set } = world;
  const lanes = [set.lane, await set.openLane()];
  let done = 0;
  for (let batch = 0; batch < runsOf(40); batch++) {
    world.advance(random.pick([0, 5, 10, 15, 30, 60, random.pick([120, 600])]));
    const steps = Array.from({ length: 20 }, () => stepOf(world));
    const told = await Promise.all(steps.map(({ actor, decide }, i) => tell(lanes[i % 2] as Lane, actor, decide)));
    done += told.filter((code) => code === 'ok').length;
    // Which of the two came first nobody knows: the model follows the books.
    await follow(world);
    const [sums] = await set.owner`select
      (select coalesce(sum(held), 0) from timebank.order_people)::text as open,
      (select coalesce(sum(credits - debits), 0) from timeledger.accounts where code = 'held:orders')::text as held,
      (select sum(credits - debits) from timeledger.accounts where asset = 'COIN' and type = 'liability')::text as coins`;
    if (sums?.['open'] !== sums?.['held'])
      t.fail(`${sums?.['open']} is held of people, ${sums?.['held']} in the books`);
    if (sums?.['coins'] !== String(people.length * opening)) t.fail(`${sums?.['coins']} coins are left`);
  }
  t.ok(done > 100, `${done} commands were carried out`);
  await booksBalance(t, set.owner);
});

interface World {
  readonly set: Books;
  readonly random: Random;
  readonly model: OrderModel;
  readonly clock: () => number;
  /** Minutes. */
  readonly advance: (by: number) => void;
}

async function worldOf(t: Parameters<typeof books>[0], from: number): Promise<World> {
  const time = fixedClock();
  const origin = time.clock();
  const set = await books(t, { clock: time.clock });
  await settle(set.lane);
  const model = new OrderModel();
  for (const id of people) {
    await enrol(set.lane, id, '何根仙', 10n);
    await adjust(set.lane, [{ debit: 'coin:issuance', credit: `member:${id}:coins`, amount: '4.00' }]);
    model.coins.set(id, opening);
  }
  const advance = (by: number) => {
    time.advance(by * minute);
    model.now = (time.clock() - origin) / minute;
  };
  return { set, random: seeded(from), model, clock: time.clock, advance };
}

async function tell(lane: Lane, actor: string, decide: (stage: Stage) => unknown): Promise<string> {
  return (await run(lane, decide, { actor })).code ?? 'ok';
}

const asking = (actor: string): Asking =>
  actor.startsWith('member:')
    ? { actor, member: actor.slice('member:'.length), reach: null }
    : { actor, member: null, reach: 'XC' };

/** Anything that anybody might do next. */
function stepOf(world: World): Step {
  const { random, model, clock } = world;
  const open = [...model.orders.values()].filter(
    ({ status }) => !['approved', 'rejected', 'cancelled', 'expired'].includes(status),
  );
  if (open.length < 6 || random.below(16) === 0) return placing(world);
  const order = random.pick(random.below(10) === 0 ? [...model.orders.values()] : open);
  const { id } = order;
  const member = random.pick(people);
  const actor = random.below(3) === 0 ? random.pick(coordinators) : `member:${likely(random, order, member)}`;
  const volunteer = random.below(5) === 0 ? member : (order.volunteers[0]?.id ?? member);
  const minutes = random.pick([null, null, 30, 45, 60, 70]);
  const unit = random.pick(coordinators);
  // What nobody has paid and nobody of its people confirms is grade C, and mints nothing: what is minted is not the model's.
  const confirmer = order.paid ? actor : unit;
  const report = {
    orderId: id,
    volunteer,
    proof: { means: 'reported' as const },
    reason: null,
    at: new Date(clock()).toISOString(),
  };
  const steps: (() => Step)[] = [
    () =>
      step(
        `member:${member}`,
        'claim',
        id,
        (stage) =>
          claimOrder(stage, rules, {
            orderId: id,
            volunteer: member,
            recordId: `${id}-${member}-${random.below(1e9)}`,
          }),
        (m) => m.claim(id, member),
      ),
    () =>
      step(
        actor,
        `check ${volunteer} in`,
        id,
        (stage) => checkIn(stage, rules, report, asking(actor)),
        (m) => m.checkIn(id, actor, volunteer),
      ),
    () =>
      step(
        actor,
        `check ${volunteer} out`,
        id,
        (stage) => checkOut(stage, rules, report, asking(actor)),
        (m) => m.checkOut(id, actor, volunteer),
      ),
    () =>
      step(
        actor,
        `${volunteer} did not come`,
        id,
        (stage) => recordNoShow(stage, rules, { orderId: id, side: 'volunteer', volunteer }, asking(actor)),
        (m) => m.noShow(id, actor, volunteer),
      ),
    () =>
      step(
        confirmer,
        `confirm ${minutes}`,
        id,
        (stage) => confirmOrder(stage, rules, { orderId: id, minutes, rating: null, comment: null }, asking(confirmer)),
        (m) => m.confirm(id, confirmer, minutes),
      ),
    () =>
      step(
        unit,
        'approve',
        id,
        (stage) => approveOrder(stage, rules, id, asking(unit)),
        (m) => m.approve(id, unit),
      ),
    () =>
      deciding(id, unit, {
        verdict: random.pick(['upheld', 'to_volunteer', 'to_recipient'] as const),
        minutes: random.pick([null, 40, 60]),
        volunteers: random.below(2) === 0 ? [] : [{ volunteer, minutes: random.pick([0, 20, 50, 70]) }],
      }),
  ];
  const rare: (() => Step)[] = [
    () =>
      step(
        actor,
        'dispute',
        id,
        (stage) => disputeOrder(stage, { orderId: id, reason: 'x' }, asking(actor)),
        (m) => m.dispute(id, actor),
      ),
    () =>
      step(
        unit,
        'reject',
        id,
        (stage) => rejectOrder(stage, { orderId: id, reason: 'x' }, asking(unit)),
        (m) => m.reject(id, unit),
      ),
    () =>
      step(
        actor,
        'cancel',
        id,
        (stage) => cancelOrder(stage, { orderId: id, reason: 'x', series: false }, asking(actor)),
        (m) => m.cancel(id, actor),
      ),
  ];
  const next =
    { requested: 0, accepted: 1, checked_in: 2, checked_out: 4, confirmed: 5, disputed: 6 }[order.status] ?? 5;
  if (next === 5 && random.below(3) === 0) return (rare[1] as () => Step)();
  if (random.below(3) > 0) return (steps[next] as () => Step)();
  return random.pick(random.below(4) === 0 ? rare : steps)();
}

/** Mostly somebody who has a part in it. */
function likely(random: Random, order: ModelOrder, member: string): string {
  const parts = [...order.recipients, ...order.volunteers.map(({ id }) => id)];
  return random.below(6) === 0 ? member : random.pick(parts);
}

function step(actor: string, what: string, id: string, decide: Step['decide'], model: Step['model']): Step {
  return { actor, decide, model, said: `${actor}: ${what} ${id}` };
}

function deciding(id: string, unit: string, decision: Omit<Decision, 'orderId'>): Step {
  return step(
    unit,
    decision.verdict,
    id,
    (stage) => decideDispute(stage, rules, { orderId: id, ...decision }, asking(unit)),
    (m) => m.verdict(id, unit, decision),
  );
}

let placed = 0;

function placing({ random, model, clock }: World): Step {
  placed += 1;
  const id = `N${placed}`;
  const recipients = Array.from(
    { length: random.pick([1, 1, 1, 2, 3]) },
    (_, i) => people[(placed + i) % people.length] as string,
  );
  const actor = recipients.length > 1 || random.below(3) === 0 ? random.pick(coordinators) : `member:${recipients[0]}`;
  const start = model.now + 30 + 30 * random.below(4);
  const [paid, needed] = [random.below(3) > 0, 1 + random.below(2)];
  const at = (minutes: number) => new Date(clock() + (minutes - model.now) * minute).toISOString();
  const request = {
    ...{
      id,
      recipient: recipients[0] as string,
      otherRecipients: recipients.slice(1),
      serviceType: 'errand',
      mode: 'home' as const,
    },
    ...{ station: null, plannedStart: at(start), plannedEnd: at(start + 60), volunteersNeeded: needed },
    ...{ funding: paid ? ('recipient' as const) : ('mint' as const), note: null, recurrence: null },
  };
  const order = { id, recipients, placedBy: actor, paid, needed, start, end: start + 60 };
  return step(
    actor,
    'place',
    id,
    (stage) => placeOrder(stage, rules, request, asking(actor)),
    (m) => m.place(order),
  );
}

async function sameAsModel(t: Parameters<typeof books>[0], world: World): Promise<void> {
  const { set, model, clock } = world;
  model.settleAll();
  const shown = await ordersOf(world);
  for (const order of model.orders.values()) {
    const seen = shown.get(order.id);
    const said = `${order.status} ${(model.held(order) / 100).toFixed(2)}`;
    if (`${seen?.status} ${seen?.held}` !== said)
      t.fail(`${order.id} is ${seen?.status} ${seen?.held}, the model says ${said}`);
  }
  for (const id of people) {
    const { balances } = await readMemberBalances(set.owner, set.lane.facts.id, id, {
      now: clock(),
      zone: 'Asia/Shanghai',
    });
    const coins = balances.find(({ purse }) => purse === 'coins')?.balance;
    const said = ((model.coins.get(id) ?? 0) / 100).toFixed(2);
    if (coins !== said) t.fail(`${id} has ${coins}, the model says ${said}`);
  }
}

async function ordersOf({ set, clock }: World) {
  const filter = {
    status: null,
    unit: null,
    volunteer: null,
    recipient: null,
    dueBefore: null,
    escalatedBy: null,
    reach: null,
    member: null,
  };
  const at = { ledgerId: set.lane.facts.id, zone: set.lane.facts.zone, now: clock() };
  return new Map((await listOrders(set.owner, at, filter, { after: '', limit: 10_000 })).map((one) => [one.id, one]));
}

/** Makes the model know which orders there are and who is in them, so that what is tried next is likely. */
async function follow(world: World): Promise<void> {
  for (const order of (await ordersOf(world)).values()) {
    const known = world.model.orders.get(order.id);
    const volunteers = order.volunteers.map(({ member }) => ({
      id: member,
      state: 'accepted' as const,
      came: 0,
      left: 0,
      by: [],
    }));
    const rest = {
      placedBy: order.placed_by,
      paid: order.funding === 'recipient',
      needed: 1,
      start: 0,
      end: 0,
      until: 0,
      minutes: null,
      verdict: null,
    };
    world.model.orders.set(order.id, {
      ...(known ?? { ...rest, confirmedBy: null, share: 0 }),
      ...{ id: order.id, recipients: order.recipients, status: order.status, volunteers },
    });
  }
}
