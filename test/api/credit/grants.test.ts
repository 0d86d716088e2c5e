/**
 * Guarantees of grants: two people give them to members in need, they pay orders and nothing else, and nobody learns of them who does not look after
 * the care registry.
 */
import { test } from 'tap';
import type { Caller } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { coinsOf, giveCoins, li, member, plan, wang } from '../service/orders/people.js';
import { auditor, balanceOf, grant, grantTown, keeper, operator, other, second, usable, wish } from './grant-town.js';

test('one person proposes a grant and another gives it: 201, then 200; then it can be used until the end of the year', async (t) => {
  const town = await grantTown(t);
  const proposed = await town.ask(keeper, '/v1/grants', { ...wish('R1', '20.00'), reason: '独居' }, 201);
  t.match(proposed, { member: 'R1', amount: '20.00', state: 'proposed', expires_on: null, document_number: 'DOC-9' });
  t.equal(await balanceOf(town, 'pool:fund'), '100.00', 'nothing has moved');
  await town.refused(keeper, `/v1/grants/${proposed.id}/approve`, undefined, 422, 'self_approval');
  const given = await town.ask(other, `/v1/grants/${proposed.id}/approve`);
  t.match(given, { state: 'given', expires_on: '2026-12-31', document_number: 'DOC-9', reason: '独居' });
  t.equal(await balanceOf(town, 'pool:fund'), '80.00');
  const account = 'member:R1:grants:2026';
  t.same(await usable(town, 'R1'), [{ year: 2026, expires_on: '2026-12-31', balance: '20.00', account }]);
  await town.refused(other, `/v1/grants/${proposed.id}/approve`, undefined, 409, 'grant_decided');
  await town.refused(other, `/v1/grants/${proposed.id}/reject`, undefined, 409, 'grant_decided');
  t.equal(await coinsOf(town, 'R1'), '0.00', 'they are no coins of hers');
  await booksBalance(t, town.app.owner);
});

test('what was proposed can be rejected, or withdrawn by who proposed it: 200, with the reason', async (t) => {
  const town = await grantTown(t);
  for (const as of [keeper, other]) {
    const { id } = await town.ask(keeper, '/v1/grants', wish('R1', '20.00'), 201);
    const rejected = await town.ask(as, `/v1/grants/${id}/reject`, { reason: '材料不全' });
    t.match(rejected, { state: 'rejected', rejection: '材料不全', expires_on: null });
    await town.refused(second, `/v1/grants/${id}/approve`, undefined, 409, 'grant_decided');
  }
  t.equal(await balanceOf(town, 'member:R1:grants:2026'), 'none');
  await booksBalance(t, town.app.owner);
});

test('a grant is refused to who is not in need or does not take part, by who is the member, and beyond what the fund holds: 422', async (t) => {
  const town = await grantTown(t, '10.00');
  await town.refused(operator, '/v1/grants', wish('V1', '5.00'), 422, 'fund_not_for_member');
  await town.refused(operator, '/v1/grants', wish('R1', '0.00'), 422, 'amount_invalid');
  await town.refused(operator, '/v1/grants', wish('R1', '0.001'), 422, 'amount_invalid');
  await town.refused(operator, '/v1/grants', wish('R9', '5.00'), 404, 'member_not_found');
  await town.refused({ role: 'operator', subject: 'R1' }, '/v1/grants', wish('R1', '5.00'), 422, 'self_approval');
  const { id } = await town.ask(operator, '/v1/grants', wish('R1', '10.01'), 201);
  await town.refused({ role: 'operator', subject: 'R1' }, `/v1/grants/${id}/approve`, undefined, 422, 'self_approval');
  await town.refused(second, `/v1/grants/${id}/approve`, undefined, 422, 'balance_insufficient');
  await town.ask(keeper, '/v1/care-subjects/R1/end', undefined, 201);
  await town.refused(second, `/v1/grants/${id}/approve`, undefined, 422, 'fund_not_for_member');
  const state = { state: 'suspended', reason_code: 'under_review' };
  await town.ask(operator, '/v1/members/R2/state', state);
  await town.refused(operator, '/v1/grants', wish('R2', '5.00'), 422, 'member_suspended');
  await booksBalance(t, town.app.owner);
});

