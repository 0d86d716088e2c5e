/** Guarantees of correcting records that recipients or the fund paid: what was paid goes back to whom it came from, or pays for what is right. */

import { type Test, test } from 'tap';
import type { RuleSet } from '../../../../src/timebank/credit/rule-set.js';
import { approveOrder } from '../../../../src/timebank/service/orders/approve.js';
import { booksBalance, run } from '../../../support/books.js';
import { adoptRules } from '../../../support/rules.js';
import { changeLegs, dropGuards, rebuild, verifyTampered } from '../../../support/tampering.js';
import {
  coinsOf,
  crowd,
  forget,
  giveCoins,
  given,
  li,
  member,
  type OrderTown,
  orderTown,
  plan,
  serve,
  wang,
} from './people.js';

const zhao = { role: 'operator', subject: 'zhao' } as const;
const annulled = { annul: true, reason: '并未提供服务' };
/** So many minutes, from the check-in on. */
const lasting = (minutes: number, external_id: string) => ({
  external_id,
  check_out: new Date(Date.parse(plan.planned_start) + minutes * 60_000).toISOString(),
  reason: '签出时间有误',
});

/** Proposed by one person and carried out by another, who has not approved the record; the answer of the second. */
async function corrected(t: Test, town: OrderTown, record: string, body: object) {
  const path = `/v1/service-records/${record}/correction`;
  t.match(await town.ask(zhao, path, body), { status: 'proposed' });
  return town.ask({ role: 'operator', subject: `after-${record}` }, path, body);
}

const balance = async ({ app }: OrderTown, code: string) =>
  (await app.get(`/v1/accounts/${code}`, { as: 'operator' })).body.balance;
const coins = (town: OrderTown, ...ids: string[]) => Promise.all(ids.map((id) => coinsOf(town, id)));
const read = async ({ app }: OrderTown, path: string) => (await app.get(path, { as: 'auditor' })).body;

/** Nothing is held, and everything agrees. */
async function settled(t: Test, town: OrderTown): Promise<void> {
  t.equal(await balance(town, 'held:orders'), '0.00', 'nothing is held');
  await booksBalance(t, town.app.owner);
}

/** R1 to R3 pay a coin each for V1; all of them say that it took 50 minutes of the 60, so that 55 count. The id of the record. */
async function group(town: OrderTown): Promise<string> {
  for (const id of ['R1', 'R2', 'R3']) await giveCoins(town, id, '1.00');
  const need = { external_id: 'N1', recipient: 'R1', other_recipients: ['R2', 'R3'], ...plan, funding: 'recipient' };
  await town.ask(wang, '/v1/orders', need, 201);
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1', 'R2');
  await town.ask(member('R3'), 'N1/confirm', { minutes: 50 });
  return (await town.ask(li, 'N1/approve')).volunteers[0].service_record;
}

test('a record that a recipient paid is annulled: the coins go back, both sides see it, the order says so: 200', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '1.50');
  const record = await given(town, 'N1', { funding: 'recipient' });
  t.same(await coins(town, 'R1', 'V1'), ['0.50', '1.00']);
  const { entry, corrected_by } = await corrected(t, town, record, annulled);
  t.equal(corrected_by, null);
  t.same(await coins(town, 'R1', 'V1'), ['1.50', '0.00']);
  t.match(await read(town, `/v1/service-records/${record}`), { reversed_on: '2026-11-03', corrected_by: null });
  t.match(await read(town, `/v1/entries/${entry}`), {
    kind: 'reversal',
    legs: [
      { debit: 'member:V1:hours', credit: 'record:service', amount: '1.00' },
      { debit: 'member:V1:coins', credit: 'held:orders', amount: '1.00' },
    ],
  });
  t.match(await read(town, `/v1/entries/${Number(entry) + 1}`), {
    kind: 'order_repaid',
    reference: record,
    effective_on: '2026-11-03',
    legs: [{ debit: 'held:orders', credit: 'member:R1:coins', amount: '1.00' }],
  });
  const lastOf = async (id: string) =>
    (await read(town, `/v1/accounts/member:${id}:coins/statement?from=2026-11-01&to=2026-11-30`)).lines.at(-1).entry;
  t.same([await lastOf('V1'), await lastOf('R1')], [entry, String(Number(entry) + 1)], 'both statements end with it');
  const order = await read(town, '/v1/orders/N1');
  t.match(order, { status: 'approved', held: '0.00', volunteers: [{ attendance: 'attended', service_record: null }] });
  t.match(order.history.at(-1), { event: 'annulled', member: 'V1', entry, by: `operator:after-${record}` });
  await settled(t, town);
});

