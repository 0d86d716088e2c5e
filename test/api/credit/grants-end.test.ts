/**
 * Guarantees of what becomes of grants: at the end of their year, when a record that they paid is corrected, when a member leaves, turns out to be another
 * or is erased; and what her statement says of it.
 */
import { test } from 'tap';
import type { Caller } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { textOfPdf } from '../../support/pdf-text.js';
import { coinsOf, forget, li, member, plan, wang } from '../service/orders/people.js';
import {
  annul,
  balanceOf,
  carryOut,
  grant,
  grantTown,
  keeper,
  operator,
  other,
  second,
  tidy,
  usable,
  wish,
} from './grant-town.js';

interface Line {
  readonly effective_on: string;
  readonly kind: string;
  readonly reason: { readonly zh: string };
  readonly movements: readonly object[];
}

test('after 31 December in Shanghai nothing of a year can be used, whether or not it was tidied up, and the fund has it from 1 January on', async (t) => {
  for (const isTidied of [true, false]) {
    const town = await grantTown(t, '3.00');
    await grant(town, 'R1', '3.00');
    const at = (from: string) => ({ planned_start: `${from}T09:00:00+08:00`, planned_end: `${from}T10:00:00+08:00` });
    town.advanceTo('2026-12-31T23:59:00+08:00');
    await town.order('N1', { funding: 'grant', ...at('2027-01-05') });
    await town.ask(member('V1'), 'N1/claim');
    t.match(await usable(town, 'R1'), [{ balance: '2.00' }], 'the last minute of the year');
    town.advanceTo('2027-01-01T00:00:00+08:00');
    if (isTidied) t.equal(await tidy(town), 1);
    t.same(await usable(town, 'R1'), []);
    await town.order('N2', { funding: 'grant', ...at('2027-01-06') });
    await town.refused(member('V2'), 'N2/claim', undefined, 422, 'balance_insufficient');
    await grant(town, 'R2', '2.00');
    t.match(await usable(town, 'R2'), [{ year: 2027, balance: '2.00' }], 'the fund has what was left');
    t.equal(await balanceOf(town, 'pool:fund/balance?as_of=2026-12-31'), '0.00');
    t.equal(await balanceOf(town, 'pool:fund'), '0.00');
    await town.ask(member('R1'), 'N1/cancel', { reason: '不需要了' });
    t.equal(await balanceOf(town, 'pool:fund'), '1.00', 'what was held goes on to the fund');
    t.equal(await balanceOf(town, 'member:R1:grants:2026'), '0.00');
    t.equal(await tidy(town), 0);
    await booksBalance(t, town.app.owner);
  }
});

test('a record that grants paid is annulled: in its year they are hers again, afterwards the fund’s', async (t) => {
  for (const isOver of [false, true]) {
    const town = await grantTown(t, '1.00');
    await grant(town, 'R1', '1.00');
    await town.order('N1', { funding: 'grant' });
    const { volunteers } = await carryOut(town, 'N1');
    t.equal(await coinsOf(town, 'V1'), '1.00');
    if (isOver) town.advanceTo('2027-01-04T09:00:00+08:00');
    const path = `/v1/service-records/${volunteers[0].service_record}/correction`;
    for (const as of [operator, second]) await town.ask(as, path, annul);
    t.equal(await coinsOf(town, 'V1'), '0.00');
    t.equal(await balanceOf(town, 'pool:fund'), isOver ? '1.00' : '0.00');
    t.equal(await balanceOf(town, 'member:R1:grants:2026'), isOver ? '0.00' : '1.00');
    await booksBalance(t, town.app.owner);
  }
});

test('a record that turns out to have taken more is paid of what had gone back to the fund, once the year is over', async (t) => {
  const town = await grantTown(t, '1.00');
  await grant(town, 'R1', '1.00');
  await town.order('N1', { funding: 'grant' });
  await town.ask(member('V1'), 'N1/claim');
  town.advanceTo(plan.planned_start);
  const { code } = await town.ask(member('R1'), 'N1/code', undefined, 201);
  await town.ask(member('V1'), 'N1/check-in', { volunteer: 'V1', proof: { kind: 'code', code } });
  town.advance(40 * 60_000);
  const again = await town.ask(member('R1'), 'N1/code', undefined, 201);
  await town.ask(member('V1'), 'N1/check-out', { volunteer: 'V1', proof: { kind: 'code', code: again.code } });
  await town.ask(member('R1'), 'N1/confirm');
  const { volunteers } = await town.ask(li, 'N1/approve');
  t.equal(await coinsOf(town, 'V1'), '0.67');
  town.advanceTo('2027-01-04T09:00:00+08:00');
  await forget(town);
  const path = `/v1/service-records/${volunteers[0].service_record}/correction`;
  for (const as of [operator, second])
    await town.ask(as, path, { check_out: plan.planned_end, reason: '签出时间有误' });
  t.equal(await coinsOf(town, 'V1'), '1.00');
  t.equal(await balanceOf(town, 'pool:fund'), '0.00');
  t.equal(await balanceOf(town, 'member:R1:grants:2026'), '0.00');
  await booksBalance(t, town.app.owner);
});

