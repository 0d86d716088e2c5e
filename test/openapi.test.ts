/** Guarantees of the published document: it is what the routes make, it is whole, and it keeps to the words we may use. */
import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { openApiText } from '../src/commands/openapi.js';
import { kindOf, type ProblemCode } from '../src/http/problem-kinds.js';
import { document, operations, resolve } from './support/document.js';
import { checkBody, checkResponse } from './support/openapi-check.js';
import { root } from './support/root.js';

const file = new URL('openapi.yaml', root);

test('openapi.yaml is what the routes generate: `npm run openapi` after a change', async (t) => {
  t.equal(await openApiText(), readFileSync(file, 'utf8'));
});

test('every operation has an id of its own, a summary, a description, a known tag and its security', async (t) => {
  const ids = operations.map(({ operation }) => operation.operationId);
  t.strictSame(ids, [...new Set(ids)], 'no id twice');
  const tags = new Set(document.tags.map(({ name }) => name));
  for (const { name, operation } of operations) {
    for (const word of ['operationId', 'summary', 'description'] as const) t.ok(operation[word], `${name}: ${word}`);
    t.ok(operation.tags.length > 0 && operation.tags.every((tag) => tags.has(tag)), `${name}: tags`);
    t.ok(Array.isArray(operation.security), `${name}: security`);
  }
});

test('every parameter has a description and an example; every body an example', async (t) => {
  for (const { name, operation } of operations) {
    for (const parameter of (operation.parameters ?? []).map(resolve)) {
      const at = `${name}: ${parameter.in} ${parameter.name}`;
      t.ok(parameter.description ?? resolve(parameter.schema).description, `${at} has a description`);
      t.ok(hasExample(parameter) || hasExample(resolve(parameter.schema)), `${at} has an example`);
    }
    for (const [media, content] of Object.entries(operation.requestBody?.content ?? {})) {
      t.ok(hasExample(content), `${name}: ${media} has an example`);
    }
  }
});

/** Few values, all of them named, say as much as an example. */
function hasExample(said: object): boolean {
  return ['example', 'examples', 'enum', 'default'].some((word) => word in said);
}

test('every guarded operation says what it can refuse; every command, that it takes a key and may be answered twice', async (t) => {
  for (const { name, operation } of operations) {
    const codes = codesOf(operation);
    if (operation.security.length > 0) {
      for (const code of ['unauthenticated', 'forbidden', 'ledger_not_found', 'rate_limited'] as const)
        t.ok(codes.includes(code), `${name}: ${code}`);
    }
    const key = (operation.parameters ?? []).map(resolve).find((parameter) => parameter.name === 'Idempotency-Key');
    const isCommand = name.startsWith('post') && operation.security.length > 0;
    t.equal(key !== undefined, isCommand, `${name}: the key`);
    t.equal(codes.includes('idempotency_key_reused'), isCommand, `${name}: the refusals of a key`);
    const replayed = Object.entries(operation.responses).some(
      ([status, response]) => status < '300' && 'idempotent-replayed' in (resolve(response).headers ?? {}),
    );
    t.equal(replayed, isCommand, `${name}: Idempotent-Replayed`);
  }
});

test('every answer in JSON and every refusal has an example, which is one that the service could give', async (t) => {
  for (const { name, method, path, operation } of operations) {
    for (const [status, said] of Object.entries(operation.responses)) {
      for (const [media, content] of Object.entries(resolve(said).content ?? {})) {
        if (!media.endsWith('json')) continue;
        const examples = examplesOf(content);
        t.ok(examples.length > 0, `${name} ${status} has an example`);
        for (const example of examples) {
          const check = () =>
            checkResponse(document, method, path, Number(status), { 'content-type': media }, JSON.stringify(example));
          t.doesNotThrow(check, `${name} ${status}: its example`);
        }
      }
    }
  }
});

/** The values of a body's examples. */
function examplesOf(content: { example?: unknown; examples?: Record<string, object> }): unknown[] {
  const named = Object.values(content.examples ?? {}).map((said) => (resolve(said) as { value: unknown }).value);
  return 'example' in content ? [content.example, ...named] : named;
}