test('what takes the place of a paid record is paid by the same, at most the price; the order leads to it: 200', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '1.00');
  const record = await given(town, 'N1', { funding: 'recipient' });
  const { entry } = await corrected(t, town, record, lasting(45, 'W2'));
  t.same(await coins(town, 'R1', 'V1'), ['0.25', '0.75']);
  const right = await read(town, '/v1/service-records/W2');
  t.match(right, { hours: '0.75', coins: '0.75', funding: 'recipient', order: 'N1', corrects: record });
  const order = await read(town, '/v1/orders/N1');
  t.match(order.volunteers, [{ member: 'V1', service_record: 'W2' }]);
  t.match(order.history.at(-1), { event: 'corrected', member: 'V1', entry });
  await corrected(t, town, 'W2', lasting(60, 'W3'));
  t.same(await coins(town, 'R1', 'V1'), ['0.00', '1.00'], 'the difference is paid');
  town.advance(3_600_000);
  await corrected(t, town, 'W3', { ...lasting(90, 'W4'), planned_end: lasting(90, '').check_out });
  t.same(await coins(town, 'R1', 'V1'), ['0.00', '1.00'], 'never more than was agreed');
  t.match(await read(town, '/v1/service-records/W4'), {
    hours: '1.50',
    coins: '1.00',
    differences: [{ code: 'agreed_price', amount: '0.50' }],
  });
  await corrected(t, town, 'W4', { external_id: 'W5', proof_grade: 'C', reason: '只有纸质记录' });
  t.same(await coins(town, 'R1', 'V1'), ['1.00', '0.00'], 'what earns nothing costs nothing');
  await corrected(t, town, 'W5', { external_id: 'W6', proof_grade: 'B', reason: '受助人已确认' });
  t.same(await coins(town, 'R1', 'V1'), ['0.00', '1.00']);
  await corrected(t, town, 'W6', annulled);
  t.same(await coins(town, 'R1', 'V1'), ['1.00', '0.00']);
  t.equal(await balance(town, 'coin:issuance'), '1.00', 'only what was brought in was ever minted');
  await settled(t, town);
});

test('a difference that the recipient has not got is refused, and nothing is half done: 422, then 200', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '1.00');
  const record = await given(town, 'N1', { funding: 'recipient' });
  await corrected(t, town, record, lasting(45, 'W2'));
  await town.ask(zhao, '/v1/adjustments', spending('R1', '0.05'), 201).then(({ id }) => approve(town, id));
  const path = '/v1/service-records/W2/correction';
  const longer = lasting(60, 'W3');
  await town.ask(wang, path, longer);
  const before = await read(town, '/v1/orders/N1');
  await town.refused(zhao, path, longer, 422, 'balance_insufficient');
  t.match(await read(town, '/v1/service-records/W2'), { reversed_on: null, corrected_by: null });
  t.same(await read(town, '/v1/orders/N1'), before);
  t.same(await coins(town, 'R1', 'V1'), ['0.20', '0.75']);
  await giveCoins(town, 'R1', '0.05');
  t.match(await town.ask(zhao, path, longer), { status: 'carried_out', corrected_by: 'W3' });
  t.same(await coins(town, 'R1', 'V1'), ['0.00', '1.00']);
  await settled(t, town);
});

const spending = (id: string, amount: string) => ({
  reference: 'DOC-2',
  reason: 'spent',
  legs: [{ debit: `member:${id}:coins`, credit: 'pool:community', amount }],
});
const approve = (town: OrderTown, id: string) =>
  town.ask({ role: 'operator', subject: 'two' }, `/v1/adjustments/${id}/approve`);

test('what the volunteer has spent is owed, and the recipient gets all back: 200', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '1.00');
  const record = await given(town, 'N1', { funding: 'recipient' });
  await town.ask(zhao, '/v1/adjustments', spending('V1', '0.60'), 201).then(({ id }) => approve(town, id));
  await corrected(t, town, record, lasting(45, 'W2'));
  t.equal(await balance(town, 'member:V1:receivable:coins'), '0.00', 'opened, and repaid by what is right');
  t.same(await coins(town, 'R1', 'V1'), ['0.25', '0.15']);
  await corrected(t, town, 'W2', annulled);
  t.equal(await balance(town, 'member:V1:receivable:coins'), '0.60');
  t.same(await coins(town, 'R1', 'V1'), ['1.00', '0.00']);
  await settled(t, town);
});

