/**
 * Items that were sent together, and that can be undone together: one person proposes it, another does it. It knows its items by name only; see
 * undo.ts for how they are undone.
 *
 *     open -> undo_proposed -> undoing -> undone
 */
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import { intakeBatchStatesZh } from '../../intake-words.js';
import { type Beside, isFirstPerson, keptAlias } from '../../people/second-person.js';
import { intakeBatchRows } from './rows.js';

export type Batch = ReturnType<typeof intakeBatchRows.decode>;

/** By the platform's own name. */
export interface BatchName {
  readonly platform: string;
  readonly batch: string;
}

/** What `rowsOfBatch` reads. */
export function batchNeeds(platform: string, batch: string | null) {
  return batch === null ? [] : [[intakeBatchRows, platform, batch] as const];
}

/** The row that the first item of a batch adds with its entry. Refuses: `intake_batch_closed` (it is to be undone, or was: nothing comes to it). */
export function rowsOfBatch(stage: Stage, platform: string, batch: string | null): RowChange[] {
  if (batch === null) return [];
  const known = stage.row(intakeBatchRows, platform, batch);
  if (known && known.state !== 'open') throw batchClosed(known);
  if (known) return [];
  const people = { undo_proposed_by: null, undo_alias: null, undone_by: null };
  const row = { platform_id: platform, batch_id: batch, state: 'open', position: null, done: 0, left_out: 0 } as const;
  return [change(intakeBatchRows, { ...row, ...people })];
}

export interface Decision extends Beside {
  readonly actor: string;
}

/**
 * Proposes to undo a batch, or begins to, when another person asks for the same.
 * Refuses: `intake_batch_not_found`, `intake_batch_closed` (it is being undone), `self_approval`.
 */
export function undoBatch(stage: Stage, { platform, batch }: BatchName, decision: Decision): Batch {
  const row = requireBatch(stage, { platform, batch });
  const name = `intake_batches/${platform}/${batch}`;
  if (row.state === 'open') {
    const proposed = { undo_proposed_by: decision.actor, undo_alias: keptAlias(decision, name) };
    return journalBatch(stage, 'intake_undo_proposed', { ...row, ...proposed, state: 'undo_proposed' });
  }
  if (row.state !== 'undo_proposed') throw batchClosed(row);
  const first = { actor: row.undo_proposed_by ?? '', alias: row.undo_alias };
  if (isFirstPerson(stage, name, first, decision))
    throw new Refusal('self_approval', {
      en: 'who proposed this does not decide it',
      zh: '撤销批次的提出人，不能审批自己提出的事项',
    });
  const decided = { undo_alias: null, undone_by: decision.actor };
  return journalBatch(stage, 'intake_undo_approved', { ...row, ...decided, state: 'undoing' });
}

/** Refuses: `intake_batch_not_found`. */
export function requireBatch(stage: Stage, { platform, batch }: BatchName): Batch {
  const row = stage.row(intakeBatchRows, platform, batch);
  if (!row) throw batchNotFound(batch);
  return row;
}

export function journalBatch(stage: Stage, kind: TimebankKind, row: Batch): Batch {
  const { number } = stage.post({ kind, rows: [change(intakeBatchRows, row)] });
  return { ...row, entry: number };
}

export function batchNotFound(batch: string): Refusal {
  return new Refusal('intake_batch_not_found', {
    en: `there is no batch ${batch}`,
    zh: `没有编号为 ${batch} 的报送批次`,
  });
}

function batchClosed({ batch_id, state }: Batch): Refusal {
  return new Refusal('intake_batch_closed', {
    en: `batch ${batch_id} is ${state}`,
    zh: `报送批次 ${batch_id} 的状态为“${intakeBatchStatesZh[state]}”`,
  });
}
