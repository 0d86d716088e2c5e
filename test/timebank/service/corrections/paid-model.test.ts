/**
 * Records of orders that recipients or the fund paid, alone and in groups, annulled and replaced in random order, with coins spent between, a
 * small holding cap and a merge, against a plain model: to the hundredth after every step. TEST_SEED runs one again, TEST_RUNS so many times
 * as many.
 */

import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import type { Stage } from '../../../../src/ledger/stage.js';
import { mergeMembers } from '../../../../src/timebank/credit/member-merge.js';
import type { RuleSet, RuleValues } from '../../../../src/timebank/credit/rule-set.js';
import { xinchangPilot1 } from '../../../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds, refuseHeld } from '../../../../src/timebank/free-holds.js';
import { registerCareSubject } from '../../../../src/timebank/people/care/care.js';
import type { CorrectionFields } from '../../../../src/timebank/service/corrections/content.js';
import { correctService, withdrawCorrection } from '../../../../src/timebank/service/corrections/correction.js';
import { approveOrder } from '../../../../src/timebank/service/orders/approve.js';
import { checkIn, checkOut } from '../../../../src/timebank/service/orders/attendance.js';
import { confirmOrder } from '../../../../src/timebank/service/orders/confirm.js';
import { claimOrder } from '../../../../src/timebank/service/orders/join.js';
import { placeOrder } from '../../../../src/timebank/service/orders/place.js';
import { refuseServedTwice } from '../../../../src/timebank/service/served-twice.js';
import { type Books, books, booksBalance, fixedClock, run } from '../../../support/books.js';
import { type Given, PaidModel, type PaidRecord } from '../../../support/paid-model.js';
import { type Random, runsOf, seeded, seedOf, shuffled } from '../../../support/random.js';
import { adoptRules } from '../../../support/rules.js';
import { adjust, enrol, must, settle } from '../../../support/story.js';

const minute = 60_000;
const people = ['A', 'B', 'C', 'D', 'E', 'F'];
const values = {
  holding_cap: '5.00',
  service_coefficients: { errand: '1.00', companionship: '1.50' },
  professional_service_types: {},
  service_categories: {},
};
const rules: RuleSet = { ...xinchangPilot1, ...values };
const seed = seedOf(t);
/** What became of corrections, in all rounds. */
const told = new Map<string, number>();

for (let round = 0; round < runsOf(2); round += 1) {
  t.test('whatever is annulled and replaced, everybody has what the model says', async (t) => {
    const world = await worldOf(t, seed + round);
    for (let step = 0; step < 90; step += 1) await act(t, world);
    await serveAsF(t, world);
    await merge(world);
    for (const record of recordsOf(world, 'F')) await sameAsModel(t, world, await correct(t, world, record));
    for (let step = 0; step < 60; step += 1) await act(t, world);
    await booksBalance(t, world.b.owner);
  });
}

t.test('among them were all ends that a correction can have', async (t) => {
  for (const end of ['ok', 'balance_insufficient', 'member_merged'])
    t.ok((told.get(end) ?? 0) > 0, `${end}: ${told.get(end)}`);
  t.ok((told.get('ok') ?? 0) > 30 * runsOf(1), `${told.get('ok')} were carried out`);
});

interface World {
  readonly b: Books;
  readonly random: Random;
  readonly model: PaidModel;
  readonly clock: () => number;
  readonly advance: (minutes: number) => void;
  readonly starts: Map<string, number>;
  next: number;
}

/** So large that it cuts nothing: what is paid must not count under it. */
const budgets: RuleValues['budgets'] = [
  {
    ...{ programme: 'errands', name_zh: '跑腿代办服务', name_en: 'Errands', service_types: ['errand'] },
    ...{ within: 'whole', coins: '90000.00' },
  },
];

async function worldOf(t: Test, from: number): Promise<World> {
  const time = fixedClock();
  const b = await books(t, { clock: time.clock });
  await settle(b.lane);
  await adoptRules(b.lane, { ...values, budgets });
  const plan = {
    reasons: ['hardship'],
    mode: 'doorstep',
    interval_days: 30,
    starts_on: '2026-11-01',
    note: null,
  } as const;
  for (const id of people) {
    await enrol(b.lane, id, '何根仙', 10n);
    await must(b.lane, (stage) => registerCareSubject(stage, randomUUID(), id, plan));
  }
  const model = new PaidModel(people, 500);
  const world: World = {
    ...{ b, model, random: seeded(from), clock: time.clock, starts: new Map(), next: 1 },
    advance: (minutes) => time.advance(minutes * minute),
  };
  for (const id of people) await bringIn(world, id, 400);
  await bringIn(world, 'fund', 500);
  return world;
}

