/**
 * What the books say of a month, by unit and column, before anything is rolled up: each act counts where its member belonged on its day, orders
 * where they were placed for. A person counts once in each column, in the unit of their last act, so that people of units add up as hours do.
 */
import type { ISql } from 'postgres';
import { earliestDate } from '../../../lib/clock.js';
import { movementRows } from '../../partners/redemptions/movements.js';
import { dayNumber, firstDay, lastDay } from '../anomalies/sources.js';

/** `column`: of a trend, the month. */
export interface Measure {
  readonly unit: string;
  readonly column: string;
  readonly amount: bigint;
  readonly acts: bigint;
  readonly people: number;
}

export interface MeasuredDays {
  readonly first: string;
  readonly last: string;
}

/** Members who ever moved: the others belong where they belong now, and are not looked up. */
const moved = `moved as materialized (
    select distinct c.member_id from timebank.member_changes c where c.ledger_id = $1 and c.kind <> 'card_replaced')`;

/** SQL: where the member `m`, of `v` if they ever moved, belonged on a day: see decision 0039. */
const unitOn = (day: string) => `case when v.member_id is null then m.org_unit_id else coalesce(
      (select c.org_unit_id from timebank.member_changes c where c.ledger_id = $1 and c.member_id = m.member_id and c.kind <> 'card_replaced'
        and c.effective_on <= ${day} order by c.entry desc limit 1),
      (select c.was_org_unit_id from timebank.member_changes c where c.ledger_id = $1 and c.member_id = m.member_id and c.kind <> 'card_replaced'
        and c.effective_on > ${day} order by c.entry limit 1),
      m.org_unit_id) end`;

const memberOf = (id: string) => `join timebank.members m on m.ledger_id = $1 and m.member_id = ${id}
      left join moved v on v.member_id = m.member_id`;

const person = 'coalesce(m.merged_into, m.member_id)';

/** SQL: what orders acts: the day, and of a day the entry. */
const momentOf = (day: string, entry: string) =>
  `(${day} - date '${earliestDate}') * 10000000000000::bigint + ${entry}`;

/** SQL: acts of people, each with `col`, `unit`, `person`, `amount` and `moment`, added up by unit and column. */
const measured = (sources: string, acts: string) => `
  with ${moved}, ${sources},
  acts as (${acts}),
  by_person as (
    select a.col, a.unit, a.person, sum(a.amount) as amount, count(*) as acts, max(a.moment) as moment from acts a group by 1, 2, 3),
  ranked as (
    select p.*, row_number() over (partition by p.col, p.person order by p.moment desc, p.unit) as rank from by_person p)
  select r.col, r.unit, sum(r.amount)::text as amount, sum(r.acts)::text as acts, count(*) filter (where r.rank = 1)::text as people
  from ranked r group by r.col, r.unit`;

const standing = `not exists (select from timebank.service_corrections c where c.ledger_id = $1
      and c.service_record_id = r.service_record_id and c.status = 'carried_out')`;

const records = (columns: string) => `records as materialized (
    select r.service_record_id as id, r.served_on, ${unitOn('r.served_on')} as unit, ${person} as person, r.hours,
      ${momentOf('r.served_on', 'r.entry')} as moment${columns}
    from timebank.service_records r ${memberOf('r.volunteer_id')}
    where r.ledger_id = $1 and r.served_on between ${firstDay} and ${lastDay} and ${standing})`;

/** Records with what was recomputed of them since. What went over the holding cap is a reason of its own. */
const service = measured(
  `${records(', r.coins, r.funding')},
  since as materialized (
    select c.* from timebank.service_recomputations c where c.ledger_id = $1 and c.served_on between ${firstDay} and ${lastDay}),
  coins as (
    select s.service_record_id as id, sum(s.coins) as coins from since s group by s.service_record_id),
  reasons as (
    select d.service_record_id as id, d.code, d.amount from timebank.service_differences d
    where d.ledger_id = $1 and d.service_record_id in (select id from records)
    union all
    select s.service_record_id, x.code, x.amount from since s cross join lateral (values ('cap_day', s.cap_day), ('cap_week', s.cap_week),
      ('rounding_carry', s.rounding_carry), ('holding_cap', s.to_pool)) x(code, amount)
    union all
    select s.service_record_id, split_part(x.one, ' ', 1), split_part(x.one, ' ', 2)::bigint
    from since s cross join lateral string_to_table(s.others, ',') x(one)),
  net as (
    select n.id, n.code, sum(n.amount) as amount from reasons n group by n.id, n.code having sum(n.amount) <> 0)`,
  `select 'hours' as col, r.unit, r.person, r.hours as amount, r.moment from records r
    union all
    select case when r.funding is null then 'coins_minted' else 'coins_paid' end, r.unit, r.person, r.coins + coalesce(c.coins, 0), r.moment
    from records r left join coins c on c.id = r.id where r.coins + coalesce(c.coins, 0) <> 0
    union all
    select 'shortfall:' || n.code, r.unit, r.person, n.amount, r.moment from net n join records r on r.id = n.id`,
);

