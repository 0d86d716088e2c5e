/** Guarantees of refusals: every code has a problem, faults tell nothing, logs hold no one's data. */

import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { test } from 'tap';
import { doorProblems, problemFor } from '../../src/http/problem-kinds.js';
import { languageOfProblem, renderProblem, retryAfterOf } from '../../src/http/problems.js';
import { sameIn } from '../../src/lib/language.js';
import { serializeError } from '../../src/lib/log.js';
import { Refusal, refusalCodes } from '../../src/lib/refusal.js';
import { sample } from './sample.js';

test('every refusal code has a status of 4xx or 503 and a title of its own, in English and in Chinese', async (t) => {
  const titles = new Set<string>();
  for (const [code, { status, title }] of [...Object.entries(problemFor), ...Object.entries(doorProblems)]) {
    t.ok((status >= 400 && status < 500) || status === 503 || code === 'internal_error', code);
    for (const said of [title.en, title.zh]) {
      t.notOk(titles.has(said), said);
      titles.add(said);
    }
    t.match(title.zh, /\p{Script=Han}/u, code);
    t.notMatch(title.en, /\p{Script=Han}/u, code);
  }
  t.strictSame(Object.keys(problemFor).sort(), [...refusalCodes].sort());
});

test('codes keep to one family of statuses: not_found 404, exists 409', async (t) => {
  for (const [code, { status }] of Object.entries(problemFor)) {
    if (code.endsWith('_not_found')) t.equal(status, 404, code);
    if (code.endsWith('_exists')) t.equal(status, 409, code);
  }
});

test('a problem has the members of RFC 9457 and ours, and says its text exactly', async (t) => {
  const errors = [{ pointer: '/legs/0', detail: { en: 'says "no"', zh: '说“不”' } }];
  const refusal = new Refusal('balance_insufficient', { en: 'holds "20"\n张三', zh: '有 20' }, { errors });
  const { status, body } = renderProblem(refusal, 'r-1', 'en');
  t.equal(status, 422);
  t.strictSame(JSON.parse(body), {
    type: 'urn:timeledger:problem:balance_insufficient',
    title: 'The balance is too low',
    status: 422,
    code: 'balance_insufficient',
    detail: 'holds "20"\n张三',
    request_id: 'r-1',
    errors: [{ pointer: '/legs/0', detail: 'says "no"' }],
  });
  t.equal(languageOfProblem(body), 'en');
  const chinese = renderProblem(refusal, 'r-1', 'zh').body;
  t.match(JSON.parse(chinese), {
    title: '余额不足',
    code: 'balance_insufficient',
    detail: '有 20',
    errors: [{ pointer: '/legs/0', detail: '说“不”' }],
  });
  t.equal(languageOfProblem(chinese), 'zh');
  t.notOk('errors' in JSON.parse(renderProblem(new Refusal('not_found', sameIn('x')), 'r', 'en').body));
});

test('waiting is advised, in whole seconds, where it helps and nowhere else', async (t) => {
  t.equal(retryAfterOf(new Refusal('rate_limited', sameIn('x'), { retryAfterSeconds: 0.2 })), 1);
  t.equal(retryAfterOf(new Refusal('idempotency_key_in_flight', sameIn('x'))), 1);
  t.equal(retryAfterOf(new Refusal('balance_insufficient', sameIn('x'))), undefined);
});

test('a refusal is answered as application/problem+json with its status; 503 comes with Retry-After', async (t) => {
  const { app } = await sample();
  t.teardown(() => app.close());
  const response = await app.inject('/busy');
  t.equal(response.statusCode, 503);
  t.equal(response.headers['content-type'], 'application/problem+json');
  t.equal(response.headers['retry-after'], '1');
  t.match(response.json(), { code: 'ledger_busy', request_id: /^[0-9a-f]{10}-[0-9a-z]+$/ });
});

test('a fault is a bare 500 whatever status it asked for; its values are in neither the answer nor the log, its stack is', async (t) => {
  const lines: string[] = [];
  const { app } = await sample({ logLevel: 'info', logTo: { write: (line) => lines.push(line) } });
  t.teardown(() => app.close());
  const response = await app.inject('/fails?name=张三');
  t.equal(response.statusCode, 500);
  t.strictSame(Object.keys(response.json()).sort(), ['code', 'detail', 'request_id', 'status', 'title', 'type']);
  t.notMatch(response.body, /select|张三/);
  const log = lines.join('');
  t.notMatch(log, /select|张三/);
  const line = lines.map((text) => JSON.parse(text)).find((entry) => entry.err);
  t.match(line, { level: 'error', request_id: response.json().request_id, err: { stack: /at .*sample/ } });
});

