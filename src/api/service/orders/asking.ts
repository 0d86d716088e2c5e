/** From a request's token to who asks, and from what a command left to what is answered. */
import { actorOf } from '../../../http/commands.js';
import { mayKnowNeed, ownMember, reachOf } from '../../../http/reach.js';
import type { Principal } from '../../../http/tokens.js';
import type { StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { idsBehind } from '../../../timebank/people/members.js';
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
export function orderLeft(stage: Stage, principal: Principal, id: string, _entry: StagedEntry): OrderView {
  const order = stage.row(orderRows, id);
  if (!order) throw new Error(`order ${id} has just been written and is not there`);
  const member = ownMember(principal);
  const viewer = member === null ? null : idsBehind(stage, member);
  return shownTo(principal, viewOrder(order, stage.rows(orderPeopleRows, 'order', id), stage.now, viewer));
}

/** Who pays is not for a coordinator to know who may not know who is in need: the fund pays for nobody else. */
export function shownTo<View extends Pick<OrderView, 'funding'>>(principal: Principal, order: View): View {
  return mayKnowNeed(principal) || order.funding === 'mint' ? order : { ...order, funding: null };
}
