/** Guarantees of orders after somebody in them was erased: what is written then goes, too, and nothing more is placed or taken for them. */
import { type Test, test } from 'tap';
import { laneWorks } from '../../../../src/timebank/jobs.js';
import { tablesHolding } from '../../../support/all-text.js';
import type { Caller } from '../../../support/app.js';
import { booksBalance } from '../../../support/books.js';
import { personalKeys } from '../../../support/personal-keys.js';
import { given, li, member, type OrderTown, orderTown, plan, serve, storeScan, wang } from './people.js';

const operator: Caller = { role: 'operator', subject: 'one' };
const second: Caller = { role: 'operator', subject: 'two' };

async function erase(town: OrderTown, id: string): Promise<void> {
  for (const as of [operator, second])
    await town.ask(as, `/v1/members/${id}/erasure`, { reason_code: 'person_asked' }, 201);
}

/** The hourly chore; how many texts and files it erased. */
async function finishErasures({ app }: OrderTown) {
  const { sql } = app.built.service.work;
  const { clock } = app.built.service;
  const works = laneWorks({ sql, personal: personalKeys, clock, lanes: { of: async () => app.lane } });
  const chore = { job: { ledgerId: app.lane.facts.id, owner: 'service:timeledger' } };
  const outcome = await works['finish_erasures']?.(chore as never);
  return outcome && 'result' in outcome ? outcome.result : null;
}

async function gone(t: Test, { app }: OrderTown, words: string): Promise<void> {
  t.same(await tablesHolding(app.owner, words), [], `${words} is gone`);
}

test('what is written of an order after one of its people was erased goes with the next chore', async (t) => {
  const town = await orderTown(t);
  const { ask } = town;
  await town.order('N1');
  await ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1');
  await erase(town, 'R1');
  await ask(member('V1'), 'N1/dispute', { reason: '老人患病九号' });
  t.not((await tablesHolding(town.app.owner, '老人患病九号')).length, 0);
  t.match(await finishErasures(town), { texts: 1, files: 0 });
  await gone(t, town, '老人患病九号');
  t.match(await finishErasures(town), { texts: 0, files: 0 }, 'and then nothing is left');
  await ask(li, 'N1/verdict', { verdict: 'to_volunteer' });
  await ask(li, 'N1/approve');
  await booksBalance(t, town.app.owner);
});

test('why an offer is declined by the one who was erased meanwhile, or by a team of theirs, goes with the next chore; why others declined stays', async (t) => {
  const town = await orderTown(t);
  const { ask } = town;
  await ask(operator, '/v1/teams', { id: 'T1', org_unit: 'XC-01', name: '邻里队', leader: 'V3' }, 201);
  await ask(operator, '/v1/teams/T1/members', { member: 'V1' }, 201);
  await town.order('N1');
  const offers = [];
  for (const asked of [{ volunteer: 'V1' }, { volunteer: 'V2' }, { team: 'T1' }])
    offers.push((await ask(wang, 'N1/offers', asked, 201)).id);
  await erase(town, 'V1');
  for (const [i, who] of ['V1', 'V2', 'V3'].entries())
    await ask(member(who), `/v1/offers/${offers[i]}/decline`, { reason: `不去的原因${who}` });
  t.match(await finishErasures(town), { texts: 2, files: 0 });
  for (const who of ['V1', 'V3']) await gone(t, town, `不去的原因${who}`);
  t.same(await tablesHolding(town.app.owner, '不去的原因V2'), ['timebank.order_texts']);
  await booksBalance(t, town.app.owner);
});

test('why a record is corrected of who was erased goes with the next chore, decided or not, of every recipient', async (t) => {
  for (const [decided, who] of [
    [false, 'V1'],
    [true, 'R1'],
    [true, 'R2'],
  ] as const) {
    const town = await orderTown(t);
    await town.ask(wang, '/v1/orders', { external_id: 'N1', recipient: 'R1', other_recipients: ['R2'], ...plan }, 201);
    await town.ask(member('V1'), 'N1/claim');
    await serve(town, 'N1', 'V1');
    await town.ask(member('R1'), 'N1/confirm');
    const record = (await town.ask(li, 'N1/approve')).volunteers[0].service_record;
    await erase(town, who);
    const body = { external_id: 'C1', check_out: '2026-11-03T09:45:00+08:00', reason: '签出时间有误七号' };
    const path = `/v1/service-records/${record}/correction`;
    for (const as of decided ? [operator, second] : [operator]) await town.ask(as, path, body);
    t.match(await finishErasures(town), { texts: 1 }, who);
    await gone(t, town, '签出时间有误七号');
    if (!decided) await town.ask(second, path, body);
    await booksBalance(t, town.app.owner);
  }
});

test('no scan is stored of an order with somebody who was erased (409), and one that came in meanwhile goes with the next chore', async (t) => {
  for (const who of ['R1', 'V1']) {
    const town = await orderTown(t);
    const { app } = town;
    await town.order('N1');
    await town.ask(member('V1'), 'N1/claim');
    await erase(town, who);
    const headers = { 'content-type': 'application/pdf' };
    const scan = () => app.post('/v1/orders/N1/evidence', { as: wang, body: Buffer.from('%PDF-1.7 名单'), headers });
    t.match(await scan(), { status: 409, body: { code: 'member_erased' } }, who);
    t.same([...(await app.owner`select * from work.blobs`)], [], 'its bytes are not kept');
    await booksBalance(t, app.owner);
  }
  const town = await orderTown(t);
  const record = await given(town, 'N1');
  await storeScan(town, wang, 'N1');
  t.ok(record);
  await erase(town, 'V1');
  t.same([...(await town.app.owner`select * from work.blobs`)], [], 'with the erasure');
});
