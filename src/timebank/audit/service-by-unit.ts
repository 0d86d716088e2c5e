/**
 * The service of a month by organisation unit, rolled up to each unit above. Membership and tree are those of the month's last day, so that
 * who moves later takes nothing along. It counts service records as they stand now: those that were corrected do not count, what took their
 * place does. Corrections by hand belong to no unit.
 */
import type { Pool } from '../../db/connect.js';
import { periodBounds } from '../../lib/clock.js';
import { formatAmount } from '../../lib/decimal.js';
import { type Reach, withinSql } from '../people/reach.js';
import type { OrgUnitLevel } from '../people-words.js';

export interface UnitService {
  readonly org_unit: string;
  readonly parent: string | null;
  readonly level: OrgUnitLevel;
  readonly name: string;
  readonly records: number;
  readonly hours: string;
  readonly coins: string;
  readonly volunteers: number;
}

/** SQL: the unit of the member `m` on the day $3, from the last change by then, or from what the first one after it changed. */
const unitThen = `coalesce(
  (select c.org_unit_id from timebank.member_changes c where c.ledger_id = $1 and c.member_id = m.member_id and c.kind <> 'card_replaced'
    and c.effective_on <= $3::text::date order by c.entry desc limit 1),
  (select c.was_org_unit_id from timebank.member_changes c where c.ledger_id = $1 and c.member_id = m.member_id and c.kind <> 'card_replaced'
    and c.effective_on > $3::text::date order by c.entry limit 1),
  m.org_unit_id)`;

const statement = `
  with recursive given as materialized (
    select r.volunteer_id, count(*) as records, sum(r.hours) as hours, sum(r.coins + coalesce(n.coins, 0)) as coins
    from timebank.service_records r
    left join (select c.service_record_id, sum(c.coins) as coins from timebank.service_recomputations c
      where c.ledger_id = $1 group by c.service_record_id) n on n.service_record_id = r.service_record_id
    where r.ledger_id = $1 and r.served_on between $2::text::date and $3::text::date
      and not exists (select from timebank.service_corrections c where c.ledger_id = $1
        and c.service_record_id = r.service_record_id and c.status = 'carried_out')
    group by r.volunteer_id),
  placed as materialized (
    select ${unitThen} as unit, coalesce(m.merged_into, m.member_id) as person, g.records, g.hours, g.coins
    from given g join timebank.members m on m.ledger_id = $1 and m.member_id = g.volunteer_id),
  tree as materialized (
    select u.org_unit_id, u.level, case when c.entry is null then u.parent_id else c.parent_id end as parent_id, coalesce(c.name, u.name) as name
    from timebank.org_units u
    left join lateral (select h.entry, h.parent_id, h.name from timebank.org_unit_changes h
      where h.ledger_id = $1 and h.org_unit_id = u.org_unit_id and h.effective_on <= $3::text::date
      order by h.entry desc limit 1) c on true
    where u.ledger_id = $1),
  up as (
    select p.unit, t.org_unit_id, t.parent_id from (select distinct unit from placed) p join tree t on t.org_unit_id = p.unit
    union all
    select up.unit, t.org_unit_id, t.parent_id from up join tree t on t.org_unit_id = up.parent_id)
  select t.org_unit_id as org_unit, t.parent_id as parent, t.level, t.name, sum(p.records)::text as records, sum(p.hours)::text as hours,
    sum(p.coins)::text as coins, count(distinct p.person)::text as volunteers
  from placed p join up on up.unit = p.unit join tree t on t.org_unit_id = up.org_unit_id
  where t.org_unit_id > $4 and ${withinSql('t.org_unit_id', '$5')}
  group by t.org_unit_id, t.parent_id, t.level, t.name order by t.org_unit_id limit $6`;

/** Units whose members, or those of units below, gave service in a month, by id, from after an id on. */
export async function listServiceByUnit(
  sql: Pool,
  ledgerId: number,
  page: { month: string; reach: Reach; after: string; limit: number },
): Promise<UnitService[]> {
  const { first, last } = periodBounds(page.month);
  const parameters = [ledgerId, first, last, page.after, page.reach, page.limit];
  const rows = await sql.unsafe(statement, parameters, { prepare: true });
  return rows.map(({ org_unit, parent, level, name, records, hours, coins, volunteers }) => ({
    org_unit,
    parent,
    level,
    name,
    records: Number(records),
    hours: formatAmount(BigInt(hours), 2),
    coins: formatAmount(BigInt(coins), 2),
    volunteers: Number(volunteers),
  }));
}
