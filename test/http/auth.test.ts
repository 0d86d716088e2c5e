/** Guarantees of the guard: who gets in, who does not, and that no route is open by accident. */
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { test } from 'tap';
import { createMetrics } from '../../src/http/metrics.js';
import { Sessions } from '../../src/http/sessions.js';
import { SignInFailures } from '../../src/http/sign-in-failures.js';
import { issueToken, TokenKeyring, tokenKeysOf } from '../../src/http/tokens.js';
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
  const now = Math.floor(Date.now() / 1_000);
  const sound = {
    role: 'operator',
    ledger: 'xinchang',
    iss: 'timeledger',
    aud: 'timeledger',
    sub: 'x',
    iat: now,
    exp: now + 60,
  };
  const header = { alg: 'EdDSA', typ: 'JWT', kid: keys.kid };
  const signed = (claims: object, said: object = header) =>
    new SignJWT({ ...claims }).setProtectedHeader(said as typeof header).sign(keys.privateKey);
  const confused = await new SignJWT(sound).setProtectedHeader({ ...header, alg: 'HS256' }).sign(secret);
  t.equal(
    (await app.inject({ url: '/me', headers: { authorization: `Bearer ${await signed(sound)}` } })).statusCode,
    200,
  );
  const bad: Record<string, string> = {
    'another key': issueToken(stranger, claims, 60, systemClock),
    'another issuer': issueToken(keys, { ...claims, issuer: 'https://elsewhere.example' }, 60, systemClock),
    'no signature': `${head}.${payload}.`,
    'algorithm none': `${none}.${payload}.`,
    'the public key used as a shared secret': confused,
    'a changed payload': `${head}.${Buffer.from(Buffer.from(payload, 'base64url').toString().replace('operator', 'auditor1')).toString('base64url')}.${signature}`,
    'a changed signature': `${head}.${payload}.${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`,
    'another spelling of the signature': good.slice(0, -1) + String.fromCharCode(good.charCodeAt(good.length - 1) + 1),
    'not a token': 'abc',
    'no key id': await signed(sound, { alg: 'EdDSA', typ: 'JWT' }),
    'the key id of another': await signed(sound, { ...header, kid: stranger.kid }),
    'no issuer': await signed({ ...sound, iss: undefined }),
    'no audience': await signed({ ...sound, aud: undefined }),
    'another audience': await signed({ ...sound, aud: 'elsewhere' }),
    'no moment of issue': await signed({ ...sound, iat: undefined }),
    'issued tomorrow': await signed({ ...sound, iat: now + 86_400, exp: now + 90_000 }),
    'good for a year': await signed({ ...sound, exp: now + 366 * 86_400 }),
    'an expiry that is text': await signed({ ...sound, exp: String(now + 60) }).catch(() => 'x'),
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
  const iat = Math.floor(Date.now() / 1_000);
  const own = { iss: 'timeledger', aud: 'timeledger', iat, exp: iat + 60 };
  const base = { ...own, sub: 'a', role: 'operator', ledger: 'xinchang' };
  const shapes: Record<string, object> = {
    'no role': { ...base, role: undefined },
    'an unknown role': { ...base, role: 'root' },
    'no ledger': { ...base, ledger: undefined },
    'a ledger with a slash': { ...base, ledger: '../x' },
    'a subject with a line feed': { ...base, sub: 'a\nb' },
    'a subject that is an address': { ...base, sub: 'a@example.org' },
    'a scope that is a list': { ...base, scope: ['u-1'] },
    'no expiry': { ...base, exp: undefined },
  };
  for (const [name, payload] of Object.entries(shapes)) {
    const token = await new SignJWT({ ...payload })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: keys.kid })
      .sign(keys.privateKey);
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

test('after many bad tokens from an address a bad one gets 429 and a good one, known or new, still 200', async (t) => {
  const { app, token, metrics } = await whoami({ failureLimit: 3 });
  t.teardown(() => app.close());
  const me = (value: string) => app.inject({ url: '/me', headers: { authorization: `Bearer ${value}` } });
  const known = token('operator');
  t.equal((await me(known)).statusCode, 200);
  for (let count = 0; count < 3; count += 1) t.equal((await me(`a.b.c${count}`)).statusCode, 401);
  const refused = await me('a.b.c9');
  t.equal(refused.statusCode, 429);
  t.ok(Number(refused.headers['retry-after']) >= 1);
  t.equal((await me(known)).statusCode, 200);
  t.equal((await me(token('operator', { subject: 'another' }))).statusCode, 200);
  t.match(await metrics.registry.metrics(), /timeledger_sign_in_failures_total\{kind="token"\} 4/);
});

test('a token is one session however it is spelt in the header: 200', async (t) => {
  const sessions = new Sessions();
  const { app, token } = await whoami({ sessions });
  t.teardown(() => app.close());
  const good = token('operator');
  for (const header of [`Bearer ${good}`, `Bearer ${' '.repeat(3_000)}${good}`, `bearer ${good}`, `BEARER   ${good}`]) {
    t.equal((await app.inject({ url: '/me', headers: { authorization: header } })).statusCode, 200);
  }
  t.equal(sessions.size, 1);
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
  const failures = new SignInFailures(
    1,
    systemClock,
    createMetrics({ freeBytes: undefined, full: false }).signInFailures,
  );
  const options = { keys: new TokenKeyring([keys]), issuer: 'i', clock: systemClock, failures };
  t.throws(() => registerAuth(app, options), /before any route/);
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
  t.throws(() => issueToken(keys, claims, 32 * 86_400, systemClock), RangeError);
  t.throws(() => issueToken(keys, { ...claims, subject: 'a@example.org' }, 60, systemClock), RangeError);
});
