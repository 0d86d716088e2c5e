/** What the Content-Type header of a request says beside the media type: the charset. */
import { errorCodes, type FastifyError, type FastifyRequest } from 'fastify';

const charsetParameter = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]*))/gi;

/** The charset that was declared, in small letters; null: none. Two different ones are none that anybody knows. */
export function declaredCharset(request: FastifyRequest): string | null {
  const header = request.headers['content-type'] ?? '';
  const declared = [...header.matchAll(charsetParameter)].map(([, quoted, plain]) =>
    (quoted ?? plain ?? '').toLowerCase(),
  );
  if (declared.length === 0) return null;
  return [...new Set(declared)].join(' and ');
}

/** For a body in a charset that the operation does not read: 415. */
export function unsupportedCharset(request: FastifyRequest): FastifyError {
  return new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(String(request.headers['content-type']));
}
