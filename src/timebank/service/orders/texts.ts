/** What people wrote about an order: kept in rows of their own, each with a salt, so that it can be erased while every proof holds. */
import { change, type RowChange, type StagedEntry } from '../../../ledger/drafts.js';
import { type ErasureReason, postErasure, textAbsent } from '../../../ledger/erasure.js';
import type { Stage } from '../../../ledger/stage.js';
import { newSalt } from '../../../lib/salt.js';
import { orderTextRows } from './rows.js';
import { type Asking, requireOrder } from './who.js';

/** The row of what somebody wrote of an order, or of a part in it, that is new; none if they wrote nothing. */
export function newText(orderId: string, about: string, words: string | null): RowChange[] {
  return words === null ? [] : [change(orderTextRows, { order_id: orderId, about, words, salt: newSalt() })];
}

/** The same of an order that is there: what was written of the same thing before is replaced, which the commit has to know. */
export function textChange(stage: Stage, orderId: string, about: string, words: string | null): RowChange[] {
  if (words !== null) stage.row(orderTextRows, orderId, about);
  return newText(orderId, about, words);
}

/** Erases whatever was written about an order. Refuses: `order_not_found`, `text_absent`. */
export function eraseOrderTexts(stage: Stage, orderId: string, reason: ErasureReason, asking: Asking): StagedEntry {
  requireOrder(stage, orderId, asking);
  const rows = rowsWithoutTexts(stage, orderId);
  if (rows.length === 0) throw textAbsent({ en: `order ${orderId}`, zh: `点单 ${orderId} ` });
  return postErasure(stage, reason, { rows });
}

/** The rows of an order's texts without their words, and without the salts that would confirm a guess of them. */
export function rowsWithoutTexts(stage: Stage, orderId: string): RowChange[] {
  return stage
    .rows(orderTextRows, 'order', orderId)
    .filter(({ words }) => words !== null)
    .map(withoutWords);
}

/** A row of a text as it is once its words are gone. */
export function withoutWords(text: ReturnType<typeof orderTextRows.decode>): RowChange {
  return change(orderTextRows, { ...text, words: null, salt: newSalt() });
}
