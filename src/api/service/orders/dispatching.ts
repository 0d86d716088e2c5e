/** From an order to a volunteer over HTTP: offers, their answers, and claims. */

import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../../http/named.js';
import { command } from '../../../http/routes.js';
import { closed, ExternalId, NoBody, OptionalBody } from '../../../http/schemas.js';
import type { App, Service } from '../../../http/service.js';
import { newId } from '../../../lib/ids.js';
import { tidied } from '../../../lib/text.js';
import { claimOrder } from '../../../timebank/service/orders/join.js';
import { acceptOffer, declineOffer, offerOrder } from '../../../timebank/service/orders/offers.js';
import { offerRows } from '../../../timebank/service/orders/rows.js';
import { rulesOfOffer, rulesOfOrder } from '../../../timebank/service/orders/rules.js';
import { viewOffer } from '../../../timebank/service/orders/view.js';
import { askingOf, orderLeft, unitAskers } from './asking.js';
import { mostVolunteers } from './new-order-shapes.js';
import { Offer, Order, offerParams, orderParams, words } from './shapes.js';

const NewOffer = named(
  'NewOffer',
  Type.Union(
    [
      Type.Object({ volunteer: annotated(ExternalId, { description: 'The member who is asked.' }) }, closed),
      Type.Object({ team: annotated(ExternalId, { description: 'The team whose leader is asked.' }) }, closed),
    ],
    { description: 'Whom to ask.', examples: [{ volunteer: 'M00131' }] },
  ),
);

const Accepting = OptionalBody(
  namedObject(
    'Accepting',
    {
      members: Type.Optional(
        Type.Array(ExternalId, {
          minItems: 1,
          maxItems: mostVolunteers,
          uniqueItems: true,
          description: 'Of an offer to a team: who of the team takes it. Absent: its leader.',
          examples: [['M00131', 'M00132']],
        }),
      ),
    },
    { description: 'Who takes it.', examples: [{}] },
  ),
);

const Declining = OptionalBody(
  namedObject(
    'Declining',
    { reason: Type.Optional(words('Why, if they wish to say.', '当天有事')) },
    { description: 'Declining costs nothing.', examples: [{}] },
  ),
);

const inactive = ['member_not_found', 'member_merged', 'member_suspended', 'member_inactive', 'member_erased'] as const;

const joinRefusals = [
  ...inactive,
  'order_state_invalid',
  'order_full',
  'order_joined',
  'self_approval',
  'qualification_missing',
  'fund_not_for_member',
  'service_overlap',
  'redeem_age_not_met',
  'balance_insufficient',
] as const;

export function registerDispatching(app: App, service: Service): void {
  registerOffering(app, service);
  registerAnswering(app, service);
}

function registerOffering(app: App, service: Service): void {
  command(app, service, '/v1/orders/:id/offers', {
    roles: unitAskers,
    operationId: 'offerOrder',
    summary: 'Offer an order to a volunteer or to a team',
    description:
      'They have a day to answer, and not longer than until it begins; for a team its leader answers. Several may be asked at once: who accepts first has the place.',
    tags: ['orders'],
    dryRun: false,
    params: orderParams,
    body: NewOffer,
    answer: Offer,
    refusals: [
      'order_not_found',
      'order_state_invalid',
      'order_full',
      'team_not_found',
      'team_dissolved',
      ...inactive,
      'self_approval',
      'qualification_missing',
      'offer_exists',
    ],
    prepare: ({ params, body, principal }) => {
      const asked = { ...body, orderId: params.id, id: newId() };
      return {
        decide: (stage) => offerOrder(stage, rulesOfOrder(stage, params.id), asked, askingOf(principal)).offer,
        show: viewOffer,
      };
    },
  });
}

function registerAnswering(app: App, service: Service): void {
  command(app, service, '/v1/offers/:id/accept', {
    roles: ['member'],
    operationId: 'acceptOffer',
    summary: 'Accept an offer',
    description:
      'The volunteer takes the order, or those of the team whom its leader names, as many as there are places; each is judged as any volunteer, and hours go to each of them. What it costs is held from now on.',
    tags: ['orders'],
    dryRun: false,
    params: offerParams,
    body: Accepting,
    status: 200,
    answer: Order,
    refusals: [
      'offer_not_found',
      'offer_not_open',
      'order_role_invalid',
      'team_dissolved',
      'team_member_not_found',
      ...joinRefusals,
    ],
    prepare: ({ params: { id }, body, principal }) => {
      const members = body?.members ?? null;
      const accepted = { id, members, recordIds: (members ?? [principal.subject]).map(() => newId()) };
      return {
        decide: (stage) => {
          const entry = acceptOffer(stage, rulesOfOffer(stage, id), accepted, askingOf(principal));
          return orderLeft(stage, principal, stage.row(offerRows, id)?.order_id ?? '', entry);
        },
      };
    },
  });

  command(app, service, '/v1/offers/:id/decline', {
    roles: ['member'],
    operationId: 'declineOffer',
    summary: 'Decline an offer',
    description: 'It costs nothing and is counted nowhere.',
    tags: ['orders'],
    dryRun: false,
    params: offerParams,
    body: Declining,
    status: 200,
    answer: Offer,
    refusals: ['offer_not_found', 'offer_not_open'],
    prepare: ({ params: { id }, body, principal }) => {
      const reason = body?.reason === undefined ? null : tidied(body.reason);
      return { decide: (stage) => declineOffer(stage, { id, reason }, askingOf(principal)).offer, show: viewOffer };
    },
  });

  command(app, service, '/v1/orders/:id/claim', {
    roles: ['member'],
    operationId: 'claimOrder',
    summary: 'Claim an open order',
    description: 'A volunteer takes an order that nobody offered. `GET /v1/open-orders` lists them.',
    tags: ['orders'],
    dryRun: false,
    params: orderParams,
    body: NoBody,
    status: 200,
    answer: Order,
    refusals: ['order_not_found', ...joinRefusals],
    prepare: ({ params: { id }, principal }) => {
      const claim = { orderId: id, volunteer: principal.subject, recordId: newId() };
      return {
        decide: (stage) => orderLeft(stage, principal, id, claimOrder(stage, rulesOfOrder(stage, id), claim)),
      };
    },
  });
}
