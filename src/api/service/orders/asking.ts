/** From a request's token to who asks, and from what a command left to what is answered. */
import { actorOf } from '../../../http/commands.js';
import { ownMember, reachOf } from '../../../http/reach.js';
import type { Principal } from '../../../http/tokens.js';
import type { StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import type { Seen } from '../../../timebank/service/orders/reads.js';
import { orderPeopleRows, orderRows } from '../../../timebank/service/orders/rows.js';
import { type OrderView, viewOrder } from '../../../timebank/service/orders/view.js';
import type { Asking } from '../../../timebank/service/orders/who.js';

export const askers = ['operator', 'coordinator', 'member'] as const;
export const unitAskers = ['operator', 'coordinator'] as const;

export function askingOf(principal: Principal): Asking {
  return {
    actor: actorOf(principal),
    member: ownMember(principal),
    alias: principal.alias,
    reach: reachOf(principal),
  };
}

export function seenBy(principal: Principal): Seen {
  return { reach: reachOf(principal), member: ownMember(principal) };
}

/** The order as a command, which has posted an entry, leaves it, for who asked. */
export function orderLeft(stage: Stage, principal: Principal, id: string, _entry: StagedEntry): ShownOrder {
  const order = stage.row(orderRows, id);
  if (!order) throw new Error(`order ${id} has just been written and is not there`);
  return orderShown(principal, viewOrder(order, stage.rows(orderPeopleRows, 'order', id), stage.now));
}

/** An order as it is shown; `funding` is null where it is not theirs to know. */
export type ShownOrder = Omit<OrderView, 'funding'> & { readonly funding: OrderView['funding'] | null };

/** That somebody else pays is shown to volunteers, and not who: whom the fund pays for is in need. */
export function orderShown<View extends OrderView>(
  { role, subject }: Principal,
  order: View,
): Omit<View, 'funding'> & Pick<ShownOrder, 'funding'> {
  const isTheirs = role !== 'member' || order.recipients.includes(subject) || order.placed_by === `member:${subject}`;
  return { ...order, funding: isTheirs || order.funding === 'mint' ? order.funding : null };
}
