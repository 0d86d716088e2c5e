/**
 * Bodies of text/csv, for the routes that say `config: { csv: true }` and for no others. They are written to the database as they
 * come in, a piece at a time, so that no file is ever held here whole: which encoding it is in, and what it holds, is for the reader of the
 * file to find out.
 */
import { Readable } from 'node:stream';
import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Charset, charsetOf, charsets, wholeLines } from '../lib/encoding.js';
import { newId } from '../lib/ids.js';
import { type Blob, dropBlob, writeBlob } from '../work/blobs.js';
import { idempotencyKey } from './idempotency.js';
import { declaredCharset, unsupportedCharset } from './media-type.js';
import { ledgerIdOf, type Service } from './service.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a CSV file; other media types are refused. */
    csv?: true;
  }
}

/** Larger than any file of a county's: a row of the widest kind is about 150 bytes. */
const csvLimitBytes = 64 * 1_048_576;
const headBytes = 65_536;

/** What nobody has come back for is swept. */
const expiresAfterMilliseconds = 86_400_000;

/** The body schema of such a route: any bytes. Take them in with `receiveFile`. */
export function csvBody(example: string) {
  return Type.Unsafe<unknown>({
    contentMediaType: 'text/csv',
    description: `The file: CSV with a header line, fields parted by commas, tabs or semicolons, at most 64 MiB. Its charset is what the Content-Type declares, as in \`text/csv; charset=gb18030\` (${Object.keys(charsets).join(', ')}); without that the service finds out which it is.`,
    examples: [example],
  });
}

/** Registers the parser; routes that follow may take CSV. */
export function registerCsvBodies(app: FastifyInstance): void {
  app.addContentTypeParser('text/csv', (request, payload, done) => {
    if (request.routeOptions.config.csv !== true) done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE('text/csv'));
    else done(null, payload);
  });
}

/** A file that has come in, under the id of what is to be made of it. */
export interface ReceivedFile extends Blob {
  /** Its first lines, 64 KiB at most: for a preview. */
  readonly head: Uint8Array;
  /** Forgets it: the request was made before. */
  discard(): Promise<void>;
}

/**
 * Takes in the file of a request; an absent body is an empty file. Its digest stands for it in the idempotency fingerprint, beside the
 * charset. Refuses: `idempotency_key_missing`, `idempotency_key_invalid`, unless `keyless`; a body of another media type or in a
 * charset that is not read here (415), a larger one (413).
 */
export async function receiveFile(service: Service, request: FastifyRequest, keyless = false): Promise<ReceivedFile> {
  const charset = declaredCharset(request);
  if (charset !== null && charsetOf(charset) === undefined) throw unsupportedCharset(request);
  // Nothing is taken in for a request that will not be carried out.
  if (!keyless) idempotencyKey(request.raw.headers['idempotency-key']);
  if (Number(request.headers['content-length'] ?? 0) > csvLimitBytes) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
  const ledgerId = await ledgerIdOf(service, request.principal);
  const { sql } = service.work;
  const now = service.clock();
  const wanted = { id: newId(), createdAt: rfc3339(now), expiresAt: rfc3339(now + expiresAfterMilliseconds) };
  const discard = () => dropBlob(sql, ledgerId, wanted.id);
  try {
    const head: Buffer[] = [];
    const blob = await writeBlob(sql, ledgerId, wanted, bounded(bodyOf(request), head));
    // The same bytes in another charset are another file.
    request.rawBody = blob.sha256 + (charset === null ? '' : ` ${charset}`);
    const beginning = Buffer.concat(head);
    const isWhole = beginning.length === blob.bytes;
    return { ...blob, head: isWhole ? beginning : wholeLines(beginning, charsetOfCsv(request)), discard };
  } catch (error) {
    await discard().catch(() => {});
    throw error;
  }
}

function rfc3339(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function bodyOf({ body, headers }: FastifyRequest): AsyncIterable<Buffer> {
  if (body === undefined || body === null) return Readable.from([]);
  // A body that turns out too large must not take its connection down: the sender is to read why.
  if (body instanceof Readable) return body.iterator({ destroyOnReturn: false });
  throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(String(headers['content-type']));
}

/** Passes the body on; what of it is looked at for a preview is put into `head`. */
async function* bounded(source: AsyncIterable<Buffer>, head: Buffer[]): AsyncIterable<Buffer> {
  let bytes = 0;
  for await (const chunk of source) {
    if (bytes < headBytes) head.push(chunk.subarray(0, headBytes - bytes));
    bytes += chunk.length;
    if (bytes > csvLimitBytes) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
    yield chunk;
  }
}

/** The charset that the file was declared to be in; null: none was. */
export function charsetOfCsv(request: FastifyRequest): Charset | null {
  const declared = declaredCharset(request);
  return declared === null ? null : (charsetOf(declared) ?? null);
}
