/** Redemptions over HTTP: a partner's system authorises, captures, voids and refunds; each partner sees its own only. */
import { type Static, Type } from 'typebox';
import { runCommand } from '../../http/commands.js';
import { annotated } from '../../http/named.js';
import { readPage } from '../../http/pages.js';
import { commandRefusals, guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { isAnothers, ownPartner } from '../../http/reach.js';
import { closed, DateString, dryRunQuery, NoBody, pageQuery, Uuid } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import { idShape, newId } from '../../lib/ids.js';
import { authoriseRedemption } from '../../timebank/partners/redemptions/authorise.js';
import { captureRedemption } from '../../timebank/partners/redemptions/capture.js';
import { listRedemptions, readRedemption } from '../../timebank/partners/redemptions/reads.js';
import { type Redemption as RedemptionRow, viewRedemption } from '../../timebank/partners/redemptions/redemption.js';
import { refundRedemption } from '../../timebank/partners/redemptions/refund.js';
import { voidRedemption } from '../../timebank/partners/redemptions/release.js';
import { PartnerId } from './partners.js';
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
  app.post('/v1/redemptions', {
    config: { roles: ['partner'] },
    schema: {
      operationId: 'authoriseRedemption',
      summary: 'Authorise a redemption',
      description:
        "Takes points from the member's purse and holds them for the partner until `expires_at`, or captures them at once. A refusal says no figure and is listed under /v1/refusals. A dry run does not tell a member who is not there from one whose points do not suffice, and is counted.",
      tags: ['partners'],
      querystring: dryRunQuery,
      body: NewRedemption,
      response: {
        200: Redemption,
        201: Redemption,
        ...problemResponses(
          ...commandRefusals,
          'partner_not_found',
          'partner_reference_exists',
          'member_not_found',
          'balance_insufficient',
          'date_in_future',
          'backdating_refused',
          'amount_invalid',
          'period_closed',
        ),
      },
    },
    handler: (request, reply) => {
      const {
        partner_reference: partnerReference,
        member,
        points,
        effective_at: effectiveAt,
        capture = false,
      } = request.body;
      const { partner, subject } = request.principal;
      const authorisation = {
        id: newId(),
        partnerId: partner ?? subject,
        partnerReference,
        memberId: member,
        points: BigInt(points),
        effectiveAt,
        capture,
        discreet: request.query.dry_run === true,
      };
      return runCommand(service, request, reply, {
        decide: (stage) => authoriseRedemption(stage, service.rules, authorisation),
        show: show(service),
        dryRun: request.query.dry_run,
        onRefusal: async (code, { key }) =>
          service.refusals.record({
            ledger_id: await ledgerIdOf(service, request.principal),
            key,
            partner_id: authorisation.partnerId,
            partner_reference: partnerReference,
            code,
            refused_at: new Date(service.clock()).toISOString(),
          }),
      });
    },
  });
}

function registerMoving(app: App, service: Service): void {
  app.post('/v1/redemptions/:id/captures', {
    config: { roles: ['partner'] },
    schema: {
      operationId: 'captureRedemption',
      summary: 'Capture held points',
      description:
        'The partner has given the benefit, or part of it, and is owed for it. Parts add up to the price of the whole.',
      tags: ['partners'],
      querystring: dryRunQuery,
      params,
      body: Part,
      response: {
        200: Redemption,
        201: Redemption,
        ...problemResponses('redemption_not_open', 'hold_expired', 'capture_exceeds_hold', ...movingRefusals),
      },
    },
    handler: (request, reply) => {
      const part = partOf(request.params.id, request.body, ownPartner(request.principal));
      return runCommand(service, request, reply, {
        decide: (stage) => captureRedemption(stage, service.rules, part),
        show: show(service),
        dryRun: request.query.dry_run,
      });
    },
  });

  app.post('/v1/redemptions/:id/refunds', {
    config: { roles: ['partner'] },
    schema: {
      operationId: 'refundRedemption',
      summary: 'Refund captured points',
      description:
        'Gives captured points back to the member, never more than were captured, nor on a day before they were. What the member owes is repaid first.',
      tags: ['partners'],
      querystring: dryRunQuery,
      params,
      body: Part,
      response: { 200: Redemption, 201: Redemption, ...problemResponses('refund_exceeds_capture', ...movingRefusals) },
    },
    handler: (request, reply) => {
      const part = partOf(request.params.id, request.body, ownPartner(request.principal));
      return runCommand(service, request, reply, {
        decide: (stage) => refundRedemption(stage, service.rules, part),
        show: show(service),
        dryRun: request.query.dry_run,
      });
    },
  });
}

