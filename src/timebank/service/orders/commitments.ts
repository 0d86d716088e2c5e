/**
 * One person cannot be at two places: what a member is bound to at a time, in orders that were accepted and in records of service. Knows
 * plans and records; not who asks.
 */
import type { Stage } from '../../../ledger/stage.js';
import { parseInstant } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { idsOf, requireMember } from '../../people/members.js';
import type { Attendance } from '../../service-words.js';
import { type Interval, intervalOf, overlaps, weeksAround } from '../service-times.js';
import { standingLists, standingRecords } from '../standing.js';
import { orderPeopleRows, orderRows } from './rows.js';
import { judged, type Order, type OrderPerson } from './state.js';

/** Standing in an order that binds somebody to its time. */
export const boundAttendances: readonly Attendance[] = ['committed', 'accepted', 'checked_in', 'checked_out'];

/** The lists that the judgement reads. */
export function commitmentLists(memberId: string, weeks: readonly string[]) {
  return [
    ...weeks.map((week) => [orderPeopleRows, 'week', memberId, week] as const),
    ...standingLists(memberId, weeks),
  ];
}

/** The same of a member who is loaded: records stand under all ids that members had, open orders under the one they have. */
function listsOf(stage: Stage, memberId: string, weeks: readonly string[]) {
  const earlier = idsOf(requireMember(stage, memberId)).slice(1);
  return [...commitmentLists(memberId, weeks), ...earlier.flatMap((id) => standingLists(id, weeks))];
}

/** Has what `refuseCommitted` reads of all who are to be judged for an order loaded in two rounds, however many they are. */
export function prefetchCommitted(stage: Stage, order: Order, memberIds: readonly string[]): void {
  const plan = intervalOf(order.planned_start, order.planned_end);
  const weeks = weeksAround(plan, stage.zone);
  stage.prefetch({ lists: memberIds.flatMap((id) => listsOf(stage, id, weeks)) });
  const bound = memberIds.flatMap((id) => boundParts(stage, id, weeks, plan));
  stage.prefetch({ rows: bound.map(({ order_id }) => [orderRows, order_id] as const) });
}

/**
 * Refuses: `service_overlap` (the member gives or receives something else at that time; who receives two things at one place is at one
 * place).
 */
export function refuseCommitted(stage: Stage, order: Order, memberId: string, as: OrderPerson['role']): void {
  const plan = intervalOf(order.planned_start, order.planned_end);
  const weeks = weeksAround(plan, stage.zone);
  stage.prefetch({ lists: listsOf(stage, memberId, weeks) });
  const record = recordAt(stage, memberId, weeks, plan);
  if (record) throw overlap(memberId, record.service_record_id);
  const other = boundOrders(stage, memberId, weeks, plan).find(
    ({ order: one, role }) =>
      one.order_id !== order.order_id &&
      (as === 'volunteer' || role === 'volunteer' || placeOf(one) !== placeOf(order)),
  );
  if (other) throw overlap(memberId, other.order.order_id);
}

export interface Presence {
  readonly order: Order;
  readonly volunteer: string;
  /** From check-in to check-out, or the moment of a check-in. */
  readonly time: Interval;
}

/**
 * Refuses: `service_overlap` (the volunteer is, or was, in another order in that time, or gave another service; who forgot to check out has
 * left after `service_max_hours`).
 */
export function refusePresent(stage: Stage, rules: RuleSet, { order, volunteer, time }: Presence): void {
  // Who comes early may come the day before the plan.
  const weeks = weeksAround({ ...time, end: time.end + dayMicroseconds }, stage.zone);
  stage.prefetch({ lists: listsOf(stage, volunteer, weeks) });
  const record = recordAt(stage, volunteer, weeks, time);
  if (record) throw overlap(volunteer, record.service_record_id);
  const other = weeks
    .flatMap((week) => stage.rows(orderPeopleRows, 'week', volunteer, week))
    .find(
      ({ order_id, attendance, check_in, check_out }) =>
        order_id !== order.order_id &&
        boundAttendances.includes(attendance) &&
        check_in !== null &&
        overlaps(time, { start: parseInstant(check_in), end: leftAt(rules, check_in, check_out) }),
    );
  if (other) throw overlap(volunteer, other.order_id);
}

function leftAt(rules: RuleSet, checkIn: string, checkOut: string | null): bigint {
  return checkOut === null
    ? parseInstant(checkIn) + BigInt(rules.service_max_hours) * 3_600_000_000n
    : parseInstant(checkOut);
}

const dayMicroseconds = 86_400_000_000n;

function recordAt(stage: Stage, memberId: string, weeks: readonly string[], time: Interval) {
  return standingRecords(stage, idsOf(requireMember(stage, memberId)), weeks).find(({ check_in, check_out }) =>
    overlaps(time, intervalOf(check_in, check_out)),
  );
}

/** Refuses: `service_overlap` (the member is bound to give service in an order at that time). */
export function refuseVolunteering(stage: Stage, memberId: string, weeks: readonly string[], actual: Interval): void {
  const other = boundOrders(stage, memberId, weeks, actual).find(({ role }) => role === 'volunteer');
  if (other) throw overlap(memberId, other.order.order_id);
}

function boundOrders(stage: Stage, memberId: string, weeks: readonly string[], time: Interval) {
  return boundParts(stage, memberId, weeks, time).flatMap(({ order_id, role }) => {
    const order = stage.row(orderRows, order_id);
    return order && judged(order, stage.now).status !== 'expired' ? [{ order, role }] : [];
  });
}

/** A member's parts in orders that take their time then, as long as those have not expired. */
function boundParts(stage: Stage, memberId: string, weeks: readonly string[], time: Interval): OrderPerson[] {
  return weeks
    .flatMap((week) => stage.rows(orderPeopleRows, 'week', memberId, week))
    .filter((one) => boundAttendances.includes(one.attendance))
    .filter((one) => overlaps(time, occupiedBy(one)));
}

/** What an order takes of somebody's time: the plan, until they have come; then when they were there. */
function occupiedBy({ planned_start, planned_end, check_in, check_out }: OrderPerson): Interval {
  const plan = intervalOf(planned_start, planned_end);
  if (check_in === null) return plan;
  const start = parseInstant(check_in);
  if (check_out !== null) return { start, end: parseInstant(check_out) };
  return { start, end: plan.end > start ? plan.end : start + 1n };
}

/** SQL: by `occupiedBy`, the part in an order takes time between two instants. */
export function occupiedSql(part: string, start: string, end: string): string {
  return `coalesce(${part}.check_in, ${part}.planned_start) < ${end}
        and coalesce(${part}.check_out, greatest(${part}.planned_end, ${part}.check_in + interval '1 microsecond')) > ${start}`;
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
