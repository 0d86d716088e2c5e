/** Orders that do not come about: cancelled by who wanted them, left by a volunteer, or somebody did not come. None of it counts against anybody. */
import { change, type RowChange, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { hasCome } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import { returnOver } from '../../credit/grants/purses.js';
import type { RuleSet } from '../../credit/rule-set.js';
import type { OrderEvent, OrderRole } from '../../service-words.js';
import { afterLeaving } from './attendance.js';
import { endOrder } from './end.js';
import { eventOf } from './event.js';
import { releasePrice } from './holds.js';
import { orderPeopleRows } from './rows.js';
import { type Order, type OrderPerson, requireState } from './state.js';
import { textChange } from './texts.js';
import {
  type Asking,
  memberOf,
  type OrderNow,
  orderersOf,
  recipientsOf,
  requireOneOf,
  requireOrder,
  volunteersOf,
} from './who.js';

export interface Cancellation {
  readonly orderId: string;
  readonly reason: string;
  /** Whether the orders that would follow in its series are not wanted either. */
  readonly series: boolean;
}

/**
 * Cancels an order; a volunteer who has accepted it only leaves it.
 * Refuses, in order: `order_not_found`, `order_state_invalid`, `order_role_invalid`.
 */
export function cancelOrder(stage: Stage, asked: Cancellation, asking: Asking): StagedEntry {
  const now = requireOrder(stage, asked.orderId, asking);
  requireState(now.order, 'cancel');
  refuseBegun(stage, now, asking);
  const leaving = volunteersOf(now).find(({ member_id }) => member_id === asking.member);
  requireOneOf(stage, now, asking, [...orderersOf(now), ...(leaving ? [leaving.member_id] : [])]);
  const rows = textChange(stage, asked.orderId, leaving ? `cancel:${leaving.member_id}` : 'cancel', asked.reason);
  if (leaving)
    return leave(stage, now, {
      person: leaving,
      attendance: 'left',
      event: 'cancelled',
      kind: 'order_cancelled',
      rows,
    });
  const ending = { kind: 'order_cancelled', event: 'cancelled', status: 'cancelled', rows } as const;
  return endOrder(stage, now, { ...ending, endsSeries: asked.series });
}

/**
 * Once an order has begun, its people say who did not come, and do not cancel what may have been given; who looks after the unit can.
 * Refuses: `order_state_invalid`.
 */
function refuseBegun(stage: Stage, { order }: OrderNow, { member }: Asking): void {
  if (member === null || order.status !== 'accepted' || !hasCome(order.planned_start, stage.now)) return;
  throw new Refusal('order_state_invalid', {
    en: `order ${order.order_id} has begun: say who did not come`,
    zh: `点单 ${order.order_id} 已开始，请登记未到人员`,
  });
}

export interface NoShow {
  readonly orderId: string;
  readonly side: OrderRole;
  /** Of several, who did not come. */
  readonly volunteer: string | null;
}

/**
 * Somebody did not come, once the order should have begun: without the recipient it ends, without a volunteer it goes on with the others.
 * The other side says so, or who looks after the unit.
 * Refuses, in order: `order_not_found`, `order_state_invalid`, `order_role_invalid`; `order_state_invalid` also when it has not begun, or
 * nobody of that side is expected.
 */
export function recordNoShow(
  stage: Stage,
  rules: RuleSet,
  { orderId, side, volunteer }: NoShow,
  asking: Asking,
): StagedEntry {
  const now = requireOrder(stage, orderId, asking);
  requireState(now.order, 'no_show');
  const others = side === 'volunteer' ? recipientsOf(now) : volunteersOf(now);
  requireOneOf(stage, now, asking, others.map(memberOf));
  const expected = volunteersOf(now).filter(({ attendance }) => attendance === 'accepted');
  const absent = expected.find(({ member_id }) => volunteer === null || member_id === volunteer);
  const began = hasCome(now.order.planned_start, stage.now);
  if (!began || !absent || (side === 'recipient' && now.order.status !== 'accepted')) throw nobodyExpected(orderId);
  if (side === 'recipient') {
    const ending = { kind: 'order_no_show', event: 'no_show', status: 'cancelled' } as const;
    return endOrder(stage, now, { ...ending, member: now.order.recipient_id });
  }
  return leave(stage, now, {
    person: absent,
    attendance: 'no_show',
    event: 'no_show',
    kind: 'order_no_show',
    rows: [],
    rules,
  });
}

interface Leaving {
  readonly person: OrderPerson;
  readonly attendance: 'left' | 'no_show';
  readonly event: OrderEvent;
  readonly kind: TimebankKind;
  readonly rows: readonly RowChange[];
  readonly rules?: RuleSet;
}

/** A volunteer is not expected any more: what was held for them goes back, and their place is free as long as it has not begun. */
export function leave(
  stage: Stage,
  now: OrderNow,
  { person, attendance, event, kind, rows, rules }: Leaving,
): StagedEntry {
  const gone: OrderPerson = { ...person, attendance };
  const people = now.people.map((one) => (one === person ? gone : one));
  const left = volunteersOf({ ...now, people });
  const settled = releasePrice(stage, now, person, left.length === 0);
  const next =
    left.length === 0 ? reopened(now.order) : rules ? afterLeaving(stage, rules, { ...now, people }) : now.order;
  const entry = stage.post({
    kind,
    control: true,
    legs: settled.legs,
    opens: settled.opens,
    rows: [change(orderPeopleRows, gone), ...settled.rows, eventOf(stage, next, event, person.member_id), ...rows],
  });
  returnOver(stage, entry);
  return entry;
}

/** Without a volunteer an order waits again, until it should begin. */
function reopened(order: Order): Order {
  const { offered_until } = order;
  return {
    ...{ ...order, status: offered_until === null ? 'requested' : 'offered' },
    ...{ deadline_at: order.planned_start, lapses_to: 'expired' },
  };
}

function nobodyExpected(orderId: string): Refusal {
  return new Refusal('order_state_invalid', {
    en: `order ${orderId} has not begun, or nobody of that side is expected any more`,
    zh: `点单 ${orderId} 尚未开始，或该方已无人待到`,
  });
}
