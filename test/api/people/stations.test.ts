/** Guarantees of stations over HTTP: where they may stand, who keeps them, and the key by which what they show is verified. */
import { createPublicKey, sign, verify } from 'node:crypto';
import { test } from 'tap';
import { stationSigningKey } from '../../../src/http/station-keys.js';
import { requireOpenStation } from '../../../src/timebank/people/stations/stations.js';
import type { Caller } from '../../support/app.js';
import { booksBalance, refusedByChecks, run } from '../../support/books.js';
import { county, east, member, unscoped } from './county.js';

const particulars = {
  org_unit: 'XC-01-01',
  name: '东溪银色家园',
  functions: ['exchange', 'learning'],
  opening_hours: [
    { weekday: 3, from: '14:00', to: '24:00' },
    { weekday: 1, from: '09:00', to: '11:30' },
  ],
  coordinates: { latitude: '29.4998', longitude: '120.9039' },
};
const station = { id: 'HOME-1', kind: 'silver_home', ...particulars };

test('a station is registered (201) as it was said, with its hours in the order of the week: 404, 409, 422', async (t) => {
  const app = await county(t);
  const register = (body: object, as: Caller = east) => app.post('/v1/stations', { as, body });
  t.match(await register({ ...station, name: ` ${station.name} ` }), {
    status: 201,
    body: { id: 'HOME-1', kind: 'station_registered', recorded_on: '2026-11-02' },
  });
  const found = await app.get('/v1/stations/HOME-1', { as: member('M3') });
  t.match(found, {
    status: 200,
    body: {
      ...station,
      functions: ['learning', 'exchange'],
      opening_hours: [station.opening_hours[1], station.opening_hours[0]],
      closed_on: null,
    },
  });
  const { coordinates: _, ...placeless } = station;
  t.equal((await register({ ...placeless, id: 'HOME-2', opening_hours: [] })).status, 201);
  t.match((await app.get('/v1/stations/HOME-2', { as: 'auditor' })).body, { coordinates: null, opening_hours: [] });
  const span = (weekday: number, from: string, to: string) => ({ weekday, from, to });
  for (const [body, status, code] of [
    [{}, 409, 'station_exists'],
    [{ id: 'A', org_unit: 'XC-010' }, 404, 'org_unit_not_found'],
    [{ id: 'A', opening_hours: [span(1, '11:30', '09:00')] }, 422, 'weekly_hours_invalid'],
    [{ id: 'A', opening_hours: [span(1, '09:00', '09:00')] }, 422, 'weekly_hours_invalid'],
    [{ id: 'A', opening_hours: [span(1, '09:00', '12:00'), span(1, '11:59', '13:00')] }, 422, 'weekly_hours_invalid'],
    [{ id: 'A', opening_hours: [span(8, '09:00', '12:00')] }, 400, 'request_invalid'],
    [{ id: 'A', opening_hours: [span(1, '9:00', '12:00')] }, 400, 'request_invalid'],
    [{ id: 'A', functions: [] }, 400, 'request_invalid'],
    [{ id: 'A', functions: ['selling'] }, 400, 'request_invalid'],
    [{ id: 'A', coordinates: { latitude: '90.1', longitude: '0' } }, 400, 'request_invalid'],
    [{ id: 'A', coordinates: { latitude: '0', longitude: '180.1' } }, 400, 'request_invalid'],
    [{ id: 'A', coordinates: { latitude: 29.5, longitude: '120' } }, 400, 'request_invalid'],
  ] as const)
    t.match(await register({ ...station, ...body }), { status, body: { code } }, JSON.stringify(body));
  t.equal((await register({ ...station, id: 'A' }, member('M1'))).status, 403);
  await booksBalance(t, app.owner);
});

test('a station is seen and kept by who looks after its unit, and is not there for a neighbour: 404', async (t) => {
  const app = await county(t);
  const west: Caller = { role: 'coordinator', subject: 'west', orgUnit: 'XC-010' };
  await app.post('/v1/stations', { as: east, body: station });
  await app.post('/v1/stations', {
    as: west,
    body: { ...station, id: 'POST-1', kind: 'post', org_unit: 'XC-010', functions: ['care'] },
  });
  const ids = async (as: Caller, query = '') =>
    (await app.get(`/v1/stations${query}`, { as })).body.stations.map(({ id }: { id: string }) => id);
  const operator = { role: 'operator' } as const;
  t.same(await ids(operator), ['HOME-1', 'POST-1']);
  t.same(await ids(east), ['HOME-1']);
  t.same(await ids(unscoped), []);
  t.same(await ids(operator, '?unit=XC-01'), ['HOME-1'], 'a unit with what lies below it');
  t.same(await ids(operator, '?kind=post'), ['POST-1']);
  t.same(await ids(operator, '?function=exchange'), ['HOME-1']);
  t.same(await ids(operator, '?function=volunteering'), []);
  const page = await app.get('/v1/stations?limit=1', { as: operator });
  t.same(await ids(operator, `?limit=1&cursor=${page.body.next_cursor}`), ['POST-1']);
  const hidden = { status: 404, body: { code: 'station_not_found' } };
  t.match(await app.get('/v1/stations/POST-1', { as: east }), hidden);
  t.match(await app.get('/v1/stations/POST-1/changes', { as: east }), hidden);
  t.match(await app.post('/v1/stations/POST-1/close', { as: east, body: {} }), hidden);
  t.match(await app.post('/v1/stations/POST-1/rotate-key', { as: east }), hidden);
  t.match(await app.post('/v1/stations/POST-1/changes', { as: east, body: particulars }), hidden);
  const away = { as: east, body: { ...particulars, org_unit: 'XC-010' } };
  t.match(await app.post('/v1/stations/HOME-1/changes', away), { status: 404, body: { code: 'org_unit_not_found' } });
});

