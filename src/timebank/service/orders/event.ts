/** The order as the next entry leaves it, with what happened added to its history. */
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import type { OrderEvent } from '../../service-words.js';
import { orderRows } from './rows.js';
import { type Order, withEvent } from './state.js';

/** `member`: whom the event concerns, where it concerns one. Several events may come of one entry. */
export function eventOf(stage: Stage, order: Order, event: OrderEvent, member?: string): RowChange {
  return change(orderRows, { ...order, history: withEvent(order.history, event, stage.watermark + 1, member) });
}
