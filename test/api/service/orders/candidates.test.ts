/** Guarantees of dispatch: who is proposed for an order, in which order and why; and who is not. */
import { test } from 'tap';
import { booksBalance } from '../../../support/books.js';
import { member, plan, serve, wang } from './people.js';
import { operator, talentTown } from './talents.js';

const tuesday = (from: string, to: string) => ({ availability: [{ weekday: 2, from, to }] });

test('who lives nearest, knows the work and has time comes first, each reason with its weight: 200', async (t) => {
  const town = await talentTown(t);
  await town.need('N1');
  for (const [id, unit] of [
    ['A1', 'S1'],
    ['A2', 'E1'],
    ['A3', 'C1'],
    ['A4', 'C2'],
    ['A5', 'XC-02'],
    ['B1', 'S1'],
  ] as const)
    await town.live(id, unit);
  for (const id of ['A1', 'A2', 'A3', 'A4', 'A5']) await town.talent(id);
  await town.talent('B1', {
    ...{ categories: ['social_governance'], specialties: ['errand'] },
    ...tuesday('09:00', '10:00'),
  });
  t.same((await town.candidates('N1')).found, ['B1 1.00', 'A1 0.45', 'A2 0.43', 'A3 0.40', 'A4 0.25', 'A5 0.10']);
  const { body } = await town.app.get('/v1/orders/N1/candidates?limit=1', { as: wang });
  t.same(body, {
    candidates: [
      {
        member: 'B1',
        score: '1.00',
        reasons: [
          { code: 'same_stairwell', weight: '0.35' },
          { code: 'specialty', weight: '0.25' },
          { code: 'category', weight: '0.10' },
          { code: 'available', weight: '0.20' },
          { code: 'low_load', weight: '0.10' },
        ],
      },
    ],
    excluded: [],
  });
  await town.ask(operator, '/v1/members/A5/transfer', { org_unit: 'XC-02', second_org_unit: 'S1' });
  t.same((await town.candidates('N1')).found.slice(0, 3), ['B1 1.00', 'A1 0.45', 'A5 0.45'], 'the nearer of two homes');
  await booksBalance(t, town.app.owner);
});

test('an order at a station is near to who lives near the station', async (t) => {
  const town = await talentTown(t);
  const station = { kind: 'post', name: '驿站', functions: ['exchange'], opening_hours: [] };
  await town.ask(operator, '/v1/stations', { id: 'ST-1', org_unit: 'C2', ...station }, 201);
  await town.need('N1', { mode: 'station', station: 'ST-1' });
  for (const [id, unit] of [
    ['A1', 'S1'],
    ['A2', 'C2'],
  ] as const) {
    await town.live(id, unit);
    await town.talent(id);
  }
  t.same((await town.candidates('N1')).found, ['A2 0.40', 'A1 0.25']);
});

test('kin, who is elsewhere, has other hours, lacks the qualification or is suspended is excluded, with the reason: 200', async (t) => {
  const town = await talentTown(t);
  const { ask } = town;
  for (const id of ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7']) {
    await town.live(id, 'S1');
    await town.talent(id, id === 'A4' ? tuesday('09:30', '12:00') : {});
    if (id === 'A6') continue;
    const paper = { kind: 'medicine', evidence: '护士证', valid_until: id === 'A7' ? '2026-11-02' : '2026-11-03' };
    await ask(operator, `/v1/talents/${id}/silver/qualifications`, paper, 201);
  }
  await town.kin('R9', 'A1', 'child');
  await town.kin('A2', 'R9', 'sibling');
  await town.need('N0', { recipient: 'R1' });
  await ask(member('A3'), 'N0/claim');
  await ask(operator, '/v1/members/A5/state', { state: 'suspended', reason_code: 'own_request' });
  await town.need('N1', { service_type: 'nursing' });
  t.same(await town.candidates('N1'), {
    found: ['A2 0.45'],
    excluded: ['A1 kin', 'A3 overlap', 'A4 unavailable', 'A5 suspended', 'A6 unqualified', 'A7 unqualified'],
  });
  t.same((await town.candidates('N1', '?limit=2')).excluded, ['A1 kin', 'A3 overlap']);
  await town.need('N2');
  t.same((await town.candidates('N2')).excluded, ['A1 kin', 'A3 overlap', 'A4 unavailable', 'A5 suspended']);
  await booksBalance(t, town.app.owner);
});

