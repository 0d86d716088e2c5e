/** Guarantees of offers to teams: the leader answers, each member who takes it is judged as any volunteer, and hours are the members'. */
import { type Test, test } from 'tap';
import { booksBalance } from '../../../support/books.js';
import { coinsOf, crowd, forget, giveCoins, li, member, type OrderTown, orderTown, plan, wang } from './people.js';

const operator = { role: 'operator', subject: 'one' } as const;

/** The town with a team T1 of V1, who leads it, V2 and V3; V3 left on the day before. */
async function teamTown(t: Test): Promise<OrderTown> {
  const town = await orderTown(t);
  town.advance(-86_400_000);
  await town.ask(operator, '/v1/teams', { id: 'T1', org_unit: 'XC-01', name: '银耀', leader: 'V1' }, 201);
  for (const id of ['V2', 'V3']) await town.ask(operator, '/v1/teams/T1/members', { member: id }, 201);
  await town.ask(operator, '/v1/teams/T1/members/V3/end', {}, 201);
  town.advance(86_400_000);
  return town;
}

test('members whom the leader names take the order, and hours and coins go to those who attended, none to the team: 200', async (t) => {
  const town = await teamTown(t);
  await town.order('N1', { volunteers_needed: 2 });
  const offer = await town.ask(wang, 'N1/offers', { team: 'T1' }, 201);
  t.match(offer, { order: 'N1', volunteer: null, team: 'T1', status: 'open' });
  t.match((await town.app.get('/v1/orders/N1', { as: member('V1') })).body.offers, [offer], 'the leader sees it');
  t.equal((await town.app.get('/v1/orders/N1', { as: member('V2') })).status, 404, 'and nobody else of the team');
  const taken = await town.ask(member('V1'), `/v1/offers/${offer.id}/accept`, { members: ['V1', 'V2'] });
  t.match(taken, { status: 'accepted', volunteers: [{ member: 'V1' }, { member: 'V2' }] });
  const { body } = await town.app.get('/v1/orders/N1', { as: wang });
  t.match(body.offers, [{ team: 'T1', volunteer: null, status: 'accepted' }]);
  t.match(body.history.slice(-2), [
    { event: 'accepted', member: 'V1', by: 'member:V1' },
    { event: 'accepted', member: 'V2', by: 'member:V1' },
  ]);
  for (const [step, at] of [
    ['check-in', plan.planned_start],
    ['check-out', plan.planned_end],
  ] as const) {
    town.advanceTo(at);
    const { code } = await town.ask(member('R1'), 'N1/code', undefined, 201);
    await town.ask(member('V2'), `N1/${step}`, { volunteer: 'V2', proof: { kind: 'code', code } });
    if (step === 'check-in') await town.ask(member('R1'), 'N1/no-show', { side: 'volunteer', volunteer: 'V1' });
  }
  await town.ask(member('R1'), 'N1/confirm');
  await town.ask(li, 'N1/approve');
  t.same([await coinsOf(town, 'V1'), await coinsOf(town, 'V2')], ['0.00', '1.00']);
  t.equal((await town.app.get('/v1/accounts/pool:team:T1', { as: operator })).status, 404, 'nothing was the team’s');
  await booksBalance(t, town.app.owner);
});

test('without names the leader alone takes it, whoever leads the team when it is answered: 200, 404', async (t) => {
  const town = await teamTown(t);
  await town.order('N1');
  const { id } = await town.ask(wang, 'N1/offers', { team: 'T1' }, 201);
  await town.ask(operator, '/v1/teams/T1/leader', { member: 'V2' }, 201);
  await town.refused(member('V1'), `/v1/offers/${id}/accept`, undefined, 404, 'offer_not_found');
  await town.refused(member('V1'), `/v1/offers/${id}/decline`, undefined, 404, 'offer_not_found');
  t.match(await town.ask(member('V2'), `/v1/offers/${id}/accept`), { volunteers: [{ member: 'V2' }] });
  await town.refused(member('V2'), `/v1/offers/${id}/accept`, undefined, 409, 'offer_not_open');
  await booksBalance(t, town.app.owner);
});

test('a leader declines for the team, at no cost, and the order waits for others: 200', async (t) => {
  const town = await teamTown(t);
  await town.order('N1');
  const { id } = await town.ask(wang, 'N1/offers', { team: 'T1' }, 201);
  t.match(await town.ask(member('V1'), `/v1/offers/${id}/decline`), { team: 'T1', status: 'declined' });
  t.match((await town.app.get('/v1/orders/N1', { as: wang })).body, { status: 'requested', volunteers: [] });
  await town.ask(wang, 'N1/offers', { team: 'T1' }, 201);
  await booksBalance(t, town.app.owner);
});

