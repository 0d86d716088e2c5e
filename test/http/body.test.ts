/** Guarantees of what may enter: strict JSON, exact bodies, read queries. */
import fc from 'fast-check';
import { test } from 'tap';
import { parseStrictJson } from '../../src/http/json.js';
import { isInstant } from '../../src/lib/clock.js';
import { Refusal } from '../../src/lib/refusal.js';
import { errorsOf, sample } from './sample.js';

const good = { kind: 'gift', legs: [{ debit: 'member:a', credit: 'member:b', amount: '1.50' }] };

/** Where parsing refuses a text; undefined when it does not. */
function pointerOf(text: string): string | undefined {
  try {
    parseStrictJson(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.facts.errors?.[0]?.pointer;
  }
}

test('every JSON value without repeated keys is read as JSON.parse reads it', async (t) => {
  const seed = Date.now() & 0xffff;
  t.comment(`seed ${seed}`);
  const hasProto = (value: unknown) => JSON.stringify(value).includes('__proto__');
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 3 }), (value, indent) => {
      fc.pre(!hasProto(value) && !/\\u(0000|d[89a-f])/i.test(JSON.stringify(value)));
      const text = JSON.stringify(value, null, indent);
      t.strictSame(parseStrictJson(text), JSON.parse(text));
    }),
    { seed, numRuns: 300 },
  );
});

test('a key given twice is refused wherever it stands, with its pointer', async (t) => {
  t.equal(pointerOf('{"a":1,"a":1}'), '/a');
  t.equal(pointerOf('{"a":{"b":[0,{"c":1,"d":{},"c":2}]}}'), '/a/b/1/c');
  t.equal(pointerOf('[{"x":1},{"x":1,"y":":","x":2}]'), '/1/x');
  t.equal(pointerOf('{"a" :1,"\\u0061" :2}'), '/a', 'also when one of them is escaped');
  t.equal(pointerOf('{"a/b~":1,"a/b~":2}'), '/a~1b~0');
  t.equal(pointerOf('{"":1,"":2}'), '/');
});

test('colons, quotes and braces in strings are not taken for structure', async (t) => {
  for (const text of ['{"a":":\\":{\\"a\\":1}","b\\":":"\\\\"}', '{"\\"":"\\\\\\"","x":"}"}']) {
    t.strictSame(parseStrictJson(text), JSON.parse(text));
  }
});

test('__proto__ is refused as a name and allowed as text', async (t) => {
  t.equal(pointerOf('{"__proto__":{}}'), '/__proto__');
  t.equal(pointerOf('{"a":[{"\\u005f_proto__":1}]}'), '/a/0/__proto__');
  t.equal(pointerOf('{"a":"__proto__"}'), undefined);
});

test('text with NUL or half a character is refused, wherever it stands; whole characters are read, however written', async (t) => {
  for (const half of ['\\u0000', '\\ud800', '\\uDFFF', '\\udc00\\ud800']) {
    t.equal(pointerOf(`{"a":[1,{"b":"x${half}"}]}`), '/a/1/b', half);
    t.equal(pointerOf(`{"a":{"x${half}":1}}`), '/a', half);
  }
  t.strictSame(parseStrictJson('["\\ud83d\\ude00","\\\\u0000","\\\\ud800"]'), ['😀', '\\u0000', '\\ud800']);
});