test('an example of what is sent is one that the service would take', async (t) => {
  for (const { name, operation } of operations) {
    for (const [media, content] of Object.entries(operation.requestBody?.content ?? {})) {
      const { schema } = content as { schema?: object };
      if (!media.endsWith('json') || !schema) continue;
      for (const example of examplesOf(content)) t.doesNotThrow(() => checkBody(document, schema, example), name);
    }
  }
});

test('every named schema and example is referred to', async (t) => {
  const text = readFileSync(file, 'utf8');
  for (const kind of ['schemas', 'examples'] as const) {
    for (const name of Object.keys((document.components as Record<string, object>)[kind] ?? {})) {
      t.ok(text.includes(`"#/components/${kind}/${name}"`), `${kind}: ${name}`);
    }
  }
});

test('the codes of a refusal are a closed list, the one that its description explains', async (t) => {
  for (const { name, operation } of operations) {
    for (const [status, said] of Object.entries(operation.responses)) {
      const { content, description } = resolve(said);
      const problem = content?.['application/problem+json'] as { schema: { allOf: { properties?: Problem }[] } };
      if (!problem) continue;
      const listed = problem.schema.allOf.flatMap(({ properties }) => properties?.code.enum ?? []);
      t.strictSame(listed, codesIn(description), `${name} ${status}`);
    }
  }
});

interface Problem {
  readonly code: { readonly enum: readonly string[] };
}

test('every tag has operations', async (t) => {
  const used = new Set(operations.flatMap(({ operation }) => operation.tags));
  for (const { name } of document.tags) t.ok(used.has(name), name);
});

test('a refusal stands under its own status', async (t) => {
  for (const { name, operation } of operations) {
    for (const [status, response] of Object.entries(operation.responses)) {
      const { content, description } = resolve(response);
      if (!content?.['application/problem+json']) continue;
      for (const code of codesIn(description)) t.equal(String(kindOf(code).status), status, `${name}: ${code}`);
    }
  }
});

test('no word stands in the document that only a bank may use', async (t) => {
  const text = readFileSync(file, 'utf8');
  for (const word of ['银行', '存款', '利息', '储户']) t.notOk(text.includes(word), word);
});

test('an answer is held against the components that it refers to: an extra field, a missing one, a wrong status fail', async (t) => {
  const unit = { id: 'XC', parent: null, level: 'county', name: '新昌县', path: 'XC', closed_on: null, entry: '1' };
  const problem = {
    type: 'urn:timeledger:problem:forbidden',
    title: 'No',
    status: 403,
    code: 'forbidden',
    detail: 'No',
  };
  const check = (status: number, body: object) => () =>
    checkResponse(
      document,
      'GET',
      '/v1/org-units/XC',
      status,
      { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
      JSON.stringify(body),
    );
  t.doesNotThrow(check(200, unit));
  t.throws(check(200, { ...unit, extra: 1 }), /additional properties/);
  t.throws(check(200, { ...unit, entry: undefined }), /required/);
  t.throws(check(200, { ...unit, entry: 1 }), /must be string/);
  t.throws(check(201, unit), /not documented/);
  t.doesNotThrow(check(403, { ...problem, request_id: 'a-1' }));
  t.throws(check(403, problem), /request_id/);
});

test('a schema is said once: no object of the paths or of a component stands there without a name of its own twice', async (t) => {
  const seen = new Map<string, string>();
  for (const [at, schema] of objectsOf(document, '')) {
    const text = JSON.stringify(schema);
    t.notOk(seen.has(text), `${at} is like ${seen.get(text)}: give it a name`);
    seen.set(text, at);
  }
});

function* objectsOf(node: unknown, at: string): Generator<[string, object]> {
  if (typeof node !== 'object' || node === null) return;
  if ('properties' in node && 'type' in node && node.type === 'object') yield [at, node];
  for (const [key, value] of Object.entries(node)) yield* objectsOf(value, `${at}/${key}`);
}

function codesOf(operation: (typeof operations)[number]['operation']): ProblemCode[] {
  return Object.values(operation.responses).flatMap((response) => codesIn(resolve(response).description));
}

function codesIn(description: string): ProblemCode[] {
  return [...description.matchAll(/^`([a-z_]+)`: /gm)].map(([, code]) => code as ProblemCode);
}
