/** Guarantees of merging two members over HTTP: two people decide, all moves in one entry, nothing is minted or lost. */
import { test } from 'tap';
import type { Caller } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { act, balanceOf, redeem, told } from '../../support/redeeming.js';
import { adjust } from '../../support/story.js';
import { changeLegs, rebuild, verifyTampered } from '../../support/tampering.js';
import { ask, bank, county, countyWithPoints, east, li, merge, mergeByTwo, wang } from './county.js';

test('one person proposes, another carries out, neither of the two members; naming another one proposes anew: 200, 404, 409, 422', async (t) => {
  const app = await county(t);
  t.match(await merge(app, wang, 'M1', 'M1'), { status: 422, body: { code: 'member_merge_invalid' } });
  t.match(await merge(app, wang, 'M1', 'M9'), { status: 404, body: { code: 'member_not_found' } });
  t.match(
    await merge(app, east, 'M1', 'M3'),
    { status: 404, body: { code: 'member_not_found' } },
    'M3 is out of reach',
  );
  t.match(await merge(app, wang, 'M1', 'M3'), { status: 200, body: { into: 'M3', status: 'proposed' } });
  t.match(await merge(app, li, 'M1', 'M2'), { status: 200, body: { into: 'M2', status: 'proposed' } });
  for (const subject of ['li', 'M1', 'M2'])
    t.match(
      await merge(app, { ...li, subject }, 'M1', 'M2'),
      { status: 422, body: { code: 'self_approval' } },
      subject,
    );
  t.equal((await app.get('/v1/members/M1', { as: wang })).body.state, 'active', 'a proposal changes nothing');
  t.equal((await ask(app, wang, 'M2/state', { state: 'suspended' })).status, 200);
  t.match(await merge(app, wang, 'M1', 'M2'), { status: 422, body: { code: 'member_suspended' } });
  t.equal((await ask(app, wang, 'M2/state', { state: 'active' })).status, 200);
  t.match(await merge(app, wang, 'M1', 'M2'), { status: 200, body: { status: 'merged' } });
  for (const [id, into] of [
    ['M1', 'M2'],
    ['M3', 'M1'],
  ] as const) {
    const again = await merge(app, wang, id, into);
    t.match(again, { status: 409, body: { code: 'member_merged', detail: /M1 is M2 now/ } });
  }
  await booksBalance(t, app.owner);
});

test('proposals are listed for those who see both members; one that is withdrawn is carried out no more: 200 and 404', async (t) => {
  const app = await county(t);
  for (const [id, into] of [
    ['M1', 'M2'],
    ['M3', 'M2'],
  ] as const)
    t.equal((await merge(app, wang, id, into)).status, 200);
  const listed = async (as: Caller, query = '') =>
    (await app.get(`/v1/member-merges${query}`, { as })).body.merges.map((one: { member: string }) => one.member);
  t.same(await listed({ role: 'auditor' }), ['M1', 'M3']);
  t.same(await listed(east), ['M1'], 'M3 is out of reach');
  const withdraw = (as: Caller, id: string) => ask(app, as, `${id}/merge/withdrawal`);
  t.match(await withdraw(east, 'M3'), { status: 404, body: { code: 'member_not_found' } });
  t.match(await withdraw(east, 'M1'), { status: 200, body: { status: 'withdrawn', decided_by: 'coordinator:east' } });
  t.match(await withdraw(wang, 'M1'), { status: 404, body: { code: 'member_merge_not_found' } });
  t.same(await listed(wang, '?status=proposed'), ['M3']);
  t.same(await listed(wang, '?status=withdrawn'), ['M1']);
  t.match(await merge(app, li, 'M1', 'M2'), {
    status: 200,
    body: { status: 'proposed', proposed_by: 'coordinator:li' },
  });
  t.match(await merge(app, wang, 'M1', 'M2'), { status: 200, body: { status: 'merged' } });
  t.match(await withdraw(wang, 'M1'), { status: 404, body: { code: 'member_merge_not_found' } });
  await booksBalance(t, app.owner);
});