async function act(t: Test, world: World): Promise<void> {
  const { random, model } = world;
  const dice = random.below(12);
  const records = [...model.records.values()];
  const what =
    records.length < 3 || dice < 3
      ? await give(world)
      : dice === 3
        ? await spend(world)
        : dice === 4
          ? await bringIn(world, random.pick([...people.slice(0, 5), 'fund']), 20 * random.below(6))
          : await correct(t, world, random.pick(records));
  await sameAsModel(t, world, what);
}

/** An order from one end to the other; it begins in an hour, and three hours later it is long over. */
async function give(world: World): Promise<string> {
  const { b, random, model, clock, advance } = world;
  const id = `N${world.next++}`;
  const [type, planned, funding] = [
    random.pick(['errand', 'companionship'] as const),
    random.pick([45, 60, 75]),
    random.pick(['recipient', 'recipient', 'fund'] as const),
  ];
  const others = shuffled(model.became.size === 0 ? people : people.slice(0, 5), random);
  const recipients = others.splice(0, random.pick([1, 1, 2, 3]));
  // E and F turn out to be one, who was not at two places.
  const volunteers = others.slice(0, 1 + random.below(2)).filter((one, _, all) => one !== 'F' || !all.includes('E'));
  const start = clock() + 60 * minute;
  const at = (after: number) => new Date(start + after * minute).toISOString();
  const asking = { actor: 'coordinator:wang', member: null, reach: 'XC' };
  const ask = (decide: (stage: Stage) => unknown) => must(b.lane, decide);
  await ask((stage) =>
    placeOrder(
      stage,
      rules,
      {
        ...{ id, recipient: recipients[0] as string, otherRecipients: recipients.slice(1), serviceType: type },
        ...{ mode: 'home' as const, station: null, plannedStart: at(0), plannedEnd: at(planned) },
        ...{ volunteersNeeded: 2, funding, note: null, recurrence: null },
      },
      asking,
    ),
  );
  const payers = funding === 'fund' ? [] : recipients;
  const price = model.priceOf(type, planned);
  const came: string[] = [];
  for (const volunteer of volunteers) {
    const { code } = await run(b.lane, (stage) =>
      claimOrder(stage, rules, { orderId: id, volunteer, recordId: `${id}-${volunteer}` }),
    );
    const isHeld = model.hold(price, payers);
    if ((code ?? 'ok') !== (isHeld ? 'ok' : 'balance_insufficient')) throw new Error(`${id}: ${code}`);
    if (isHeld) came.push(volunteer);
  }
  if (came.length === 0) {
    advance(120);
    return `${id}: nobody can be paid, and it expires`;
  }
  const report = (volunteer: string) => ({
    ...{ orderId: id, volunteer, proof: { means: 'reported' as const }, reason: null },
    at: new Date(clock()).toISOString(),
  });
  const lasted = random.pick([30, 45, 50, 58, 60]);
  advance(60);
  for (const one of came) await ask((stage) => checkIn(stage, rules, report(one), asking));
  advance(lasted);
  for (const one of came) await ask((stage) => checkOut(stage, rules, report(one), asking));
  const confirmer = { actor: `member:${recipients[0]}`, member: recipients[0] as string, reach: null };
  const confirmation = { orderId: id, minutes: null, rating: null, comment: null };
  await run(b.lane, (stage) => confirmOrder(stage, rules, confirmation, confirmer), { actor: confirmer.actor });
  await run(b.lane, (stage) => approveOrder(stage, rules, id, { ...asking, actor: 'coordinator:li' }));
  advance(180);
  world.starts.set(id, start);
  for (const volunteer of [...came].sort()) {
    const known = { id: `${id}-${volunteer}`, order: id, volunteer, recipients, payers, price };
    model.approve({ ...known, type, grade: 'B', lasted: Math.min(lasted, 1.25 * planned), planned });
  }
  return `${id} of ${recipients} by ${came}`;
}

