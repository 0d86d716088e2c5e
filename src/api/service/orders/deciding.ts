/** What becomes of a service that was given, over HTTP: confirmed, disputed, decided, approved or rejected. */

import { Type } from 'typebox';
import { besideOf } from '../../../http/beside.js';
import { namedObject } from '../../../http/named.js';
import { command } from '../../../http/routes.js';
import { closed, ExternalId, NoBody, OptionalBody } from '../../../http/schemas.js';
import type { App, Service } from '../../../http/service.js';
import { Refusal } from '../../../lib/refusal.js';
import { tidied } from '../../../lib/text.js';
import { approveOrder, rejectOrder } from '../../../timebank/service/orders/approve.js';
import { confirmOrder, decideDispute, disputeOrder } from '../../../timebank/service/orders/confirm.js';
import { rulesOfOrder } from '../../../timebank/service/orders/rules.js';
import { verdicts } from '../../../timebank/service-words.js';
import { askers, askingOf, orderLeft, unitAskers } from './asking.js';
import { Order, orderParams, words } from './shapes.js';

const Minutes = Type.Integer({ minimum: 1, maximum: 1_440, description: 'Minutes.', examples: [115] });

const MinutesOfOne = Type.Integer({
  minimum: 0,
  maximum: 1_440,
  description: 'Minutes; 0: was not there.',
  examples: [30],
});

const Confirming = OptionalBody(
  namedObject(
    'Confirming',
    {
      minutes: Type.Optional(Minutes),
      rating: Type.Optional(Type.Integer({ minimum: 1, maximum: 5, description: '5 is best.', examples: [5] })),
      comment: Type.Optional(words('What the recipient wishes to say.', '非常好')),
    },
    {
      description: 'What the recipient says; nothing: it was as the volunteer says.',
      examples: [{ minutes: 115, rating: 5 }],
    },
  ),
);

const Reasoned = namedObject(
  'Reasoned',
  { reason: words('Why.', '时间不符') },
  { description: 'Why.', examples: [{ reason: '时间不符' }] },
);

const Deciding = namedObject(
  'Verdict',
  {
    verdict: Type.Enum([...verdicts], {
      description:
        '`to_volunteer`: the volunteer’s times count; `to_recipient`: the recipient’s minutes; `upheld`: the mean of both. Minutes that are given count instead.',
      examples: ['upheld'],
    }),
    minutes: Type.Optional(Minutes),
    volunteers: Type.Optional(
      Type.Array(Type.Object({ volunteer: ExternalId, minutes: MinutesOfOne }, closed), {
        description: 'Minutes of single volunteers, where several served; for the others `minutes` counts.',
        maxItems: 50,
      }),
    ),
  },
  { description: 'What is decided.', examples: [{ verdict: 'upheld', minutes: 100 }] },
);

const common = { tags: ['orders'], dryRun: false, params: orderParams, status: 200, answer: Order } as const;

export function registerDeciding(app: App, service: Service): void {
  registerConfirming(app, service);
  registerVerdict(app, service);
  registerApproving(app, service);
}

function registerConfirming(app: App, service: Service): void {
  command(app, service, '/v1/orders/:id/confirm', {
    ...common,
    roles: askers,
    operationId: 'confirmOrder',
    summary: 'Confirm a service',
    description:
      'The recipient, or who placed the order for her, says how long it took: within a quarter of an hour of the volunteer’s time the mean counts, further apart it is disputed. Somebody who looks after the unit may write down what the recipient said; that is no confirmation of hers, and they do not approve it then.',
    body: Confirming,
    refusals: ['order_not_found', 'order_role_invalid', 'order_state_invalid', 'self_approval'],
    prepare: ({ params: { id }, body, principal }) => {
      const { minutes = null, rating = null, comment } = body ?? {};
      const said = { orderId: id, minutes, rating, comment: comment === undefined ? null : tidied(comment) };
      return {
        decide: (stage) =>
          orderLeft(stage, principal, id, confirmOrder(stage, rulesOfOrder(stage, id), said, askingOf(principal))),
      };
    },
  });

  command(app, service, '/v1/orders/:id/dispute', {
    ...common,
    roles: askers,
    operationId: 'disputeOrder',
    summary: 'Dispute a service',
    description: 'One side says that it was otherwise. What is held stays held until it is decided.',
    body: Reasoned,
    refusals: ['order_not_found', 'order_role_invalid', 'order_state_invalid', 'self_approval'],
    prepare: ({ params: { id }, body, principal }) => ({
      decide: (stage) =>
        orderLeft(
          stage,
          principal,
          id,
          disputeOrder(stage, { orderId: id, reason: tidied(body.reason) }, askingOf(principal)),
        ),
    }),
  });
}

function registerVerdict(app: App, service: Service): void {
  command(app, service, '/v1/orders/:id/verdict', {
    ...common,
    roles: unitAskers,
    operationId: 'decideDispute',
    summary: 'Decide a dispute',
    description: 'Whose time counts. Nobody decides on what they had a part in. It is still to be approved.',
    body: Deciding,
    refusals: ['order_not_found', 'order_state_invalid', 'self_approval', 'verdict_invalid'],
    prepare: ({ params: { id }, body: { verdict, minutes = null, volunteers = [] }, principal }) => ({
      decide: (stage) =>
        orderLeft(
          stage,
          principal,
          id,
          decideDispute(
            stage,
            rulesOfOrder(stage, id),
            { orderId: id, verdict, minutes, volunteers },
            askingOf(principal),
          ),
        ),
    }),
  });
}

function registerApproving(app: App, service: Service): void {
  command(app, service, '/v1/orders/:id/approve', {
    ...common,
    roles: unitAskers,
    operationId: 'approveOrder',
    summary: 'Approve an order',
    description:
      'Records the hours of each volunteer, and mints or pays their coins. Who approves has given, received, placed for another, recorded or confirmed nothing of it. More than ten working days after the service the approval is kept and refused, and a second person’s carries it out.',
    body: NoBody,
    refusals: [
      'order_not_found',
      'order_state_invalid',
      'self_approval',
      'record_too_late',
      'rule_set_not_effective',
      'approver_invalid',
      'member_not_found',
      'member_merged',
      'member_suspended',
      'member_inactive',
      'recorder_not_found',
      'service_overlap',
      'service_type_unknown',
      'qualification_missing',
      'account_frozen',
      'account_closed',
      'ceiling_exceeded',
    ],
    prepare: ({ params: { id }, principal }) => ({
      decide: (stage) => {
        const entry = approveOrder(stage, rulesOfOrder(stage, id), id, {
          ...askingOf(principal),
          ...besideOf(service, principal),
        });
        // The first approval of a late one is kept in the books, and still refused.
        return entry instanceof Refusal ? (entry as never) : orderLeft(stage, principal, id, entry);
      },
    }),
  });

  command(app, service, '/v1/orders/:id/reject', {
    ...common,
    roles: unitAskers,
    operationId: 'rejectOrder',
    summary: 'Reject an order',
    description: 'Nothing is recorded, and what is held goes back.',
    body: Reasoned,
    refusals: ['order_not_found', 'order_state_invalid', 'self_approval'],
    prepare: ({ params: { id }, body, principal }) => ({
      decide: (stage) =>
        orderLeft(
          stage,
          principal,
          id,
          rejectOrder(stage, { orderId: id, reason: tidied(body.reason) }, askingOf(principal)),
        ),
    }),
  });
}
