/** Placing an order: a member asks for herself, somebody who looks after her asks for her. The next order of a series is placed here, too. */
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { dateInZone, formatInstant, parseInstant } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import { requireInNeed } from '../../credit/grants/grant.js';
import { priceOfService } from '../../credit/pay.js';
import { requireRedeemAge } from '../../credit/redeem-age.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { coefficientOf } from '../../credit/worth.js';
import { kinshipOf, prefetchKinships } from '../../people/kin.js';
import { memberNotFound, requireActive, requireMember } from '../../people/members.js';
import { isErased, requireNotErased } from '../../people/personal-data/not-erased.js';
import { erasureRows } from '../../people/personal-data/rows.js';
import { prefetchUnitsOf, requireMemberWithin } from '../../people/reach.js';
import { memberRows, personRows } from '../../people/rows.js';
import { requireOpenStation } from '../../people/stations/stations.js';
import { lineRelations } from '../../people-words.js';
import type { OrderFunding, OrderMode } from '../../service-words.js';
import { durationOf, intervalOf } from '../service-times.js';
import { eventOf } from './event.js';
import { newPart } from './part.js';
import { offerRows, orderPeopleRows, orderRows } from './rows.js';
import type { Order } from './state.js';
import { newText } from './texts.js';
import type { Asking } from './who.js';

export interface OrderRequest {
  readonly id: string;
  readonly recipient: string;
  /** Of a group: whoever else receives it. */
  readonly otherRecipients: readonly string[];
  readonly serviceType: string;
  readonly mode: OrderMode;
  readonly station: string | null;
  /** RFC 3339 with offset. */
  readonly plannedStart: string;
  readonly plannedEnd: string;
  readonly volunteersNeeded: number;
  readonly funding: OrderFunding;
  readonly note: string | null;
  /** The same again every week on a weekday, 1 for Monday, until a day. */
  readonly recurrence: { readonly weekday: number; readonly until: string } | null;
}

/**
 * Places an order.
 * Refuses, in order: `order_exists`, what `requirePlaceable` does, `order_time_invalid`, `service_type_unknown`, `recurrence_invalid`,
 * `station_not_found`, `station_closed`, `fund_not_for_member`, `redeem_age_not_met`.
 */
export function placeOrder(stage: Stage, rules: RuleSet, request: OrderRequest, asking: Asking): StagedEntry {
  const recipients = [request.recipient, ...request.otherRecipients];
  const pays = request.funding === 'recipient' ? recipients : [];
  const persons = pays.map((id) => [personRows, id] as const);
  const known = recipients.flatMap((id) => [[memberRows, id] as const, [erasureRows, id] as const]);
  const asker = asking.member === null ? [] : [[memberRows, asking.member] as const];
  stage.prefetch({ rows: [...known, ...persons, ...asker] });
  if (stage.uniqueRow(orderRows, 'key', request.id))
    throw new Refusal('order_exists', { en: `order ${request.id} exists already`, zh: `点单 ${request.id} 已存在` });
  if (asking.member === null) prefetchUnitsOf(stage, recipients);
  else
    prefetchKinships(
      stage,
      asking.member,
      recipients.filter((id) => id !== asking.member),
    );
  for (const id of recipients) requirePlaceable(stage, id, request.funding, asking);
  checkPlan(stage, rules, request);
  if (request.station !== null) requireOpenStation(stage, request.station);
  if (request.funding === 'fund') requireInNeed(stage, request.recipient);
  for (const id of pays) requireRedeemAge(stage, rules, id, dayOf(stage, request.plannedStart));
  const first = firstOf(stage, rules, request, asking);
  return postOrder(stage, first, recipients, request.note);
}

/**
 * A member asks for herself, or for somebody whose verified relative she is (with the recipient's coins, as spouse or lineal kin, and not of
 * the fund or what it granted); others for members within their reach.
 * Refuses: `member_not_found` (also when it is not theirs to ask for), `member_merged`, `member_suspended`, `member_inactive`,
 * `member_erased`.
 */
function requirePlaceable(stage: Stage, id: string, funding: OrderFunding, { member, reach }: Asking): void {
  const relation = member === null || member === id ? null : kinshipOf(stage, member, id, stage.today);
  // Whose coins are spent, or who is in need, is for the closest to say.
  const mayAsk =
    relation !== null && (funding === 'mint' || (funding === 'recipient' && lineRelations.includes(relation)));
  const isTheirs = member === null || member === id || mayAsk;
  if (!isTheirs) throw memberNotFound(id);
  requireActive(stage, member === null ? requireMemberWithin(stage, reach, id) : id);
  requireNotErased(stage, id);
}