test('an offer names one of a volunteer and a team, one within reach that is not dissolved, once: 400, 404, 409, 422', async (t) => {
  const town = await teamTown(t);
  await town.order('N1');
  for (const body of [{}, { volunteer: 'V1', team: 'T1' }])
    await town.refused(wang, 'N1/offers', body, 400, 'request_invalid');
  await town.ask(operator, '/v1/teams', { id: 'T2', org_unit: 'XC-02', name: '西', leader: 'F1' }, 201);
  await town.refused(wang, 'N1/offers', { team: 'T2' }, 404, 'team_not_found');
  await town.refused(operator, 'N1/offers', { team: 'T3' }, 404, 'team_not_found');
  await town.ask(wang, 'N1/offers', { team: 'T1' }, 201);
  await town.refused(wang, 'N1/offers', { team: 'T1' }, 409, 'offer_exists');
  const { id } = await town.ask(operator, 'N1/offers', { team: 'T2' }, 201);
  await town.ask(operator, '/v1/teams/T2/dissolve', undefined, 201);
  await town.refused(member('F1'), `/v1/offers/${id}/accept`, undefined, 422, 'team_dissolved');
  await town.order('N2', { planned_start: '2026-11-05T09:00:00+08:00', planned_end: '2026-11-05T10:00:00+08:00' });
  await town.refused(operator, 'N2/offers', { team: 'T2' }, 422, 'team_dissolved');
  await booksBalance(t, town.app.owner);
});

test('if one of those named cannot take it, nobody does: not of the team, no place, bound elsewhere, the recipient', async (t) => {
  const town = await teamTown(t);
  const { ask, refused } = town;
  await town.order('N1', { volunteers_needed: 2 });
  const { id } = await ask(wang, 'N1/offers', { team: 'T1' }, 201);
  const accept = (members: string[], status: number, code: string) =>
    refused(member('V1'), `/v1/offers/${id}/accept`, { members }, status, code);
  await accept(['V1', 'V3'], 404, 'team_member_not_found');
  await accept(['V1', 'F1'], 404, 'team_member_not_found');
  for (const one of ['R1', 'R2']) await ask(operator, '/v1/teams/T1/members', { member: one }, 201);
  await accept(['V1', 'R1'], 422, 'self_approval');
  await accept(['V1', 'V2', 'R2'], 409, 'order_full');
  await ask(member('R2'), '/v1/orders', { external_id: 'N2', recipient: 'R2', ...plan }, 201);
  await ask(member('V2'), 'N2/claim');
  await accept(['V1', 'V2'], 422, 'service_overlap');
  const { body } = await town.app.get('/v1/orders/N1', { as: wang });
  t.match(body, { status: 'offered', volunteers: [], offers: [{ status: 'open' }] });
  const alone = await ask(wang, 'N1/offers', { volunteer: 'V1' }, 201);
  await refused(member('V1'), `/v1/offers/${alone.id}/accept`, { members: ['R2'] }, 403, 'order_role_invalid');
  t.match(await ask(member('V1'), `/v1/offers/${alone.id}/accept`, { members: ['V1'] }), { status: 'accepted' });
  await booksBalance(t, town.app.owner);
});

test('a team of fifty takes an order that fifty pay for at once, on a lane that knows nobody: 200', async (t) => {
  const town = await teamTown(t);
  const [payers, helpers] = [await crowd(town, 'G', 50), await crowd(town, 'H', 49)];
  for (const id of helpers) await town.ask(operator, '/v1/teams/T1/members', { member: id }, 201);
  for (const id of payers) await giveCoins(town, id, '2.00');
  const [recipient = '', ...others] = payers;
  const need = { ...plan, external_id: 'N1', recipient, other_recipients: others, funding: 'recipient' };
  await town.ask(wang, '/v1/orders', { ...need, volunteers_needed: 50 }, 201);
  const { id } = await town.ask(wang, 'N1/offers', { team: 'T1' }, 201);
  await forget(town);
  const taken = await town.ask(member('V1'), `/v1/offers/${id}/accept`, { members: ['V1', ...helpers] });
  t.equal(taken.volunteers.length, 50);
  t.equal(taken.held, '50.00', 'fifty pay two hundredths each for each of fifty');
  await forget(town);
  t.match(await town.ask(wang, 'N1/cancel', { reason: '下雨' }), { status: 'cancelled', held: '0.00' });
  t.equal(await coinsOf(town, 'G49'), '2.00');
  await booksBalance(t, town.app.owner);
});
