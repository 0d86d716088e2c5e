/**
 * The refusals of an operation as OpenAPI responses: one for each status, naming its codes. A route spreads them after its own
 * answers. Types do not see them, because handlers never send problems: they throw refusals.
 */
import type { RouteOptions } from 'fastify';
import { kindOf, type ProblemCode, problemType } from './problems.js';

/** Any operation that is guarded by roles can refuse so. */
export const guardedRefusals = [
  'request_invalid',
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'internal_error',
] as const;

/** Any POST that changes something can refuse so, beside its business refusals. */
export const commandRefusals = [
  ...guardedRefusals,
  'idempotency_key_missing',
  'idempotency_key_invalid',
  'idempotency_key_reused',
  'idempotency_key_in_flight',
  'body_too_large',
  'media_type_unsupported',
  'ledger_busy',
  'ledger_unavailable',
] as const;

/** `response: { 201: Entry, ...problemResponses(...commandRefusals, 'balance_insufficient') }` */
export function problemResponses(...codes: readonly ProblemCode[]): Record<never, never> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set(codes)) {
    const { status } = kindOf(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, responseOf(status, group)]));
}

function responseOf(status: number, codes: readonly ProblemCode[]) {
  const lines = codes.map((code) => `\`${code}\`: ${kindOf(code).title}.`);
  return {
    description: lines.join('\n'),
    ...(headersOf[status] && { headers: headersOf[status] }),
    content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

const retryAfter = {
  'retry-after': { description: 'Seconds to wait before the same request may succeed.', schema: { type: 'string' } },
};

const headersOf: Readonly<Record<number, object>> = {
  401: { 'www-authenticate': { description: 'How to authenticate.', schema: { type: 'string' } } },
  429: retryAfter,
  503: retryAfter,
};

/** Where a route's schema keeps its problems for the document; swagger copies words with x- to the operation as they are. */
export const problemsWord = 'x-problems';

/**
 * Takes the problems out of a route's responses. They are already OpenAPI, and Fastify would compile a serializer for each
 * (280 ms for 80 routes) though problems are sent as text.
 */
export function setProblemsApart(route: RouteOptions): void {
  const response: unknown = route.schema?.response;
  if (typeof response !== 'object' || response === null) return;
  const [problems, answers] = [
    Object.entries(response).filter(isProblem),
    Object.entries(response).filter((e) => !isProblem(e)),
  ];
  const apart = { response: Object.fromEntries(answers), [problemsWord]: Object.fromEntries(problems) };
  route.schema = { ...route.schema, ...apart };
}

function isProblem([, response]: [string, unknown]): boolean {
  if (typeof response !== 'object' || response === null || !('content' in response)) return false;
  return typeof response.content === 'object' && response.content !== null && problemType in response.content;
}
