/**
 * From an order to somebody who accepts it: the community offers it to volunteers, who accept or decline, or a volunteer claims it. Nobody
 * is made to accept, and declining is never held against anybody (志愿服务条例).
 */
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { parseInstant, weekOf } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import { requireRedeemAge } from '../../credit/redeem-age.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { requireActive } from '../../people/members.js';
import { memberRows } from '../../people/rows.js';
import type { OfferStatus, OrderCommand, OrderEvent } from '../../words.js';
import { dayOf, intervalOf } from '../service-times.js';
import { commitmentNeeds, refuseCommitted } from './commitments.js';
import { eventOf } from './event.js';
import { holdPrice } from './holds.js';
import { releaseLapsed } from './lapse.js';
import { textChange } from './place.js';
import { offerRows, orderPeopleRows } from './rows.js';
import { instantAfter, judgedOffer, type Offer, type Order, requireState } from './state.js';
import {
  type Asking,
  memberOf,
  type OrderNow,
  recipientsOf,
  requireAnyOrder,
  requireOrder,
  volunteersOf,
} from './who.js';

/**
 * Offers an order to a volunteer, who has `offer_reply_hours` to answer, and not longer than until it begins.
 * Refuses, in order: `order_not_found`, `order_state_invalid`, `order_full`, what `requireActive` does, `self_approval` (the volunteer would be
 * the recipient, or placed the order), `offer_exists`.
 */
export function offerOrder(
  stage: Stage,
  rules: RuleSet,
  { orderId, volunteer, id }: { readonly orderId: string; readonly volunteer: string; readonly id: string },
  asking: Asking,
): { entry: StagedEntry; offer: Offer } {
  const now = requireOrder(stage, orderId, asking);
  requireSeat(now, 'offer');
  requireActive(stage, volunteer);
  refuseOwnOrder(now, volunteer);
  const known = stage.rows(offerRows, 'order', orderId).map((one) => judgedOffer(one, stage.now));
  if (known.some((one) => one.volunteer_id === volunteer && one.status === 'open'))
    throw new Refusal('offer_exists', {
      en: `order ${orderId} is offered to ${volunteer} already`,
      zh: `点单 ${orderId} 已派给 ${volunteer}，尚待答复`,
    });
  const reply = instantAfter(stage.now, rules.offer_reply_hours * 3_600_000);
  const { order } = now;
  const expires = reply < order.planned_start ? reply : order.planned_start;
  const offer: Offer = {
    offer_id: id,
    order_id: orderId,
    volunteer_id: volunteer,
    status: 'open',
    expires_at: expires,
  };
  const until = order.offered_until !== null && order.offered_until > expires ? order.offered_until : expires;
  const offered: Order = {
    ...order,
    status: order.status === 'requested' ? 'offered' : order.status,
    offered_until: until,
  };
  const entry = stage.post({
    kind: 'order_offered' satisfies TimebankKind,
    rows: [change(offerRows, offer), eventOf(stage, offered, 'offered', volunteer)],
  });
  return { entry, offer };
}

/** Refuses: `offer_not_found`, `offer_not_open`, `order_state_invalid`, then what `join` refuses. */
export function acceptOffer(
  stage: Stage,
  rules: RuleSet,
  { id, recordId }: { readonly id: string; readonly recordId: string },
  asking: Asking,
): StagedEntry {
  const offer = requireOwnOffer(stage, id, asking);
  const now = requireAnyOrder(stage, offer.order_id);
  requireOpenOffer(offer);
  const accepted = change(offerRows, { ...offer, status: 'accepted' });
  return join(stage, rules, now, {
    command: 'accept',
    event: 'accepted',
    volunteer: offer.volunteer_id,
    recordId,
    rows: [accepted],
  });
}

/** Refuses: `order_not_found`, then what `join` refuses. */
export function claimOrder(
  stage: Stage,
  rules: RuleSet,
  { orderId, volunteer, recordId }: { readonly orderId: string; readonly volunteer: string; readonly recordId: string },
): StagedEntry {
  const now = requireAnyOrder(stage, orderId);
  return join(stage, rules, now, { command: 'claim', event: 'claimed', volunteer, recordId, rows: [] });
}

/** Refuses: `offer_not_found`, `offer_not_open`. */
export function declineOffer(
  stage: Stage,
  { id, reason }: { readonly id: string; readonly reason: string | null },
  asking: Asking,
): { entry: StagedEntry; offer: Offer } {
  const offer = requireOwnOffer(stage, id, asking);
  requireOpenOffer(offer);
  const { order } = requireAnyOrder(stage, offer.order_id);
  const others = stage.rows(offerRows, 'order', order.order_id).map((one) => judgedOffer(one, stage.now));
  const open = others.filter(({ offer_id, status }) => offer_id !== id && status === 'open');
  const until =
    open
      .map(({ expires_at }) => expires_at)
      .sort()
      .at(-1) ?? null;
  const status = order.status === 'offered' && until === null ? 'requested' : order.status;
  const declined: Offer = { ...offer, status: 'declined' };
  const entry = stage.post({
    kind: 'order_declined' satisfies TimebankKind,
    rows: [
      change(offerRows, declined),
      eventOf(stage, { ...order, status, offered_until: until }, 'declined', offer.volunteer_id),
      ...textChange(order.order_id, `offer:${id}`, reason),
    ],
  });
  return { entry, offer: declined };
}

