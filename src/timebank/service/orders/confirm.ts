/**
 * What the recipient says of a service, and what is done when that is not what the volunteer says. Nobody's silence holds an order up: with a
 * device at both ends it confirms itself after `confirm_timeout_hours`.
 */
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import type { RuleSet } from '../../credit/rule-set.js';
import type { Verdict } from '../../service-words.js';
import { durationOf, intervalOf } from '../service-times.js';
import { leave } from './cancel.js';
import { eventOf } from './event.js';
import { orderPeopleRows } from './rows.js';
import { agreedTime, clampedTime, meanOf } from './settle.js';
import { dayMilliseconds, instantAfter, noDeadline, type Order, type OrderPerson, requireState } from './state.js';
import { textChange } from './texts.js';
import {
  type Asking,
  memberOf,
  type OrderNow,
  orderersOf,
  requireAnyOrder,
  requireNoneOf,
  requireOneOf,
  requireOrder,
  volunteersOf,
} from './who.js';

const minute = 60_000_000n;

export interface Confirmation {
  readonly orderId: string;
  /** What the recipient says it took; null: the recipient agrees. */
  readonly minutes: number | null;
  readonly rating: number | null;
  readonly comment: string | null;
}

/**
 * Confirms a service; if the recipient's minutes are too far from the volunteer's, it is disputed instead.
 * Refuses, in order: `order_not_found`, `order_role_invalid`, `order_state_invalid`.
 */
export function confirmOrder(stage: Stage, rules: RuleSet, asked: Confirmation, asking: Asking): StagedEntry {
  const now = requireOrder(stage, asked.orderId, asking);
  requireOneOf(stage, now, asking, orderersOf(now));
  requireState(now.order, 'confirm');
  const { minutes, rating, comment } = asked;
  const said: Order = { ...now.order, recipient_minutes: minutes, rating, confirmed_by: asking.actor };
  const agreed = servedBy(now).every((one) => agreedTime(saidOf(said, one), rules) !== null);
  const kind: TimebankKind = agreed ? 'order_confirmed' : 'order_disputed';
  return stage.post({
    kind,
    rows: [
      eventOf(
        stage,
        agreed ? confirmed(stage, rules, said) : disputed(said),
        agreed ? 'confirmed' : 'disputed',
        asking.member ?? undefined,
      ),
      ...textChange(stage, asked.orderId, 'confirm', comment),
    ],
  });
}

/** Writes down that an order, as it is judged, has confirmed itself. */
export function confirmLapsed(stage: Stage, rules: RuleSet, { order }: OrderNow): StagedEntry {
  // An order that was checked out before `then_due_at` was kept has none: it begins with what is written down.
  const approval = order.deadline_at ?? instantAfter(stage.now, rules.approval_days * dayMilliseconds);
  return stage.post({
    kind: 'order_confirmed' satisfies TimebankKind,
    rows: [eventOf(stage, { ...order, deadline_at: approval }, 'confirmed')],
  });
}

/** Refuses, in order: `order_not_found`, `order_state_invalid`, `order_role_invalid`. */
export function disputeOrder(
  stage: Stage,
  { orderId, reason }: { readonly orderId: string; readonly reason: string },
  asking: Asking,
): StagedEntry {
  const now = requireOrder(stage, orderId, asking);
  requireState(now.order, 'dispute');
  requireOneOf(stage, now, asking, [...orderersOf(now), ...volunteersOf(now).map(memberOf)]);
  return stage.post({
    kind: 'order_disputed' satisfies TimebankKind,
    rows: [
      eventOf(stage, disputed(now.order), 'disputed', asking.member ?? undefined),
      ...textChange(stage, orderId, 'dispute', reason),
    ],
  });
}

export interface Decision {
  readonly orderId: string;
  readonly verdict: Verdict;
  readonly minutes: number | null;
  /** Of several who gave it, whose minutes are others; 0: was not there, and what was held for them goes back. */
  readonly volunteers: readonly { readonly volunteer: string; readonly minutes: number }[];
}

/**
 * Decides a dispute: `to_volunteer` takes the volunteer's times, `to_recipient` the recipient's minutes, `upheld` the minutes that are given,
 * or the mean of both. What it decides is still to be approved, and until then another verdict may take its place.
 * Refuses, in order: `order_not_found`, `order_state_invalid`, `self_approval`, `verdict_invalid` (to the recipient, who named no minutes; or
 * minutes of
 * somebody who did not serve in it; or nobody was there).
 */
