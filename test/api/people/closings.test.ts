/** Guarantees of closing a member's accounts over HTTP: whoever leaves, moves away or dies, nothing is lost, and nobody decides it alone or for themselves. */
import { type Test, test } from 'tap';
import type { Answered, Caller, TestApp } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { act, balanceOf, redeem, told } from '../../support/redeeming.js';
import { adjust, partner } from '../../support/story.js';
import { ask, bank, county, east, li, member, merge, unscoped, wang } from './county.js';

const day = 24 * 3_600_000;
const third: Caller = { role: 'operator', subject: 'third' };
const auditor: Caller = { role: 'auditor' };

/** M1 has 10.00 coins and 500 points; M2 is a verified child of M1, M3 is nobody's relative. */
async function town(t: Test) {
  const { clock, advance } = fixedClock();
  const app = await county(t, { clock });
  const body = { id: partner, name: '农商', kind: 'rural_commercial_bank', may_backdate: true };
  t.equal((await app.post('/v1/partners', { as: 'operator', body })).status, 201);
  await adjust(app.lane, [
    { debit: 'coin:issuance', credit: 'member:M1:coins', amount: '10.00' },
    { debit: 'point:issuance', credit: 'member:M1:points', amount: '500' },
    { debit: 'record:service', credit: 'member:M1:hours', amount: '12.50' },
  ]);
  t.equal((await ask(app, wang, 'M1/kin', { relative: 'M2', relation: 'child', evidence: '户口簿' })).status, 201);
  t.equal((await ask(app, li, 'M1/kin/M2/verification', { elder_consent_on: '2026-11-01' })).status, 200);
  return { app, advance };
}

const said = ({ status, body }: Answered) => `${status} ${body.code ?? body.state}`;
const leave = (app: TestApp, as: Caller, to: string, more: object = {}, id = 'M1') =>
  ask(app, as, `${id}/leaving`, { reason: 'left', to, ...more });
const approve = (app: TestApp, as: Caller, id = 'M1') => ask(app, as, `${id}/leaving/approve`);
const die = (app: TestApp, as: Caller, died_on: string, id = 'M1') =>
  ask(app, as, `${id}/death`, { died_on, document: '330624-2026-0117' });
const approveDeath = (app: TestApp, as: Caller, id = 'M1') => ask(app, as, `${id}/death/approve`);

async function stands(app: TestApp, id: string): Promise<Record<string, string>> {
  const { balances, receivables } = (await app.get(`/v1/members/${id}/balances`, { as: 'operator' })).body;
  const named = (one: { purse: string; balance: string }, prefix = '') => [`${prefix}${one.purse}`, one.balance];
  return Object.fromEntries([
    ...balances.map((one: { purse: string; balance: string }) => named(one)),
    ...receivables.map((one: { purse: string; balance: string }) => named(one, 'owed ')),
  ]);
}

/** Makes a member owe: what was earned is spent, and taken back. */
async function owe(t: Test, app: TestApp, id: string, purse: 'coins' | 'points', amount: string): Promise<void> {
  const issuance = purse === 'coins' ? 'coin:issuance' : 'point:issuance';
  const earned = await adjust(app.lane, [{ debit: issuance, credit: `member:${id}:${purse}`, amount }]);
  await adjust(app.lane, [{ debit: `member:${id}:${purse}`, credit: `member:M3:${purse}`, amount }]);
  t.equal((await app.post(`/v1/entries/${earned}/reversal`, { as: 'operator', body: {} })).status, 201);
}

