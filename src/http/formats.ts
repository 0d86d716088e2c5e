/** In which of several formats an answer is wanted: what the query says or, without that, what the Accept header prefers. */
import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { Type } from 'typebox';

const mediaTypes = {
  json: 'application/json',
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html',
  pdf: 'application/pdf',
} as const;
export type Format = keyof typeof mediaTypes;

/** For a query. */
export function formatQuery<Offered extends Format>(offered: readonly [Offered, ...Offered[]]) {
  return Type.Optional(
    Type.Enum([...offered], { description: 'Without it, what the Accept header prefers; JSON if nothing.' }),
  );
}

/** Of formats that are liked equally the first is taken, as it is when none is liked: a browser is shown something. */
export function formatOf<Offered extends Format>(
  request: FastifyRequest,
  asked: Offered | undefined,
  offered: readonly [Offered, ...Offered[]],
): Offered {
  if (asked !== undefined) return asked;
  const headers = { accept: request.headers.accept ?? '*/*' };
  const [best] = new Negotiator({ headers }).mediaTypes(offered.map((format) => mediaTypes[format]));
  return offered.find((format) => mediaTypes[format] === best) ?? offered[0];
}