interface Joining {
  readonly command: OrderCommand;
  readonly event: OrderEvent;
  readonly volunteer: string;
  readonly recordId: string;
  readonly rows: ReturnType<typeof change>[];
}

/**
 * A volunteer takes an order, and what it costs is held.
 * Refuses, in order: `order_state_invalid`, `order_full`, `self_approval`, `member_not_found`, `member_merged`, `member_suspended`,
 * `member_inactive` (the volunteer, or a recipient), `order_joined`, `service_overlap` (the volunteer, or a recipient,
 * is elsewhere), `redeem_age_not_met`, `balance_insufficient`.
 */
function join(
  stage: Stage,
  rules: RuleSet,
  now: OrderNow,
  { command, event, volunteer, recordId, rows }: Joining,
): StagedEntry {
  const { order } = now;
  requireSeat(now, command);
  refuseOwnOrder(now, volunteer);
  const people = [volunteer, ...recipientsOf(now).map(memberOf)];
  stage.prefetch({ ...commitmentNeeds(stage, order, people), rows: people.map((id) => [memberRows, id] as const) });
  for (const id of people) requireActive(stage, id);
  if (now.people.some((one) => one.member_id === volunteer && one.attendance !== 'released'))
    throw new Refusal('order_joined', {
      en: `${volunteer} has accepted order ${order.order_id} already`,
      zh: `${volunteer} 已接下点单 ${order.order_id}`,
    });
  refuseCommitted(stage, order, volunteer, 'volunteer');
  for (const one of recipientsOf(now)) refuseCommitted(stage, order, one.member_id, 'recipient');
  if (order.funding === 'recipient') requirePayers(stage, rules, now);
  const held = holdPrice(stage, now);
  const plan = intervalOf(order.planned_start, order.planned_end);
  const accepted: Order = {
    ...order,
    status: 'accepted',
    deadline_at: instantAfter(Number(plan.end / 1000n), rules.confirm_timeout_hours * 3_600_000),
    lapses_to: 'expired',
  };
  return stage.post({
    kind: 'order_accepted' satisfies TimebankKind,
    control: true,
    legs: held.legs,
    opens: held.opens,
    rows: [
      ...rows,
      ...held.rows,
      change(orderPeopleRows, {
        ...{
          order_id: order.order_id,
          member_id: volunteer,
          role: 'volunteer' as const,
          attendance: 'accepted' as const,
        },
        ...{
          week: weekOf(dayOf(plan.start, stage.zone)),
          planned_start: order.planned_start,
          planned_end: order.planned_end,
        },
        ...{ held: 0n, service_record_id: recordId },
        ...{ check_in: null, check_in_proof: null, check_in_by: null },
        ...{ check_out: null, check_out_proof: null, check_out_by: null },
      }),
      eventOf(stage, accepted, event, volunteer),
    ],
  });
}

/** Recipients who pay are of an age to, and what is held for orders of theirs that have expired is free. Refuses: `redeem_age_not_met`. */
function requirePayers(stage: Stage, rules: RuleSet, now: OrderNow): void {
  const day = dayOf(parseInstant(now.order.planned_start), stage.zone);
  for (const { member_id: id } of recipientsOf(now)) {
    requireRedeemAge(stage, rules, id, day);
    releaseLapsed(stage, id);
  }
}

/** Refuses: `order_state_invalid`, `order_full`. */
function requireSeat(now: OrderNow, command: OrderCommand): void {
  const { order } = now;
  requireState(order, command);
  if (volunteersOf(now).length < order.volunteers_needed) return;
  throw new Refusal('order_full', {
    en: `order ${order.order_id} has the ${order.volunteers_needed} volunteers that it needs`,
    zh: `点单 ${order.order_id} 所需的 ${order.volunteers_needed} 名志愿者已满`,
  });
}

/** Refuses: `self_approval`. */
function refuseOwnOrder(now: OrderNow, volunteer: string): void {
  if (
    !recipientsOf(now).some(({ member_id }) => member_id === volunteer) &&
    now.order.placed_by !== `member:${volunteer}`
  )
    return;
  throw new Refusal('self_approval', {
    en: 'nobody serves in an order of their own',
    zh: '任何人不得接自己的点单',
  });
}

/** Refuses: `offer_not_found`, also when it was made to somebody else. */
function requireOwnOffer(stage: Stage, id: string, { member }: Asking): Offer {
  const offer = stage.row(offerRows, id);
  if (!offer || offer.volunteer_id !== member)
    throw new Refusal('offer_not_found', { en: `there is no offer ${id}`, zh: `没有派单 ${id}` });
  return judgedOffer(offer, stage.now);
}

/** Refuses: `offer_not_open`. */
function requireOpenOffer({ offer_id: id, status }: Offer): void {
  if (status === 'open') return;
  throw new Refusal('offer_not_open', {
    en: `offer ${id} is ${status}`,
    zh: `派单 ${id} 已${offerStatusesZh[status]}`,
  });
}

const offerStatusesZh: Readonly<Record<OfferStatus, string>> = {
  open: '派出',
  accepted: '接受',
  declined: '谢绝',
  expired: '过期',
  withdrawn: '撤回',
};
