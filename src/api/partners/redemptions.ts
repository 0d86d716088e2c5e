/** Redemptions over HTTP: a partner's system authorises, captures, voids and refunds; each partner sees its own only. */

import { type Static, type TObject, Type } from 'typebox';
import { isAnothers, ownPartner } from '../../http/reach.js';
import { command, list, read } from '../../http/routes.js';
import { closed, DateString, NoBody, Uuid } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Clock } from '../../lib/clock.js';
import { idShape, newId } from '../../lib/ids.js';
import { rulesToday } from '../../timebank/credit/rules-in-force.js';
import { authoriseRedemption } from '../../timebank/partners/redemptions/authorise.js';
import { captureRedemption } from '../../timebank/partners/redemptions/capture.js';
import { listRedemptions, readRedemption } from '../../timebank/partners/redemptions/reads.js';
import { type Redemption as RedemptionRow, viewRedemption } from '../../timebank/partners/redemptions/redemption.js';
import { refundRedemption } from '../../timebank/partners/redemptions/refund.js';
import { voidRedemption } from '../../timebank/partners/redemptions/release.js';
import { PartnerAsked } from './partners.js';
import { MemberId, NewRedemption, Part, Redemption, RedemptionPage, Reference, Status } from './redemption-shapes.js';

const params = Type.Object({ id: Uuid }, closed);
const readers = ['operator', 'auditor', 'partner'] as const;

export function registerRedemptions(app: App, service: Service): void {
  registerAuthorising(app, service);
  registerMoving(app, service);
  registerVoiding(app, service);
  registerReading(app, service);
}

function registerAuthorising(app: App, service: Service): void {
  command(app, service, '/v1/redemptions', {
    roles: ['partner'],
    operationId: 'authoriseRedemption',
    summary: 'Authorise a redemption',
    description:
      "Takes points from the member's purse and holds them for the partner until `expires_at`, or captures them at once. A refusal says no figure and is listed under /v1/refusals. A dry run does not tell a member who is not there from one whose points do not suffice, and is counted.",
    tags: ['partners'],
    body: NewRedemption,
    answer: Redemption,
    refusals: [
      'partner_not_found',
      'partner_reference_exists',
      'member_not_found',
      'member_merged',
      'member_suspended',
      'member_inactive',
      'balance_insufficient',
      'date_in_future',
      'backdating_refused',
      'amount_invalid',
      'period_closed',
    ],
    prepare: ({ body, query, principal }) => {
      const authorisation = {
        id: newId(),
        partnerId: principal.partner ?? principal.subject,
        partnerReference: body.partner_reference,
        memberId: body.member,
        points: BigInt(body.points),
        effectiveAt: body.effective_at,
        capture: body.capture ?? false,
        discreet: query.dry_run === true,
      };
      return {
        decide: (stage) => authoriseRedemption(stage, rulesToday(stage), authorisation),
        show: showOn(service.clock),
        onRefusal: async (code, { key }) =>
          service.refusals.record({
            ledger_id: await ledgerIdOf(service, principal),
            key,
            partner_id: authorisation.partnerId,
            partner_reference: authorisation.partnerReference,
            code,
            refused_at: new Date(service.clock()).toISOString(),
          }),
      };
    },
  });
}

