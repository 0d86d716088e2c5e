/** Reading orders over HTTP, and erasing what was written about them. A member sees those they have a part in, a coordinator those of units within the scope. */
import { Type } from 'typebox';
import { annotated } from '../../../http/named.js';
import { command, list, read } from '../../../http/routes.js';
import { ExternalId, Instant } from '../../../http/schemas.js';
import type { App, Service } from '../../../http/service.js';
import { externalIdShape } from '../../../lib/ids.js';
import { readApprovedSets } from '../../../timebank/credit/rule-set-reads.js';
import { listOpenOrders, listOrders, readOrder } from '../../../timebank/service/orders/reads.js';
import { eraseOrderTexts } from '../../../timebank/service/orders/texts.js';
import { NewTextErasure } from '../../ledger/entry-shapes.js';
import { ServiceType } from '../service-shapes.js';
import { askingOf, orderLeft, seenBy, shownTo } from './asking.js';
import { OpenOrderPage } from './open-order-shapes.js';
import { Order, OrderDetails, OrderPage, OrderStatus, orderParams } from './shapes.js';

const readers = ['operator', 'auditor', 'coordinator', 'member'] as const;

const UnitAbove = annotated(ExternalId, {
  description: 'Only orders of this unit and of those below it.',
  examples: ['XC-01'],
});

export function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/orders', {
    roles: readers,
    operationId: 'listOrders',
    summary: 'List orders',
    description: 'In the order of their ids, which is that of their placing where the ids are ours.',
    tags: ['orders'],
    filters: {
      status: Type.Optional(OrderStatus),
      unit: Type.Optional(UnitAbove),
      volunteer: Type.Optional(ExternalId),
      recipient: Type.Optional(ExternalId),
      due_before: Type.Optional(annotated(Instant, { description: 'Only those whose next deadline lies before it.' })),
      escalated: Type.Optional(
        Type.Literal('true', {
          description:
            'Only those that were confirmed and that nobody has approved or rejected for `escalation_days` of the rules since: for whoever the unit answers to.',
          examples: ['true'],
        }),
      ),
    },
    answer: OrderPage,
    key: externalIdShape,
    rows: async ({ query, principal }, { id: ledgerId, zone }, page) => {
      const { status = null, unit = null, volunteer = null, recipient = null, due_before: dueBefore = null } = query;
      const escalatedBy = query.escalated ? await readApprovedSets(service.sql, ledgerId) : null;
      const filter = { status, unit, volunteer, recipient, dueBefore, escalatedBy, ...seenBy(principal) };
      return listOrders(service.sql, { ledgerId, zone, now: service.clock() }, filter, page);
    },
    keyOf: ({ id }) => id,
    show: (orders, { principal }) => ({ orders: orders.map((one) => shownTo(principal, one)) }),
  });

  list(app, service, '/v1/open-orders', {
    roles: readers,
    operationId: 'listOpenOrders',
    summary: 'List orders that can be claimed',
    description: 'Orders that still need a volunteer, in the order of their ids; not for whom they are.',
    tags: ['orders'],
    filters: { unit: Type.Optional(UnitAbove), service_type: Type.Optional(ServiceType) },
    answer: OpenOrderPage,
    key: externalIdShape,
    rows: ({ query: { unit = null, service_type: serviceType = null } }, { id: ledgerId }, page) =>
      listOpenOrders(service.sql, { ledgerId, now: service.clock() }, { unit, serviceType, ...page }),
    keyOf: ({ id }) => id,
    show: (orders) => ({ orders }),
  });

  command(app, service, '/v1/orders/:id/text-erasure', {
    roles: ['operator'],
    operationId: 'eraseOrderTexts',
    summary: 'Erase what was written about an order',
    description:
      'Erases notes, reasons and comments, with the salts that hide them in the log, and journals that it was done. What became of the order stays. It cannot be undone.',
    tags: ['orders'],
    dryRun: false,
    params: orderParams,
    body: NewTextErasure,
    answer: Order,
    refusals: ['order_not_found', 'text_absent'],
    prepare: ({ params: { id }, body, principal }) => ({
      decide: (stage) => orderLeft(stage, principal, id, eraseOrderTexts(stage, id, body.reason, askingOf(principal))),
    }),
  });

  read(app, service, '/v1/orders/:id', {
    roles: readers,
    operationId: 'getOrder',
    summary: 'One order, with its history',
    description: 'Who did what and when, each with the number of its entry; the offers, and what people wrote.',
    tags: ['orders'],
    params: orderParams,
    answer: OrderDetails,
    refusals: ['order_not_found'],
    read: async ({ params, principal }, { id: ledgerId }) => {
      const order = await readOrder(service.sql, { ledgerId, now: service.clock() }, params.id, seenBy(principal));
      // An auditor reads no words.
      return shownTo(principal, principal.role === 'auditor' ? { ...order, texts: [] } : order);
    },
  });
}
