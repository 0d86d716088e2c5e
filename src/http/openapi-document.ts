/**
 * From what swagger collected to what is published: problems beside the answers, the idempotency key of every command, and
 * each shape said once. It knows no operation.
 */
import {
  type Json,
  nameIn,
  sharedExamples,
  sharedParameters,
  sharedResponses,
  sorted,
  unwrapped,
} from './openapi-components.js';
import type { ProblemCode } from './problem-kinds.js';
import { documentedProblems, problemsWord } from './problem-responses.js';
import { optionalBody } from './schemas.js';

interface Operation {
  responses: Record<string, Json>;
  parameters?: Json[];
  readonly requestBody?: RequestBody;
  [problemsWord]?: readonly ProblemCode[];
}

interface Media {
  readonly schema?: Json;
}

interface RequestBody {
  required: boolean;
  description?: unknown;
  readonly content: Record<string, Media>;
}

interface Document {
  readonly paths?: object;
  readonly components?: { readonly schemas?: object };
}

/** The document as it is published; the one given is changed. */
export function settle<T extends Document>(document: T): T {
  const paths = unwrapped(sorted(document.paths ?? {})) as object;
  const schemas = unwrapped(sorted(document.components?.schemas ?? {})) as Json;
  const operations = operationsOf(paths);
  const refusals = sharedResponses(
    operations.flatMap((operation) => documentedProblems(operation[problemsWord] ?? [])),
  );
  for (const operation of operations) {
    settleBody(operation.requestBody, schemas);
    settleWords(operation, schemas);
    settleCommand(operation);
    settleProblems(operation, refusals);
  }
  const examples = sharedExamples(operations.flatMap(bodiesOf), schemas);
  const parameters = settleParameters(operations);
  const shared = { examples, parameters, headers, responses: Object.fromEntries(refusals), schemas };
  return { ...document, paths: inReadingOrder(paths), components: { ...document.components, ...shared } };
}

/** What an operation is for, before what goes in, before what comes out. */
function inReadingOrder(paths: object): Json {
  const order = (operation: Operation) => ({
    ...first(operation, ['operationId', 'summary', 'description', 'tags', 'security', 'parameters', 'requestBody']),
    ...(operation.parameters && {
      parameters: operation.parameters.map((parameter) => first(parameter, ['name', 'in', 'required', 'description'])),
    }),
  });
  const item = (operations: object) =>
    Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, order(operation)]));
  return Object.fromEntries(Object.entries(paths).map(([path, operations]) => [path, item(operations)]));
}

/** The same with these words first. */
function first(record: object, words: readonly string[]): Json {
  const named = words.flatMap((word) => (word in record ? [[word, record[word as never]] as const] : []));
  return { ...Object.fromEntries(named), ...record };
}

function operationsOf(paths: object): Operation[] {
  return Object.values(paths).flatMap((item) => Object.values(item as Record<string, Operation>));
}

/** What goes in, and what comes out when it is done. */
function bodiesOf({ requestBody, responses }: Operation): Media[] {
  const contents = [requestBody, ...Object.values(responses)].map((said) => said?.['content' as never] ?? {});
  return contents.flatMap((content) => Object.values<Media>(content));
}

/** What is said where a schema refers to; nothing when it refers nowhere. */
function componentOf(schema: unknown, schemas: Json): Json {
  const name = nameIn(schema);
  return name === undefined ? {} : (schemas[name] as Json);
}

/** swagger takes every body for required, and looks for what is said of it no further than the reference. */
function settleBody(body: RequestBody | undefined, schemas: Json): void {
  for (const media of Object.values(body?.content ?? {})) {
    if (!body || !media.schema) continue;
    if (optionalBody in media.schema) body.required = false;
    delete media.schema[optionalBody];
    const { description } = componentOf(media.schema, schemas);
    if (description !== undefined) body.description ??= description;
  }
}

