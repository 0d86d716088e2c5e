/** Placing orders and cancelling them over HTTP. */

import { type Static, Type } from 'typebox';
import { namedObject } from '../../../http/named.js';
import { command } from '../../../http/routes.js';
import { closed, ExternalId } from '../../../http/schemas.js';
import type { App, Service } from '../../../http/service.js';
import { newId } from '../../../lib/ids.js';
import { tidied } from '../../../lib/text.js';
import { requireCareSubject } from '../../../timebank/people/care/care.js';
import { cancelOrder } from '../../../timebank/service/orders/cancel.js';
import { type OrderRequest, placeOrder } from '../../../timebank/service/orders/place.js';
import { rulesOfPlan } from '../../../timebank/service/orders/rules.js';
import { careKeeper } from '../../people/care-access.js';
import { askers, askingOf, orderLeft, unitAskers } from './asking.js';
import { NewCareOrder, NewOrder } from './new-order-shapes.js';
import { Order, orderParams, words } from './shapes.js';

const Cancellation = namedObject(
  'Cancellation',
  {
    reason: words('Why.', '家人来访，不需要了'),
    series: Type.Optional(Type.Boolean({ description: 'Whether its series ends with it.', default: false })),
  },
  {
    description: 'An order that is not wanted any more, or a volunteer who cannot come.',
    examples: [{ reason: '家人来访，不需要了' }],
  },
);

export function registerPlacing(app: App, service: Service): void {
  registerOrdering(app, service);
  registerCareOrders(app, service);
  registerCancelling(app, service);
}

const placingRefusals = [
  'order_exists',
  'member_not_found',
  'member_merged',
  'member_suspended',
  'member_inactive',
  'member_erased',
  'order_time_invalid',
  'service_type_unknown',
  'recurrence_invalid',
  'station_not_found',
  'station_closed',
  'fund_not_for_member',
  'redeem_age_not_met',
] as const;

function registerOrdering(app: App, service: Service): void {
  command(app, service, '/v1/orders', {
    roles: askers,
    operationId: 'placeOrder',
    summary: 'Place an order',
    description:
      'What somebody needs. A member orders for herself or for a verified relative; a coordinator within the scope, or an operator, on her behalf; `placed_by` keeps who it was. It waits until it is accepted, and expires when it should begin. That the fund pays, or what it granted, says that somebody is in need: a coordinator needs the claim `care` to ask for it.',
    tags: ['orders'],
    dryRun: false,
    body: NewOrder,
    answer: Order,
    refusals: placingRefusals,
    prepare: ({ body, principal }) => {
      const request = requestOf(body.recipient, body);
      const isOfFund = request.funding === 'fund' || request.funding === 'grant';
      const keeper = isOfFund && principal.role !== 'member' ? careKeeper(principal) : null;
      return {
        decide: (stage) => {
          keeper?.(stage, request.recipient);
          return orderLeft(
            stage,
            principal,
            request.id,
            placeOrder(stage, rulesOfPlan(stage, request.plannedStart), request, askingOf(principal)),
          );
        },
      };
    },
  });
}

/** A visit of the care registry's plan, as an order. */
function registerCareOrders(app: App, service: Service): void {
  command(app, service, '/v1/care-subjects/:member/orders', {
    roles: unitAskers,
    operationId: 'orderCareVisit',
    summary: 'Order a visit for somebody on the care registry',
    description:
      'The visit that is due, as an order like any other: it is offered, accepted, attended and approved. What was found is recorded with the registry.',
    tags: ['orders'],
    dryRun: false,
    params: Type.Object({ member: ExternalId }, closed),
    body: NewCareOrder,
    answer: Order,
    refusals: ['care_subject_not_found', 'care_subject_ended', ...placingRefusals],
    prepare: ({ params: { member }, body, principal }) => {
      const request = requestOf(member, { ...body, mode: 'home' });
      const keeper = careKeeper(principal);
      return {
        decide: (stage) => {
          keeper(stage, member);
          requireCareSubject(stage, member);
          return orderLeft(
            stage,
            principal,
            request.id,
            placeOrder(stage, rulesOfPlan(stage, request.plannedStart), request, askingOf(principal)),
          );
        },
      };
    },
  });
}

function requestOf(recipient: string, body: Omit<Static<typeof NewOrder>, 'recipient'>): OrderRequest {
  return {
    id: body.external_id ?? newId(),
    recipient,
    otherRecipients: (body.other_recipients ?? []).filter((id) => id !== recipient),
    serviceType: body.service_type,
    mode: body.mode,
    station: body.station ?? null,
    plannedStart: body.planned_start,
    plannedEnd: body.planned_end,
    volunteersNeeded: body.volunteers_needed ?? 1,
    funding: body.funding ?? 'mint',
    note: body.note === undefined ? null : tidied(body.note),
    recurrence: body.recurrence ?? null,
  };
}

function registerCancelling(app: App, service: Service): void {
  command(app, service, '/v1/orders/:id/cancel', {
    roles: askers,
    operationId: 'cancelOrder',
    summary: 'Cancel an order',
    description:
      'Until it is checked in. What is held goes back. A volunteer who has accepted it only leaves it: it waits for another. It is never counted against anybody.',
    tags: ['orders'],
    dryRun: false,
    params: orderParams,
    body: Cancellation,
    status: 200,
    answer: Order,
    refusals: ['order_not_found', 'order_role_invalid', 'order_state_invalid', 'self_approval'],
    prepare: ({ params: { id }, body, principal }) => ({
      decide: (stage) => {
        const asked = { orderId: id, reason: tidied(body.reason), series: body.series ?? false };
        return orderLeft(stage, principal, id, cancelOrder(stage, asked, askingOf(principal)));
      },
    }),
  });
}