test('a qualification that ends in the afternoon is not taken from the morning, and counts for nothing ahead: 200, 422', async (t) => {
  const town = await talentTown(t);
  const { ask, refused } = town;
  await town.live('A1', 'S1');
  await town.talent('A1');
  const paper = { kind: 'medicine', evidence: '护士证', valid_until: null };
  await ask(operator, '/v1/talents/A1/silver/qualifications', paper, 201);
  const nursing = { service_type: 'nursing' };
  const evening = { planned_start: '2026-11-03T18:00:00+08:00', planned_end: '2026-11-03T19:00:00+08:00' };
  const next = { planned_start: '2026-11-04T09:00:00+08:00', planned_end: '2026-11-04T10:00:00+08:00' };
  await town.need('N1', nursing);
  await town.need('N2', { ...nursing, ...evening, recipient: 'R1' });
  await town.need('N3', { ...nursing, ...next, recipient: 'R2' });
  await ask(member('A1'), 'N1/claim');
  await ask(member('A1'), 'N3/claim');
  await serve(town, 'N1', 'A1', 'R9');
  await ask(member('R9'), 'N1/confirm');
  town.advanceTo('2026-11-03T14:00:00+08:00');
  const { id: offer } = await ask(wang, 'N2/offers', { volunteer: 'A1' }, 201);
  await ask(operator, '/v1/talents/A1/silver/qualifications/1/end', {}, 201);
  t.same(await town.candidates('N2'), { found: [], excluded: [] }, 'who was asked is in neither list');
  await refused(member('A1'), `/v1/offers/${offer}/accept`, undefined, 422, 'qualification_missing');
  await refused(member('A1'), 'N2/claim', undefined, 422, 'qualification_missing');
  await town.need('N4', { ...nursing, ...evening, recipient: 'R3' });
  t.same(await town.candidates('N4'), { found: [], excluded: ['A1 unqualified'] });
  await refused(wang, 'N4/offers', { volunteer: 'A1' }, 422, 'qualification_missing');
  const { volunteers } = await ask(wang, 'N1/approve');
  t.match(volunteers, [{ attendance: 'attended' }]);
  const path = `/v1/service-records/${volunteers[0].service_record}/correction`;
  const wrong = { check_out: '2026-11-03T09:45:00+08:00', reason: '签出时间有误' };
  await ask(operator, path, wrong);
  t.match(await ask({ role: 'operator', subject: 'two' }, path, wrong), { status: 'carried_out' });
  for (const [step, at] of [
    ['check-in', next.planned_start],
    ['check-out', next.planned_end],
  ] as const) {
    town.advanceTo(at);
    const { code } = await ask(member('R2'), 'N3/code', undefined, 201);
    await ask(member('A1'), `N3/${step}`, { volunteer: 'A1', proof: { kind: 'code', code } });
  }
  await ask(member('R2'), 'N3/confirm');
  await refused(wang, 'N3/approve', undefined, 422, 'qualification_missing');
  await booksBalance(t, town.app.owner);
});

