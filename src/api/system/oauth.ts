/**
 * Tokens for systems by client credentials (RFC 6749, section 4.4). The one endpoint whose refusals are not problems
 * but what that standard says, because its clients are libraries written for it.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { basicCredentials, type ClientCredentials, ledgerOfClient } from '../../http/client-credentials.js';
import { clientTokenSeconds } from '../../http/ended-clients.js';
import { basicChallenge, errorHandler } from '../../http/error-handler.js';
import { isForm } from '../../http/form-body.js';
import { named, namedObject } from '../../http/named.js';
import { kindOf } from '../../http/problem-kinds.js';
import { problemResponses } from '../../http/problem-responses.js';
import { RateLimit } from '../../http/rate-limit.js';
import { noteOf } from '../../http/request-log.js';
import type { App, Service } from '../../http/service.js';
import { issueToken, type Principal } from '../../http/tokens.js';
import { loadLedger } from '../../ledger/load.js';
import { sameIn } from '../../lib/language.js';
import { Refusal } from '../../lib/refusal.js';
import { readCredential } from '../../timebank/partners/credential-reads.js';
import { type Credential, secretDigest, statusOfCredential } from '../../timebank/partners/credentials.js';

const TokenRequest = named(
  'TokenRequest',
  Type.Object(
    {
      grant_type: Type.String({
        description: '`client_credentials`, and nothing else.',
        examples: ['client_credentials'],
      }),
      scope: Type.Optional(Type.String({ description: "The client's role, if anything.", examples: ['partner'] })),
      client_id: Type.Optional(Type.String({ description: 'Unless sent by HTTP Basic authentication.' })),
      client_secret: Type.Optional(Type.String({ description: 'With client_id.' })),
    },
    {
      description:
        'A client asks for a token. Its credentials come in an Authorization header (client_secret_basic) or here (client_secret_post). Other parameters are ignored, as RFC 6749 demands.',
      examples: [{ grant_type: 'client_credentials' }],
    },
  ),
);

const TokenResponse = namedObject(
  'Token',
  {
    access_token: Type.String({
      description: 'For the Authorization header of every other request.',
      examples: ['eyJhbGciOiJFZERTQSJ9.e30.c2ln'],
    }),
    token_type: Type.Literal('Bearer'),
    expires_in: Type.Integer({ description: 'Seconds.', examples: [clientTokenSeconds] }),
    scope: Type.String({ description: 'The role the token has.', examples: ['partner'] }),
  },
  {
    description: 'A token.',
    examples: [
      {
        access_token: 'eyJhbGciOiJFZERTQSJ9.e30.c2ln',
        token_type: 'Bearer',
        expires_in: clientTokenSeconds,
        scope: 'partner',
      },
    ],
  },
);

const errorNames = ['invalid_request', 'invalid_client', 'unsupported_grant_type', 'invalid_scope'] as const;

const TokenError = namedObject(
  'TokenError',
  {
    error: Type.Enum([...errorNames], { description: 'RFC 6749, section 5.2.', examples: ['invalid_client'] }),
    error_description: Type.String({ examples: ['The client or its secret is wrong.'] }),
  },
  {
    description: 'Why there is no token (RFC 6749, section 5.2).',
    examples: [{ error: 'invalid_client', error_description: 'The client or its secret is wrong.' }],
  },
);

const unauthorised = {
  description: '`invalid_client`: the client or its secret is wrong.',
  headers: { 'www-authenticate': Type.String({ description: 'How to authenticate.' }) },
  content: { 'application/json': { schema: TokenError } },
};

/** A refusal with the name that RFC 6749 has for it. */
class TokenRefusal extends Refusal {
  constructor(
    readonly error: (typeof errorNames)[number],
    detail: string,
  ) {
    // RFC 6749 allows nothing but ASCII here.
    super(error === 'invalid_client' ? 'client_invalid' : 'request_invalid', sameIn(detail));
  }
}

/** `limit`: tokens a minute and client. */
export function registerOAuth(app: App, service: Service, limit: number): void {
  const tokens = new RateLimit('token', limit, service.clock);
  app.post('/oauth/token', {
    config: { public: true, limit: 'none', form: true },
    schema: {
      operationId: 'issueToken',
      summary: 'Get a token for a system',
      description:
        'OAuth 2.0 client credentials, for the systems of partners, platforms, auditors and operators. Refusals are those of RFC 6749, not problems. The token ends with the credentials.',
      tags: ['system'],
      consumes: ['application/x-www-form-urlencoded'],
      body: TokenRequest,
      response: {
        200: TokenResponse,
        400: TokenError,
        401: unauthorised,
        ...problemResponses(
          'rate_limited',
          'body_too_large',
          'media_type_unsupported',
          'internal_error',
          'ledger_unavailable',
        ),
      },
    },
    errorHandler: sendTokenError,
    handler: async (request, reply) => {
      // RFC 6749, section 5.1: what holds a token is not to be kept.
      reply.header('cache-control', 'no-store');
      if (!isForm(request))
        throw new TokenRefusal('invalid_request', 'Send a form: application/x-www-form-urlencoded.');
      const client = await authenticate(service, request);
      requireGrant(request.body, client.principal);
      // Counted once the secret is known to be right, and under the client's name: others cannot use its tokens up.
      const refusal = tokens.take(`${client.principal.ledger} ${client.principal.client}`, reply);
      if (refusal) throw refusal;
      return tokenFor(service, client);
    },
  });
}

