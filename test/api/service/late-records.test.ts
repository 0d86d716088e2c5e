/** Guarantees of what is recorded late: an order takes a second approver, and every record tells its delay. */

import { test } from 'tap';
import { besideOf } from '../../../src/http/beside.js';
import type { Stage } from '../../../src/ledger/stage.js';
import type { Refusal } from '../../../src/lib/refusal.js';
import { approveOrder } from '../../../src/timebank/service/orders/approve.js';
import { rulesOfOrder } from '../../../src/timebank/service/orders/rules.js';
import { booksBalance, run } from '../../support/books.js';
import { giveCoins, li, member, orderTown, plan, serve, wang } from './orders/people.js';

const path = '/v1/service-records';

test('a visit that is reported late is recorded by one approver, and tells its delay: the way in for paper', async (t) => {
  const town = await orderTown(t);
  const day = '2026-09-01';
  const visit = {
    ...{ external_id: 'V1', volunteer: 'V1', recipient: 'R1', service_type: 'errand', proof_grade: 'C' },
    ...{ planned_start: `${day}T09:00:00+08:00`, planned_end: `${day}T10:00:00+08:00` },
    ...{ check_in: `${day}T09:00:00+08:00`, check_out: `${day}T10:00:00+08:00`, recorded_by: 'XC-01' },
  };
  t.match(await town.ask(wang, path, visit, 201), { served_on: day, delay_days: 62 });
  await booksBalance(t, town.app.owner);
});

test('an order that is approved late takes a second approver too; until then what is held stays held', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '5.00');
  await town.order('N1', { funding: 'recipient' });
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1');
  await town.ask(member('R1'), 'N1/confirm');
  // 3 November and ten working days.
  town.advanceTo('2026-11-18T09:00:00+08:00');
  await town.refused(wang, 'N1/approve', undefined, 422, 'record_too_late');
  t.match((await town.app.get('/v1/orders/N1', { as: wang })).body, { status: 'confirmed', held: '1.00' });
  await town.refused(wang, 'N1/approve', undefined, 422, 'self_approval');
  const { volunteers, status, held } = await town.ask(li, 'N1/approve');
  t.same([status, held], ['approved', '0.00']);
  const { body } = await town.app.get(`${path}/${volunteers[0].service_record}`, { as: 'operator' });
  t.match(body, { approved_by: 'coordinator:li', delay_days: 15, coins: '1.00' });
  await booksBalance(t, town.app.owner);
});

test('who approved a late order first leaves nothing of their member’s id behind when it is rejected', async (t) => {
  const town = await orderTown(t);
  await town.order('N1');
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1');
  await town.ask(member('R1'), 'N1/confirm');
  town.advanceTo('2026-12-05T09:00:00+08:00');
  const { service } = town.app.built;
  const beside = besideOf(service, { role: 'operator', subject: 'p', ledger: 'xinchang', alias: 'R3' });
  const actor = 'operator:p-one';
  const asking = { actor, member: null, reach: null, ...beside };
  const approve = (stage: Stage) => ({
    code: (approveOrder(stage, rulesOfOrder(stage, 'N1'), 'N1', asking) as Refusal).code,
  });
  t.match(await run(town.app.lane, approve, { actor }), { result: { code: 'record_too_late' } });
  const kept = async () => (await town.app.owner`select first_alias from timebank.late_records`)[0]?.['first_alias'];
  t.type(await kept(), 'string');
  await town.ask(li, 'N1/reject', { reason: '未提供服务' });
  t.equal(await kept(), null);
  await booksBalance(t, town.app.owner);
});

test('an order that is approved on the tenth working day takes one approver', async (t) => {
  const town = await orderTown(t);
  await town.order('N1');
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1');
  await town.ask(member('R1'), 'N1/confirm');
  t.equal(plan.planned_start.slice(0, 10), '2026-11-03');
  town.advanceTo('2026-11-17T18:00:00+08:00');
  t.match(await town.ask(wang, 'N1/approve'), { status: 'approved' });
  await booksBalance(t, town.app.owner);
});
