/** Reading what differs from one talent to the next: when they have time, whether they are bound to something then, and how much they give. */
import type { Pool } from '../../../db/connect.js';
import { addDays, dateInZone, weekOf } from '../../../lib/clock.js';
import { boundAttendances } from '../orders/commitments.js';
import type { Order } from '../orders/state.js';
import { intervalOf, weeksAround } from '../service-times.js';
import type { At } from './reads.js';

export interface TalentStanding {
  /** Hours of the week, from every registry the talent is in, as they stand in a row; null: the talent has said nothing. */
  readonly availability: string | null;
  /** Whether the member gives or receives something else at the time of the order. */
  readonly isBound: boolean;
  /** Hundredths of an hour: given in the last 30 days, and promised. */
  readonly load: bigint;
}

/** How many days back what was given counts. */
const loadDays = 30;

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');

/** The same judgement as `refuseCommitted` makes of a volunteer. */
const isBoundSql = `(exists (select from timebank.service_records r
      where r.ledger_id = $1 and r.volunteer_id = c.id and r.week = any(string_to_array($4::text, ' ')::date[])
        and r.check_in < $6::text::timestamptz and r.check_out > $5::text::timestamptz)
    or exists (select from timebank.order_people p
      join timebank.orders o on o.ledger_id = $1 and o.order_id = p.order_id
      where p.ledger_id = $1 and p.member_id = c.id and p.week = any(string_to_array($4::text, ' ')::date[])
        and p.order_id <> $3 and p.attendance in (${list(boundAttendances)})
        and p.planned_start < $6::text::timestamptz and p.planned_end > $5::text::timestamptz
        and (o.lapses_to is distinct from 'expired' or o.deadline_at > $7::text::timestamptz)))`;

const loadSql = `(select coalesce(sum(r.hours), 0) from timebank.service_records r
      where r.ledger_id = $1 and r.volunteer_id = c.id and r.week >= $8::text::date and r.served_on > $9::text::date)
    + (select coalesce(sum(floor(extract(epoch from p.planned_end - p.planned_start) / 36)), 0) from timebank.order_people p
      join timebank.orders o on o.ledger_id = $1 and o.order_id = p.order_id
      where p.ledger_id = $1 and p.member_id = c.id and p.week >= $8::text::date and p.role = 'volunteer'
        and p.attendance in ('accepted', 'checked_in', 'checked_out') and p.planned_start > $9::text::date
        and (o.lapses_to is distinct from 'expired' or o.deadline_at > $7::text::timestamptz))`;

const statement = `
  select (select string_agg(nullif(t.availability, ''), ',') from timebank.talents t
      where t.ledger_id = $1 and t.member_id = c.id and t.ended_on is null) as availability,
    ${isBoundSql} as bound, (${loadSql})::bigint::text as load
  from unnest(string_to_array($2::text, ' ')) with ordinality c(id, place) order by c.place`;

/** How talents stand to an order, in the order in which they are asked about. */
export async function readStandings(
  sql: Pool,
  { ledgerId, zone, now }: At,
  order: Order,
  members: readonly string[],
): Promise<TalentStanding[]> {
  const weeks = weeksAround(intervalOf(order.planned_start, order.planned_end), zone).join(' ');
  const since = addDays(dateInZone(now, zone), -loadDays);
  const { order_id: id, planned_start: start, planned_end: end } = order;
  const moment = new Date(now).toISOString();
  const parameters = [ledgerId, members.join(' '), id, weeks, start, end, moment, weekOf(since), since];
  const rows = await sql.unsafe(statement, parameters, { prepare: true });
  return rows.map(({ availability, bound, load }) => ({
    availability: availability as string | null,
    isBound: bound as boolean,
    load: BigInt(load as string),
  }));
}
