/**
 * Orders of the unit that were placed in the period, with what had become of them by the entry. What is due by the clock alone is no part of the
 * books, and is not told.
 */
import { instantColumn } from '../../../db/instants.js';
import { dateInZone } from '../../../lib/clock.js';
import { formatAmount } from '../../../lib/decimal.js';
import { boundsOf } from '../anomalies/entry-bounds.js';
import { column, type Row, rowsOf, type Sheet, type Source } from './part.js';

export const orderSheet: Sheet = {
  name: 'orders.csv',
  means: {
    zh: '期间内为本单元提出的点单及其截至截止凭证的经过',
    en: 'Orders placed for the unit in the period, and what had become of them by the watermark',
  },
  columns: [
    column('order', '点单编号', "The order's id"),
    column('entry', '提出点单的凭证号', 'The entry that placed it'),
    column('placed_on', '提出日期', 'The day on which it was placed'),
    column('org_unit', '为哪个单元提出', 'The unit that it was placed for'),
    column('recipient', '服务对象编号', 'Who needs it'),
    column('on_behalf', '是否代为提出（yes 为是）', 'Whether somebody else placed it: yes or no'),
    column('service_type', '服务类型代码', 'The kind of service'),
    column('mode', '服务方式：上门或站点', 'At home or at a station'),
    column('planned_start', '计划开始时间（UTC）', 'Planned beginning, UTC'),
    column('planned_end', '计划结束时间（UTC）', 'Planned end, UTC'),
    column('volunteers_needed', '所需志愿者人数', 'How many volunteers it needs'),
    column('funding', '时间币来源：mint 新增，paid 有人支付', 'Where the coins come from: mint, or paid by somebody'),
    column('price', '每名志愿者的时间币价格', 'COIN for each volunteer'),
    column('last_event', '最近一次事件', 'The last that happened to it'),
    column('last_entry', '最近一次事件的凭证号', 'The entry of that'),
    column(
      'history',
      '全部经过：事件@凭证号，涉及成员时加“:成员编号”',
      'All that happened: event@entry, and :member where it concerns one',
    ),
  ],
  rows: orderRows,
};

interface Found {
  readonly id: string;
  readonly unit: string;
  readonly recipient: string;
  readonly on_behalf: boolean;
  readonly service_type: string;
  readonly mode: string;
  readonly planned_start: string;
  readonly planned_end: string;
  readonly needed: number;
  readonly funding: string;
  readonly price: string;
  readonly history: string;
  readonly placed: string;
  readonly recorded_ms: number;
}

/** The entry that placed an order stands first in its history. */
const orders = `
  select o.order_id as id, o.org_unit_id as unit, o.recipient_id as recipient, o.on_behalf, o.service_type, o.mode,
    ${instantColumn('o.planned_start')} as planned_start, ${instantColumn('o.planned_end')} as planned_end, o.volunteers_needed as needed,
    o.funding, o.price::text as price, o.history, o.placed::text as placed, (extract(epoch from e.recorded_at) * 1000)::float8 as recorded_ms
  from (select q.*, split_part(split_part(q.history, ' ', 1), '@', 2)::bigint as placed from timebank.orders q
    where q.ledger_id = $1 and q.org_unit_id = any($2::text::text[])) o
  join timeledger.entries e on e.ledger_id = $1 and e.number = o.placed
  where o.placed >= $3::text::bigint and o.placed < $4::text::bigint and o.placed <= $5::text::bigint
  order by o.placed, o.order_id collate "C"`;

async function* orderRows({ sql, scope, figures }: Source): AsyncGenerator<readonly Row[]> {
  const { ledgerId, first, last, zone, units, watermark } = scope;
  const bounds = await boundsOf(sql, ledgerId, { from: first, to: last, zone, minutesBefore: 0 });
  const parameters = [ledgerId, `{${units.join(',')}}`, bounds.first, bounds.after, watermark];
  for await (const found of rowsOf<Found>(sql, orders, parameters))
    yield found.map((order) => {
      const placedOn = dateInZone(Math.floor(order.recorded_ms), zone);
      figures.addOrder(placedOn, order.on_behalf);
      return cellsOf(order, placedOn, knownHistory(order.history, Number(watermark)));
    });
}

function cellsOf(order: Found, placedOn: string, history: readonly string[]): Row {
  const [event = '', entry = ''] = (history.at(-1) ?? '').split(/[@:]/);
  return [
    ...[order.id, order.placed, placedOn, order.unit, order.recipient, order.on_behalf ? 'yes' : 'no'],
    ...[order.service_type, order.mode, order.planned_start, order.planned_end, String(order.needed)],
    ...[
      order.funding === 'mint' ? 'mint' : 'paid',
      formatAmount(BigInt(order.price), 2),
      event,
      entry,
      history.join(' '),
    ],
  ];
}

/** What had happened by an entry. */
const knownHistory = (history: string, watermark: number) =>
  history.split(' ').filter((told) => Number(told.split(/[@:]/)[1]) <= watermark);
