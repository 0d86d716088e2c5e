/** Approving an order: each volunteer's service is recorded, and what was held for it is paid. Or rejecting it: everything goes back. */
import { change, type RowChange, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { formatInstant } from '../../../lib/clock.js';
import { newId } from '../../../lib/ids.js';
import type { Refusal } from '../../../lib/refusal.js';
import { memberAccount } from '../../chart.js';
import { creditNeeds } from '../../credit/receivable.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { kinNeeds } from '../../people/kin.js';
import { memberRows } from '../../people/rows.js';
import { approveLate, type LateApproval } from '../late-records.js';
import { recordOrdered } from '../service-records.js';
import { dayOf, type Interval, intervalOf } from '../service-times.js';
import { gradeOf } from './attendance.js';
import { commitmentNeeds } from './commitments.js';
import { countedTime, partiesOf, servedBy } from './confirm.js';
import { endOrder, noDeadline, recipientIds } from './end.js';
import { eventOf } from './event.js';
import { settlePrice } from './holds.js';
import { placeNext } from './place.js';
import { orderPeopleRows } from './rows.js';
import { type Order, type OrderPerson, requireState } from './state.js';
import { textChange } from './texts.js';
import { type Asking, memberOf, type OrderNow, recipientsOf, requireNoneOf, requireOrder } from './who.js';

/**
 * Records what each volunteer gave; the last entry closes the order.
 * Refuses, in order: `order_not_found`, `order_state_invalid`, `self_approval`, `record_too_late` (comes back: the first approval of a late
 * one is journalled), then what `recordOrdered` refuses.
 */
export function approveOrder(stage: Stage, rules: RuleSet, orderId: string, asking: Asking): StagedEntry | Refusal {
  const now = requireOrder(stage, orderId, asking);
  requireState(now.order, 'approve');
  requireNoneOf(asking, partiesOf(now));
  const served = servedBy(now);
  const waits = approveLate(stage, rules, lateApprovalOf(stage, rules, now, asking));
  if (waits) return waits;
  prefetchServed(stage, rules, now, served.map(memberOf));
  let entry: StagedEntry | undefined;
  for (const [i, person] of served.entries()) {
    const isLast = i === served.length - 1;
    entry = record(stage, rules, { now: withPeople(stage, now), person, isLast, asking });
  }
  if (!entry) throw new Error(`order ${orderId} is ${now.order.status} and nobody was there`);
  placeNext(stage, now.order, recipientIds(now), newId());
  return entry;
}

/** What recording each of them reads, in one round, however many they are. */
function prefetchServed(stage: Stage, rules: RuleSet, now: OrderNow, volunteers: readonly string[]): void {
  const recipients = recipientIds(now);
  const { lists = [] } = commitmentNeeds(stage, now.order, volunteers);
  stage.prefetch({
    accounts: volunteers.flatMap((id) => [...creditNeeds(id, 'coins'), memberAccount(id, 'hours')]),
    rows: [
      ...[...volunteers, ...recipients].map((id) => [memberRows, id] as const),
      ...(rules.earn_from_kin ? [] : volunteers.flatMap((id) => recipients.flatMap((other) => kinNeeds(id, other)))),
    ],
    lists,
  });
}

/** The same order with its people as the entries before have left them. */
function withPeople(stage: Stage, { order }: OrderNow): OrderNow {
  return { order, people: stage.rows(orderPeopleRows, 'order', order.order_id) };
}

/** What would be recorded: the times that count, of everybody who was there. The first of them began on the day of service. */
function lateApprovalOf(stage: Stage, rules: RuleSet, now: OrderNow, { actor, alias }: Asking): LateApproval {
  const { order } = now;
  const served = servedBy(now).map((person) => ({ person, ...countedInterval(rules, order, person) }));
  const began = served.map(({ start }) => start).reduce((a, b) => (a < b ? a : b));
  const content = served.map(({ person, start, end }) => `${person.member_id} ${start} ${end}`).join('\n');
  return { about: 'order', id: order.order_id, servedOn: dayOf(began, stage.zone), content, actor, alias };
}

interface Recording {
  readonly now: OrderNow;
  readonly person: OrderPerson;
  readonly isLast: boolean;
  readonly asking: Asking;
}

function record(stage: Stage, rules: RuleSet, { now, person, isLast, asking }: Recording): StagedEntry {
  const { order } = now;
  const { start, end } = countedInterval(rules, order, person);
  const visit = {
    external_id: person.service_record_id ?? newId(),
    volunteer: person.member_id,
    recipient: order.recipient_id,
    service_type: order.service_type,
    planned_start: order.planned_start,
    planned_end: order.planned_end,
    check_in: formatInstant(start),
    check_out: formatInstant(end),
    proof_grade: gradeOf(person, isConfirmedByRecipient(now)),
    recorded_by: order.org_unit_id,
  };
  return recordOrdered(stage, rules, visit, {
    orderId: order.order_id,
    recipients: recipientIds(now),
    approvedBy: asking.actor,
    alias: asking.alias,
    payment: order.funding === 'mint' ? null : { funding: order.funding, agreed: order.price },
    moves: (paid) => {
      const settled = settlePrice(stage, now, paid);
      const gone = change(orderPeopleRows, { ...person, attendance: 'attended' });
      return { ...settled, rows: [gone, ...(isLast ? closing(stage, now, settled.rows) : settled.rows)] };
    },
  }).entry;
}

/** The rows of the entry that closes an order: nothing is held any more, and its recipients are free. */
function closing(stage: Stage, now: OrderNow, settled: readonly RowChange[]): RowChange[] {
  const rows = recipientsOf(now).map((one) => {
    const paid = settled.find(({ row }) => (row as OrderPerson).member_id === one.member_id)?.row as
      | OrderPerson
      | undefined;
    return change(orderPeopleRows, { ...(paid ?? one), attendance: 'released' });
  });
  return [...rows, eventOf(stage, { ...now.order, status: 'approved', ...noDeadline }, 'approved')];
}

/**
 * When the service took place that counts: from the check-in on, or, where more counts than lies between the two, up to the check-out, so
 * that nothing is recorded that is still to come.
 */
function countedInterval(rules: RuleSet, order: Order, person: OrderPerson): Interval {
  const actual = intervalOf(person.check_in ?? order.planned_start, person.check_out ?? order.planned_end);
  const time = countedTime(rules, order, person);
  return time > actual.end - actual.start
    ? { start: actual.end - time, end: actual.end }
    : { start: actual.start, end: actual.start + time };
}

/** Whether a recipient, or the relative who placed the order, has confirmed it; not who looks after the unit, nor time that passed. */
function isConfirmedByRecipient({ order }: OrderNow): boolean {
  return order.confirmed_by?.startsWith('member:') ?? false;
}

/** Refuses, in order: `order_not_found`, `order_state_invalid`, `self_approval`. */
export function rejectOrder(
  stage: Stage,
  { orderId, reason }: { readonly orderId: string; readonly reason: string },
  asking: Asking,
): StagedEntry {
  const now = requireOrder(stage, orderId, asking);
  requireState(now.order, 'reject');
  requireNoneOf(asking, partiesOf(now));
  const rows = textChange(stage, orderId, 'reject', reason);
  return endOrder(stage, now, { kind: 'order_rejected', event: 'rejected', status: 'rejected', rows });
}
