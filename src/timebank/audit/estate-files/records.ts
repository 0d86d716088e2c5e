/** Service records of days on which the volunteer belonged to the unit, as they stood at the entry: after corrections and recomputations. */
import { formatAmount } from '../../../lib/decimal.js';
import { column, type Row, rowsOf, type Sheet, type Source } from './part.js';
import { stayArrays } from './stays.js';

export const recordSheet: Sheet = {
  name: 'records.csv',
  means: {
    zh: '期间内的服务记录，按服务当日志愿者所属单元归集；更正和重新计算截至截止凭证',
    en: 'Service records of the period, of volunteers who belonged to the unit on the day, after corrections and recomputations up to the watermark',
  },
  columns: [
    column('service_record', '服务记录编号', "The record's id"),
    column('entry', '记账凭证号', 'The entry that recorded it'),
    column('served_on', '服务日期', 'The day of service'),
    column('volunteer', '志愿者编号', 'Who served'),
    column('recipient', '服务对象编号', 'Who was served'),
    column('service_type', '服务类型代码', 'The kind of service'),
    column('proof_grade', '凭证等级（A、B、C）', 'How it is proved: A, B or C'),
    column('recorded_by', '记录单位或记录人', 'Who recorded it'),
    column('rule_set', '适用的规则版本', 'The rule set of its day'),
    column('order', '点单编号', 'The order that it came from'),
    column('funding', 'paid 有人支付；为空表示新增时间币', 'paid: somebody paid; empty: coins were minted'),
    column('hours', '服务时长（小时）', 'HOUR'),
    column('coins', '记入志愿者的时间币', 'COIN that the volunteer got'),
    column('to_pool', '超出持有上限转入资金池的时间币', 'COIN over the holding cap, which went to the pool'),
    column('reasons', '时长未全部计为时间币的原因代码和数额', 'Why hours did not become coins: codes with amounts'),
    column('status', 'standing 有效，reversed 已冲销', 'standing: it counts; reversed: it was corrected or annulled'),
    column('reversed_by', '冲销凭证号', 'The entry that reversed it'),
    column('corrects', '所更正的服务记录编号', 'The record whose place it takes'),
  ],
  rows: recordRows,
};

interface Found {
  readonly id: string;
  readonly entry: string;
  readonly served_on: string;
  readonly volunteer: string;
  readonly recipient: string | null;
  readonly service_type: string;
  readonly proof_grade: string;
  readonly recorded_by: string;
  readonly rule_set: string;
  readonly order_id: string | null;
  readonly funding: string | null;
  readonly hours: string;
  readonly coins: string;
  readonly to_pool: string;
  /** `code amount` with commas between. */
  readonly reasons: string;
  readonly reversed_by: string | null;
  readonly corrects: string | null;
}

const known = `c.ledger_id = $1 and c.service_record_id = r.service_record_id and c.entry <= $5::text::bigint`;

const records = `
  select r.service_record_id as id, r.entry::text as entry, r.served_on::text as served_on, r.volunteer_id as volunteer,
    r.recipient_id as recipient, r.service_type, r.proof_grade, r.recorded_by, r.rule_set, r.order_id, r.funding, r.hours::text as hours,
    (r.coins + coalesce(s.coins, 0))::text as coins, (r.to_pool + coalesce(s.to_pool, 0))::text as to_pool, coalesce(n.reasons, '') as reasons,
    (select v.number::text from timeledger.entries v where v.ledger_id = $1 and v.reverses = r.entry and v.number <= $5::text::bigint) as reversed_by,
    r.corrects
  from unnest($2::text::text[], $3::text::date[], $4::text::date[]) d(member, first, last)
  join timebank.service_records r on r.ledger_id = $1 and r.volunteer_id = d.member and r.served_on between d.first and d.last
  left join lateral (select sum(c.coins) as coins, sum(c.to_pool) as to_pool from timebank.service_recomputations c where ${known}) s on true
  left join lateral (
    select string_agg(g.code || ' ' || g.amount, ',' order by g.code collate "C") as reasons from (
      select x.code, sum(x.amount) as amount from (
        select c.code, c.amount from timebank.service_differences c where ${known}
        union all
        select y.code, y.amount from timebank.service_recomputations c cross join lateral (values ('cap_day', c.cap_day), ('cap_week', c.cap_week),
          ('rounding_carry', c.rounding_carry), ('holding_cap', c.to_pool)) y(code, amount) where ${known}
        union all
        select split_part(z.one, ' ', 1), split_part(z.one, ' ', 2)::bigint
        from timebank.service_recomputations c cross join lateral string_to_table(c.others, ',') z(one) where ${known}) x
      group by x.code having sum(x.amount) <> 0) g) n on true
  where r.entry <= $5::text::bigint
  order by r.entry, r.service_record_id collate "C"`;

async function* recordRows({ sql, scope, stays, figures }: Source): AsyncGenerator<readonly Row[]> {
  const parameters = [scope.ledgerId, ...stayArrays(stays), scope.watermark];
  for await (const found of rowsOf<Found>(sql, records, parameters))
    yield found.map((record) => {
      const reasons = reasonsOf(record);
      if (record.reversed_by === null)
        figures.addRecord({
          ...{ volunteer: record.volunteer, servedOn: record.served_on, isPaid: record.funding !== null, reasons },
          ...{ hours: BigInt(record.hours), coins: BigInt(record.coins) },
        });
      return cellsOf(record, reasons);
    });
}

const reasonsOf = ({ reasons }: Found): [code: string, amount: bigint][] =>
  reasons === ''
    ? []
    : reasons.split(',').map((one) => {
        const [code = '', amount = ''] = one.split(' ');
        return [code, BigInt(amount)];
      });

function cellsOf(record: Found, reasons: readonly (readonly [string, bigint])[]): Row {
  const amount = (hundredths: string | bigint) => formatAmount(BigInt(hundredths), 2);
  return [
    ...[record.id, record.entry, record.served_on, record.volunteer, record.recipient ?? '', record.service_type],
    ...[
      record.proof_grade,
      record.recorded_by,
      record.rule_set,
      record.order_id ?? '',
      record.funding === null ? '' : 'paid',
    ],
    ...[amount(record.hours), amount(record.coins), amount(record.to_pool)],
    reasons.map(([code, hundredths]) => `${code} ${amount(hundredths)}`).join('; '),
    record.reversed_by === null ? 'standing' : 'reversed',
    ...[record.reversed_by ?? '', record.corrects ?? ''],
  ];
}
