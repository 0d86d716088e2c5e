/** Guarantees of the organisation tree over HTTP: where a unit may stand, what becomes of it, and who sees it. */
import { type Test, test } from 'tap';
import { type Caller, testApp } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { county, east, member, person, unit, unscoped } from './county.js';

const readers = ['operator', 'auditor'] as const;

/** A county that was registered in the middle of October; now it is November. */
async function countyOfOctober(t: Test) {
  const time = fixedClock(Date.parse('2026-10-15T09:00:00+08:00'));
  const app = await county(t, { clock: time.clock });
  return { app, toNovember: () => time.advance(18 * 86_400_000) };
}

test('a unit is registered (201) one level below its parent and nowhere else: 404, 409, 422', async (t) => {
  const app = await county(t);
  const register = (body: object) => app.post('/v1/org-units', { as: 'operator', body });
  const estate = await register(unit('XC-01-01-01', 'XC-01-01', 'estate'));
  t.equal(estate.status, 201);
  t.equal(estate.body.path, 'XC/XC-01/XC-01-01/XC-01-01-01');
  t.same((await app.get('/v1/org-units/XC-01-01-01', { as: 'auditor' })).body, estate.body);
  for (const [id, parent, level] of [
    ['XC-02', 'XC', 'township'],
    ['XC-02-01', 'XC-02', 'village'],
    ['XC-02-02', 'XC-02', 'community'],
    ['XC-02-01-01', 'XC-02-01', 'estate'],
    ['XC-02-01-01-1', 'XC-02-01-01', 'stairwell'],
  ] as const)
    t.equal((await register(unit(id, parent, level))).status, 201, `a ${level} below ${parent}`);
  const refusals = [
    [unit('XC-01', 'XC', 'subdistrict'), 409, 'org_unit_exists'],
    [unit('YY', null, 'county'), 409, 'county_exists'],
    [unit('XC-03', 'YY', 'subdistrict'), 404, 'org_unit_not_found'],
    [unit('XC-03', 'XC', 'community'), 422, 'org_unit_level_invalid'],
    [unit('XC-03', 'XC', 'village'), 422, 'org_unit_level_invalid'],
    [unit('XC-03', 'XC-01', 'township'), 422, 'org_unit_level_invalid'],
    [unit('XC-03', 'XC-02', 'estate'), 422, 'org_unit_level_invalid'],
    [unit('XC-03', 'XC-02-01', 'stairwell'), 422, 'org_unit_level_invalid'],
    [unit('XC-03', null, 'subdistrict'), 422, 'org_unit_level_invalid'],
    [unit('YY', 'XC', 'county'), 422, 'org_unit_level_invalid'],
    [{ ...unit('XC-03', 'XC', 'subdistrict'), name: '\ud800' }, 400, 'request_invalid'],
    [{ ...unit('XC-03', 'XC', 'subdistrict'), name: ' ' }, 400, 'request_invalid'],
  ] as const;
  for (const [body, status, code] of refusals)
    t.match(await register(body), { status, body: { code } }, `${body.external_id} below ${body.parent_external_id}`);
  await booksBalance(t, app.owner);
});

test('two counties that are registered at once leave one', async (t) => {
  const app = await testApp(t);
  const answers = await Promise.all(
    ['XC', 'YY'].map((id) => app.post('/v1/org-units', { as: 'operator', body: unit(id, null, 'county') })),
  );
  t.same(answers.map(({ status }) => status).sort(), [201, 409]);
  await booksBalance(t, app.owner);
});

test('a coordinator sees the units of the scope and below, and no neighbour whose id begins alike: 200 and 404', async (t) => {
  const app = await county(t);
  const ids = async (as: Caller) =>
    (await app.get('/v1/org-units', { as })).body.org_units.map((found: { id: string }) => found.id);
  t.same(await ids(east), ['XC-01', 'XC-01-01']);
  t.same(await ids(unscoped), []);
  t.same(await ids({ role: 'auditor' }), ['XC', 'XC-01', 'XC-01-01', 'XC-010']);
  t.equal((await app.get('/v1/org-units/XC-01-01', { as: east })).status, 200);
  t.equal((await app.get('/v1/org-units/XC-01-01/changes', { as: east })).status, 200);
  for (const hidden of ['XC', 'XC-010', 'XC-010/changes'])
    t.match(await app.get(`/v1/org-units/${hidden}`, { as: east }), {
      status: 404,
      body: { code: 'org_unit_not_found' },
    });
  t.equal((await app.get('/v1/org-units/XC-01', { as: unscoped })).status, 404);
  t.equal((await app.get('/v1/org-units', { as: member('M1') })).status, 403);
});