test('every refusal and every write leaves one line at info, with the id that the answer bears, and no path, query or subject', async (t) => {
  const lines: string[] = [];
  const { app, token } = await sample({ logLevel: 'info', logTo: { write: (line) => lines.push(line) } });
  t.teardown(() => app.close());
  const headers = { authorization: `Bearer ${token('operator', { subject: 'subject-1' })}` };
  const ask = async (method: 'GET' | 'POST', url: string, more: object = {}) => {
    lines.length = 0;
    const response = await app.inject({ method, url, headers, ...more });
    const said = lines.map((line) => JSON.parse(line));
    t.notMatch(lines.join(''), /hidden|subject-1|127\.0\.0\.1|member:a/, `${method} ${url}`);
    if (response.statusCode >= 400) t.match(said, [{ request_id: response.json().request_id }], `${method} ${url}`);
    return said;
  };
  const posting = (amount: string) => ({
    headers: { ...headers, 'idempotency-key': '0123456789abcdef' },
    payload: { kind: 'gift', legs: [{ debit: 'member:a', credit: 'member:b', amount }] },
  });
  t.same(await ask('GET', '/healthz?name=hidden'), [], 'a read that succeeds leaves none');
  t.match(await ask('GET', '/v1/hidden'), [{ level: 'info', route: null, status: 404, code: 'not_found' }]);
  t.match(await ask('GET', '/v1/%ff'), [{ status: 400, code: 'request_invalid' }]);
  t.match(await ask('GET', '/v1/entries?cursor=hidden&x=hidden'), [{ route: '/v1/entries', status: 400 }]);
  t.match(await ask('POST', '/v1/entries/7/void?x=hidden'), [
    { route: '/v1/entries/:number/void', status: 200, role: 'operator' },
  ]);
  t.match(await ask('POST', '/v1/entries?x=hidden', posting('1')), [
    { level: 'info', method: 'POST', route: '/v1/entries', status: 201, ledger: 'xinchang', role: 'operator' },
  ]);
  t.match(await ask('POST', '/v1/entries', posting('999')), [{ status: 422, code: 'balance_insufficient' }]);
  t.match(await ask('GET', '/busy'), [{ level: 'error', status: 503, code: 'ledger_busy' }]);
});

test('at warn only failures and failed log-ins leave a line; at debug every request does', async (t) => {
  for (const [logLevel, expected] of [
    ['warn', ['log-in failed', 'request failed']],
    ['debug', ['request completed', 'request refused', 'log-in failed', 'request failed']],
  ] as const) {
    const lines: string[] = [];
    const { app } = await sample({ logLevel, logTo: { write: (line) => lines.push(line) } });
    lines.length = 0;
    await app.inject('/healthz');
    await app.inject('/v1/nothing');
    await app.inject({ url: '/v1/entries', headers: { authorization: 'Bearer a.b.c' } });
    await app.inject('/busy');
    t.same(
      lines.map((line) => JSON.parse(line).msg),
      expected,
      logLevel,
    );
    await app.close();
  }
});

test('what the database says of values never reaches the log, at any depth of causes', async (t) => {
  const postgres = Object.assign(new Error('invalid input syntax for type uuid: "张三"'), {
    code: '22P02',
    severity: 'ERROR',
  });
  const drizzle = Object.assign(new Error('Failed query: select 1\nparams: 张三'), {
    query: 'select 1',
    params: ['张三'],
    cause: postgres,
  });
  const logged = serializeError(new Error('could not load', { cause: drizzle }));
  t.notMatch(JSON.stringify(logged), /张三|select/);
  t.match(logged, { message: 'could not load', cause: { cause: { code: '22P02' } } });
  const circle = new Error('round');
  circle.cause = circle;
  t.equal(serializeError(circle).message, 'round');
});

test('an unknown path is 404; a known one with another method is 405 and names those that would do', async (t) => {
  const { app } = await sample();
  t.teardown(() => app.close());
  const missing = await app.inject('/v1/nothing');
  t.equal(missing.statusCode, 404);
  t.equal(missing.json().code, 'not_found');
  const method = await app.inject({ method: 'DELETE', url: '/v1/entries?x=1' });
  t.equal(method.statusCode, 405);
  t.equal(method.headers['allow'], 'GET, POST');
  t.equal(method.json().code, 'method_not_allowed');
});

test('a path that is not well formed is a problem with 400', async (t) => {
  const { app } = await sample();
  t.teardown(() => app.close());
  const response = await app.inject('/v1/%ff');
  t.equal(response.statusCode, 400);
  t.equal(response.json().code, 'request_invalid');
});

test('what is not HTTP is answered with a problem: 400; headers past the limit: 431', async (t) => {
  const lines: string[] = [];
  const { app } = await sample({ logLevel: 'info', logTo: { write: (line) => lines.push(line) } });
  t.teardown(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const say = (text: string) =>
    new Promise<string>((resolve, reject) => {
      let answer = '';
      const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });
  const greeted = await say('HELO timeledger\r\n\r\n');
  t.match(greeted, /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*"code":"request_invalid"/);
  const id = /"request_id":"([^"]+)"/.exec(greeted)?.[1];
  t.ok(id && lines.some((line) => JSON.parse(line).request_id === id), 'its id is in the log');
  t.match(
    await say(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 [\s\S]*"code":"headers_too_large"/,
  );
});
