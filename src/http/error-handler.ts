/**
 * Turns whatever a request threw into a problem: a refusal as it is, Fastify's own complaints in our words, a failed schema as
 * pointers into the request. Anything else is a bug: a bare 500 for the client, the stack for the log.
 */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isConnectionLost, isStorageFull, sqlState } from '../db/connect.js';
import type { Language, Words } from '../lib/language.js';
import { type FieldError, Refusal } from '../lib/refusal.js';
import { MasterKeyOutdated } from '../timebank/people/personal-data/personal-keys.js';
import { fieldErrorsOf } from './field-errors.js';
import { defaultLanguageOf, languageOf, sayLanguage } from './language.js';
import { sendAndLinger } from './lingering-close.js';
import type { DoorCode } from './problem-kinds.js';
import {
  codeOfProblem,
  languageOfProblem,
  problemType,
  renderDoorProblem,
  renderProblem,
  retryAfterOf,
} from './problems.js';
import { logRequest, noteOf } from './request-log.js';

/** For the `frameworkErrors` option: requests that were refused before they had a route, and so are not logged as others are. */
export function frameworkErrorHandler(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  errorHandler(error, request, reply);
  logRequest(null, request, reply);
}

/** For `app.setErrorHandler`. */
export function errorHandler(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = error instanceof Refusal ? error : refusalOf(error, request);
  if (known instanceof Refusal) {
    sendRefusal(known, request, reply);
    return;
  }
  if (known === 'internal_error') request.log.error({ err: error, route: request.routeOptions.url }, 'request failed');
  const { status, body } = renderDoorProblem(known, doorDetails[known], request.id, languageOf(request));
  if (known === 'body_too_large') {
    noteOf(request).code = known;
    sendAndLinger(reply, status, headersOf(body), Buffer.from(body));
  } else sendProblem(reply, status, body);
}

/** For `app.setNotFoundHandler`: 405 with Allow where another method would do, 404 otherwise. */
export function notFoundHandler(request: FastifyRequest, reply: FastifyReply): void {
  const path = pathOf(request.url);
  const allowed = methods.filter((method) => request.server.findRoute({ method, url: path }) !== null);
  // A route may itself have found that nothing is there: a static file.
  if (allowed.length === 0 || allowed.some((method) => method === request.method)) {
    sendRefusal(
      new Refusal('not_found', { en: 'There is nothing at this path.', zh: '此路径不存在。' }),
      request,
      reply,
    );
    return;
  }
  reply.header('allow', allowed.join(', '));
  const language = languageOf(request);
  const { status, body } = renderDoorProblem(
    'method_not_allowed',
    doorDetails.method_not_allowed,
    request.id,
    language,
  );
  sendProblem(reply, status, body);
}

/** Sends a rendered problem. As bytes, because Fastify adds a charset to text, which this media type does not have. */
export function sendProblem(reply: FastifyReply, status: number, body: string): void {
  noteOf(reply.request).code = codeOfProblem(body);
  sayLanguage(reply, languageOfProblem(body));
  reply.code(status).header('content-type', problemType).send(Buffer.from(body));
}

/** For an answer that is written by hand. */
function headersOf(body: string): Record<string, string> {
  return { 'content-type': problemType, 'content-language': languageOfProblem(body), vary: 'accept-language' };
}

/**
 * For the `clientErrorHandler` option: what Node's parser refused never became a request, so answer and line in the log are written by
 * hand. `newId` makes the id that both bear.
 */
export function clientErrorHandler(newId: () => string) {
  return function answer(this: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const id = newId();
    const { status, body } = parserProblem(error.code, id, defaultLanguageOf(this));
    this.log.info({ request_id: id, status, reason: error.code }, 'request refused');
    sendByHand(socket, status, body);
  };
}

