/**
 * Holds an answer against an OpenAPI 3.1 document: an undocumented status, media type, or field, or a missing field, is an
 * error. It knows nothing of Timeledger, so that it cannot excuse anything.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { isBirthDate, isInstant } from '../../src/lib/clock.js';

type Json = Record<string, unknown>;

interface Checker {
  readonly document: Json;
  readonly ajv: Ajv2020;
  readonly compiled: Map<string, ValidateFunction>;
  readonly templates: { path: string; pattern: RegExp }[];
}

const checkers = new WeakMap<object, Checker>();

/** Headers as `inject` and node:http give them: lower-case names. */
export type Headers = Readonly<Record<string, string | string[] | number | undefined>>;

/**
 * Throws an Error that names the operation and everything wrong with the answer.
 * `url` is what was asked, with or without a query, or the path as the document writes it.
 */
export function checkResponse(
  document: object,
  method: string,
  url: string,
  status: number,
  headers: Headers,
  bodyText: string,
): void {
  const checker = checkerOf(document);
  const path = templateOf(checker, url.split('?', 1)[0] ?? '');
  const operation = at(checker.document, ['paths', path, method.toLowerCase()]);
  const name = `${method.toUpperCase()} ${path} ${status}`;
  if (!operation) throw new Error(`${name}: the document has no such operation`);
  const key = at(operation, ['responses', String(status)]) ? String(status) : 'default';
  const response = resolve(checker, at(operation, ['responses', key]));
  if (!response) throw new Error(`${name}: the status is not documented`);
  const content = asObject(response['content']);
  if (!content || Object.keys(content).length === 0) {
    if (bodyText !== '') throw new Error(`${name}: a body came, none is documented`);
    return;
  }
  const media = mediaOf(headers);
  if (!(media in content)) throw new Error(`${name}: ${media || 'no media type'} is not documented`);
  if (!media.endsWith('json')) return;
  const pointer = ['paths', path, method.toLowerCase(), 'responses', key, 'content', media, 'schema'];
  const schema = at(content, [media, 'schema']);
  if (schema) validate(checker, schema, pointer.join(' '), name, bodyText);
}

/** Throws an Error that names everything by which a body does not fit a schema of the document. */
export function checkBody(document: object, schema: object, body: unknown): void {
  validate(checkerOf(document), schema as Json, JSON.stringify(schema), 'the body', JSON.stringify(body));
}

function validate(checker: Checker, schema: Json, key: string, name: string, bodyText: string): void {
  let check = checker.compiled.get(key);
  if (!check) {
    check = checker.ajv.compile(closed(schema));
    checker.compiled.set(key, check);
  }
  if (check(JSON.parse(bodyText))) return;
  const failures = (check.errors ?? []).map((e) => `${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`);
  throw new Error(`${name}: ${failures.join('; ')} in ${bodyText.slice(0, 400)}`);
}

function checkerOf(document: object): Checker {
  let checker = checkers.get(document);
  if (!checker) {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    ajv
      .addFormat('date', isBirthDate)
      .addFormat('date-time', isInstant)
      .addFormat('uri', (text: string) => URL.canParse(text));
    ajv.addFormat('uuid', /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/);
    const json = asObject(structuredClone(document)) ?? {};
    // References in the document read `#/components/...`; here the components are a schema of their own with that base.
    ajv.addSchema(asObject(closed({ $id: base, components: json['components'] })) ?? {});
    checker = { document: json, ajv, compiled: new Map(), templates: templatesOf(json) };
    checkers.set(document, checker);
  }
  return checker;
}

const base = 'document:';

/**
 * A copy in which every object with named properties is closed, and every reference leads to the closed components. The parts
 * of an allOf are closed together, not one by one.
 */
function closed(schema: unknown, inAllOf = false): Json {
  if (Array.isArray(schema)) return schema.map((item) => copy(item, inAllOf)) as unknown as Json;
  const result: Json = {};
  for (const [key, value] of Object.entries(asObject(schema) ?? {})) {
    if (key === '$ref' && typeof value === 'string') result[key] = value.startsWith('#') ? base + value : value;
    else if (key === 'example' || key === 'examples' || key === 'default' || key === 'enum' || key === 'const')
      result[key] = value;
    else result[key] = copy(value, key === 'allOf');
  }
  const named = ('properties' in result || 'allOf' in result) && result['type'] !== undefined;
  if (!inAllOf && named && !('additionalProperties' in result)) result['unevaluatedProperties'] = false;
  return result;
}

function copy(value: unknown, inAllOf: boolean): unknown {
  return typeof value === 'object' && value !== null ? closed(value, inAllOf) : value;
}

/** Fixed paths before those with parameters: `/v1/entries/bulk` is not an entry's number. */
function templatesOf(document: Json): { path: string; pattern: RegExp }[] {
  const paths = Object.keys(asObject(document['paths']) ?? {});
  paths.sort((a, b) => Number(a.includes('{')) - Number(b.includes('{')) || b.length - a.length);
  return paths.map((path) => {
    const source = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+');
    return { path, pattern: new RegExp(`^${source}$`) };
  });
}

function templateOf(checker: Checker, path: string): string {
  const found = checker.templates.find((template) => template.path === path || template.pattern.test(path));
  if (!found) throw new Error(`${path}: the document has no such path`);
  return found.path;
}

function resolve(checker: Checker, node: Json | undefined): Json | undefined {
  const ref = node?.['$ref'];
  return typeof ref === 'string' ? at(checker.document, ref.replace(/^#\//, '').split('/')) : node;
}

function mediaOf(headers: Headers): string {
  const [media = ''] = String(headers['content-type'] ?? '').split(';', 1);
  return media.trim().toLowerCase();
}

function at(node: Json, path: readonly string[]): Json | undefined {
  let current: Json | undefined = node;
  for (const key of path) current = asObject(current?.[key]);
  return current;
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as Json) : undefined;
}
