/** How an order ends without service: what is held goes back, its people are free, and the next of its series is placed. */
import { change, type RowChange, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { newId } from '../../../lib/ids.js';
import type { TimebankKind } from '../../chart.js';
import { returnOver } from '../../credit/grants/purses.js';
import type { OrderEvent, OrderStatus } from '../../service-words.js';
import { eventOf } from './event.js';
import { releaseHolds } from './holds.js';
import { placeNext } from './place.js';
import { offerRows, orderPeopleRows } from './rows.js';
import { judgedOffer, noDeadline, type Order, type OrderPerson } from './state.js';
import { memberOf, type OrderNow, recipientsOf, volunteersOf } from './who.js';

export interface Ending {
  readonly kind: TimebankKind;
  readonly event: OrderEvent;
  readonly status: OrderStatus;
  /** Whom the event concerns, where it concerns one. */
  readonly member?: string | undefined;
  /** Whether the series ends with it. */
  readonly endsSeries?: boolean;
  readonly rows?: readonly RowChange[];
}

/** Ends an order. Who accepted and did not come is a no-show when it expires, and free otherwise. */
export function endOrder(stage: Stage, now: OrderNow, ending: Ending): StagedEntry {
  const { order } = now;
  const released = releaseHolds(stage, now);
  const ended: Order = { ...order, status: ending.status, ...noDeadline };
  const entry = stage.post({
    kind: ending.kind,
    control: true,
    legs: released.legs,
    opens: released.opens,
    rows: [
      eventOf(stage, ended, ending.event, ending.member),
      ...released.rows,
      ...volunteersOf(now).map((one) => change(orderPeopleRows, { ...one, attendance: leftAs(one, ending.status) })),
      ...withdrawn(stage, order.order_id),
      ...(ending.rows ?? []),
    ],
  });
  returnOver(stage, entry);
  if (!ending.endsSeries) placeNext(stage, ended, recipientIds(now), newId());
  return entry;
}

export const recipientIds = (now: OrderNow) => recipientsOf(now).map(memberOf);

function leftAs({ attendance }: OrderPerson, status: OrderStatus): OrderPerson['attendance'] {
  return status === 'expired' && attendance === 'accepted' ? 'no_show' : 'released';
}

/** Offers that wait for an answer go with the order; those whose time is over have expired by themselves. */
function withdrawn(stage: Stage, orderId: string): RowChange[] {
  return stage
    .rows(offerRows, 'order', orderId)
    .filter((offer) => judgedOffer(offer, stage.now).status === 'open')
    .map((offer) => change(offerRows, { ...offer, status: 'withdrawn' }));
}
