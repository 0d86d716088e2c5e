/** Guarantees of QR codes: which prove that a volunteer is there, and which prove nothing. */
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { type Test, test } from 'tap';
import { signProofToken } from '../../../../src/http/proof-tokens.js';
import { stationPublicKey } from '../../../../src/http/station-keys.js';
import { booksBalance, ledger } from '../../../support/books.js';
import { li, member, type OrderTown, plan, wang } from './people.js';
import { atStation, qr, tokenOf } from './station.js';

const refuses = async (t: Test, town: OrderTown, token: string, why: RegExp, code = 'proof_invalid') =>
  t.match(
    await town.app.post('/v1/orders/N1/check-in', { as: member('V1'), body: qr(token) }),
    { status: 422, body: { code, detail: why } },
    String(why),
  );

/** A token with other parts; `undefined` keeps a part as it is. */
function forged(token: string, header?: object, claims?: object, signature?: string): string {
  const [head = '', body = '', signed = ''] = token.split('.');
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
  return [header ? part(header) : head, claims ? part(claims) : body, signature ?? signed].join('.');
}

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

test('the QR code of the station and the card of the recipient prove both ends: grade A', async (t) => {
  const town = await atStation(t);
  const shown = (await town.app.get('/v1/stations/S1/qr', { as: wang })).body;
  t.match(shown, { printed: false, expires_at: '2026-11-03T01:01:00.000000Z', svg: /^<svg.*<\/svg>$/ });
  t.match(await town.ask(member('V1'), 'N1/check-in', qr(shown.token)), {
    status: 'checked_in',
    volunteers: [{ check_in: '2026-11-03T01:00:00.000000Z', check_in_proof: 'qr' }],
  });
  town.advanceTo(plan.planned_end);
  const card = await tokenOf(town, '/v1/members/R1/card', member('R1'));
  t.match(await town.ask(member('V1'), 'N1/check-out', qr(card)), { volunteers: [{ check_out_proof: 'qr' }] });
  await town.ask(member('R1'), 'N1/confirm');
  const { volunteers } = await town.ask(li, 'N1/approve');
  const { body } = await town.app.get(`/v1/service-records/${volunteers[0].service_record}`, { as: 'operator' });
  t.match(body, { proof_grade: 'A', hours: '1.00', coins: '1.00' });
  await booksBalance(t, town.app.owner);
});

test('a printed code does not expire, counts as a device and is flagged', async (t) => {
  const town = await atStation(t);
  const shown = (await town.app.get('/v1/stations/S1/qr?printed=true', { as: wang })).body;
  t.match(shown, { printed: true, expires_at: null });
  t.notOk('exp' in claimsOf(shown.token));
  town.advance(30 * 60_000);
  t.match(await town.ask(member('V1'), 'N1/check-in', qr(shown.token)), {
    volunteers: [{ check_in_proof: 'qr_printed' }],
  });
  const card = await tokenOf(town, '/v1/members/R1/card?printed=true', wang);
  town.advance(60 * 60_000);
  t.match(await town.ask(member('V1'), 'N1/check-out', qr(card)), {
    volunteers: [{ check_out_proof: 'qr_printed' }],
  });
  await town.ask(member('R1'), 'N1/confirm');
  const { volunteers } = await town.ask(li, 'N1/approve');
  const { body } = await town.app.get(`/v1/service-records/${volunteers[0].service_record}`, { as: 'operator' });
  t.equal(body.proof_grade, 'A');
  await booksBalance(t, town.app.owner);
});

test('a code on a screen is good for a minute and for five seconds more, and not before it was made', async (t) => {
  const town = await atStation(t);
  const old = await tokenOf(town, '/v1/stations/S1/qr');
  town.advance(65_001);
  await refuses(t, town, old, /QR code has expired/);
  const token = await tokenOf(town, '/v1/stations/S1/qr');
  const { iat, exp, ...place } = claimsOf(token);
  const early = { ...place, issuedAt: iat + 6, expiresAt: exp + 6 };
  await refuses(t, town, signProofToken(town.app.built.service.secret, ledger, early), /issued later than now/);
  town.advanceTo(new Date(exp * 1_000 + 5_000).toISOString());
  t.match(await town.ask(member('V1'), 'N1/check-in', qr(token)), { status: 'checked_in' });
  await booksBalance(t, town.app.owner);
});