test('who leaves has what they hold go to a relative, points keep their day, hours stay, and the member has left: 201, 200', async (t) => {
  const { app } = await town(t);
  await owe(t, app, 'M2', 'coins', '3.00');
  const proposed = await leave(app, member('M1'), 'kin', { kin: 'M2', document: '2026-退-17号' });
  t.match(proposed, {
    status: 201,
    body: {
      member: 'M1',
      cause: 'left',
      state: 'open',
      to: 'kin',
      beneficiary: 'M2',
      document: '2026-退-17号',
      proposed_by: 'member:M1',
      settled: null,
      statement: null,
      certifiable: false,
    },
  });
  t.equal((await stands(app, 'M1'))['coins'], '10.00', 'nothing moves before it is approved');
  const approved = await approve(app, li);
  t.match(approved, {
    status: 200,
    body: {
      state: 'settled',
      document: '2026-退-17号',
      decided_by: 'coordinator:li',
      settled: {
        coins: { moved: '10.00', repaid: '0.00', written_off: '0.00' },
        points: { moved: '500', repaid: '0', written_off: '0' },
      },
      certifiable: true,
    },
  });
  t.same(await stands(app, 'M1'), { hours: '12.50', coins: '0.00', points: '0' });
  t.same(await stands(app, 'M2'), { hours: '0.00', coins: '7.00', points: '500', 'owed coins': '0.00' });
  t.same((await app.get('/v1/members/M2/lots', { as: member('M2') })).body.lots, [
    { purse: 'coins', asset: 'COIN', expires_on: null, amount: '7.00' },
    { purse: 'points', asset: 'POINT', expires_on: '2029-11-30', amount: '500' },
  ]);
  t.equal((await app.get('/v1/members/M1', { as: 'operator' })).body.state, 'left');
  t.match((await app.get('/v1/members/M1/changes', { as: 'operator' })).body.changes.at(-1), {
    kind: 'left',
    reason_code: 'own_request',
    changed_by: 'coordinator:li',
  });
  const { body: closing } = await app.get(approved.body.statement, { as: member('M1') });
  t.match(closing.lines.at(-1), { reason: { zh: '账户结清，余额转给亲属' } });
  const heirs = (await app.get('/v1/members/M2/statement', { as: member('M2') })).body;
  t.match(heirs.lines.at(-1).reason.zh, /^亲属账户结清，余额转入；其中时间币 3\.00 用于抵还欠额$/);
  t.equal(said(await approve(app, wang)), '404 closing_not_found', 'not twice');
  t.equal(said(await leave(app, wang, 'pool')), '409 member_unchanged', 'there is nothing more to settle');
  await booksBalance(t, app.owner);
});

test('coins go into the pool or lapse, points lapse; a debt is paid first, and what is still owed is written off', async (t) => {
  const { app } = await town(t);
  await adjust(app.lane, [{ debit: 'coin:issuance', credit: 'member:M3:coins', amount: '4.00' }]);
  await owe(t, app, 'M1', 'points', '500');
  t.match(await stands(app, 'M1'), { coins: '10.00', points: '0' });
  await owe(t, app, 'M2', 'coins', '2.50');
  await adjust(app.lane, [{ debit: 'point:issuance', credit: 'member:M2:points', amount: '30' }]);
  t.match(await stands(app, 'M2'), { coins: '0.00', points: '30', 'owed coins': '2.50' });
  const moving = await leave(app, wang, 'pool', { reason: 'moved' }, 'M2');
  t.match(moving, { status: 201, body: { cause: 'moved', to: 'pool', beneficiary: null, document: null } });
  t.match(await approve(app, li, 'M2'), {
    status: 200,
    body: {
      settled: {
        coins: { moved: '0.00', repaid: '0.00', written_off: '2.50' },
        points: { moved: '30', repaid: '0', written_off: '0' },
      },
    },
  });
  t.same(await stands(app, 'M2'), { hours: '0.00', coins: '0.00', points: '0', 'owed coins': '0.00' });
  t.equal(await balanceOf(app, 'coin:written-off'), '2.50');
  t.equal(await balanceOf(app, 'point:lapsed'), '30');
  t.match((await app.get('/v1/members/M2/changes', { as: 'operator' })).body.changes.at(-1).reason_code, 'moved_away');
  const { lines } = (await app.get('/v1/members/M2/statement', { as: member('M2') })).body;
  t.equal(lines.at(-1).reason.zh, '账户结清，积分失效；核销时间币欠额 2.50');
  t.equal(said(await leave(app, li, 'pool')), '201 open');
  t.equal(said(await approve(app, wang)), '200 settled');
  t.equal(await balanceOf(app, 'pool:community'), '10.00');
  t.equal(said(await leave(app, li, 'lapse', {}, 'M3')), '201 open');
  t.equal(said(await approve(app, wang, 'M3')), '200 settled');
  t.equal(await balanceOf(app, 'coin:lapsed'), '6.50');
  await booksBalance(t, app.owner);
});

