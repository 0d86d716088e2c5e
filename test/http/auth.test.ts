/** Guarantees of the guard: who gets in, who does not, and that no route is open by accident. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { test } from 'tap';
import { peopleVerifier } from '../../src/http/people.js';
import { issueToken, tokenKeysOf } from '../../src/http/tokens.js';
import { systemClock } from '../../src/lib/clock.js';
import { type SampleOptions, sample } from './sample.js';

const claims = { issuer: 'timeledger', subject: 'op-1', role: 'operator', ledger: 'xinchang' } as const;

/** The sample with a route that tells who is asking. */
async function whoami(options: SampleOptions = {}) {
  return await sample({
    ...options,
    routes: (app) => {
      app.get('/me', { config: { roles: ['operator', 'coordinator', 'partner'] } }, (request, reply) => {
        reply.send(request.principal);
      });
    },
  });
}

test('a good token lets its role in and says who is asking: 200, the first time and from the cache', async (t) => {
  const { app, token } = await whoami();
  t.teardown(() => app.close());
  const authorization = `Bearer ${token('coordinator', { subject: 'c-9', orgUnit: 'u-1' })}`;
  for (let round = 0; round < 2; round += 1) {
    const response = await app.inject({ url: '/me', headers: { authorization } });
    t.equal(response.statusCode, 200);
    t.strictSame(response.json(), { subject: 'c-9', role: 'coordinator', ledger: 'xinchang', orgUnit: 'u-1' });
  }
  const partner = await app.inject({
    url: '/me',
    headers: { authorization: `Bearer ${token('partner', { partner: 'xc-bank' })}` },
  });
  t.match(partner.json(), { role: 'partner', partner: 'xc-bank' });
});

test('a role that is not in the list is refused with 403', async (t) => {
  const { app, token } = await whoami();
  t.teardown(() => app.close());
  const response = await app.inject({ url: '/me', headers: { authorization: `Bearer ${token('member')}` } });
  t.equal(response.statusCode, 403);
  t.equal(response.json().code, 'forbidden');
});

test('no token is refused with 401 and the challenge, before the body is read', async (t) => {
  const { app } = await whoami();
  t.teardown(() => app.close());
  const response = await app.inject({
    method: 'POST',
    url: '/v1/entries',
    headers: { 'content-type': 'application/json' },
    payload: 'no JSON',
  });
  t.equal(response.statusCode, 401);
  t.equal(response.json().code, 'unauthenticated');
  t.equal(response.headers['www-authenticate'], 'Bearer realm="timeledger"');
});

test('forged, foreign and malformed tokens are refused with 401', async (t) => {
  const { app, keys, token } = await whoami();
  t.teardown(() => app.close());
  const good = token('operator');
  const [head = '', payload = '', signature = ''] = good.split('.');
  const stranger = tokenKeysOf(generateKeyPairSync('ed25519').privateKey);
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  const secret = Buffer.from(keys.publicKey.export({ type: 'spki', format: 'pem' }).toString());
  const confused = await new SignJWT({
    role: 'operator',
    ledger: 'xinchang',
    iss: 'timeledger',
    sub: 'x',
    exp: 9_999_999_999,
  })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(secret);
  const bad: Record<string, string> = {
    'another key': issueToken(stranger, claims, 60, systemClock),
    'another issuer': issueToken(keys, { ...claims, issuer: 'https://elsewhere.example' }, 60, systemClock),
    'no signature': `${head}.${payload}.`,
    'algorithm none': `${none}.${payload}.`,
    'the public key used as a shared secret': confused,
    'a changed payload': `${head}.${Buffer.from(Buffer.from(payload, 'base64url').toString().replace('operator', 'auditor1')).toString('base64url')}.${signature}`,
    'a changed signature': `${head}.${payload}.${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`,
    'not a token': 'abc',
  };
  for (const [name, value] of Object.entries(bad)) {
    const response = await app.inject({ url: '/me', headers: { authorization: `Bearer ${value}` } });
    t.equal(response.statusCode, 401, name);
    t.match(response.headers['www-authenticate'], /error="invalid_token"/, name);
  }
  t.equal((await app.inject({ url: '/me', headers: { authorization: `Basic ${good}` } })).statusCode, 401);
});

test('a token whose claims are not of their shape is refused with 401', async (t) => {
  const { app, keys } = await whoami();
  t.teardown(() => app.close());
  const base = { iss: 'timeledger', sub: 'a', role: 'operator', ledger: 'xinchang', exp: 9_999_999_999 };
  const shapes: Record<string, object> = {
    'no role': { ...base, role: undefined },
    'an unknown role': { ...base, role: 'root' },
    'no ledger': { ...base, ledger: undefined },
    'a ledger with a slash': { ...base, ledger: '../x' },
    'a subject with a line feed': { ...base, sub: 'a\nb' },
    'a scope that is a list': { ...base, scope: ['u-1'] },
    'no expiry': { ...base, exp: undefined },
  };
  for (const [name, payload] of Object.entries(shapes)) {
    const token = await new SignJWT({ ...payload }).setProtectedHeader({ alg: 'EdDSA' }).sign(keys.privateKey);
    t.equal((await app.inject({ url: '/me', headers: { authorization: `Bearer ${token}` } })).statusCode, 401, name);
  }
});

test('a token that has expired is refused with 401, even when it was let in before', async (t) => {
  let now = Date.parse('2026-10-01T00:00:00Z');
  const { app, token } = await whoami({ clock: () => now });
  t.teardown(() => app.close());
  const authorization = `Bearer ${token('operator', {}, 60)}`;
  t.equal((await app.inject({ url: '/me', headers: { authorization } })).statusCode, 200);
  now += 61_000;
  const response = await app.inject({ url: '/me', headers: { authorization } });
  t.equal(response.statusCode, 401);
  t.equal(response.json().detail, 'The token has expired.');
});

