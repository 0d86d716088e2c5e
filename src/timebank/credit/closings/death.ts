/**
 * A member has died: one person reports it, and from then on nobody uses the accounts; two more approve it, and the second settles them, to whom the
 * member had nominated or into the pool. A report that was wrong is withdrawn by another person, and the member is what they were. It voids no hold
 * and cancels no order: a partner may have given for what is held, and what is not taken up lapses by itself.
 */

import { firstOpenDay, refuseFutureDay } from '../../../ledger/dates.js';
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { addDays } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import { newSalt } from '../../../lib/salt.js';
import { mayInherit, nominatedOn } from '../../people/beneficiaries.js';
import { memberHistory } from '../../people/member-changes.js';
import { type Member, refuseMerged, requireMember } from '../../people/members.js';
import { isErased } from '../../people/personal-data/not-erased.js';
import { requireMemberWithin } from '../../people/reach.js';
import { memberChangeRows, memberRows } from '../../people/rows.js';
import { keptAlias } from '../../people/second-person.js';
import type { MemberState } from '../../people-words.js';
import {
  type Closer,
  type Closing,
  decidedBy,
  hasAnything,
  journal,
  nameOf,
  openClosing,
  refuseFirst,
  refuseOpenClosing,
  refuseParty,
  requireClosing,
  undecided,
} from './closing.js';
import { closingRows } from './rows.js';
import { type Settlement, settleMember } from './settle.js';

export interface DeathReport extends Closer {
  /** A new UUID for the closing. */
  readonly closingId: string;
  readonly diedOn: string;
  /** The number of the document that says so. */
  readonly document: string;
}

/**
 * Refuses, in order: `member_not_found` (also out of reach), `member_merged`, `date_in_future`, `closing_open` (reported already), `self_approval` (of
 * oneself, or by whom the member had nominated), `member_unchanged` (who is known to have died, and has and owes nothing).
 */
export function reportDeath(stage: Stage, report: DeathReport): Closing {
  const { id, closingId, diedOn, actor } = report;
  const member = requireMemberWithin(stage, report.reach, id);
  refuseMerged(member);
  refuseFutureDay(stage, diedOn);
  const leaving = openClosing(stage, id);
  if (leaving?.cause === 'died') refuseOpenClosing(stage, id);
  refuseParty(stage, [id, nominatedOn(stage, member, diedOn)], report);
  if (member.state === 'deceased' && !hasAnything(stage, id))
    throw new Refusal('member_unchanged', {
      en: `${id} is known to have died, and has and owes nothing`,
      zh: `${id} 已登记身故，且没有余额或欠额`,
    });
  const effectiveOn = firstDayFor(stage, id, diedOn);
  const row = {
    closing_id: closingId,
    member_id: id,
    cause: 'died' as const,
    state: 'open' as const,
    destination: null,
    beneficiary_id: null,
    // Nothing is written any more about who is erased.
    document: isErased(stage, id) ? null : report.document,
    died_on: diedOn,
    was_state: member.state,
    salt: newSalt(),
    proposed_by: actor,
    proposed_alias: keptAlias(report, nameOf(closingId)),
    proposed_at: stage.instant,
    ...undecided,
  };
  return journal(stage, 'death_reported', row, {
    effectiveOn,
    rows: [
      ...becomes(stage, member, 'deceased', effectiveOn),
      // Who has died does not leave.
      ...(leaving ? [change(closingRows, { ...leaving, state: 'withdrawn', ...decidedBy(stage, actor) })] : []),
    ],
  });
}

/**
 * The first approval is kept, the second settles. Refuses, in order: `member_not_found` (also out of reach), `closing_not_found`, `self_approval` (whom the
 * member had nominated, who reported it, or who approved it), and what `settleMember` refuses.
 */
export function approveDeath(stage: Stage, closer: Closer & Pick<Settlement, 'refuseHeld'>): Closing {
  const { id, actor, refuseHeld } = closer;
  const member = requireMemberWithin(stage, closer.reach, id);
  const closing = requireClosing(stage, id, true);
  const diedOn = closing.died_on ?? stage.today;
  const nominated = nominatedOn(stage, member, diedOn);
  refuseParty(stage, [id, nominated], closer);
  refuseFirst(stage, closing, closer);
  if (closing.approved_by === null)
    return journal(stage, 'death_approved', {
      ...closing,
      approved_by: actor,
      approved_alias: keptAlias(closer, nameOf(closing.closing_id)),
      approved_at: stage.instant,
    });
  const has = nominated !== null && isHeir(stage, member, requireMember(stage, nominated), diedOn);
  const [destination, beneficiary] = has ? (['kin', nominated] as const) : (['pool', null] as const);
  return settleMember(stage, { closing, destination, beneficiary, actor, rows: [], refuseHeld });
}

/** On the day of death, or, where the relation was ended on that day because of it, on the day before. */
function isHeir(stage: Stage, member: Member, nominated: Member, diedOn: string): boolean {
  return [diedOn, addDays(diedOn, -1)].some((day) => mayInherit(stage, member, nominated, day));
}

/**
 * The report was wrong: the member is what they were before, as of the day from which on it counted.
 * Refuses: `member_not_found` (also out of reach), `closing_not_found`, `self_approval` (who reported it).
 */
export function withdrawDeath(stage: Stage, closer: Closer): Closing {
  const { id, actor } = closer;
  const member = requireMemberWithin(stage, closer.reach, id);
  const closing = requireClosing(stage, id, true);
  refuseParty(stage, [id], closer);
  refuseFirst(stage, { ...closing, approved_by: null }, closer);
  const effectiveOn = firstDayFor(stage, id, closing.died_on ?? stage.today);
  const { was_state: before } = closing;
  return journal(
    stage,
    'death_withdrawn',
    { ...closing, state: 'withdrawn', ...decidedBy(stage, actor) },
    { effectiveOn, rows: becomes(stage, member, before, effectiveOn) },
  );
}

/** The day itself; not before the last change of the member, and the first that is open. */
function firstDayFor(stage: Stage, memberId: string, day: string): string {
  const last = stage
    .rows(memberChangeRows, 'member', memberId)
    .filter(({ kind }) => kind !== 'card_replaced')
    .reduce((latest, { effective_on }) => (effective_on > latest ? effective_on : latest), day);
  return firstOpenDay(stage, last);
}

/** The member in another state, and the history of it; of who is in that state already, nothing changes. */
function becomes(stage: Stage, member: Member, state: MemberState, effectiveOn: string): RowChange[] {
  if (member.state === state) return [];
  const next: Member = { ...member, state };
  const became = state === 'active' ? 'reactivated' : state;
  return [change(memberRows, next), memberHistory(stage, member, next, { became, effectiveOn })];
}
