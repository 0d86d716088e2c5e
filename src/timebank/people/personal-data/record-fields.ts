/** Recording what is known of a person beside the name: each field under the consent on which it rests, sealed, in one entry. */
import type { Stage } from '../../../ledger/stage.js';
import type { TimebankKind } from '../../chart.js';
import { type SealedField, sealedFields } from '../../personal-words.js';
import { refuseMerged } from '../members.js';
import { type Reach, requireMemberWithin } from '../reach.js';
import { personRows } from '../rows.js';
import { requireConsent } from './consents.js';
import { requireNationalId } from './national-id.js';
import { requireNotErased } from './not-erased.js';
import type { PersonalKeys } from './personal-keys.js';
import { consentRows, erasureRows, personKeyRows, sealedFieldRows } from './rows.js';
import { type FieldValues, generationRow, rowsOfValues } from './sealed-fields.js';

export interface RecordedFields {
  readonly member: string;
  readonly recorded: readonly SealedField[];
  readonly emptied: readonly SealedField[];
  readonly entry: string;
}

/**
 * Seals values of a person's fields, and empties those that are null.
 * Refuses: `member_not_found`, also out of reach, `member_merged`, `member_erased`, `consent_missing`, `national_id_invalid`, and what `Stage.post` refuses.
 */
export function recordPersonalData(
  stage: Stage,
  keys: PersonalKeys,
  reach: Reach,
  memberId: string,
  values: FieldValues,
): RecordedFields {
  refuseMerged(requireMemberWithin(stage, reach, memberId));
  stage.prefetch({
    rows: [[erasureRows, memberId], [personRows, memberId], [personKeyRows, memberId], generationRow],
    lists: [
      [consentRows, 'member', memberId],
      [sealedFieldRows, 'member', memberId],
    ],
  });
  requireNotErased(stage, memberId);
  const named = sealedFields.filter((field) => values[field] !== undefined);
  const recorded = named.filter((field) => values[field] !== null);
  for (const field of recorded) requireConsent(stage, memberId, field);
  if (values.national_id) requireNationalId(values.national_id, stage.row(personRows, memberId)?.birth_date ?? null);
  const { number } = stage.post({
    kind: 'personal_data_recorded' satisfies TimebankKind,
    rows: rowsOfValues(stage, keys, memberId, values),
  });
  return {
    member: memberId,
    recorded,
    emptied: named.filter((field) => values[field] === null),
    entry: String(number),
  };
}
