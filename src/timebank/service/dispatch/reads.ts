/**
 * What dispatch reads of an order and of the talents who could take it: first what many of them have in common, in groups, then the rest, of
 * those who are looked at. It weighs nothing.
 */
import type { Pool } from '../../../db/connect.js';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import { memberWithinSql, type Reach, withinSql } from '../../people/reach.js';
import { lineRelations, type OrgUnitLevel, type QualificationKind, type TalentCategory } from '../../words.js';
import { orderRows } from '../orders/rows.js';
import { judged, type Order } from '../orders/state.js';
import { orderNotFound } from '../orders/who.js';
import type { Group } from './shortlist.js';

const prepared = { prepare: true } as const;

export interface Sought {
  readonly order: Order;
  /** Where it takes place: the unit of the station, or of who needs it. */
  readonly unit: string;
  /** Who has a part in it, placed it or was asked already. */
  readonly known: ReadonlySet<string>;
  /** Spouse and lineal kin of who receives it, on its day. */
  readonly kin: ReadonlySet<string>;
}

export interface At {
  readonly ledgerId: number;
  readonly zone: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Kin of a recipient by any id that either has, as the member they are now. */
const kinSql = `select coalesce(m.merged_into, m.member_id) as id
  from timebank.order_people p
  join timebank.members r on r.ledger_id = $1 and r.member_id = p.member_id
  cross join lateral unnest(string_to_array(concat_ws(' ', r.member_id, r.merged_from), ' ')) as own(id)
  join timebank.kin k on k.ledger_id = $1 and own.id in (k.member_id, k.relative_id)
  join timebank.members m on m.ledger_id = $1 and m.member_id = case own.id when k.member_id then k.relative_id else k.member_id end
  where p.ledger_id = $1 and p.order_id = o.order_id and p.role = 'recipient' and k.verified_by is not null
    and k.end_reason is distinct from 'mistaken' and k.relation in (${lineRelations.map((one) => `'${one}'`).join(', ')})
    and (k.ended_on is null or (o.planned_start at time zone $4::text)::date < k.ended_on)`;

/** The order as it is now, and whom it leaves out. Refuses: `order_not_found`, also when it lies out of reach. */
export async function readSought(sql: Pool, { ledgerId, zone, now }: At, id: string, reach: Reach): Promise<Sought> {
  const [row] = await sql.unsafe(
    `select ${textColumns(orderRows, 'o')}, coalesce(s.org_unit_id, o.org_unit_id) as place,
       to_json(array(select p.member_id from timebank.order_people p where p.ledger_id = $1 and p.order_id = o.order_id
         union select f.volunteer_id from timebank.offers f where f.ledger_id = $1 and f.order_id = o.order_id and f.volunteer_id is not null)) as known,
       to_json(array(${kinSql})) as kin
     from timebank.orders o
     left join timebank.stations s on s.ledger_id = o.ledger_id and s.station_id = o.station_id
     where o.ledger_id = $1 and o.order_id = $2 and ${withinSql('o.org_unit_id', '$3')}`,
    [ledgerId, id, reach, zone],
    prepared,
  );
  if (!row) throw orderNotFound(id);
  const { place, known, kin, ...text } = row;
  const order = judged(orderRows.decode(text as TextRow), now);
  return {
    order,
    unit: place as string,
    known: new Set([...(known as string[]), order.placed_by.replace(/^member:/, '')]),
    kin: new Set(kin as string[]),
  };
}

export interface Wanted {
  /** Where the order takes place. */
  readonly unit: string;
  /** What the service is called as a specialty. */
  readonly specialty: string;
  readonly category: TalentCategory | null;
  /** What the service takes of who gives it, on `day`. */
  readonly qualification: QualificationKind | null;
  readonly day: string;
  readonly reach: Reach;
}

/**
 * Units of the subdistrict of $2, each with the level of the lowest unit above it, or it itself, that $2 lies in, too. From there down, so
 * that the tree is walked once.
 */
const nearUnits = `
  chain as (
    select u.org_unit_id, u.parent_id, u.level from timebank.org_units u where u.ledger_id = $1 and u.org_unit_id = $2
    union all
    select u.org_unit_id, u.parent_id, u.level from timebank.org_units u
    join chain c on u.ledger_id = $1 and u.org_unit_id = c.parent_id),
  near as (
    select c.org_unit_id, c.level as nearest from chain c where c.level in ('subdistrict', 'township')
    union all
    select u.org_unit_id, coalesce(c.level, n.nearest) from near n
    join timebank.org_units u on u.ledger_id = $1 and u.parent_id = n.org_unit_id
    left join chain c on c.org_unit_id = u.org_unit_id),
  near_units as materialized (
    select n.org_unit_id, n.nearest, array_position(array['subdistrict', 'township', 'community', 'village', 'estate', 'stairwell'], n.nearest) as depth
    from near n)`;

const groupsStatement = `
  with recursive ${nearUnits},
  qualified as materialized (
    select distinct q.member_id from timebank.talent_qualifications q
    where q.ledger_id = $1 and q.kind = $5::text and coalesce(q.valid_until, $6::text::date) >= $6::text::date
      and (q.ended_on is null or q.ended_on > $6::text::date)),
  registered as materialized (
    select t.member_id, bool_or(strpos(' ' || t.specialties || ' ', ' ' || $3::text || ' ') > 0) as specialty,
      bool_or(strpos(' ' || t.categories || ' ', ' ' || $4::text || ' ') > 0) as category
    from timebank.talents t where t.ledger_id = $1 and t.ended_on is null group by t.member_id)
  select case when n.depth >= coalesce(s.depth, 0) then n.nearest else s.nearest end as nearest, t.specialty,
    coalesce(t.category, false) as category,
    case when m.state <> 'active' then 'suspended'
      when $5::text is not null and q.member_id is null then 'unqualified' end as excluded,
    string_agg(t.member_id, ' ') as members
  from registered t
  join timebank.members m on m.ledger_id = $1 and m.member_id = t.member_id and m.state <> 'merged'
  left join near_units n on n.org_unit_id = m.org_unit_id
  left join near_units s on s.org_unit_id = m.second_org_unit_id
  left join qualified q on q.member_id = t.member_id
  where ${memberWithinSql('m', '$7')}
  group by 1, 2, 3, 4`;

/** All talents within reach who have not ended, in groups that have the same facts in common. */
export async function readGroups(sql: Pool, { ledgerId }: At, wanted: Wanted): Promise<Group[]> {
  const { unit, specialty, category, qualification, day, reach } = wanted;
  const parameters = [ledgerId, unit, specialty, category, qualification, day, reach];
  const rows = await sql.unsafe(groupsStatement, parameters, prepared);
  return rows.map((row) => ({
    nearest: row['nearest'] as OrgUnitLevel | null,
    specialty: row['specialty'] as boolean,
    category: row['category'] as boolean,
    excluded: row['excluded'] as Group['excluded'],
    members: (row['members'] as string).split(' '),
  }));
}