function registerMoving(app: App, service: Service): void {
  command(app, service, '/v1/redemptions/:id/captures', {
    roles: ['partner'],
    operationId: 'captureRedemption',
    summary: 'Capture held points',
    description:
      'The partner has given the benefit, or part of it, and is owed for it. Parts add up to the price of the whole.',
    tags: ['partners'],
    params,
    body: Part,
    answer: Redemption,
    refusals: ['redemption_not_open', 'hold_expired', 'capture_exceeds_hold', ...movingRefusals],
    prepare: ({ params, body, principal }) => {
      const part = partOf(params.id, body, ownPartner(principal));
      return {
        decide: (stage) => captureRedemption(stage, rulesToday(stage), part),
        show: showOn(service.clock),
      };
    },
  });

  command(app, service, '/v1/redemptions/:id/refunds', {
    roles: ['partner'],
    operationId: 'refundRedemption',
    summary: 'Refund captured points',
    description:
      'Gives captured points back to the member, never more than were captured, nor on a day before they were. What the member owes is repaid first.',
    tags: ['partners'],
    params,
    body: Part,
    answer: Redemption,
    refusals: ['refund_exceeds_capture', ...movingRefusals],
    prepare: ({ params, body, principal }) => {
      const part = partOf(params.id, body, ownPartner(principal));
      return {
        decide: (stage) => refundRedemption(stage, rulesToday(stage), part),
        show: showOn(service.clock),
      };
    },
  });
}

const movingRefusals = [
  'redemption_not_found',
  'date_in_future',
  'backdating_refused',
  'date_before_original',
  'amount_invalid',
  'period_closed',
] as const;

function registerVoiding(app: App, service: Service): void {
  command(app, service, '/v1/redemptions/:id/void', {
    roles: ['partner', 'operator'],
    operationId: 'voidRedemption',
    summary: 'Void a hold',
    description: 'Gives back what is still held. What was captured stays captured.',
    tags: ['partners'],
    params,
    body: NoBody,
    status: 200,
    answer: Redemption,
    refusals: ['redemption_not_found', 'redemption_not_open'],
    prepare: ({ params, principal }) => ({
      decide: (stage) => voidRedemption(stage, rulesToday(stage), params.id, ownPartner(principal)),
      show: showOn(service.clock),
    }),
  });
}

function partOf(id: string, body: Static<typeof Part>, partnerId: string | null) {
  return {
    id,
    partnerId,
    points: body?.points === undefined ? undefined : BigInt(body.points),
    effectiveAt: body?.effective_at,
  };
}

interface Changed {
  readonly redemption: RedemptionRow;
  readonly entry: number;
}

const showOn = (clock: Clock) => (changed: Changed) => viewRedemption(changed.redemption, changed.entry, clock());

const filters = {
  partner: Type.Optional(PartnerAsked),
  partner_reference: Type.Optional(Reference),
  member: Type.Optional(MemberId),
  status: Type.Optional(Status),
  effective_from: Type.Optional(DateString),
  effective_to: Type.Optional(DateString),
};

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/redemptions', {
    roles: readers,
    operationId: 'listRedemptions',
    summary: 'List redemptions',
    description: 'In the order in which they were asked for. Filters narrow together; days are inclusive.',
    tags: ['partners'],
    filters,
    answer: RedemptionPage,
    key: idShape,
    rows: async ({ query, principal }, ledger, page) => {
      const filter = filterOf(query, ownPartner(principal));
      return filter === null ? [] : listRedemptions(service.sql, ledger.id, filter, { ...page, now: service.clock() });
    },
    keyOf: ({ id }) => id,
    show: (redemptions) => ({ redemptions }),
  });

  read(app, service, '/v1/redemptions/:id', {
    roles: readers,
    operationId: 'getRedemption',
    summary: 'One redemption',
    description: 'The redemption as it stands now.',
    tags: ['partners'],
    params,
    answer: Redemption,
    refusals: ['redemption_not_found'],
    read: ({ params, principal }, ledger) =>
      readRedemption(service.sql, ledger.id, params.id, { partner: ownPartner(principal), now: service.clock() }),
  });
}

/** null: nothing can be found, for a partner asks for another's. */
function filterOf(query: Static<TObject<typeof filters>>, own: string | null) {
  const { partner = own, partner_reference, member, status, effective_from, effective_to } = query;
  if (isAnothers(partner, own)) return null;
  return {
    partner,
    partnerReference: partner_reference ?? null,
    member: member ?? null,
    status: status ?? null,
    from: effective_from ?? null,
    to: effective_to ?? null,
  };
}
