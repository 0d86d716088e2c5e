/** A small service with the whole HTTP foundation and routes of every kind, for the tests of that foundation. */
import { generateKeyPairSync } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { readConfig } from '../../src/config.js';
import { type AuthOptions, registerAuth } from '../../src/http/auth.js';
import { registerBodies } from '../../src/http/body.js';
import { registerConcurrency } from '../../src/http/concurrency.js';
import { errorHandler, notFoundHandler } from '../../src/http/error-handler.js';
import { registerHeaders } from '../../src/http/headers.js';
import { registerHealth } from '../../src/http/health.js';
import { fingerprint, idempotencyKey, keyOf } from '../../src/http/idempotency.js';
import { registerJwks } from '../../src/http/jwks.js';
import { createMetrics, type Metrics, registerMetrics } from '../../src/http/metrics.js';
import { docsPrefix, registerDocs, registerOpenApi } from '../../src/http/openapi.js';
import { fastifyOptions } from '../../src/http/options.js';
import { commandRefusals, guardedRefusals, problemResponses } from '../../src/http/problem-responses.js';
import { registerRateLimit } from '../../src/http/rate-limit.js';
import { registerRequestNotes } from '../../src/http/request-log.js';
import { AccountCode, AmountString, closed, DateString, OptionalBody, pageQuery } from '../../src/http/schemas.js';
import type { Sessions } from '../../src/http/sessions.js';
import { SignInFailures } from '../../src/http/sign-in-failures.js';
import {
  issueToken,
  type Role,
  type TokenClaims,
  TokenKeyring,
  type TokenKeys,
  tokenKeysOf,
} from '../../src/http/tokens.js';
import { type Clock, systemClock } from '../../src/lib/clock.js';
import { type Said, sameIn } from '../../src/lib/language.js';
import { type FieldError, Refusal } from '../../src/lib/refusal.js';

export interface SampleOptions {
  readonly clock?: Clock;
  readonly rateLimit?: number;
  /** Log-ins that may fail a minute. */
  readonly failureLimit?: number;
  readonly sessions?: Sessions;
  readonly bodyLimit?: number;
  readonly logLevel?: string;
  readonly logTo?: { write(line: string): void };
  readonly auth?: Partial<AuthOptions>;
  readonly ready?: () => Promise<void>;
  readonly routes?: (app: FastifyInstance) => void;
}

export interface Sample {
  readonly app: FastifyInstance;
  readonly keys: TokenKeys;
  readonly keyring: TokenKeyring;
  readonly metrics: Metrics;
  /** A good token of a role. */
  token(role: Role, claims?: Partial<TokenClaims>, ttlSeconds?: number): string;
}

export const posting = Type.Object(
  {
    kind: Type.Union([Type.Literal('adjustment'), Type.Literal('gift')], { description: 'What happened.' }),
    effective_on: Type.Optional(DateString),
    reference: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
    legs: Type.Array(Type.Object({ debit: AccountCode, credit: AccountCode, amount: AmountString }, closed), {
      minItems: 1,
      maxItems: 100,
    }),
  },
  {
    ...closed,
    description: 'An entry to post.',
    examples: [{ kind: 'gift', legs: [{ debit: 'member:a:coins', credit: 'member:b:coins', amount: '1.50' }] }],
  },
);

const Posted = Type.Object(
  { number: Type.String({ description: 'Its number.', examples: ['1'] }), digests: Type.Array(Type.String()) },
  { ...closed, description: 'What was posted.' },
);

