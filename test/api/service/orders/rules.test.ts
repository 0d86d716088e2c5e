/** Guarantees of orders over HTTP while rules change: an order goes by the rules of the day it is planned for, wherever it stands. */
import { test } from 'tap';
import { booksBalance } from '../../../support/books.js';
import { adoptRules } from '../../../support/rules.js';
import { giveCoins, member, orderTown, plan, serve, wang } from './people.js';
import { atStation, qr, tokenOf } from './station.js';

const later = { planned_start: '2026-11-10T09:00:00+08:00', planned_end: '2026-11-10T10:00:00+08:00' };

test('what an order costs is what the rules of its day make of it, also when it is accepted before: 200', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '9.00');
  await adoptRules(town.app.lane, { coin_per_hour: '2.00' }, '2026-11-10');
  await town.order('N1', { funding: 'recipient' });
  await town.order('N2', { funding: 'recipient', ...later });
  t.equal((await town.ask(member('V1'), 'N1/claim')).price, '1.00');
  t.equal((await town.ask(member('V2'), 'N2/claim')).price, '2.00');
  await booksBalance(t, town.app.owner);
});

test('times that lie apart are settled by the rules of the day: 200', async (t) => {
  const town = await orderTown(t);
  await adoptRules(town.app.lane, { hours_tolerance_minutes: 30 }, '2026-11-03');
  await town.order('N1');
  await town.ask(member('V1'), 'N1/claim');
  await serve(town, 'N1', 'V1');
  await adoptRules(town.app.lane, { hours_tolerance_minutes: 0 }, '2026-11-04');
  town.advanceTo('2026-11-04T09:00:00+08:00');
  t.match(await town.ask(member('R1'), 'N1/confirm', { minutes: 40 }), { status: 'confirmed' }, 'twenty minutes apart');
  await booksBalance(t, town.app.owner);
});

test('the station of an order weighs what its service mints: 200', async (t) => {
  const town = await atStation(t);
  await adoptRules(town.app.lane, { station_coefficients: { S1: '1.50' } }, '2026-11-03');
  const shown = async () => qr(await tokenOf(town, '/v1/stations/S1/qr', wang));
  await town.ask(member('V1'), 'N1/check-in', await shown());
  town.advanceTo(plan.planned_end);
  await town.ask(member('V1'), 'N1/check-out', await shown());
  await town.ask(member('R1'), 'N1/confirm');
  const [{ service_record: id }] = (await town.ask({ ...wang, subject: 'li' }, 'N1/approve')).volunteers;
  const { body } = await town.app.get(`/v1/service-records/${id}`, { as: 'operator' });
  t.match(body, { coins: '1.50', differences: [{ code: 'station_coefficient', amount: '-0.50' }] });
  await booksBalance(t, town.app.owner);
});
