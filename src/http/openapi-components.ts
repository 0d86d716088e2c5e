/**
 * Says each thing in the OpenAPI document once: parameters and refusals that several operations have in common become components, as
 * named schemas are already. It knows no operation and no shape.
 */
import { isDeepStrictEqual } from 'node:util';
import type { DocumentedProblem } from './problem-responses.js';

export type Json = Record<string, unknown>;

/** Under these words there are values, not schemas. */
const values = new Set(['example', 'examples', 'default', 'enum', 'const']);

/** The node with the words of a place (see `annotated`) beside the reference that they stood around. */
export function unwrapped(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(unwrapped);
  if (!isJson(node)) return node;
  const { allOf, ...rest } = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, values.has(key) ? value : unwrapped(value)]),
  );
  if (!Array.isArray(allOf)) return rest;
  return allOf.length === 1 ? { ...(allOf[0] as Json), ...rest } : { allOf, ...rest };
}

/** The name of the component that a schema refers to; undefined when it refers to none. */
export function nameIn(schema: unknown): string | undefined {
  return isJson(schema) && typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined;
}

interface Media {
  readonly schema?: Json;
  examples?: Json;
}

/**
 * Puts the examples of named objects beside the bodies that are such objects, and returns them for the components. They leave the
 * schemas, where an example of a part would be said again.
 */
export function sharedExamples(bodies: readonly Media[], schemas: Json): Json {
  const shared: Json = {};
  for (const media of bodies) {
    const name = nameIn(media.schema);
    const { examples } = (name === undefined ? {} : schemas[name]) as { examples?: readonly unknown[] };
    if (name === undefined || examples === undefined) continue;
    media.examples = { [name]: { $ref: `#/components/examples/${name}` } };
    shared[name] = { value: examples[0] };
  }
  for (const schema of Object.values(schemas) as Json[]) if (schema['type'] === 'object') delete schema['examples'];
  return sorted(shared);
}

/** The refusals of the operations that two of them or more have in common. */
export function sharedResponses(refusals: readonly DocumentedProblem[]): Map<string, object> {
  const shared = refusals.flatMap(({ name, response }, index) =>
    name !== undefined && refusals.findIndex((other) => other.name === name) < index ? [[name, response] as const] : [],
  );
  return new Map(shared.sort(byKey));
}

/** Parameters of a name that is the same wherever it stands, and stands more than once. */
export function sharedParameters(parameters: readonly Json[]): Map<string, Json> {
  const uses = new Map<string, Json[]>();
  for (const parameter of parameters) {
    const { name } = parameter;
    if (typeof name === 'string') uses.set(name, [...(uses.get(name) ?? []), parameter]);
  }
  const shared = [...uses].flatMap(([name, [first, ...others]]) => {
    const same = others.length > 0 && others.every((other) => isDeepStrictEqual(other, first));
    return first && same ? [[name, first] as const] : [];
  });
  return new Map(shared.sort(byKey));
}

/** The entries in the order of their keys. */
export function sorted(record: object): Json {
  return Object.fromEntries(Object.entries(record).sort(byKey));
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function isJson(node: unknown): node is Json {
  return typeof node === 'object' && node !== null;
}