/** What is said of a named schema is said of the parameters that are of it, unless they have words of their own. */
function settleWords(operation: Operation, schemas: Json): void {
  for (const parameter of operation.parameters ?? []) {
    const { description, examples } = componentOf(parameter['schema'], schemas);
    if (description !== undefined) parameter['description'] ??= description;
    if (Array.isArray(examples)) parameter['example'] ??= examples[0];
  }
}

/** What can refuse a missing key is a command: it takes a key, and its answer may be an earlier one's. */
function settleCommand(operation: Operation): void {
  if (!operation[problemsWord]?.includes('idempotency_key_missing')) return;
  const parameters = operation.parameters ?? [];
  const canBeTried = parameters.some((parameter) => parameter['name'] === 'dry_run');
  const name = canBeTried ? 'IdempotencyKeyUnlessDryRun' : 'IdempotencyKey';
  operation.parameters = [...parameters, { $ref: `#/components/parameters/${name}` }];
  const { 200: tried, 201: done } = operation.responses;
  if (canBeTried && tried && done) tried['description'] = `Tried with \`dry_run\`, not done. ${tried['description']}`;
  for (const response of Object.values(operation.responses)) {
    if (canBeTried && done && response === tried) continue;
    const replayed = { 'idempotent-replayed': { $ref: '#/components/headers/IdempotentReplayed' } };
    response['headers'] = { ...(response['headers'] as object), ...replayed };
  }
}

const key: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description:
    'Names the request: a fresh key for each thing that is to happen once, the same key with every retry of it. A second request with a key gets the answer of the first, byte for byte, and changes nothing; with another path or body it is refused. Kept for 35 days, for this client alone; quotes around it do not count.',
  schema: {
    type: 'string',
    pattern: '^(?:"[\\x21\\x23-\\x5b\\x5d-\\x7e]{16,64}"|[\\x21\\x23-\\x5b\\x5d-\\x7e]{16,64})$',
  },
  example: '5f0c2a9d-7e1b-4c3a-8d6f-0e21b7c94a55',
};

const keyUnlessDryRun: Json = {
  ...key,
  required: false,
  description: `Required unless \`dry_run\` is true, when it is ignored. ${key['description']}`,
};

const keys = { IdempotencyKey: key, IdempotencyKeyUnlessDryRun: keyUnlessDryRun };

const text = { type: 'string' };

const headers = {
  ContentLanguage: {
    description: 'The language of the words: what `Accept-Language` prefers of `en` and `zh`.',
    schema: { enum: ['en', 'zh'] },
  },
  IdempotentReplayed: {
    description:
      '`true` when this is the answer to an earlier request with the same key. Remembered refusals carry it too.',
    schema: { const: 'true' },
  },
  RetryAfter: { description: 'Seconds to wait before the same request may succeed.', schema: text, example: '2' },
  WwwAuthenticate: { description: 'How to authenticate.', schema: text, example: 'Bearer realm="timeledger"' },
};

function settleProblems(operation: Operation, shared: ReadonlyMap<string, object>): void {
  for (const { status, name = '', response } of documentedProblems(operation[problemsWord] ?? [])) {
    const said = shared.has(name) ? { $ref: `#/components/responses/${name}` } : response;
    operation.responses = { ...operation.responses, [status]: said };
  }
  delete operation[problemsWord];
}

/** Puts references in the place of the parameters that are the same everywhere, and returns those. */
function settleParameters(operations: readonly Operation[]): Json {
  const shared = sharedParameters(operations.flatMap(({ parameters = [] }) => parameters));
  for (const operation of operations) {
    if (!operation.parameters) continue;
    operation.parameters = operation.parameters.map((parameter) => {
      const name = String(parameter['name']);
      return shared.has(name) ? { $ref: `#/components/parameters/${name}` } : parameter;
    });
  }
  return { ...keys, ...Object.fromEntries(shared) };
}