/** The service, not listening. Refuses nothing that the options do not ask for. */
export async function sample(options: SampleOptions = {}): Promise<Sample> {
  const config = readConfig({ LOG_LEVEL: options.logLevel ?? 'silent' });
  const clock = options.clock ?? systemClock;
  const keys = tokenKeysOf(generateKeyPairSync('ed25519').privateKey);
  const fastify = fastifyOptions({ ...config, bodyLimit: options.bodyLimit ?? config.bodyLimit });
  const logger =
    typeof fastify.logger === 'object' ? { ...fastify.logger, ...(options.logTo && { stream: options.logTo }) } : true;
  const app = Fastify({ ...fastify, logger });
  const metrics = createMetrics({ freeBytes: undefined, full: false });
  const keyring = new TokenKeyring([keys]);
  const failures = new SignInFailures(options.failureLimit ?? 120, clock, metrics.signInFailures);
  registerRequestNotes(app);
  app.setErrorHandler(errorHandler);
  app.setNotFoundHandler(notFoundHandler);
  registerBodies(app);
  registerHeaders(app);
  await registerOpenApi(app, { version: '0.0.1' });
  registerAuth(app, {
    keys: keyring,
    issuer: config.issuer,
    clock,
    failures,
    publicPrefixes: [docsPrefix],
    ...(options.sessions && { sessions: options.sessions }),
    ...options.auth,
  });
  registerRateLimit(app, { limit: options.rateLimit ?? config.rateLimit, clock });
  registerConcurrency(app, 2);
  registerMetrics(app, metrics);
  await registerDocs(app);
  registerHealth(app, options.ready ?? (async () => {}));
  registerJwks(app, keyring);
  registerSampleRoutes(app, failures);
  options.routes?.(app);
  await app.ready();
  return {
    app,
    keys,
    keyring,
    metrics,
    token: (role, claims = {}, ttlSeconds = 3_600) =>
      issueToken(
        keys,
        { issuer: config.issuer, subject: `${role}-1`, role, ledger: 'xinchang', ...claims },
        ttlSeconds,
        clock,
      ),
  };
}

function registerSampleRoutes(app: FastifyInstance, failures: SignInFailures): void {
  app.post<{ Body: { legs: { amount: string }[] } }>('/v1/entries', {
    config: { roles: ['operator', 'platform'] },
    schema: {
      operationId: 'postEntry',
      summary: 'Post an entry',
      description: 'Posts one entry.',
      tags: ['ledger'],
      body: posting,
      response: { 201: Posted, ...problemResponses(...commandRefusals, 'balance_insufficient') },
    },
    handler: (request, reply) => {
      const key = keyOf(request.principal, idempotencyKey(request.headers['idempotency-key']));
      const digests = [key, fingerprint(request.method, request.url, request.rawBody)];
      if (request.body.legs[0]?.amount === '999')
        throw new Refusal('balance_insufficient', { en: 'a holds 0, 999 are needed', zh: 'a 有 0，需要 999' });
      reply.code(201).send({ number: '1', digests });
    },
  });
  app.post('/v1/entries/:number/void', {
    config: { roles: ['operator'] },
    schema: {
      operationId: 'voidEntry',
      summary: 'Void an entry',
      description: 'Takes no body, or one with a reason.',
      tags: ['ledger'],
      params: Type.Object({ number: Type.Integer({ minimum: 1, description: 'Its number.' }) }, closed),
      body: OptionalBody(Type.Object({ reason: Type.Optional(Type.String()) }, { ...closed, description: 'Why.' })),
      response: {
        200: Type.Object({ body: Type.Unknown() }, { ...closed, description: 'What came.' }),
        ...problemResponses(...guardedRefusals),
      },
    },
    handler: (request, reply) => {
      reply.send({ body: request.body ?? 'none' });
    },
  });
  app.get('/v1/entries', {
    config: { roles: ['operator', 'auditor', 'member'] },
    schema: {
      operationId: 'listEntries',
      summary: 'List entries',
      description: 'A page of entries.',
      tags: ['ledger'],
      querystring: Type.Object(pageQuery, closed),
      response: {
        200: Type.Object({ limit: Type.Integer() }, { ...closed, description: 'A page.' }),
        ...problemResponses(...guardedRefusals),
      },
    },
    handler: (request, reply) => {
      reply.send(request.query);
    },
  });
  app.post('/oauth/token', {
    config: { public: true, limit: 'none' },
    handler: (request) => {
      throw failures.answer(request, 'client', 'nobody', new Refusal('client_invalid', sameIn('No such client.')));
    },
  });
  app.get('/fails', { config: { public: true } }, () => {
    throw Object.assign(new Error('select * from members where name = 张三'), {
      statusCode: 418,
      query: 'select',
      params: ['张三'],
    });
  });
  app.get('/busy', { config: { public: true } }, () => {
    throw new Refusal('ledger_busy', { en: 'Too many commands are waiting.', zh: '等待的请求过多。' });
  });
  app.get('/principal', { config: { public: true } }, (request) => request.principal);
}

/** The `errors` of a problem. */
export function errorsOf(body: string): Said<FieldError>[] {
  return JSON.parse(body).errors;
}