test('each of a group gets back their share to the hundredth, the remainder its own; what is right is shared anew: 200', async (t) => {
  const town = await orderTown(t);
  const record = await group(town);
  t.same(await coins(town, 'V1', 'R1', 'R2', 'R3'), ['0.92', '0.69', '0.69', '0.69']);
  // 40 minutes are 0.67; 0.23 each are 0.69.
  await corrected(t, town, record, lasting(40, 'W2'));
  t.same(await coins(town, 'V1', 'R1', 'R2', 'R3'), ['0.67', '0.77', '0.77', '0.77']);
  t.equal(await balance(town, 'pool:remainder'), '0.02');
  // 58 minutes are 0.97; 0.33 each are 0.99.
  await corrected(t, town, 'W2', lasting(58, 'W3'));
  t.same(await coins(town, 'V1', 'R1', 'R2', 'R3'), ['0.97', '0.67', '0.67', '0.67']);
  t.equal(await balance(town, 'pool:remainder'), '0.02');
  await forget(town);
  await corrected(t, town, 'W3', annulled);
  t.same(await coins(town, 'V1', 'R1', 'R2', 'R3'), ['0.00', '1.00', '1.00', '1.00']);
  t.equal(await balance(town, 'pool:remainder'), '0.00');
  await settled(t, town);
});

test('fifty who paid are looked up at once, on a lane that knows nobody: 200', async (t) => {
  const town = await orderTown(t);
  const [recipient = '', ...others] = await crowd(town, 'G', 50);
  const legs = [recipient, ...others].map((id) => ({
    debit: 'coin:issuance',
    credit: `member:${id}:coins`,
    amount: '0.02',
  }));
  const { id } = await town.ask(zhao, '/v1/adjustments', { reference: 'DOC-1', reason: 'x', legs }, 201);
  await approve(town, id);
  const need = { ...plan, external_id: 'N1', recipient, other_recipients: others, funding: 'recipient' };
  await town.ask(wang, '/v1/orders', need, 201);
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1', recipient);
  await town.ask(member(recipient), 'N1/confirm');
  const record = (await town.ask(li, 'N1/approve')).volunteers[0].service_record;
  for (const [wrong, body] of [
    [record, lasting(45, 'W2')],
    ['W2', lasting(58, 'W3')],
    ['W3', annulled],
  ] as const) {
    await town.ask(zhao, `/v1/service-records/${wrong}/correction`, body);
    await forget(town);
    await town.ask({ role: 'operator', subject: wrong }, `/v1/service-records/${wrong}/correction`, body);
  }
  t.same(await coins(town, 'V1', recipient, 'G49'), ['0.00', '0.02', '0.02']);
  await settled(t, town);
});

test('of several volunteers of an order only the one whose record was wrong gives back: 200', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '2.00');
  await town.order('N1', { volunteers_needed: 2, funding: 'recipient' });
  for (const id of ['V1', 'V2']) await town.ask(member(id), 'N1/claim');
  for (const [step, at] of [
    ['check-in', plan.planned_start],
    ['check-out', plan.planned_end],
  ] as const) {
    town.advanceTo(at);
    for (const id of ['V1', 'V2']) {
      const { code } = await town.ask(member('R1'), 'N1/code', undefined, 201);
      await town.ask(member(id), `N1/${step}`, { volunteer: id, proof: { kind: 'code', code } });
    }
  }
  await town.ask(member('R1'), 'N1/confirm');
  const { volunteers } = await town.ask(li, 'N1/approve');
  await corrected(t, town, volunteers[0].service_record, lasting(45, 'W2'));
  t.same(await coins(town, 'R1', 'V1', 'V2'), ['0.25', '0.75', '1.00']);
  await corrected(t, town, volunteers[1].service_record, annulled);
  t.same(await coins(town, 'R1', 'V1', 'V2'), ['1.25', '0.75', '0.00']);
  t.match((await read(town, '/v1/orders/N1')).volunteers, [
    { member: 'V1', service_record: 'W2' },
    { member: 'V2', service_record: null },
  ]);
  await settled(t, town);
});

