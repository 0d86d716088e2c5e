/**
 * Redemptions against a plain model: several members and partners, commands in any order, each sent once or many times under its
 * key, earlier ones sent again, time passing, gifts taken back after they were spent. After every command the interface shows
 * what the model says. TEST_SEED runs one again, TEST_RUNS so many times as many.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import { xinchangPilot1 as rules } from '../../../src/timebank/credit/xinchang-pilot.js';
import { registerPartner } from '../../../src/timebank/partners/partners.js';
import { expireDue } from '../../../src/timebank/partners/redemptions/sweep.js';
import { type Answered, type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { runsOf, seedOf } from '../../support/random.js';
import { type Hold, openOf, RedemptionModel, viewOf } from '../../support/redemption-model.js';
import { enrol, must, settle } from '../../support/story.js';

const hour = 3_600_000;
const opening = 100;
const prices = ['0.10', '0.0333'];

interface Sent {
  readonly url: string;
  readonly as: Caller;
  readonly key: string;
  readonly body: object | undefined;
  readonly answered: Answered;
}

/** The service as one run of commands meets it, and what it was asked so far. */
interface World {
  readonly app: TestApp;
  readonly advance: (milliseconds: number) => void;
  readonly clock: () => number;
  readonly sent: Sent[];
  references: number;
}

type Command = fc.AsyncCommand<RedemptionModel, World>;

const wang: Caller = { role: 'operator', subject: 'wang' };
const li: Caller = { role: 'operator', subject: 'li' };
const shopOf = (id: string): Caller => ({ role: 'partner', subject: id });

/** Sends a request so many times at once, under one key: all are answered in the same bytes, in the end. */
async function send(world: World, as: Caller, url: string, body: object | undefined, times: number): Promise<Answered> {
  const key = randomUUID();
  const ask = async (): Promise<Answered> => {
    for (let tries = 0; tries < 500; tries++) {
      const answered = await world.app.post(url, { as, key, ...(body && { body }) });
      if (answered.body.code !== 'idempotency_key_in_flight') return answered;
      await sleep(10);
    }
    throw new Error(`${url} stays in flight`);
  };
  const [first, ...others] = await Promise.all(Array.from({ length: times }, ask));
  if (!first) throw new Error('it is sent once at least');
  for (const other of others) same(other, first, `${url} under one key`);
  world.sent.push({ url, as, key, body, answered: first });
  return first;
}

function same(one: Answered, other: Answered, what: string): void {
  if (one.status === other.status && one.text === other.text) return;
  throw new Error(`${what}: ${one.status} ${one.text} is not ${other.status} ${other.text}`);
}

const told = ({ status, body }: Answered) => (status < 300 ? 'done' : body.code);

function expect(found: unknown, wanted: unknown, what: string): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (one !== other) throw new Error(`${what}: ${one}, and the model says ${other}`);
}

/** A command that is carried out on both sides, and then everything is compared. */
function command(name: string, act: (model: RedemptionModel, world: World) => Promise<void>): Command {
  return {
    check: () => true,
    run: async (model, world) => {
      await act(model, world);
      await compare(model, world);
    },
    toString: () => name,
  };
}

async function compare(model: RedemptionModel, { app }: World): Promise<void> {
  for (const { id, points, owed } of model.people) {
    const { body } = await app.get(`/v1/members/${id}/balances`, { as: 'operator' });
    const shown = (purses: { purse: string; balance: string }[]) =>
      Number(purses.find(({ purse }) => purse === 'points')?.balance ?? 0);
    expect([shown(body.balances), shown(body.receivables)], [points, owed], `points and debt of ${id}`);
  }
  for (const shop of model.shops) {
    const { body } = await app.get('/v1/redemptions?limit=200', { as: shopOf(shop.id) });
    const views = new Map(body.redemptions.map((view: { id: string }) => [view.id, view]));
    const holds = model.holds.filter((hold) => hold.shop === shop);
    expect(views.size, holds.length, `redemptions of ${shop.id}`);
    for (const hold of holds) {
      const wanted = viewOf(hold);
      const view = (views.get(hold.id) ?? {}) as Record<string, unknown>;
      const found = Object.fromEntries(Object.keys(wanted).map((field) => [field, view[field]]));
      expect(found, wanted, 'a redemption');
    }
    const held = await heldInBooks(app, shop.id);
    const [least, most] = [model.heldBy(shop), model.heldBy(shop) + model.expiredAt(shop)];
    if (held < least || held > most) throw new Error(`${shop.id} holds ${held}, the model says ${least} to ${most}`);
  }
}