/** Refuses: `order_time_invalid` (not in the future, longer than a service can be), `service_type_unknown`, `recurrence_invalid`. */
function checkPlan(stage: Stage, rules: RuleSet, request: OrderRequest): void {
  const plan = intervalOf(request.plannedStart, request.plannedEnd);
  const longest = BigInt(rules.service_max_hours) * 3_600_000_000n;
  if (plan.start <= BigInt(stage.now) * 1000n || plan.end <= plan.start || durationOf(plan) > longest)
    throw new Refusal('order_time_invalid', {
      en: `an order begins in the future, ends after it begins and lasts at most ${rules.service_max_hours} hours`,
      zh: `点单须始于将来，结束晚于开始，且不超过 ${rules.service_max_hours} 小时`,
    });
  coefficientOf(rules, request.serviceType);
  const { recurrence } = request;
  if (recurrence === null) return;
  const day = dayOf(stage, request.plannedStart);
  if (weekdayOf(day) === recurrence.weekday && recurrence.until > day) return;
  throw new Refusal('recurrence_invalid', {
    en: `a series begins on its weekday, and ends after it begins: ${day} is weekday ${weekdayOf(day)}`,
    zh: `周期点单须始于所选的星期，且截止日晚于首次日期：${day} 为星期${weekdayOf(day)}`,
  });
}

function firstOf(stage: Stage, rules: RuleSet, request: OrderRequest, { actor, member }: Asking): Order {
  const start = formatInstant(parseInstant(request.plannedStart));
  const end = formatInstant(parseInstant(request.plannedEnd));
  const { recurrence } = request;
  return {
    order_id: request.id,
    status: 'requested',
    recipient_id: request.recipient,
    org_unit_id: requireMember(stage, request.recipient).org_unit_id,
    placed_by: actor,
    on_behalf: member !== request.recipient,
    service_type: request.serviceType,
    mode: request.mode,
    station_id: request.station,
    planned_start: start,
    planned_end: end,
    volunteers_needed: request.volunteersNeeded,
    recipients: 1 + request.otherRecipients.length,
    funding: request.funding,
    price:
      request.funding === 'mint' ? 0n : priceOfService(rules, request.serviceType, durationOf(intervalOf(start, end))),
    offered_until: null,
    deadline_at: start,
    lapses_to: 'expired',
    then_due_at: null,
    recipient_minutes: null,
    verdict_minutes: null,
    rating: null,
    confirmed_by: null,
    series_id: recurrence === null ? null : request.id,
    series_weekday: recurrence?.weekday ?? null,
    series_until: recurrence?.until ?? null,
    written_agreement: recurrence !== null && isOverAMonth(dayOf(stage, start), recurrence.until),
    history: '',
  };
}

/** 志愿服务条例: whoever serves for more than a month has it in writing. */
function isOverAMonth(from: string, until: string): boolean {
  const end = new Date(`${from}T00:00:00Z`);
  end.setUTCMonth(end.getUTCMonth() + 1);
  return until > end.toISOString().slice(0, 10);
}

function postOrder(stage: Stage, order: Order, recipients: readonly string[], note: string | null): StagedEntry {
  const { order_id } = order;
  return stage.post({
    kind: 'order_placed' satisfies TimebankKind,
    rows: [
      eventOf(stage, order, 'placed'),
      ...recipients.map((member_id) =>
        change(
          orderPeopleRows,
          newPart(order, stage.zone, { member_id, role: 'recipient', attendance: 'waiting', service_record_id: null }),
        ),
      ),
      ...newText(order_id, 'note', note),
    ],
    begins: [
      { table: orderPeopleRows, index: 'order', key: [order_id] },
      { table: offerRows, index: 'order', key: [order_id] },
    ],
  });
}

/** The next order of a series, once one has ended: a week later, if that is not past its last day. */
export function placeNext(stage: Stage, ended: Order, recipients: readonly string[], id: string): StagedEntry | null {
  const { series_until: until } = ended;
  if (until === null) return null;
  let [start, end] = [parseInstant(ended.planned_start), parseInstant(ended.planned_end)];
  do {
    start += weekMicroseconds;
    end += weekMicroseconds;
  } while (start <= BigInt(stage.now) * 1000n);
  if (dateInZone(Number(start / 1000n), stage.zone) > until) return null;
  // A series ends with who it is for.
  stage.prefetch({ rows: recipients.flatMap((one) => [[memberRows, one] as const, [erasureRows, one] as const]) });
  const unit = stage.row(memberRows, ended.recipient_id)?.org_unit_id ?? ended.org_unit_id;
  if (recipients.some((one) => stage.row(memberRows, one)?.state !== 'active' || isErased(stage, one))) return null;
  const planned = { planned_start: formatInstant(start), planned_end: formatInstant(end) };
  const next: Order = {
    ...{ ...ended, ...planned, order_id: id, org_unit_id: unit, status: 'requested', history: '' },
    ...{ offered_until: null, deadline_at: planned.planned_start, lapses_to: 'expired' },
    ...{ recipient_minutes: null, verdict_minutes: null, rating: null, confirmed_by: null },
  };
  return postOrder(stage, next, recipients, null);
}

const weekMicroseconds = 7n * 86_400_000_000n;

/** The day of an instant in the ledger's zone. */
function dayOf(stage: Stage, instant: string): string {
  return dateInZone(Date.parse(instant), stage.zone);
}

/** 1 for Monday to 7 for Sunday. */
function weekdayOf(day: string): number {
  return ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
}
