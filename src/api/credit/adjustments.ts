/** Adjustments over HTTP: one person proposes what is to be corrected by hand, another approves or rejects it. */

import { Type } from 'typebox';
import { besideOf } from '../../http/beside.js';
import { actorOf, fillIn } from '../../http/commands.js';
import { command, list, read } from '../../http/routes.js';
import { closed, NoBody, Uuid } from '../../http/schemas.js';
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
import { rulesToday } from '../../timebank/credit/rules-in-force.js';
import { freeHolds } from '../../timebank/free-holds.js';
import { NewTextErasure } from '../ledger/entry-shapes.js';
import { Adjustment, AdjustmentPage, NewAdjustment, Rejection, State } from './adjustment-shapes.js';

const params = Type.Object({ id: Uuid }, closed);
const readers = ['operator', 'auditor'] as const;
const legRefusals = [
  'account_not_found',
  'member_not_found',
  'leg_invalid',
  'leg_restricted',
  'team_dissolved',
  'asset_mismatch',
  'amount_invalid',
  'self_approval',
  'member_merged',
  'member_suspended',
  'member_inactive',
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
  command(app, service, '/v1/adjustments', {
    roles: ['operator'],
    operationId: 'proposeAdjustment',
    summary: 'Propose an adjustment',
    description:
      "Proposes to correct the time bank's own accounts by hand, with a document number and a reason. Another person has to approve it, unless the rules let one person move so little alone: then it is posted at once.",
    tags: ['ledger'],
    body: NewAdjustment,
    answer: Adjustment,
    refusals: [...legRefusals, ...postRefusals, 'date_in_future'],
    prepare: ({ body, principal }) => {
      const { kind = 'adjustment', effective_on: effectiveOn, ...rest } = body;
      const proposal = { id: newId(), kind, effectiveOn, ...rest, freeHolds };
      const beside = besideOf(service, principal);
      return {
        decide: (stage) => proposeAdjustment(stage, rulesToday(stage), proposal, actorOf(principal), beside),
        show: viewWithoutTexts,
        reveal: (body) => fillIn(body, { reference: proposal.reference, reason: proposal.reason }),
      };
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
  command(app, service, '/v1/adjustments/:id/approve', {
    roles: ['operator'],
    operationId: 'approveAdjustment',
    summary: 'Approve an adjustment',
    description:
      'Posts what was proposed. Whoever proposed it cannot approve it, under whatever role; nor can whose purse it moves.',
    tags: ['ledger'],
    params,
    body: NoBody,
    status: 200,
    answer: Adjustment,
    refusals: [...decideRefusals, ...legRefusals, ...postRefusals],
    prepare: ({ params, principal }) => {
      const who = { approvedBy: actorOf(principal), ...besideOf(service, principal) };
      const approval = { id: params.id, ...who, freeHolds };
      return {
        decide: (stage) => approveAdjustment(stage, rulesToday(stage), approval),
        show: viewWithoutTexts,
        reveal: (body) => withTextsOfRow(service, principal, body),
      };
    },
  });

  command(app, service, '/v1/adjustments/:id/reject', {
    roles: ['operator'],
    operationId: 'rejectAdjustment',
    summary: 'Reject an adjustment',
    description: 'Rejects what was proposed, or withdraws it: whoever proposed it may do so, too.',
    tags: ['ledger'],
    params,
    body: Rejection,
    status: 200,
    answer: Adjustment,
    refusals: decideRefusals,
    prepare: ({ params, body, principal }) => {
      const rejection = { rejectedBy: actorOf(principal), reason: body?.reason ?? null };
      return {
        decide: (stage) => rejectAdjustment(stage, rulesToday(stage), params.id, rejection),
        show: viewWithoutTexts,
        reveal: (body) => withTextsOfRow(service, principal, body, { rejection: rejection.reason }),
      };
    },
  });
}

function registerErasing(app: App, service: Service): void {
  command(app, service, '/v1/adjustments/:id/text-erasure', {
    roles: ['operator'],
    operationId: 'eraseAdjustmentText',
    summary: 'Erase the texts of an adjustment',
    description:
      'Erases reference, reason and rejection of an adjustment that is decided, and what stands of them beside the entry that it posted; journals that it was done. It cannot be undone.',
    tags: ['ledger'],
    params,
    body: NewTextErasure,
    status: 200,
    answer: Adjustment,
    refusals: ['adjustment_not_found', 'adjustment_undecided', 'text_absent'],
    prepare: ({ params, body }) => ({
      decide: (stage) => eraseAdjustmentText(stage, params.id, body.reason),
      show: viewWithoutTexts,
    }),
  });
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/adjustments', {
    roles: readers,
    operationId: 'listAdjustments',
    summary: 'List adjustments',
    description: 'Adjustments in the order in which they were proposed; `state` narrows.',
    tags: ['ledger'],
    filters: { state: Type.Optional(State) },
    answer: AdjustmentPage,
    key: idShape,
    rows: ({ query: { state = null } }, ledger, page) => listAdjustments(service.sql, ledger.id, { state, ...page }),
    keyOf: ({ id }) => id,
    show: (adjustments) => ({ adjustments }),
  });

  read(app, service, '/v1/adjustments/:id', {
    roles: readers,
    operationId: 'getAdjustment',
    summary: 'One adjustment',
    description: 'The adjustment as it stands now.',
    tags: ['ledger'],
    params,
    answer: Adjustment,
    refusals: ['adjustment_not_found'],
    read: ({ params }, ledger) => readAdjustment(service.sql, ledger.id, params.id),
  });
}
