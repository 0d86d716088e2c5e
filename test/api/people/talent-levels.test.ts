/** Guarantees of levels over HTTP: they follow from hours and from how approved orders were rated, each change on its day. */
import { type Test, test } from 'tap';
import { booksBalance } from '../../support/books.js';
import { adjust } from '../../support/story.js';
import { li, member, type OrderTown, orderTown, wang } from '../service/orders/people.js';
import { mergeByTwo } from './county.js';

const operator = { role: 'operator', subject: 'zhao' } as const;
const at = (day: string, hour: string) => `${day}T${hour}:00:00+08:00`;

/** The town of orders on the second of November, with these in the registry and as many hours of theirs in the books. */
async function withTalents(t: Test, hours: Readonly<Record<string, string>>): Promise<OrderTown> {
  const town = await orderTown(t);
  const nothing = { categories: ['ecology'], specialties: [], interests: [], availability: [] };
  for (const id of Object.keys(hours))
    await town.ask(operator, '/v1/talents', { member: id, registry: 'silver', ...nothing }, 201);
  const legs = Object.entries(hours).map(([id, amount]) => ({
    debit: 'record:service',
    credit: `member:${id}:hours`,
    amount,
  }));
  await adjust(town.app.lane, legs);
  return town;
}

/** An order of an hour on a day, from being placed to being confirmed with a rating, or with none; some accept it and leave it again. */
async function rated(
  town: OrderTown,
  id: string,
  day: string,
  rating: number | null,
  { volunteers = ['V1'], leave = [] }: { volunteers?: readonly string[]; leave?: readonly string[] } = {},
): Promise<void> {
  const times = { planned_start: at(day, '09'), planned_end: at(day, '10') };
  await town.order(id, { ...times, volunteers_needed: volunteers.length });
  for (const one of leave) {
    await town.ask(member(one), `${id}/claim`);
    await town.ask(member(one), `${id}/cancel`, { reason: '临时有事' });
  }
  for (const one of volunteers) await town.ask(member(one), `${id}/claim`);
  for (const [step, moment] of [
    ['check-in', times.planned_start],
    ['check-out', times.planned_end],
  ] as const) {
    town.advanceTo(moment);
    for (const volunteer of volunteers) {
      const { code } = await town.ask(member('R1'), `${id}/code`, undefined, 201);
      await town.ask(member(volunteer), `${id}/${step}`, { volunteer, proof: { kind: 'code', code } });
    }
  }
  await town.ask(member('R1'), `${id}/confirm`, rating === null ? {} : { rating });
}

async function standing({ app }: OrderTown, id: string) {
  const { hours, level, level_since, rating, ratings } = (await app.get(`/v1/talents/${id}/silver`, { as: operator }))
    .body;
  return { hours, rating, ratings, level, since: level_since };
}

async function history({ app }: OrderTown, id: string, query = '') {
  const { status, body } = await app.get(`/v1/talents/${id}/silver/levels${query}`, { as: operator });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body.levels.map((one: Record<string, string>) => `${one['effective_on']} ${one['level']} ${one['rating']}`);
}

test('a rating counts from the day its order was approved, and level, figures and history say so: 200', async (t) => {
  const town = await withTalents(t, { V1: '160.00' });
  t.same(await standing(town, 'V1'), { hours: '160.00', rating: null, ratings: 0, level: 3, since: '2026-11-02' });
  await rated(town, 'N1', '2026-11-03', 2);
  t.match(await standing(town, 'V1'), { ratings: 0, level: 3 }, 'what is not approved says nothing yet');
  town.advanceTo(at('2026-11-05', '09'));
  await town.ask(li, 'N1/approve');
  t.same(await standing(town, 'V1'), { hours: '161.00', rating: '2.00', ratings: 1, level: 2, since: '2026-11-05' });
  await rated(town, 'N2', '2026-11-06', 5);
  await town.ask(li, 'N2/approve');
  await rated(town, 'N3', '2026-11-07', 5);
  await town.ask(li, 'N3/approve');
  const now = { hours: '163.00', rating: '4.00', ratings: 3, level: 3 };
  t.same(await standing(town, 'V1'), { ...now, since: '2026-11-07' });
  await rated(town, 'N4', '2026-11-08', null);
  await town.ask(li, 'N4/approve');
  await rated(town, 'N5', '2026-11-09', 1);
  await town.ask(li, 'N5/reject', { reason: '未提供服务' });
  t.match(await standing(town, 'V1'), { hours: '164.00', rating: '4.00', ratings: 3, level: 3 });

  const levels = ['2026-11-02 3 null', '2026-11-05 2 2.00', '2026-11-07 3 4.00'];
  t.same(await history(town, 'V1'), levels);
  const page = (await town.app.get('/v1/talents/V1/silver/levels?limit=2', { as: 'auditor' })).body;
  t.same(page.levels.length, 2);
  t.same(await history(town, 'V1', `?limit=2&cursor=${page.next_cursor}`), levels.slice(2));
  t.match(await town.ask(wang, '/v1/talents/V1/silver/level'), { ...now, hours: '164.00', entry: /^\d+$/ });
  await booksBalance(t, town.app.owner);
});

