/**
 * Members and where they belong. The books hold ids only; names stay in the person's row, telephone numbers are sealed, and neither ever
 * reaches an entry.
 */
import { refuseFutureDay } from '../../ledger/dates.js';
import { change, type StagedEntry } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import type { TimebankKind } from '../chart.js';
import type { Gender, TalentCategory } from '../words.js';
import { requireOpenUnit } from './org-units.js';
import type { PersonalKeys } from './personal-data/personal-keys.js';
import { newSalt, rowsOfApplication } from './personal-data/sealed-fields.js';
import { memberRows, orgUnitRows, personRows } from './rows.js';

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
    rows: [
      [memberRows, member.external_id],
      [orgUnitRows, member.org_unit],
    ],
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
      change(memberRows, { member_id: id, org_unit_id: unit, state: 'active', carry: 0n }),
      change(personRows, { member_id: id, name, gender, birth_date, phone: null, talent_category, salt: newSalt() }),
      ...rowsOfApplication(stage, keys, id, phone),
    ],
  });
}

export type Member = NonNullable<ReturnType<typeof requireMember>>;

/** Refuses: `member_not_found`. */
export function requireMember(stage: Stage, memberId: string) {
  const member = stage.row(memberRows, memberId);
  if (!member)
    throw new Refusal('member_not_found', { en: `there is no member ${memberId}`, zh: `没有成员 ${memberId}` });
  return member;
}