test('what the fund paid goes back to the fund, and the fund pays what is more: 200 and 422', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, '', '1.00', true);
  const carePlan = { reasons: ['hardship'], mode: 'doorstep', interval_days: 30, starts_on: '2026-11-10' };
  await town.ask({ ...wang, care: true }, '/v1/care-subjects', { member: 'R1', ...carePlan }, 201);
  const need = { external_id: 'N1', recipient: 'R1', ...plan, funding: 'fund' };
  await town.ask({ ...li, care: true }, '/v1/orders', need, 201);
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1');
  await town.ask(member('R1'), 'N1/confirm');
  const record = (await town.ask(wang, 'N1/approve')).volunteers[0].service_record;
  t.equal(await balance(town, 'pool:fund'), '0.00');
  await corrected(t, town, record, lasting(45, 'W2'));
  t.equal(await balance(town, 'pool:fund'), '0.25');
  t.match(await read(town, '/v1/service-records/W2'), { funding: 'fund', coins: '0.75' });
  await corrected(t, town, 'W2', lasting(50, 'W3'));
  t.equal(await balance(town, 'pool:fund'), '0.17');
  const transfer = { legs: [{ debit: 'pool:fund', credit: 'pool:community', amount: '0.17' }] };
  const moved = await town.ask(
    zhao,
    '/v1/adjustments',
    { reference: 'D', reason: 'x', ...throughIssuance(transfer) },
    201,
  );
  await approve(town, moved.id);
  await town.ask(zhao, '/v1/service-records/W3/correction', lasting(60, 'W4'));
  await town.refused(wang, '/v1/service-records/W3/correction', lasting(60, 'W4'), 422, 'balance_insufficient');
  await corrected(t, town, 'W3', annulled);
  t.same([await balance(town, 'pool:fund'), ...(await coins(town, 'V1', 'R1'))], ['0.83', '0.00', '0.00']);
  await settled(t, town);
});

/** Pools exchange coins by way of the issuance. */
const throughIssuance = ({ legs: [leg] }: { legs: { debit: string; credit: string; amount: string }[] }) => ({
  legs: leg && [
    { debit: leg.debit, credit: 'coin:issuance', amount: leg.amount },
    { debit: 'coin:issuance', credit: leg.credit, amount: leg.amount },
  ],
});

test('who paid and is another by now, or has died, gets it and pays as who they are: 200', async (t) => {
  const town = await orderTown(t);
  const record = await group(town);
  for (const as of [wang, li]) await town.ask(as, '/v1/members/R2/merge', { into: 'R3' });
  await town.ask(wang, '/v1/members/R1/state', { state: 'deceased', effective_on: '2026-11-03' });
  t.same(await coins(town, 'R1', 'R3'), ['0.69', '1.38']);
  await corrected(t, town, record, lasting(40, 'W2'));
  t.same(await coins(town, 'R1', 'R3', 'V1'), ['0.77', '1.54', '0.67']);
  await corrected(t, town, 'W2', lasting(58, 'W3'));
  t.same(await coins(town, 'R1', 'R3', 'V1'), ['0.67', '1.34', '0.97'], 'R3 pays two shares');
  await corrected(t, town, 'W3', annulled);
  t.same(await coins(town, 'R1', 'R3', 'V1'), ['1.00', '2.00', '0.00']);
  t.equal(await balance(town, 'member:R2:coins'), '0.00');
  await settled(t, town);
});

test('who turns out to have served themselves has the record annulled, and nothing takes its place: 422 and 200', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '1.00');
  const record = await given(town, 'N1', { funding: 'recipient' });
  for (const as of [wang, li]) await town.ask(as, '/v1/members/R1/merge', { into: 'V1' });
  const path = `/v1/service-records/${record}/correction`;
  await town.ask(wang, path, lasting(45, 'W2'));
  await town.refused(zhao, path, lasting(45, 'W2'), 422, 'self_approval');
  await town.ask(wang, path, annulled);
  t.match(await town.ask(zhao, path, annulled), { status: 'carried_out', corrected_by: null });
  t.same(await coins(town, 'V1'), ['1.00']);
  await settled(t, town);
});

