/**
 * Bodies that are a scan or a photograph, for the routes that say `config: { evidence: true }` and for no others. What a file is, its bytes
 * say: who sends it may be mistaken, or lie.
 */
import { hash } from 'node:crypto';
import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { newId } from '../lib/ids.js';
import { Refusal } from '../lib/refusal.js';
import { sniffEvidence } from '../timebank/service/orders/evidence.js';
import { type EvidenceType, evidenceTypes } from '../timebank/service-words.js';
import { dropBlob, keepBlob, writeBlob } from '../work/blobs.js';
import { idempotencyKey } from './idempotency.js';
import { ledgerIdOf, type Service } from './service.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is an image or a PDF; other media types are refused. */
    evidence?: true;
  }
}

/** Several pages, photographed by a phone. */
const evidenceLimitBytes = 5 * 1_048_576;

/** Until it is erased: the last moment that a date of the books can have. */
const keptUntil = '2099-12-31T23:59:59Z';

/** The body schema of such a route. */
export const evidenceBody = Type.Unsafe<unknown>({
  description: 'The bytes of the file: PNG, JPEG or PDF, at most 5 MiB.',
  examples: ['%PDF-1.7'],
});

/** Registers the parser; routes that follow may take such files. */
export function registerEvidenceBodies(app: FastifyInstance): void {
  const options = { parseAs: 'buffer', bodyLimit: evidenceLimitBytes } as const;
  app.addContentTypeParser([...evidenceTypes], options, (request, bytes, done) => {
    if (request.routeOptions.config.evidence === true) done(null, bytes);
    else done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(String(request.headers['content-type'])));
  });
}

/** A file that has come in and is kept. */
export interface ReceivedEvidence {
  readonly fileId: string;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
  readonly bytes: number;
  readonly mediaType: EvidenceType;
  /** Forgets it: it became nobody's. */
  discard(): Promise<void>;
}

/**
 * Takes in the file of a request. Its digest stands for it in the idempotency fingerprint.
 * Refuses: a body of another media type (415), `idempotency_key_missing`, `idempotency_key_invalid`, `evidence_invalid`.
 */
export async function receiveEvidence(service: Service, request: FastifyRequest): Promise<ReceivedEvidence> {
  const { body, headers, principal } = request;
  const declared = String(headers['content-type']);
  if (body !== undefined && body !== null && !Buffer.isBuffer(body))
    throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(declared);
  idempotencyKey(request.raw.headers['idempotency-key']);
  const content = body ?? Buffer.alloc(0);
  const mediaType = requireType(content, declared);
  const digest = hash('sha256', content);
  request.rawBody = digest;
  const ledgerId = await ledgerIdOf(service, principal);
  const { sql } = service.work;
  const now = new Date(service.clock());
  const expiresAt = new Date(now.getTime() + 86_400_000).toISOString();
  const fileId = newId();
  await writeBlob(sql, ledgerId, { id: fileId, createdAt: now.toISOString(), expiresAt }, onePiece(content));
  await keepBlob(sql, ledgerId, fileId, keptUntil);
  return { fileId, digest, bytes: content.length, mediaType, discard: () => dropBlob(sql, ledgerId, fileId) };
}

/** Refuses: `evidence_invalid` (nothing, none of the types that are taken, or another than was declared). */
function requireType(content: Buffer, declared: string): EvidenceType {
  const type = sniffEvidence(content);
  if (type !== null && declared.split(';', 1)[0]?.trim().toLowerCase() === type) return type;
  throw new Refusal('evidence_invalid', {
    en:
      type === null
        ? 'the file is no PNG, no JPEG and no PDF'
        : `the file is ${type}, and was declared as another type`,
    zh: type === null ? '文件不是 PNG、JPEG 或 PDF' : `文件实为 ${type}，与声明的类型不符`,
  });
}

async function* onePiece(content: Buffer): AsyncIterable<Buffer> {
  yield content;
}