export function decideDispute(
  stage: Stage,
  rules: RuleSet,
  { orderId, verdict, minutes, volunteers }: Decision,
  asking: Asking,
): StagedEntry {
  const found = requireOrder(stage, orderId, asking);
  requireState(found.order, 'verdict');
  requireNoneOf(stage, asking, partiesOf(found));
  refuseOthers(found, volunteers);
  const now = withoutAbsent(stage, found, volunteers);
  const minutesOf = new Map(volunteers.map((one) => [one.volunteer, one.minutes]));
  const people = servedBy(now).map((one) => ({ ...one, verdict_minutes: minutesOf.get(one.member_id) ?? null }));
  const isSaid = minutes !== null || now.order.recipient_minutes !== null;
  const lacking = !isSaid && people.some((one) => one.verdict_minutes === null);
  if (verdict === 'to_recipient' && lacking)
    throw new Refusal('verdict_invalid', {
      en: 'the recipient has named no minutes: give those that count, or decide otherwise',
      zh: '受助人未填写分钟数，请填写认定的分钟数，或作出其他裁定',
    });
  const decided: Order = {
    ...{ ...now.order, ...noDeadline },
    status: verdict,
    verdict_minutes: minutes,
    deadline_at: instantAfter(stage.now, rules.approval_days * dayMilliseconds),
  };
  return stage.post({
    kind: 'order_decided' satisfies TimebankKind,
    rows: [...people.map((one) => change(orderPeopleRows, one)), eventOf(stage, decided, 'decided')],
  });
}

/** Refuses: `verdict_invalid` (minutes of somebody who did not serve, or twice of one; nobody was there). */
function refuseOthers(now: OrderNow, volunteers: Decision['volunteers']): void {
  const served = servedBy(now).map(memberOf);
  const named = new Set(volunteers.map(({ volunteer }) => volunteer));
  if (named.size !== volunteers.length || [...named].some((one) => !served.includes(one)))
    throw new Refusal('verdict_invalid', {
      en: 'minutes are given for somebody who did not serve in this order, or twice for the same volunteer',
      zh: '所填志愿者中有人未参加本次服务或重复填写，请核对后重新提交',
    });
  if (volunteers.filter(({ minutes }) => minutes === 0).length < served.length) return;
  throw new Refusal('verdict_invalid', {
    en: 'nobody was there by this verdict: decide for some minutes, and reject the order then',
    zh: '按此裁定无人到场：请先裁定分钟数，再驳回该点单',
  });
}

/** The order once those who were not there have left it, each by an entry of their own. */
function withoutAbsent(stage: Stage, found: OrderNow, volunteers: Decision['volunteers']): OrderNow {
  let now = found;
  for (const { volunteer } of volunteers.filter(({ minutes }) => minutes === 0)) {
    const person = now.people.find(({ member_id }) => member_id === volunteer);
    if (!person) throw new Error(`${volunteer} is not in order ${now.order.order_id}`);
    leave(stage, now, { person, attendance: 'no_show', event: 'no_show', kind: 'order_no_show', rows: [] });
    now = requireAnyOrder(stage, now.order.order_id);
  }
  return now;
}

/** Everybody who has a part in what is decided: who gave, received, placed it for another, recorded or confirmed it. */
export function partiesOf({ order, people }: OrderNow): (string | null)[] {
  return [
    ...people.flatMap((one) => [one.member_id, one.check_in_by, one.check_out_by]),
    order.confirmed_by,
    order.on_behalf ? order.placed_by : null,
  ];
}

/** How long a volunteer's service counts, in microseconds, by what was said and decided. */
export function countedTime(rules: RuleSet, order: Order, person: OrderPerson): bigint {
  const planned = durationOf(intervalOf(order.planned_start, order.planned_end));
  return clampedTime(timeSaid(rules, order, person), planned, rules);
}

function timeSaid(rules: RuleSet, order: Order, person: OrderPerson): bigint {
  const said = saidOf(order, person);
  const minutes = person.verdict_minutes ?? order.verdict_minutes;
  const decided = minutes === null ? null : BigInt(minutes) * minute;
  const recipient = said.recipient ?? said.volunteer;
  if (order.status === 'to_volunteer') return decided ?? said.volunteer;
  if (order.status === 'to_recipient') return decided ?? recipient;
  if (order.status === 'upheld') return decided ?? meanOf(said.volunteer, recipient);
  return agreedTime(said, rules) ?? said.volunteer;
}

function saidOf({ recipient_minutes: minutes }: Order, { check_in, check_out }: OrderPerson) {
  if (check_in === null || check_out === null) throw new Error('a volunteer who has left has both times');
  const recipient = minutes === null ? null : BigInt(minutes) * minute;
  return { volunteer: durationOf(intervalOf(check_in, check_out)), recipient };
}

/** Volunteers who have been there. */
export const servedBy = (now: OrderNow) => volunteersOf(now).filter(({ attendance }) => attendance === 'checked_out');

function confirmed(stage: Stage, rules: RuleSet, order: Order): Order {
  const approval = instantAfter(stage.now, rules.approval_days * dayMilliseconds);
  return { ...order, ...noDeadline, status: 'confirmed', deadline_at: approval };
}

function disputed(order: Order): Order {
  return { ...order, ...noDeadline, status: 'disputed' };
}
