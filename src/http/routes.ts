/**
 * What routes of a kind have in common, so that each says only what is its own: a command, which changes something; a read, which
 * answers one thing; a list, which answers pages. What all of a kind refuse is documented here. It knows no operation.
 */
import type { FastifyContextConfig, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox';
import type { LedgerFacts } from '../ledger/state.js';
import { type Command, runCommand } from './commands.js';
import { readPage } from './pages.js';
import type { ProblemCode } from './problem-kinds.js';
import { commandRefusals, guardedRefusals, problemResponses } from './problem-responses.js';
import { closed, dryRunQuery, type PageQuery, pageQuery } from './schemas.js';
import { type App, laneOf, type Service } from './service.js';
import type { Role } from './tokens.js';

/** What is not asked for is refused, rather than passed over: who adds `dry_run` to what cannot be tried does not mean it. */
export const noQuery = Type.Object({}, closed);

interface Operation<Params extends TSchema, Answer extends TSchema>
  extends Pick<FastifyContextConfig, 'expensive' | 'inTurn'> {
  readonly roles: readonly Role[];
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly params?: Params;
  readonly answer: Answer;
  /** Beside those of every operation of its kind; the commonest of a status first. */
  readonly refusals?: readonly ProblemCode[];
}

type Asked<Params extends TSchema, Query, Body> = FastifyRequest<{
  Params: Static<Params>;
  Querystring: Query;
  Body: Body;
}>;

interface CommandRoute<Params extends TSchema, Body extends TSchema, Result> extends Operation<Params, TSchema> {
  readonly body: Body;
  /** Of an answer that is no dry run's. Default 201. */
  readonly status?: 200 | 201;
  /** false: it cannot be tried. */
  readonly dryRun?: false;
  readonly bodyLimit?: number;
  /** Called once for each request, unlike `decide`: what must stay the same, such as a new id, is made here. */
  readonly prepare: (
    request: Asked<Params, Static<typeof dryRunQuery>, Static<Body>>,
    reply: FastifyReply,
  ) => Prepared<Result> | Promise<Prepared<Result>>;
}

type Prepared<Result> = Omit<Command<Result>, 'status' | 'dryRun'>;

/** A POST that changes something: it takes a key and, unless it says otherwise, can be tried. */
export function command<Params extends TSchema, Body extends TSchema, Result>(
  app: App,
  service: Service,
  path: string,
  route: CommandRoute<Params, Body, Result>,
): void {
  const { body, answer, status = 201, dryRun: canBeTried = true, bodyLimit, prepare } = route;
  app.post(path, {
    config: configOf(route),
    ...(bodyLimit !== undefined && { bodyLimit }),
    schema: schemaOf(route, commandRefusals, {
      body,
      querystring: canBeTried ? dryRunQuery : noQuery,
      response: { ...(canBeTried && { 200: answer }), [status]: answer },
    }),
    handler: async (request, reply) => {
      const asked = request as Parameters<typeof prepare>[0];
      const prepared = await prepare(asked, reply);
      const dryRun = canBeTried && asked.query.dry_run === true;
      return runCommand(service, request, reply, { ...prepared, status, dryRun });
    },
  });
}

interface ReadRoute<Params extends TSchema, Query extends TSchema, Answer extends TSchema>
  extends Operation<Params, Answer> {
  readonly query?: Query;
  readonly read: (
    request: Asked<Params, Static<Query>, unknown>,
    ledger: LedgerFacts,
    reply: FastifyReply,
  ) => Static<Answer> | Promise<Static<Answer>>;
}

/** A GET that answers one thing of the caller's ledger. */
export function read<Params extends TSchema, Query extends TSchema, Answer extends TSchema>(
  app: App,
  service: Service,
  path: string,
  route: ReadRoute<Params, Query, Answer>,
): void {
  const { query, answer, read } = route;
  app.get(path, {
    config: configOf(route),
    schema: schemaOf(route, guardedRefusals, { querystring: query ?? noQuery, response: { 200: answer } }),
    handler: async (request, reply) => {
      const { facts } = await laneOf(service, request.principal);
      return read(request as Parameters<typeof read>[0], facts, reply);
    },
  });
}

interface ListRoute<Params extends TSchema, Filters extends TProperties, Answer extends TSchema, Row>
  extends Operation<Params, Answer> {
  /** What narrows the list, beside the query of every list. */
  readonly filters?: Filters;
  /** The shape of the key that orders the rows. */
  readonly key: RegExp;
  /** The rows behind a key, '' being before the first; `limit` of them at most. */
  readonly rows: (
    request: Asked<Params, Static<TObject<Filters>> & PageQuery, unknown>,
    ledger: LedgerFacts,
    page: { readonly after: string; readonly limit: number },
  ) => Promise<readonly Row[]>;
  readonly keyOf: (row: Row) => string;
  /** The answer but for where the next page begins. */
  readonly show: (
    rows: Row[],
    request: FastifyRequest,
    ledger: LedgerFacts,
    reply: FastifyReply,
  ) => Shown<Answer> | Promise<Shown<Answer>>;
}

type Shown<Answer extends TSchema> = Omit<Static<Answer>, 'next_cursor'>;

/** A GET that answers a page of rows of the caller's ledger, in the order of one key. */
export function list<Params extends TSchema, Filters extends TProperties, Answer extends TSchema, Row>(
  app: App,
  service: Service,
  path: string,
  route: ListRoute<Params, Filters, Answer, Row>,
): void {
  const { filters, answer, key, rows, keyOf, show } = route;
  app.get(path, {
    config: configOf(route),
    schema: schemaOf(route, guardedRefusals, {
      querystring: Type.Object({ ...filters, ...pageQuery }, closed),
      response: { 200: answer },
    }),
    handler: async (request, reply) => {
      const asked = request as Parameters<typeof rows>[0];
      const { facts } = await laneOf(service, request.principal);
      const query = request.query as PageQuery;
      const { page, next_cursor } = await readPage(query, key, (page) => rows(asked, facts, page), keyOf);
      return { ...(await show(page, request, facts, reply)), next_cursor };
    },
  });
}

function configOf({ roles, expensive, inTurn }: Operation<TSchema, TSchema>): FastifyContextConfig {
  return { roles, ...(expensive && { expensive }), ...(inTurn && { inTurn }) };
}

function schemaOf(
  { operationId, summary, description, tags, params, refusals = [] }: Operation<TSchema, TSchema>,
  common: readonly ProblemCode[],
  { response, ...asked }: { body?: TSchema; querystring: TSchema; response: Record<number, TSchema> },
): FastifySchema {
  const responses = { ...response, ...problemResponses(...common, ...refusals) };
  return { operationId, summary, description, tags, ...(params && { params }), ...asked, response: responses };
}
