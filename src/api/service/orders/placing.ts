/** Placing orders and cancelling them over HTTP. */
import { Type } from 'typebox';
import { namedObject } from '../../../http/named.js';
import { command } from '../../../http/routes.js';
import type { App, Service } from '../../../http/service.js';
import { newId } from '../../../lib/ids.js';
import { tidied } from '../../../lib/text.js';
import { cancelOrder } from '../../../timebank/service/orders/cancel.js';
import { placeOrder } from '../../../timebank/service/orders/place.js';
import { askers, askingOf, orderLeft } from './asking.js';
import { NewOrder, Order, orderParams, words } from './shapes.js';

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
  command(app, service, '/v1/orders', {
    roles: askers,
    operationId: 'placeOrder',
    summary: 'Place an order',
    description:
      'What somebody needs. A member orders for herself; a coordinator within the scope, or an operator, on her behalf, and `placed_by` keeps who it was. It waits until it is accepted, and expires when it should begin.',
    tags: ['orders'],
    dryRun: false,
    body: NewOrder,
    answer: Order,
    refusals: [
      'order_exists',
      'member_not_found',
      'member_merged',
      'member_suspended',
      'member_inactive',
      'order_time_invalid',
      'service_type_unknown',
      'recurrence_invalid',
    ],
    prepare: ({ body, principal }) => {
      const request = {
        id: body.external_id ?? newId(),
        recipient: body.recipient,
        otherRecipients: (body.other_recipients ?? []).filter((id) => id !== body.recipient),
        serviceType: body.service_type,
        mode: body.mode,
        station: body.station ?? null,
        plannedStart: body.planned_start,
        plannedEnd: body.planned_end,
        volunteersNeeded: body.volunteers_needed ?? 1,
        funding: body.funding ?? ('mint' as const),
        note: body.note === undefined ? null : tidied(body.note),
        recurrence: body.recurrence ?? null,
      };
      return {
        decide: (stage) => orderLeft(stage, request.id, placeOrder(stage, service.rules, request, askingOf(principal))),
        show: (order) => order,
      };
    },
  });

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
    refusals: ['order_not_found', 'order_role_invalid', 'order_state_invalid'],
    prepare: ({ params: { id }, body, principal }) => ({
      decide: (stage) => {
        const asked = { orderId: id, reason: tidied(body.reason), series: body.series ?? false };
        return orderLeft(stage, id, cancelOrder(stage, asked, askingOf(principal)));
      },
      show: (order) => order,
    }),
  });
}
