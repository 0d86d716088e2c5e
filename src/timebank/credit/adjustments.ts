/**
 * Adjustments of the time bank's own accounts: one person proposes the legs with a document number and a reason, another
 * approves, and only then are they posted. What a kind may move is a table (movements.ts); how much one person may move alone
 * is a rule. Reference and reason are free text: they stand in the row and beside the entry, never in a leaf.
 */
import { refuseFutureDay } from '../../ledger/dates.js';
import { change, type EntryDraft } from '../../ledger/drafts.js';
import type { EntryRequest, ManualKind } from '../../ledger/entries.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import { newSalt } from '../../lib/salt.js';
import type { TimebankKind } from '../chart.js';
import { type Beside, isFirstPerson, keptAlias } from '../people/second-person.js';
import {
  type CheckedLeg,
  checkLegs,
  freeHeld,
  isWithin,
  opensPurses,
  readLegs,
  refuseOwnPurse,
  writeLegs,
} from './adjustment-legs.js';
import type { FreeHolds } from './receivable.js';
import { adjustmentRows } from './rows.js';
import { type RuleSet, ruleSetName } from './rule-set.js';

export const adjustmentStates = ['proposed', 'posted', 'rejected', 'reversed'] as const;
export type AdjustmentState = (typeof adjustmentStates)[number];

export type Adjustment = ReturnType<typeof adjustmentRows.decode>;

export interface AdjustmentRequest {
  /** A new UUID for the adjustment. */
  readonly id: string;
  readonly kind: ManualKind;
  /** Default: the day on which it is posted. */
  readonly effectiveOn?: string | undefined;
  /** The number of the document that says why. */
  readonly reference: string;
  readonly reason: string;
  readonly legs: EntryRequest['legs'];
  readonly freeHolds: FreeHolds;
}

/**
 * Proposes an adjustment, or posts it at once when it moves no more than one person may.
 * Refuses: `date_in_future`, `leg_invalid`, `member_not_found`, `account_not_found`, `asset_mismatch`, `leg_restricted`,
 * `team_dissolved`, `amount_invalid`, `self_approval` (a purse of the proposer's own); posted at once, what `Stage.post` refuses.
 */
export function proposeAdjustment(
  stage: Stage,
  rules: RuleSet,
  request: AdjustmentRequest,
  proposedBy: string,
  beside: Beside = {},
): Adjustment {
  if (request.effectiveOn !== undefined) refuseFutureDay(stage, request.effectiveOn);
  const legs = checkLegs(stage, request.kind, request.legs);
  refuseOwnPurse(stage, legs, proposedBy, beside.alias);
  const row: Adjustment = {
    adjustment_id: request.id,
    state: 'proposed',
    kind: request.kind,
    effective_on: request.effectiveOn ?? null,
    legs: writeLegs(legs),
    reference: request.reference,
    reason: request.reason,
    rejection: null,
    salt: newSalt(),
    proposed_by: proposedBy,
    proposed_alias: keptAlias(beside, nameOf(request.id)),
    proposed_at: stage.instant,
    decided_by: null,
    decided_at: null,
  };
  if (isWithin(legs, rules.adjustment_alone_max))
    return postAdjustment(stage, rules, row, { legs, decidedBy: proposedBy, freeHolds: request.freeHolds });
  return journal(stage, rules, row, { kind: 'adjustment_proposed' satisfies TimebankKind });
}

export interface Approval extends Beside {
  readonly id: string;
  readonly approvedBy: string;
  readonly freeHolds: FreeHolds;
}

/**
 * Posts what another person has proposed.
 * Refuses: `adjustment_not_found`, `adjustment_decided`, `self_approval` (who proposed it, under whatever role; or a purse of the
 * approver's own), what `proposeAdjustment` refuses of legs, then what `Stage.post` refuses.
 */
