/**
 * What becomes of a member: belonging to another unit, or to a second one, taking another name or card, taking part or not. Each change has its
 * day and stays in the member's history. It does not know how two members become one.
 */
import { refuseFutureDay } from '../../ledger/dates.js';
import { change, type RowChange, type StagedEntry } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import { newSalt } from '../../lib/salt.js';
import type { TimebankKind } from '../chart.js';
import {
  type MemberChangeKind,
  type MemberState,
  type MemberStateReason,
  memberStatesNext,
  memberStatesZh,
} from '../people-words.js';
import { inactive, type Member, refuseMerged } from './members.js';
import { requireOpenUnit } from './org-units.js';
import { requireNotErased } from './personal-data/not-erased.js';
import { type Reach, requireMemberWithin, requireUnitWithin } from './reach.js';
import { formerNameRows, memberChangeRows, memberRows, personRows } from './rows.js';
import { isOneOf } from './second-person.js';

/** Who is changed, how far whoever changes them sees, and from when on: today unless it is given. */
export interface MemberChange {
  readonly id: string;
  readonly reach: Reach;
  readonly effectiveOn?: string | undefined;
}

/** A member as a command leaves them. */
export interface ChangedMember {
  readonly member: Member;
  readonly entry: StagedEntry;
}

/**
 * Gives a member another unit, another second one (null: none), or both; a second unit that becomes the first is the second no more.
 * Refuses: `member_not_found`, `member_merged`, `member_inactive` (died), `member_unchanged`, `org_unit_not_found` (a unit that is left
 * or joined lies out of reach, too), `org_unit_closed`, `second_unit_invalid`, and as a date (see `postChange`).
 */
export function transferMember(
  stage: Stage,
  asked: MemberChange & { readonly unit: string; readonly secondUnit?: string | null | undefined },
): ChangedMember {
  const member = requireLiving(stage, asked);
  const { org_unit_id: unit, second_org_unit_id: second } = member;
  const kept = second === asked.unit ? null : second;
  const next = { unit: asked.unit, second: asked.secondUnit === undefined ? kept : asked.secondUnit };
  if (next.unit === unit && next.second === second) throw unchanged(asked.id);
  if (next.unit === next.second)
    throw new Refusal('second_unit_invalid', {
      en: `${next.unit} cannot be both the unit and the second unit of ${asked.id}`,
      zh: `${next.unit} 不能同时是 ${asked.id} 的所属单元和第二单元`,
    });
  const before = [unit, second].filter((one) => one !== null);
  const after = [next.unit, next.second].filter((one) => one !== null);
  for (const left of before.filter((one) => !after.includes(one))) requireUnitWithin(stage, asked.reach, left);
  for (const joined of after.filter((one) => !before.includes(one))) {
    requireUnitWithin(stage, asked.reach, joined);
    requireOpenUnit(stage, joined);
  }
  const moved: Member = { ...member, org_unit_id: next.unit, second_org_unit_id: next.second };
  return postChange(stage, { asked, member, next: moved, became: 'transferred' });
}

/**
 * Gives a member another name; the former one is kept beside the books, where it can be erased.
 * Refuses: `member_not_found`, `member_merged`, `member_erased`, `member_unchanged`, and as a date (see `postChange`).
 */
export function renameMember(stage: Stage, asked: MemberChange & { readonly name: string }): ChangedMember {
  const member = requireMemberWithin(stage, asked.reach, asked.id);
  refuseMerged(member);
  requireNotErased(stage, asked.id);
  const person = stage.row(personRows, asked.id);
  if (!person) throw new Error(`member ${asked.id} is nobody`);
  if (person.name === asked.name) throw unchanged(asked.id);
  const replacedBy = BigInt(stage.watermark + 1);
  const former = { member_id: asked.id, replaced_by: replacedBy, name: person.name, salt: newSalt() };
  const rows = [
    change(personRows, { ...person, name: asked.name, salt: newSalt() }),
    ...(person.name === null ? [] : [change(formerNameRows, former, false)]),
  ];
  return postChange(stage, { asked, member, next: member, became: 'renamed', rows });
}

/**
 * Gives a member another card, from now on and whatever their state: those that were shown or printed before prove nothing any more.
 * Refuses: `member_not_found`, `member_merged`.
 */
export function replaceMemberCard(stage: Stage, asked: Omit<MemberChange, 'effectiveOn'>): ChangedMember {
  const member = requireMemberWithin(stage, asked.reach, asked.id);
  refuseMerged(member);
  return postChange(stage, { asked, member, next: member, became: 'card_replaced' });
}

/**
 * Says whether a member takes part. Who comes back needs a unit that is in use, and somebody else to say so; `alias` is a member's id that
 * whoever acts has beside a pseudonym.
 * Refuses: `member_not_found`, `member_merged`, `member_unchanged`, `self_approval`, `member_state_invalid` (it does not follow from the one before),
 * `org_unit_closed`, and as a date (see `postChange`).
 */
