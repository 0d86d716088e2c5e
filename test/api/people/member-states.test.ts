/** Guarantees of members' states over HTTP: what follows what, and what a state keeps its member from. */
import { test } from 'tap';
import { booksBalance } from '../../support/books.js';
import { act, redeem, told } from '../../support/redeeming.js';
import { adjust } from '../../support/story.js';
import { ask, bank, county, countyWithPoints, east, visit } from './county.js';

test('every state becomes what follows from it and nothing else: 200 and 422', async (t) => {
  const app = await county(t);
  const become = (state: string) => ask(app, 'operator', 'M1/state', { state });
  for (const state of ['suspended', 'active', 'left', 'active', 'suspended', 'left'])
    t.match(await become(state), { status: 200, body: { state } }, state);
  t.match(await become('suspended'), { status: 422, body: { code: 'member_state_invalid' } });
  t.match(await become('deceased'), { status: 200, body: { state: 'deceased' } });
  for (const state of ['active', 'suspended', 'left'])
    t.match(await become(state), { status: 422, body: { code: 'member_state_invalid' } }, state);
  const moved = await ask(app, 'operator', 'M1/transfer', { org_unit: 'XC-010' });
  t.match(moved, { status: 422, body: { code: 'member_inactive' } });
  t.equal((await app.get('/v1/members/M1', { as: 'operator' })).body.state, 'deceased', 'they stay readable');
  t.equal((await ask(app, 'operator', 'M2/state', { state: 'suspended' })).status, 200);
  const own = await ask(app, { ...east, subject: 'M2' }, 'M2/state', { state: 'active' });
  t.match(own, { status: 422, body: { code: 'self_approval' } }, 'nobody ends their own suspension');
  await booksBalance(t, app.owner);
});

test('who is not active neither earns nor redeems nor is given anything; what is held is captured and refunded: 422, 200', async (t) => {
  const app = await countyWithPoints(t, { M1: '500' });
  const held = await redeem(app, bank, 'R1', '50');
  t.equal(told(held), '201 authorised');
  const gift = { kind: 'gift', reference: 'D', reason: 'r' };
  const toM1 = [{ debit: 'member:M2:coins', credit: 'member:M1:coins', amount: '1.00' }];
  for (const [state, code] of [
    ['suspended', 'member_suspended'],
    ['left', 'member_inactive'],
    ['deceased', 'member_inactive'],
  ] as const) {
    t.equal((await ask(app, 'operator', 'M1/state', { state })).status, 200);
    t.equal(told(await redeem(app, bank, `R-${state}`, '1')), `422 ${code}`);
    const dry = { as: bank, body: { partner_reference: 'R-dry', member: 'M1', points: '1' } };
    t.equal(
      told(await app.post('/v1/redemptions?dry_run=true', dry)),
      '422 balance_insufficient',
      'trying tells nothing',
    );
    t.match(await app.post('/v1/service-records', { as: east, body: visit('V1') }), { status: 422, body: { code } });
    const given = await app.post('/v1/adjustments', { as: 'operator', body: { ...gift, legs: toM1 } });
    t.match(given, { status: 422, body: { code } });
    const grant = Buffer.from('member,occurrences,points\nM1,1,10\n');
    const staged = await app.post('/v1/imports?kind=opening_points', { as: 'operator', body: grant });
    t.match(staged.text, new RegExp(code), 'an import says so of the line');
  }
  await adjust(app.lane, [{ debit: 'member:M1:points', credit: 'point:issuance', amount: '10' }]);
  const { id } = held.body;
  t.equal(told(await act(app, bank, id, 'captures', { points: '20' })), '201 partially_captured');
  t.equal(told(await act(app, bank, id, 'void')), '200 captured');
  t.equal(told(await act(app, bank, id, 'refunds', { points: '5' })), '201 partially_refunded');
  const { balances } = (await app.get('/v1/members/M1/balances', { as: 'operator' })).body;
  t.match(balances[2], { purse: 'points', balance: '475' });
  await booksBalance(t, app.owner);
});

test('a unit is closed once nobody who takes part is in it, as their first or second unit: 409 and 200', async (t) => {
  const app = await county(t);
  const close = () => app.post('/v1/org-units/XC-010/close', { as: 'operator', body: {} });
  t.equal((await ask(app, 'operator', 'M1/transfer', { org_unit: 'XC-01', second_org_unit: 'XC-010' })).status, 200);
  t.equal((await ask(app, 'operator', 'M3/state', { state: 'left' })).status, 200);
  t.match(await close(), { status: 409, body: { code: 'org_unit_in_use' } }, 'M1 is looked after there');
  t.equal((await ask(app, 'operator', 'M1/transfer', { org_unit: 'XC-01', second_org_unit: null })).status, 200);
  t.equal((await close()).status, 200);
  const back = { state: 'active' };
  t.match(await ask(app, 'operator', 'M3/state', back), { status: 422, body: { code: 'org_unit_closed' } });
  t.match(await ask(app, 'operator', 'M1/transfer', { org_unit: 'XC-010' }), { body: { code: 'org_unit_closed' } });
  t.equal(
    (await ask(app, 'operator', 'M3/transfer', { org_unit: 'XC-01' })).status,
    200,
    'who left may be moved first',
  );
  t.equal((await ask(app, 'operator', 'M3/state', back)).status, 200);
  await booksBalance(t, app.owner);
});
