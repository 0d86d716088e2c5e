/**
 * One person cannot be at two places: what a member is bound to at a time, in orders that were accepted and in records of service. Knows
 * plans and records; not who asks.
 */
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import type { Attendance } from '../../words.js';
import { serviceRecordRows } from '../rows.js';
import { type Interval, intervalOf, overlaps, weeksAround } from '../service-times.js';
import { orderPeopleRows, orderRows } from './rows.js';
import { judged, type Order, type OrderPerson } from './state.js';

/** Standing in an order that binds somebody to its time. */
const bound: readonly Attendance[] = ['committed', 'accepted', 'checked_in', 'checked_out'];

/** The lists that the judgement reads. */
export function commitmentLists(memberId: string, weeks: readonly string[]) {
  return weeks.flatMap(
    (week) =>
      [
        [orderPeopleRows, 'week', memberId, week],
        [serviceRecordRows, 'week', memberId, week],
      ] as const,
  );
}

/**
 * Refuses: `service_overlap` (the member gives or receives something else at that time; who receives two things at one place is at one
 * place).
 */
export function refuseCommitted(stage: Stage, order: Order, memberId: string, as: OrderPerson['role']): void {
  const plan = intervalOf(order.planned_start, order.planned_end);
  const weeks = weeksAround(plan, stage.zone);
  stage.prefetch({ lists: commitmentLists(memberId, weeks) });
  const record = weeks
    .flatMap((week) => stage.rows(serviceRecordRows, 'week', memberId, week))
    .find(({ check_in, check_out }) => overlaps(plan, intervalOf(check_in, check_out)));
  if (record) throw overlap(memberId, record.service_record_id);
  const other = boundOrders(stage, memberId, weeks, plan).find(
    ({ order: one, role }) =>
      one.order_id !== order.order_id &&
      (as === 'volunteer' || role === 'volunteer' || placeOf(one) !== placeOf(order)),
  );
  if (other) throw overlap(memberId, other.order.order_id);
}

/** Refuses: `service_overlap` (the member is bound to give service in an order at that time). */
export function refuseVolunteering(stage: Stage, memberId: string, weeks: readonly string[], actual: Interval): void {
  const other = boundOrders(stage, memberId, weeks, actual).find(({ role }) => role === 'volunteer');
  if (other) throw overlap(memberId, other.order.order_id);
}

function boundOrders(stage: Stage, memberId: string, weeks: readonly string[], time: Interval) {
  return weeks
    .flatMap((week) => stage.rows(orderPeopleRows, 'week', memberId, week))
    .filter((one) => bound.includes(one.attendance))
    .filter((one) => overlaps(time, intervalOf(one.planned_start, one.planned_end)))
    .flatMap(({ order_id, role }) => {
      const order = stage.row(orderRows, order_id);
      return order && judged(order, stage.now).status !== 'expired' ? [{ order, role }] : [];
    });
}

function placeOf({ mode, station_id }: Order): string {
  return mode === 'station' ? `station ${station_id}` : 'home';
}

function overlap(memberId: string, other: string): Refusal {
  return new Refusal('service_overlap', {
    en: `${memberId} is bound to ${other} at that time`,
    zh: `${memberId} 在该时段已有 ${other}`,
  });
}