test("what a station's key signs verifies with the public key that is shown, until the key is rotated", async (t) => {
  const app = await county(t);
  await app.post('/v1/stations', { as: east, body: station });
  const shown = async () => (await app.get('/v1/stations/HOME-1', { as: member('M1') })).body.key;
  const signed = (generation: number, ledger = 'xinchang') =>
    sign(
      null,
      Buffer.from('code'),
      stationSigningKey(app.built.service.secret, { ledger, station: 'HOME-1', generation }),
    );
  const verifies = (jwk: { kid: string }, signature: Buffer) =>
    verify(null, Buffer.from('code'), createPublicKey({ key: jwk, format: 'jwk' }), signature);
  const first = await shown();
  t.ok(verifies(first, signed(1)));
  t.notOk(verifies(first, signed(2)));
  t.notOk(verifies(first, signed(1, 'elsewhere')), 'a station of the same id in another ledger has another key');
  t.equal((await app.post('/v1/stations/HOME-1/rotate-key', { as: east })).status, 201);
  const second = await shown();
  t.not(second.kid, first.kid);
  t.ok(verifies(second, signed(2)));
  t.notOk(verifies(second, signed(1)));
  t.same(
    (await app.get('/v1/stations/HOME-1/changes', { as: 'auditor' })).body.changes.map(
      ({ change, kid }: { change: string; kid: string }) => [change, kid],
    ),
    [
      ['registered', first.kid],
      ['key_rotated', second.kid],
    ],
  );
  await booksBalance(t, app.owner);
});

test('a station that is closed takes no change any more and stays readable, with all that became of it: 422', async (t) => {
  const app = await county(t);
  await app.post('/v1/stations', { as: east, body: station });
  const ask = (verb: string, body: object = {}) => app.post(`/v1/stations/HOME-1/${verb}`, { as: east, body });
  t.ok((await run(app.lane, (stage) => requireOpenStation(stage, 'HOME-1').station_id)).result);
  const changed = await ask('changes', { ...particulars, name: '新家园', org_unit: 'XC-01', functions: ['care'] });
  t.match(changed, { status: 201, body: { kind: 'station_changed' } });
  t.equal((await ask('close')).status, 201);
  for (const [verb, body] of [
    ['close', {}],
    ['rotate-key', {}],
    ['changes', particulars],
  ] as const)
    t.match(await ask(verb, body), { status: 422, body: { code: 'station_closed' } }, verb);
  t.equal((await run(app.lane, (stage) => requireOpenStation(stage, 'HOME-1'))).code, 'station_closed');
  t.equal((await run(app.lane, (stage) => requireOpenStation(stage, 'HOME-9'))).code, 'station_not_found');
  t.match((await app.get('/v1/stations/HOME-1', { as: east })).body, { name: '新家园', closed_on: '2026-11-02' });
  t.match((await app.get('/v1/stations/HOME-1/changes', { as: east })).body.changes, [
    { change: 'registered', name: '东溪银色家园', org_unit: 'XC-01-01', changed_by: 'coordinator:east' },
    { change: 'changed', name: '新家园', org_unit: 'XC-01', functions: ['care'], entry: changed.body.entry },
    { change: 'closed', name: '新家园' },
  ]);
  await booksBalance(t, app.owner);
});

test('the database refuses a station that the words do not have', async (t) => {
  const app = await county(t);
  await app.post('/v1/stations', { as: east, body: station });
  await refusedByChecks(t, app.owner, 'stations', {
    stations_kind_check: ["kind = 'shop'"],
    stations_functions_check: ["functions = ''", "functions = 'selling'", "functions = 'care  exchange'"],
    stations_opening_hours_check: ["opening_hours = '8 09:00-10:00'", "opening_hours = '1 09:00-10:00,'"],
    stations_latitude_check: ["latitude = '91'", "latitude = '1.12345678'"],
    stations_longitude_check: ["longitude = '181'"],
  });
});