test('a unit that is moved takes along what is below it, and whoever sees it; its history says who, when, from and to', async (t) => {
  const { app, toNovember } = await countyOfOctober(t);
  const west: Caller = { role: 'coordinator', subject: 'west', orgUnit: 'XC-010' };
  await app.post('/v1/org-units', { as: 'operator', body: unit('XC-01-01-01', 'XC-01-01', 'estate') });
  await app.post('/v1/members', { as: 'operator', body: person('M4', 'XC-01-01-01') });
  toNovember();
  const move = { parent_external_id: 'XC-010', effective_on: '2026-10-20' };
  const key = 'move-the-community-1';
  const moved = await app.post('/v1/org-units/XC-01-01/move', { as: 'operator', body: move, key });
  t.match(moved, {
    status: 200,
    body: { id: 'XC-01-01', parent: 'XC-010', path: 'XC/XC-010/XC-01-01', name: '单位 XC-01-01', closed_on: null },
  });
  const seen = async (as: Caller) =>
    (await app.get('/v1/members', { as })).body.members.map((found: { id: string }) => found.id);
  t.same(await seen(east), ['M1']);
  t.same(await seen(west), ['M2', 'M3', 'M4']);
  t.equal((await app.get('/v1/org-units/XC-01-01-01', { as: west })).body.path, 'XC/XC-010/XC-01-01/XC-01-01-01');
  t.equal((await app.post('/v1/members', { as: east, body: person('M5', 'XC-01-01-01') })).status, 404);
  t.equal((await app.post('/v1/members', { as: west, body: person('M5', 'XC-01-01-01') })).status, 201);

  const renamed = await app.post('/v1/org-units/XC-01-01/rename', { as: 'operator', body: { name: ' 东溪新村 ' } });
  t.match(renamed, { status: 200, body: { name: '东溪新村', path: 'XC/XC-010/XC-01-01' } });
  const replayed = await app.post('/v1/org-units/XC-01-01/move', { as: 'operator', body: move, key });
  t.equal(replayed.text, moved.text, 'a repeated move is answered as it was, though the name is another now');
  for (const as of readers) {
    const { changes } = (await app.get('/v1/org-units/XC-01-01/changes', { as })).body;
    t.match(changes, [
      { kind: 'registered', name: '单位 XC-01-01', parent: 'XC-01', changed_by: 'operator:operator' },
      { kind: 'moved', name: '单位 XC-01-01', parent: 'XC-010', effective_on: '2026-10-20' },
      { kind: 'renamed', name: '东溪新村', parent: 'XC-010', entry: renamed.body.entry },
    ]);
    const [first] = (await app.get('/v1/org-units/XC-01-01/changes?limit=1', { as })).body.changes;
    t.same(first, changes[0]);
  }
  await booksBalance(t, app.owner);
});

