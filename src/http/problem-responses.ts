/**
 * The refusals of an operation, for the document: one response for each status, naming its codes. A route spreads them after its
 * own answers. Types do not see them, because handlers never send problems: they throw refusals.
 */
import type { RouteOptions } from 'fastify';
import { exampleOfProblem } from './problem-examples.js';
import { kindOf, type ProblemCode } from './problem-kinds.js';
import { problemType } from './problems.js';

/** Any operation that is guarded by roles can refuse so. */
export const guardedRefusals = [
  'request_invalid',
  'unauthenticated',
  'forbidden',
  'ledger_not_found',
  'rate_limited',
  'internal_error',
  'ledger_unavailable',
  'ledger_busy',
] as const;

/** Any POST that changes something can refuse so, beside its business refusals. The key's are what makes it a command in the document. */
export const commandRefusals = [
  ...guardedRefusals,
  'idempotency_key_missing',
  'idempotency_key_invalid',
  'idempotency_key_reused',
  'idempotency_key_in_flight',
  'body_too_large',
  'media_type_unsupported',
  'storage_full',
] as const;

/** A command whose work is a job can also refuse so: see run-job.ts. */
export const jobRefusals = ['job_in_progress', 'job_cancelled'] as const;

/** What a route says in its responses of one status' refusals. */
class Problems {
  constructor(readonly codes: readonly ProblemCode[]) {}
}

/** `response: { 201: Entry, ...problemResponses(...commandRefusals, 'balance_insufficient') }` */
export function problemResponses(...codes: readonly ProblemCode[]): Record<never, never> {
  return Object.fromEntries(byStatus(codes).map(([status, group]) => [status, new Problems(group)]));
}

function byStatus(codes: readonly ProblemCode[]): [status: number, group: ProblemCode[]][] {
  const groups = new Map<number, ProblemCode[]>();
  for (const code of new Set(codes)) {
    const { status } = kindOf(code);
    groups.set(status, [...(groups.get(status) ?? []), code]);
  }
  return [...groups];
}

/** Where a route's schema keeps its codes for the document; swagger copies words with x- to the operation as they are. */
export const problemsWord = 'x-problems';

/** Takes the problems out of a route's responses: Fastify would compile a serializer for each, though problems are sent as text. */
export function setProblemsApart(route: RouteOptions): void {
  const response: unknown = route.schema?.response;
  if (typeof response !== 'object' || response === null) return;
  const answers = Object.entries(response).filter(([, said]) => !(said instanceof Problems));
  const codes = Object.values(response).flatMap((said) => (said instanceof Problems ? said.codes : []));
  route.schema = { ...route.schema, ...{ response: Object.fromEntries(answers), [problemsWord]: codes } };
}

/** The OpenAPI responses that name these codes, one for each status. */
export function documentedProblems(codes: readonly ProblemCode[]): DocumentedProblem[] {
  return byStatus(codes).map(([status, group]) => ({ status, name: nameOf(group), response: responseOf(group) }));
}

export interface DocumentedProblem {
  readonly status: number;
  /** `RequestInvalid`, `AccountNotFoundOrEntryNotFound`: for operations that share it; undefined when that would be a sentence. */
  readonly name: string | undefined;
  readonly response: object;
}

function nameOf(codes: readonly ProblemCode[]): string | undefined {
  if (codes.length > 3) return undefined;
  return codes.map((code) => code.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())).join('Or');
}

function responseOf(codes: readonly ProblemCode[]) {
  const lines = codes.map((code) => `\`${code}\`: ${kindOf(code).title.en}.`);
  const headers = Object.assign({ ...language }, ...codes.map((code) => headersOf[code]));
  const schema = {
    allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }],
  };
  return {
    description: lines.join('\n'),
    headers,
    content: { [problemType]: { schema, example: exampleOfProblem(commonestOf(codes)) } },
  };
}

const refusedAnywhere = new Set<ProblemCode>([...commandRefusals, ...jobRefusals]);

/** What an operation refuses of its own is met more often than what all do; routes name the commonest of theirs first. */
function commonestOf(codes: readonly ProblemCode[]): ProblemCode {
  const commonest = codes.find((code) => !refusedAnywhere.has(code)) ?? codes[0];
  if (commonest === undefined) throw new Error('a response without a code');
  return commonest;
}

const language = { 'content-language': { $ref: '#/components/headers/ContentLanguage' } };
const retryAfter = { 'retry-after': { $ref: '#/components/headers/RetryAfter' } };
const authenticate = { 'www-authenticate': { $ref: '#/components/headers/WwwAuthenticate' } };

const headersOf: Partial<Record<ProblemCode, object>> = {
  unauthenticated: authenticate,
  client_invalid: authenticate,
  rate_limited: retryAfter,
  idempotency_key_in_flight: retryAfter,
  reconciliation_running: retryAfter,
  ledger_busy: retryAfter,
  ledger_unavailable: retryAfter,
  storage_full: retryAfter,
};
