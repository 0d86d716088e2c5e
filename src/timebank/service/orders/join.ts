/**
 * A volunteer takes an order: by a claim, or by accepting what was offered. Nobody is made to accept, and nothing that is held against
 * anybody follows from declining (志愿服务条例).
 */
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { hasCome, parseInstant } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import { requireInNeed } from '../../credit/grants/grant.js';
import { creditNeeds } from '../../credit/receivable.js';
import { requireRedeemAge } from '../../credit/redeem-age.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { personOf } from '../../people/actors.js';
import { allIdsOf, requireActive } from '../../people/members.js';
import { requireNotErased } from '../../people/personal-data/not-erased.js';
import { erasureRows } from '../../people/personal-data/rows.js';
import { memberRows, personRows } from '../../people/rows.js';
import type { OrderCommand, OrderEvent } from '../../service-words.js';
import { qualificationLists, requireQualified } from '../qualified.js';
import { dayOf, intervalOf } from '../service-times.js';
import { prefetchCommitted, refuseCommitted } from './commitments.js';
import { eventOf } from './event.js';
import { grantsYearNow, holdPrice } from './holds.js';
import { releaseLapsed, releaseLapsedOfFund } from './lapse.js';
import { newPart } from './part.js';
import { orderPeopleRows } from './rows.js';
import { instantAfter, type Order, requireState } from './state.js';
import { memberOf, type OrderNow, recipientsOf, requireAnyOrder, volunteersOf } from './who.js';

/** Refuses: `order_not_found`, then what `join` refuses. */
export function claimOrder(
  stage: Stage,
  rules: RuleSet,
  { orderId, volunteer, recordId }: { readonly orderId: string; readonly volunteer: string; readonly recordId: string },
): StagedEntry {
  const now = requireAnyOrder(stage, orderId);
  return join(stage, rules, now, { command: 'claim', event: 'claimed', volunteer, recordId, rows: [] });
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
 * Refuses, in order: `order_state_invalid`, `order_full`, `member_not_found`, `member_merged`, `member_suspended`,
 * `member_inactive` (the volunteer, or a recipient), `member_erased` (the same), `self_approval`, `qualification_missing`, `order_joined`, `service_overlap` (the volunteer, or a recipient,
 * is elsewhere), `redeem_age_not_met`, `fund_not_for_member`, `balance_insufficient`.
 */
export function join(
  stage: Stage,
  rules: RuleSet,
  now: OrderNow,
  { command, event, volunteer, recordId, rows }: Joining,
): StagedEntry {
  const { order } = now;
  const recipients = recipientsOf(now).map(memberOf);
  prefetchPeople(stage, rules, now, [volunteer]);
  requireSeat(stage, now, command);
  requireAble(stage, rules, now, volunteer);
  for (const id of recipients)
    unnamed(() => {
      requireActive(stage, id);
      requireNotErased(stage, id);
    });
  if (now.people.some((one) => one.member_id === volunteer && !['released', 'left'].includes(one.attendance)))
    throw new Refusal('order_joined', {
      en: `${volunteer} has accepted order ${order.order_id} already`,
      zh: `${volunteer} 已接下点单 ${order.order_id}`,
    });
  refuseCommitted(stage, order, volunteer, 'volunteer');
  for (const id of recipients) unnamed(() => refuseCommitted(stage, order, id, 'recipient'));
  if (order.funding === 'recipient') requirePayers(stage, rules, now);
  if (order.funding === 'fund') {
    unnamed(() => requireInNeed(stage, order.recipient_id));
    releaseLapsedOfFund(stage, order.price);
  }
  if (order.funding === 'grant') releaseLapsed(stage, recipients);
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
        ...newPart(order, stage.zone, {
          member_id: volunteer,
          role: 'volunteer',
          attendance: 'accepted',
          service_record_id: recordId,
        }),
        grants_year: grantsYearNow(stage, order),
      }),
      eventOf(stage, accepted, event, volunteer),
    ],
  });
}

/** Has all that is read of the people of an order loaded together, however many they are: of those who are to take it, and its recipients. */
export function prefetchPeople(stage: Stage, rules: RuleSet, now: OrderNow, volunteers: readonly string[]): void {
  const { order } = now;
  const recipients = recipientsOf(now).map(memberOf);
  const pays = order.funding === 'recipient' ? recipients : [];
  const people = [...volunteers, ...recipients];
  stage.prefetch({
    accounts: pays.flatMap((id) => creditNeeds(id, 'coins')),
    rows: [
      ...people.flatMap((id) => [[memberRows, id] as const, [erasureRows, id] as const]),
      ...pays.map((id) => [personRows, id] as const),
    ],
    lists: volunteers.flatMap((id) => qualificationLists(rules, order.service_type, id)),
  });
  prefetchCommitted(stage, order, people);
}

/**
 * The volunteer takes part, has no other part in the order, and has what the service takes.
 * Refuses: `member_not_found`, `member_merged`, `member_suspended`, `member_inactive`, `member_erased`, `self_approval`,
 * `qualification_missing`.
 */
export function requireAble(stage: Stage, rules: RuleSet, now: OrderNow, volunteer: string): void {
  const { order } = now;
  requireActive(stage, volunteer);
  requireNotErased(stage, volunteer);
  refuseOwnOrder(stage, now, volunteer);
  const day = dayOf(parseInstant(order.planned_start), stage.zone);
  requireQualified(stage, rules, { volunteer, service_type: order.service_type }, day);
}

/** What keeps a recipient from receiving is none of a volunteer's business: the code, and not whose fault or which. */
function unnamed<Result>(part: () => Result): Result {
  try {
    return part();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.code, {
      en: 'this order cannot be accepted: it does not suit those for whom it is',
      zh: '该点单目前不能接单：受助方条件不符',
    });
  }
}

/** Recipients who pay are of an age to, and what is held for orders of theirs that have expired is free. Refuses: `redeem_age_not_met`. */
function requirePayers(stage: Stage, rules: RuleSet, now: OrderNow): void {
  const day = dayOf(parseInstant(now.order.planned_start), stage.zone);
  const payers = recipientsOf(now).map(memberOf);
  for (const id of payers) unnamed(() => requireRedeemAge(stage, rules, id, day));
  releaseLapsed(stage, payers);
}

/** Refuses: `order_state_invalid` (also once it has begun), `order_full`. */
export function requireSeat(stage: Stage, now: OrderNow, command: OrderCommand): void {
  const { order } = now;
  requireState(order, command);
  if (hasCome(order.planned_start, stage.now))
    throw new Refusal('order_state_invalid', {
      en: `order ${order.order_id} began at ${order.planned_start}: nobody joins it any more`,
      zh: `点单 ${order.order_id} 已于 ${order.planned_start} 开始，不能再加入`,
    });
  if (volunteersOf(now).length < order.volunteers_needed) return;
  throw new Refusal('order_full', {
    en: `order ${order.order_id} has the ${order.volunteers_needed} volunteers that it needs`,
    zh: `点单 ${order.order_id} 所需的 ${order.volunteers_needed} 名志愿者已满`,
  });
}

/** Nobody serves in an order of their own, whatever role they placed it under, or id they had then. Refuses: `self_approval`. */
function refuseOwnOrder(stage: Stage, now: OrderNow, volunteer: string): void {
  const parties = [...recipientsOf(now).map(memberOf), personOf(now.order.placed_by)];
  if (!allIdsOf(stage, volunteer).some((id) => parties.includes(id))) return;
  throw new Refusal('self_approval', {
    en: 'nobody serves in an order of their own',
    zh: '任何人不得接自己的点单',
  });
}
