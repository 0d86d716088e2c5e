/** Partners over HTTP: who redeems points, and the credentials by which their systems get tokens. */

import { type Static, Type } from 'typebox';
import { fillIn } from '../../http/commands.js';
import { annotated, named, namedObject } from '../../http/named.js';
import { ownPartner } from '../../http/reach.js';
import { command, list, read } from '../../http/routes.js';
import { closed, EntryNumber, ExternalId, NoBody, pageOf } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { externalIdShape } from '../../lib/ids.js';
import { tidied } from '../../lib/text.js';
import type { RuleSet } from '../../timebank/credit/rule-set.js';
import { rulesToday } from '../../timebank/credit/rules-in-force.js';
import { issueCredential } from '../../timebank/partners/credentials.js';
import { registerPartner, viewPartner } from '../../timebank/partners/partners.js';
import { listPartners, readPartner } from '../../timebank/partners/reads.js';
import { namePattern, partnerKinds } from '../../timebank/words.js';
import { ClientId, ClientSecret, newClient } from '../system/credential-shapes.js';

/** Shared with the routes of everything that belongs to a partner. */
export const PartnerId = annotated(ExternalId, { description: 'The id of the partner.', examples: ['xc-bank'] });

/** For lists that a partner, too, may read. */
export const PartnerAsked = annotated(PartnerId, {
  description: "Only this partner's; a partner sees its own in any case.",
});

const partnerFields = {
  id: PartnerId,
  name: Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: namePattern,
    description: 'What the partner is called, as people can read it.',
    examples: ['新昌农商行'],
  }),
  kind: Type.Enum([...partnerKinds], { description: 'What it is.', examples: ['rural_commercial_bank'] }),
};
const PointPrice = named(
  'PointPrice',
  Type.String({
    pattern: '^(?!0(?:\\.0+)?$)(?:0|[1-9][0-9]{0,5})(?:\\.[0-9]{1,4})?$',
    description: 'CNY for one point, more than zero, with at most 4 decimals.',
    examples: ['0.10'],
  }),
);
const mayBackdate = {
  description:
    'Whether its redemptions may take effect on any day of an open period, not only within the last 24 hours.',
};

const NewPartner = namedObject(
  'NewPartner',
  {
    ...partnerFields,
    point_price: Type.Optional(annotated(PointPrice, { default: '0.10' })),
    may_backdate: Type.Optional(Type.Boolean({ ...mayBackdate, default: false })),
  },
  {
    description: 'A partner to register.',
    examples: [{ id: 'xc-bank', name: '新昌农商行', kind: 'rural_commercial_bank', point_price: '0.10' }],
  },
);

const Partner = namedObject(
  'Partner',
  { ...partnerFields, point_price: PointPrice, may_backdate: Type.Boolean(mayBackdate), entry: EntryNumber },
  {
    description: 'A partner; `entry` is the number of the entry that registered it.',
    examples: [
      {
        id: 'xc-bank',
        name: '新昌农商行',
        kind: 'rural_commercial_bank',
        point_price: '0.10',
        may_backdate: false,
        entry: '3',
      },
    ],
  },
);

const PartnerPage = pageOf('PartnerPage', 'partners', Partner, 'Partners in the order of their ids.');

const PartnerCredential = namedObject(
  'PartnerCredential',
  { partner: PartnerId, client_id: ClientId, client_secret: ClientSecret },
  {
    description: 'What the partner sends to POST /oauth/token.',
    examples: [
      {
        partner: 'xc-bank',
        client_id: 'xinchang.xc-bank.5f0c2a9d7e1b4c3a8d6f0e21',
        client_secret: 'vJ3n0ZkqT8y5b2m1cXw7Rr4LpEoHsUdGfAi9BtQxKzM',
      },
    ],
  },
);

const params = Type.Object({ id: PartnerId }, closed);
const readers = ['operator', 'auditor', 'partner'] as const;

export function registerPartners(app: App, service: Service): void {
  registerPartnerCommands(app, service);
  registerPartnerReads(app, service);
}

function registerPartnerCommands(app: App, service: Service): void {
  command(app, service, '/v1/partners', {
    roles: ['operator'],
    operationId: 'registerPartner',
    summary: 'Register a partner',
    description:
      'Opens the accounts in which its redemptions are kept: what is held, what is redeemed, what it is owed.',
    tags: ['partners'],
    dryRun: false,
    body: NewPartner,
    answer: Partner,
    refusals: ['partner_exists', 'account_exists'],
    prepare: ({ body }) => {
      const name = tidied(body.name);
      return {
        decide: (stage) => registerPartner(stage, { ...withDefaults(body, rulesToday(stage)), name }),
        show: ({ partner, entry }) => ({ ...viewPartner(partner, entry), name: null }),
        reveal: (body) => fillIn(body, { name }),
      };
    },
  });

  command(app, service, '/v1/partners/:id/credentials', {
    roles: ['operator'],
    operationId: 'issueCredential',
    summary: 'Issue credentials to a partner',
    description:
      'Credentials for one system of the partner. The service keeps the SHA-256 of the secret, never the secret. They are listed, rotated and revoked under `/v1/credentials`.',
    tags: ['partners'],
    dryRun: false,
    params,
    body: NoBody,
    answer: PartnerCredential,
    refusals: ['partner_not_found'],
    prepare: (request, reply) => {
      const partnerId = request.params.id;
      const { clientId, clientSecret } = newClient(service, request, partnerId);
      reply.header('cache-control', 'no-store');
      return {
        decide: (stage) =>
          issueCredential(stage, { role: 'partner', subject: partnerId, clientId, secret: clientSecret }),
        show: () => ({ partner: partnerId, client_id: clientId }),
        reveal: (body) => fillIn(body, { client_secret: clientSecret }),
      };
    },
  });
}

function withDefaults(body: Static<typeof NewPartner>, rules: RuleSet) {
  const { id, kind, point_price = rules.point_price, may_backdate = false } = body;
  return { id, kind, point_price, may_backdate };
}

function registerPartnerReads(app: App, service: Service): void {
  list(app, service, '/v1/partners', {
    roles: readers,
    operationId: 'listPartners',
    summary: 'List partners',
    description: 'In the order of their ids. A partner sees itself.',
    tags: ['partners'],
    answer: PartnerPage,
    key: externalIdShape,
    rows: ({ principal }, ledger, page) =>
      listPartners(service.sql, ledger.id, { own: ownPartner(principal), ...page }),
    keyOf: ({ id }) => id,
    show: (partners) => ({ partners }),
  });

  read(app, service, '/v1/partners/:id', {
    roles: readers,
    operationId: 'getPartner',
    summary: 'One partner',
    description: 'The partner and the terms on which it redeems.',
    tags: ['partners'],
    params,
    answer: Partner,
    refusals: ['partner_not_found'],
    read: ({ params, principal }, ledger) => readPartner(service.sql, ledger.id, params.id, ownPartner(principal)),
  });
}
