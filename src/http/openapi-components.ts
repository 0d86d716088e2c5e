/**
 * Says each thing in the OpenAPI document once: a schema with a title becomes a component of that name, and so do parameters
 * and refusals that several operations have in common. It knows no operation and no shape.
 */
import { isDeepStrictEqual } from 'node:util';
import type { DocumentedProblem } from './problem-responses.js';

export type Json = Record<string, unknown>;

/** What says something about a schema without changing what it allows: a place may say it in its own words. */
const annotations = ['description', 'examples', 'default'] as const;

/** Under these words there are values, not schemas. */
const values = new Set(['example', 'examples', 'default', 'enum', 'const']);

/** The named schemas of a document. */
export class Schemas {
  private readonly named = new Map<string, Json>();
  private readonly words: ReadonlyMap<string, Json>;

  /** `words` are said in many places: what they say there of their own stays there. Others look as they do where they first stand. */
  constructor(words: readonly object[]) {
    this.words = new Map(words.map((word) => (([title, schema]) => [title, schema])(untitled(word as Json))));
  }

  /** The node with every titled schema in it replaced by a reference. */
  refer(node: unknown): unknown {
    if (Array.isArray(node)) return node.map((item) => this.refer(item));
    if (!isJson(node)) return node;
    const copy = Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, values.has(key) ? value : this.refer(value)]),
    );
    return typeof copy['title'] === 'string' ? this.name(copy) : copy;
  }

  all(): Json {
    return sorted(Object.fromEntries(this.named));
  }

  private name(titled: Json): Json {
    const [title, schema] = untitled(titled);
    const known = this.named.get(title) ?? this.words.get(title) ?? schema;
    this.named.set(title, known);
    if (!isDeepStrictEqual(bare(known), bare(schema))) {
      throw new Error(`two schemas are called ${title}: ${JSON.stringify(known)} and ${JSON.stringify(schema)}`);
    }
    const own = annotations.filter((word) => word in schema && !isDeepStrictEqual(schema[word], known[word]));
    return { $ref: `#/components/schemas/${title}`, ...Object.fromEntries(own.map((word) => [word, schema[word]])) };
  }
}

function untitled(titled: Json): [string, Json] {
  const { title, ...schema } = structuredClone(titled);
  return [String(title), schema];
}

/** A schema without its annotations. */
function bare(schema: Json): Json {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !annotations.some((word) => word === key)));
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
