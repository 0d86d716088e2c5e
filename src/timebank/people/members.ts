/**
 * Members and where they belong. The books hold ids only; names stay in the person's row, telephone numbers are sealed, and neither ever
 * reaches an entry.
 */
import { refuseFutureDay } from '../../ledger/dates.js';
import { change, type StagedEntry } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import { newSalt } from '../../lib/salt.js';
import type { TimebankKind } from '../chart.js';
import type { TalentCategory } from '../community-words.js';
import type { Gender, MemberState } from '../people-words.js';
import { requireOpenUnit } from './org-units.js';
import type { PersonalKeys } from './personal-data/personal-keys.js';
import { generationRow, rowsOfApplication } from './personal-data/sealed-fields.js';
import { memberChangeRows, memberRows, orgUnitRows, personRows } from './rows.js';

export interface MemberRequest {
  readonly external_id: string;
  readonly name: string;
  readonly gender: Gender;
  readonly birth_date: string;
  readonly phone: string | null;
  readonly org_unit: string;
  readonly talent_category: TalentCategory | null;
}

/** Registers who has applied: see `rowsOfApplication`. Refuses: `member_exists`, `org_unit_not_found`, `org_unit_closed`, `date_in_future` (born after today). */
export function registerMember(stage: Stage, member: MemberRequest, keys: PersonalKeys): StagedEntry {
  stage.prefetch({
    rows: [[memberRows, member.external_id], [orgUnitRows, member.org_unit], generationRow],
  });
  if (stage.row(memberRows, member.external_id)) {
    throw new Refusal('member_exists', {
      en: `member ${member.external_id} exists already`,
      zh: `成员 ${member.external_id} 已存在`,
    });
  }
  requireOpenUnit(stage, member.org_unit);
  refuseFutureDay(stage, member.birth_date);
  const { external_id: id, org_unit: unit, name, gender, birth_date, phone, talent_category } = member;
  return stage.post({
    kind: 'member_registered' satisfies TimebankKind,
    rows: [
      change(memberRows, {
        member_id: id,
        org_unit_id: unit,
        second_org_unit_id: null,
        state: 'active',
        carry: 0n,
        merged_into: null,
        merged_from: null,
      }),
      change(personRows, { member_id: id, name, gender, birth_date, phone: null, talent_category, salt: newSalt() }),
      ...rowsOfApplication(stage, keys, id, phone),
    ],
  });
}

export type Member = NonNullable<ReturnType<typeof requireMember>>;

/** Refuses: `member_not_found`. */
export function requireMember(stage: Stage, memberId: string) {
  const member = stage.row(memberRows, memberId);
  if (!member) throw memberNotFound(memberId);
  return member;
}

/** Also said of a member who is none of the asker's business. */
export function memberNotFound(id: string): Refusal {
  return new Refusal('member_not_found', { en: `there is no member ${id}`, zh: `没有成员 ${id}` });
}

/** What became of two members who are one person. Refuses: `member_merged`, naming who the member is now. */
export function refuseMerged(member: Member): void {
  if (member.merged_into === null) return;
  throw new Refusal('member_merged', {
    en: `member ${member.member_id} is ${member.merged_into} now`,
    zh: `成员 ${member.member_id} 已并入 ${member.merged_into}`,
  });
}

/**
 * Who does not take part can neither earn nor redeem. `member` is a row that was loaded, or an id.
 * Refuses: `member_not_found`, `member_merged`, `member_suspended`, `member_inactive` (left, or died).
 */
export function requireActive(stage: Stage, member: Member | string): Member {
  const found = typeof member === 'string' ? requireMember(stage, member) : member;
  if (found.state === 'active') return found;
  refuseMerged(found);
  throw inactive(found.member_id, found.state);
}

/**
 * For what was given earlier: whoever took part at some time of that day has earned it, whatever has become of them since.
 * Refuses: `member_merged`, `member_suspended`, `member_inactive` (neither then nor now).
 */
export function requireActiveOn(stage: Stage, member: Member, day: string): void {
  if (member.state === 'active') return;
  refuseMerged(member);
  const later = stage
    .rows(memberChangeRows, 'member', member.member_id)
    .filter(({ effective_on, kind }) => effective_on >= day && kind !== 'card_replaced')
    .sort((one, other) => (one.entry ?? 0) - (other.entry ?? 0));
  const states = [later[0]?.was_state, ...later.filter((one) => one.effective_on === day).map(({ state }) => state)];
  if (!states.includes('active')) throw inactive(member.member_id, member.state);
}

/** What `requireActiveOn` reads beside the member's row. */
export function activeOnLists({ state, member_id }: Member) {
  return state === 'active' ? [] : [[memberChangeRows, 'member', member_id] as const];
}

/** The refusal of somebody who does not take part. */
export function inactive(id: string, state: MemberState): Refusal {
  if (state === 'suspended')
    return new Refusal('member_suspended', { en: `member ${id} is suspended`, zh: `成员 ${id} 已暂停参与` });
  return new Refusal('member_inactive', {
    en: `member ${id} does not take part any more`,
    zh: `成员 ${id} 已不再参与`,
  });
}

/** All ids under which the books know a member: their own first, then those of members that were merged into them. */
export function idsOf(member: Member): string[] {
  return [member.member_id, ...(member.merged_from?.split(' ') ?? [])];
}

/** Who members are now, by id, in the same order: of those that were merged, whom they were merged into. Refuses: `member_not_found`. */
export function idsNow(stage: Stage, ids: readonly string[]): string[] {
  stage.prefetch({ rows: ids.map((id) => [memberRows, id] as const) });
  const now = ids.map((id) => requireMember(stage, id).merged_into ?? id);
  stage.prefetch({ rows: now.map((id) => [memberRows, id] as const) });
  return now;
}

/** All ids of the person behind a name, which may be one of those ids; of who is no member, the name alone. */
export function idsBehind(stage: Stage, name: string): string[] {
  return stage.row(memberRows, name) ? allIdsOf(stage, name) : [name];
}

/** All ids of the person behind an id, whichever of them it is. Refuses: `member_not_found`. */
export function allIdsOf(stage: Stage, id: string): string[] {
  const member = requireMember(stage, id);
  return idsOf(member.merged_into === null ? member : requireMember(stage, member.merged_into));
}
