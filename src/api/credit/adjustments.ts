/** Adjustments over HTTP: one person proposes what is to be corrected by hand, another approves or rejects it. */
import { Type } from 'typebox';
import { actorOf, fillIn, runCommand } from '../../http/commands.js';
import { readPage } from '../../http/pages.js';
import { commandRefusals, guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { closed, dryRunQuery, NoBody, pageQuery, Uuid } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { idShape, newId } from '../../lib/ids.js';
import { listAdjustments, readAdjustment } from '../../timebank/credit/adjustment-reads.js';
import {
  type AdjustmentView,
  approveAdjustment,
  proposeAdjustment,
  type Adjustment as Row,
  rejectAdjustment,
  viewAdjustment,
} from '../../timebank/credit/adjustments.js';
import { eraseAdjustmentText } from '../../timebank/credit/erasure.js';
import { freeHoldsBy } from '../../timebank/partners/redemptions/release.js';
import { NewTextErasure } from '../ledger/entry-shapes.js';
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
  registerErasing(app, service);
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
        show: viewWithoutTexts,
        reveal: (body) => fillIn(body, { reference: proposal.reference, reason: proposal.reason }),
        dryRun: request.query.dry_run,
      });
    },
  });
}

/** What an adjustment says can be erased, and answers are remembered: its texts are put in when an answer is sent. */
function viewWithoutTexts(row: Row): AdjustmentView {
  return { ...viewAdjustment(row), reference: null, reason: null, rejection: null };
}

/** Who decides does not repeat what was proposed: it comes from the row, for as long as it stands there. */
async function withTextsOfRow(service: Service, principal: Principal, body: string, own: object = {}): Promise<string> {
  const { id } = JSON.parse(body) as { id: string };
  const { reference, reason } = await readAdjustment(service.sql, await ledgerIdOf(service, principal), id);
  return fillIn(body, { reference, reason, ...own });
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
        show: viewWithoutTexts,
        reveal: (body) => withTextsOfRow(service, request.principal, body),
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
        show: viewWithoutTexts,
        reveal: (body) => withTextsOfRow(service, request.principal, body, { rejection: rejection.reason }),
        status: 200,
        dryRun: request.query.dry_run,
      });
    },
  });
}

function registerErasing(app: App, service: Service): void {
  app.post('/v1/adjustments/:id/text-erasure', {
    config: { roles: ['operator'] },
    schema: {
      operationId: 'eraseAdjustmentText',
      summary: 'Erase the texts of an adjustment',
      description:
        'Erases reference, reason and rejection of an adjustment that is decided, and what stands of them beside the entry that it posted; journals that it was done. It cannot be undone.',
      tags: ['ledger'],
      querystring: dryRunQuery,
      params,
      body: NewTextErasure,
      response: {
        200: Adjustment,
        ...problemResponses(...commandRefusals, 'adjustment_not_found', 'adjustment_undecided', 'text_absent'),
      },
    },
    handler: (request, reply) =>
      runCommand(service, request, reply, {
        decide: (stage) => eraseAdjustmentText(stage, request.params.id, request.body.reason),
        show: viewWithoutTexts,
        status: 200,
        dryRun: request.query.dry_run,
      }),
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