test('nesting is read to 32 levels and refused beyond, also when it is a megabyte deep', async (t) => {
  t.equal(pointerOf('['.repeat(32) + ']'.repeat(32)), undefined);
  t.equal(pointerOf('['.repeat(33) + ']'.repeat(33)), '/0'.repeat(32));
  t.equal(pointerOf(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`), '/a'.repeat(32));
  t.equal(pointerOf('['.repeat(500_000) + ']'.repeat(500_000)), '/0'.repeat(32), 'it is not read to the end');
});

test('a body that is not strict JSON is refused with 400, and nothing of it is quoted', async (t) => {
  const { app, token } = await sample();
  t.teardown(() => app.close());
  const headers = { authorization: `Bearer ${token('operator')}`, 'content-type': 'application/json' };
  const bodies: Record<string, string | Buffer> = {
    'cut short': '{"kind":"张三"',
    'trailing comma': '{"kind":"张三",}',
    'not JSON': '张三',
    'only space': '  ',
    'byte order mark': '\ufeff{}',
    'not UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    'a key twice': '{"kind":"gift","kind":"gift"}',
  };
  for (const [name, payload] of Object.entries(bodies)) {
    const response = await app.inject({ method: 'POST', url: '/v1/entries', headers, payload });
    t.equal(response.statusCode, 400, name);
    t.equal(response.json().code, 'request_invalid', name);
    t.equal(errorsOf(response.body).length, 1, name);
    t.notMatch(response.body, '张三', name);
  }
});

test('a wrong body is refused with 400 and the pointer of what is wrong', async (t) => {
  const { app, token } = await sample();
  t.teardown(() => app.close());
  const headers = { authorization: `Bearer ${token('operator')}` };
  const leg = good.legs[0];
  const cases: [object | string, string, string][] = [
    [{ ...good, legs: [{ ...leg, amount: 1.5 }] }, '/legs/0/amount', 'must be string'],
    [{ ...good, legs: [{ ...leg, amount: '1.' }] }, '/legs/0/amount', 'must match pattern'],
    [{ ...good, legs: [{ ...leg, amount: '-1' }] }, '/legs/0/amount', 'must match pattern'],
    [{ ...good, legs: [{ debit: 'a:b', amount: '1' }] }, '/legs/0/credit', 'is required'],
    [{ ...good, legs: [] }, '/legs', 'must NOT have fewer than 1 items'],
    [{ ...good, 'a/b': 1 }, '/a~1b', 'is not a known property'],
    [{ ...good, kind: 'theft' }, '/kind', 'has none of the allowed shapes'],
    [{ ...good, reference: 7 }, '/reference', 'must be string'],
    [{ ...good, effective_on: '2026-02-30' }, '/effective_on', 'must match format "date"'],
    ['[]', '', 'must be object'],
    ['', '', 'must be object'],
  ];
  for (const [payload, pointer, detail] of cases) {
    const typed = { ...headers, 'content-type': 'application/json' };
    const response = await app.inject({ method: 'POST', url: '/v1/entries', headers: typed, payload });
    t.equal(response.statusCode, 400, pointer);
    const [error] = errorsOf(response.body);
    t.equal(error?.pointer, pointer);
    t.ok(error?.detail.startsWith(detail), `${pointer} ${error?.detail}`);
  }
});

test('a body that may be left out may be, as null or nothing, and is checked when it is there: 200, 200, 200, 400', async (t) => {
  const { app, token } = await sample();
  t.teardown(() => app.close());
  const headers = { authorization: `Bearer ${token('operator')}` };
  const url = '/v1/entries/7/void';
  const json = { ...headers, 'content-type': 'application/json' };
  t.strictSame((await app.inject({ method: 'POST', url, headers })).json(), { body: 'none' });
  t.strictSame((await app.inject({ method: 'POST', url, headers: json, payload: 'null' })).json(), { body: 'none' });
  t.strictSame((await app.inject({ method: 'POST', url, headers: json, payload: '{"reason":"x"}' })).json(), {
    body: { reason: 'x' },
  });
  const wrong = await app.inject({ method: 'POST', url, headers: json, payload: '{"reason":7}' });
  t.equal(wrong.statusCode, 400);
  t.strictSame(errorsOf(wrong.body), [{ pointer: '/reason', detail: 'must be string' }]);
});

test('queries and paths are text and are read as what they mean; what is unknown or wrong is refused with 400', async (t) => {
  const { app, token } = await sample();
  t.teardown(() => app.close());
  const headers = { authorization: `Bearer ${token('operator')}` };
  t.strictSame((await app.inject({ url: '/v1/entries', headers })).json(), { limit: 50 });
  t.strictSame((await app.inject({ url: '/v1/entries?limit=200', headers })).json(), { limit: 200 });
  for (const [query, pointer] of [
    ['limit=201', '/query/limit'],
    ['limit=ten', '/query/limit'],
    ['colour=red', '/query/colour'],
    ['limit=1&limit=2', '/query/limit'],
  ] as const) {
    const response = await app.inject({ url: `/v1/entries?${query}`, headers });
    t.equal(response.statusCode, 400, query);
    t.equal(errorsOf(response.body)[0]?.pointer, pointer, query);
  }
  const path = await app.inject({ method: 'POST', url: '/v1/entries/zero/void', headers });
  t.equal(path.statusCode, 400);
  t.equal(errorsOf(path.body)[0]?.pointer, '/path/number');
});

test('other media types are refused with 415, larger bodies with 413', async (t) => {
  const { app, token } = await sample({ bodyLimit: 2_000 });
  t.teardown(() => app.close());
  const headers = { authorization: `Bearer ${token('operator')}` };
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
    const response = await app.inject({
      method: 'POST',
      url: '/v1/entries',
      headers: { ...headers, 'content-type': type },
      payload: '{}',
    });
    t.equal(response.statusCode, 415, type);
    t.equal(response.json().code, 'media_type_unsupported');
  }
  const large = await app.inject({
    method: 'POST',
    url: '/v1/entries',
    headers,
    payload: { ...good, reference: 'x'.repeat(2_000) },
  });
  t.equal(large.statusCode, 413);
  t.equal(large.json().code, 'body_too_large');
});

test('a body declared to be in another charset than UTF-8 is refused with 415', async (t) => {
  const { app, token } = await sample();
  t.teardown(() => app.close());
  const send = (type: string) =>
    app.inject({
      method: 'POST',
      url: '/v1/entries',
      headers: {
        authorization: `Bearer ${token('operator')}`,
        'idempotency-key': 'k'.repeat(16),
        'content-type': type,
      },
      payload: JSON.stringify(good),
    });
  for (const charset of ['gb18030', 'gbk', 'latin1', '"utf-16"', 'utf-8; charset=gbk', '']) {
    const response = await send(`application/json; charset=${charset}`);
    t.equal(response.statusCode, 415, charset);
    t.equal(response.json().code, 'media_type_unsupported');
  }
  for (const type of ['application/json', 'application/json; charset=utf-8', 'application/json;charset="UTF-8"'])
    t.equal((await send(type)).statusCode, 201, type);
});

test('an instant has a time, an offset and a day that exists', async (t) => {
  for (const text of ['2026-10-01T09:30:00+08:00', '2028-02-29T23:59:59.123456Z']) t.ok(isInstant(text), text);
  for (const text of [
    '2026-10-01',
    '2026-10-01T09:30:00',
    '2026-02-29T00:00:00Z',
    '2026-10-01T24:00:00Z',
    '2026-10-01 09:30:00Z',
  ]) {
    t.notOk(isInstant(text), text);
  }
});