test('after too many bad tokens an address gets 429 for new tokens, while those already known still get 200', async (t) => {
  const { app, token } = await whoami({ auth: { badTokenLimit: 3 } });
  t.teardown(() => app.close());
  const me = (value: string) => app.inject({ url: '/me', headers: { authorization: `Bearer ${value}` } });
  const known = token('operator');
  t.equal((await me(known)).statusCode, 200);
  for (let count = 0; count < 3; count += 1) t.equal((await me(`a.b.c${count}`)).statusCode, 401);
  const refused = await me(token('operator', { subject: 'another' }));
  t.equal(refused.statusCode, 429);
  t.ok(Number(refused.headers['retry-after']) >= 1);
  t.equal((await me(known)).statusCode, 200);
});

test('a route that says neither its roles nor that it is public stops the start', async (t) => {
  const start = (config: object) => sample({ routes: (app) => void app.get('/open', { config }, () => 'x') });
  await t.rejects(start({}), /GET \/open says neither its roles nor that it is public/);
  await t.rejects(start({ roles: [] }), /says neither/);
  await t.rejects(start({ roles: ['member'], public: true }), /which\?/);
});

test('the guard refuses to come after a route', async (t) => {
  const { default: Fastify } = await import('fastify');
  const { registerAuth } = await import('../../src/http/auth.js');
  const app = Fastify();
  t.teardown(() => app.close());
  app.get('/early', () => 'x');
  const keys = tokenKeysOf(generateKeyPairSync('ed25519').privateKey);
  await t.rejects(registerAuth(app, { keys, issuer: 'i', clock: systemClock }), /before any route/);
});

test('HEAD is guarded as its GET is: 401', async (t) => {
  const { app } = await whoami();
  t.teardown(() => app.close());
  t.equal((await app.inject({ method: 'HEAD', url: '/me' })).statusCode, 401);
});

test('reading the principal on a public route is a bug, and gives 500', async (t) => {
  const { app } = await sample();
  t.teardown(() => app.close());
  t.equal((await app.inject('/principal')).statusCode, 500);
});

test('a token verifies with the key set that the service publishes: 200', async (t) => {
  const { app, token } = await sample();
  t.teardown(() => app.close());
  const response = await app.inject('/.well-known/jwks.json');
  t.equal(response.statusCode, 200);
  const { createLocalJWKSet, jwtVerify } = await import('jose');
  const { payload } = await jwtVerify(token('auditor'), createLocalJWKSet(response.json()), { issuer: 'timeledger' });
  t.match(payload, { sub: 'auditor-1', role: 'auditor', ledger: 'xinchang' });
  t.type(payload.jti, 'string');
});

test('a token cannot be issued with a shape or lifetime that would be refused', async (t) => {
  const keys = tokenKeysOf(generateKeyPairSync('ed25519').privateKey);
  t.throws(() => issueToken(keys, { ...claims, ledger: '' }, 60, systemClock), RangeError);
  t.throws(() => issueToken(keys, claims, 0, systemClock), RangeError);
  t.throws(() => issueToken(keys, claims, Number.NaN, systemClock), RangeError);
});

test("people's tokens from the OpenID provider let them in; a stranger's with its name do not: 200, 401", async (t) => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] };
  const provider = createServer((_request, response) => void response.end(JSON.stringify(jwks)));
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  t.teardown(() => provider.close());
  const { port } = provider.address() as AddressInfo;
  const issuer = 'https://id.example';
  const people = peopleVerifier({ issuer, jwksUrl: `http://127.0.0.1:${port}/jwks` }, systemClock);
  const { app } = await whoami({ auth: { people } });
  t.teardown(() => app.close());
  const sign = (key: Parameters<SignJWT['sign']>[0], alg: string) =>
    new SignJWT({ role: 'coordinator', ledger: 'xinchang', org_unit: 'u-7', scope: 'openid profile' })
      .setProtectedHeader({ alg, kid: 'k1' })
      .setIssuer(issuer)
      .setSubject('p-1')
      .setExpirationTime('1h')
      .sign(key);
  const me = async (token: string) => await app.inject({ url: '/me', headers: { authorization: `Bearer ${token}` } });
  const good = await me(await sign(privateKey, 'ES256'));
  t.equal(good.statusCode, 200);
  t.strictSame(good.json(), { subject: 'p-1', role: 'coordinator', ledger: 'xinchang', orgUnit: 'u-7' });
  t.equal((await me(await sign((await generateKeyPair('ES256')).privateKey, 'ES256'))).statusCode, 401);
  t.equal((await me(await sign((await generateKeyPair('RS256')).privateKey, 'RS256'))).statusCode, 401);
});

test('when the provider cannot be asked, its tokens get 503 and a time to wait', async (t) => {
  const people = peopleVerifier({ issuer: 'https://id.example', jwksUrl: 'http://127.0.0.1:1/jwks' }, systemClock);
  const { app } = await whoami({ auth: { people } });
  t.teardown(() => app.close());
  const { privateKey } = await generateKeyPair('ES256');
  const token = await new SignJWT({ role: 'member', ledger: 'x' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setIssuer('https://id.example')
    .setExpirationTime('1h')
    .sign(privateKey);
  const response = await app.inject({ url: '/me', headers: { authorization: `Bearer ${token}` } });
  t.equal(response.statusCode, 503);
  t.equal(response.headers['retry-after'], '5');
});
