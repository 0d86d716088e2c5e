/** Reading orders, as far as the reader sees, as they are now: a deadline that has passed is judged here as in a command. */
import type { Pool } from '../../../db/connect.js';
import { instantColumn } from '../../../db/instants.js';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { idsOfPerson } from '../../people/member-reads.js';
import { type Reach, withinSql } from '../../people/reach.js';
import type { OrderEvent, OrderMode, OrderStatus } from '../../service-words.js';
import { offerRows, orderPeopleRows, orderRows } from './rows.js';
import { endedStatuses, judgedDeadlineSql, judgedOffer, judgedStatusSql, type Offer } from './state.js';
import { type OfferView, type OrderView, type Viewer, viewOffer, viewOrder } from './view.js';
import { goneAttendances, orderNotFound } from './who.js';

/** Whose orders are seen: those of units within a reach and for members whose second unit is, or those that a member has a part in. */
export interface Seen {
  readonly reach: Reach;
  readonly member: string | null;
}

/** null: whatever it is. */
export interface OrderFilter {
  readonly status: OrderStatus | null;
  readonly unit: string | null;
  readonly volunteer: string | null;
  readonly recipient: string | null;
  /** RFC 3339 */
  readonly dueBefore: string | null;
  /** The sets in force, in their order, by which an approval is escalated; null: escalated or not. */
  readonly escalatedBy: readonly RuleSet[] | null;
}

