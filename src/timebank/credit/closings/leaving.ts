/**
 * A member leaves, or moves away: one person proposes it, who may be the member, and another approves it. With the approval the accounts are settled
 * and the member has left, in one entry. Who comes back begins with empty purses and all their hours.
 */
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { newSalt } from '../../../lib/salt.js';
import { requireBeneficiary, requireTheirs } from '../../people/beneficiaries.js';
import { memberHistory } from '../../people/member-changes.js';
import { inactive, type Member, refuseMerged, requireActive } from '../../people/members.js';
import { isErased } from '../../people/personal-data/not-erased.js';
import { requireMemberWithin } from '../../people/reach.js';
import { memberRows } from '../../people/rows.js';
import { keptAlias } from '../../people/second-person.js';
import {
  type Closer,
  type Closing,
  decidedBy,
  hasAnything,
  journal,
  nameOf,
  refuseFirst,
  refuseOpenClosing,
  refuseParty,
  requireClosing,
  undecided,
} from './closing.js';
import type { ClosingDestination } from './closing-words.js';
import { type Settlement, settleMember } from './settle.js';

export interface LeavingRequest extends Closer {
  /** A new UUID for the closing. */
  readonly closingId: string;
  readonly cause: 'left' | 'moved';
  readonly to: ClosingDestination;
  readonly kin: string | null;
  /** The number of the document that says so. */
  readonly document: string | null;
  /** The member who asks, under any id; null: an office does. */
  readonly own: string | null;
}

/**
 * Refuses, in order: `member_not_found` (also another's, or out of reach), `member_merged`, `member_inactive` (died), `member_suspended` (who asks for
 * themselves), `closing_open`, `beneficiary_invalid`, `self_approval` (the relative who is to have it), `member_unchanged` (who has left, and has and owes nothing).
 */
export function proposeLeaving(stage: Stage, request: LeavingRequest): Closing {
  const { id, closingId, cause, to, actor, own } = request;
  const member = requireTheirs(stage, request);
  if (member.state === 'deceased') throw inactive(id, member.state);
  if (own !== null && member.state === 'suspended') requireActive(stage, member);
  refuseOpenClosing(stage, id);
  const beneficiary = beneficiaryOf(stage, member, request);
  refuseParty(stage, [beneficiary], request);
  if (member.state === 'left' && !hasAnything(stage, id))
    throw new Refusal('member_unchanged', {
      en: `${id} has left, and has and owes nothing`,
      zh: `${id} 已退出，且没有余额或欠额`,
    });
  return journal(stage, 'leaving_proposed', {
    closing_id: closingId,
    member_id: id,
    cause,
    state: 'open',
    destination: to,
    beneficiary_id: beneficiary,
    // Nothing is written any more about who is erased.
    document: isErased(stage, id) ? null : request.document,
    died_on: null,
    was_state: member.state,
    salt: newSalt(),
    proposed_by: actor,
    proposed_alias: keptAlias(request, nameOf(closingId)),
    proposed_at: stage.instant,
    ...undecided,
  });
}

/**
 * Refuses, in order: `member_not_found`, `member_merged`, `closing_not_found`, `member_inactive` (died), `self_approval` (the member, the relative, or
 * who proposed it), `beneficiary_invalid`, and what `settleMember` refuses.
 */
export function approveLeaving(stage: Stage, closer: Closer & Pick<Settlement, 'refuseHeld'>): Closing {
  const { id, actor, refuseHeld } = closer;
  const member = requireMemberWithin(stage, closer.reach, id);
  refuseMerged(member);
  const closing = requireClosing(stage, id, false);
  if (member.state === 'deceased') throw inactive(id, member.state);
  refuseParty(stage, [id, closing.beneficiary_id], closer);
  refuseFirst(stage, closing, closer);
  const { destination, beneficiary_id: named } = closing;
  if (destination === null) throw new Error(`leaving of ${id} goes nowhere`);
  const beneficiary = named === null ? null : requireBeneficiary(stage, member, named, stage.today).member_id;
  refuseParty(stage, [beneficiary], closer);
  const rows = rowsOfLeaving(stage, member, closing);
  return settleMember(stage, { closing, destination, beneficiary, actor, rows, refuseHeld });
}

/** Takes a proposal back, whoever made it. Refuses: `member_not_found` (also another's, or out of reach), `member_merged`, `closing_not_found`. */
export function withdrawLeaving(stage: Stage, closer: Closer & { readonly own: string | null }): Closing {
  requireTheirs(stage, closer);
  const closing = requireClosing(stage, closer.id, false);
  return journal(stage, 'leaving_withdrawn', {
    ...closing,
    state: 'withdrawn',
    ...decidedBy(stage, closer.actor),
  });
}

/** Refuses: `member_not_found`, `beneficiary_invalid` (also none with `kin`, or one without). */
function beneficiaryOf(stage: Stage, member: Member, { to, kin }: LeavingRequest): string | null {
  if ((to === 'kin') !== (kin !== null))
    throw new Refusal('beneficiary_invalid', {
      en:
        to === 'kin'
          ? 'it is to go to a relative, and none is named'
          : 'a relative is named, and it is to go elsewhere',
      zh: to === 'kin' ? '余额转给亲属的，须填写亲属' : '余额不转给亲属的，不填写亲属',
    });
  return kin === null ? null : requireBeneficiary(stage, member, kin, stage.today).member_id;
}

function rowsOfLeaving(stage: Stage, member: Member, { cause }: Closing): RowChange[] {
  if (member.state === 'left') return [];
  const left: Member = { ...member, state: 'left' };
  const reasonCode = cause === 'moved' ? ('moved_away' as const) : ('own_request' as const);
  return [
    change(memberRows, left),
    memberHistory(stage, member, left, { became: 'left', effectiveOn: stage.today, reasonCode }),
  ];
}
