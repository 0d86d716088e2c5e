/** Talents of somebody who turns out to be somebody else as well: what stands goes on under the other id, with every qualification. */
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { Needs } from '../../../ledger/missing.js';
import type { Stage } from '../../../ledger/stage.js';
import { newSalt } from '../../../lib/salt.js';
import { type TalentRegistry, talentRegistries } from '../../community-words.js';
import { qualificationRows, talentRows } from './rows.js';
import { talentHistory } from './talents.js';

/** The registries in which both stand today. */
export function sharedRegistries(stage: Stage, one: string, other: string): TalentRegistry[] {
  stage.prefetch(needsOf([one, other]));
  return talentRegistries.filter((registry) => stands(stage, one, registry) && stands(stage, other, registry));
}

/**
 * The rows by which `to` comes to have what `from` has; both stand in no registry. The talent goes on as it is, level and first day included;
 * qualifications go to the end of the other's, those that ended, too, so that each day is judged as before; their evidence goes with them.
 */
export function talentsCarried(stage: Stage, from: string, to: string): RowChange[] {
  stage.prefetch(needsOf([from, to]));
  return talentRegistries.flatMap((registry) => [
    ...talentCarried(stage, registry, from, to),
    ...qualificationsCarried(stage, registry, from, to),
  ]);
}

function needsOf(members: readonly string[]): Needs {
  return {
    rows: members.flatMap((id) => talentRegistries.map((registry) => [talentRows, id, registry] as const)),
    lists: members.map((id) => [qualificationRows, 'member', id] as const),
  };
}

function stands(stage: Stage, member: string, registry: TalentRegistry): boolean {
  return stage.row(talentRows, member, registry)?.ended_on === null;
}

function talentCarried(stage: Stage, registry: TalentRegistry, from: string, to: string): RowChange[] {
  const talent = stage.row(talentRows, from, registry);
  if (talent === null || talent.ended_on !== null) return [];
  const [ended, goesOn] = [
    { ...talent, ended_on: stage.today },
    { ...talent, member_id: to },
  ];
  return [
    change(talentRows, ended),
    talentHistory(stage, 'ended', ended),
    change(talentRows, goesOn),
    talentHistory(stage, 'registered', goesOn),
  ];
}

function qualificationsCarried(stage: Stage, registry: TalentRegistry, from: string, to: string): RowChange[] {
  const [theirs, own] = [from, to].map((id) =>
    stage.rows(qualificationRows, 'member', id).filter((one) => one.registry === registry),
  ) as [Qualifications, Qualifications];
  return theirs.flatMap((row, i) => [
    change(qualificationRows, { ...row, evidence: null, ended_on: row.ended_on ?? stage.today, salt: newSalt() }),
    change(qualificationRows, { ...row, member_id: to, number: own.length + i + 1, salt: newSalt() }),
  ]);
}

type Qualifications = ReturnType<typeof qualificationRows.decode>[];
