/**
 * Schemas with a name of their own: said once, referred to everywhere else. The name is the schema's `$id`, and that of its component in
 * the document. It knows no shape.
 */
import type { FastifyInstance } from 'fastify';
import { type Static, type TObject, type TProperties, type TSchema, type TUnsafe, Type } from 'typebox';

const definitions = new Map<string, TSchema & { examples?: readonly unknown[] }>();

/** Defines a schema under a name, and returns the reference to it, which is of the same type. A second one of that name throws. */
export function named<T extends TSchema>($id: string, schema: T): TUnsafe<Static<T>> {
  if (definitions.has($id)) throw new Error(`two schemas are called ${$id}`);
  definitions.set($id, { ...schema, $id });
  return Type.Unsafe<Static<T>>({ $ref: `${$id}#` });
}

/** What is said of a schema beside what it allows. */
interface Words<T> {
  readonly description?: string;
  readonly examples?: readonly T[];
}

/** An object under a name, which has no other properties than these. */
export function namedObject<P extends TProperties>($id: string, properties: P, words: Words<Static<TObject<P>>> = {}) {
  return named($id, Type.Object(properties, { additionalProperties: false, ...words }));
}

/** The example of a named schema, to make others of. */
export function exampleOf<T extends TSchema>(schema: T): Static<T> {
  const name = '$ref' in schema ? String(schema.$ref).slice(0, -1) : '';
  const { examples: [example] = [] } = definitions.get(name) ?? {};
  if (example === undefined) throw new Error(`${name} has no example`);
  return example as Static<T>;
}

/**
 * The same schema in the words of one place. Around the reference rather than beside it: what stands beside a `$ref` does not get into
 * the document.
 */
export function annotated<T extends TSchema>(schema: T, words: object): TUnsafe<Static<T>> {
  return Type.Unsafe<Static<T>>('$ref' in schema ? { allOf: [schema], ...words } : { ...schema, ...words });
}

/** Lets the routes that follow refer to every schema that was defined. */
export function registerNamed(app: FastifyInstance): void {
  for (const schema of definitions.values()) app.addSchema(schema);
}
