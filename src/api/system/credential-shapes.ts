/** What credentials of systems look like over HTTP, and how a request comes by new ones. */
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type ClientCredentials, deriveCredentials } from '../../http/client-credentials.js';
import { idempotencyKey } from '../../http/idempotency.js';
import { annotated, named, namedObject } from '../../http/named.js';
import { EntryNumber, ExternalId, Instant, Nullable, pageOf } from '../../http/schemas.js';
import type { Service } from '../../http/service.js';
import { credentialRoles } from '../../timebank/partners/credentials.js';

export const clientIdShape = /^[a-z][a-z0-9-]{0,31}\.[A-Za-z0-9_.-]{1,100}$/;

export const ClientId = named(
  'ClientId',
  Type.String({
    pattern: clientIdShape.source,
    description: 'Names the ledger and whom the credentials are for.',
    examples: ['xinchang.xc-bank.5f0c2a9d7e1b4c3a8d6f0e21'],
  }),
);

export const ClientSecret = named(
  'ClientSecret',
  Type.String({
    description: '256 random bits. Shown here and in replays of this request, and stored nowhere.',
    examples: ['vJ3n0ZkqT8y5b2m1cXw7Rr4LpEoHsUdGfAi9BtQxKzM'],
  }),
);

export const CredentialRole = named(
  'CredentialRole',
  Type.Enum([...credentialRoles], {
    description: 'What its tokens may do.',
    examples: ['platform'],
  }),
);

/** For whom: what its tokens are called in the journal. */
export const Subject = annotated(ExternalId, {
  description: "Whom they are for: a partner's id, or the name of another system; enters the journal.",
  examples: ['civic-platform'],
});

const fields = {
  client_id: ClientId,
  role: CredentialRole,
  subject: Subject,
  status: Type.Enum(['active', 'ending', 'ended', 'revoked'], {
    description: 'ending: others have taken their place, and they are good until `ends_at`.',
    examples: ['active'],
  }),
  issued_at: Instant,
  ends_at: Nullable(Instant, { description: 'When they end, or ended; null: they go on.' }),
  replaced_by: Nullable(ClientId, { description: 'The client that has taken their place.' }),
  entry: EntryNumber,
};

const example = {
  client_id: 'xinchang.civic-platform.5f0c2a9d7e1b4c3a8d6f0e21',
  role: 'platform' as const,
  subject: 'civic-platform',
  status: 'active' as const,
  issued_at: '2026-10-01T01:00:00.000000Z',
  ends_at: null,
  replaced_by: null,
  entry: '9',
};

export const Credential = namedObject('Credential', fields, {
  description:
    'Credentials of a system, without their secret; `entry` is the number of the entry that last changed them.',
  examples: [example],
});

export const IssuedCredential = namedObject(
  'IssuedCredential',
  { ...fields, client_secret: ClientSecret },
  {
    description: 'What the system sends to POST /oauth/token.',
    examples: [{ ...example, client_secret: 'vJ3n0ZkqT8y5b2m1cXw7Rr4LpEoHsUdGfAi9BtQxKzM' }],
  },
);

export const CredentialPage = pageOf(
  'CredentialPage',
  'credentials',
  Credential,
  'Credentials in the order of their client ids.',
);

/**
 * New credentials for `subject`, the same for every repetition of the request.
 * Refuses: `idempotency_key_missing`, `idempotency_key_invalid`.
 */
export function newClient(service: Service, request: FastifyRequest, subject: string): ClientCredentials {
  const { subject: askedBy, ledger } = request.principal;
  const key = idempotencyKey(request.raw.headers['idempotency-key']);
  return deriveCredentials(service.secret, { ledger, subject, askedBy, key });
}
