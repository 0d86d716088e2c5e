/** From an order to a volunteer over HTTP: offers, their answers, and claims. */
import { Type } from 'typebox';
import { namedObject } from '../../../http/named.js';
import { command } from '../../../http/routes.js';
import { ExternalId, NoBody, OptionalBody } from '../../../http/schemas.js';
import type { App, Service } from '../../../http/service.js';
import { newId } from '../../../lib/ids.js';
import { tidied } from '../../../lib/text.js';
import { acceptOffer, claimOrder, declineOffer, offerOrder } from '../../../timebank/service/orders/dispatch.js';
import { offerRows } from '../../../timebank/service/orders/rows.js';
import { viewOffer } from '../../../timebank/service/orders/view.js';
import { askingOf, orderLeft, unitAskers } from './asking.js';
import { Offer, Order, offerParams, orderParams, words } from './shapes.js';

const NewOffer = namedObject(
  'NewOffer',
  { volunteer: ExternalId },
  { description: 'Whom to ask.', examples: [{ volunteer: 'M00131' }] },
);

const Declining = OptionalBody(
  namedObject(
    'Declining',
    { reason: Type.Optional(words('Why, if the volunteer wishes to say.', '当天有事')) },
    { description: 'Declining costs nothing.', examples: [{}] },
  ),
);

const inactive = ['member_not_found', 'member_merged', 'member_suspended', 'member_inactive'] as const;

const joinRefusals = [
  ...inactive,
  'order_state_invalid',
  'order_full',
  'order_joined',
  'self_approval',
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
    summary: 'Offer an order to a volunteer',
    description:
      'The volunteer has a day to answer, and not longer than until it begins. Several may be asked at once: who accepts first has the place.',
    tags: ['orders'],
    dryRun: false,
    params: orderParams,
    body: NewOffer,
    answer: Offer,
    refusals: ['order_not_found', 'order_state_invalid', 'order_full', ...inactive, 'self_approval', 'offer_exists'],
    prepare: ({ params, body, principal }) => {
      const asked = { orderId: params.id, volunteer: body.volunteer, id: newId() };
      return {
        decide: (stage) => offerOrder(stage, service.rules, asked, askingOf(principal)).offer,
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
    description: 'The volunteer takes the order. What it costs is held from now on.',
    tags: ['orders'],
    dryRun: false,
    params: offerParams,
    body: NoBody,
    status: 200,
    answer: Order,
    refusals: ['offer_not_found', 'offer_not_open', ...joinRefusals],
    prepare: ({ params: { id }, principal }) => {
      const recordId = newId();
      return {
        decide: (stage) => {
          const entry = acceptOffer(stage, service.rules, { id, recordId }, askingOf(principal));
          return orderLeft(stage, stage.row(offerRows, id)?.order_id ?? '', entry);
        },
        show: (order) => order,
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
        decide: (stage) => orderLeft(stage, id, claimOrder(stage, service.rules, claim)),
        show: (order) => order,
      };
    },
  });
}
