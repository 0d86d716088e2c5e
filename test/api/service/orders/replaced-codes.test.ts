/** Guarantees of QR codes that were lost: once replaced they prove nothing, the next ones do, and everybody else's stay as they are. */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { replaceMemberCard } from '../../../../src/timebank/people/member-changes.js';
import type { Caller } from '../../../support/app.js';
import { booksBalance, run } from '../../../support/books.js';
import { mergeByTwo } from '../../people/county.js';
import { li, member, type OrderTown, orderTown, plan, wang } from './people.js';
import { atStation, qr, tokenOf } from './station.js';

const operator: Caller = { role: 'operator' };
const elsewhere: Caller = { role: 'coordinator', subject: 'chen', orgUnit: 'XC-02' };
const card = (id: string) => `/v1/members/${id}/card?printed=true`;
const replace = (town: OrderTown, id: string, as: Caller = wang) => town.ask(as, `/v1/members/${id}/replace-card`);

/** Whether a token is refused because something else has taken its place; else the step is taken. */
async function refused(town: OrderTown, token: string, step = 'N1/check-in'): Promise<boolean> {
  const { status, body } = await town.app.post(`/v1/orders/${step}`, { as: member('V1'), body: qr(token) });
  if (status !== 200 && body.code !== 'proof_replaced') throw new Error(JSON.stringify(body));
  return status === 422;
}

const changesOf = async ({ app }: OrderTown, id: string) =>
  (await app.get(`/v1/members/${id}/changes`, { as: 'auditor' })).body.changes;

test('a card that was replaced is refused (422), on paper and on a screen, and the next one proves', async (t) => {
  const town = await atStation(t);
  const old = await tokenOf(town, card('R1'), wang);
  const screen = await tokenOf(town, '/v1/members/R1/card', member('R1'));
  const others = { R2: await tokenOf(town, card('R2')), S1: await tokenOf(town, '/v1/stations/S1/qr?printed=true') };
  t.match(await replace(town, 'R1'), { id: 'R1', state: 'active', entry: /^\d+$/ });
  t.ok(await refused(town, old));
  t.ok(await refused(town, screen), 'within its minute, too');
  t.equal(await tokenOf(town, card('R2')), others.R2, 'nobody else gets another card');
  t.equal(await tokenOf(town, '/v1/stations/S1/qr?printed=true'), others.S1, 'nor a station');

  const next = await tokenOf(town, card('R1'), wang);
  await replace(town, 'R1');
  t.ok(await refused(town, old), 'the first stays refused');
  t.ok(await refused(town, next), 'and the second is refused, too');
  t.notOk(await refused(town, await tokenOf(town, '/v1/members/R1/card', member('R1'))));
  t.match(await changesOf(town, 'R1'), [
    { kind: 'card_replaced', effective_on: '2026-11-03', changed_by: 'coordinator:wang', org_unit: 'XC-01' },
    { kind: 'card_replaced' },
  ]);
  await booksBalance(t, town.app.owner);
});

for (const { place, at, again } of [
  { place: 'card', at: card('R1'), again: '/v1/members/R1/replace-card' },
  { place: 'station', at: '/v1/stations/S1/qr?printed=true', again: '/v1/stations/S1/rotate-key' },
])
  test(`a ${place} that is replaced while a volunteer is there leaves the check-in; the check-out takes the new code`, async (t) => {
    const town = await atStation(t);
    const old = await tokenOf(town, at);
    t.notOk(await refused(town, old));
    await town.ask(wang, again, undefined, place === 'card' ? 200 : 201);
    town.advanceTo(plan.planned_end);
    t.ok(await refused(town, old, 'N1/check-out'));
    t.match((await town.app.get('/v1/orders/N1', { as: wang })).body, { status: 'checked_in' });
    t.notOk(await refused(town, await tokenOf(town, at), 'N1/check-out'));
    await town.ask(member('R1'), 'N1/confirm');
    const { volunteers } = await town.ask(li, 'N1/approve');
    const record = await town.app.get(`/v1/service-records/${volunteers[0].service_record}`, { as: 'operator' });
    t.match(record.body, { proof_grade: 'A', hours: '1.00' });
    await booksBalance(t, town.app.owner);
  });