test('nobody decides for themselves or alone, names whoever they like, or asks for another: 403, 404, 409, 422', async (t) => {
  const { app } = await town(t);
  t.equal(said(await leave(app, member('M2'), 'pool')), '404 member_not_found', 'another member');
  t.equal(said(await leave(app, unscoped, 'pool')), '404 member_not_found');
  t.equal(said(await leave(app, wang, 'pool', {}, 'M9')), '404 member_not_found');
  t.equal(said(await leave(app, auditor, 'pool')), '403 forbidden');
  t.equal(said(await leave(app, wang, 'kin', { kin: 'M3' })), '422 beneficiary_invalid', 'no relative');
  t.equal(said(await leave(app, wang, 'kin')), '422 beneficiary_invalid', 'nobody is named');
  t.equal(said(await leave(app, wang, 'pool', { kin: 'M2' })), '422 beneficiary_invalid');
  t.equal(said(await leave(app, wang, 'kin', { kin: 'M9' })), '404 member_not_found');
  const asM2: Caller = { role: 'operator', subject: 'M2' };
  t.equal(said(await leave(app, asM2, 'kin', { kin: 'M2' })), '422 self_approval', 'who is to have it');
  t.equal(said(await approve(app, wang)), '404 closing_not_found', 'nothing is proposed');
  t.equal(said(await leave(app, wang, 'kin', { kin: 'M2' })), '201 open');
  t.equal(said(await leave(app, li, 'pool')), '409 closing_open');
  t.equal(said(await approve(app, wang)), '422 self_approval', 'who proposed it');
  t.equal(said(await approve(app, { role: 'coordinator', subject: 'wang', orgUnit: 'XC' })), '422 self_approval');
  t.equal(said(await approve(app, asM2)), '422 self_approval');
  t.equal(said(await approve(app, { role: 'operator', subject: 'M1' })), '422 self_approval');
  t.equal(said(await approve(app, member('M1'))), '403 forbidden');
  t.equal(said(await approveDeath(app, li)), '404 closing_not_found', 'it is no death');
  t.equal((await merge(app, wang, 'M1', 'M3')).body.code, 'closing_open');
  t.equal((await ask(app, wang, 'M1/kin/M2/end', { reason_code: 'other' })).status, 200);
  t.equal(said(await approve(app, li)), '422 beneficiary_invalid', 'not a relative any more');
  t.equal(said(await ask(app, member('M1'), 'M1/leaving/withdraw')), '200 withdrawn', 'the member stays');
  t.equal(said(await ask(app, wang, 'M1/leaving/withdraw')), '404 closing_not_found');
  t.equal((await ask(app, wang, 'M1/state', { state: 'suspended' })).status, 200);
  t.equal(said(await leave(app, member('M1'), 'pool')), '422 member_suspended');
  t.equal(said(await leave(app, wang, 'pool')), '201 open', 'an office may');
  t.equal((await ask(app, wang, 'M1/state', { state: 'deceased' })).status, 200);
  t.equal(said(await approve(app, li)), '422 member_inactive', 'who has died does not leave');
  t.equal((await stands(app, 'M1'))['coins'], '10.00');
  await booksBalance(t, app.owner);
});