/** The hours of several months, a column each. */
const trend = measured(
  records(''),
  `select to_char(r.served_on, 'YYYY-MM') as col, r.unit, r.person, r.hours as amount, r.moment from records r`,
);

/** Opening points that count, items of other platforms as they stand, and what was issued to members by hand, less what was taken back so. */
const points = measured(
  `issued as (
    select o.member_id, o.points, o.effective_on, o.entry from timebank.opening_points o
    where o.ledger_id = $1 and o.state = 'counted' and o.effective_on between ${firstDay} and ${lastDay}
    union all
    select i.member_id, i.points, i.occurred_on, i.entry from timebank.intake_items i
    where i.ledger_id = $1 and i.points > 0 and i.occurred_on between ${firstDay} and ${lastDay}
    union all
    select split_part(case when l.debit = 'point:issuance' then l.credit else l.debit end, ':', 2),
      case when l.debit = 'point:issuance' then l.amount else -l.amount end, a.effective_on, a.entry
    from timebank.adjustments a
    cross join lateral (select j ->> 'debit' as debit, j ->> 'credit' as credit, (j ->> 'amount')::numeric as amount
      from jsonb_array_elements(a.legs::jsonb) j) l
    where a.ledger_id = $1 and a.state = 'posted' and a.effective_on between ${firstDay} and ${lastDay}
      and ((l.debit = 'point:issuance' and l.credit ~ '^member:[^:]+:points$')
        or (l.credit = 'point:issuance' and l.debit ~ '^member:[^:]+:points$')))`,
  `select 'points_earned' as col, ${unitOn('i.effective_on')} as unit, ${person} as person, i.points as amount,
      ${momentOf('i.effective_on', 'i.entry')} as moment
    from issued i ${memberOf('i.member_id')}`,
);

/** Captures less refunds, by their own days. $4 is the month with a space before it, as it stands in the text of movements. */
const redeemed = measured(
  `moves as materialized (
    select r.partner_id, r.member_id, m.effective_on::date as day, m.points::bigint as points, m.entry::bigint as entry
    from timebank.redemptions r cross join lateral ${movementRows}
    where r.ledger_id = $1 and strpos(r.movements, $4::text) > 0 and m.effective_on::date between ${firstDay} and ${lastDay}),
  placed as materialized (
    select p.partner_id, ${unitOn('p.day')} as unit, ${person} as person, p.points as amount, ${momentOf('p.day', 'p.entry')} as moment
    from moves p ${memberOf('p.member_id')})`,
  `select 'points_redeemed' as col, p.unit, p.person, p.amount, p.moment from placed p
    union all
    select 'partner:' || p.partner_id, p.unit, p.person, p.amount, p.moment from placed p`,
);

/** Orders by the entry that placed them, which stands first in their history: $2 and $3 are the first such entry, and the first one after them. */
const orders = measured(
  `placed as materialized (
    select o.org_unit_id as unit, o.recipient_id, o.on_behalf, o.placed from (
      select q.*, split_part(split_part(q.history, ' ', 1), '@', 2)::bigint as placed from timebank.orders q where q.ledger_id = $1) o
    where o.placed >= $2::text::bigint and o.placed < $3::text::bigint)`,
  `select x.col, p.unit, ${person} as person, 1 as amount, p.placed as moment
    from placed p join timebank.members m on m.ledger_id = $1 and m.member_id = p.recipient_id
    cross join lateral (values ('orders_placed'),
      (case when p.on_behalf then 'orders_on_behalf' else 'orders_by_resident' end)) x(col)`,
);

async function measure(sql: ISql, statement: string, parameters: (string | number)[]): Promise<Measure[]> {
  const rows = await sql.unsafe(statement, parameters);
  return rows.map(({ col, unit, amount, acts, people }) => ({
    ...{ unit, column: col },
    ...{ amount: BigInt(amount), acts: BigInt(acts), people: Number(people) },
  }));
}

const daysOf = ({ first, last }: MeasuredDays) => [dayNumber(first), dayNumber(last)];

export const measureService = (sql: ISql, ledgerId: number, days: MeasuredDays) =>
  measure(sql, service, [ledgerId, ...daysOf(days)]);

export const measureTrend = (sql: ISql, ledgerId: number, days: MeasuredDays) =>
  measure(sql, trend, [ledgerId, ...daysOf(days)]);

export const measurePoints = (sql: ISql, ledgerId: number, days: MeasuredDays) =>
  measure(sql, points, [ledgerId, ...daysOf(days)]);

export const measureRedeemed = (sql: ISql, ledgerId: number, month: string, days: MeasuredDays) =>
  measure(sql, redeemed, [ledgerId, ...daysOf(days), ` ${month}-`]);

export const measureOrders = (
  sql: ISql,
  ledgerId: number,
  entries: { readonly first: string; readonly after: string },
) => measure(sql, orders, [ledgerId, entries.first, entries.after]);
