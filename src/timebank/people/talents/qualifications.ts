/**
 * What talents are qualified for, professionally: with evidence in words, which can be erased, and the day up to which it is good. Whether
 * one counts is judged by the day that is asked about, never kept.
 */
import { change, type RowChange, type StagedEntry } from '../../../ledger/drafts.js';
import { type ErasureReason, postErasure, textAbsent } from '../../../ledger/erasure.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { newSalt } from '../../../lib/salt.js';
import type { QualificationKind } from '../../community-words.js';
import { requireNotErased } from '../personal-data/not-erased.js';
import { qualificationRows } from './rows.js';
import { postTalent, requireTalent, type TalentName } from './talents.js';

export interface QualificationRequest {
  readonly kind: QualificationKind;
  readonly evidence: string;
  /** The last day on which it counts; null: it does not expire. */
  readonly validUntil: string | null;
}

export type Qualification = NonNullable<ReturnType<typeof qualificationRows.decode>>;

/** A qualification of a talent, by its number in the registry, from 1. */
export interface QualificationName extends TalentName {
  readonly number: number;
}

/** Refuses: `talent_not_found`, `talent_ended`, `member_erased`. */
export function recordQualification(
  stage: Stage,
  name: TalentName,
  request: QualificationRequest,
): { readonly entry: StagedEntry; readonly number: number } {
  const talent = requireTalent(stage, name);
  const { member, registry } = name;
  requireNotErased(stage, member);
  const before = stage.rows(qualificationRows, 'member', member).filter((one) => one.registry === registry);
  const number = before.length + 1;
  const row = {
    member_id: member,
    registry,
    number,
    kind: request.kind,
    evidence: request.evidence,
    valid_until: request.validUntil,
    recorded_on: stage.today,
    ended_on: null,
    salt: newSalt(),
  };
  const about = { qualification: number, rows: [change(qualificationRows, row)] };
  return { entry: postTalent(stage, 'qualified', talent, about), number };
}

/** It counts for nothing that lies ahead; service of today or earlier is judged by it as before. Refuses: `talent_not_found`, `talent_ended`, `qualification_not_found`, `qualification_ended`. */
export function endQualification(stage: Stage, name: QualificationName): StagedEntry {
  const talent = requireTalent(stage, name);
  const row = requireQualification(stage, name);
  if (row.ended_on !== null)
    throw new Refusal('qualification_ended', {
      en: `qualification ${name.number} of ${name.member} ended on ${row.ended_on}`,
      zh: `${name.member} 的资质 ${name.number} 已于 ${row.ended_on} 失效`,
    });
  const ended = change(qualificationRows, { ...row, ended_on: stage.today });
  return postTalent(stage, 'qualification_ended', talent, { qualification: name.number, rows: [ended] });
}

/** Erases the evidence and its salt; that there was a qualification stays. Refuses: `qualification_not_found`, `text_absent`. */
export function eraseEvidence(stage: Stage, name: QualificationName, reason: ErasureReason): StagedEntry {
  const row = requireQualification(stage, name);
  if (row.evidence === null)
    throw textAbsent({
      en: `qualification ${name.number} of ${name.member}`,
      zh: `${name.member} 的资质 ${name.number} `,
    });
  return postErasure(stage, reason, { rows: [change(qualificationRows, { ...row, evidence: null, salt: newSalt() })] });
}

/** For service that lies ahead: whether a member has a qualification of a kind, in whichever registry, that counts on a day. */
export function isQualified(stage: Stage, member: string, kind: QualificationKind, day: string): boolean {
  return unexpired(stage, member, kind, day).some(({ ended_on: ended }) => ended === null || ended > day);
}

/** For service that was given on a day: the same, but what ended in the course of that day counts for all of it. */
export function wasQualified(stage: Stage, member: string, kind: QualificationKind, day: string): boolean {
  return unexpired(stage, member, kind, day).some(({ ended_on: ended }) => ended === null || ended >= day);
}

function unexpired(stage: Stage, member: string, kind: QualificationKind, day: string): Qualification[] {
  return stage
    .rows(qualificationRows, 'member', member)
    .filter((one) => one.kind === kind && (one.valid_until ?? day) >= day);
}

function requireQualification(stage: Stage, { member, registry, number }: QualificationName): Qualification {
  const row = stage.row(qualificationRows, member, registry, String(number));
  if (!row)
    throw new Refusal('qualification_not_found', {
      en: `${member} has no qualification ${number} in the registry ${registry}`,
      zh: `${member} 在名册 ${registry} 中没有资质 ${number}`,
    });
  return row;
}

/** The rows of somebody's qualifications without their evidence, and without the salts that would confirm a guess of it. */
export function rowsWithoutEvidence(stage: Stage, member: string): RowChange[] {
  return stage
    .rows(qualificationRows, 'member', member)
    .filter(({ evidence }) => evidence !== null)
    .map((row) => change(qualificationRows, { ...row, evidence: null, salt: newSalt() }));
}
