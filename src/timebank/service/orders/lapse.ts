/**
 * An order that nobody took up, or to which nobody came, ends by itself: what is held for it is free from that moment, whoever has looked.
 * Here it is written down: by the worker, or when a member's coins would not suffice.
 */
import { balanceOf } from '../../../ledger/accounts.js';
import type { StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { fundAccount } from '../../chart.js';
import { expireGrantsForFund } from '../../credit/grants/purses.js';
import { creditNeeds } from '../../credit/receivable.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { erasureRows } from '../../people/personal-data/rows.js';
import { memberRows } from '../../people/rows.js';
import { type Attendance, orderStatuses } from '../../service-words.js';
import { confirmLapsed } from './confirm.js';
import { endOrder } from './end.js';
import { offerRows, orderPeopleRows, orderRows } from './rows.js';
import { endedStatuses, judged, type Order } from './state.js';
import { type OrderNow, requireAnyOrder } from './who.js';

/** Writes down what became of an order whose deadline has passed. Refuses: `order_not_found`, `order_state_invalid` (nothing became of it). */
export function settleLapsed(stage: Stage, rules: RuleSet, id: string): StagedEntry {
  const now = requireAnyOrder(stage, id);
  const stored = stage.row(orderRows, id);
  if (stored?.lapses_to === now.order.status && now.order.lapses_to === null) {
    return now.order.status === 'expired' ? expire(stage, now) : confirmLapsed(stage, rules, now);
  }
  throw new Refusal('order_state_invalid', {
    en: `order ${id} is ${now.order.status}, and its time is not over`,
    zh: `点单 ${id} 尚未到期`,
  });
}

/** Gives members back what is held for orders that have expired, so that no coin is withheld because a job has not run. */
export function releaseLapsed(stage: Stage, memberIds: readonly string[]): void {
  const lists = memberIds.map((id) => [orderPeopleRows, 'standing', id, 'committed'] as const);
  stage.prefetch({ lists });
  const committed = lists.flatMap(([table, index, ...key]) => stage.rows(table, index, ...key));
  const held = new Set(committed.filter((one) => one.held > 0n).map(({ order_id }) => order_id));
  prefetchOrders(stage, [...held]);
  for (const id of held) {
    const now = requireAnyOrder(stage, id);
    if (now.order.status === 'expired') expire(stage, now);
  }
}

/** The same for the fund, to which grants of years that are over come back first: the longest over first, until it has an amount, in hundredths, if it can. */
export function releaseLapsedOfFund(stage: Stage, amount: bigint): void {
  const suffices = () => {
    const fund = stage.account(fundAccount);
    return fund !== null && balanceOf(fund) >= amount;
  };
  if (suffices()) return;
  expireGrantsForFund(stage, amount);
  if (suffices()) return;
  const lists = (['fund', 'grant'] as const).map((funding) => [orderRows, 'lapsing', funding, 'expired'] as const);
  stage.prefetch({ lists });
  // What was held of grants is the fund's where their year is over: last, for of others it is not.
  const lapsed = lists
    .flatMap(([table, index, ...key]) => stage.rows(table, index, ...key).sort(byDeadline))
    // Nothing is held before somebody has accepted.
    .filter((order) => order.status === 'accepted' && judged(order, stage.now).status === 'expired')
    .slice(0, mostReleased)
    .map(({ order_id }) => order_id);
  prefetchOrders(stage, lapsed);
  for (const id of lapsed) {
    if (suffices()) return;
    expire(stage, requireAnyOrder(stage, id));
  }
}

const byDeadline = (one: Order, other: Order) => ((one.deadline_at ?? '') < (other.deadline_at ?? '') ? -1 : 1);

/** Orders that one command gives the fund back for. */
const mostReleased = 200;

/**
 * For the commands that move all a member has: orders name people by one id. What has expired is given back before.
 * Refuses: `member_has_orders` (the member has a part in an order that has not ended).
 */
export function refuseOpenOrders(stage: Stage, memberId: string): void {
  releaseLapsed(stage, [memberId]);
  stage.prefetch({
    lists: openStandings.map((standing) => [orderPeopleRows, 'standing', memberId, standing] as const),
  });
  const parts = openStandings.flatMap((standing) => stage.rows(orderPeopleRows, 'standing', memberId, standing));
  prefetchOrders(
    stage,
    parts.map(({ order_id }) => order_id),
  );
  const open = parts.filter(({ order_id: id }) => requireAnyOrder(stage, id).order.status !== 'expired');
  if (open.length === 0) return;
  throw new Refusal('member_has_orders', {
    en: `member ${memberId} has a part in ${open.length} orders that have not ended`,
    zh: `成员 ${memberId} 尚有 ${open.length} 个未结束的点单`,
  });
}

/** Orders of a unit that have not ended, by the clock. */
export function countOpenOrders(stage: Stage, unit: string): number {
  const lists = openStatuses.map((status) => [orderRows, 'unit', unit, status] as const);
  stage.prefetch({ lists });
  return lists
    .flatMap(([table, index, ...key]) => stage.rows(table, index, ...key))
    .filter((order) => judged(order, stage.now).status !== 'expired').length;
}

const openStatuses = orderStatuses.filter((status) => !endedStatuses.includes(status));

const openStandings: readonly Attendance[] = ['waiting', 'committed', 'accepted', 'checked_in', 'checked_out'];

/** Orders with all that ending them reads, in two rounds, however many they are. */
function prefetchOrders(stage: Stage, ids: readonly string[]): void {
  stage.prefetch({
    rows: ids.map((id) => [orderRows, id] as const),
    lists: ids.flatMap((id) => [[orderPeopleRows, 'order', id] as const, [offerRows, 'order', id] as const]),
  });
  const people = ids.flatMap((id) => stage.rows(orderPeopleRows, 'order', id));
  stage.prefetch({
    accounts: people.filter(({ held }) => held > 0n).flatMap(({ member_id: id }) => creditNeeds(id, 'coins')),
    rows: people.flatMap(({ member_id: id }) => [[memberRows, id] as const, [erasureRows, id] as const]),
  });
}

function expire(stage: Stage, now: OrderNow): StagedEntry {
  return endOrder(stage, now, { kind: 'order_expired', event: 'expired', status: 'expired' });
}
