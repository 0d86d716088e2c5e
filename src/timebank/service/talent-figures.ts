/**
 * What the level of a talent rests on: the hours in the books, and the ratings of approved orders at which the volunteer was, under all ids
 * of a person. An order is rated once, and each who was there has that rating, from the day of its approval for as long as a record of their
 * service at it stands: a record that was corrected counts no more, the one that took its place does. Which level follows is not known here.
 */
import type { Pool } from '../../db/connect.js';
import { balanceOf } from '../../ledger/accounts.js';
import type { Stage } from '../../ledger/stage.js';
import { memberAccount } from '../chart.js';
import { type DayFigures, noFigures, type TalentFigures } from '../credit/talent-levels.js';
import { allIdsOf } from '../people/members.js';
import { orderRows } from './orders/rows.js';
import { allStandingRecords } from './standing.js';

const prepared = { prepare: true } as const;

/** SQL: each person of `$2`, a list of members in JSON, with all ids of theirs. */
const people = `select q.member_id,
    string_to_array(concat_ws(' ', n.member_id, n.merged_from), ' ') as ids
  from jsonb_array_elements_text($2::text::jsonb) k(member)
  join timebank.members q on q.ledger_id = $1 and q.member_id = k.member
  join timebank.members n on n.ledger_id = $1 and n.member_id = coalesce(q.merged_into, q.member_id)`;

/** SQL: the orders at which the person `p` was and that were rated: whether a record of them stands, and if none, since when. */
const rated = `select o.rating, split_part(split_part(o.history, ' approved@', 2), ' ', 1)::bigint as approved, w.stands, w.gone_on
  from (
    select s.order_id, bool_or(c.service_record_id is null) as stands, max(c.reversed_on) as gone_on
    from unnest(p.ids) i(id)
    cross join lateral (select r.order_id, r.service_record_id from timebank.service_records r
      where r.ledger_id = $1 and r.volunteer_id = i.id and r.order_id is not null offset 0) s
    left join timebank.service_corrections c
      on c.ledger_id = $1 and c.service_record_id = s.service_record_id and c.status = 'carried_out'
    group by s.order_id) w
  cross join lateral (select o.rating, o.history, o.status from timebank.orders o
    where o.ledger_id = $1 and o.order_id = w.order_id limit 1) o
  where o.status = 'approved' and o.rating is not null`;

/** SQL: the accounts of the hours of the person `p`. */
const purses = `unnest(p.ids) i(id)
  join timeledger.accounts a on a.ledger_id = $1 and a.code = 'member:' || i.id || ':hours'`;

/** The figures of these members as they stand now, all in one statement. */
export async function readTalentFigures(
  sql: Pool,
  ledgerId: number,
  members: readonly string[],
): Promise<(member: string) => TalentFigures> {
  const rows = await sql.unsafe(
    `with people as (${people})
     select p.member_id as member, r.ratings::text as ratings, r.sum::text as sum,
       (select coalesce(sum(a.credits - a.debits), 0) from ${purses})::text as hours
     from people p
     cross join lateral (select count(*) as ratings, coalesce(sum(x.rating), 0) as sum from (${rated}) x where x.stands) r`,
    [ledgerId, JSON.stringify([...new Set(members)])],
    prepared,
  );
  const found = new Map(rows.map((row) => [row['member'] as string, figuresOf(row)]));
  return (member) => found.get(member) ?? noFigures;
}

/** The figures of a member at the end of each day on which they changed, oldest first: hours by their day of effect. */
export async function readTalentDays(sql: Pool, ledgerId: number, member: string): Promise<DayFigures[]> {
  const rows = await sql.unsafe(
    `with people as (${people}),
     rated as (
       select x.rating, x.stands, x.gone_on, (e.recorded_at at time zone l.zone)::date as approved_on
       from people p
       cross join lateral (${rated}) x
       join timeledger.entries e on e.ledger_id = $1 and e.number = x.approved
       join timeledger.ledgers l on l.ledger_id = $1),
     changes as (
       select d.day, d.credits - d.debits as hours, 0 as ratings, 0 as rating
       from people p
       cross join lateral (select a.account_id from ${purses}) a
       join timeledger.daily_balances d on d.ledger_id = $1 and d.account_id = a.account_id
       union all
       select r.approved_on, 0, 1, r.rating from rated r where r.stands or r.gone_on > r.approved_on
       union all
       select r.gone_on, 0, -1, -r.rating from rated r where not r.stands and r.gone_on > r.approved_on)
     select c.day::text as day, (sum(sum(c.hours)) over w)::text as hours, (sum(sum(c.ratings)) over w)::text as ratings,
       (sum(sum(c.rating)) over w)::text as sum
     from changes c group by c.day window w as (order by c.day) order by c.day`,
    [ledgerId, JSON.stringify([member])],
    prepared,
  );
  return rows.map((row) => ({ day: row['day'] as string, ...figuresOf(row) }));
}

function figuresOf({ hours, ratings, sum }: Readonly<Record<string, unknown>>): TalentFigures {
  return { hours: BigInt(String(hours)), ratings: Number(ratings), ratingSum: BigInt(String(sum)) };
}

/** The same of now, for a command that rests on them. Refuses: `member_not_found`. */
export function talentFigures(stage: Stage, member: string): TalentFigures {
  const ids = allIdsOf(stage, member);
  const accounts = ids.map((id) => memberAccount(id, 'hours'));
  stage.prefetch({ accounts });
  const balances = accounts.map((code) => stage.account(code)).flatMap((found) => (found ? [balanceOf(found)] : []));
  const orders = [...new Set(allStandingRecords(stage, ids).flatMap(({ order_id: id }) => id ?? []))];
  stage.prefetch({ rows: orders.map((id) => [orderRows, id] as const) });
  const ratings = orders.flatMap((id) => {
    const order = stage.row(orderRows, id);
    return order?.status === 'approved' && order.rating !== null ? [BigInt(order.rating)] : [];
  });
  return { hours: total(balances), ratings: ratings.length, ratingSum: total(ratings) };
}

const total = (amounts: readonly bigint[]) => amounts.reduce((sum, one) => sum + one, 0n);
