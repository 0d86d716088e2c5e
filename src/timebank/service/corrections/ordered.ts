/**
 * What the correction of a record means for the order in which the service was given: the order leads to the record that counts, and tells
 * what became of the other; where its recipients or the fund paid, they get back what they paid, or pay for what takes the record's place, at
 * most the price that was agreed. Posts nothing itself.
 */
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { Leg } from '../../../ledger/reversal.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { fundAccount, heldForOrders, remainderAccount } from '../../chart.js';
import type { FreeHolds } from '../../credit/receivable.js';
import { idsNow } from '../../people/members.js';
import { eventOf } from '../orders/event.js';
import { heldAgain, settleAgain } from '../orders/repay.js';
import { orderPeopleRows } from '../orders/rows.js';
import { memberOf, type OrderNow, recipientsOf, requireAnyOrder } from '../orders/who.js';
import type { Ordered } from '../post-record.js';
import type { ServiceRecord } from '../standing.js';

/** The order of a record as it stands, with its people; null: the service was given in none. */
export function orderOf(stage: Stage, { order_id: id }: ServiceRecord): OrderNow | null {
  return id === null ? null : requireAnyOrder(stage, id);
}

/** Who received a service, under the ids of who they are now; nobody where no recipient was recorded. */
export function receiversOf(stage: Stage, record: ServiceRecord): string[] {
  const now = orderOf(stage, record);
  if (now) return idsNow(stage, recipientsOf(now).map(memberOf));
  return record.recipient_id === null ? [] : idsNow(stage, [record.recipient_id]);
}

/** What somebody paid for a record, to the volunteer and the pool together, in hundredths; zero where its coins were minted. */
export function paidFor({ funding, coins, to_pool: toPool }: ServiceRecord): bigint {
  return funding === null ? 0n : coins + toPool;
}

/** From the grants of which year a record was paid; null: from none. */
export function grantsYearOf(now: OrderNow, { volunteer_id: volunteer }: ServiceRecord): number | null {
  return now.people.find(({ member_id }) => member_id === volunteer)?.grants_year ?? null;
}

/** The order as the reversal of one of its records leaves it; `correctedBy` takes the record's place, or nothing does. */
export function rowsOfOrder(
  stage: Stage,
  now: OrderNow,
  record: ServiceRecord,
  correctedBy: string | null,
): RowChange[] {
  const { volunteer_id: volunteer } = record;
  const person = now.people.find(({ member_id }) => member_id === volunteer);
  if (!person) throw new Error(`${volunteer} was not in order ${now.order.order_id}`);
  return [
    eventOf(stage, now.order, correctedBy === null ? 'annulled' : 'corrected', volunteer),
    change(orderPeopleRows, { ...person, service_record_id: correctedBy }),
    ...heldAgain(now, paidFor(record)),
  ];
}

/**
 * Of the legs opposite to those of a record that was paid: what comes back from the volunteer, from the account that took what was over the
 * holding cap, and from that of remainders. What its payers were given back then stays with them.
 */
export function legsOfPaid(record: ServiceRecord): ((opposite: readonly Leg[]) => Leg[]) | undefined {
  if (record.funding === null) return undefined;
  return (opposite) => {
    const excess = excessOf(record, opposite);
    return opposite.filter(
      (leg) =>
        leg.debit.startsWith(`member:${record.volunteer_id}:`) || leg.debit === remainderAccount.code || leg === excess,
    );
  };
}

/** The leg that brings back what was over the holding cap; the fund, where it paid, may have been given back another amount. */
function excessOf({ to_pool: toPool }: ServiceRecord, opposite: readonly Leg[]): Leg | undefined {
  if (toPool === 0n) return undefined;
  const fromPools = opposite.filter(
    ({ debit, credit }) =>
      credit === heldForOrders.code && debit.startsWith('pool:') && debit !== remainderAccount.code,
  );
  return fromPools.find(({ debit }) => debit !== fundAccount) ?? fromPools.find(({ amount }) => amount === toPool);
}

interface Correcting {
  readonly actor: string;
  readonly alias?: string | undefined;
  readonly freeHolds: FreeHolds;
}

/**
 * What the order adds to the record that takes the place of one that was reversed.
 * Refuses: `self_approval` (the volunteer is one of the recipients by now: the record can be annulled).
 */
export function orderedAgain(
  stage: Stage,
  now: OrderNow,
  record: ServiceRecord,
  { actor, alias, freeHolds }: Correcting,
): Ordered {
  const { order } = now;
  const recipients = receiversOf(stage, record);
  if (recipients.includes(record.volunteer_id))
    throw new Refusal('self_approval', {
      en: `${record.volunteer_id} turned out to be one of those who received the service: the record can only be annulled`,
      zh: `${record.volunteer_id} 与受助人已合并为同一人，该记录只能作废，请提出作废`,
    });
  const { funding } = record;
  return {
    ...{ orderId: order.order_id, station: order.station_id, recipients, approvedBy: actor, alias },
    payment: funding === null ? null : { funding, agreed: order.price },
    moves: (paid) =>
      settleAgain(stage, now, { before: paidFor(record), paid, grantsYear: grantsYearOf(now, record), freeHolds }),
  };
}
