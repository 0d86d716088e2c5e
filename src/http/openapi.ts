/**
 * The OpenAPI 3.1 document: made from the schemas beside the routes, served at /openapi.yaml, shown at /docs. What every
 * operation has in common is said here; it knows no operation.
 */
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import { Document, isScalar, visit } from 'yaml';
import { Refusal } from '../lib/refusal.js';
import { errorHandler } from './error-handler.js';
import { settle } from './openapi-document.js';
import { setProblemsApart } from './problem-responses.js';
import type { Role } from './tokens.js';

export interface OpenApiOptions {
  readonly version: string;
  /** Where clients reach the service; unset: where they found the document. */
  readonly publicUrl?: string | undefined;
}

/** The paths whose routes belong to plugins; for `publicPrefixes` of the guard. */
export const docsPrefix = '/docs';

/** Collects the routes that follow into the document. Register it before them, and `registerDocs` after. */
export async function registerOpenApi(app: FastifyInstance, options: OpenApiOptions): Promise<void> {
  app.addHook('onRoute', setProblemsApart);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: infoOf(options.version),
      servers: [{ url: options.publicUrl ?? '/', description: 'This service' }],
      tags,
      components: { securitySchemes },
    },
    convertConstToEnum: false,
    hideUntagged: true,
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json['$id'] ?? `def-${index}`) },
    transform: ({ schema, url, route }) => ({ schema: withSecurity(schema, route), url }),
    transformObject: (document) =>
      'openapiObject' in document ? settle(document.openapiObject) : document.swaggerObject,
  });
}

/** `GET /openapi.yaml`, and the pages below /docs, which load nothing from anywhere else and are where a browser lands. */
export async function registerDocs(app: FastifyInstance): Promise<void> {
  app.get('/', {
    config: { public: true },
    schema: { hide: true },
    handler: (_request, reply) => reply.redirect(docsPrefix),
  });
  let yaml: string | undefined;
  app.get('/openapi.yaml', {
    config: { public: true },
    schema: { hide: true },
    handler: (_request, reply) => {
      yaml ??= yamlOf(app);
      reply.header('content-type', 'application/yaml').header('cache-control', 'no-cache').send(yaml);
    },
  });
  await app.register(async (docs) => {
    // The static files' plugin answers a path that leads out of them with an error of its own.
    docs.setErrorHandler((error, request, reply) => {
      const outside = error instanceof Error && 'statusCode' in error && /^4/.test(String(error.statusCode));
      errorHandler(
        outside ? new Refusal('not_found', { en: 'There is nothing at this path.', zh: '此路径不存在。' }) : error,
        request,
        reply,
      );
    });
    // TLS ends at the proxy, which is where HSTS belongs; the policy for the pages is the fixed one below.
    await docs.register(helmet, { contentSecurityPolicy: false, strictTransportSecurity: false });
    await docs.register(swaggerUi, {
      routePrefix: docsPrefix,
      staticCSP: pagePolicy,
      uiConfig: { deepLinking: true, docExpansion: 'list', validatorUrl: null },
      logo: { type: 'image/svg+xml', content: logo, href: docsPrefix },
      theme: { title: 'Timeledger' },
    });
  });
}

/** The document as text: the same routes give the same bytes. The app must be ready. */
export function yamlOf(app: FastifyInstance): string {
  const { paths, components, ...rest } = app.swagger() as { readonly paths?: object; readonly components?: object };
  const document = new Document({ ...rest, paths, components }, { aliasDuplicateObjects: false });
  // Lists of words on one line: a third of the lines are such words.
  visit(document, {
    Seq: (_key, list) => {
      if (list.items.every(isScalar)) list.flow = true;
    },
  });
  return document.toString({ lineWidth: 120, flowCollectionPadding: false });
}

/** The name, for the bar at the top of the page. */
const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text x="0" y="28" fill="#fff" font-family="sans-serif" font-size="24">Timeledger</text></svg>';

const pagePolicy =
  "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; img-src 'self' data:; object-src 'none'; " +
  "script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'";

function infoOf(version: string) {
  return {
    title: 'Timeledger 互助时间账本',
    version,
    summary: "The double-entry ledger of a county's mutual-aid hours, time coins and points",
    description: [
      'Amounts are decimal strings. Times are RFC 3339; accounting dates are in the zone of the ledger.',
      'The ledger comes from the token. What is not yours answers 404.',
      'Every POST that changes something takes an `Idempotency-Key`: send the same key with every retry.',
      'Refusals are problems (RFC 9457); their `code` is stable.',
      'Within `/v1` nothing is renamed or removed and no type changes. Answers may gain fields, lists of values may gain values, and refusals may gain codes: ignore fields that you do not know, and treat a code that you do not know by its status. What you send may gain optional fields; a field that is not documented is refused. Anything else would be `/v2`, beside `/v1`.',
      'Words for people (`title` and `detail` of problems, reasons, sentences of reports) are Chinese or English, as `Accept-Language` prefers, and `Content-Language` says which; codes are the same in both. What is remembered under an `Idempotency-Key` stays in the language of the first request.',
      'Every answer tells what is left of the rate limit in `RateLimit` and `RateLimit-Policy`.',
    ].join('\n\n'),
    license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
  };
}

const tags = [
  { name: 'system', description: 'Health, keys, tokens, credentials, jobs, and who is behind a pseudonym.' },
  { name: 'ledger', description: 'Accounts, entries, adjustments, statements, proofs.' },
  {
    name: 'people',
    description:
      'Organisation units, members and what they hold, stations, talents, teams, the care registry; importing them.',
  },
  { name: 'orders', description: 'Orders: from what somebody needs to an approved hour.' },
  { name: 'service', description: 'Service records; importing visits.' },
  { name: 'rules', description: 'The rule sets by which hours become coins.' },
  {
    name: 'intake',
    description: 'What other platforms count and send, by which members earn points.',
  },
  { name: 'partners', description: 'Partners, their credentials, redemptions and refusals.' },
  { name: 'audit', description: 'Periods, the trial balance, partner statements, reconciliations.' },
  { name: 'feed', description: 'The transparency log: its checkpoint and the key that verifies it.' },
];

const roleDescriptions: Record<Role, string> = {
  member: 'A member: their own balances, statement and orders.',
  coordinator: 'Looks after a subtree of organisation units.',
  partner: "A partner's system: redemptions, settlements, reconciliation.",
  auditor: 'Reads everything, changes nothing.',
  operator: 'Runs the books: accounts, entries, rules, periods.',
  platform: 'Another platform of the county: sends service counts, reads events.',
};

/** People sign in at an OpenID provider; machines get tokens here. An auditor may be either. */
const schemesOf: Record<Role, readonly string[]> = {
  member: ['bearer'],
  coordinator: ['bearer'],
  auditor: ['bearer', 'client'],
  partner: ['client'],
  operator: ['client'],
  platform: ['client'],
};

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'A token of the OpenID provider for this service, signed with EdDSA or ES256, with the claims `role` and `ledger`; of a coordinator `org_unit`, of a member `member` where `sub` is not their id.',
  },
  client: {
    type: 'oauth2',
    description: 'Client credentials. A scope here is the role that the client has.',
    flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: roleDescriptions } },
  },
} as const;

/** Any one of a route's roles will do, so each is an alternative. Said once, in the route's config. */
function withSecurity(schema: FastifySchema | undefined, route: RouteOptions): FastifySchema {
  const roles = route.config?.roles ?? [];
  const security = roles.flatMap((role) => schemesOf[role].map((scheme) => ({ [scheme]: [role] })));
  return { ...schema, security };
}
