/**
 * What two members were to each other on a day: a relation that is claimed anew after its end keeps those before it, with their days. Pure: it
 * does not know who says so, nor what follows.
 */
import { dateInZone } from '../../lib/clock.js';
import { type KinEndReason, type KinRelation, lineRelations } from '../people-words.js';
import type { kinRows } from './rows.js';

export type Kin = ReturnType<typeof kinRows.decode>;

/** A relation that ended before it was claimed anew, as the row held it then. */
export interface FormerKin {
  readonly relation: KinRelation;
  /** Free text; null once it was erased. */
  readonly evidence: string | null;
  readonly claimed_by: string;
  readonly claimed_at: string;
  readonly elder_consent_on: string | null;
  readonly verified_by: string | null;
  readonly verified_at: string | null;
  readonly ended_by: string | null;
  readonly ended_on: string | null;
  readonly end_reason: KinEndReason | null;
}

/** The relations before the one in a row, the first one first. */
export function readFormer(former: string | null): FormerKin[] {
  return former === null ? [] : JSON.parse(former);
}

/** What the row of a new claim holds of those before it. */
export function formerOf(ended: Kin | null): string | null {
  if (!ended) return null;
  const { relation, evidence, claimed_by, claimed_at, elder_consent_on } = ended;
  const { verified_by, verified_at, ended_by, ended_on, end_reason } = ended;
  const last: FormerKin = {
    ...{ relation, evidence, claimed_by, claimed_at, elder_consent_on },
    ...{ verified_by, verified_at, ended_by, ended_on, end_reason },
  };
  return JSON.stringify([...readFormer(ended.former), last]);
}

/** Whether something is written of the evidence of a relation, or of one before it. */
export function hasEvidence({ evidence, former }: Kin): boolean {
  return evidence !== null || readFormer(former).some((one) => one.evidence !== null);
}

/** The same relations without what was written of their evidence. */
export function withoutEvidence(row: Kin): Kin {
  const former = readFormer(row.former).map((one) => ({ ...one, evidence: null }));
  return { ...row, evidence: null, former: row.former === null ? null : JSON.stringify(former) };
}

/**
 * By the relations of two members, either way and under any ids, how they are verified to be related on a day; or null. What was a mistake
 * never was. The first relation counts from ever on, for a child is one from birth; what was claimed anew after an end, from that day. Of several
 * on a day, which two members who became one may have with somebody, spouse and lineal kin come first, for more is barred to them.
 */
export function kinshipOn(rows: readonly Kin[], day: string, zone: string): KinRelation | null {
  const verified = rows
    .flatMap((row) => [...readFormer(row.former), row])
    .filter(({ verified_by, end_reason }) => verified_by !== null && end_reason !== 'mistaken')
    .sort((one, other) => (one.claimed_at < other.claimed_at ? -1 : 1));
  const found = verified
    .filter(({ claimed_at, ended_on }, i) => {
      const claimedOn = dateInZone(Date.parse(claimed_at), zone);
      const isAnew = verified.slice(0, i).some((before) => before.ended_on !== null && before.ended_on <= claimedOn);
      return (!isAnew || claimedOn <= day) && (ended_on === null || day < ended_on);
    })
    .map(({ relation }) => relation);
  return found.find((relation) => lineRelations.includes(relation)) ?? found[0] ?? null;
}
