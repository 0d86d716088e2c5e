/**
 * Credentials of systems over HTTP: issued to platforms, auditors and operators here, to partners beside the partner; all are listed,
 * rotated and revoked here. The secret is in the answer that issues them and nowhere else.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Command, fillIn } from '../../http/commands.js';
import { namedObject } from '../../http/named.js';
import { command, list, read } from '../../http/routes.js';
import { closed, ExternalId, NoBody, OptionalBody } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import { listCredentials, readCredential } from '../../timebank/partners/credential-reads.js';
import {
  type Credential as CredentialRow,
  issueCredential,
  revokeCredential,
  rotateCredential,
  viewCredential,
} from '../../timebank/partners/credentials.js';
import {
  ClientId,
  Credential,
  CredentialPage,
  CredentialRole,
  clientIdShape,
  IssuedCredential,
  newClient,
  Subject,
} from './credential-shapes.js';

const params = Type.Object({ client_id: ClientId }, closed);
const readers = ['operator', 'auditor'] as const;
const defaultOverlapSeconds = 86_400;

const NewCredential = namedObject(
  'NewCredential',
  {
    role: Type.Enum(['platform', 'auditor', 'operator'], {
      description: 'What its tokens may do. Credentials of partners are issued beside the partner.',
      examples: ['platform'],
    }),
    subject: Subject,
  },
  {
    description: 'Credentials to issue.',
    examples: [{ role: 'platform', subject: 'civic-platform' }],
  },
);

const Rotation = namedObject(
  'NewRotation',
  {
    overlap_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 30 * 86_400,
        default: defaultOverlapSeconds,
        description: 'How long the old credentials stay good beside the new ones.',
        examples: [3_600],
      }),
    ),
  },
  {
    description: 'How to change over.',
    examples: [{ overlap_seconds: 3_600 }],
  },
);

export function registerCredentials(app: App, service: Service): void {
  registerIssuing(app, service);
  registerEnding(app, service);
  registerReading(app, service);
}

function registerIssuing(app: App, service: Service): void {
  command(app, service, '/v1/credentials', {
    roles: ['operator'],
    operationId: 'issueClientCredential',
    summary: 'Issue credentials to a system',
    description:
      'For a platform, an auditor or an operator whose system gets its tokens at POST /oauth/token. The service keeps the SHA-256 of the secret, never the secret.',
    tags: ['system'],
    dryRun: false,
    body: NewCredential,
    answer: IssuedCredential,
    prepare: (request, reply) => {
      const { role, subject } = request.body;
      return issuing(service, request, reply, subject, (stage, client) =>
        issueCredential(stage, { ...client, role, subject }),
      );
    },
  });

  command(app, service, '/v1/credentials/:client_id/rotation', {
    roles: ['operator'],
    operationId: 'rotateCredential',
    summary: 'Put new credentials in the place of old ones',
    description:
      'Issues credentials for the same system. The old ones end after the overlap; tokens got with them end with them at the latest.',
    tags: ['system'],
    dryRun: false,
    params,
    body: OptionalBody(Rotation),
    answer: IssuedCredential,
    refusals: ['credential_not_found', 'credential_ended'],
    prepare: async (request, reply) => {
      const { client_id: replaces } = request.params;
      const { overlap_seconds: overlapSeconds = defaultOverlapSeconds } = request.body ?? {};
      const old = await found(service, await ledgerIdOf(service, request.principal), replaces);
      return issuing(service, request, reply, old.subject, (stage, client) =>
        rotateCredential(stage, { ...client, replaces, overlapSeconds }),
      );
    },
  });
}

/** A command that issues credentials; their secret is added to the answer when it is sent. */
function issuing(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  subject: string,
  decide: (stage: Stage, client: { clientId: string; secret: string }) => CredentialRow,
): Command<CredentialRow> {
  const { clientId, clientSecret } = newClient(service, request, subject);
  reply.header('cache-control', 'no-store');
  return {
    decide: (stage) => decide(stage, { clientId, secret: clientSecret }),
    show: (credential) => viewCredential(credential, service.clock()),
    reveal: (body) => fillIn(body, { client_secret: clientSecret }),
  };
}

function registerEnding(app: App, service: Service): void {
  command(app, service, '/v1/credentials/:client_id/revocation', {
    roles: ['operator'],
    operationId: 'revokeCredential',
    summary: 'Revoke credentials',
    description:
      'Ends them now, for ever: no more tokens are given for them, and those that were given are of no use to any process within a second.',
    tags: ['system'],
    dryRun: false,
    params,
    body: NoBody,
    status: 200,
    answer: Credential,
    refusals: ['credential_not_found', 'credential_ended'],
    prepare: ({ params }) => ({
      decide: (stage) => revokeCredential(stage, params.client_id),
      show: (credential) => viewCredential(credential, service.clock()),
    }),
  });
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/credentials', {
    roles: readers,
    operationId: 'listCredentials',
    summary: 'List credentials',
    description: 'All that were ever issued, also those that have ended, in the order of their client ids.',
    tags: ['system'],
    filters: { role: Type.Optional(CredentialRole), subject: Type.Optional(ExternalId) },
    answer: CredentialPage,
    key: clientIdShape,
    rows: ({ query: { role = null, subject = null } }, ledger, page) =>
      listCredentials(service.sql, ledger.id, { role, subject }, page),
    keyOf: (row) => row.client_id,
    show: (rows) => ({ credentials: rows.map((row) => viewCredential(row, service.clock())) }),
  });

  read(app, service, '/v1/credentials/:client_id', {
    roles: readers,
    operationId: 'getCredential',
    summary: 'One set of credentials',
    description: 'Whom they are for, and whether they are good.',
    tags: ['system'],
    params,
    answer: Credential,
    refusals: ['credential_not_found'],
    read: async ({ params }, ledger) =>
      viewCredential(await found(service, ledger.id, params.client_id), service.clock()),
  });
}

/** Refuses: `credential_not_found`. */
async function found(service: Service, ledgerId: number, clientId: string): Promise<CredentialRow> {
  const row = await readCredential(service.sql, ledgerId, clientId);
  if (!row)
    throw new Refusal('credential_not_found', {
      en: `there are no credentials ${clientId}`,
      zh: `没有凭据 ${clientId}`,
    });
  return row;
}
