/** From what a validator complains of to pointers into the request, each with what is wrong there in words. */
import type { FastifyError, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import type { FieldError } from '../lib/refusal.js';
import { explainKeyword, explainPattern, valueAt } from './explain.js';
import { child } from './pointer.js';

const roots: Readonly<Record<string, string>> = {
  body: '',
  querystring: '/query',
  params: '/path',
  headers: '/headers',
};

/** The places in a request that do not fit its schema, and what is wrong there. */
export function fieldErrorsOf(error: FastifyError, request: FastifyRequest): FieldError[] {
  const { validationContext = 'body' } = error;
  const sent = { body: request.body, querystring: request.query, params: request.params, headers: request.headers };
  return telling(error.validation ?? []).map((failure) => {
    const value = valueAt(sent[validationContext as keyof typeof sent], failure.instancePath);
    return fieldErrorOf(roots[validationContext] ?? '', failure, value);
  });
}

/**
 * A failed union lists every branch's failure. Where one branch only says "or null", the other's failure is the telling one;
 * where several real branches failed, only the union itself says something true.
 */
function telling(failures: readonly FastifySchemaValidationError[]): readonly FastifySchemaValidationError[] {
  const union = failures.find((failure) => failure.keyword === 'anyOf' || failure.keyword === 'oneOf');
  if (!union) return failures;
  const branches = failures.filter((failure) => failure !== union && failure.params['type'] !== 'null');
  return branches.length === 1 ? branches : [union];
}

function fieldErrorOf(root: string, failure: FastifySchemaValidationError, value: unknown): FieldError {
  const at = root + failure.instancePath;
  const { keyword, params } = failure;
  if (keyword === 'required')
    return { pointer: child(at, params['missingProperty']), detail: { en: 'is required', zh: '必须填写' } };
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    const name = params['additionalProperty'] ?? params['unevaluatedProperty'];
    return { pointer: child(at, name), detail: { en: 'is not a known property', zh: '是未知字段' } };
  }
  if (keyword === 'enum' && Array.isArray(params['allowedValues'])) {
    const allowed: unknown[] = params['allowedValues'];
    return {
      pointer: at,
      detail: { en: `must be one of ${allowed.join(', ')}`, zh: `只能是 ${allowed.join('、')} 之一` },
    };
  }
  if (keyword === 'anyOf' || keyword === 'oneOf')
    return { pointer: at, detail: { en: 'has none of the allowed shapes', zh: '不符合任何一种允许的形式' } };
  const explained = keyword === 'pattern' ? explainPattern(params['pattern'], value) : undefined;
  return { pointer: at, detail: explained ?? explainKeyword(failure) };
}