interface Client {
  readonly principal: Principal;
  readonly credential: Credential;
}

/** The token lives as long as the credentials do, and not longer than an hour. */
function tokenFor(service: Service, { principal, credential }: Client) {
  const left =
    credential.ends_at === null ? Number.POSITIVE_INFINITY : Date.parse(credential.ends_at) - service.clock();
  const seconds = Math.max(1, Math.min(clientTokenSeconds, Math.floor(left / 1_000)));
  const claims = { ...principal, issuer: service.issuer };
  return {
    access_token: issueToken(service.tokenKeys.signing, claims, seconds, service.clock),
    token_type: 'Bearer' as const,
    expires_in: seconds,
    scope: principal.role,
  };
}

type TokenForm = Static<typeof TokenRequest>;

/** Refuses: `unsupported_grant_type`, `invalid_scope`. */
function requireGrant(form: TokenForm, principal: Principal): void {
  if (form.grant_type !== 'client_credentials') {
    throw new TokenRefusal('unsupported_grant_type', 'The grant_type is client_credentials.');
  }
  if (form.scope !== undefined && form.scope !== '' && form.scope !== principal.role) {
    throw new TokenRefusal('invalid_scope', `The scope of this client is ${principal.role}.`);
  }
}

/**
 * Whom the credentials stand for. Every secret is looked at, whatever failed before it.
 * Refuses: `invalid_request`, `invalid_client`, `rate_limited` (this one failed, and many before it).
 */
async function authenticate(service: Service, request: FastifyRequest<{ Body: TokenForm }>): Promise<Client> {
  const client = credentialsOf(request.headers.authorization, request.body);
  const code = ledgerOfClient(client.clientId);
  const ledger = code === undefined ? null : await loadLedger(service.sql, code);
  const known = ledger && (await readCredential(service.sql, ledger.id, client.clientId));
  const right = sameDigest(known?.secret_sha256 ?? '', secretDigest(client.clientSecret));
  if (!ledger || !known || !right || !isGood(known, service.clock())) {
    const refusal = new TokenRefusal('invalid_client', 'The client or its secret is wrong.');
    throw service.failures.answer(request, 'client', client.clientId, refusal);
  }
  const { role, subject, client_id: clientId } = known;
  const partner = role === 'partner' ? subject : undefined;
  return { principal: { subject, role, ledger: ledger.code, partner, client: clientId }, credential: known };
}

function isGood(credential: Credential, now: number): boolean {
  const status = statusOfCredential(credential, now);
  return status === 'active' || status === 'ending';
}

/** Refuses: `invalid_request` (both ways at once), `invalid_client` (neither). */
function credentialsOf(header: string | undefined, form: TokenForm): ClientCredentials {
  const { client_id: clientId, client_secret: clientSecret } = form;
  if (header !== undefined) {
    if (clientSecret !== undefined)
      throw new TokenRefusal('invalid_request', 'Authenticate in the header or in the form, not both.');
    const basic = basicCredentials(header);
    if (!basic) throw new TokenRefusal('invalid_client', 'The Authorization header is not HTTP Basic.');
    if (clientId !== undefined && clientId !== basic.clientId) {
      throw new TokenRefusal('invalid_request', 'The form names another client than the header.');
    }
    return basic;
  }
  if (clientId === undefined || clientSecret === undefined) {
    throw new TokenRefusal('invalid_client', 'Send client_id and client_secret.');
  }
  return { clientId, clientSecret };
}

/** In constant time; digested once more, so that both are of one length whatever is stored. */
function sameDigest(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** Refusals of this endpoint's own in the words of RFC 6749; everything else (rates, sizes, faults) as everywhere. */
function sendTokenError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const refusal = tokenRefusalOf(error);
  if (!refusal) {
    errorHandler(error, request, reply);
    return;
  }
  noteOf(request).code = refusal.error;
  if (refusal.error === 'invalid_client') reply.header('www-authenticate', basicChallenge);
  reply.code(kindOf(refusal.code).status).header('content-type', 'application/json; charset=utf-8');
  reply.send(JSON.stringify({ error: refusal.error, error_description: refusal.message }));
}

function tokenRefusalOf(error: Error): TokenRefusal | undefined {
  if (error instanceof TokenRefusal) return error;
  if (error instanceof Refusal && error.code === 'request_invalid')
    return new TokenRefusal('invalid_request', error.message);
  if ('validation' in error && error.validation)
    return new TokenRefusal('invalid_request', 'A parameter is missing: grant_type.');
  return undefined;
}