test('a coordinator takes the claim care and sees the scope alone: 403 and 404; a member sees her own', async (t) => {
  const town = await grantTown(t);
  const { app } = town;
  await town.refused(wang, '/v1/grants', wish('R1', '5.00'), 403, 'forbidden');
  const { id } = await grant(town, 'R1', '5.00');
  const { id: mine } = await grant(town, 'R2', '6.00');
  for (const path of ['/v1/grants', `/v1/grants/${id}`, '/v1/members/R1/grants'])
    t.equal((await app.get(path, { as: wang })).status, 403, path);
  const away: Caller = { ...keeper, orgUnit: 'XC-02' };
  t.match(await app.get('/v1/grants', { as: away }), { status: 200, body: { grants: [] } });
  t.equal((await app.get(`/v1/grants/${id}`, { as: away })).status, 404);
  t.equal((await app.get('/v1/members/R1/grants', { as: away })).status, 404);
  await town.refused(away, '/v1/grants', wish('R1', '5.00'), 404, 'member_not_found');
  const { id: open } = await town.ask(operator, '/v1/grants', wish('R1', '5.00'), 201);
  for (const verb of ['approve', 'reject'])
    await town.refused(away, `/v1/grants/${open}/${verb}`, undefined, 404, 'grant_not_found');
  const ids = async (as: Caller, query = '') =>
    (await app.get(`/v1/grants${query}`, { as })).body.grants.map((one: { id: string }) => one.id);
  t.same(await ids(member('R2')), [mine]);
  t.same(await ids(keeper), [id, mine, open]);
  t.same(await ids(auditor, '?state=proposed'), [open]);
  t.equal((await app.get(`/v1/grants/${id}`, { as: member('R2') })).status, 404);
  t.equal((await app.get('/v1/members/R1/grants', { as: member('R2') })).status, 404);
  t.match((await app.get('/v1/members/R2/grants', { as: member('R2') })).body, { grants: [{ balance: '6.00' }] });
  await booksBalance(t, town.app.owner);
});

test('an order that grants pay is held from the purse of the year alone, pays the volunteer, and gives back what is over', async (t) => {
  const town = await grantTown(t);
  await giveCoins(town, 'R1', '5.00');
  await grant(town, 'R1', '0.50');
  await town.order('N1', { funding: 'grant' });
  await town.refused(member('V1'), 'N1/claim', undefined, 422, 'balance_insufficient');
  await grant(town, 'R1', '1.50');
  t.match(await town.ask(member('V1'), 'N1/claim'), { held: '1.00', funding: null }, 'who pays is not told');
  t.match(await usable(town, 'R1'), [{ balance: '1.00' }]);
  t.match((await town.app.get('/v1/orders/N1', { as: member('R1') })).body, { funding: 'grant' });
  town.advanceTo(plan.planned_start);
  const code = async () => (await town.ask(member('R1'), 'N1/code', undefined, 201)).code;
  const proof = async () => ({ volunteer: 'V1', proof: { kind: 'code', code: await code() } });
  await town.ask(member('V1'), 'N1/check-in', await proof());
  town.advance(45 * 60_000);
  await town.ask(member('V1'), 'N1/check-out', await proof());
  await town.ask(member('R1'), 'N1/confirm');
  const { volunteers } = await town.ask(li, 'N1/approve');
  t.equal(await coinsOf(town, 'V1'), '0.75');
  t.equal(await coinsOf(town, 'R1'), '5.00', 'her own coins are hers');
  t.match(await usable(town, 'R1'), [{ balance: '1.25' }]);
  const record = `/v1/service-records/${volunteers[0].service_record}`;
  t.match((await town.app.get(record, { as: operator })).body, { funding: 'grant', coins: '0.75' });
  t.match((await town.app.get(record, { as: member('V1') })).body, { funding: null });
  await booksBalance(t, town.app.owner);
});