function sendByHand(socket: Socket, status: number, body: string): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${problemType}\r\nContent-Language: ${languageOfProblem(body)}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** The headers of such a request were not read: it gets the language of people who say nothing. */
function parserProblem(code: string | undefined, id: string, language: Language): { status: number; body: string } {
  if (code === 'HPE_HEADER_OVERFLOW')
    return renderDoorProblem('headers_too_large', doorDetails.headers_too_large, id, language);
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return renderDoorProblem('request_timeout', doorDetails.request_timeout, id, language);
  return renderProblem(
    new Refusal('request_invalid', { en: 'The request is not HTTP/1.1.', zh: '请求不是 HTTP/1.1。' }),
    id,
    language,
  );
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

const doorDetails: Record<DoorCode, Words> = {
  method_not_allowed: {
    en: 'The path exists, but not with this method; see the Allow header.',
    zh: '此路径存在，但不支持该方法；可用的方法见 Allow 响应头。',
  },
  request_timeout: { en: 'The request did not arrive in time.', zh: '请求未能在规定时间内送达。' },
  body_too_large: { en: 'The body is larger than this operation accepts.', zh: '请求体超过本操作允许的大小。' },
  media_type_unsupported: {
    en: 'Send the body as application/json in UTF-8, or as this operation documents.',
    zh: '请以 UTF-8 的 application/json 发送请求体，或按本操作文档规定的类型发送。',
  },
  headers_too_large: {
    en: 'The request line and headers are larger than the service accepts.',
    zh: '请求行和请求头超过本服务允许的大小。',
  },
  internal_error: {
    en: 'The request failed through no fault of yours. The request_id finds it in the log.',
    zh: '请求失败，并非您的操作所致。凭 request_id 可在日志中查到。',
  },
};

function sendRefusal(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): void {
  const { status, body } = renderProblem(refusal, request.id, languageOf(request));
  const retryAfter = retryAfterOf(refusal);
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  if (status === 401 && !reply.hasHeader('www-authenticate')) {
    reply.header('www-authenticate', refusal.code === 'client_invalid' ? basicChallenge : bearerChallenge);
  }
  sendProblem(reply, status, body);
}

export const bearerChallenge = 'Bearer realm="timeledger"';
export const basicChallenge = 'Basic realm="timeledger", charset="UTF-8"';

/** What Fastify and its validators throw, in our words. Errors of other origins never choose their own status. */
function refusalOf(error: unknown, request: FastifyRequest): Refusal | DoorCode {
  if (isStorageFull(error))
    return new Refusal('storage_full', {
      en: 'The database has no room left to answer this.',
      zh: '数据库空间不足，无法应答。',
    });
  if (isConnectionLost(error))
    return new Refusal('ledger_unavailable', { en: 'The books cannot be reached just now.', zh: '暂时无法连接账簿。' });
  if (error instanceof MasterKeyOutdated) return new Refusal('ledger_unavailable', error.detail);
  // query_canceled: the statement had its time.
  if (sqlState(error) === '57014') {
    return new Refusal('ledger_unavailable', {
      en: 'The books did not answer in time: ask for less, or later.',
      zh: '账簿未能及时应答，请缩小查询范围或稍后再试。',
    });
  }
  if (!isFastifyError(error)) return 'internal_error';
  if (error.validation)
    return invalid(
      { en: 'The request does not fit its schema.', zh: '请求不符合规定的格式。' },
      fieldErrorsOf(error, request),
    );
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return 'body_too_large';
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'media_type_unsupported';
  if (error.code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return invalid({
      en: 'The body is not as long as Content-Length says.',
      zh: '请求体的长度与 Content-Length 不符。',
    });
  if (error.code === 'FST_ERR_BAD_URL' || error.code === 'FST_ERR_MAX_PARAM_LENGTH') {
    return invalid({ en: 'The path is not well formed.', zh: '路径格式不正确。' });
  }
  // The connection broke while the body was read: nobody will see this answer.
  if (error.statusCode === 400) return invalid({ en: 'The body did not arrive whole.', zh: '请求体未能完整送达。' });
  return 'internal_error';
}

function invalid(detail: Words, errors?: readonly FieldError[]): Refusal {
  return new Refusal('request_invalid', detail, errors ? { errors } : {});
}

function isFastifyError(error: unknown): error is FastifyError {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return error.code.startsWith('FST_') || (error.code === 'ECONNRESET' && 'statusCode' in error);
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
