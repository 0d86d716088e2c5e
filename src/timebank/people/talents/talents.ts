/**
 * Talents (达人): members in a registry, with categories, specialties, interests and the hours in which they have time. Each change is
 * dated and stays in the talent's history. What the rules make of a level is not known here: it is handed in.
 */
import { change, type RowChange, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import {
  type TalentCategory,
  type TalentChangeKind,
  type TalentRegistry,
  talentCategories,
} from '../../community-words.js';
import { requireActive } from '../members.js';
import { requireNotErased } from '../personal-data/not-erased.js';
import { type WeeklyHours, writeWeeklyHours } from '../weekly-hours.js';
import { writeWords } from '../word-lists.js';
import { qualificationRows, talentChangeRows, talentRows } from './rows.js';
import { requireSpecialties } from './specialties.js';

/** What of a talent can change. */
export interface TalentParticulars {
  readonly categories: readonly TalentCategory[];
  readonly specialties: readonly string[];
  readonly interests: readonly string[];
  readonly availability: readonly WeeklyHours[];
}

/** Who, and where. */
export interface TalentName {
  readonly member: string;
  readonly registry: TalentRegistry;
}

export type Talent = NonNullable<ReturnType<typeof talentRows.decode>>;

/** Refuses: what `requireActive` does, `member_erased`, `talent_exists`, `specialty_unknown`, `weekly_hours_invalid`. */
export function registerTalent(stage: Stage, name: TalentName, particulars: TalentParticulars): StagedEntry {
  const { member, registry } = name;
  requireActive(stage, member);
  requireNotErased(stage, member);
  const known = stage.row(talentRows, member, registry);
  if (known && known.ended_on === null)
    throw new Refusal('talent_exists', {
      en: `${member} is in the registry ${registry} already`,
      zh: `${member} 已在名册 ${registry} 中`,
    });
  const talent = {
    member_id: member,
    registry,
    ...particularsOf(stage, particulars),
    level: null,
    level_on: null,
    registered_on: stage.today,
    ended_on: null,
  };
  return postTalent(stage, 'registered', talent);
}

/** Puts these in the place of what it has. Refuses: `talent_not_found`, `talent_ended`, `specialty_unknown`, `weekly_hours_invalid`. */
export function changeTalent(stage: Stage, name: TalentName, particulars: TalentParticulars): StagedEntry {
  const talent = requireTalent(stage, name);
  return postTalent(stage, 'changed', { ...talent, ...particularsOf(stage, particulars) });
}

/**
 * Records the level that the rules make of a member's hours and ratings, if it is another than was recorded last; null when it is not.
 * Refuses: `talent_not_found`, `talent_ended`.
 */
export function recordTalentLevel(stage: Stage, name: TalentName, level: number | null): StagedEntry | null {
  const talent = requireTalent(stage, name);
  if (level === talent.level) return null;
  return postTalent(stage, 'level_recorded', { ...talent, level, level_on: stage.today });
}

/** Ends a talent, and with it the qualifications in that registry. Refuses: `talent_not_found`, `talent_ended`. */
export function endTalent(stage: Stage, name: TalentName): StagedEntry {
  const talent = requireTalent(stage, name);
  const ended = stage
    .rows(qualificationRows, 'member', name.member)
    .filter((one) => one.registry === name.registry && one.ended_on === null)
    .map((one) => change(qualificationRows, { ...one, ended_on: stage.today }));
  return postTalent(stage, 'ended', { ...talent, ended_on: stage.today }, { rows: ended });
}

/** Refuses: `talent_not_found`, `talent_ended`. */
export function requireTalent(stage: Stage, { member, registry }: TalentName): Talent {
  const talent = stage.row(talentRows, member, registry);
  if (!talent) throw talentNotFound(member, registry);
  if (talent.ended_on !== null)
    throw new Refusal('talent_ended', {
      en: `${member} left the registry ${registry} on ${talent.ended_on}`,
      zh: `${member} 已于 ${talent.ended_on} 退出名册 ${registry}`,
    });
  return talent;
}

export function talentNotFound(member: string, registry: string): Refusal {
  return new Refusal('talent_not_found', {
    en: `${member} is not in the registry ${registry}`,
    zh: `${member} 不在名册 ${registry} 中`,
  });
}

function particularsOf(stage: Stage, asked: TalentParticulars) {
  requireSpecialties(stage, 'specialty', asked.specialties);
  requireSpecialties(stage, 'interest', asked.interests);
  return {
    categories: writeWords(asked.categories, talentCategories),
    specialties: writeWords(asked.specialties),
    interests: writeWords(asked.interests),
    availability: writeWeeklyHours(asked.availability),
  };
}

const entryKinds: Readonly<Record<TalentChangeKind, TimebankKind>> = {
  registered: 'talent_registered',
  changed: 'talent_changed',
  qualified: 'talent_qualified',
  qualification_ended: 'talent_qualification_ended',
  level_recorded: 'talent_level_recorded',
  ended: 'talent_ended',
};

/** Posts what became of a talent, with the rows of qualifications that it is about. */
export function postTalent(
  stage: Stage,
  kind: TalentChangeKind,
  talent: Talent,
  about: { readonly qualification?: number; readonly rows?: readonly RowChange[] } = {},
): StagedEntry {
  return stage.post({
    kind: entryKinds[kind],
    rows: [
      change(talentRows, talent),
      talentHistory(stage, kind, talent, about.qualification ?? null),
      ...(about.rows ?? []),
    ],
  });
}

/** The row of a talent's history for what became of it, as it stands from today on; `qualification` is the one that it is about. */
export function talentHistory(
  stage: Stage,
  kind: TalentChangeKind,
  talent: Talent,
  qualification: number | null = null,
): RowChange {
  const { level_on: _on, registered_on: _registered, ended_on: _ended, entry: _entry, ...stands } = talent;
  const history = { ...stands, change: kind, qualification, effective_on: stage.today, changed_by: stage.actingAs };
  return change(talentChangeRows, history);
}