test('each of a group pays a share from grants of her own, and an order that ends gives all of it back', async (t) => {
  const town = await grantTown(t);
  for (const id of ['R1', 'R2', 'R3']) await grant(town, id, '1.00');
  const group = { recipient: 'R1', other_recipients: ['R2', 'R3'], funding: 'grant', volunteers_needed: 2 };
  await town.ask(keeper, '/v1/orders', { external_id: 'N1', ...plan, ...group }, 201);
  await town.ask(member('V1'), 'N1/claim');
  await town.ask(member('V2'), 'N1/claim');
  for (const id of ['R1', 'R2', 'R3']) t.match(await usable(town, id), [{ balance: '0.32' }], id);
  await town.refused(li, '/v1/orders', { external_id: 'N9', ...plan, ...group }, 403, 'forbidden');
  await town.ask(member('V2'), 'N1/cancel', { reason: '有事' });
  t.match(await usable(town, 'R2'), [{ balance: '0.66' }]);
  await town.ask(li, 'N1/cancel', { reason: '不需要了' });
  for (const id of ['R1', 'R2', 'R3']) t.match(await usable(town, id), [{ balance: '1.00' }], id);
  await booksBalance(t, town.app.owner);
});

test('only the recipient or who looks after her asks for an order that her grants pay', async (t) => {
  const town = await grantTown(t);
  const claim = { relative: 'F1', relation: 'spouse', evidence: '结婚证' };
  await town.ask(operator, '/v1/members/R1/kin', claim, 201);
  await town.ask(second, '/v1/members/R1/kin/F1/verification', { elder_consent_on: '2026-11-01' });
  const asked = { ...plan, recipient: 'R1', funding: 'grant' };
  await town.refused(member('F1'), '/v1/orders', asked, 404, 'member_not_found');
  await town.refused(wang, '/v1/orders', asked, 403, 'forbidden');
  await town.ask(keeper, '/v1/orders', asked, 201);
  await booksBalance(t, town.app.owner);
});

test('what is held for an order that has expired can be used again at once, and is shown so', async (t) => {
  const town = await grantTown(t);
  await grant(town, 'R1', '1.00');
  await town.order('N1', { funding: 'grant' });
  await town.ask(member('V1'), 'N1/claim');
  t.match(await usable(town, 'R1'), [{ balance: '0.00' }]);
  town.advanceTo('2026-11-06T15:00:00+08:00');
  t.match(await usable(town, 'R1'), [{ balance: '1.00' }]);
  const later = { planned_start: '2026-11-07T09:00:00+08:00', planned_end: '2026-11-07T10:00:00+08:00' };
  await town.order('N2', { funding: 'grant', ...later });
  t.match(await town.ask(member('V1'), 'N2/claim'), { held: '1.00' });
  await booksBalance(t, town.app.owner);
});

test('grants are neither given away, nor donated, nor moved by an adjustment, nor spent as coins: 422', async (t) => {
  const town = await grantTown(t);
  await grant(town, 'R1', '10.00');
  const gift = { to: 'R2', purse: 'coins', amount: '1.00' };
  await town.refused(member('R1'), '/v1/gifts', gift, 422, 'balance_insufficient');
  const from = 'member:R1:grants:2026';
  for (const [kind, credit] of [
    ['gift', 'member:R2:coins'],
    ['donation', 'pool:community'],
    ['adjustment', 'member:R1:coins'],
    ['adjustment', 'coin:issuance'],
  ]) {
    const legs = [{ debit: from, credit, amount: '1.00' }];
    const body = { kind, reference: 'DOC-1', reason: 'moved', legs };
    // A purse that nothing was posted to has no account yet.
    if (credit === 'member:R2:coins') await giveCoins(town, 'R2', '1.00');
    await town.refused(operator, '/v1/adjustments', body, 422, 'leg_restricted');
  }
  await town.order('N1', { funding: 'recipient' });
  await town.refused(member('V1'), 'N1/claim', undefined, 422, 'balance_insufficient');
  const { body } = await town.app.get(`/v1/accounts/${from}/statement`, { as: operator });
  const reversal = `/v1/entries/${body.lines[0].entry}/reversal`;
  t.equal((await town.app.post(reversal, { as: operator, body: {} })).status, 422, 'nor is it reversed by hand');
  await booksBalance(t, town.app.owner);
});
