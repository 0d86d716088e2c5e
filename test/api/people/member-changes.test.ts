/** Guarantees of what becomes of members over HTTP: units and names, who may change them, and what the history says. */
import { type Test, test } from 'tap';
import { postErasure } from '../../../src/ledger/erasure.js';
import { rowsWithoutTexts } from '../../../src/timebank/people/texts-about.js';
import type { Caller } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { must } from '../../support/story.js';
import { ask, county, east, member, person, unscoped, visit } from './county.js';

const west: Caller = { role: 'coordinator', subject: 'west', orgUnit: 'XC-010' };
/** A county that was registered in the middle of October; now it is November. */
async function countyOfOctober(t: Test) {
  const time = fixedClock(Date.parse('2026-10-15T09:00:00+08:00'));
  const app = await county(t, { clock: time.clock });
  time.advance(18 * 86_400_000);
  return app;
}

test('a member with two units is seen and changed by the coordinators of both, and by nobody else: 200 and 404', async (t) => {
  const app = await county(t);
  const ids = async (as: Caller) =>
    (await app.get('/v1/members', { as })).body.members.map((found: { id: string }) => found.id);
  t.same(await ids(west), ['M3']);
  const shared = await ask(app, 'operator', 'M1/transfer', { org_unit: 'XC-01', second_org_unit: 'XC-010' });
  t.match(shared, { status: 200, body: { id: 'M1', org_unit: 'XC-01', second_org_unit: 'XC-010', state: 'active' } });
  t.same(await ids(west), ['M1', 'M3']);
  t.same(await ids(east), ['M1', 'M2']);
  t.same(
    (await app.get('/v1/members?org_unit=XC-010', { as: 'auditor' })).body.members.map((one: { id: string }) => one.id),
    ['M1', 'M3'],
  );
  for (const path of ['M1', 'M1/balances', 'M1/statement', 'M1/changes'])
    t.equal((await app.get(`/v1/members/${path}`, { as: west })).status, 200, path);
  t.equal((await app.post('/v1/service-records', { as: west, body: visit('V1') })).status, 201);
  t.equal((await app.get('/v1/service-records/V1', { as: west })).status, 200);
  t.equal((await ask(app, west, 'M1/rename', { name: '何小仙' })).status, 200);
  t.match(await ask(app, west, 'M2/rename', { name: '何小仙' }), { status: 404, body: { code: 'member_not_found' } });
  t.equal((await ask(app, unscoped, 'M1/rename', { name: '何' })).status, 404);
  t.equal((await ask(app, member('M1'), 'M1/rename', { name: '何' })).status, 403);

  const dropped = await ask(app, 'operator', 'M1/transfer', { org_unit: 'XC-01', second_org_unit: null });
  t.match(dropped, { status: 200, body: { second_org_unit: null } });
  t.same(await ids(west), ['M3']);
  t.equal((await app.get('/v1/service-records/V1', { as: west })).status, 404);
  await booksBalance(t, app.owner);
});

test('a coordinator transfers within the scope only: a unit beyond it is neither left nor joined (404)', async (t) => {
  const app = await county(t);
  t.match(await ask(app, east, 'M1/transfer', { org_unit: 'XC-01-01' }), {
    status: 200,
    body: { org_unit: 'XC-01-01' },
  });
  for (const body of [{ org_unit: 'XC-010' }, { org_unit: 'XC-01-01', second_org_unit: 'XC-010' }])
    t.match(await ask(app, east, 'M1/transfer', body), { status: 404, body: { code: 'org_unit_not_found' } });
  t.equal((await ask(app, 'operator', 'M1/transfer', { org_unit: 'XC-01', second_org_unit: 'XC-010' })).status, 200);
  const taken = await ask(app, west, 'M1/transfer', { org_unit: 'XC-010', second_org_unit: null });
  t.match(
    taken,
    { status: 404, body: { code: 'org_unit_not_found' } },
    'the second unit does not take the member away',
  );
  const kept = await ask(app, east, 'M1/transfer', { org_unit: 'XC-01-01' });
  t.match(kept, { status: 200, body: { org_unit: 'XC-01-01', second_org_unit: 'XC-010' } });
  const swapped = await ask(app, 'operator', 'M1/transfer', { org_unit: 'XC-010' });
  t.match(swapped, { status: 200, body: { org_unit: 'XC-010', second_org_unit: null } }, 'the second became the first');
  await booksBalance(t, app.owner);
});