test('what another place shows proves nothing: another station, somebody else’s card, another ledger', async (t) => {
  const town = await atStation(t);
  await refuses(t, town, await tokenOf(town, '/v1/stations/S2/qr'), /another station than that of the order/);
  await refuses(t, town, await tokenOf(town, '/v1/members/R2/card'), /not a recipient/);
  await refuses(t, town, await tokenOf(town, '/v1/members/V1/card', member('V1')), /not a recipient/);
  const { secret } = town.app.built.service;
  const { iat, exp, ledger: _, ...place } = claimsOf(await tokenOf(town, '/v1/stations/S1/qr'));
  const abroad = signProofToken(secret, 'other', { ...place, issuedAt: iat, expiresAt: exp });
  await refuses(t, town, abroad, /another ledger/);
  await refuses(t, town, forged(abroad, undefined, { ...claimsOf(abroad), ledger }), /not signed/);
  t.match((await town.app.get('/v1/orders/N1', { as: wang })).body, { status: 'accepted' });
  await booksBalance(t, town.app.owner);
});

test('a key that was rotated, and a station that is closed, prove nothing any more, on paper either', async (t) => {
  const town = await atStation(t);
  const printed = await tokenOf(town, '/v1/stations/S1/qr?printed=true');
  await town.ask(wang, '/v1/stations/S1/rotate-key', undefined, 201);
  await refuses(t, town, printed, /QR code of station S1 was replaced/, 'proof_replaced');
  const next = await tokenOf(town, '/v1/stations/S1/qr?printed=true');
  await town.ask(wang, '/v1/stations/S1/close', undefined, 201);
  await refuses(t, town, next, /closed/);
  t.match(await town.app.get('/v1/stations/S1/qr', { as: wang }), { status: 422, body: { code: 'station_closed' } });
  await booksBalance(t, town.app.owner);
});

test('nothing is taken that its place has not signed with Ed25519: tampered claims, alg none, HS256 with the public key', async (t) => {
  const town = await atStation(t);
  const token = await tokenOf(town, '/v1/stations/S1/qr');
  const claims = claimsOf(token);
  const { kid, publicKey } = stationPublicKey(town.app.built.service.secret, { ledger, station: 'S1', generation: 1 });
  const symmetric = forged(token, { alg: 'HS256', kid });
  const signing = symmetric.slice(0, symmetric.lastIndexOf('.'));
  const mac = createHmac('sha256', Buffer.from(publicKey, 'base64url')).update(signing).digest('base64url');
  for (const wrong of [
    forged(token, undefined, { ...claims, exp: claims.exp + 3_600 }),
    forged(token, undefined, { ...claims, generation: 2 }),
    forged(token, { alg: 'none' }, undefined, 'AA'),
    forged(token, { alg: 'none', kid }),
    `${signing}.${mac}`,
    forged(token, { alg: 'EdDSA', kid: 'another' }),
    forged(token, { alg: 'EdDSA', kid, crit: ['exp'] }),
    forged(token, undefined, undefined, Buffer.alloc(64).toString('base64url')),
    signProofToken(generateKeyPairSync('ed25519').privateKey, ledger, {
      ...{ place: 'station', id: 'S1', generation: 1, printed: false, issuedAt: claims.iat, expiresAt: claims.exp },
    }),
  ])
    await refuses(t, town, wrong, /not signed/);
  for (const wrong of Object.values({
    endless: { ...claims, exp: undefined },
    printedWithEnd: { ...claims, printed: true },
    elsewhere: { ...claims, place: 'bus' },
    half: { ...claims, generation: 1.5 },
  }))
    await refuses(t, town, forged(token, undefined, wrong), /no QR code of a station/);
  await refuses(t, town, 'a.b.c', /no QR code of a station/);
  t.match(await town.ask(member('V1'), 'N1/check-in', qr(token)), { status: 'checked_in' });
  await booksBalance(t, town.app.owner);
});

test('a QR code is for who looks after the station, a card for its member too: others do not find them, 404', async (t) => {
  const town = await atStation(t);
  t.match(await town.app.get('/v1/stations/S3/qr', { as: wang }), { status: 404, body: { code: 'station_not_found' } });
  t.match(await town.app.get('/v1/members/F1/card', { as: wang }), { status: 404, body: { code: 'member_not_found' } });
  t.match(await town.app.get('/v1/members/R2/card', { as: member('R1') }), { status: 404 });
  t.equal((await town.app.get('/v1/stations/S1/qr', { as: member('R1') })).status, 403);
  const elsewhere = await tokenOf(town, '/v1/stations/S1/qr');
  await town.refused(member('F1'), 'N1/check-in', { ...qr(elsewhere), volunteer: 'F1' }, 404, 'order_not_found');
  await booksBalance(t, town.app.owner);
});
