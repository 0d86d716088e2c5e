/** Guarantees of the report on orders: each counts once where it was placed for and above, by who placed it, and the scope is the end. */
import { test } from 'tap';
import type { Caller } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { li, member, serve, wang } from '../service/orders/people.js';
import { operator, talentTown } from '../service/orders/talents.js';

/** What is compared of a unit: `XC-01 3 2+1 accepted 1 approved 1 cancelled 0 expired 0 disputed 0 0.67`. */
const line = (one: Record<string, unknown>) =>
  `${one['org_unit'] ?? 'all'} ${one['placed']} ${one['by_resident']}+${one['on_behalf']} ` +
  ['accepted', 'approved', 'cancelled', 'expired', 'disputed'].map((what) => `${what} ${one[what]}`).join(' ') +
  ` ${one['share_by_resident']}`;

test('orders of a month are counted by unit and in all, with the share that residents placed themselves: 200', async (t) => {
  const town = await talentTown(t);
  const { app, ask } = town;
  const report = async (as: Caller | 'operator' | 'auditor', month = '2026-11', more = '') => {
    const { status, body } = await app.get(`/v1/reports/orders?month=${month}${more}`, { as });
    t.equal(status, 200, JSON.stringify(body));
    return { lines: [...body.units, body.all].map(line), next: body.next_cursor };
  };
  const nothing = '0+0 accepted 0 approved 0 cancelled 0 expired 0 disputed 0 null';
  t.same((await report(operator)).lines, [`all 0 ${nothing}`]);
  await town.order('N1');
  await town.order('N2', { service_type: 'companionship' });
  await town.need('N3');
  await town.need('N4', { recipient: 'F1' });
  await ask(member('V1'), 'N1/claim');
  await ask(member('R1'), 'N2/cancel', { reason: '不用了' });
  await serve(town, 'N1', 'V1');
  await ask(member('R1'), 'N1/confirm', { minutes: 20 });
  await ask(li, 'N1/verdict', { verdict: 'to_volunteer' });
  await ask({ ...li, subject: 'zhao' }, 'N1/approve');
  const below = 'S1 1 0+1 accepted 0 approved 0 cancelled 0 expired 1 disputed 0 0.00';
  const east = 'XC-01 3 2+1 accepted 1 approved 1 cancelled 1 expired 1 disputed 1 0.67';
  const lines = [
    below.replace('S1', 'C1'),
    below.replace('S1', 'E1'),
    below,
    'XC 4 2+2 accepted 1 approved 1 cancelled 1 expired 2 disputed 1 0.50',
    east,
    'XC-02 1 0+1 accepted 0 approved 0 cancelled 0 expired 1 disputed 0 0.00',
    'all 4 2+2 accepted 1 approved 1 cancelled 1 expired 2 disputed 1 0.50',
  ];
  t.same((await report(operator)).lines, lines);
  t.same((await report('auditor')).lines, lines);
  t.same((await report(wang)).lines, [...lines.slice(0, 3), east, east.replace('XC-01', 'all')]);
  const nobody = { role: 'coordinator', subject: 'nobody' } as const;
  t.same((await report(nobody)).lines, [`all 0 ${nothing}`]);
  const first = await report(operator, '2026-11', '&limit=4');
  const rest = await report(operator, '2026-11', `&limit=4&cursor=${first.next}`);
  t.same([...first.lines.slice(0, 4), ...rest.lines], lines, 'every page says what there is in all');
  t.same((await report(operator, '2026-10')).lines, [`all 0 ${nothing}`]);
  t.equal((await app.get('/v1/reports/orders', { as: operator })).status, 400, 'a month is named');
  t.equal((await app.get('/v1/reports/orders?month=2026-11', { as: member('R1') })).status, 403);
  await booksBalance(t, app.owner);
});

test('an order belongs to the month in which it was placed, by the clock of the zone', async (t) => {
  const town = await talentTown(t);
  const later = { planned_start: '2026-12-20T09:00:00+08:00', planned_end: '2026-12-20T10:00:00+08:00' };
  for (const [id, at] of [
    ['N1', '2026-11-30T23:59:00+08:00'],
    ['N2', '2026-12-01T00:00:00+08:00'],
  ] as const) {
    town.advanceTo(at);
    await town.order(id, later);
  }
  const placed = async (month: string) =>
    (await town.app.get(`/v1/reports/orders?month=${month}`, { as: operator })).body.all.placed;
  t.same([await placed('2026-11'), await placed('2026-12')], [1, 1]);
});