async function heldInBooks(app: TestApp, shop: string): Promise<number> {
  return Number((await app.get(`/v1/accounts/held:redemptions:${shop}`, { as: 'auditor' })).body.balance);
}

const times = fc.constantFrom(1, 1, 1, 3);
const which = fc.nat(99);
const points = fc.integer({ min: 1, max: 60 });
const pick = <Value>(values: readonly Value[], at: number): Value | undefined => values[at % values.length];

const authorise = fc.tuple(which, which, points, fc.boolean(), times).map(([person, shop, amount, capture, count]) =>
  command(`authorise ${amount}${capture ? ', captured' : ''}`, async (model, world) => {
    const [member, partner] = [pick(model.people, person), pick(model.shops, shop)];
    if (!member || !partner) return;
    world.references += 1;
    const asked = { partner_reference: `R${world.references}`, member: member.id, points: String(amount), capture };
    const answer = await send(world, shopOf(partner.id), '/v1/redemptions', asked, count);
    expect(told(answer), member.points >= amount ? 'done' : 'balance_insufficient', 'authorise');
    if (answer.status !== 201) return;
    const expiresAt = model.now + rules.hold_ttl_hours * hour;
    model.hold({ id: answer.body.id, person: member, shop: partner, authorised: amount, expiresAt }, capture);
  }),
);

/** A step of one redemption; what it answers is held against what `wanted` says of the hold. */
function step(
  verb: 'captures' | 'refunds' | 'void',
  wanted: (hold: Hold, amount: number | undefined) => readonly string[],
  apply: (model: RedemptionModel, hold: Hold, amount: number | undefined) => void,
) {
  const part = verb === 'void' ? fc.constant(undefined) : fc.option(points, { nil: undefined });
  return fc.tuple(which, part, times).map(([at, amount, count]) =>
    command(`${verb} ${amount ?? 'all'}`, async (model, world) => {
      const hold = pick(model.holds, at);
      if (!hold) return;
      const body = amount === undefined ? undefined : { points: String(amount) };
      const url = `/v1/redemptions/${hold.id}/${verb}`;
      const answer = await send(world, shopOf(hold.shop.id), url, body, count);
      const may = wanted(hold, amount);
      if (!may.includes(told(answer)))
        throw new Error(`${verb}: ${told(answer)}, and the model says ${may.join(' or ')}`);
      if (answer.status < 300) apply(model, hold, amount);
    }),
  );
}

const capture = step(
  'captures',
  (hold, amount = openOf(hold)) => {
    // Which of the two depends on whether the books have given the points back yet.
    if (hold.ended === 'expired') return ['hold_expired', 'redemption_not_open'];
    if (openOf(hold) === 0) return ['redemption_not_open'];
    return [amount > openOf(hold) ? 'capture_exceeds_hold' : 'done'];
  },
  (model, hold, amount = openOf(hold)) => model.capture(hold, amount),
);

const refund = step(
  'refunds',
  (hold, amount = hold.captured - hold.refunded) => {
    const refundable = hold.captured - hold.refunded;
    return [refundable === 0 || amount > refundable ? 'refund_exceeds_capture' : 'done'];
  },
  (model, hold, amount = hold.captured - hold.refunded) => model.refund(hold, amount),
);

