/**
 * Erasing a person, under all the ids that they have had: one asks, another carries it out. The person's key is destroyed, what it sealed is
 * emptied, names and particulars go, and so does what was written about the person. The books keep the id, its amounts and every proof.
 */
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { ErasureReason } from '../../../ledger/erasure.js';
import type { Needs } from '../../../ledger/missing.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { newSalt } from '../../../lib/salt.js';
import type { TimebankKind } from '../../chart.js';
import type { ErasureState } from '../../personal-words.js';
import { idsOf, refuseMerged } from '../members.js';
import { type Reach, requireMemberWithin } from '../reach.js';
import { personRows } from '../rows.js';
import { type Beside, isFirstPerson, keptAlias } from '../second-person.js';
import { rowsWithoutTexts } from '../texts-about.js';
import { postErasures } from './left-texts.js';
import { requireNotErased } from './not-erased.js';
import { consentRows, erasureRows, personKeyRows, sealedFieldRows } from './rows.js';

export interface ErasureRequest extends Beside {
  readonly memberId: string;
  /** Why, as whoever asks says it; it stands in the leaf. */
  readonly reason: ErasureReason;
  /** Rows of other contexts without what was written about somebody, under any of the ids that they have had. */
  readonly elsewhere: (stage: Stage, ids: readonly string[]) => RowChange[];
}

export interface ErasureView {
  readonly member: string;
  readonly state: ErasureState;
  readonly requested_by: string;
  readonly requested_at: string;
  readonly erased_by: string | null;
  readonly erased_at: string | null;
  readonly withdrawn_by: string | null;
  readonly withdrawn_at: string | null;
  readonly entry: string;
}

/**
 * Asks for an erasure, or carries out what another person has asked for.
 * Refuses: `member_not_found`, also out of reach, `member_merged`, `member_erased`, `self_approval` (who has asked for it), and what `Stage.post` refuses.
 */
export function erasePerson(
  stage: Stage,
  reach: Reach,
  { memberId, reason, elsewhere, ...beside }: ErasureRequest,
): ErasureView {
  const member = requireMemberWithin(stage, reach, memberId);
  refuseMerged(member);
  requireNotErased(stage, memberId);
  const asked = stage.row(erasureRows, memberId);
  const now = stage.instant;
  if (asked === null || asked.state === 'withdrawn') {
    const row = {
      member_id: memberId,
      state: 'requested',
      requested_by: stage.actingAs,
      requested_alias: keptAlias(beside, nameOf(memberId)),
      requested_at: now,
      erased_by: null,
      erased_at: null,
      withdrawn_by: null,
      withdrawn_at: null,
    };
    return post(stage, 'erasure_requested', reason, row, []);
  }
  const first = { actor: asked.requested_by, alias: asked.requested_alias };
  if (isFirstPerson(stage, nameOf(memberId), first, { actor: stage.actingAs, ...beside }))
    throw new Refusal('self_approval', {
      en: 'who has asked for an erasure does not carry it out: that takes a second person',
      zh: '删除个人信息须由另一人确认，提出申请的人不能自行确认',
    });
  const row = { ...asked, requested_alias: null, state: 'erased', erased_by: stage.actingAs, erased_at: now };
  const ids = idsOf(member);
  stage.prefetch(needsOf(ids));
  const texts = [...rowsWithoutEvidence(stage, ids), ...rowsWithoutTexts(stage, memberId), ...elsewhere(stage, ids)];
  const erased = post(
    stage,
    'person_erased',
    reason,
    row,
    ids.flatMap((id) => rowsWithoutPerson(stage, id)),
  );
  postErasures(stage, reason, texts);
  return erased;
}

/**
 * Gives up what somebody has asked for; it may be asked for again.
 * Refuses: `member_not_found`, also out of reach, `member_erased`, `erasure_not_requested`, and what `Stage.post` refuses.
 */
export function withdrawErasure(stage: Stage, reach: Reach, memberId: string): ErasureView {
  requireMemberWithin(stage, reach, memberId);
  requireNotErased(stage, memberId);
  const asked = stage.row(erasureRows, memberId);
  if (asked?.state !== 'requested')
    throw new Refusal('erasure_not_requested', {
      en: `nobody has asked that the personal data of ${memberId} be erased`,
      zh: `没有针对 ${memberId} 的待确认删除申请`,
    });
  const withdrawnAt = stage.instant;
  const withdrawn = { withdrawn_by: stage.actingAs, withdrawn_at: withdrawnAt };
  const row = { ...asked, requested_alias: null, state: 'withdrawn', ...withdrawn };
  return post(stage, 'erasure_withdrawn', undefined, row, []);
}

/** How what is sealed for the row of an erasure names it. */
const nameOf = (memberId: string) => `erasures/${memberId}`;

type ErasureRow = Omit<ReturnType<typeof erasureRows.decode>, 'entry'>;

function post(
  stage: Stage,
  kind: TimebankKind,
  reason: ErasureReason | undefined,
  row: ErasureRow,
  rows: readonly RowChange[],
): ErasureView {
  const { number } = stage.post({
    kind,
    ...(reason !== undefined && { reason }),
    rows: [change(erasureRows, row), ...rows],
  });
  const { member_id: member, requested_alias: _, state, ...rest } = row;
  return { member, state: state as ErasureState, ...rest, entry: String(number) };
}

/** What the rows of a person under any of these ids are made from. */
function needsOf(ids: readonly string[]): Needs {
  return {
    rows: ids.flatMap((id) => [[personRows, id] as const, [personKeyRows, id] as const]),
    lists: ids.flatMap((id) => [[sealedFieldRows, 'member', id] as const, [consentRows, 'member', id] as const]),
  };
}

/** Every row that holds something personal, without it. New salts: with the old ones the digests in the log would confirm a guess. */
function rowsWithoutPerson(stage: Stage, memberId: string): RowChange[] {
  const key = stage.row(personKeyRows, memberId);
  const nobody = { name: null, gender: null, birth_date: null, phone: null, talent_category: null };
  const fields = stage.rows(sealedFieldRows, 'member', memberId);
  return [
    change(personRows, { member_id: memberId, ...nobody, salt: newSalt() }),
    ...(key ? [change(personKeyRows, { ...key, generation: null, wrapped: null })] : []),
    ...fields.map((row) =>
      change(sealedFieldRows, { ...row, field: null, ciphertext: null, lookup: null, salt: newSalt() }),
    ),
  ];
}

/** Consents stay as facts; what proves them goes. */
function rowsWithoutEvidence(stage: Stage, ids: readonly string[]): RowChange[] {
  return ids
    .flatMap((id) => stage.rows(consentRows, 'member', id))
    .filter(({ evidence }) => evidence !== null)
    .map((row) => change(consentRows, { ...row, evidence: null, salt: newSalt() }));
}
