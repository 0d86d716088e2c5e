/**
 * Bodies of application/x-www-form-urlencoded, for the routes that say `config: { form: true }` and for no others: no browser's
 * form may post to the rest.
 */
import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import { Refusal } from '../lib/refusal.js';
import { declaredCharset, unsupportedCharset } from './media-type.js';
import { child } from './pointer.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a form; check `isForm`, for JSON gets through to the route's schema. */
    form?: true;
  }
}

const mediaType = 'application/x-www-form-urlencoded';
const formLimitBytes = 16_384;

/** Registers the parser; the body is an object of strings. */
export function registerFormBodies(app: FastifyInstance): void {
  app.addContentTypeParser(mediaType, { parseAs: 'string', bodyLimit: formLimitBytes }, parseForm);
}

/** Whether the request carried a form. */
export function isForm(request: FastifyRequest): boolean {
  const [type = ''] = String(request.headers['content-type']).split(';', 1);
  return type.trim().toLowerCase() === mediaType;
}

type Done = (error: Error | null, body?: unknown) => void;

/** Refuses: 415 (in another charset than UTF-8), `request_invalid` (a name given twice, which RFC 6749 forbids and which readers would read differently). */
function parseForm(request: FastifyRequest, text: string, done: Done): void {
  if (request.routeOptions.config.form !== true) {
    done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(mediaType));
    return;
  }
  const charset = declaredCharset(request);
  if (charset !== null && charset !== 'utf-8') {
    done(unsupportedCharset(request));
    return;
  }
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (form.has(name)) {
      done(twice(name));
      return;
    }
    form.set(name, value);
  }
  request.rawBody = text;
  done(null, Object.fromEntries(form));
}

function twice(name: string): Refusal {
  const errors = [{ pointer: child('', name.slice(0, 64)), detail: { en: 'is given twice', zh: '重复出现' } }];
  return new Refusal(
    'request_invalid',
    { en: 'The form gives a parameter twice.', zh: '表单中有参数重复。' },
    { errors },
  );
}