test('who was there shares the rating of an order, who left it does not; a list says what each talent says', async (t) => {
  const town = await withTalents(t, { V1: '160.00', V2: '1.00', V3: '160.00' });
  await rated(town, 'N1', '2026-11-03', 3, { volunteers: ['V1', 'V2'], leave: ['V3'] });
  await town.ask(li, 'N1/approve');
  await rated(town, 'N2', '2026-11-04', 4, { volunteers: ['V2'] });
  await town.ask(li, 'N2/approve');
  const all = (await town.app.get('/v1/talents', { as: 'auditor' })).body.talents;
  t.same(
    all.map(({ member: id, hours, rating, ratings, level }: Record<string, unknown>) => [
      id,
      hours,
      rating,
      ratings,
      level,
    ]),
    [
      ['V1', '161.00', '3.00', 1, 2],
      ['V2', '3.00', '3.50', 2, null],
      ['V3', '160.00', null, 0, 3],
    ],
  );
  for (const { member: id, hours, rating, ratings, level } of all)
    t.match(await standing(town, id), { hours, rating, ratings, level }, id);
  await booksBalance(t, town.app.owner);
});

/** Two people correct the record of an order. */
async function correct(town: OrderTown, order: string, wrong: object): Promise<void> {
  const { volunteers } = (await town.app.get(`/v1/orders/${order}`, { as: operator })).body;
  const path = `/v1/service-records/${volunteers[0].service_record}/correction`;
  await town.ask(wang, path, wrong);
  await town.ask(operator, path, wrong);
}

test('a rating goes with the hours of a record that is annulled, and stays where another record takes its place', async (t) => {
  const town = await withTalents(t, { V1: '160.00' });
  await rated(town, 'N1', '2026-11-03', 2);
  await town.ask(li, 'N1/approve');
  town.advanceTo(at('2026-11-04', '09'));
  await correct(town, 'N1', { check_out: '2026-11-03T09:45:00+08:00', reason: '签出时间有误' });
  t.same(await standing(town, 'V1'), { hours: '160.75', rating: '2.00', ratings: 1, level: 2, since: '2026-11-03' });
  await rated(town, 'N2', '2026-11-05', 1);
  await town.ask(li, 'N2/approve');
  t.match(await standing(town, 'V1'), { hours: '161.75', rating: '1.50', ratings: 2 });
  await correct(town, 'N2', { annul: true, reason: '服务未发生' });
  t.same(await standing(town, 'V1'), { hours: '160.75', rating: '2.00', ratings: 1, level: 2, since: '2026-11-03' });
  t.match(await town.ask(wang, '/v1/talents/V1/silver/level'), { hours: '160.75', rating: '2.00', ratings: 1 });
  await booksBalance(t, town.app.owner);
});

test('a record of a closed month is annulled from the first open day on, and so is its rating', async (t) => {
  const town = await withTalents(t, { V1: '160.00' });
  await rated(town, 'N1', '2026-11-03', 2);
  await town.ask(li, 'N1/approve');
  town.advanceTo(at('2026-12-02', '09'));
  await town.ask(operator, '/v1/periods', { period: '2026-11' }, 201);
  await correct(town, 'N1', { annul: true, reason: '服务未发生' });
  t.same(await history(town, 'V1'), ['2026-11-02 3 null', '2026-11-03 2 2.00', '2026-12-01 3 null']);
  t.match(await standing(town, 'V1'), { hours: '160.00', rating: null, ratings: 0, since: '2026-12-01' });
  await booksBalance(t, town.app.owner);
});

test('of members who turn out to be one person, hours and ratings of all count', async (t) => {
  const town = await withTalents(t, { V1: '100.00', V2: '60.00' });
  await rated(town, 'N1', '2026-11-03', 3, { volunteers: ['V1'] });
  await town.ask(li, 'N1/approve');
  await rated(town, 'N2', '2026-11-04', 5, { volunteers: ['V2'] });
  await town.ask(li, 'N2/approve');
  t.match(await standing(town, 'V1'), { hours: '101.00', rating: '3.00', level: 2 });
  await town.ask(operator, '/v1/talents/V2/silver/end', {}, 201);
  await mergeByTwo(t, town.app, 'V2', 'V1');
  const one = { hours: '162.00', rating: '4.00', ratings: 2, level: 3 };
  t.same(await standing(town, 'V1'), { ...one, since: '2026-11-04' });
  t.match(await town.ask(operator, '/v1/talents/V1/silver/level'), one);
  const { talents } = (await town.app.get('/v1/talents', { as: 'auditor' })).body;
  for (const talent of talents) t.match(talent, one, talent.member);
  await booksBalance(t, town.app.owner);
});

test('a member reads the levels of their own talent and of no other: 404', async (t) => {
  const { app } = await withTalents(t, { V1: '160.00', V2: '1.00' });
  t.match(await app.get('/v1/talents/V1/silver/levels', { as: member('V1') }), {
    status: 200,
    body: { levels: [{ effective_on: '2026-11-02', level: 3, hours: '160.00', rating: null, ratings: 0 }] },
  });
  const hidden = { status: 404, body: { code: 'talent_not_found' } };
  t.match(await app.get('/v1/talents/V1/silver/levels', { as: member('V2') }), hidden);
  const elsewhere = { role: 'coordinator', subject: 'west', orgUnit: 'XC-02' } as const;
  t.match(await app.get('/v1/talents/V1/silver/levels', { as: elsewhere }), hidden);
});