test('none of those who paid corrects what they get back, and a repeated request moves nothing twice: 422 and 200', async (t) => {
  const town = await orderTown(t);
  const record = await group(town);
  const path = `/v1/service-records/${record}/correction`;
  for (const subject of ['V1', 'R1', 'R2'])
    await town.refused({ ...wang, subject }, path, annulled, 422, 'self_approval');
  await town.ask(wang, path, annulled);
  await town.refused(wang, path, annulled, 422, 'self_approval');
  await town.refused(li, path, annulled, 422, 'self_approval');
  const answers = [];
  for (let i = 0; i < 2; i++)
    answers.push(await town.app.post(path, { as: zhao, body: annulled, key: 'once-and-no-more' }));
  t.match(answers[0], { status: 200, body: { status: 'carried_out' } });
  t.same(answers[1]?.body, answers[0]?.body);
  await town.refused(zhao, path, annulled, 409, 'service_record_corrected');
  t.same(await coins(town, 'V1', 'R1', 'R2', 'R3'), ['0.00', '1.00', '1.00', '1.00']);
  await settled(t, town);
});

/** Approves an order while other rules are in force than from the next day on; the id of the record. */
async function approvedUnder(town: OrderTown, id: string, changed: Partial<RuleSet>): Promise<string> {
  const { lane } = town.app;
  const actor = 'coordinator:li';
  const rules = await adoptRules(lane, changed);
  await run(lane, (stage) => approveOrder(stage, rules, id, { actor, member: null, reach: null }), { actor });
  return (await read(town, `/v1/orders/${id}`)).volunteers[0].service_record;
}

for (const [funding, to] of [
  ['recipient', 'pool:fund'],
  ['fund', 'pool:fund'],
  ['fund', 'pool:community'],
] as const)
  test(`what the ${funding} paid over the holding cap comes back from ${to}, where it went by the rules of then: 200`, async (t) => {
    const town = await orderTown(t);
    await giveCoins(town, '', '1.00', true);
    await giveCoins(town, 'R1', '1.00');
    const all = async () => [
      ...(await coins(town, 'V1', 'R1')),
      await balance(town, 'pool:fund'),
      await balance(town, 'pool:community'),
    ];
    const before = await all();
    const keeper = { ...wang, care: true };
    const carePlan = { reasons: ['hardship'], mode: 'doorstep', interval_days: 30, starts_on: '2026-11-10' };
    await town.ask(keeper, '/v1/care-subjects', { member: 'R1', ...carePlan }, 201);
    await town.ask(keeper, '/v1/orders', { external_id: 'N1', recipient: 'R1', ...plan, funding }, 201);
    await town.ask(member('V1'), 'N1/claim');
    await serve(town, 'N1', 'V1');
    // 55 minutes count, so that 0.08 of what was held goes back at once.
    await town.ask(member('R1'), 'N1/confirm', { minutes: 50 });
    const record = await approvedUnder(town, 'N1', { holding_cap: '0.50', holding_cap_excess: to });
    const { entry } = await corrected(t, town, record, annulled);
    t.same((await read(town, `/v1/entries/${entry}`)).legs, [
      { debit: 'member:V1:hours', credit: 'record:service', asset: 'HOUR', amount: '0.92' },
      { debit: 'member:V1:coins', credit: 'held:orders', asset: 'COIN', amount: '0.50' },
      { debit: to, credit: 'held:orders', asset: 'COIN', amount: '0.42' },
    ]);
    t.same(await all(), before, 'everybody has what they had');
    await settled(t, town);
  });

test('verification finds a reversal that brings back less than was paid, and a remainder that went elsewhere', async (t) => {
  const town = await orderTown(t);
  const record = await group(town);
  const { entry } = await corrected(t, town, record, annulled);
  await booksBalance(t, town.app.owner);
  const found = async (number: number, change: Parameters<typeof changeLegs>[2]) =>
    (
      await verifyTampered(town.app.owner, async (sql) => {
        await dropGuards(sql);
        await changeLegs(sql, number, change);
        await rebuild(sql);
      })
    )?.findings.map((one) => one.table.en) ?? [];
  const less = await found(Number(entry), ({ credit }) => (credit === 'held:orders' ? { amount: '0.01' } : {}));
  t.ok(less.includes('what is held again for a paid record that was reversed = what was paid for it'), less.join(', '));
  const elsewhere = await found(Number(entry), ({ debit }) =>
    debit === 'pool:remainder' ? { debit: 'pool:fund' } : {},
  );
  t.ok(
    elsewhere.includes('remainders of shares that were paid for service records = remainder account'),
    elsewhere.join(', '),
  );
});
