/**
 * The state machine of an order: which command each status allows, and what an order is once a deadline has passed. Pure: it does not
 * know who asks, nor what a command does.
 *
 *     requested <-> offered -> accepted -> checked_in -> checked_out -> confirmed -> approved | rejected
 *     disputed -> upheld | to_volunteer | to_recipient (and from one to another) -> approved | rejected
 *
 * until it is checked in it can be `cancelled`, and is `expired` when nobody has come.
 */
import { formatInstant, hasCome } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import { type OrderCommand, type OrderEvent, type OrderStatus, orderStatusesZh } from '../../service-words.js';
import type { offerRows, orderPeopleRows, orderRows } from './rows.js';

export type Order = NonNullable<ReturnType<typeof orderRows.decode>>;
export type OrderPerson = NonNullable<ReturnType<typeof orderPeopleRows.decode>>;

export type Offer = NonNullable<ReturnType<typeof offerRows.decode>>;

const unserved = ['requested', 'offered', 'accepted'] as const;
const decidable = ['confirmed', 'upheld', 'to_volunteer', 'to_recipient'] as const;

/** The statuses in which nothing more becomes of an order. */
export const endedStatuses: readonly OrderStatus[] = ['approved', 'rejected', 'cancelled', 'expired'];

/** The statuses in which a command is possible; in all others it is refused with `order_state_invalid`. */
export const allowedIn: Readonly<Record<OrderCommand, readonly OrderStatus[]>> = {
  offer: unserved,
  accept: unserved,
  decline: unserved,
  claim: unserved,
  issue_code: ['accepted', 'checked_in'],
  check_in: ['accepted', 'checked_in'],
  check_out: ['checked_in'],
  no_show: ['accepted', 'checked_in'],
  confirm: ['checked_out'],
  dispute: ['checked_out', 'confirmed'],
  verdict: ['disputed', 'upheld', 'to_volunteer', 'to_recipient'],
  approve: decidable,
  reject: ['checked_out', ...decidable],
  cancel: unserved,
};

/** An order without a deadline. */
export const noDeadline = { deadline_at: null, lapses_to: null, then_due_at: null, offered_until: null } as const;

/** The order as it is at a moment (milliseconds since the epoch), whoever has looked at it since its deadline. */
export function judged(order: Order, now: number): Order {
  const isPast = (instant: string | null) => instant !== null && hasCome(instant, now);
  if (order.lapses_to !== null && isPast(order.deadline_at))
    return { ...order, ...noDeadline, status: order.lapses_to, deadline_at: order.then_due_at };
  if (order.status === 'offered' && isPast(order.offered_until))
    return { ...order, status: 'requested', offered_until: null };
  return order;
}

/** The offer as it is at a moment: one that nobody has answered in time has expired, whoever has looked since. */
export function judgedOffer(offer: Offer, now: number): Offer {
  const late = offer.status === 'open' && hasCome(offer.expires_at, now);
  return late ? { ...offer, status: 'expired' } : offer;
}

/** SQL: the status that `judged` says of the order `o`; `now` is the parameter of an instant. */
export function judgedStatusSql(now: string): string {
  return `case when o.lapses_to is not null and o.deadline_at <= ${now}::text::timestamptz then o.lapses_to
    when o.status = 'offered' and o.offered_until <= ${now}::text::timestamptz then 'requested' else o.status end`;
}

/** SQL: the deadline that `judged` says of the order `o`. */
export function judgedDeadlineSql(now: string): string {
  return `case when o.lapses_to is not null and o.deadline_at <= ${now}::text::timestamptz then o.then_due_at else o.deadline_at end`;
}

/** Refuses: `order_state_invalid`. */
export function requireState(order: Order, command: OrderCommand): void {
  if (allowedIn[command].includes(order.status)) return;
  throw new Refusal('order_state_invalid', {
    en: `order ${order.order_id} is ${order.status}: that allows no ${command}`,
    zh: `点单 ${order.order_id} ${orderStatusesZh[order.status]}，不能进行该操作`,
  });
}

/** The history with one more event, of the entry with that number. */
export function withEvent(history: string, event: OrderEvent, entry: number, member?: string): string {
  const told = `${event}@${entry}${member === undefined ? '' : `:${member}`}`;
  return history === '' ? told : `${history} ${told}`;
}

export const dayMilliseconds = 86_400_000;

/** Milliseconds since the epoch as the instant of a row. */
export function instantAfter(now: number, milliseconds: number): string {
  return formatInstant(BigInt(now + milliseconds) * 1000n);
}