test('a screen of a station that gets another key shows a code of the new one at once; the last is refused within its minute', async (t) => {
  const town = await atStation(t);
  const last = await tokenOf(town, '/v1/stations/S1/qr', wang);
  await town.ask(wang, '/v1/stations/S1/rotate-key', undefined, 201);
  t.ok(await refused(town, last));
  t.notOk(await refused(town, await tokenOf(town, '/v1/stations/S1/qr', wang)));
  t.match((await town.app.get('/v1/stations/S1/changes', { as: 'auditor' })).body.changes, [
    { change: 'registered' },
    { change: 'key_rotated', effective_on: '2026-11-03', changed_by: 'coordinator:wang' },
  ]);
  await booksBalance(t, town.app.owner);
});

test('both units of a member replace the card, others do not find the member, and no member does it: 200, 403, 404', async (t) => {
  const town = await orderTown(t);
  const path = '/v1/members/R1/replace-card';
  t.match(await town.app.post(path, { as: elsewhere }), { status: 404, body: { code: 'member_not_found' } });
  await town.ask(operator, '/v1/members/R1/transfer', { org_unit: 'XC-01', second_org_unit: 'XC-02' });
  await replace(town, 'R1', elsewhere);
  await replace(town, 'R1', wang);
  t.equal((await town.app.post(path, { as: member('R1') })).status, 403);
  t.equal((await town.app.post(path, { as: 'auditor' })).status, 403);
  t.match(await town.app.post('/v1/members/R9/replace-card', { as: operator }), { status: 404 });
  t.same(
    (await changesOf(town, 'R1')).map((one: Record<string, string>) => `${one['kind']} ${one['changed_by']}`),
    ['transferred operator:operator', 'card_replaced coordinator:chen', 'card_replaced coordinator:wang'],
  );
  await booksBalance(t, town.app.owner);
});

test('the same request replaces a card once, whoever holds the answer', async (t) => {
  const town = await orderTown(t);
  const asked = { as: wang, key: randomUUID() };
  const first = await town.app.post('/v1/members/R1/replace-card', asked);
  t.equal((await town.app.post('/v1/members/R1/replace-card', asked)).text, first.text);
  t.equal((await changesOf(town, 'R1')).length, 1);
  await booksBalance(t, town.app.owner);
});

test('a card that another process replaces is refused here with the next scan', async (t) => {
  const town = await atStation(t);
  const old = await tokenOf(town, card('R1'));
  // This process has seen the card, and that it is good.
  await town.refused(
    member('V1'),
    'N1/check-in',
    { ...qr(old), at: '2026-11-03T08:30:00+08:00' },
    422,
    'proof_invalid',
  );
  const other = await town.app.openLane();
  await run(other, (stage) => replaceMemberCard(stage, { id: 'R1', reach: null }).entry);
  t.ok(await refused(town, old));
  t.notOk(await refused(town, await tokenOf(town, card('R1'))));
  await booksBalance(t, town.app.owner);
});

test('a card is replaced whatever has become of its member, and holds up no transfer of an earlier day', async (t) => {
  const town = await orderTown(t);
  town.advanceTo(plan.planned_end);
  await replace(town, 'R1');
  await town.ask(wang, '/v1/members/R1/transfer', { org_unit: 'XC', effective_on: '2026-11-02' }, 404);
  await town.ask(operator, '/v1/members/R1/transfer', { org_unit: 'XC-02', effective_on: '2026-11-02' });
  await town.ask(operator, '/v1/members/R2/state', { state: 'deceased' });
  await replace(town, 'R2');
  await booksBalance(t, town.app.owner);
});

test('of a member who was merged, the cards of both ids prove, until the one card that they have now is replaced: 409', async (t) => {
  const town = await atStation(t);
  const before = { R1: await tokenOf(town, card('R1')), R2: await tokenOf(town, card('R2')) };
  await mergeByTwo(t, town.app, 'R2', 'R1');
  await town.refused(wang, '/v1/members/R2/replace-card', undefined, 409, 'member_merged');
  t.notOk(await refused(town, before.R2), 'the card of the id that ended');
  town.advanceTo(plan.planned_end);
  await replace(town, 'R1');
  for (const old of Object.values(before)) t.ok(await refused(town, old, 'N1/check-out'));
  t.notOk(await refused(town, await tokenOf(town, card('R2')), 'N1/check-out'), 'whichever id it is asked for by');
  await booksBalance(t, town.app.owner);
});

test('no card that was replaced is good again once its member is merged with another', async (t) => {
  const town = await atStation(t);
  const lost = await tokenOf(town, card('R2'));
  await replace(town, 'R2');
  await mergeByTwo(t, town.app, 'R2', 'R1');
  t.ok(await refused(town, lost));
  t.notOk(await refused(town, await tokenOf(town, card('R1'))));
  await booksBalance(t, town.app.owner);
});