test('while points are held, a gift or an order is open nothing is settled; what is past its time does not hinder: 409, 200', async (t) => {
  const { app, advance } = await town(t);
  const held = await redeem(app, bank, 'R1', '50');
  t.equal(told(held), '201 authorised');
  t.equal((await leave(app, wang, 'pool')).status, 201);
  t.equal(said(await approve(app, li)), '409 member_has_holds');
  t.equal(told(await act(app, bank, held.body.id, 'void')), '200 voided');
  const gift = { to: 'M3', purse: 'coins', amount: '1.00' };
  const { body: offered } = await app.post('/v1/gifts', { as: member('M1'), body: gift });
  t.equal(said(await approve(app, li)), '409 member_has_gifts');
  t.equal((await app.post(`/v1/gifts/${offered.id}/withdraw`, { as: member('M1') })).status, 200);
  const times = { planned_start: '2026-11-03T09:00:00+08:00', planned_end: '2026-11-03T10:00:00+08:00' };
  const need = { external_id: 'N1', recipient: 'M1', service_type: 'errand', mode: 'home', ...times };
  t.equal((await app.post('/v1/orders', { as: 'operator', body: need })).status, 201);
  t.equal(said(await approve(app, li)), '409 member_has_orders');
  t.equal(told(await redeem(app, bank, 'R2', '40')), '201 authorised');
  advance(2 * day);
  t.match(await approve(app, li), {
    status: 200,
    body: { settled: { coins: { moved: '10.00' }, points: { moved: '500' } } },
  });
  await booksBalance(t, app.owner);
});

test('what comes to a settled purse stays there for everybody to see, and is settled again: 200', async (t) => {
  const { app } = await town(t);
  const captured = await redeem(app, bank, 'R1', '50', { capture: true });
  t.equal(told(captured), '201 captured');
  await leave(app, wang, 'kin', { kin: 'M2' });
  t.equal(said(await approve(app, li)), '200 settled');
  t.equal(told(await act(app, bank, captured.body.id, 'refunds', { points: '20' })), '201 partially_refunded');
  t.same(await stands(app, 'M1'), { hours: '12.50', coins: '0.00', points: '20' });
  await booksBalance(t, app.owner);
  const again = async (filter: string) => (await app.get(`/v1/closings?${filter}`, { as: li })).body.closings;
  t.match(await again('remaining=true'), [{ member: 'M1', remaining: { points: '20', coins: '0.00' } }]);
  t.equal(said(await leave(app, li, 'kin', { kin: 'M2' })), '201 open');
  t.equal(said(await approve(app, wang)), '200 settled');
  t.same(await again('remaining=true'), []);
  t.equal((await stands(app, 'M2'))['points'], '470');
  t.match((await app.get('/v1/members/M1/closings', { as: member('M1') })).body.closings, [
    { settled: { points: { moved: '450' } } },
    { settled: { points: { moved: '20' } } },
  ]);
  t.same((await app.get('/v1/closings?cause=died', { as: auditor })).body.closings, []);
  t.same((await app.get('/v1/closings', { as: unscoped })).body.closings, [], 'out of reach');
  const settlement = (await again('state=settled'))[0].entry;
  const reversed = await app.post(`/v1/entries/${settlement}/reversal`, { as: 'operator', body: {} });
  t.equal(reversed.body.code, 'entry_not_reversible', 'two people decided it');
  t.equal((await ask(app, wang, 'M1/state', { state: 'active' })).status, 200, 'who comes back has their hours');
  t.equal((await stands(app, 'M1'))['hours'], '12.50');
  await booksBalance(t, app.owner);
});

test('a member nominates spouse or lineal kin, takes it back, and every nomination stays: 201, 404, 409, 422', async (t) => {
  const { app } = await town(t);
  const nominate = (as: Caller, who: string | null, id = 'M1') => ask(app, as, `${id}/beneficiary`, { member: who });
  const code = ({ status, body }: Answered) => `${status} ${body.code ?? body.beneficiary}`;
  t.equal(code(await nominate(member('M1'), null)), '409 member_unchanged');
  t.equal(code(await nominate(member('M1'), 'M3')), '422 beneficiary_invalid');
  t.equal(code(await nominate(member('M1'), 'M1')), '422 beneficiary_invalid');
  t.equal(code(await nominate(member('M2'), 'M2')), '404 member_not_found', "another's");
  t.equal(code(await nominate({ ...east, subject: 'M2' }, 'M2')), '422 self_approval', 'an office names itself');
  t.equal(code(await nominate(member('M1'), 'M2')), '201 M2');
  t.equal(code(await nominate(member('M1'), 'M2')), '409 member_unchanged');
  t.equal(code(await nominate(east, null)), '201 null', 'on their behalf');
  t.equal(code(await nominate(member('M2'), 'M1', 'M2')), '201 M1', 'a parent of a child');
  t.match((await app.get('/v1/members/M1/beneficiaries', { as: member('M1') })).body.nominations, [
    { beneficiary: 'M2', nominated_by: 'member:M1' },
    { beneficiary: null, nominated_by: 'coordinator:east' },
  ]);
  t.equal((await ask(app, wang, 'M1/state', { state: 'left' })).status, 200);
  t.equal(code(await nominate(member('M1'), 'M2')), '422 member_inactive');
  t.equal(code(await nominate(member('M2'), null, 'M2')), '201 null');
  await booksBalance(t, app.owner);
});