test('who leaves leaves grants to the fund in the same entry, and what comes back later goes there, too', async (t) => {
  const town = await grantTown(t, '5.00');
  await grant(town, 'R1', '5.00');
  await town.order('N1', { funding: 'grant' });
  const { volunteers } = await carryOut(town, 'N1');
  const leaving = { reason: 'left', to: 'lapse' };
  await town.ask(operator, '/v1/members/R1/leaving', leaving, 201);
  await town.ask(second, '/v1/members/R1/leaving/approve', undefined, 200);
  t.equal(await balanceOf(town, 'pool:fund'), '4.00');
  const path = `/v1/service-records/${volunteers[0].service_record}/correction`;
  for (const as of [operator, second]) await town.ask(as, path, annul);
  t.equal(await balanceOf(town, 'pool:fund'), '5.00');
  t.equal(await balanceOf(town, 'member:R1:grants:2026'), '0.00', 'nothing is left with her');
  t.same(await usable(town, 'R1'), []);
  await booksBalance(t, town.app.owner);
});

test('two ids that are one person hold their grants of a year together, also those that come back', async (t) => {
  const town = await grantTown(t);
  await grant(town, 'R1', '5.00');
  await grant(town, 'R2', '3.00');
  await town.order('N1', { funding: 'grant' });
  const { volunteers } = await carryOut(town, 'N1');
  const { id: open } = await town.ask(keeper, '/v1/grants', wish('R1', '2.00'), 201);
  for (const as of [operator, second]) await town.ask(as, '/v1/members/R1/merge', { into: 'R2' });
  t.match(await usable(town, 'R2'), [{ balance: '7.00' }]);
  t.equal(await balanceOf(town, 'member:R1:grants:2026'), '0.00');
  await town.ask(other, `/v1/grants/${open}/approve`);
  t.match(await usable(town, 'R2'), [{ balance: '9.00' }], 'what was proposed before is hers');
  const path = `/v1/service-records/${volunteers[0].service_record}/correction`;
  for (const as of [operator, second]) await town.ask(as, path, annul);
  t.match(await usable(town, 'R2'), [{ balance: '10.00' }]);
  const { body } = await town.app.get('/v1/grants', { as: member('R2') });
  t.equal(body.grants.length, 3, 'she sees what was granted under either id');
  await booksBalance(t, town.app.owner);
});

test('her statement has her grants beside her purses: opening and lines come to the closing, and who may not know of them is shown none', async (t) => {
  const town = await grantTown(t, '3.00');
  await grant(town, 'R1', '3.00');
  await town.order('N1', { funding: 'grant' });
  await carryOut(town, 'N1');
  town.advanceTo('2027-01-04T09:00:00+08:00');
  await tidy(town);
  const path = '/v1/members/R1/statement';
  const { body } = await town.app.get(path, { as: member('R1') });
  t.match(body.purses.at(-1), { purse: 'grants', asset: 'COIN', opening: '0.00', closing: '0.00' });
  t.match(
    body.lines.map(({ effective_on, kind, reason, movements: [moved] }: Line) => [
      effective_on,
      kind,
      reason.zh,
      moved,
    ]),
    [
      ['2026-11-02', 'grant_given', '基金发放资助', { purse: 'grants', in: '3.00', balance: '3.00' }],
      ['2026-11-02', 'order_accepted', /接单/, { purse: 'grants', out: '1.00', balance: '2.00' }],
      ['2027-01-01', 'grants_expired', /未用部分退回基金/, { purse: 'grants', out: '2.00', balance: '0.00' }],
    ],
  );
  const before = (await town.app.get(`${path}?from=2026-12-01&to=2026-12-31`, { as: keeper })).body;
  t.match(before.purses.at(-1), { purse: 'grants', opening: '2.00', closing: '2.00' });
  const { body: shown } = await town.app.get(path, { as: wang });
  t.match(shown, { purses: [{ purse: 'hours' }, { purse: 'coins' }, { purse: 'points' }], lines: [] });
  t.equal(shown.purses.length, 3);
  const csv = async (as: Caller) => {
    const { text } = await town.app.get(`${path}?format=csv`, { as });
    const [header = '', ...lines] = text.trim().split('\r\n');
    const column = header.split(',').indexOf('grants_balance');
    return lines.map((line) => line.split(',')[column]);
  };
  t.same(await csv(member('R1')), ['0.00', '3.00', '2.00', '0.00', '0.00']);
  t.same(await csv(wang), ['', ''], 'nor in a file');
  const paper = async (as: Caller) => {
    const headers = { authorization: `Bearer ${town.app.token(as)}`, accept: 'application/pdf' };
    const { rawPayload } = await town.app.built.app.inject({ method: 'GET', url: path, headers });
    return textOfPdf(rawPayload).flat().join(' ');
  };
  t.match(await paper(member('R1')), /资助（个）.*基金发放资助/);
  t.notMatch(await paper(wang), /资助/);
  await booksBalance(t, town.app.owner);
});

test('what was written about a grant goes with the person', async (t) => {
  const town = await grantTown(t);
  const { id } = await grant(town, 'R1', '5.00');
  const { id: open } = await town.ask(operator, '/v1/grants', { ...wish('R1', '1.00'), reason: '独居' }, 201);
  for (const as of [operator, second])
    await town.ask(as, '/v1/members/R1/erasure', { reason_code: 'person_asked' }, 201);
  for (const one of [id, open])
    t.match((await town.app.get(`/v1/grants/${one}`, { as: operator })).body, { document_number: null, reason: null });
  const rejected = await town.ask(second, `/v1/grants/${open}/reject`, { reason: '本人已故' });
  t.match(rejected, { state: 'rejected', rejection: null });
  await booksBalance(t, town.app.owner);
});
