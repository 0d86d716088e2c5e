/** Erasing why a service record was corrected: one reason, once that is decided, or all that may be about a person, decided or not. */
import { change, type RowChange } from '../../../ledger/drafts.js';
import { type ErasureReason, postErasure, textAbsent } from '../../../ledger/erasure.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { newSalt } from '../../../lib/salt.js';
import type { Reach } from '../../people/reach.js';
import { serviceCorrectionRows } from '../rows.js';
import type { ServiceCorrection } from './carry-out.js';
import { type CorrectionOutcome, requireCorrection, requireRecordWithin } from './correction.js';

/** Refuses: `service_record_not_found`, `correction_not_found`, `correction_undecided`, `text_absent`. */
export function eraseCorrectionReason(
  stage: Stage,
  { id, reach, reason }: { readonly id: string; readonly reach: Reach; readonly reason: ErasureReason },
): CorrectionOutcome {
  requireRecordWithin(stage, id, reach);
  const row = requireCorrection(stage, id);
  if (row.status === 'proposed')
    throw new Refusal('correction_undecided', {
      en: `the correction of ${id} is still to be decided by its text: carry it out or withdraw it first`,
      zh: `对 ${id} 的更正尚待确认，确认须以其文字为依据，请先执行或撤回该更正`,
    });
  if (row.reason === null) throw reasonAbsent(id);
  const erased = withoutReason(row);
  const { number } = postErasure(stage, reason, { rows: [change(serviceCorrectionRows, erased)] });
  return { correction: { ...erased, entry: number }, carriedOut: null };
}

/**
 * The corrections of what somebody gave, under any of these ids, and of these records, without their reasons. One that waits for a second
 * person can still be carried out, or withdrawn.
 */
export function rowsWithoutReasons(
  stage: Stage,
  volunteers: readonly string[],
  records: readonly string[],
): RowChange[] {
  const known = [
    ...volunteers.flatMap((id) => stage.rows(serviceCorrectionRows, 'volunteer', id)),
    ...records.flatMap((id) => stage.row(serviceCorrectionRows, id) ?? []),
  ];
  const reasons = new Map(known.filter(({ reason }) => reason !== null).map((row) => [row.service_record_id, row]));
  return [...reasons.values()].map((row) => change(serviceCorrectionRows, withoutReason(row)));
}

/** The reason of one correction, decided or not, of a person who is erased. Refuses: `correction_not_found`, `text_absent`. */
export function eraseReasonOf(stage: Stage, id: string, reason: ErasureReason): void {
  const row = requireCorrection(stage, id);
  if (row.reason === null) throw reasonAbsent(id);
  postErasure(stage, reason, { rows: [change(serviceCorrectionRows, withoutReason(row))] });
}

const reasonAbsent = (id: string) => textAbsent({ en: `the correction of ${id}`, zh: `对 ${id} 的更正` });

/** With the old salt a guess of the words could be confirmed by the digest that is in the log. */
function withoutReason(row: ServiceCorrection): ServiceCorrection {
  return { ...row, reason: null, salt: newSalt() };
}