test('a unit is closed (200) once nobody is in it and nothing open below it, and then nothing comes to it: 409, 422', async (t) => {
  const { app, toNovember } = await countyOfOctober(t);
  const ask = (path: string, body: object = {}) => app.post(`/v1/org-units/${path}`, { as: 'operator', body });
  await app.post('/v1/org-units', { as: 'operator', body: unit('XC-02', 'XC', 'township') });
  await app.post('/v1/org-units', { as: 'operator', body: unit('XC-02-01', 'XC-02', 'village') });
  toNovember();
  t.match(await ask('XC-02/close'), { status: 409, body: { code: 'org_unit_in_use' } }, 'a village is open below it');
  t.match(await ask('XC-01-01/close'), { status: 409, body: { code: 'org_unit_in_use' } }, 'M2 lives there');
  const station = { org_unit: 'XC-02-01', name: '驿站', functions: ['care'], opening_hours: [] };
  const team = { id: 'T1', org_unit: 'XC-02-01', name: '志愿队', leader: 'M1' };
  await app.post('/v1/stations', { as: 'operator', body: { id: 'S1', kind: 'post', ...station } });
  t.match(await ask('XC-02-01/close'), { status: 409, body: { code: 'org_unit_in_use' } }, 'a station is open in it');
  t.equal((await app.post('/v1/stations/S1/close', { as: 'operator' })).status, 201);
  await app.post('/v1/teams', { as: 'operator', body: team });
  t.match(await ask('XC-02-01/close'), { status: 409, body: { code: 'org_unit_in_use' } }, 'a team is at work in it');
  t.equal((await app.post('/v1/teams/T1/dissolve', { as: 'operator' })).status, 201);
  const closed = await ask('XC-02-01/close', { effective_on: '2026-10-27' });
  t.match(closed, { status: 200, body: { closed_on: '2026-10-27', name: '单位 XC-02-01' } });
  t.equal((await ask('XC-02/close')).status, 200);
  for (const [path, body] of [
    ['XC-02-01/close', {}],
    ['XC-02-01/rename', { name: '新名' }],
    ['XC-02-01/move', { parent_external_id: 'XC-01' }],
    ['XC-01-01/move', { parent_external_id: 'XC-02' }],
  ] as const)
    t.match(await ask(path, body), { status: 422, body: { code: 'org_unit_closed' } }, path);
  const into = { as: 'operator', body: person('M9', 'XC-02-01') } as const;
  t.match(await app.post('/v1/members', into), { status: 422, body: { code: 'org_unit_closed' } });
  const below = { as: 'operator', body: unit('XC-02-02', 'XC-02', 'village') } as const;
  t.match(await app.post('/v1/org-units', below), { status: 422, body: { code: 'org_unit_closed' } });
  t.equal(
    (await app.get('/v1/org-units/XC-02-01', { as: 'auditor' })).body.closed_on,
    '2026-10-27',
    'it stays readable',
  );
  await booksBalance(t, app.owner);
});

test('a change that changes nothing, breaks the tree or lies out of its time is refused: 400, 404, 409, 422', async (t) => {
  const { app, toNovember } = await countyOfOctober(t);
  toNovember();
  const ask = (path: string, body: object) => app.post(`/v1/org-units/${path}`, { as: 'operator', body });
  t.equal((await ask('XC-01-01/rename', { name: '东溪', effective_on: '2026-10-20' })).status, 200);
  for (const [path, body, status, code] of [
    ['XC-01-01/rename', { name: '东溪' }, 409, 'org_unit_unchanged'],
    ['XC-01-01/move', { parent_external_id: 'XC-01' }, 409, 'org_unit_unchanged'],
    ['XC-01-01/move', { parent_external_id: 'XC' }, 422, 'org_unit_level_invalid'],
    ['XC-01-01/move', { parent_external_id: 'XC-01-01' }, 422, 'org_unit_level_invalid'],
    ['XC-01/move', { parent_external_id: 'XC-01-01' }, 422, 'org_unit_level_invalid'],
    ['XC/move', { parent_external_id: 'XC-01' }, 422, 'org_unit_level_invalid'],
    ['XC-01-01/move', { parent_external_id: 'YY' }, 404, 'org_unit_not_found'],
    ['YY/move', { parent_external_id: 'XC' }, 404, 'org_unit_not_found'],
    ['XC-01-01/rename', { name: '西溪', effective_on: '2026-10-19' }, 422, 'date_before_original'],
    ['XC-01-01/rename', { name: '西溪', effective_on: '2099-01-01' }, 422, 'date_in_future'],
    ['XC-01-01/rename', { name: '西溪', effective_on: '2026-02-30' }, 400, 'request_invalid'],
    ['XC-01-01/rename', { name: '' }, 400, 'request_invalid'],
  ] as const)
    t.match(await ask(path, body), { status, body: { code } }, `${path} ${JSON.stringify(body)}`);
  t.equal((await app.post('/v1/periods', { as: 'operator', body: { period: '2026-10' } })).status, 201);
  t.match(await ask('XC-010/rename', { name: '西', effective_on: '2026-10-31' }), {
    status: 422,
    body: { code: 'period_closed' },
  });
  const asCoordinator = await app.post('/v1/org-units/XC-01/rename', { as: east, body: { name: '东' } });
  t.equal(asCoordinator.status, 403, 'operators keep the tree');
  await booksBalance(t, app.owner);
});