const release = step(
  'void',
  (hold) => {
    if (hold.ended === 'expired') return ['done', 'redemption_not_open'];
    return [openOf(hold) === 0 ? 'redemption_not_open' : 'done'];
  },
  (model, hold) => {
    if (openOf(hold) > 0) model.release(hold, 'voided');
  },
);

const pass = fc.constantFrom(1, 11, 24).map((hours) =>
  command(`${hours} hours pass`, async (model, world) => {
    world.advance(hours * hour);
    model.pass(hours * hour);
  }),
);

const sweep = fc.constant(
  command('sweep', async (model, { app, clock }) => {
    await expireDue(app.lane, app.owner, clock);
    for (const shop of model.shops)
      expect(await heldInBooks(app, shop.id), model.heldBy(shop), `what ${shop.id} holds, swept`);
  }),
);

const give = fc.tuple(which, points, times).map(([at, amount, count]) =>
  command(`give ${amount}`, async (model, world) => {
    const member = pick(model.people, at);
    if (!member) return;
    const legs = [{ debit: 'point:issuance', credit: `member:${member.id}:points`, amount: String(amount) }];
    const proposed = await send(world, wang, '/v1/adjustments', { reference: 'DOC', reason: 'counted', legs }, count);
    const approved = await send(world, li, `/v1/adjustments/${proposed.body.id}/approve`, undefined, count);
    expect(told(approved), 'done', 'approve');
    model.give(approved.body.entry, member, amount);
  }),
);

const takeBack = fc.tuple(which, times).map(([at, count]) =>
  command('take back', async (model, world) => {
    const gift = pick(model.gifts, at);
    if (!gift) return;
    const answer = await send(world, wang, `/v1/entries/${gift.entry}/reversal`, undefined, count);
    expect(told(answer), gift.takenBack ? 'entry_already_reversed' : 'done', 'take back');
    if (answer.status < 300) model.takeBack(gift);
  }),
);

const again = which.map((at) =>
  command('again', async (_, world) => {
    const earlier = pick(world.sent, at);
    if (!earlier) return;
    const { url, as, key, body, answered } = earlier;
    same(await world.app.post(url, { as, key, ...(body && { body }) }), answered, `${url}, later`);
  }),
);

/** Members and partners of a run's own. */
async function begin(app: TestApp, run: number, now: number): Promise<RedemptionModel> {
  const people = [1, 2, 3].map((i) => ({ id: `P${run}-${i}`, points: opening, owed: 0 }));
  for (const { id } of people) await enrol(app.lane, id, '何根仙', BigInt(opening));
  const shops = prices.map((price, i) => ({ id: `shop-${run}-${i}`, price: Math.round(Number(price) * 10_000) }));
  for (const [i, { id }] of shops.entries()) {
    const terms = { id, name: '小店', kind: 'shop', point_price: prices[i] ?? '', may_backdate: false } as const;
    await must(app.lane, (stage) => registerPartner(stage, terms));
  }
  return new RedemptionModel(people, shops, now);
}

t.test('whatever is done to redemptions, they come to what a plain model says', async (t) => {
  const { clock, advance } = fixedClock();
  const app = await testApp(t, { clock, settings: { RATE_LIMIT_PER_MINUTE: '0' } });
  await settle(app.lane);
  const steps = [authorise, authorise, capture, capture, refund, refund, release, pass, sweep, give, takeBack, again];
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { maxCommands: 40, size: 'max' }), async (commands) => {
      run += 1;
      const model = await begin(app, run, clock());
      const world: World = { app, advance, clock, sent: [], references: run * 1_000 };
      await fc.asyncModelRun(() => ({ model, real: world }), commands);
    }),
    // A counterexample is short enough as it is, and a smaller one would be looked for on the same books for minutes.
    { seed: seedOf(t), numRuns: runsOf(12), endOnFailure: true },
  );
  t.pass(`${run} runs`);
  await booksBalance(t, app.owner);
});
