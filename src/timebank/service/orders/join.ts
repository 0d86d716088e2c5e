/**
 * A volunteer takes an order: by a claim, or by accepting what was offered. Nobody is made to accept, and nothing that is held against
 * anybody follows from declining (志愿服务条例).
 */
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { parseInstant, weekOf } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import { requireRedeemAge } from '../../credit/redeem-age.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { requireActive } from '../../people/members.js';
import type { OrderCommand, OrderEvent } from '../../words.js';
import { dayOf, intervalOf } from '../service-times.js';
import { refuseCommitted } from './commitments.js';
import { eventOf } from './event.js';
import { holdPrice } from './holds.js';
import { releaseLapsed } from './lapse.js';
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
 * Refuses, in order: `order_state_invalid`, `order_full`, `self_approval`, `member_not_found`, `member_merged`, `member_suspended`,
 * `member_inactive` (the volunteer, or a recipient), `order_joined`, `service_overlap` (the volunteer, or a recipient,
 * is elsewhere), `redeem_age_not_met`, `balance_insufficient`.
 */
export function join(
  stage: Stage,
  rules: RuleSet,
  now: OrderNow,
  { command, event, volunteer, recordId, rows }: Joining,
): StagedEntry {
  const { order } = now;
  requireSeat(now, command);
  refuseOwnOrder(now, volunteer);
  for (const id of [volunteer, ...recipientsOf(now).map(memberOf)]) requireActive(stage, id);
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
export function requireSeat(now: OrderNow, command: OrderCommand): void {
  const { order } = now;
  requireState(order, command);
  if (volunteersOf(now).length < order.volunteers_needed) return;
  throw new Refusal('order_full', {
    en: `order ${order.order_id} has the ${order.volunteers_needed} volunteers that it needs`,
    zh: `点单 ${order.order_id} 所需的 ${order.volunteers_needed} 名志愿者已满`,
  });
}

/** Refuses: `self_approval`. */
export function refuseOwnOrder(now: OrderNow, volunteer: string): void {
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
