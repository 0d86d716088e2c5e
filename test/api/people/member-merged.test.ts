/** Guarantees of members that were merged, over HTTP: both ids find one person, for readers, caps, relatives and the four-eyes rule alike. */
import { test } from 'tap';
import type { Caller } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { balanceOf, redeem } from '../../support/redeeming.js';
import { ask, bank, county, countyWithPoints, east, li, member, merge, mergeByTwo, person, wang } from './county.js';

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

test('both ids find the one who stays, with the records and statements of both; commands name that one: 200 and 409', async (t) => {
  const app = await countyWithPoints(t, { M1: '300', M2: '200' });
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
  const statement = async (as: Caller, id: string) => (await app.get(`/v1/members/${id}/statement`, { as })).body;
  const whole = await statement(wang, 'M2');
  t.match(whole, { member: 'M2', merged_from: ['M1'], purses: [{ purse: 'hours', closing: '2.00' }] });
  t.same(
    whole.lines.map(({ service, kind }: { service: { id: string } | null; kind: string }) => service?.id ?? kind),
    ['V1', 'V2', 'adjustment', 'member_merged'],
  );
  for (const as of [wang, member('M1'), member('M2')]) t.same(await statement(as, 'M1'), whole, `${as.subject}`);
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
  t.equal((await app.post('/v1/members', { as: 'operator', body: person('M4', 'XC-01') })).status, 201);
  const byM2 = { ...visit('V3', 'M4', '2026-10-21', 9, 60), recorded_by: 'M2' };
  t.match(await record(byM2, { ...li, subject: 'M1' }), { status: 422, body: { code: 'self_approval' } });
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
  const app = await countyWithPoints(t, { M1: '300', M2: '200' });
  await mergeByTwo(t, app, 'M1', 'M2');
  await mergeByTwo(t, app, 'M2', 'M3');
  for (const id of ['M1', 'M2', 'M3'])
    t.match((await app.get(`/v1/members/${id}`, { as: wang })).body, { id: 'M3', merged_from: ['M2', 'M1'] });
  t.equal(await balanceOf(app, 'member:M3:points'), '500');
  t.match(await ask(app, wang, 'M1/rename', { name: '何' }), { status: 409, body: { detail: /M1 is M3 now/ } });
  await booksBalance(t, app.owner);
});
