/** Guarantees of what stands around the routes: idempotency keys, rate limits, metrics, probes, the document, cursors. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'tap';
import { parse } from 'yaml';
import { fingerprint, idempotencyKey, keyOf } from '../../src/http/idempotency.js';
import { createMetrics, startMetricsServer } from '../../src/http/metrics.js';
import { yamlOf } from '../../src/http/openapi.js';
import { FixedWindow } from '../../src/http/rate-limit.js';
import { decodeCursor, encodeCursor } from '../../src/lib/cursor.js';
import { Refusal, type RefusalCode } from '../../src/lib/refusal.js';
import { checkResponse } from '../support/openapi-check.js';
import { sample } from './sample.js';

function codeOf(action: () => unknown): RefusalCode | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.code;
  }
}

test('an Idempotency-Key is the same key quoted or bare', async (t) => {
  t.equal(idempotencyKey('"0123456789abcdef"'), '0123456789abcdef');
  t.equal(idempotencyKey('0123456789abcdef'), '0123456789abcdef');
  t.equal(idempotencyKey(`"${'~'.repeat(64)}"`).length, 64);
});

test('a key that is missing, too short, too long, half quoted or not visible ASCII is refused', async (t) => {
  t.equal(
    codeOf(() => idempotencyKey(undefined)),
    'idempotency_key_missing',
  );
  const bad = [
    '',
    '"',
    '""',
    '0123456789abcde',
    '0'.repeat(65),
    '"0123456789abcdef',
    '0123456789 abcdef',
    '0123456789abcdé0',
    '"01234567\\"9abcdef"',
  ];
  for (const text of bad)
    t.equal(
      codeOf(() => idempotencyKey(text)),
      'idempotency_key_invalid',
      text,
    );
  t.equal(
    codeOf(() => idempotencyKey(['0123456789abcdef', '0123456789abcdef'])),
    'idempotency_key_invalid',
  );
});

test('a missing key is answered with 400, a key sent twice too', async (t) => {
  const { app, token } = await sample();
  t.teardown(() => app.close());
  const payload = { kind: 'gift', legs: [{ debit: 'member:a', credit: 'member:b', amount: '1' }] };
  const headers = { authorization: `Bearer ${token('operator')}` };
  const missing = await app.inject({ method: 'POST', url: '/v1/entries', headers, payload });
  t.equal(missing.statusCode, 400);
  t.equal(missing.json().code, 'idempotency_key_missing');
});

test('a key is a uuid and a fingerprint a bigint; they differ when ledger, role, subject, key, method, path, query or any byte of the body differs', async (t) => {
  const principal = { subject: 'a', role: 'operator', ledger: 'x' } as const;
  const keys = [
    keyOf(principal, 'k'),
    keyOf({ ...principal, ledger: 'y' }, 'k'),
    keyOf({ ...principal, subject: 'b' }, 'k'),
    keyOf({ ...principal, role: 'platform' }, 'k'),
    keyOf({ ...principal, subject: 'xa', ledger: '' }, 'k'),
    keyOf(principal, 'l'),
  ];
  const fingerprints = [
    fingerprint('POST', '/v1/x', '{}'),
    fingerprint('PUT', '/v1/x', '{}'),
    fingerprint('POST', '/v1/y', '{}'),
    fingerprint('POST', '/v1/x?a=1', '{}'),
    fingerprint('POST', '/v1/x', '{ }'),
  ];
  t.equal(new Set(keys).size, keys.length);
  t.equal(new Set(fingerprints).size, fingerprints.length);
  for (const key of keys) t.match(key, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  for (const print of fingerprints) t.equal(BigInt.asIntN(64, BigInt(print)).toString(), print);
});

test('every answer tells the limit; past it comes 429 with Retry-After until the minute ends; clients do not share', async (t) => {
  let now = Date.parse('2026-10-01T00:00:20Z');
  const { app, token } = await sample({ rateLimit: 2, clock: () => now });
  t.teardown(() => app.close());
  const list = (subject: string) =>
    app.inject({ url: '/v1/entries', headers: { authorization: `Bearer ${token('auditor', { subject })}` } });
  const first = await list('a');
  t.equal(first.statusCode, 200);
  t.equal(first.headers['ratelimit-policy'], '"default";q=2;w=60');
  t.equal(first.headers['ratelimit'], '"default";r=1;t=40');
  t.equal((await list('a')).statusCode, 200, 'another token of the same client');
  const refused = await list('a');
  t.equal(refused.statusCode, 429);
  t.equal(refused.json().code, 'rate_limited');
  t.equal(refused.headers['retry-after'], '40');
  t.equal(refused.headers['ratelimit'], '"default";r=0;t=40');
  t.equal((await list('b')).statusCode, 200);
  now += 40_000;
  t.equal((await list('a')).statusCode, 200);
});

test('without a limit nobody is counted', async (t) => {
  const { app, token } = await sample({ rateLimit: 0 });
  t.teardown(() => app.close());
  const headers = { authorization: `Bearer ${token('auditor')}` };
  for (let count = 0; count < 3; count += 1) {
    const answer = await app.inject({ url: '/v1/entries', headers });
    t.match(answer, { statusCode: 200, headers: { ratelimit: undefined } });
  }
});

test('names that are made up fill no memory: past a bound they share one count', async (t) => {
  const window = new FixedWindow(2, () => 0);
  for (let name = 0; name < 100_000; name += 1) window.take(`client ${name}`);
  t.equal(window.take('client 7'), 0, 'a known one has its own');
  t.same([window.take('new'), window.take('newer'), window.take('newest')], [1, 0, -1]);
});

test('log-ins that fail are limited by address, an IPv6 network counting as one: 401, then 429; probes are never refused', async (t) => {
  const { app, metrics } = await sample({ failureLimit: 1, rateLimit: 1 });
  t.teardown(() => app.close());
  const sign = (remoteAddress: string) => app.inject({ method: 'POST', url: '/oauth/token', remoteAddress });
  t.equal((await sign('2001:db8:1:2:aaaa::1')).statusCode, 401);
  const refused = await sign('2001:db8:1:2::7');
  t.equal(refused.statusCode, 429);
  t.ok(Number(refused.headers['retry-after']) >= 1);
  t.equal((await sign('2001:db8:1:3::7')).statusCode, 401);
  t.match(await metrics.registry.metrics(), /timeledger_sign_in_failures_total\{kind="client"\} 3/, 'all are counted');
  for (let count = 0; count < 3; count += 1) t.equal((await app.inject('/healthz')).statusCode, 200);
});

test('a client that is wrong is asked for its credentials: 401 with a Basic challenge', async (t) => {
  const { app } = await sample();
  t.teardown(() => app.close());
  const response = await app.inject({ method: 'POST', url: '/oauth/token' });
  t.equal(response.statusCode, 401);
  t.match(response.headers['www-authenticate'], /^Basic /);
});

test('requests are counted by route, method and status, and their time summed', async (t) => {
  const { app, metrics } = await sample();
  t.teardown(() => app.close());
  for (let count = 0; count < 3; count += 1) await app.inject('/busy');
  const text = await metrics.registry.metrics();
  const labels = 'route="/busy",method="GET",status="503"';
  t.ok(text.includes(`http_request_duration_seconds_count{${labels}} 3`));
  t.ok(text.includes(`http_request_duration_seconds_bucket{${labels},le="+Inf"} 3`));
  t.match(text, new RegExp(`http_request_duration_seconds_sum\\{${labels}\\} 0\\.\\d+`));
  const buckets = [...text.matchAll(/seconds_bucket\{route="\/busy"[^}]*\} (\d+)/g)].map((found) => Number(found[1]));
  t.strictSame(
    buckets,
    [...buckets].sort((a, b) => a - b),
    'buckets are cumulative',
  );
});

test('metrics have a port of their own; when it is taken another is found, unless it was asked for', async (t) => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  t.teardown(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const warnings: unknown[] = [];
  const log = { warn: (...line: unknown[]) => void warnings.push(line), error: () => {} };
  const metrics = createMetrics({ freeBytes: undefined, full: false });
  metrics.entriesPosted.inc({ ledger: 'xinchang' }, 2);
  await t.rejects(startMetricsServer(metrics, { host: '127.0.0.1', port, chosen: true, log }), { code: 'EADDRINUSE' });
  t.equal(warnings.length, 0);
  const server = await startMetricsServer(metrics, { host: '127.0.0.1', port, chosen: false, log });
  t.teardown(() => server.close());
  t.equal(warnings.length, 1);
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  t.equal(response.status, 200);
  t.match(
    await response.text(),
    /timeledger_entries_posted_total\{ledger="xinchang"\} 2[\s\S]*process_cpu_seconds_total|process_cpu/,
  );
  t.equal((await fetch(`http://127.0.0.1:${server.port}/`)).status, 404);
});

test('the service is alive while it is not ready: 200 and 503', async (t) => {
  const { app } = await sample({ ready: () => Promise.reject(new Error('no database')) });
  t.teardown(() => app.close());
  t.equal((await app.inject('/healthz')).statusCode, 200);
  const response = await app.inject('/readyz');
  t.equal(response.statusCode, 503);
  t.notMatch(response.body, /no database/);
});

test('the document is the same bytes every time, is served, and names roles, refusals and optional bodies', async (t) => {
  const [one, two] = [await sample(), await sample()];
  t.teardown(() => Promise.all([one.app.close(), two.app.close()]));
  const yaml = yamlOf(one.app);
  t.equal(yaml, yamlOf(two.app));
  const served = await one.app.inject('/openapi.yaml');
  t.equal(served.statusCode, 200);
  t.equal(served.body, yaml);
  const document = parse(yaml);
  const post = document.paths['/v1/entries'].post;
  t.strictSame(post.security, [{ client: ['operator'] }, { client: ['platform'] }]);
  t.match(post.responses['422'].description, /`idempotency_key_reused`[\s\S]*`balance_insufficient`/);
  t.equal(post.requestBody.required, true);
  t.equal(document.paths['/v1/entries/{number}/void'].post.requestBody.required, false);
  t.notMatch(yaml, /x-optional-body|银行|存款|利息|储户/);
});

test('the pages under /docs work without any other host: 200, and the policy allows none', async (t) => {
  const { app } = await sample();
  t.teardown(() => app.close());
  t.match(await app.inject('/'), { statusCode: 302, headers: { location: '/docs' } }, 'where a browser lands');
  const page = await app.inject('/docs/');
  t.equal(page.statusCode, 200);
  t.match(page.headers['content-security-policy'], /default-src 'self'/);
  t.notMatch(page.headers['content-security-policy'], /https?:/);
  const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((found) => String(found[1]));
  t.ok(sources.length >= 3);
  for (const source of sources) {
    const url = new URL(source, 'http://here/docs/');
    t.equal(url.host, 'here', source);
    t.equal((await app.inject(url.pathname)).statusCode, 200, source);
  }
  t.notMatch(page.body, /<script>[^<]/, 'no inline script, which the policy would stop');
});

test('a path that leads out of the static files is not there: 404, never 500', async (t) => {
  const { app } = await sample();
  t.teardown(() => app.close());
  for (const path of ['%2e%2e/x', '..%2fx', '%2e%2e%2f%2e%2e%2fpackage.json', 'nothing.js', '%00']) {
    const { statusCode } = await app.inject(`/docs/static/${path}`);
    t.ok([400, 404].includes(statusCode), `${path}: ${statusCode}`);
  }
  t.match(await app.inject('/docs/static/%2e%2e/x'), { statusCode: 404 });
});

test('JSON answers forbid sniffing, framing and keeping', async (t) => {
  const { app } = await sample();
  t.teardown(() => app.close());
  t.match((await app.inject('/healthz')).headers, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': /frame-ancestors 'none'/,
  });
});

test('the response check passes what is documented and fails any other status, field or media type', async (t) => {
  const { app, token } = await sample();
  t.teardown(() => app.close());
  const document = parse(yamlOf(app));
  const headers = { authorization: `Bearer ${token('operator')}`, 'idempotency-key': '0123456789abcdef' };
  const payload = { kind: 'gift', legs: [{ debit: 'member:a', credit: 'member:b', amount: '999' }] };
  const problem = await app.inject({ method: 'POST', url: '/v1/entries', headers, payload });
  t.equal(problem.statusCode, 422);
  const check = (status: number, body: object, type = 'application/json') =>
    checkResponse(document, 'POST', '/v1/entries?x=1', status, { 'content-type': type }, JSON.stringify(body));
  const posted = { number: '1', digests: [] };
  checkResponse(document, 'POST', '/v1/entries', 422, problem.headers, problem.body);
  check(201, posted, 'application/json; charset=utf-8');
  t.throws(() => check(418, {}), /status is not documented/);
  t.throws(() => check(201, { ...posted, extra: 1 }), /extra/);
  t.throws(() => check(201, { number: '1' }), /digests/);
  t.throws(() => check(201, posted, 'text/html'), /text\/html is not documented/);
  t.throws(() => check(422, { ...problem.json(), stack: 'x' }, 'application/problem+json'), /stack/);
  t.throws(() => checkResponse(document, 'GET', '/v2/x', 200, {}, ''), /no such path/);
  t.throws(() => checkResponse(document, 'PUT', '/v1/entries', 200, {}, ''), /no such operation/);
});

test('the response check closes objects that the document left open, also joined and referred ones', async (t) => {
  const part = { type: 'object', properties: { a: { type: 'string' } } };
  const joined = {
    type: 'object',
    allOf: [part, { type: 'object', properties: { b: { $ref: '#/components/schemas/Part' } } }],
  };
  const content = { 'application/json': { schema: joined } };
  const document = {
    paths: { '/x/{id}': { get: { responses: { 200: { content } } } } },
    components: { schemas: { Part: part } },
  };
  const check = (body: object) =>
    checkResponse(document, 'GET', '/x/7', 200, { 'content-type': 'application/json' }, JSON.stringify(body));
  check({ a: '1', b: { a: '1' } });
  t.throws(() => check({ a: '1', c: 1 }), /unevaluated/);
  t.throws(() => check({ b: { c: 1 } }), /unevaluated/);
});

test('a cursor gives back what it was made of; anything else is refused at /query/cursor', async (t) => {
  const values = ['17', '张三/"?', ''];
  t.match(encodeCursor(values), /^[\w-]+$/);
  t.strictSame(decodeCursor(encodeCursor(values), 3), values);
  const forged = [
    encodeCursor(['1']),
    'x',
    '',
    Buffer.from('{"length":3}').toString('base64url'),
    Buffer.from('[1,2,3]').toString('base64url'),
    'W'.repeat(9_000),
  ];
  for (const text of forged) {
    try {
      decodeCursor(text, 3);
      t.fail(text.slice(0, 20));
    } catch (error) {
      t.match(error, { code: 'request_invalid', facts: { errors: [{ pointer: '/query/cursor' }] } });
    }
  }
});
