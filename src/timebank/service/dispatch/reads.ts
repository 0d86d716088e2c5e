/** What dispatch reads of an order: where it takes place, and whom it leaves out. It knows no talent. */
import type { Pool } from '../../../db/connect.js';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import type { Reach } from '../../people/reach.js';
import { lineRelations } from '../../people-words.js';
import { orderWithinSql } from '../orders/reads.js';
import { orderRows } from '../orders/rows.js';
import { judged, type Order } from '../orders/state.js';
import { orderNotFound } from '../orders/who.js';

export interface Sought {
  readonly order: Order;
  /** Where it takes place: the unit of the station, or of who needs it. */
  readonly unit: string;
  /** The reach of who asks, as far as it keeps anybody out. */
  readonly bound: Reach;
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

/** Who has a part, placed it or was asked, as the member they are now. */
const knownSql = `select coalesce(m.merged_into, m.member_id) as id
  from (select p.member_id as id from timebank.order_people p where p.ledger_id = $1 and p.order_id = o.order_id
    union select f.volunteer_id from timebank.offers f where f.ledger_id = $1 and f.order_id = o.order_id
    union select regexp_replace(o.placed_by, '^([a-z]+:)+', '')) k
  join timebank.members m on m.ledger_id = $1 and m.member_id = k.id`;

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
       (select w.parent_id is null from timebank.org_units w where w.ledger_id = $1 and w.org_unit_id = $3::text) as is_whole,
       to_json(array(${knownSql})) as known,
       to_json(array(${kinSql})) as kin
     from timebank.orders o
     left join timebank.stations s on s.ledger_id = o.ledger_id and s.station_id = o.station_id
     where o.ledger_id = $1 and o.order_id = $2 and ${orderWithinSql('$3')}`,
    [ledgerId, id, reach, zone],
    { prepare: true },
  );
  if (!row) throw orderNotFound(id);
  const { place, is_whole: isWhole, known, kin, ...text } = row;
  const order = judged(orderRows.decode(text as TextRow), now);
  return {
    order,
    unit: place as string,
    bound: isWhole === true ? null : reach,
    known: new Set(known as string[]),
    kin: new Set(kin as string[]),
  };
}
