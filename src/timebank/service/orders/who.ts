/**
 * Who asks something of an order, and what they are to it: one of its people, who placed it, or somebody who looks after the unit. Knows no
 * role but a member's and no token.
 */
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { personOf } from '../../people/actors.js';
import { idsBehind } from '../../people/members.js';
import { isUnitWithin, type Reach } from '../../people/reach.js';
import { memberRows } from '../../people/rows.js';
import { type Beside, isOneOf } from '../../people/second-person.js';
import { teamRows } from '../../people/teams/rows.js';
import type { Attendance } from '../../service-words.js';
import { offerRows, orderPeopleRows, orderRows } from './rows.js';
import { judged, judgedOffer, type Offer, type Order, type OrderPerson } from './state.js';

export interface Asking extends Beside {
  /** `role:subject`, as the journal names them. */
  readonly actor: string;
  /** The member who asks as a member; null for those who look after units. */
  readonly member: string | null;
  readonly reach: Reach;
}

/** An order as it is now, with its people. */
export interface OrderNow {
  readonly order: Order;
  readonly people: readonly OrderPerson[];
}

/**
 * The order, for one of its people, who placed it, whom it was offered to, or who looks after its unit.
 * Refuses: `order_not_found`, also when it is none of the asker's business.
 */
export function requireOrder(stage: Stage, id: string, asking: Asking): OrderNow {
  const found = findOrder(stage, id, asking.member);
  if (!found || !concerns(stage, found, asking)) throw orderNotFound(id);
  return found;
}

/** Refuses: `order_not_found`. */
export function requireAnyOrder(stage: Stage, id: string): OrderNow {
  const found = findOrder(stage, id);
  if (!found) throw orderNotFound(id);
  return found;
}

function findOrder(stage: Stage, id: string, asker: string | null = null): OrderNow | null {
  const rows = asker === null ? [] : [[memberRows, asker] as const];
  stage.prefetch({ rows: [[orderRows, id], ...rows], lists: [[orderPeopleRows, 'order', id]] });
  const order = stage.row(orderRows, id);
  return order && { order: judged(order, stage.now), people: stage.rows(orderPeopleRows, 'order', id) };
}

function concerns(stage: Stage, { order, people }: OrderNow, { member, reach }: Asking): boolean {
  if (member === null) return isOrderWithin(stage, reach, order);
  const ids = idsBehind(stage, member);
  const isIn = people.some((one) => ids.includes(one.member_id) && isPart(one));
  if (isIn || ids.some((id) => order.placed_by === `member:${id}`)) return true;
  const offers = stage.rows(offerRows, 'order', order.order_id);
  const open = offers.filter((one) => judgedOffer(one, stage.now).status === 'open');
  stage.prefetch({ rows: open.flatMap(({ team_id: team }) => (team === null ? [] : [[teamRows, team] as const])) });
  return open.some((one) => isAnsweredBy(stage, one, ids));
}

/** Whether an order is of a unit within the reach, or for a member whose second unit is. */
function isOrderWithin(stage: Stage, reach: Reach, { org_unit_id, recipient_id }: Order): boolean {
  if (isUnitWithin(stage, reach, org_unit_id)) return true;
  const second = stage.row(memberRows, recipient_id)?.second_org_unit_id ?? null;
  return second !== null && isUnitWithin(stage, reach, second);
}

/** All but volunteers who have left it themselves. */
const isPart = ({ attendance }: OrderPerson) => attendance !== 'left';

/** Whether an offer is for a person, by all their ids, to answer: as the volunteer, or as who leads the team now. */
export function isAnsweredBy(
  stage: Stage,
  { volunteer_id: volunteer, team_id: team }: Offer,
  ids: readonly string[],
): boolean {
  const answerer = team === null ? volunteer : (stage.row(teamRows, team)?.leader_id ?? null);
  return answerer !== null && ids.includes(answerer);
}

export function orderNotFound(id: string): Refusal {
  return new Refusal('order_not_found', { en: `there is no order ${id}`, zh: `没有点单 ${id}` });
}

export const recipientsOf = ({ people }: OrderNow) => people.filter(({ role }) => role === 'recipient');

/** Volunteers who are to come, are there, or have been. */
export const volunteersOf = ({ people }: OrderNow) =>
  people.filter(({ role, attendance }) => role === 'volunteer' && !goneAttendances.includes(attendance));

/** Standings of volunteers who are not expected any more, and have not been there. */
export const goneAttendances: readonly Attendance[] = ['released', 'left', 'no_show'];

export const memberOf = ({ member_id }: OrderPerson) => member_id;

/** Recipients, and the member who placed the order for one of them. */
export function orderersOf(now: OrderNow): string[] {
  const { placed_by: placer } = now.order;
  return [
    ...recipientsOf(now).map(memberOf),
    ...(placer.startsWith('member:') ? [placer.slice('member:'.length)] : []),
  ];
}

/**
 * Refuses: `order_role_invalid` (a member who is not one of these; who looks after units may), `self_approval` (who looks after units is
 * themselves one of the order's people: that they do as a member, and not for themselves).
 */
export function requireOneOf(stage: Stage, now: OrderNow, asking: Asking, allowed: readonly string[]): void {
  const { member } = asking;
  if (member === null) {
    requireNoneOf(stage, asking, now.people.filter(isPart).map(memberOf));
    return;
  }
  if (idsBehind(stage, member).some((id) => allowed.includes(id))) return;
  throw new Refusal('order_role_invalid', {
    en: 'this is for others in the order to do',
    zh: '该操作应由点单中的其他人进行',
  });
}

/** Refuses: `self_approval` (who asks is one of these people, under whatever role or id). */
export function requireNoneOf(stage: Stage, asking: Asking, actors: readonly (string | null)[]): void {
  const others = actors.flatMap((actor) => (actor === null ? [] : [personOf(actor)]));
  if (!isOneOf(stage, others, asking.actor, asking.alias)) return;
  throw new Refusal('self_approval', {
    en: 'nobody decides on an order that they placed for another, recorded, gave or received',
    zh: '任何人不得审批自己代下、记录、提供或接受的点单',
  });
}
