/**
 * What the books say of a month, by unit and column, before anything is rolled up: each act counts where its member belonged on its day, orders
 * where they were placed for. A person counts once in each column, in the unit of their last act, so that people of units add up as hours do.
 */
import type { ISql } from 'postgres';
import { earliestDate, periodBounds } from '../../../lib/clock.js';
import { movementRows } from '../../partners/redemptions/movements.js';
import { unitOnSql } from '../../people/unit-on.js';
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

/** SQL: where the member `m`, of `v` if they ever moved, belonged on a day. */
const unitOn = (day: string) => `case when v.member_id is null then m.org_unit_id else ${unitOnSql('m', day)} end`;

/** SQL: the member of an id. Those who never moved belong where they belong now, and are not looked up. */
const memberOf = (id: string) => `join timebank.members m on m.ledger_id = $1 and m.member_id = ${id}
      left join (select distinct c.member_id from timebank.member_changes c where c.ledger_id = $1 and c.kind <> 'card_replaced') v
        on v.member_id = m.member_id`;

const person = 'coalesce(m.merged_into, m.member_id)';

/** SQL: what orders acts, each with one of its own: the day, of a day the entry, of an entry the leg. Entries are below 10^11, days below 10^5. */
const momentOf = (day: string, entry: string, leg = '0') =>
  `(${day} - date '${earliestDate}') * 100000000000000::bigint + ${entry} * 1000 + ${leg} % 1000`;

/** SQL: acts of people, each with `col`, `unit`, `person`, `amount` and `moment`, added up by unit and column. Whose acts come to nothing is not counted. */
const measured = (sources: string, acts: string) => `
  with ${sources},
  acts as (${acts}),
  by_person as materialized (
    select a.col, a.unit, a.person, sum(a.amount) as amount, count(*) as acts, max(a.moment) as moment
    from acts a group by 1, 2, 3 having sum(a.amount) <> 0),
  latest as (
    select p.col, p.person, max(p.moment) as moment from by_person p group by 1, 2)
  select p.col, p.unit, sum(p.amount)::text as amount, sum(p.acts)::text as acts, count(l.moment)::text as people
  from by_person p left join latest l on l.col = p.col and l.person = p.person and l.moment = p.moment group by p.col, p.unit`;

const standing = `not exists (select from timebank.service_corrections c where c.ledger_id = $1
      and c.service_record_id = r.service_record_id and c.status = 'carried_out')`;

const records = (columns: string, kept = '') => `records as ${kept}(
    select r.service_record_id as id, r.served_on, ${unitOn('r.served_on')} as unit, ${person} as person, r.hours,
      ${momentOf('r.served_on', 'r.entry')} as moment${columns}
    from timebank.service_records r ${memberOf('r.volunteer_id')}
    where r.ledger_id = $1 and r.served_on between ${firstDay} and ${lastDay} and ${standing})`;

/** Records with what was recomputed of them since. What went over the holding cap is a reason of its own. */
const service = measured(
  `${records(`, r.coins, case when r.funding is null then 'coins_minted' else 'coins_paid' end as paid`, 'materialized ')},
  since as materialized (
    select c.* from timebank.service_recomputations c where c.ledger_id = $1 and c.served_on between ${firstDay} and ${lastDay}),
  reasons as (
    select d.service_record_id as id, d.code, d.amount from timebank.service_differences d where d.ledger_id = $1
    union all
    select s.service_record_id, x.code, x.amount from since s cross join lateral (values ('cap_day', s.cap_day), ('cap_week', s.cap_week),
      ('rounding_carry', s.rounding_carry), ('holding_cap', s.to_pool)) x(code, amount)
    union all
    select s.service_record_id, split_part(x.one, ' ', 1), split_part(x.one, ' ', 2)::bigint
    from since s cross join lateral string_to_table(s.others, ',') x(one))`,
  `select 'hours' as col, r.unit, r.person, r.hours as amount, r.moment from records r
    union all
    select r.paid, r.unit, r.person, r.coins, r.moment from records r
    union all
    select r.paid, r.unit, r.person, s.coins, r.moment from since s join records r on r.id = s.service_record_id
    union all
    select 'shortfall:' || n.code, r.unit, r.person, n.amount, r.moment from reasons n join records r on r.id = n.id`,
);

