/** Approving an order: each volunteer's service is recorded, and what was held for it is paid. Or rejecting it: everything goes back. */
import { change, type RowChange, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { formatInstant, parseInstant } from '../../../lib/clock.js';
import { newId } from '../../../lib/ids.js';
import type { Refusal } from '../../../lib/refusal.js';
import { returnOver } from '../../credit/grants/purses.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { approveLate, type LateApproval, withoutFirstAlias } from '../late-records.js';
import type { Ordered, Visit } from '../post-record.js';
import { prefetchOrdered, recordOrdered } from '../service-records.js';
import { dayOf, type Interval, intervalOf } from '../service-times.js';
import { gradeOf } from './attendance.js';
import { countedTime, partiesOf, servedBy } from './confirm.js';
import { endOrder, recipientIds } from './end.js';
import { eventOf } from './event.js';
import { settlePrice } from './holds.js';
import { placeNext } from './place.js';
import { orderPeopleRows } from './rows.js';
import { noDeadline, type Order, type OrderPerson, requireState } from './state.js';
import { textChange } from './texts.js';
import { type Asking, type OrderNow, recipientsOf, requireNoneOf, requireOrder } from './who.js';

/**
 * Records what each volunteer gave; the last entry closes the order.
 * Refuses, in order: `order_not_found`, `order_state_invalid`, `self_approval`, `record_too_late` (comes back: the first approval of a late
 * one is journalled), then what `recordOrdered` refuses.
 */
export function approveOrder(stage: Stage, rules: RuleSet, orderId: string, asking: Asking): StagedEntry | Refusal {
  const now = requireOrder(stage, orderId, asking);
  requireState(now.order, 'approve');
  requireNoneOf(stage, asking, partiesOf(now));
  const served = servedBy(now).map((person) => ({ person, visit: visitOf(rules, now, person) }));
  const visits = served.map(({ visit }) => visit);
  const waits = approveLate(stage, rules, lateApprovalOf(stage, orderId, visits, asking));
  if (waits) return waits;
  const terms: Terms = { recipients: recipientIds(now), approvedBy: asking.actor, alias: asking.alias };
  prefetchOrdered(stage, visits, terms);
  let entry: StagedEntry | undefined;
  for (const [i, one] of served.entries()) {
    const isLast = i === served.length - 1;
    entry = record(stage, { now: withPeople(stage, now), ...one, isLast, terms });
  }
  if (!entry) throw new Error(`order ${orderId} is ${now.order.status} and nobody was there`);
  placeNext(stage, now.order, terms.recipients, newId());
  return entry;
}

/** The same order with its people as the entries before have left them. */
function withPeople(stage: Stage, { order }: OrderNow): OrderNow {
  return { order, people: stage.rows(orderPeopleRows, 'order', order.order_id) };
}

/** What would be recorded: the times that count, of everybody who was there. The first of them began on the day of service. */
function lateApprovalOf(
  stage: Stage,
  id: string,
  visits: readonly Visit[],
  { actor, alias, sealAlias }: Asking,
): LateApproval {
  const began = visits.map(({ check_in }) => check_in).reduce((a, b) => (a < b ? a : b));
  const content = visits
    .map(({ volunteer, check_in, check_out }) => `${volunteer} ${check_in} ${check_out}`)
    .join('\n');
  return { about: 'order', id, servedOn: dayOf(parseInstant(began), stage.zone), content, actor, alias, sealAlias };
}

/** What a volunteer gave, as it counts. */
function visitOf(rules: RuleSet, now: OrderNow, person: OrderPerson): Visit {
  const { order } = now;
  const { start, end } = countedInterval(rules, order, person);
  return {
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
}

/** What is the same for every volunteer of an order. */
type Terms = Pick<Ordered, 'recipients' | 'approvedBy' | 'alias'>;

interface Recording {
  readonly now: OrderNow;
  readonly person: OrderPerson;
  readonly visit: Visit;
  readonly isLast: boolean;
  readonly terms: Terms;
}

function record(stage: Stage, { now, person, visit, isLast, terms }: Recording): StagedEntry {
  const { order } = now;
  const { entry } = recordOrdered(stage, visit, {
    ...terms,
    orderId: order.order_id,
    station: order.station_id,
    payment: order.funding === 'mint' ? null : { funding: order.funding, agreed: order.price },
    moves: (paid) => {
      const settled = settlePrice(stage, now, person, paid);
      const gone = change(orderPeopleRows, { ...person, attendance: 'attended' });
      return { ...settled, rows: [gone, ...(isLast ? closing(stage, now, settled.rows) : settled.rows)] };
    },
  });
  returnOver(stage, entry);
  return entry;
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
  requireNoneOf(stage, asking, partiesOf(now));
  const rows = [...textChange(stage, orderId, 'reject', reason), ...withoutFirstAlias(stage, 'order', orderId)];
  return endOrder(stage, now, { kind: 'order_rejected', event: 'rejected', status: 'rejected', rows });
}
