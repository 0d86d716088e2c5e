/**
 * Bodies of text/csv, for the routes that say `config: { csv: true }` and for no others. They arrive as the bytes that were
 * sent: which encoding they are in, and what they hold, is for the reader of the file to find out.
 */
import { hash } from 'node:crypto';
import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import { Type } from 'typebox';

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
    description:
      'The file: CSV with a header line, UTF-8 (with or without a byte order mark) or GB18030, at most 16 MiB.',
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

/** The digest stands for the bytes in the idempotency fingerprint. */
function parseCsvBody(request: FastifyRequest, bytes: Buffer, done: Done): void {
  if (request.routeOptions.config.csv !== true) {
    done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE('text/csv'));
    return;
  }
  request.rawBody = hash('sha256', bytes, 'hex');
  done(null, bytes);
}

/** The bytes of the file; none when no body was sent. A body of another media type is refused with 415. */
export function csvOf(request: FastifyRequest): Buffer {
  const { body } = request;
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (Buffer.isBuffer(body)) return body;
  throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(String(request.headers['content-type']));
}
