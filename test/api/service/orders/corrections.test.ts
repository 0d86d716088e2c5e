/** Guarantees of correcting records of services that were given in orders. */
import { test } from 'tap';
import { booksBalance } from '../../../support/books.js';
import { coinsOf, given, li, member, orderTown, plan, serve, wang } from './people.js';

const operator = { role: 'operator', subject: 'zhao' } as const;
const wrong = { check_out: '2026-11-03T09:45:00+08:00', reason: '签出时间有误' };

test('a service of an order whose coins were minted is corrected, and stays a service of that order: 200', async (t) => {
  const town = await orderTown(t);
  const record = await given(town, 'N1');
  const path = `/v1/service-records/${record}/correction`;
  t.match(await town.ask(wang, path, wrong), { status: 'proposed' });
  t.match(await town.ask(operator, path, { ...wrong, external_id: 'V1' }, 409), { code: 'correction_differs' });
  const { corrected_by } = await town.ask(operator, path, wrong);
  const { body } = await town.app.get(`/v1/service-records/${corrected_by}`, { as: 'auditor' });
  t.match(body, { order: 'N1', corrects: record, hours: '0.75', coins: '0.50', funding: null });
  t.equal(await coinsOf(town, 'V1'), '0.50');
  const order = (await town.app.get('/v1/orders/N1', { as: 'auditor' })).body;
  t.match(order, { status: 'approved', volunteers: [{ attendance: 'attended', service_record: corrected_by }] });
  await booksBalance(t, town.app.owner);
});

test('kin of any of those who received a service mint nothing by a correction either: 200', async (t) => {
  const town = await orderTown(t);
  const { ask } = town;
  await ask(wang, '/v1/members/R2/kin', { relative: 'V1', relation: 'spouse', evidence: '结婚证' }, 201);
  await ask(li, '/v1/members/R2/kin/V1/verification', { elder_consent_on: '2026-11-01' });
  const need = { external_id: 'N1', recipient: 'R1', other_recipients: ['R2'], ...plan };
  await ask(wang, '/v1/orders', need, 201);
  await ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1');
  await ask(member('R1'), 'N1/confirm');
  const path = `/v1/service-records/${(await ask(li, 'N1/approve')).volunteers[0].service_record}/correction`;
  await ask(wang, path, wrong);
  const { corrected_by } = await ask(operator, path, wrong);
  const { body } = await town.app.get(`/v1/service-records/${corrected_by}`, { as: 'auditor' });
  t.match(body, { hours: '0.75', coins: '0.00', differences: [{ code: 'kin', amount: '0.75' }] });
  await booksBalance(t, town.app.owner);
});

test('none of a group that received a service is named as who recorded it, under any id: 422, then 200', async (t) => {
  const town = await orderTown(t);
  const { ask, refused } = town;
  for (const as of [operator, { role: 'operator', subject: 'two' } as const])
    await ask(as, '/v1/members/R3/merge', { into: 'R2' });
  await ask(wang, '/v1/orders', { external_id: 'N1', recipient: 'R1', other_recipients: ['R2'], ...plan }, 201);
  await ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1', 'R2');
  await ask(member('R2'), 'N1/confirm');
  const path = `/v1/service-records/${(await ask(li, 'N1/approve')).volunteers[0].service_record}/correction`;
  for (const recorded_by of ['V1', 'R1', 'R2', 'R3']) {
    await ask(wang, path, { ...wrong, recorded_by });
    await refused(operator, path, { ...wrong, recorded_by }, 422, 'self_approval');
  }
  for (const subject of ['R2', 'R3']) await refused({ ...operator, subject }, path, wrong, 422, 'self_approval');
  await ask(wang, path, { ...wrong, recorded_by: 'V2' });
  const { corrected_by } = await ask(operator, path, { ...wrong, recorded_by: 'V2' });
  t.match((await town.app.get(`/v1/service-records/${corrected_by}`, { as: 'auditor' })).body, { recorded_by: 'V2' });
  await booksBalance(t, town.app.owner);
});