test('the history says who, when, from when on, which units and which state; former names for those who may see names', async (t) => {
  const app = await countyOfOctober(t);
  const early = { org_unit: 'XC-01-01', effective_on: '2026-10-20' };
  t.equal((await ask(app, east, 'M1/transfer', early)).status, 200);
  t.equal((await ask(app, east, 'M1/rename', { name: ' 何小仙 ', effective_on: '2026-10-25' })).status, 200);
  const suspended = await ask(app, east, 'M1/state', { state: 'suspended', reason_code: 'under_review' });
  t.match(suspended, { status: 200, body: { state: 'suspended' } });
  const expected = [
    { kind: 'transferred', effective_on: '2026-10-20', org_unit: 'XC-01-01', state: 'active', former_name: null },
    { kind: 'renamed', effective_on: '2026-10-25', former_name: '何根仙', changed_by: 'coordinator:east' },
    { kind: 'suspended', effective_on: '2026-11-02', state: 'suspended', reason_code: 'under_review' },
  ];
  for (const as of ['operator', east, member('M1')] as const) {
    const { changes } = (await app.get('/v1/members/M1/changes', { as })).body;
    t.match(changes, expected);
    t.equal(changes.length, 3);
    t.match(changes[0].recorded_at, /^2026-11-02T01:00:00\./);
  }
  const audited = await app.get('/v1/members/M1/changes', { as: 'auditor' });
  t.equal(audited.body.changes.length, 3);
  t.notMatch(audited.text, /何/);
  const [first] = (await app.get('/v1/members/M1/changes?limit=1', { as: 'operator' })).body.changes;
  t.match(first, expected[0]);
  t.equal((await app.get('/v1/members/M1', { as: 'operator' })).body.name, '何小仙');
  t.equal((await app.get('/v1/members/M1/changes', { as: west })).status, 404);
  const [leaves] = await app.owner`select string_agg(leaf, '') as text from timeledger.entries`;
  t.notMatch(leaves?.['text'], /何/, 'no name is in the log');
  await booksBalance(t, app.owner);
});

test('once a person is erased, neither a former name nor the evidence of a relation is left under any id', async (t) => {
  const app = await county(t);
  for (const name of ['何小仙', '何大仙']) t.equal((await ask(app, 'operator', 'M1/rename', { name })).status, 200);
  for (const [elder, relative] of [
    ['M1', 'M3'],
    ['M2', 'M1'],
  ] as const) {
    const body = { relative, relation: 'child', evidence: '何家户口簿' };
    t.equal((await ask(app, 'operator', `${elder}/kin`, body)).status, 201);
  }
  t.equal((await ask(app, 'operator', 'M2/kin/M1/end', {})).status, 200);
  for (const subject of ['wang', 'li'])
    t.equal((await ask(app, { role: 'operator', subject }, 'M1/merge', { into: 'M2' })).status, 200);
  await must(app.lane, (stage) => postErasure(stage, 'person_asked', { rows: rowsWithoutTexts(stage, 'M2') }));
  const { changes } = (await app.get('/v1/members/M1/changes', { as: 'operator' })).body;
  t.match(changes, [
    { kind: 'renamed', former_name: null },
    { kind: 'renamed', former_name: null },
    { kind: 'merged' },
  ]);
  t.match((await app.get('/v1/members/M2/kin', { as: 'operator' })).body.kin, [{ evidence: null }, { evidence: null }]);
  const [left] = await app.owner`select (select json_agg(f) from timebank.former_names f)::text
    || (select json_agg(k) from timebank.kin k)::text as text`;
  t.notMatch(left?.['text'], /何/);
  await booksBalance(t, app.owner);
});

test('a change that changes nothing, does not follow, or lies out of its time is refused: 400, 404, 409, 422', async (t) => {
  const app = await countyOfOctober(t);
  t.equal((await ask(app, 'operator', 'M1/rename', { name: '何小仙', effective_on: '2026-10-25' })).status, 200);
  for (const [path, body, status, code] of [
    ['M1/rename', { name: '何小仙' }, 409, 'member_unchanged'],
    ['M1/rename', { name: '何', effective_on: '2026-10-24' }, 422, 'date_before_original'],
    ['M1/rename', { name: '何', effective_on: '2099-01-01' }, 422, 'date_in_future'],
    ['M1/rename', { name: '' }, 400, 'request_invalid'],
    ['M9/rename', { name: '何' }, 404, 'member_not_found'],
    ['M1/transfer', { org_unit: 'XC-01' }, 409, 'member_unchanged'],
    ['M1/transfer', { org_unit: 'YY' }, 404, 'org_unit_not_found'],
    ['M1/transfer', { org_unit: 'XC-01', second_org_unit: 'XC-01' }, 422, 'second_unit_invalid'],
    ['M1/state', { state: 'active' }, 409, 'member_unchanged'],
    ['M1/state', { state: 'merged' }, 422, 'member_state_invalid'],
    ['M1/state', { state: 'gone' }, 400, 'request_invalid'],
    ['M1/state', { state: 'left', reason_code: 'whatever' }, 400, 'request_invalid'],
  ] as const)
    t.match(await ask(app, 'operator', path, body), { status, body: { code } }, `${path} ${JSON.stringify(body)}`);
  const into = { as: 'operator', body: { period: '2026-10' } } as const;
  t.equal((await app.post('/v1/periods', into)).status, 201);
  const late = { state: 'left', effective_on: '2026-10-31' };
  t.match(await ask(app, 'operator', 'M1/state', late), { status: 422, body: { code: 'period_closed' } });
  await booksBalance(t, app.owner);
});

test('an id that differs from another by white space, width or what cannot be seen is no id: 400', async (t) => {
  const app = await county(t);
  for (const id of [' M1', 'M1 ', 'Ｍ1', 'M１', 'M\u200b1', 'M1\u0000', '\u202eM1', 'М1']) {
    const answer = await app.post('/v1/members', { as: 'operator', body: person(id, 'XC-01') });
    t.match(answer, { status: 400, body: { errors: [{ pointer: '/external_id' }] } }, JSON.stringify(id));
    const moved = await ask(app, 'operator', 'M1/transfer', { org_unit: id });
    t.match(moved, { status: 400, body: { errors: [{ pointer: '/org_unit' }] } }, JSON.stringify(id));
  }
  await booksBalance(t, app.owner);
});