export function approveAdjustment(
  stage: Stage,
  rules: RuleSet,
  { id, approvedBy, freeHolds, ...beside }: Approval,
): Adjustment {
  const row = requireProposed(stage, id);
  const first = { actor: row.proposed_by, alias: row.proposed_alias };
  if (isFirstPerson(stage, nameOf(id), first, { actor: approvedBy, ...beside })) {
    throw new Refusal('self_approval', {
      en: 'who proposed an adjustment cannot approve it',
      zh: '提出调账的人不能审批该调账',
    });
  }
  const legs = checkLegs(stage, row.kind as ManualKind, readLegs(row.legs));
  refuseOwnPurse(stage, legs, approvedBy, beside.alias);
  return postAdjustment(stage, rules, row, { legs, decidedBy: approvedBy, freeHolds });
}

/** Refuses: `adjustment_not_found`, `adjustment_decided`. Whoever proposed it may withdraw it so. */
export function rejectAdjustment(
  stage: Stage,
  rules: RuleSet,
  id: string,
  { rejectedBy, reason }: { rejectedBy: string; reason: string | null },
): Adjustment {
  const row = requireProposed(stage, id);
  const rejected: Adjustment = { ...row, state: 'rejected', rejection: reason, ...decided(stage, rejectedBy) };
  return journal(stage, rules, rejected, { kind: 'adjustment_rejected' satisfies TimebankKind });
}

interface Posting {
  readonly legs: readonly CheckedLeg[];
  readonly decidedBy: string;
  readonly freeHolds: FreeHolds;
}

/** Purses that nothing was posted to yet open with it. The legs are posted as they were approved, debt or no debt. */
function postAdjustment(
  stage: Stage,
  rules: RuleSet,
  row: Adjustment,
  { legs, decidedBy, freeHolds }: Posting,
): Adjustment {
  freeHeld(stage, legs, freeHolds);
  const effectiveOn = row.effective_on ?? stage.today;
  const posted: Adjustment = { ...row, state: 'posted', effective_on: effectiveOn, ...decided(stage, decidedBy) };
  return journal(stage, rules, posted, {
    kind: row.kind,
    effectiveOn,
    control: true,
    legs: legs.map(({ debit, credit, amount }) => ({ debit, credit, amount })),
    opens: opensPurses(stage, legs),
    text: { reference: row.reference ?? undefined, description: row.reason ?? undefined },
  });
}

function journal(stage: Stage, rules: RuleSet, row: Adjustment, draft: EntryDraft): Adjustment {
  const { number } = stage.post({ ...draft, ruleSet: ruleSetName(rules), rows: [change(adjustmentRows, row)] });
  return { ...row, entry: number };
}

/** Refuses: `adjustment_not_found`. */
export function requireAdjustment(stage: Stage, id: string): Adjustment {
  const row = stage.row(adjustmentRows, id);
  if (!row)
    throw new Refusal('adjustment_not_found', { en: `there is no adjustment ${id}`, zh: `没有编号为 ${id} 的调账` });
  return row;
}

function requireProposed(stage: Stage, id: string): Adjustment {
  const row = requireAdjustment(stage, id);
  if (row.state !== 'proposed')
    throw new Refusal('adjustment_decided', {
      en: `adjustment ${id} is ${row.state} already`,
      zh: `调账 ${id} 已${row.state === 'posted' ? '过账' : '驳回'}`,
    });
  return row;
}

/** How what is sealed for the row of an adjustment names it. */
const nameOf = (id: string) => `adjustments/${id}`;

const decided = (stage: Stage, actor: string) => ({
  proposed_alias: null,
  decided_by: actor,
  decided_at: stage.instant,
});

/** An adjustment as the interface shows it; `entry` is the number of the entry that last changed it. */
export function viewAdjustment(row: Adjustment) {
  const { adjustment_id: id, kind, effective_on, reference, reason, rejection } = row;
  const { proposed_by, proposed_at, decided_by, decided_at } = row;
  return {
    id,
    state: row.state as AdjustmentState,
    kind: kind as ManualKind,
    effective_on,
    reference,
    reason,
    legs: readLegs(row.legs),
    proposed_by,
    proposed_at,
    decided_by,
    decided_at,
    rejection,
    entry: String(row.entry),
  };
}

export type AdjustmentView = ReturnType<typeof viewAdjustment>;