const movingRefusals = [
  ...commandRefusals,
  'redemption_not_found',
  'date_in_future',
  'backdating_refused',
  'date_before_original',
  'amount_invalid',
  'period_closed',
] as const;

function registerVoiding(app: App, service: Service): void {
  app.post('/v1/redemptions/:id/void', {
    config: { roles: ['partner', 'operator'] },
    schema: {
      operationId: 'voidRedemption',
      summary: 'Void a hold',
      description: 'Gives back what is still held. What was captured stays captured.',
      tags: ['partners'],
      querystring: dryRunQuery,
      params,
      body: NoBody,
      response: {
        200: Redemption,
        ...problemResponses(...commandRefusals, 'redemption_not_found', 'redemption_not_open'),
      },
    },
    handler: (request, reply) => {
      const own = ownPartner(request.principal);
      return runCommand(service, request, reply, {
        decide: (stage) => voidRedemption(stage, service.rules, request.params.id, own),
        show: show(service),
        status: 200,
        dryRun: request.query.dry_run,
      });
    },
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

const show = (service: Service) => (changed: Changed) =>
  viewRedemption(changed.redemption, changed.entry, service.clock());

const listQuery = Type.Object(
  {
    partner: Type.Optional(
      annotated(PartnerId, { description: "Only this partner's; a partner sees its own in any case." }),
    ),
    partner_reference: Type.Optional(Reference),
    member: Type.Optional(MemberId),
    status: Type.Optional(Status),
    effective_from: Type.Optional(DateString),
    effective_to: Type.Optional(DateString),
    ...pageQuery,
  },
  closed,
);

function registerReading(app: App, service: Service): void {
  app.get('/v1/redemptions', {
    config: { roles: readers },
    schema: {
      operationId: 'listRedemptions',
      summary: 'List redemptions',
      description: 'In the order in which they were asked for. Filters narrow together; days are inclusive.',
      tags: ['partners'],
      querystring: listQuery,
      response: { 200: RedemptionPage, ...problemResponses(...guardedRefusals) },
    },
    handler: async (request) => {
      const ledgerId = await ledgerIdOf(service, request.principal);
      const filter = filterOf(request.query, ownPartner(request.principal));
      const now = service.clock();
      const { page, next_cursor } = await readPage(
        request.query,
        idShape,
        async (rows) => (filter === null ? [] : listRedemptions(service.sql, ledgerId, filter, { ...rows, now })),
        (redemption) => redemption.id,
      );
      return { redemptions: page, next_cursor };
    },
  });

  app.get('/v1/redemptions/:id', {
    config: { roles: readers },
    schema: {
      operationId: 'getRedemption',
      summary: 'One redemption',
      description: 'The redemption as it stands now.',
      tags: ['partners'],
      params,
      response: { 200: Redemption, ...problemResponses(...guardedRefusals, 'redemption_not_found') },
    },
    handler: async (request) => {
      const seen = { partner: ownPartner(request.principal), now: service.clock() };
      return readRedemption(service.sql, await ledgerIdOf(service, request.principal), request.params.id, seen);
    },
  });
}

/** null: nothing can be found, for a partner asks for another's. */
function filterOf(query: Static<typeof listQuery>, own: string | null) {
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