export function changeMemberState(
  stage: Stage,
  asked: MemberChange & {
    readonly state: MemberState;
    readonly reasonCode?: MemberStateReason | undefined;
    readonly alias?: string | undefined;
  },
): ChangedMember {
  const member = requireMemberWithin(stage, asked.reach, asked.id);
  refuseMerged(member);
  const { state } = asked;
  if (member.state === state) throw unchanged(asked.id);
  if (state === 'active' && isOneOf(stage, [asked.id], stage.actingAs, asked.alias))
    throw new Refusal('self_approval', {
      en: 'nobody lets themselves take part again',
      zh: '任何人不得恢复本人的参与',
    });
  if (state === 'merged' || !memberStatesNext[member.state].includes(state))
    throw new Refusal('member_state_invalid', {
      en: `member ${asked.id} is ${member.state}: that does not become ${state}`,
      zh: `成员 ${asked.id} 的状态为“${memberStatesZh[member.state]}”，不能变更为“${memberStatesZh[state]}”`,
    });
  if (member.state === 'left' && state === 'active') {
    requireOpenUnit(stage, member.org_unit_id);
    if (member.second_org_unit_id !== null) requireOpenUnit(stage, member.second_org_unit_id);
  }
  const { reasonCode } = asked;
  const next: Member = { ...member, state };
  return postChange(stage, {
    asked,
    member,
    next,
    became: becomes[state],
    reasonCode,
  });
}

/** What became of a member who is in a state now. */
const becomes: Readonly<Record<Exclude<MemberState, 'merged'>, Exclude<MemberChangeKind, 'merged'>>> = {
  active: 'reactivated',
  suspended: 'suspended',
  left: 'left',
  deceased: 'deceased',
};

const entryKinds: Readonly<Record<Exclude<MemberChangeKind, 'merged'>, TimebankKind>> = {
  transferred: 'member_transferred',
  renamed: 'member_renamed',
  card_replaced: 'member_card_replaced',
  suspended: 'member_state_changed',
  reactivated: 'member_state_changed',
  left: 'member_state_changed',
  deceased: 'member_state_changed',
};

/** Refuses: `member_not_found`, `member_merged`, `member_inactive`. */
function requireLiving(stage: Stage, { id, reach }: MemberChange): Member {
  const member = requireMemberWithin(stage, reach, id);
  refuseMerged(member);
  if (member.state === 'deceased') throw inactive(id, member.state);
  return member;
}

function unchanged(id: string): Refusal {
  return new Refusal('member_unchanged', {
    en: `member ${id} is so already`,
    zh: `成员 ${id} 与所求一致，无须变更`,
  });
}

interface Change {
  readonly asked: MemberChange;
  readonly member: Member;
  readonly next: Member;
  readonly became: keyof typeof entryKinds;
  readonly reasonCode?: MemberStateReason | undefined;
  readonly rows?: readonly RowChange[];
}

/**
 * A card that was replaced holds up nothing that took effect before.
 * Refuses: `date_in_future`, `date_before_original` (before the last change of the member), `period_closed`.
 */
function postChange(stage: Stage, { asked, member, next, became, reasonCode, rows = [] }: Change) {
  const { id, effectiveOn = stage.today } = asked;
  refuseFutureDay(stage, effectiveOn);
  const last = stage
    .rows(memberChangeRows, 'member', id)
    .filter(({ kind }) => kind !== 'card_replaced')
    .reduce((day, one) => (one.effective_on > day ? one.effective_on : day), '');
  if (effectiveOn < last)
    throw new Refusal('date_before_original', {
      en: `${effectiveOn} lies before ${last}, the day of the last change of ${id}`,
      zh: `${effectiveOn} 早于 ${id} 上次变更的日期 ${last}`,
    });
  const history = { became, effectiveOn, reasonCode };
  const entry = stage.post({
    kind: entryKinds[became],
    effectiveOn,
    ...(reasonCode !== undefined && { reason: reasonCode }),
    rows: [change(memberRows, next), memberHistory(stage, member, next, history), ...rows],
  });
  return { member: next, entry };
}

/** The row of a member's history for a change from one row to the next. */
export function memberHistory(
  stage: Stage,
  before: Member,
  after: Member,
  about: { became: MemberChangeKind; effectiveOn: string; reasonCode?: MemberStateReason | undefined },
): RowChange {
  return change(memberChangeRows, {
    member_id: after.member_id,
    kind: about.became,
    effective_on: about.effectiveOn,
    org_unit_id: after.org_unit_id,
    second_org_unit_id: after.second_org_unit_id,
    state: after.state,
    was_org_unit_id: before.org_unit_id,
    was_second_org_unit_id: before.second_org_unit_id,
    was_state: before.state,
    reason_code: about.reasonCode ?? null,
    changed_by: stage.actingAs,
  });
}
