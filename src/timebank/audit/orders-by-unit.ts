/**
 * What became of the orders that were placed in a month, by the unit for which they were placed, rolled up to each unit above as the tree
 * is now: and how many of them residents placed for themselves. It counts orders, and names nobody.
 */
import type { Pool } from '../../db/connect.js';
import { periodBounds } from '../../lib/clock.js';
import { type Reach, withinSql } from '../people/reach.js';
import { judgedStatusSql } from '../service/orders/state.js';

export interface OrderCounts {
  readonly placed: number;
  /** By who receives it. */
  readonly by_resident: number;
  readonly on_behalf: number;
  /** That a volunteer took, whatever came of it. */
  readonly accepted: number;
  readonly approved: number;
  readonly cancelled: number;
  readonly expired: number;
  readonly disputed: number;
}

export interface UnitOrders extends OrderCounts {
  readonly org_unit: string;
}

/** What is counted, when, and at which moment, in milliseconds since the epoch, an order is judged. */
export interface MonthOfOrders {
  readonly month: string;
  readonly zone: string;
  readonly now: number;
  readonly reach: Reach;
}

const has = (event: string) => `strpos(' ' || o.history, ' ${event}@') > 0`;

/**
 * Orders within reach that were placed in the month: the entry that placed one stands first in its history. Days are those of the ledger's
 * zone.
 */
const placedSql = `
  placed as materialized (
    select o.org_unit_id, o.on_behalf, ${judgedStatusSql('$6')} as status,
      ${has('accepted')} or ${has('claimed')} as accepted, ${has('disputed')} as disputed
    from timebank.orders o
    join timeledger.entries e on e.ledger_id = $1 and e.number = split_part(split_part(o.history, ' ', 1), '@', 2)::bigint
    where o.ledger_id = $1 and e.recorded_at >= ($2::text::date)::timestamp at time zone $4::text
      and e.recorded_at < ($3::text::date + 1)::timestamp at time zone $4::text and ${withinSql('o.org_unit_id', '$5')})`;

const counts = `count(*)::integer as placed, count(*) filter (where not p.on_behalf)::integer as by_resident,
  count(*) filter (where p.on_behalf)::integer as on_behalf, count(*) filter (where p.accepted)::integer as accepted,
  count(*) filter (where p.status = 'approved')::integer as approved,
  count(*) filter (where p.status = 'cancelled')::integer as cancelled,
  count(*) filter (where p.status = 'expired')::integer as expired,
  count(*) filter (where p.disputed)::integer as disputed`;

const unitsStatement = `
  with recursive ${placedSql},
  up as (
    select d.org_unit_id as unit, u.org_unit_id, u.parent_id from (select distinct p.org_unit_id from placed p) d
    join timebank.org_units u on u.ledger_id = $1 and u.org_unit_id = d.org_unit_id
    union all
    select up.unit, u.org_unit_id, u.parent_id from up
    join timebank.org_units u on u.ledger_id = $1 and u.org_unit_id = up.parent_id)
  select up.org_unit_id as org_unit, ${counts} from placed p join up on up.unit = p.org_unit_id
  where up.org_unit_id > $7 and ${withinSql('up.org_unit_id', '$5')}
  group by up.org_unit_id order by up.org_unit_id limit $8`;

const allStatement = `with ${placedSql} select ${counts} from placed p`;

/** Units for which, or below which, orders were placed in a month, by id, from after an id on. */
export async function listOrdersByUnit(
  sql: Pool,
  ledgerId: number,
  { after, limit, ...what }: MonthOfOrders & { readonly after: string; readonly limit: number },
): Promise<UnitOrders[]> {
  const rows = await sql.unsafe(unitsStatement, [...parametersOf(ledgerId, what), after, limit], { prepare: true });
  return rows as unknown as UnitOrders[];
}

/** All orders of a month within reach. */
export async function countOrders(sql: Pool, ledgerId: number, what: MonthOfOrders): Promise<OrderCounts> {
  const [row] = await sql.unsafe(allStatement, parametersOf(ledgerId, what), { prepare: true });
  return row as unknown as OrderCounts;
}

function parametersOf(ledgerId: number, { month, zone, now, reach }: MonthOfOrders): (string | number | null)[] {
  const { first, last } = periodBounds(month);
  return [ledgerId, first, last, zone, reach, new Date(now).toISOString()];
}

/** The share of orders that residents placed for themselves, in hundredths, rounded half up; null where there are none. */
export function shareOfResidents({ placed, by_resident: own }: OrderCounts): bigint | null {
  return placed === 0 ? null : (BigInt(own) * 200n + BigInt(placed)) / (BigInt(placed) * 2n);
}
