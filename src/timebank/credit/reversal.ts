/**
 * Reversing an entry of the time bank: what was spent meanwhile becomes a debt, and the row of the sub-ledger learns of it, so
 * that what was taken back can be brought in anew. Entries of redemptions and service records are corrected there.
 */
import { change, type RowChange, type StagedEntry } from '../../ledger/drafts.js';
import type { Leaf } from '../../ledger/leaf.js';
import { type ReversalTerms, reverseEntry } from '../../ledger/reversal.js';
import type { Stage } from '../../ledger/stage.js';
import { expireLots, isOfLots, needsOfExpiry, reinstateLots } from './lots/expire.js';
import type { AgedPurse } from './lots/open-lots.js';
import { originalOf } from './lots/original.js';
import { divertToReceivable, type FreeHolds } from './receivable.js';
import { adjustmentRows, lotRows, openingPointRows } from './rows.js';

/** Refuses what `reverseEntry` refuses. */
export function reverseByHand(
  stage: Stage,
  number: number,
  request: { effective_on?: string; description?: string },
  freeHolds: FreeHolds,
): StagedEntry {
  return reverseWithLots(stage, number, request, { divert: divertToReceivable(freeHolds), rowsOf: reversedRows });
}

/** A reversal that takes back what has expired since rather than have it owed. Refuses what `reverseEntry` refuses. */
export function reverseWithLots(
  stage: Stage,
  number: number,
  request: { effective_on?: string; description?: string },
  terms: ReversalTerms,
): StagedEntry {
  const owners = reinstateOf(stage, number);
  const entry = reverseEntry(stage, number, request, terms);
  for (const owner of owners) expireLots(stage, owner, entry.effectiveOn);
  return entry;
}

/**
 * What the entry brought to a purse and has expired there is there again: it is taken back, not owed. Returns the purses that it touched and
 * whose units have an age.
 */
function reinstateOf(stage: Stage, number: number): readonly AgedPurse[] {
  if (!stage.entry(number)) return [];
  const original = originalOf(stage, number);
  const { purses } = original;
  stage.prefetch(needsOfExpiry(purses));
  for (const owner of purses) {
    expireLots(stage, owner);
    reinstateLots(stage, owner, original.cameTo(owner));
  }
  return purses;
}

/** The rows that an entry brought about, as they stand once it is reversed; null when any of them is not for a reversal to change. */
function reversedRows(stage: Stage, leaf: Leaf): RowChange[] | null {
  const changes: RowChange[] = [];
  for (const { table, key } of leaf.rows ?? []) {
    if (key === undefined || (table === lotRows.name && !isOfLots(leaf.kind))) continue;
    if (table === openingPointRows.name) {
      const row = stage.row(openingPointRows, key);
      if (row) changes.push(change(openingPointRows, { ...row, state: 'reversed' }));
    } else if (table === adjustmentRows.name) {
      const row = stage.row(adjustmentRows, key);
      if (row) changes.push(change(adjustmentRows, { ...row, state: 'reversed' }));
    } else return null;
  }
  return changes;
}