test('a death stops everything at once, takes three people, and settles to whom the member had nominated: 201, 200, 422', async (t) => {
  const { app, advance } = await town(t);
  t.equal((await ask(app, member('M1'), 'M1/beneficiary', { member: 'M2' })).status, 201);
  t.equal((await leave(app, wang, 'pool')).status, 201);
  const held = await redeem(app, bank, 'R1', '50');
  advance(3 * 3_600_000);
  t.equal(said(await die(app, wang, '2026-11-03')), '422 date_in_future');
  t.equal(
    said(await die(app, { role: 'operator', subject: 'M2' }, '2026-11-02')),
    '422 self_approval',
    'the beneficiary',
  );
  const reported = await die(app, wang, '2026-11-02');
  t.match(reported, {
    status: 201,
    body: { cause: 'died', state: 'open', to: null, died_on: '2026-11-02', document: '330624-2026-0117' },
  });
  t.equal(said(await die(app, li, '2026-11-02')), '409 closing_open');
  t.equal(said(await approve(app, li)), '404 closing_not_found', 'the proposal to leave ended');
  t.equal(told(await redeem(app, bank, 'R2', '1')), '422 member_inactive');
  const gift = { to: 'M3', purse: 'coins', amount: '1.00' };
  t.equal((await app.post('/v1/gifts', { as: member('M1'), body: gift })).body.code, 'member_inactive');
  t.equal(said(await approveDeath(app, wang)), '422 self_approval', 'who reported it');
  t.equal(said(await approveDeath(app, { role: 'operator', subject: 'M2' })), '422 self_approval', 'the beneficiary');
  t.match(await approveDeath(app, li), { status: 200, body: { state: 'open', approved_by: 'coordinator:li' } });
  t.equal(said(await approveDeath(app, li)), '422 self_approval', 'who has approved it');
  t.equal(said(await approveDeath(app, wang)), '422 self_approval');
  t.equal(said(await approveDeath(app, third)), '409 member_has_holds', 'a partner may have given for it');
  t.equal(told(await act(app, bank, held.body.id, 'captures', { points: '20' })), '201 partially_captured');
  const over = await ask(app, wang, 'M1/kin/M2/end', { reason_code: 'death' });
  t.match(over, { status: 200, body: { ended_on: '2026-11-02' } }, 'ended because of the death, on its day');
  advance(day);
  t.match(await approveDeath(app, third), {
    status: 200,
    body: {
      state: 'settled',
      to: 'kin',
      beneficiary: 'M2',
      approved_by: 'coordinator:li',
      decided_by: 'operator:third',
    },
  });
  t.same(await stands(app, 'M1'), { hours: '12.50', coins: '0.00', points: '0' });
  t.match(await stands(app, 'M2'), { coins: '10.00', points: '480' });
  t.equal(said(await die(app, wang, '2026-11-02')), '409 member_unchanged');
  t.equal(said(await ask(app, li, 'M1/death/withdraw')), '404 closing_not_found', 'it is settled');
  t.equal(told(await act(app, bank, held.body.id, 'refunds', { points: '5' })), '201 partially_refunded');
  t.equal(said(await leave(app, wang, 'pool')), '422 member_inactive');
  t.equal(said(await die(app, wang, '2026-11-02')), '201 open', 'what came since is settled, too');
  t.equal(said(await approveDeath(app, li)), '200 open');
  t.equal(said(await approveDeath(app, third)), '200 settled');
  t.equal((await stands(app, 'M2'))['points'], '485');
  const seen = (await app.get('/v1/closings?cause=died', { as: auditor })).body.closings;
  t.same(
    seen.map((one: { document: unknown }) => one.document),
    [null, null],
    'an auditor sees no document',
  );
  await booksBalance(t, app.owner);
});

