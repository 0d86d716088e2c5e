/**
 * Consents of people, each for one purpose: given on a day, and revoked at any time. What rests on a consent that is revoked is emptied in
 * the same entry. What proves a consent is free text and stands in the row alone.
 */
import { refuseFutureDay } from '../../../ledger/dates.js';
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { newSalt } from '../../../lib/salt.js';
import type { TimebankKind } from '../../chart.js';
import {
  type ConsentPurpose,
  consentOfField,
  consentPurposesZh,
  type SealedField,
  sealedFields,
  sealedFieldsZh,
} from '../../personal-words.js';
import { allIdsOf, refuseMerged } from '../members.js';
import { type Reach, requireMemberWithin } from '../reach.js';
import { requireNotErased } from './not-erased.js';
import { consentRows } from './rows.js';
import { rowsWithout } from './sealed-fields.js';

export type Consent = ReturnType<typeof consentRows.decode>;

export interface ConsentRequest {
  readonly memberId: string;
  readonly purpose: ConsentPurpose;
  readonly givenOn: string;
  /** What proves it: the number of a form, in words. */
  readonly evidence: string | null;
}

/**
 * Refuses: `member_not_found`, also out of reach, `member_merged`, `member_erased`, `date_in_future`, `consent_exists`, and what `Stage.post`
 * refuses.
 */
export function giveConsent(stage: Stage, reach: Reach, request: ConsentRequest): Consent {
  const { memberId, purpose, givenOn, evidence } = request;
  refuseMerged(requireMemberWithin(stage, reach, memberId));
  requireNotErased(stage, memberId);
  refuseFutureDay(stage, givenOn);
  const before = stage.rows(consentRows, 'member', memberId);
  const [standing] = standingConsents(stage, memberId, purpose);
  if (standing)
    throw new Refusal('consent_exists', {
      en: `${memberId} has consented to ${purpose} on ${standing.given_on} already`,
      zh: `${memberId} 已于 ${standing.given_on} 同意“${consentPurposesZh[purpose]}”`,
    });
  const row: Consent = {
    member_id: memberId,
    purpose,
    number: before.length + 1,
    given_on: givenOn,
    given_by: stage.actingAs,
    evidence,
    salt: newSalt(),
    revoked_on: null,
    revoked_by: null,
  };
  return withEntry(row, stage.post({ kind: 'consent_given' satisfies TimebankKind, rows: [change(consentRows, row)] }));
}

/**
 * Revokes the consent that stands, of whichever of the person's ids, and empties the fields that rest on it.
 * Refuses: `member_not_found`, also out of reach, `consent_not_found`, `date_in_future`, `date_before_original` (before it was given), and what
 * `Stage.post` refuses.
 */
export function revokeConsent(
  stage: Stage,
  reach: Reach,
  { memberId, purpose, revokedOn = stage.today }: { memberId: string; purpose: ConsentPurpose; revokedOn?: string },
): Consent {
  requireMemberWithin(stage, reach, memberId);
  const standing = standingConsents(stage, memberId, purpose);
  const revoked = standing.map((consent) => ({ ...consent, revoked_on: revokedOn, revoked_by: stage.actingAs }));
  const [first] = revoked;
  if (!first)
    throw new Refusal('consent_not_found', {
      en: `${memberId} has given no consent to ${purpose} that stands`,
      zh: `${memberId} 没有对“${consentPurposesZh[purpose]}”的有效同意`,
    });
  refuseFutureDay(stage, revokedOn);
  const early = standing.find(({ given_on }) => revokedOn < given_on);
  if (early)
    throw new Refusal('date_before_original', {
      en: `${revokedOn} lies before ${early.given_on}, the day of the consent`,
      zh: `${revokedOn} 早于作出同意的日期 ${early.given_on}`,
    });
  const resting = sealedFields.filter((field) => consentOfField[field] === purpose);
  const emptied = allIdsOf(stage, memberId).flatMap((id) => rowsWithout(stage, id, resting));
  const rows = [...revoked.map((row) => change(consentRows, row)), ...emptied];
  return withEntry(first, stage.post({ kind: 'consent_revoked' satisfies TimebankKind, rows }));
}

/** Refuses: `consent_missing`. */
export function requireConsent(stage: Stage, memberId: string, field: SealedField): void {
  const purpose = consentOfField[field];
  if (standingConsents(stage, memberId, purpose).length > 0) return;
  throw new Refusal('consent_missing', {
    en: `${field} rests on a consent to ${purpose}, which ${memberId} has not given`,
    zh: `记录${sealedFieldsZh[field]}须取得对“${consentPurposesZh[purpose]}”的同意，${memberId} 尚未同意`,
  });
}

/** Those that stand under any of the ids that the person has had: people who were merged have given theirs under each. */
function standingConsents(stage: Stage, memberId: string, purpose: ConsentPurpose): Consent[] {
  const ids = allIdsOf(stage, memberId);
  stage.prefetch({ lists: ids.map((id) => [consentRows, 'member', id] as const) });
  return ids
    .flatMap((id) => stage.rows(consentRows, 'member', id))
    .filter((consent) => consent.purpose === purpose && consent.revoked_on === null);
}

function withEntry(row: Consent, { number }: StagedEntry): Consent {
  return { ...row, entry: number };
}
