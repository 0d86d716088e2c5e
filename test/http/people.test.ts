/** Guarantees of people's tokens: from one provider, for us, in the roles of people; and what of them may enter the journal. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { type Test, test } from 'tap';
import { peopleVerifier } from '../../src/http/people.js';
import { pseudonymPattern, pseudonymsOf, type Subject } from '../../src/http/pseudonyms.js';
import { systemClock } from '../../src/lib/clock.js';
import { sample } from './sample.js';

const issuer = 'https://id.example';
const person = { sub: '13900000001', role: 'coordinator', ledger: 'xinchang', org_unit: 'u-7' };

/** A provider with one key, and the service that believes it. */
async function provided(t: Test, roles: readonly string[] = ['member', 'coordinator']) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] };
  const provider = createServer((_request, response) => void response.end(JSON.stringify(jwks)));
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  t.teardown(() => provider.close());
  const jwksUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/jwks`;
  const kept: Subject[] = [];
  const secret = generateKeyPairSync('ed25519').privateKey;
  const pseudonyms = pseudonymsOf(secret, async (subject) => void kept.push(subject));
  const people = peopleVerifier({ issuer, jwksUrl, audience: 'timeledger', roles }, systemClock, pseudonyms);
  const { app } = await sample({
    auth: { people },
    routes: (routes) => {
      const config = { roles: ['operator', 'coordinator', 'member', 'partner'] } as const;
      routes.get('/me', { config }, (request, reply) => void reply.send(request.principal));
    },
  });
  t.teardown(() => app.close());
  type Key = Parameters<SignJWT['sign']>[0];
  const me = async (claims: JWTPayload, key: Key = privateKey, alg = 'ES256') => {
    const token = await new SignJWT({ iss: issuer, aud: 'timeledger', exp: inAMinute(), ...claims })
      .setProtectedHeader({ alg, kid: 'k1' })
      .sign(key);
    return app.inject({ url: '/me', headers: { authorization: `Bearer ${token}` } });
  };
  return { me, kept };
}

const inAMinute = () => Math.floor(Date.now() / 1_000) + 60;

test("people's tokens from the provider let them in; a stranger's with its name do not: 200, 401", async (t) => {
  const { me } = await provided(t);
  t.match(await me(person), { statusCode: 200 });
  t.match((await me(person)).json(), { role: 'coordinator', ledger: 'xinchang', orgUnit: 'u-7' });
  t.equal((await me(person, (await generateKeyPair('ES256')).privateKey, 'ES256')).statusCode, 401);
  t.equal((await me(person, (await generateKeyPair('RS256')).privateKey, 'RS256')).statusCode, 401);
});

test('the claim care opens the care registry, and is true or false: 200, 401', async (t) => {
  const { me } = await provided(t);
  t.equal((await me({ ...person, care: true })).json().care, true);
  t.not((await me({ ...person, care: false })).json().care, true);
  t.notOk('care' in (await me(person)).json());
  for (const care of ['true', 1, null]) t.equal((await me({ ...person, care })).statusCode, 401, String(care));
});

test('a token for another service, for no one, without end or without a subject is refused with 401', async (t) => {
  const { me } = await provided(t);
  for (const claims of [
    { aud: 'elsewhere' },
    { aud: undefined },
    { exp: undefined },
    { sub: undefined },
    { sub: '' },
  ]) {
    t.equal((await me({ ...person, ...claims } as JWTPayload)).statusCode, 401, JSON.stringify(claims));
  }
  t.equal((await me({ ...person, aud: ['elsewhere', 'timeledger'] })).statusCode, 200);
});

test('a role that is not for people is refused with 401 unless it is configured', async (t) => {
  const usual = await provided(t);
  for (const role of ['operator', 'auditor', 'partner', 'platform']) {
    t.equal((await usual.me({ ...person, role })).statusCode, 401, role);
  }
  const wide = await provided(t, ['operator']);
  t.equal((await wide.me({ ...person, role: 'operator' })).statusCode, 200);
  t.equal((await wide.me(person)).statusCode, 401, 'and then no other');
});

test("a provider's own client_id, partner and scope claims mean nothing here", async (t) => {
  const { me } = await provided(t);
  const told = (await me({ ...person, client_id: 'web', partner: 'xc-bank', scope: 'openid profile' })).json();
  t.match(told, { role: 'coordinator', orgUnit: 'u-7' });
  t.notOk('client' in told || 'partner' in told);
});

test('people act under a pseudonym that is the same every time, kept before it is used, and says nothing', async (t) => {
  const { me, kept } = await provided(t);
  const { subject } = (await me(person)).json();
  t.match(subject, new RegExp(pseudonymPattern));
  t.strictSame(kept, [{ ledger: 'xinchang', pseudonym: subject, issuer, subject: '13900000001' }]);
  t.equal((await me({ ...person, org_unit: 'u-8' })).json().subject, subject);
  t.not((await me({ ...person, sub: '13900000002' })).json().subject, subject);
  t.not((await me({ ...person, ledger: 'tiantai' })).json().subject, subject, 'in another ledger another');
  t.match((await me({ ...person, sub: '何根仙@example.org' })).json().subject, new RegExp(pseudonymPattern));
});

test('another service cannot work a pseudonym out: it depends on the secret', async (t) => {
  const name = () =>
    pseudonymsOf(generateKeyPairSync('ed25519').privateKey, async () => {})({ ledger: 'a', issuer, subject: 'x' });
  t.not(await name(), await name());
});

test('a member is known by their id, from `member` or else `sub`; what is no id is refused with 401', async (t) => {
  const { me, kept } = await provided(t);
  const member = { ...person, role: 'member', org_unit: undefined } as JWTPayload;
  t.equal((await me({ ...member, sub: 'M00001' })).json().subject, 'M00001');
  t.equal((await me({ ...member, member: 'M00002' })).json().subject, 'M00002');
  t.equal((await me({ ...member, sub: 'a@example.org' })).statusCode, 401);
  t.strictSame(kept, [], 'and there is nothing to keep');
});

test('when a pseudonym cannot be kept nobody acts under it', async (t) => {
  const secret = generateKeyPairSync('ed25519').privateKey;
  const pseudonyms = pseudonymsOf(secret, () => Promise.reject(new Error('no database')));
  await t.rejects(pseudonyms({ ledger: 'xinchang', issuer, subject: 'x' }), /no database/);
});

test('when the provider cannot be asked, its tokens get 503 and a time to wait', async (t) => {
  const config = { issuer, jwksUrl: 'http://127.0.0.1:1/jwks', audience: 'timeledger', roles: ['member'] };
  const people = peopleVerifier(config, systemClock, async () => 'p');
  const { app } = await sample({ auth: { people } });
  t.teardown(() => app.close());
  const { privateKey } = await generateKeyPair('ES256');
  const token = await new SignJWT({ role: 'member', ledger: 'x', iss: issuer })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setExpirationTime('1h')
    .sign(privateKey);
  const response = await app.inject({ url: '/v1/entries', headers: { authorization: `Bearer ${token}` } });
  t.equal(response.statusCode, 503);
  t.equal(response.headers['retry-after'], '5');
});