test('without a nomination that counts coins go into the pool and points lapse', async (t) => {
  const { app, advance } = await town(t);
  advance(2 * day);
  t.equal((await ask(app, member('M1'), 'M1/beneficiary', { member: 'M2' })).status, 201);
  const settled = async (died_on: string) => {
    t.equal(said(await die(app, wang, died_on)), '201 open');
    t.equal(said(await approveDeath(app, li)), '200 open');
    return (await approveDeath(app, third)).body;
  };
  t.match(await settled('2026-11-02'), { to: 'pool', beneficiary: null }, 'nominated after the day of death');
  t.equal(await balanceOf(app, 'pool:community'), '10.00');
  t.equal(await balanceOf(app, 'point:lapsed'), '500');
  await adjust(app.lane, [{ debit: 'coin:issuance', credit: 'member:M1:coins', amount: '1.00' }]);
  t.equal((await ask(app, wang, 'M2/state', { state: 'suspended' })).status, 200);
  t.match(await settled('2026-11-04'), { to: 'pool', beneficiary: null }, 'who does not take part');
  t.equal(await balanceOf(app, 'pool:community'), '11.00');
  await booksBalance(t, app.owner);
});

test('a wrong report is withdrawn by another person, and the member is what they were, from the same day on', async (t) => {
  const { app, advance } = await town(t);
  advance(5 * day);
  for (const state of ['active', 'suspended', 'left'] as const) {
    if (state !== 'active') t.equal((await ask(app, wang, 'M1/state', { state })).status, 200);
    const since = state === 'active' ? '2026-11-04' : '2026-11-07';
    t.equal(said(await die(app, wang, '2026-11-04')), '201 open');
    t.equal(said(await approveDeath(app, li)), '200 open');
    t.equal(said(await ask(app, wang, 'M1/death/withdraw')), '422 self_approval', 'who reported it');
    t.equal(said(await ask(app, li, 'M1/death/withdraw')), '200 withdrawn');
    t.equal((await app.get('/v1/members/M1', { as: 'operator' })).body.state, state);
    const { changes } = (await app.get('/v1/members/M1/changes', { as: 'operator' })).body;
    t.match(changes.slice(-2), [
      { kind: 'deceased', effective_on: since },
      { state, effective_on: since },
    ]);
  }
  t.equal((await stands(app, 'M1'))['coins'], '10.00');
  t.equal((await ask(app, wang, 'M1/state', { state: 'active' })).status, 200);
  t.equal(told(await redeem(app, bank, 'R1', '5')), '201 authorised');
  await booksBalance(t, app.owner);
});

test('a day of death in a closed month counts from the first open day, and the document goes with the person', async (t) => {
  const { app } = await town(t);
  t.equal((await app.post('/v1/periods', { as: 'operator', body: { period: '2026-10' } })).status, 201);
  t.equal(said(await die(app, wang, '2026-10-20')), '201 open');
  t.match((await app.get('/v1/members/M1/changes', { as: 'operator' })).body.changes.at(-1), {
    kind: 'deceased',
    effective_on: '2026-11-01',
  });
  t.equal((await ask(app, wang, 'M1/erasure', { reason_code: 'person_asked' })).status, 201);
  t.equal((await ask(app, li, 'M1/erasure', { reason_code: 'person_asked' })).status, 201);
  const [closing] = (await app.get('/v1/closings', { as: wang })).body.closings;
  t.match(closing, { member: 'M1', died_on: '2026-10-20', document: null });
  const kept =
    await app.owner`select count(*)::int as n from timeledger.batches where answers like '%330624-2026-0117%'`;
  t.same([...kept], [{ n: 0 }], 'no remembered answer has it');
  t.equal(said(await approveDeath(app, li)), '200 open');
  t.equal(said(await approveDeath(app, third)), '200 settled', 'what they held is settled all the same');
  await booksBalance(t, app.owner);
});
