/** Adjustments over HTTP: one person proposes what is to be corrected by hand, another approves or rejects it. */
import { Type } from 'typebox';
import { actorOf, runCommand } from '../../http/commands.js';
import { readPage } from '../../http/pages.js';
import { commandRefusals, guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { closed, dryRunQuery, NoBody, pageQuery, Uuid } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import { idShape, newId } from '../../lib/ids.js';
import { listAdjustments, readAdjustment } from '../../timebank/credit/adjustment-reads.js';
import {
  approveAdjustment,
  proposeAdjustment,
  rejectAdjustment,
  viewAdjustment,
} from '../../timebank/credit/adjustments.js';
import { freeHoldsBy } from '../../timebank/partners/redemptions/release.js';
import { Adjustment, AdjustmentPage, NewAdjustment, Rejection, State } from './adjustment-shapes.js';

const params = Type.Object({ id: Uuid }, closed);
const readers = ['operator', 'auditor'] as const;
const legRefusals = [
  'account_not_found',
  'member_not_found',
  'leg_invalid',
  'leg_restricted',
  'asset_mismatch',
  'amount_invalid',
  'self_approval',
] as const;
const postRefusals = [
  'account_frozen',
  'account_closed',
  'balance_insufficient',
  'ceiling_exceeded',
  'period_closed',
] as const;
const decideRefusals = ['adjustment_not_found', 'adjustment_decided'] as const;

export function registerAdjustments(app: App, service: Service): void {
  registerProposing(app, service);
  registerDeciding(app, service);
  registerReading(app, service);
}

function registerProposing(app: App, service: Service): void {
  app.post('/v1/adjustments', {
    config: { roles: ['operator'] },
    schema: {
      operationId: 'proposeAdjustment',
      summary: 'Propose an adjustment',
      description:
        "Proposes to correct the time bank's own accounts by hand, with a document number and a reason. Another person has to approve it, unless the rules let one person move so little alone: then it is posted at once.",
      tags: ['ledger'],
      querystring: dryRunQuery,
      body: NewAdjustment,
      response: {
        200: Adjustment,
        201: Adjustment,
        ...problemResponses(...commandRefusals, ...legRefusals, ...postRefusals, 'date_in_future'),
      },
    },
    handler: (request, reply) => {
      const { principal } = request;
      const { kind = 'adjustment', effective_on: effectiveOn, ...rest } = request.body;
      const proposal = { id: newId(), kind, effectiveOn, ...rest };
      return runCommand(service, request, reply, {
        decide: (stage) => proposeAdjustment(stage, service.rules, proposal, actorOf(principal), principal.alias),
        show: viewAdjustment,
        dryRun: request.query.dry_run,
      });
    },
  });
}

function registerDeciding(app: App, service: Service): void {
  app.post('/v1/adjustments/:id/approve', {
    config: { roles: ['operator'] },
    schema: {
      operationId: 'approveAdjustment',
      summary: 'Approve an adjustment',
      description:
        'Posts what was proposed. Whoever proposed it cannot approve it, under whatever role; nor can whose purse it moves.',
      tags: ['ledger'],
      querystring: dryRunQuery,
      params,
      body: NoBody,
      response: {
        200: Adjustment,
        ...problemResponses(...commandRefusals, ...decideRefusals, ...legRefusals, ...postRefusals),
      },
    },
    handler: (request, reply) => {
      const approval = {
        id: request.params.id,
        approvedBy: actorOf(request.principal),
        alias: request.principal.alias,
        freeHolds: freeHoldsBy(service.rules),
      };
      return runCommand(service, request, reply, {
        decide: (stage) => approveAdjustment(stage, service.rules, approval),
        show: viewAdjustment,
        status: 200,
        dryRun: request.query.dry_run,
      });
    },
  });

  app.post('/v1/adjustments/:id/reject', {
    config: { roles: ['operator'] },
    schema: {
      operationId: 'rejectAdjustment',
      summary: 'Reject an adjustment',
      description: 'Rejects what was proposed, or withdraws it: whoever proposed it may do so, too.',
      tags: ['ledger'],
      querystring: dryRunQuery,
      params,
      body: Rejection,
      response: { 200: Adjustment, ...problemResponses(...commandRefusals, ...decideRefusals) },
    },
    handler: (request, reply) => {
      const rejection = { rejectedBy: actorOf(request.principal), reason: request.body?.reason ?? null };
      return runCommand(service, request, reply, {
        decide: (stage) => rejectAdjustment(stage, service.rules, request.params.id, rejection),
        show: viewAdjustment,
        status: 200,
        dryRun: request.query.dry_run,
      });
    },
  });
}

function registerReading(app: App, service: Service): void {
  app.get('/v1/adjustments', {
    config: { roles: readers },
    schema: {
      operationId: 'listAdjustments',
      summary: 'List adjustments',
      description: 'Adjustments in the order in which they were proposed; `state` narrows.',
      tags: ['ledger'],
      querystring: Type.Object({ state: Type.Optional(State), ...pageQuery }, closed),
      response: { 200: AdjustmentPage, ...problemResponses(...guardedRefusals) },
    },
    handler: async (request) => {
      const { state = null } = request.query;
      const ledgerId = await ledgerIdOf(service, request.principal);
      const { page, next_cursor } = await readPage(
        request.query,
        idShape,
        (rows) => listAdjustments(service.sql, ledgerId, { state, ...rows }),
        (adjustment) => adjustment.id,
      );
      return { adjustments: page, next_cursor };
    },
  });

  app.get('/v1/adjustments/:id', {
    config: { roles: readers },
    schema: {
      operationId: 'getAdjustment',
      summary: 'One adjustment',
      description: 'The adjustment as it stands now.',
      tags: ['ledger'],
      params,
      response: { 200: Adjustment, ...problemResponses(...guardedRefusals, 'adjustment_not_found') },
    },
    handler: async (request) =>
      readAdjustment(service.sql, await ledgerIdOf(service, request.principal), request.params.id),
  });
}
