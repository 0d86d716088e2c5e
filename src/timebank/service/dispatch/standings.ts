/** Reading what differs from one talent to the next: whether they take part, are bound to something else then, and how much they give. */
import type { Pool } from '../../../db/connect.js';
import { addDays, dateInZone, weekOf } from '../../../lib/clock.js';
import { boundAttendances, occupiedSql } from '../orders/commitments.js';
import { judgedStatusSql, type Order } from '../orders/state.js';
import { intervalOf, weeksAround } from '../service-times.js';
import type { Standing } from './portions.js';
import type { At } from './reads.js';

/** How many days back what was given counts. */
const loadDays = 30;

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');

/** What counts is what `standingRecords` finds, under all ids of a member; who is bound, as `refuseCommitted` judges a volunteer. */
const recordsSql = `
    select coalesce(sum(r.hours) filter (where r.served_on > a.since), 0) as load,
      coalesce(bool_or(r.week = any(a.weeks) and r.check_in < a.plan_end and r.check_out > a.plan_start), false) as is_bound
    from timebank.service_records r
    where r.ledger_id = $1 and r.volunteer_id = any(i.ids) and r.week >= a.first_week
      and r.service_record_id <> all(array(select x.service_record_id from timebank.service_corrections x
        where x.ledger_id = $1 and x.volunteer_id = any(i.ids) and x.week >= a.first_week and x.status = 'carried_out'))`;

/** Parts in orders; a member who was merged has none. */
const partsSql = `
    select coalesce(sum(floor(extract(epoch from p.planned_end - p.planned_start) / 36))
        filter (where p.role = 'volunteer' and (p.planned_start at time zone $10::text)::date > a.since), 0) as load,
      coalesce(bool_or(p.order_id <> $3 and p.week = any(a.weeks) and ${occupiedSql('p', 'a.plan_start', 'a.plan_end')}), false) as is_bound
    from timebank.order_people p
    join timebank.orders o on o.ledger_id = $1 and o.order_id = p.order_id
    where p.ledger_id = $1 and p.member_id = c.id and p.week >= a.first_week
      and p.attendance in (${list(boundAttendances)}) and ${judgedStatusSql('$7')} <> 'expired'`;

const statement = `
  with asked as materialized (
    select string_to_array($4::text, ' ')::date[] as weeks, $5::text::timestamptz as plan_start, $6::text::timestamptz as plan_end,
      $8::text::date as first_week, $9::text::date as since)
  select case when m.state = 'merged' then 'merged'
      when m.state <> 'active' or e.member_id is not null then 'none' else 'active' end as part,
    r.is_bound or p.is_bound as is_bound, (r.load + p.load)::bigint::text as load
  from asked a
  cross join unnest(string_to_array($2::text, ' ')) with ordinality c(id, place)
  join timebank.members m on m.ledger_id = $1 and m.member_id = c.id
  left join timebank.erasures e on e.ledger_id = $1 and e.member_id = c.id and e.state = 'erased'
  cross join lateral (select string_to_array(concat_ws(' ', m.member_id, m.merged_from), ' ') as ids offset 0) i
  cross join lateral (${recordsSql}) r
  cross join lateral (${partsSql}) p
  order by c.place`;

/** How talents stand to an order, in the order in which they are asked about. Who is erased takes no part. */
export async function readStandings(
  sql: Pool,
  { ledgerId, zone, now }: At,
  order: Order,
  members: readonly string[],
): Promise<Omit<Standing, 'isKin'>[]> {
  const { order_id: id, planned_start: start, planned_end: end } = order;
  const weeks = weeksAround(intervalOf(start, end), zone);
  const since = addDays(dateInZone(now, zone), -loadDays);
  const [first] = [weekOf(since), ...weeks].sort();
  const moment = new Date(now).toISOString();
  const parameters = [
    ledgerId,
    members.join(' '),
    id,
    weeks.join(' '),
    start,
    end,
    moment,
    first ?? since,
    since,
    zone,
  ];
  const rows = await sql.unsafe(statement, parameters, { prepare: true });
  return rows.map(({ part, is_bound: isBound, load }) => ({
    part: part as Standing['part'],
    isBound: isBound as boolean,
    load: BigInt(load as string),
  }));
}
