/**
 * Erasing what was written in words about an entry or an adjustment. The words of an adjustment stand in its row and, once posted,
 * beside the entry that it posted: they go together, whichever of the two is named.
 */
import { change, type StagedEntry } from '../../ledger/drafts.js';
import { type ErasureReason, eraseText, postErasure, requireEntry, textAbsent } from '../../ledger/erasure.js';
import { readLeaf } from '../../ledger/leaf.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import { newSalt } from '../../lib/salt.js';
import { type Adjustment, requireAdjustment } from './adjustments.js';
import { adjustmentRows } from './rows.js';

/**
 * Erases the text of an entry; if an adjustment brought it about, with the texts of that.
 * Refuses: `entry_not_found`, `text_absent`, `adjustment_undecided`.
 */
export function eraseEntryText(stage: Stage, number: number, reason: ErasureReason): StagedEntry {
  const { kind, rows = [] } = readLeaf(requireEntry(stage, number).leaf);
  // The description of a reversal is the reversal's own.
  const id = kind === 'reversal' ? undefined : rows.find(({ table }) => table === adjustmentRows.name)?.key;
  return id === undefined ? eraseText(stage, number, reason) : eraseDecided(stage, id, reason).entry;
}

/** Erases the texts of an adjustment. Refuses: `adjustment_not_found`, `adjustment_undecided`, `text_absent`. */
export function eraseAdjustmentText(stage: Stage, id: string, reason: ErasureReason): Adjustment {
  return eraseDecided(stage, id, reason).adjustment;
}

/**
 * The same for a person who is erased, also while it is still to be decided: then by its legs alone, or by who proposed it.
 * Refuses: `adjustment_not_found`, `text_absent`.
 */
export function eraseAdjustmentOf(stage: Stage, id: string, reason: ErasureReason): Adjustment {
  return eraseAdjustment(stage, requireAdjustment(stage, id), reason).adjustment;
}

interface Erased {
  readonly entry: StagedEntry;
  readonly adjustment: Adjustment;
}

function eraseDecided(stage: Stage, id: string, reason: ErasureReason): Erased {
  const row = requireAdjustment(stage, id);
  if (row.state !== 'proposed') return eraseAdjustment(stage, row, reason);
  throw new Refusal('adjustment_undecided', {
    en: `adjustment ${id} is still to be decided by its text: approve or reject it first`,
    zh: `调账 ${id} 尚待审批，审批须以其文字为依据，请先审批或驳回`,
  });
}

function eraseAdjustment(stage: Stage, row: Adjustment, reason: ErasureReason): Erased {
  const { adjustment_id: id } = row;
  if (row.reference === null && row.reason === null && row.rejection === null)
    throw textAbsent({ en: `adjustment ${id}`, zh: `调账 ${id} ` });
  const erases = postedBy(stage, row);
  // The old salt goes with the words: with it, a guess of them could be confirmed by the digest that is in the log.
  const erased: Adjustment = { ...row, reference: null, reason: null, rejection: null, salt: newSalt() };
  const rows = [change(adjustmentRows, erased)];
  const entry = postErasure(stage, reason, erases === undefined ? { rows } : { rows, erases });
  return { entry, adjustment: { ...erased, entry: entry.number } };
}

/** The entry that an adjustment posted, if its text is kept. */
function postedBy(stage: Stage, { state, entry: number = 0 }: Adjustment): number | undefined {
  if (state === 'rejected') return undefined;
  const last = requireEntry(stage, number);
  const { reverses } = readLeaf(last.leaf);
  const posted = reverses === undefined ? last : requireEntry(stage, Number(reverses));
  return posted.hasText ? posted.number : undefined;
}
