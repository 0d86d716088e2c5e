/**
 * People and where they belong: organisation units (a county and exactly four levels below it) and members. The books hold
 * ids only; names and telephone numbers stay in the member's row and never reach an entry.
 */
import { randomBytes } from 'node:crypto';
import { change, type StagedEntry } from '../ledger/drafts.js';
import type { Stage } from '../ledger/stage.js';
import { Refusal } from '../lib/refusal.js';
import type { TimebankKind } from './chart.js';
import type { TalentCategory } from './files/members.js';
import { type OrgUnitLevel, orgUnitLevels } from './files/org-units.js';
import { memberRows, orgUnitRows } from './rows.js';

export interface OrgUnitRequest {
  readonly external_id: string;
  readonly parent_external_id: string | null;
  readonly level: OrgUnitLevel;
  readonly name: string;
}

/** Refuses: `org_unit_exists`, `org_unit_not_found` (the parent), `org_unit_level_invalid` (not one below its parent). */
export function registerOrgUnit(stage: Stage, unit: OrgUnitRequest): StagedEntry {
  const known = stage.row(orgUnitRows, unit.external_id);
  if (known) throw new Refusal('org_unit_exists', `organisation unit ${unit.external_id} exists already`);
  const parent = unit.parent_external_id === null ? null : stage.row(orgUnitRows, unit.parent_external_id);
  if (unit.parent_external_id !== null && !parent) {
    throw new Refusal(
      'org_unit_not_found',
      `there is no organisation unit ${unit.parent_external_id} to be the parent`,
    );
  }
  const above = orgUnitLevels[orgUnitLevels.indexOf(unit.level) - 1];
  if (parent?.level !== above) {
    const wanted = above ? `below a ${above}` : 'at the top';
    throw new Refusal('org_unit_level_invalid', `a ${unit.level} stands ${wanted}, ${unit.external_id} does not`);
  }
  const row = {
    org_unit_id: unit.external_id,
    parent_id: unit.parent_external_id,
    level: unit.level,
    name: unit.name,
    path: parent ? `${parent.path}/${unit.external_id}` : unit.external_id,
  };
  return stage.post({ kind: 'org_unit_registered' satisfies TimebankKind, rows: [change(orgUnitRows, row)] });
}

export interface MemberRequest {
  readonly external_id: string;
  readonly name: string;
  readonly gender: 'male' | 'female';
  readonly birth_date: string;
  readonly phone: string | null;
  readonly org_unit: string;
  readonly talent_category: TalentCategory | null;
}

/** Refuses: `member_exists`, `org_unit_not_found`. */
export function registerMember(stage: Stage, member: MemberRequest): StagedEntry {
  stage.want(
    () => stage.row(memberRows, member.external_id),
    () => stage.row(orgUnitRows, member.org_unit),
  );
  if (stage.row(memberRows, member.external_id)) {
    throw new Refusal('member_exists', `member ${member.external_id} exists already`);
  }
  if (!stage.row(orgUnitRows, member.org_unit)) {
    throw new Refusal('org_unit_not_found', `there is no organisation unit ${member.org_unit}`);
  }
  const row = {
    member_id: member.external_id,
    name: member.name,
    gender: member.gender,
    birth_date: member.birth_date,
    phone: member.phone,
    org_unit_id: member.org_unit,
    talent_category: member.talent_category,
    carry: 0n,
    salt: randomBytes(16).toString('hex'),
  };
  return stage.post({ kind: 'member_registered' satisfies TimebankKind, rows: [change(memberRows, row)] });
}

export type Member = NonNullable<ReturnType<typeof requireMember>>;

/** Refuses: `member_not_found`. */
export function requireMember(stage: Stage, memberId: string) {
  const member = stage.row(memberRows, memberId);
  if (!member) throw new Refusal('member_not_found', `there is no member ${memberId}`);
  return member;
}
