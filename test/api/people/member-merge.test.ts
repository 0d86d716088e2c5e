/** Guarantees of merging two members over HTTP: two people decide, all moves in one entry, nothing is minted or lost, both ids find one. */
import { type Test, test } from 'tap';
import type { Caller, TestApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { act, balanceOf, redeem, told } from '../../support/redeeming.js';
import { adjust, partner } from '../../support/story.js';
import { changeLegs, rebuild, verifyTampered } from '../../support/tampering.js';
import { county, east, member } from './county.js';

const wang: Caller = { role: 'operator', subject: 'wang' };
const li: Caller = { role: 'coordinator', subject: 'li', orgUnit: 'XC' };
const bank: Caller = { role: 'partner', subject: partner };

const ask = (app: TestApp, as: Caller, path: string, body: object = {}) =>
  app.post(`/v1/members/${path}`, { as, body });
const merge = (app: TestApp, as: Caller, id: string, into: string) => ask(app, as, `${id}/merge`, { into });

/** Merges by two people, and hands back the answer of the second. */
async function mergeByTwo(t: Test, app: TestApp, id: string, into: string) {
  t.match(await merge(app, wang, id, into), { status: 200, body: { status: 'proposed' } });
  const merged = await merge(app, li, id, into);
  t.match(merged, { status: 200, body: { member: id, into, status: 'merged', decided_by: 'coordinator:li' } });
  return merged;
}

/** A county with a bank, M1 and M2 with points. */
async function countyWithPoints(t: Test) {
  const app = await county(t);
  const body = { id: partner, name: '农商', kind: 'rural_commercial_bank', may_backdate: true };
  t.equal((await app.post('/v1/partners', { as: 'operator', body })).status, 201);
  const grant = (id: string, amount: string) => ({ debit: 'point:issuance', credit: `member:${id}:points`, amount });
  await adjust(app.lane, [grant('M1', '300'), grant('M2', '200')]);
  return app;
}

/** Of some minutes from an hour of a day on, for M3. */
const visit = (external_id: string, volunteer: string, day: string, hour: number, minutes: number) => {
  const at = (offset: number) => `${day}T${String(hour).padStart(2, '0')}:${String(offset).padStart(2, '0')}:00+08:00`;
  const [start, end] = [
    at(0),
    minutes === 60 ? `${day}T${String(hour + 1).padStart(2, '0')}:00:00+08:00` : at(minutes),
  ];
  return {
    external_id,
    volunteer,
    recipient: 'M3',
    service_type: 'errand',
    planned_start: start,
    planned_end: end,
    check_in: start,
    check_out: end,
    proof_grade: 'A',
    recorded_by: 'XC-01-01',
  };
};

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
  const app = await countyWithPoints(t);
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
  const app = await countyWithPoints(t);
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
  const app = await countyWithPoints(t);
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

test('both ids find the one who stays, with the records and statements of both; commands name that one: 200 and 409', async (t) => {
  const app = await countyWithPoints(t);
  for (const [id, volunteer, day] of [
    ['V1', 'M1', '2026-10-20'],
    ['V2', 'M2', '2026-10-21'],
  ] as const)
    t.equal((await app.post('/v1/service-records', { as: li, body: visit(id, volunteer, day, 9, 60) })).status, 201);
  const known = (await app.get('/v1/members/M2', { as: wang })).body;
  await mergeByTwo(t, app, 'M1', 'M2');
  const merged = { ...known, merged_from: ['M1'] };
  for (const as of [wang, east, member('M1'), member('M2')])
    for (const id of ['M1', 'M2'])
      t.same((await app.get(`/v1/members/${id}`, { as })).body, merged, `${as.subject} ${id}`);
  t.equal((await app.get('/v1/members/M1', { as: member('M3') })).status, 404);
  const records = async (url: string, as: Caller = wang) =>
    (await app.get(`/v1/service-records${url}`, { as })).body.service_records.map((one: { id: string }) => one.id);
  t.same(await records('?volunteer=M2'), ['V1', 'V2']);
  t.same(await records('?volunteer=M1'), ['V1', 'V2']);
  t.same(await records('', member('M1')), ['V1', 'V2']);
  t.same(await records('', member('M2')), ['V1', 'V2']);
  t.equal((await app.get('/v1/service-records/V1', { as: member('M2') })).status, 200);
  const statement = async (url: string) => (await app.get(`/v1/members/${url}`, { as: wang })).body;
  t.match(await statement('M1/statement?purse=hours'), { account: 'member:M2:hours', closing: '2.00' });
  const former = await statement('M2/statement?purse=hours&merged_from=M1');
  t.match(former, { account: 'member:M1:hours', closing: '0.00', lines: [{ credit: '1.00' }, { debit: '1.00' }] });
  t.equal((await app.get('/v1/members/M2/statement?merged_from=M3', { as: wang })).status, 404);
  t.match((await app.get('/v1/members/M1/changes', { as: wang })).body.changes, [{ member: 'M1', kind: 'merged' }]);

  const gone = { status: 409, body: { code: 'member_merged', detail: /M1 is M2 now/ } };
  t.match(await redeem(app, bank, 'R1', '1'), gone);
  t.match(await app.post('/v1/service-records', { as: li, body: visit('V3', 'M1', '2026-10-22', 9, 60) }), gone);
  const forM1 = { ...visit('V3', 'M3', '2026-10-22', 9, 60), recipient: 'M1' };
  t.match(await app.post('/v1/service-records', { as: li, body: forM1 }), gone);
  for (const [path, body] of [
    ['M1/rename', { name: '何' }],
    ['M1/transfer', { org_unit: 'XC-010' }],
    ['M1/state', { state: 'left' }],
    ['M1/kin', { relative: 'M3', relation: 'child', evidence: 'x' }],
  ] as const)
    t.match(await ask(app, wang, path, body), gone, path);
  const legs = [{ debit: 'point:issuance', credit: 'member:M1:points', amount: '1' }];
  const before = (await app.get('/v1/adjustments', { as: wang })).body.adjustments[0].entry;
  t.match(await app.post(`/v1/entries/${before}/reversal`, { as: wang, body: {} }), gone, 'corrected with M2');
  const proposal = { reference: 'D', reason: 'r', legs };
  t.match(await app.post('/v1/adjustments', { as: wang, body: proposal }), gone);
  await booksBalance(t, app.owner);
});

test('caps, overlap and the four people see who a member was; what both carried is minted with the next record', async (t) => {
  const app = await county(t);
  const record = (body: object, as = li) => app.post('/v1/service-records', { as, body });
  // 54 and 48 minutes: half a coin each, and 0.40 and 0.30 carried.
  for (const body of [visit('V1', 'M1', '2026-10-20', 9, 54), visit('V2', 'M2', '2026-10-20', 13, 48)])
    t.match(await record(body), { status: 201, body: { coins: '0.50' } });
  await mergeByTwo(t, app, 'M1', 'M2');
  await booksBalance(t, app.owner);
  const over = await record({ ...visit('V3', 'M2', '2026-10-20', 9, 54) });
  t.match(over, { status: 422, body: { code: 'service_overlap' } }, 'at V1 as M1');
  t.match(await record(visit('V3', 'M2', '2026-10-21', 9, 60), { ...li, subject: 'M1' }), {
    status: 422,
    body: { code: 'self_approval' },
  });
  // 1.00 of hours and 0.70 carried, of which the day still takes 1.00.
  const next = await record(visit('V3', 'M2', '2026-10-20', 15, 60));
  t.match(next, { status: 201, body: { hours: '1.00', coins: '1.00', differences: [] } });
  const later = await record(visit('V4', 'M2', '2026-10-21', 15, 60));
  t.match(later, { status: 201, body: { coins: '1.50', differences: [{ code: 'rounding_carry', amount: '-0.50' }] } });
  await booksBalance(t, app.owner);
});

test('relatives are not merged (409); who was merged stays a relative', async (t) => {
  const app = await county(t);
  const kin = { relative: 'M3', relation: 'spouse', evidence: '结婚证' };
  t.equal((await ask(app, wang, 'M1/kin', kin)).status, 201);
  t.match(await merge(app, wang, 'M1', 'M3'), { status: 409, body: { code: 'kin_exists' } });
  t.equal((await ask(app, li, 'M1/kin/M3/verification', { elder_consent_on: '2026-10-31' })).status, 200);
  await mergeByTwo(t, app, 'M1', 'M2');
  t.match((await app.get('/v1/members/M2/kin', { as: wang })).body.kin, [{ member: 'M1', relative: 'M3' }]);
  t.match(await ask(app, wang, 'M2/kin', kin), { status: 409, body: { code: 'kin_exists' } });
  const recorded = await app.post('/v1/service-records', { as: li, body: visit('V1', 'M2', '2026-10-20', 9, 60) });
  t.match(recorded, { status: 201, body: { coins: '0.00', differences: [{ code: 'kin', amount: '1.00' }] } });
  t.equal((await ask(app, wang, 'M2/kin/M3/end')).status, 200);
  t.equal((await ask(app, wang, 'M2/kin', kin)).status, 201);
  const consent = { elder_consent_on: '2026-10-31' };
  const former: Caller = { ...li, subject: 'M1' };
  const own = await ask(app, former, 'M2/kin/M3/verification', consent);
  t.match(own, { status: 422, body: { code: 'self_approval' } }, 'M1 is the elder under another id');
  t.match(await ask(app, li, 'M1/kin/M3/verification', consent), { status: 409, body: { code: 'member_merged' } });
  await booksBalance(t, app.owner);
});

test('who was merged into one that is merged later is found there, in one step', async (t) => {
  const app = await countyWithPoints(t);
  await mergeByTwo(t, app, 'M1', 'M2');
  await mergeByTwo(t, app, 'M2', 'M3');
  for (const id of ['M1', 'M2', 'M3'])
    t.match((await app.get(`/v1/members/${id}`, { as: wang })).body, { id: 'M3', merged_from: ['M2', 'M1'] });
  t.equal(await balanceOf(app, 'member:M3:points'), '500');
  t.match(await ask(app, wang, 'M1/rename', { name: '何' }), { status: 409, body: { detail: /M1 is M3 now/ } });
  await booksBalance(t, app.owner);
});

test('verification finds a merge that moved something elsewhere, that one person decided, or that left something behind', async (t) => {
  const app = await countyWithPoints(t);
  await adjust(app.lane, [{ debit: 'point:issuance', credit: 'member:M3:points', amount: '1' }]);
  const entry = Number((await mergeByTwo(t, app, 'M1', 'M2')).body.entry);
  await booksBalance(t, app.owner);
  const found = async (deed: Parameters<typeof verifyTampered>[1]) =>
    (await verifyTampered(app.owner, deed))?.findings.map((one) => one.table.en) ?? [];
  const elsewhere = await found(async (sql) => {
    await changeLegs(sql, entry, () => ({ credit: 'member:M3:points' }));
    await rebuild(sql);
  });
  t.same([...new Set(elsewhere)], ['what a merge moves stays with one person']);
  const less = await found(async (sql) => {
    await changeLegs(sql, entry, () => ({ amount: '299' }));
    await rebuild(sql);
  });
  t.same(less, ['a member that was merged holds and owes nothing']);
  const alone = await found((sql) => sql`update timebank.member_merges set decided_by = 'coordinator:wang'`);
  t.ok(alone.includes('members that were merged = merges that were decided'));
});
