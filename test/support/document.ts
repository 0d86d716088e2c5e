/** The committed openapi.yaml, which test/run turns into JSON once for all files: what the tests hold the service against. */
import { readFileSync } from 'node:fs';
import { root } from './root.js';

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly schema: { readonly description?: string };
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, object>> };
  readonly responses: Readonly<
    Record<
      string,
      { readonly description: string; readonly headers?: object; readonly content?: Record<string, object> }
    >
  >;
}

export interface Document {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

export const document: Document = JSON.parse(readFileSync(new URL('build/openapi.json', root), 'utf8'));

/** Every operation, named as the document writes it: `post /v1/entries`. */
export const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, method, path, operation })),
);

/** The node itself, or the component that it refers to. */
export function resolve<Node extends object>(node: Node): Node {
  if (!('$ref' in node) || typeof node.$ref !== 'string') return node;
  let found: unknown = document;
  for (const word of node.$ref.slice(2).split('/')) found = (found as Record<string, unknown>)[word];
  return found as Node;
}

interface Exemplified {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value?: unknown }>>;
}

/** The body that the document gives as its example, there or under a name. */
export function bodyOf(name: string): { body?: object; headers?: Record<string, string> } {
  const content = operations.find((operation) => operation.name === name)?.operation.requestBody?.content;
  const [media, said] = Object.entries(content ?? {})[0] ?? [];
  if (said === undefined) return {};
  const { example, examples = {} } = said as Exemplified;
  const shown = example ?? Object.values(examples).map((one) => resolve(one).value)[0];
  if (media === 'text/csv') return { body: Buffer.from(String(shown)) };
  if (media === 'image/png')
    return { body: Buffer.from(String(shown)), headers: { 'content-type': 'application/pdf' } };
  return media === 'application/json' && typeof shown === 'object' && shown ? { body: shown } : {};
}

/** `get /v1/entries/{number}` for each route of Fastify's own tree. */
export function routesOf(tree: string): [method: string, path: string][] {
  const found: [string, string][] = [];
  const above: string[] = [];
  for (const line of tree.split('\n')) {
    const [, indent = '', part = '', methods = ''] =
      /^((?:[│ ] {3})*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? [];
    if (part === '') continue;
    const depth = indent.length / 4;
    above.splice(depth, above.length, part);
    const path = above.join('').replace(/:(\w+)/g, '{$1}');
    for (const method of methods.split(', ')) {
      if (method !== '' && method !== 'HEAD' && method !== 'OPTIONS') found.push([method.toLowerCase(), path]);
    }
  }
  return found;
}