test('whoever was asked, declined, took part or wants it is left out, and declining weighs nothing elsewhere', async (t) => {
  const town = await talentTown(t);
  const { ask } = town;
  for (const id of ['A1', 'A2', 'A3', 'A4']) {
    await town.live(id, 'S1');
    await town.talent(id);
  }
  await town.talent('R9');
  await town.need('N1', { volunteers_needed: 3 });
  const { id } = await ask(wang, 'N1/offers', { volunteer: 'A1' }, 201);
  await ask(member('A1'), `/v1/offers/${id}/decline`);
  await ask(wang, 'N1/offers', { volunteer: 'A2' }, 201);
  await ask(member('A3'), 'N1/claim');
  t.same(await town.candidates('N1'), { found: ['A4 0.45'], excluded: [] });
  const later = { planned_start: '2026-11-05T09:00:00+08:00', planned_end: '2026-11-05T10:00:00+08:00' };
  await town.need('N2', { recipient: 'R2', ...later });
  t.same((await town.candidates('N2')).found, ['A1 0.25', 'A2 0.25', 'A4 0.25', 'R9 0.25', 'A3 0.24']);
  await booksBalance(t, town.app.owner);
});

test('hours given in the last thirty days and hours promised weigh against being asked again, and no longer', async (t) => {
  const town = await talentTown(t);
  for (const id of ['A1', 'A2']) {
    await town.live(id, 'S1');
    await town.talent(id);
  }
  const long = { planned_start: '2026-11-03T08:00:00+08:00', planned_end: '2026-11-03T12:00:00+08:00' };
  await town.need('N0', long);
  const later = { planned_start: '2026-12-04T09:00:00+08:00', planned_end: '2026-12-04T10:00:00+08:00' };
  await town.need('N1', later);
  await town.ask(member('A1'), 'N0/claim');
  t.same((await town.candidates('N1')).found, ['A2 0.45', 'A1 0.43'], 'four hours of twenty are promised');
  await serve(town, 'N0', 'A1', 'R9');
  await town.ask(member('R9'), 'N0/confirm');
  await town.ask(wang, 'N0/approve');
  t.same((await town.candidates('N1')).found, ['A2 0.45', 'A1 0.44'], 'one hour was given');
  town.advanceTo('2026-12-03T09:00:00+08:00');
  t.same((await town.candidates('N1')).found, ['A1 0.45', 'A2 0.45']);
  await booksBalance(t, town.app.owner);
});

test('whoever is in both registries is one candidate with the hours and the specialties of both', async (t) => {
  const town = await talentTown(t);
  await town.live('A1', 'S1');
  await town.talent('A1', { specialties: ['errand'], ...tuesday('14:00', '15:00') });
  await town.need('N1');
  t.same((await town.candidates('N1')).excluded, ['A1 unavailable']);
  await town.talent('A1', { registry: 'resident_expert', ...tuesday('08:00', '10:00') });
  t.same(await town.candidates('N1'), { found: ['A1 0.90'], excluded: [] });
});

test('candidates of an order out of reach are not found, those of one that is over are refused, and a scope bounds them: 404, 409', async (t) => {
  const town = await talentTown(t);
  await town.live('A1', 'XC-02');
  await town.talent('A1', { specialties: ['errand'] });
  await town.need('N1');
  await town.ask(operator, '/v1/orders', { external_id: 'N2', recipient: 'F1', ...plan }, 201);
  const get = (id: string, as: Parameters<typeof town.app.get>[1]['as'] = wang) =>
    town.app.get(`/v1/orders/${id}/candidates`, { as });
  t.match(await get('N2'), { status: 404, body: { code: 'order_not_found' } });
  t.match(await get('N3', operator), { status: 404, body: { code: 'order_not_found' } });
  t.same((await get('N1')).body, { candidates: [], excluded: [] }, 'a coordinator is told of her own members');
  t.same((await town.candidates('N1')).found, ['A1 0.35']);
  await town.ask(member('R9'), 'N1/cancel', { reason: '不用了' });
  t.match(await get('N1'), { status: 409, body: { code: 'order_state_invalid' } });
  t.equal((await town.app.get('/v1/orders/N2/candidates?limit=101', { as: operator })).status, 400);
  await booksBalance(t, town.app.owner);
});