/** Two people annul a record or replace it; one that is refused is given up. */
async function correct(t: Test, world: World, record: PaidRecord): Promise<string> {
  const { b, random, model } = world;
  const newId = `W${world.next++}`;
  const lasted = random.pick([record.lasted, 20, 30, 44, 58, 75, 1 + random.below(150)]);
  const wanted: Given = {
    type: random.pick([record.type, record.type, 'errand', 'companionship']),
    grade: random.pick([record.grade, 'A', 'B', 'C']),
    lasted,
    planned: random.pick([record.planned, lasted]),
  };
  const start = world.starts.get(record.order) as number;
  const at = (minutes: number) => new Date(start + minutes * minute).toISOString();
  const fields: CorrectionFields = {
    reason: '有误',
    ...(random.below(4) === 0
      ? { annul: true }
      : {
          ...{ service_type: wanted.type, proof_grade: wanted.grade },
          ...{ check_out: at(lasted), planned_end: at(wanted.planned) },
        }),
  };
  const expected = fields.annul ? model.annul(record.id) : model.replace(record.id, { ...wanted, id: newId });
  const request = { id: record.id, reach: null, fields, newId, freeHolds };
  let code: string | undefined;
  for (const actor of [`operator:one-${newId}`, `operator:two-${newId}`])
    if (code === undefined)
      ({ code } = await run(b.lane, (stage) => correctService(stage, { ...request, actor }), { actor }));
  if (code !== undefined)
    await run(b.lane, (stage) => withdrawCorrection(stage, record.id, { reach: null, actor: 'operator:test' }));
  const said = `${record.id} of ${record.volunteer}: ${JSON.stringify(fields)}`;
  if ((code ?? 'ok') !== expected) t.fail(`${said} is ${code ?? 'ok'}, the model says ${expected}`);
  told.set(expected, (told.get(expected) ?? 0) + 1);
  return said;
}

async function bringIn({ b, model }: World, id: string, amount: number): Promise<string> {
  if (amount === 0) return 'nothing';
  const credit = id === 'fund' ? 'pool:fund' : `member:${id}:coins`;
  await adjust(b.lane, [{ debit: 'coin:issuance', credit, amount: (amount / 100).toFixed(2) }]);
  if (id === 'fund') model.fund += amount;
  else model.person(id).purse += amount;
  return `${amount} to ${id}`;
}

/** What somebody holds goes to the community, so that what is taken back later is owed. */
async function spend({ b, model, random }: World): Promise<string> {
  const id = random.pick(people);
  const amount = model.people.get(id)?.purse ?? 0;
  if (amount === 0) return 'nothing';
  const debit = `member:${id}:coins`;
  await adjust(b.lane, [{ debit, credit: 'pool:community', amount: (amount / 100).toFixed(2) }]);
  model.person(id).purse = 0;
  model.community += amount;
  return `${id} spends ${amount}`;
}

/** Until a record of F's stands, so that somebody tries to correct one when F is gone. */
async function serveAsF(t: Test, world: World): Promise<void> {
  while (recordsOf(world, 'F').length === 0) {
    for (const id of [...people, 'fund']) await bringIn(world, id, 100);
    await sameAsModel(t, world, await give(world));
  }
}

function recordsOf({ model }: World, id: string): PaidRecord[] {
  return [...model.records.values()].filter(({ volunteer }) => volunteer === id);
}

/** F turns out to be E: what F paid goes back to E, what F gave is not corrected any more. */
async function merge({ b, model }: World): Promise<void> {
  const holds = { refuseHolds: refuseHeld, freeHolds, refuseServedTwice, reach: null };
  for (const actor of ['operator:first', 'operator:second'])
    await must(b.lane, (stage) => mergeMembers(stage, { id: 'F', into: 'E', actor, ...holds }));
  model.merge('F', 'E');
}

async function sameAsModel(t: Test, { b, model }: World, after: string): Promise<void> {
  const rows =
    await b.owner`select code, abs(credits - debits)::int as balance from timeledger.accounts where asset = 'COIN'`;
  const balances = new Map(rows.map(({ code, balance }) => [code as string, balance as number]));
  const { fund, community, remainder, held } = model;
  const expected: Record<string, number> = {
    ...{ 'pool:fund': fund, 'pool:community': community, 'pool:remainder': remainder, 'held:orders': held },
    ...Object.fromEntries([...model.people].map(([id, { purse }]) => [`member:${id}:coins`, purse])),
    ...Object.fromEntries([...model.people].map(([id, { owed }]) => [`member:${id}:receivable:coins`, owed])),
  };
  const differing = Object.entries(expected).filter(([code, amount]) => (balances.get(code) ?? 0) !== amount);
  for (const [code, amount] of differing)
    t.fail(`${after}: ${code} has ${balances.get(code)}, the model says ${amount}`);
  if (held !== 0) t.fail(`${after}: ${held} are held`);
  const [open] = await b.owner`select coalesce(sum(held), 0)::int as held from timebank.order_people`;
  if (open?.['held'] !== held) t.fail(`${after}: ${open?.['held']} are held of people`);
  const led = await b.owner`select p.service_record_id as id from timebank.order_people p
    where p.attendance = 'attended' and p.service_record_id is not null order by 1`;
  const counted = [...model.records.keys()].sort();
  if (String(led.map(({ id }) => id).sort()) !== String(counted)) t.fail(`${after}: orders lead elsewhere`);
}
