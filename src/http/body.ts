/**
 * What may enter through the door: bodies in strict JSON, checked as they are, and queries and paths, whose values are always
 * text and so are converted. Fastify's own validator would convert and strip bodies silently. It knows no route.
 */
import { isUtf8 } from 'node:buffer';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { FastifyInstance, FastifyRequest, FastifySchemaCompiler } from 'fastify';
import { isBirthDate, isInstant } from '../lib/clock.js';
import { idShape } from '../lib/ids.js';
import type { Words } from '../lib/language.js';
import { Refusal } from '../lib/refusal.js';
import { parseStrictJson } from './json.js';
import { declaredCharset, unsupportedCharset } from './media-type.js';
import { registerNamed } from './named.js';
import { optionalBody } from './schemas.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body's text as it was sent, for the idempotency fingerprint; '' when there was none. */
    rawBody: string;
  }
}

/** Installs the JSON parser and the validators. Other media types stay refused until a route registers a parser for them. */
export function registerBodies(app: FastifyInstance): void {
  app.decorateRequest('rawBody', '');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, parseBody);
  registerNamed(app);
  app.setValidatorCompiler(validatorCompiler(app));
  // Views are built field by field and held against the document in every test: no schema needs to filter them once more.
  app.setSerializerCompiler(() => JSON.stringify);
}

type Done = (error: Error | null, body?: unknown) => void;

/**
 * Fastify's parser for application/json. No bytes, or `null`, is no body: the route's schema says whether that will do.
 * Refuses: 415 (declared to be in another charset than UTF-8), `request_invalid` (not UTF-8, a byte order mark, not strict JSON).
 */
function parseBody(request: FastifyRequest, bytes: Buffer, done: Done): void {
  const charset = declaredCharset(request);
  if (charset !== null && charset !== 'utf-8') throw unsupportedCharset(request);
  if (bytes.length === 0) {
    done(null, undefined);
    return;
  }
  // Bytes that are not UTF-8 would become replacement characters: the books would hold what nobody sent.
  if (!isUtf8(bytes)) throw unreadable({ en: 'is not UTF-8', zh: '不是 UTF-8' });
  const text = bytes.toString('utf8');
  if (text.charCodeAt(0) === byteOrderMark)
    throw unreadable({ en: 'begins with a byte order mark', zh: '以字节顺序标记（BOM）开头' });
  request.rawBody = text;
  done(null, parseStrictJson(text) ?? undefined);
}

const byteOrderMark = 0xfeff;

function unreadable(detail: Words): Refusal {
  return new Refusal(
    'request_invalid',
    { en: 'The body is not strict JSON.', zh: '请求体不是严格的 JSON。' },
    { errors: [{ pointer: '', detail }] },
  );
}

/**
 * Bodies are checked as they are; queries, paths and headers are text, so numbers and lists are read from it first. The schemas
 * themselves are not checked: they are ours, the document is made of them and linted, and the schema of schemas is the largest of all.
 */
function validatorCompiler(app: FastifyInstance): FastifySchemaCompiler<object> {
  const options = { strict: true, allowUnionTypes: true, validateSchema: false } as const;
  const exact = new Ajv2020(options);
  const lenient = new Ajv2020({ ...options, coerceTypes: 'array', useDefaults: true });
  for (const ajv of [exact, lenient]) {
    addWords(ajv);
    ajv.addSchema(Object.values(app.getSchemas()) as object[]);
  }
  return ({ schema, httpPart }): ValidateFunction => {
    if (httpPart !== 'body') return whenAsked(() => lenient.compile(schema));
    return whenAsked(() => exact.compile(optionalBody in schema ? { anyOf: [{ type: 'null' }, schema] } : schema));
  };
}

/** Compiling every schema at the start would make up a good part of it; most are not used in the first minute. */
function whenAsked(compile: () => ValidateFunction): ValidateFunction {
  let compiled: ValidateFunction | undefined;
  const validate = ((data: unknown) => {
    compiled ??= compile();
    const sound = compiled(data);
    validate.errors = compiled.errors ?? null;
    return sound;
  }) as ValidateFunction;
  return validate;
}

/**
 * Formats are few and exact, so they live here rather than in a package. `example` and x- words are for the document only.
 * An id in capitals is refused: the lane knows rows by the text of their ids, and one row under two names is two rows.
 */
function addWords(ajv: Ajv2020): void {
  ajv.addVocabulary(['example', optionalBody]);
  // Which years, each schema's pattern says.
  ajv.addFormat('date', isBirthDate);
  ajv.addFormat('date-time', isInstant);
  ajv.addFormat('uuid', idShape);
  ajv.addFormat('uri', (text: string) => URL.canParse(text));
  for (const format of ['byte', 'binary', 'password']) ajv.addFormat(format, true);
}