test('every balance moves in one entry, the holding cap or not, and a debt is paid first', async (t) => {
  const app = await countyWithPoints(t, { M1: '300', M2: '200' });
  await adjust(app.lane, [
    { debit: 'coin:issuance', credit: 'member:M1:coins', amount: '1400.00' },
    { debit: 'coin:issuance', credit: 'member:M2:coins', amount: '1400.00' },
    { debit: 'record:service', credit: 'member:M1:hours', amount: '3.00' },
  ]);
  // What was given to M2 is spent when it is taken back: M2 owes 80.
  const given = await adjust(app.lane, [{ debit: 'point:issuance', credit: 'member:M2:points', amount: '80' }]);
  t.equal(told(await redeem(app, bank, 'R1', '280', { member: 'M2', capture: true })), '201 captured');
  t.equal((await app.post(`/v1/entries/${given}/reversal`, { as: wang, body: {} })).status, 201);
  t.equal(await balanceOf(app, 'member:M2:receivable:points'), '80');
  const { entry } = (await mergeByTwo(t, app, 'M1', 'M2')).body;
  for (const [purse, balance] of [
    ['hours', '3.00'],
    ['coins', '2800.00'],
    ['points', '220'],
  ] as const) {
    t.equal(await balanceOf(app, `member:M1:${purse}`), purse === 'points' ? '0' : '0.00');
    t.equal(await balanceOf(app, `member:M2:${purse}`), balance);
  }
  t.equal(await balanceOf(app, 'member:M2:receivable:points'), '0');
  const posted = (await app.get(`/v1/entries/${entry}`, { as: wang })).body;
  t.match(posted, { kind: 'member_merged' });
  t.equal(posted.legs.length, 4, 'hours, coins, the debt, the other points');
  await booksBalance(t, app.owner);
});

test('a debt of the one that ends comes to the one who stays, whose points pay it', async (t) => {
  const app = await countyWithPoints(t, { M1: '300', M2: '200' });
  const given = await adjust(app.lane, [{ debit: 'point:issuance', credit: 'member:M1:points', amount: '250' }]);
  t.equal(told(await redeem(app, bank, 'R1', '550', { capture: true })), '201 captured');
  t.equal((await app.post(`/v1/entries/${given}/reversal`, { as: wang, body: {} })).status, 201);
  await mergeByTwo(t, app, 'M1', 'M2');
  t.equal(await balanceOf(app, 'member:M1:receivable:points'), '0');
  t.equal(await balanceOf(app, 'member:M2:points'), '0');
  t.equal(await balanceOf(app, 'member:M2:receivable:points'), '50', '250 less the 200 that M2 had');
  await booksBalance(t, app.owner);
});

test('while points are held nothing is merged (409); what was captured before comes back to the one who stays', async (t) => {
  const app = await countyWithPoints(t, { M1: '300', M2: '200' });
  const held = (await redeem(app, bank, 'R1', '50')).body;
  t.equal((await merge(app, wang, 'M1', 'M2')).status, 200);
  t.match(await merge(app, li, 'M1', 'M2'), { status: 409, body: { code: 'member_has_holds' } });
  t.equal(told(await act(app, bank, held.id, 'captures')), '201 captured');
  t.equal((await merge(app, li, 'M1', 'M2')).body.status, 'merged');
  t.equal(await balanceOf(app, 'member:M2:points'), '450');
  t.equal(told(await act(app, bank, held.id, 'refunds', { points: '20' })), '201 partially_refunded');
  t.equal(await balanceOf(app, 'member:M2:points'), '470');
  t.equal(await balanceOf(app, 'member:M1:points'), '0');
  await booksBalance(t, app.owner);
});

test('verification finds a merge that moved something elsewhere, that one person decided, or that left something behind', async (t) => {
  const app = await countyWithPoints(t, { M1: '300', M2: '200' });
  await adjust(app.lane, [{ debit: 'point:issuance', credit: 'member:M3:points', amount: '1' }]);
  const entry = Number((await mergeByTwo(t, app, 'M1', 'M2')).body.entry);
  await booksBalance(t, app.owner);
  const found = async (deed: Parameters<typeof verifyTampered>[1]) =>
    (await verifyTampered(app.owner, deed))?.findings.map((one) => one.table.en) ?? [];
  const elsewhere = await found(async (sql) => {
    await changeLegs(sql, entry, () => ({ credit: 'member:M3:points' }));
    await rebuild(sql);
  });
  const lots = 'what remains of the lots of a purse = its balance';
  t.same([...new Set(elsewhere)], ['what a merge moves stays with one person', lots]);
  const less = await found(async (sql) => {
    await changeLegs(sql, entry, () => ({ amount: '299' }));
    await rebuild(sql);
  });
  t.same([...new Set(less)], ['a member that was merged holds and owes nothing', lots]);
  const alone = await found((sql) => sql`update timebank.member_merges set decided_by = 'coordinator:wang'`);
  t.ok(alone.includes('members that were merged = merges that were decided'));
});
