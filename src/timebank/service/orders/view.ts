/** An order as the interface shows it, as it is at a moment. Words that people wrote are not in it: they are read from their rows. */
import { formatAmount } from '../../../lib/decimal.js';
import { judged, type Offer, type Order, type OrderPerson } from './state.js';

/** Who looks at an order: a member as one, by all their ids; null: whoever looks after units, or reads the books. */
export type Viewer = readonly string[] | null;

/** `now`: milliseconds since the epoch. */
export function viewOrder(stored: Order, unordered: readonly OrderPerson[], now: number, viewer: Viewer) {
  const people = [...unordered].sort((a, b) => (a.member_id < b.member_id ? -1 : 1));
  const order = judged(stored, now);
  const recipients = people.filter(({ role }) => role === 'recipient').map(({ member_id }) => member_id);
  const isOver = order.status === 'expired';
  const held = people.reduce((sum, one) => sum + one.held, 0n);
  return {
    id: order.order_id,
    status: order.status,
    recipient: order.recipient_id,
    recipients,
    org_unit: order.org_unit_id,
    placed_by: order.placed_by,
    on_behalf: order.on_behalf,
    service_type: order.service_type,
    mode: order.mode,
    station: order.station_id,
    planned_start: order.planned_start,
    planned_end: order.planned_end,
    volunteers_needed: order.volunteers_needed,
    volunteers: people.filter(({ role }) => role === 'volunteer').map((one) => viewVolunteer(one, order, isOver)),
    funding: mayKnowFunding(order, recipients, viewer) ? order.funding : null,
    price: formatAmount(order.price, 2),
    held: formatAmount(isOver ? 0n : held, 2),
    expires_at: order.deadline_at,
    recipient_minutes: order.recipient_minutes,
    rating: order.rating,
    recurrence: recurrenceOf(order),
    written_agreement: order.written_agreement,
    entry: String(order.entry),
  };
}

/** That somebody else pays is shown to volunteers, and not who: whom the fund pays for is in need. */
function mayKnowFunding({ funding, placed_by: placer }: Order, recipients: readonly string[], viewer: Viewer): boolean {
  if (viewer === null || funding === 'mint') return true;
  return viewer.some((id) => recipients.includes(id) || placer === `member:${id}`);
}

export type OrderView = ReturnType<typeof viewOrder>;

/** Who has accepted an order that nobody came to has not come. */
function viewVolunteer(one: OrderPerson, { verdict_minutes: verdictMinutes }: Order, isOver: boolean) {
  return {
    member: one.member_id,
    attendance: isOver && one.attendance === 'accepted' ? ('no_show' as const) : one.attendance,
    check_in: one.check_in,
    check_in_proof: one.check_in_proof,
    check_out: one.check_out,
    check_out_proof: one.check_out_proof,
    verdict_minutes: one.verdict_minutes ?? (one.check_out === null ? null : verdictMinutes),
    service_record: one.attendance === 'attended' ? one.service_record_id : null,
  };
}

function recurrenceOf({ series_id: series, series_weekday: weekday, series_until: until }: Order) {
  return series === null || weekday === null || until === null ? null : { series, weekday, until };
}

export function viewOffer({ offer_id: id, order_id: order, volunteer_id, team_id, status, expires_at }: Offer) {
  return { id, order, volunteer: volunteer_id, team: team_id, status, expires_at };
}

export type OfferView = ReturnType<typeof viewOffer>;