interface At {
  readonly ledgerId: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const people = `(select json_agg(row_to_json(p) order by p."member_id") from
  (select ${textColumns(orderPeopleRows, 'p')} from timebank.order_people p where p.ledger_id = $1 and p.order_id = o.order_id) p)`;
const columns = `${textColumns(orderRows, 'o')}, ${people} as people`;

/** SQL: ids of orders that a member, in a parameter, has a part in, under any id of theirs. */
const partsOf = (member: string, condition: string) => `select p.order_id from timebank.order_people p
  where p.ledger_id = $1 and p.member_id = any(${idsOfPerson(member)}) and ${condition}`;

/**
 * SQL: ids of orders that a member sees, each found by an index: their own, those that they placed for others, and those that they, or a team
 * that they lead, are asked to take. `now` is the parameter of an instant.
 */
const seenByMember = (member: string, now: string) => `${partsOf(member, `p.attendance <> 'left'`)}
  union all select b.order_id from timebank.orders b
    where b.ledger_id = $1 and b.on_behalf and b.placed_by = any((select array_agg('member:' || i) from unnest(${idsOfPerson(member)}) i)::text[])
  union all select f.order_id from timebank.offers f where f.ledger_id = $1 and f.volunteer_id = any(${idsOfPerson(member)})
    and f.status = 'open' and f.expires_at > ${now}::text::timestamptz
  union all select f.order_id from timebank.teams t
    join timebank.offers f on f.ledger_id = $1 and f.team_id = t.team_id and f.status = 'open' and f.expires_at > ${now}::text::timestamptz
    where t.ledger_id = $1 and t.leader_id = any(${idsOfPerson(member)})`;

/** SQL: whether the order `o` is among ids. They are looked up first: the planner takes a person’s orders for so many that it would read all. */
const isAmong = (ids: string) => `o.order_id = any(array(${ids}))`;

/** SQL: all ids of the member who looks, as JSON; null for others. */
const viewerSql = ({ member }: Seen, put: (value: string) => string) =>
  member === null ? 'null' : `array_to_json(${idsOfPerson(put(member))})`;

/** SQL conditions of the orders `o` that somebody sees; `put` makes a parameter of a value. */
function seenSql({ reach, member }: Seen, now: number, put: (value: string) => string): string[] {
  return [
    ...(reach === null ? [] : [orderWithinSql(put(reach))]),
    ...(member === null ? [] : [isAmong(seenByMember(put(member), put(instantOf(now))))]),
  ];
}

/**
 * SQL: an order that has not ended, in the words of the index `orders_open_idx`. Whatever has a deadline, or is by the clock in a status that is no
 * end, has not been written down as ended.
 */
const unendedSql = `o.status not in (${endedStatuses.map((status) => `'${status}'`).join(', ')})`;

/** SQL: the order `o` is of a unit within a reach, or for a member whose second unit is. */
export function orderWithinSql(reach: string): string {
  return `(${withinSql('o.org_unit_id', reach)} or o.recipient_id in (select m.member_id from timebank.members m
    where m.ledger_id = $1 and m.second_org_unit_id is not null and ${withinSql('m.second_org_unit_id', reach)}))`;
}

/**
 * SQL: whether the approval of the order `o` has waited longer than `escalation_days`, by the rules of the day it is planned for; `now` is the
 * parameter of an instant. An approval is due `approval_days` after the confirmation.
 */
function escalatedSql(sets: readonly RuleSet[], zone: string, now: string, put: (value: string) => string): string {
  const listed = (of: (set: RuleSet, at: number) => string | number) => put(`{${sets.map(of).join(',')}}`);
  // What is planned for a day before every set goes by the first.
  const days = listed(({ effective_from: from }, at) => (at === 0 ? '-infinity' : from));
  const more = listed(({ approval_days, escalation_days }) => escalation_days - approval_days);
  const extra = `(select d.more from unnest(${days}::text::date[], ${more}::text::integer[]) d(first, more)
    where d.first <= (o.planned_start at time zone ${put(zone)}::text)::date order by d.first desc limit 1)`;
  return `${judgedStatusSql(now)} = 'confirmed' and ${judgedDeadlineSql(now)} + make_interval(days => ${extra}) <= ${now}::text::timestamptz`;
}

/** Orders by id, from after an id on. */
export async function listOrders(
  sql: Pool,
  { ledgerId, zone, now }: At & { readonly zone: string },
  filter: OrderFilter & Seen,
  page: { readonly after: string; readonly limit: number },
): Promise<OrderView[]> {
  const parameters: (string | number)[] = [ledgerId, page.after, page.limit];
  const put = (value: string) => `$${parameters.push(value)}`;
  const { status, unit, volunteer, recipient, dueBefore, escalatedBy } = filter;
  // A condition that is not asked for is left out, so that the others can use their index.
  const conditions = [
    ...seenSql(filter, now, put),
    ...(dueBefore === null && escalatedBy === null && (status === null || endedStatuses.includes(status))
      ? []
      : [unendedSql]),
    ...(status === null ? [] : [`${judgedStatusSql(put(instantOf(now)))} = ${put(status)}::text`]),
    ...(unit === null ? [] : [withinSql('o.org_unit_id', put(unit))]),
    ...(volunteer === null ? [] : [isAmong(partsOf(put(volunteer), `p.role = 'volunteer'`))]),
    ...(recipient === null ? [] : [isAmong(partsOf(put(recipient), `p.role = 'recipient'`))]),
    ...(escalatedBy === null ? [] : [escalatedSql(escalatedBy, zone, put(instantOf(now)), put)]),
    ...(dueBefore === null ? [] : [`${judgedDeadlineSql(put(instantOf(now)))} < ${put(dueBefore)}::text::timestamptz`]),
  ];
  const rows = await sql.unsafe(
    `select ${columns}, ${viewerSql(filter, put)} as viewer from timebank.orders o
     where ${['o.ledger_id = $1', 'o.order_id > $2', ...conditions].join(' and ')}
     order by o.order_id limit $3`,
    parameters,
    { prepare: true },
  );
  return rows.map((row) => viewOf(row, now, viewerOf(filter, row)));
}

export interface HistoryLine {
  readonly event: OrderEvent;
  readonly member: string | null;
  readonly by: string;
  readonly recorded_at: string;
  readonly entry: string;
}

export type OrderDetails = OrderView & {
  readonly offers: OfferView[];
  readonly texts: { readonly about: string; readonly text: string | null }[];
  readonly history: HistoryLine[];
};

/** An order with its offers, its words and its whole history. Refuses: `order_not_found`, also when it is not seen. */
export async function readOrder(sql: Pool, { ledgerId, now }: At, id: string, seen: Seen): Promise<OrderDetails> {
  const parameters: (string | number)[] = [ledgerId, id];
  const put = (value: string) => `$${parameters.push(value)}`;
  const conditions = seenSql(seen, now, put);
  const [row] = await sql.unsafe(
    `select ${columns}, ${viewerSql(seen, put)} as viewer,
       (select json_agg(row_to_json(f) order by f."entry"::bigint, f."offer_id") from
         (select ${textColumns(offerRows, 'f')} from timebank.offers f where f.ledger_id = $1 and f.order_id = o.order_id) f) as offers,
       (select json_agg(json_build_object('about', x.about, 'text', x.words) order by x.about)
         from timebank.order_texts x where x.ledger_id = $1 and x.order_id = o.order_id) as texts,
       (select json_agg(json_build_object('event', h.event, 'member', h.member, 'by', e.leaf::jsonb ->> 'actor',
           'recorded_at', e.leaf::jsonb ->> 'recorded_at', 'entry', e.number::text) order by h.ord)
         from (select split_part(w.word, '@', 1) as event, split_part(split_part(w.word, '@', 2), ':', 1)::bigint as entry,
             nullif(split_part(w.word, ':', 2), '') as member, w.ord
           from unnest(string_to_array(o.history, ' ')) with ordinality w(word, ord)) h
         join timeledger.entries e on e.ledger_id = $1 and e.number = h.entry) as history
     from timebank.orders o where ${['o.ledger_id = $1', 'o.order_id = $2', ...conditions].join(' and ')}`,
    parameters,
    { prepare: true },
  );
  if (!row) throw orderNotFound(id);
  const offers = ((row['offers'] as TextRow[] | null) ?? []).map((text) => judgedOffer(offerRows.decode(text), now));
  const viewer = viewerOf(seen, row);
  const texts = (row['texts'] as OrderDetails['texts'] | null) ?? [];
  return {
    ...viewOf(row, now, viewer),
    offers: offers.map(viewOffer),
    texts: texts.filter(({ about }) => mayRead(about, offers, viewer)),
    history: (row['history'] as HistoryLine[] | null) ?? [],
  };
}

/** Why somebody declined is for whoever looks after the unit, and for themselves. */
function mayRead(about: string, offers: readonly Offer[], viewer: Viewer): boolean {
  if (viewer === null || !about.startsWith('offer:')) return true;
  const offer = offers.find(({ offer_id: id }) => about === `offer:${id}`);
  return offer?.volunteer_id != null && viewer.includes(offer.volunteer_id);
}

export interface OpenOrder {
  readonly id: string;
  readonly org_unit: string;
  readonly service_type: string;
  readonly mode: OrderMode;
  readonly station: string | null;
  readonly planned_start: string;
  readonly planned_end: string;
  readonly volunteers_needed: number;
  readonly volunteers_accepted: number;
}

/** Orders that a volunteer can claim, by id, from after an id on: not for whom. */
export async function listOpenOrders(
  sql: Pool,
  { ledgerId, now }: At,
  page: {
    readonly unit: string | null;
    readonly serviceType: string | null;
    readonly after: string;
    readonly limit: number;
  },
): Promise<OpenOrder[]> {
  const rows = await sql.unsafe(
    `select o.order_id as id, o.org_unit_id as org_unit, o.service_type, o.mode, o.station_id as station, o.volunteers_needed,
       ${instantColumn('o.planned_start')} as planned_start, ${instantColumn('o.planned_end')} as planned_end,
       a.accepted as volunteers_accepted
     from timebank.orders o
     cross join lateral (select count(*)::integer as accepted from timebank.order_people p where p.ledger_id = $1
       and p.order_id = o.order_id and p.role = 'volunteer' and p.attendance not in ('released', 'left', 'no_show')) a
     where o.ledger_id = $1 and o.order_id > $2 and o.lapses_to = 'expired' and o.planned_start > $3::text::timestamptz
       and a.accepted < o.volunteers_needed and ${withinSql('o.org_unit_id', '$4')}
       and ($5::text is null or o.service_type = $5::text)
     order by o.order_id limit $6`,
    [ledgerId, page.after, instantOf(now), page.unit, page.serviceType, page.limit],
    { prepare: true },
  );
  return rows as unknown as OpenOrder[];
}

/** Orders of which something has become since anybody looked, the longest due first. */
export async function findLapsed(sql: Pool, { ledgerId, now }: At, limit: number): Promise<string[]> {
  const rows = await sql.unsafe(
    `select o.order_id from timebank.orders o
     where o.ledger_id = $1 and o.lapses_to is not null and o.deadline_at <= $2::text::timestamptz
     order by o.deadline_at limit $3`,
    [ledgerId, instantOf(now), limit],
    { prepare: true },
  );
  return rows.map((row) => row['order_id'] as string);
}

/** SQL: coins held of a member, in a parameter, for orders that have expired at a moment, in another; $1 is the ledger. */
export function lapsedCoins(member: string, now: string): string {
  return `(select coalesce(sum(p.held), 0) from timebank.order_people p
    join timebank.orders o on o.ledger_id = $1 and o.order_id = p.order_id
      and o.lapses_to = 'expired' and o.deadline_at <= ${now}::text::timestamptz
    where p.ledger_id = $1 and p.member_id = ${member} and p.held > 0 and o.funding = 'recipient')`;
}

/** SQL: the same of a member's grants of a year, in a parameter between: a share for each volunteer who had accepted in it. */
export function lapsedGrants(member: string, year: string, now: string): string {
  return `(select coalesce(sum(div(o.price + o.recipients - 1, o.recipients)), 0) from timebank.order_people p
    join timebank.orders o on o.ledger_id = $1 and o.order_id = p.order_id
      and o.lapses_to = 'expired' and o.deadline_at <= ${now}::text::timestamptz
    join timebank.order_people v on v.ledger_id = $1 and v.order_id = p.order_id and v.grants_year = ${year}::text::integer
      and v.attendance not in (${goneAttendances.map((one) => `'${one}'`).join(', ')})
    where p.ledger_id = $1 and p.member_id = ${member} and p.held > 0 and o.funding = 'grant')`;
}

/** A member who is not known is nobody, and no official. */
function viewerOf({ member }: Seen, row: Record<string, unknown>): Viewer {
  return member === null ? null : ((row['viewer'] as string[] | null) ?? []);
}

function viewOf({ people, ...text }: Record<string, unknown>, now: number, viewer: Viewer): OrderView {
  const order = orderRows.decode(text as TextRow);
  return viewOrder(order, ((people as TextRow[] | null) ?? []).map(orderPeopleRows.decode), now, viewer);
}

function instantOf(now: number): string {
  return new Date(now).toISOString();
}