/** SQL: which of the months $4, by their first days, a record is of, from 1 on. The list is read once, as a query of its own. */
const monthNumber = `width_bucket(r.served_on - date '${earliestDate}', (select $4::text::integer[]))`;

/** The hours of several months, a column each: with the people behind them, or, which takes a third of the time, without. */
const trend = measured(
  records(''),
  `select ${monthNumber} as col, r.unit, r.person, r.hours as amount, r.moment from records r`,
);
const plainTrend = `
  with ${records('')}
  select ${monthNumber} as col, r.unit, sum(r.hours)::text as amount, count(*)::text as acts, '0' as people
  from records r group by 1, 2`;

/** Opening points that count, items of other platforms as they stand, and what was issued to members by hand, less what was taken back so. */
const points = measured(
  `issued as (
    select o.member_id, o.points, o.effective_on, o.entry, 0::bigint as leg from timebank.opening_points o
    where o.ledger_id = $1 and o.state = 'counted' and o.effective_on between ${firstDay} and ${lastDay}
    union all
    select i.member_id, i.points, i.occurred_on, i.entry, 0 from timebank.intake_items i
    where i.ledger_id = $1 and i.points > 0 and i.occurred_on between ${firstDay} and ${lastDay}
    union all
    select split_part(case when l.debit = 'point:issuance' then l.credit else l.debit end, ':', 2),
      case when l.debit = 'point:issuance' then l.amount else -l.amount end, a.effective_on, a.entry, l.leg
    from timebank.adjustments a
    cross join lateral (select j ->> 'debit' as debit, j ->> 'credit' as credit, (j ->> 'amount')::numeric as amount, leg
      from jsonb_array_elements(a.legs::jsonb) with ordinality k(j, leg)) l
    where a.ledger_id = $1 and a.state = 'posted' and a.effective_on between ${firstDay} and ${lastDay}
      and ((l.debit = 'point:issuance' and l.credit ~ '^member:[^:]+:points$')
        or (l.credit = 'point:issuance' and l.debit ~ '^member:[^:]+:points$')))`,
  `select 'points_earned' as col, ${unitOn('i.effective_on')} as unit, ${person} as person, i.points as amount,
      ${momentOf('i.effective_on', 'i.entry', 'i.leg')} as moment
    from issued i ${memberOf('i.member_id')}`,
);

/**
 * Captures less refunds, by their own days. $4 is the month with a space before it, as it stands in the text of movements; $5 the first entry that was
 * recorded in it, before which no redemption was last touched that moved anything in it.
 */
const redeemed = measured(
  `moves as materialized (
    select r.partner_id, r.member_id, m.effective_on::date as day, m.points::bigint as points, m.entry::bigint as entry
    from timebank.redemptions r cross join lateral ${movementRows}
    where r.ledger_id = $1 and r.entry >= $5::text::bigint and strpos(r.movements, $4::text) > 0 and m.effective_on::date between ${firstDay} and ${lastDay}),
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

/** The hours of these months, which follow one another; without people where all is shown. */
export async function measureTrend(
  sql: ISql,
  ledgerId: number,
  months: readonly string[],
  withPeople: boolean,
): Promise<Measure[]> {
  const bounds = months.map(periodBounds);
  const firstDays = bounds.map(({ first }) => dayNumber(first));
  const last = dayNumber(bounds.at(-1)?.last ?? earliestDate);
  const parameters = [ledgerId, firstDays[0] ?? '', last, `{${firstDays.join(',')}}`];
  const found = await measure(sql, withPeople ? trend : plainTrend, parameters);
  return found.map((one) => ({ ...one, column: months[Number(one.column) - 1] ?? '' }));
}

export const measurePoints = (sql: ISql, ledgerId: number, days: MeasuredDays) =>
  measure(sql, points, [ledgerId, ...daysOf(days)]);

/** Which entries were recorded in the month: the first one, and the first one after them. */
interface Recorded {
  readonly first: string;
  readonly after: string;
}

export const measureRedeemed = (sql: ISql, ledgerId: number, month: string, { first }: Recorded) => {
  const days = periodBounds(month);
  return measure(sql, redeemed, [ledgerId, ...daysOf(days), ` ${month}-`, first]);
};

export const measureOrders = (sql: ISql, ledgerId: number, { first, after }: Recorded) =>
  measure(sql, orders, [ledgerId, first, after]);
