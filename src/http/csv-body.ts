/**
 * Bodies of text/csv, for the routes that say `config: { csv: true }` and for no others. They arrive as the bytes that were
 * sent, with the charset that was declared; which encoding they are in if none was, and what they hold, is for the reader of the
 * file to find out.
 */
import { hash } from 'node:crypto';
import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Charset, charsetOf, charsets } from '../lib/encoding.js';
import { declaredCharset, unsupportedCharset } from './media-type.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a CSV file; other media types are refused. */
    csv?: true;
  }
}

/** Larger than any file of a county's: a row is about 150 bytes. */
const csvLimitBytes = 16 * 1_048_576;

/** The body schema of such a route: any bytes. Read them with `csvOf`. */
export function csvBody(example: string) {
  return Type.Unsafe<unknown>({
    contentMediaType: 'text/csv',
    description: `The file: CSV with a header line, at most 16 MiB. Its charset is what the Content-Type declares, as in \`text/csv; charset=gb18030\` (${Object.keys(charsets).join(', ')}); without that the service finds out which it is.`,
    examples: [example],
  });
}

/** Registers the parser; routes that follow may take CSV. */
export function registerCsvBodies(app: FastifyInstance): void {
  app.addContentTypeParser('text/csv', { parseAs: 'buffer' }, parseCsvBody);
  app.addHook('onRoute', (route) => {
    if (route.config?.csv) route.bodyLimit = csvLimitBytes;
  });
}

type Done = (error: Error | null, body?: unknown) => void;

/**
 * The digest stands for the bytes in the idempotency fingerprint, beside the charset: the same bytes in another are another file.
 * Refuses: 415 (a charset that is not read here).
 */
function parseCsvBody(request: FastifyRequest, bytes: Buffer, done: Done): void {
  if (request.routeOptions.config.csv !== true) {
    done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE('text/csv'));
    return;
  }
  const charset = declaredCharset(request);
  if (charset !== null && charsetOf(charset) === undefined) {
    done(unsupportedCharset(request));
    return;
  }
  request.rawBody = hash('sha256', bytes, 'hex') + (charset === null ? '' : ` ${charset}`);
  done(null, bytes);
}

/** The bytes of the file; none when no body was sent. A body of another media type is refused with 415. */
export function csvOf(request: FastifyRequest): Buffer {
  const { body } = request;
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (Buffer.isBuffer(body)) return body;
  throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(String(request.headers['content-type']));
}

/** The charset that the file was declared to be in; null: none was. */
export function charsetOfCsv(request: FastifyRequest): Charset | null {
  const declared = declaredCharset(request);
  return declared === null ? null : (charsetOf(declared) ?? null);
}
