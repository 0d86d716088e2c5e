/** What people wrote about an order: kept in rows of their own, each with a salt, so that it can be erased while every proof holds. */
import { randomBytes } from 'node:crypto';
import { change, type RowChange, type StagedEntry } from '../../../ledger/drafts.js';
import { type ErasureReason, postErasure, textAbsent } from '../../../ledger/erasure.js';
import type { Stage } from '../../../ledger/stage.js';
import { offerRows, orderPeopleRows, orderTextRows } from './rows.js';
import { type Asking, requireOrder } from './who.js';

const newSalt = () => randomBytes(16).toString('hex');

/** The row of what somebody wrote, if they wrote something; what they wrote of the same thing before is replaced. */
export function textChange(stage: Stage, orderId: string, about: string, words: string | null): RowChange[] {
  if (words === null) return [];
  // The commit has to know whether there is such a row already.
  stage.row(orderTextRows, orderId, about);
  return [change(orderTextRows, { order_id: orderId, about, words, salt: newSalt() })];
}

/** Erases whatever was written about an order. Refuses: `order_not_found`, `text_absent`. */
export function eraseOrderTexts(stage: Stage, orderId: string, reason: ErasureReason, asking: Asking): StagedEntry {
  requireOrder(stage, orderId, asking);
  const rows = rowsWithoutTexts(stage, orderId);
  if (rows.length === 0) throw textAbsent({ en: `order ${orderId}`, zh: `点单 ${orderId} ` });
  return postErasure(stage, reason, { rows });
}

/** The same for every order that somebody has had a part in, under any of these ids: what was written there may be about them. */
export function rowsWithoutTextsOf(stage: Stage, ids: readonly string[]): RowChange[] {
  stage.prefetch({
    lists: ids.flatMap((id) => [[orderPeopleRows, 'member', id] as const, [offerRows, 'volunteer', id] as const]),
  });
  const parts = ids.flatMap((id) => [
    ...stage.rows(orderPeopleRows, 'member', id).map((one) => one.order_id),
    ...stage.rows(offerRows, 'volunteer', id).map((one) => one.order_id),
  ]);
  const orders = [...new Set(parts)];
  stage.prefetch({ lists: orders.map((id) => [orderTextRows, 'order', id]) });
  return orders.flatMap((id) => rowsWithoutTexts(stage, id));
}

/** The rows of an order's texts without their words, and without the salts that would confirm a guess of them. */
function rowsWithoutTexts(stage: Stage, orderId: string): RowChange[] {
  return stage
    .rows(orderTextRows, 'order', orderId)
    .filter(({ words }) => words !== null)
    .map((text) => change(orderTextRows, { ...text, words: null, salt: newSalt() }));
}
