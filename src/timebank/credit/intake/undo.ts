/**
 * Undoing a batch, item by item: what it brought is reversed, and the item stands as it did before. What was sent again since is not the
 * batch's any more. Some items at a time, in the order of their ids, from where it stopped.
 */
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { requireMember } from '../../people/members.js';
import { divertToReceivable, type FreeHolds } from '../receivable.js';
import { reverseWithLots } from '../reversal.js';
import { type Batch, type BatchName, journalBatch, requireBatch } from './batch.js';
import { earnedOf, postVersion, versionRows } from './item.js';
import { intakeItemRows, intakeVersionRows } from './rows.js';

type ItemRow = ReturnType<typeof intakeItemRows.decode>;

/** Undoes items that follow `after`, the last one dealt with; what was done meanwhile is not done again. None: the batch is undone. */
export function undoItems(
  stage: Stage,
  name: BatchName,
  after: string | null,
  externalIds: readonly string[],
  freeHolds: FreeHolds,
): Batch {
  const row = requireBatch(stage, name);
  if (row.state !== 'undoing' || row.position !== after) return row;
  const last = externalIds.at(-1);
  if (last === undefined) return journalBatch(stage, 'intake_undo_progressed', { ...row, state: 'undone' });
  stage.prefetch({ rows: externalIds.map((id) => [intakeItemRows, name.platform, id] as const) });
  const undone = stage.savepoints(externalIds.map((id) => () => undoItem(stage, name, id, freeHolds)));
  const leftOut = undone.filter((one) => one === null || one instanceof Refusal).length;
  return journalBatch(stage, 'intake_undo_progressed', {
    ...row,
    position: last,
    done: row.done + externalIds.length,
    left_out: row.left_out + leftOut,
  });
}

/** Null: the item is not the batch's any more. Returns the entry. */
function undoItem(stage: Stage, { platform, batch }: BatchName, id: string, freeHolds: FreeHolds): number | null {
  const item = stage.row(intakeItemRows, platform, id);
  if (!item || item.batch_id !== batch) return null;
  const before = item.replaces === null ? null : stage.row(intakeVersionRows, platform, id, String(item.replaces));
  const next = before ? restored(item, before) : withdrawn(item);
  if (!isOneMovement(stage, item, before)) return postVersion(stage, item, next, { freeHolds }).entry;
  const terms = { divert: divertToReceivable(freeHolds), rowsOf: () => versionRows(item, next) };
  return reverseWithLots(stage, item.entry ?? 0, {}, terms).number;
}

/**
 * Whether the entry of a version moved points, and only of one member and one lot: then its reversal is what undoes it. What moved them from one
 * lot or member to another, or what is somebody else's after a merge, is moved back by an entry of its own.
 */
function isOneMovement(stage: Stage, item: ItemRow, before: ItemRow | null): boolean {
  const [was, now] = [before && earnedOf(stage, before), earnedOf(stage, item)];
  // What an earlier undoing put back stands by a reversal, which is not reversed.
  if (item.version !== (item.replaces ?? 0) + 1) return false;
  const owners = [item.member_id, ...(before ? [before.member_id] : [])];
  if (owners.some((id) => requireMember(stage, id).merged_into !== null)) return false;
  if (!was || !now) return was !== now;
  return was.memberId === now.memberId && was.expiresOn === now.expiresOn && was.points !== now.points;
}

function restored(item: ItemRow, before: ReturnType<typeof intakeVersionRows.decode>): ItemRow {
  const { posted: _, entry: __, ...content } = before;
  return { ...content, version: item.version + 1 };
}

/** It stays the batch's, which shows what it had. */
function withdrawn({ entry: _, ...item }: ItemRow): ItemRow {
  return { ...item, ...earnsNothing, state: 'withdrawn', version: item.version + 1, replaces: item.version };
}

const earnsNothing = { points: 0n, expires_on: null, rule_set: null };
