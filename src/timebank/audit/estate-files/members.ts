/** Who belonged to the unit, a row for each stay: masked, with what their purses held before it and at its end. */
import { formatAmount } from '../../../lib/decimal.js';
import { allPurses, assetOfPurse, type Purse } from '../../chart.js';
import { column, type Row, type Sheet, type Source } from './part.js';
import { type Stay, stayArrays } from './stays.js';

const purseWords: Readonly<Record<Purse, { readonly zh: string; readonly en: string }>> = {
  hours: { zh: '服务时长（小时）', en: 'HOUR' },
  coins: { zh: '时间币（个）', en: 'COIN' },
  points: { zh: '积分（分）', en: 'POINT' },
};

export const memberSheet: Sheet = {
  name: 'members.csv',
  means: {
    zh: '期间内属于本单元的成员，每段归属一行；姓名只保留首字',
    en: 'Members who belonged to the unit in the period, a row for each stay; names are masked',
  },
  columns: [
    column('member', '成员编号', "The member's id"),
    column('name', '姓名（脱敏）；为空表示个人信息已删除', 'The name, masked; empty: it has been erased'),
    column('org_unit', '该段归属最后一日所在单元', 'The unit of the last day of the stay'),
    column('first_on', '归属起始日（期间以内）', 'First day of the stay, within the period'),
    column('last_on', '归属截止日（期间以内）', 'Last day of the stay, within the period'),
    column('state', '期末状态', 'Whether the member takes part, at the end of the period'),
    column('merged_into', '已并入的成员编号', 'The id of the member that this one was merged into'),
    ...allPurses.flatMap((purse) => [
      column(
        `${purse}_opening`,
        `${purseWords[purse].zh}：起始日前一日余额`,
        `${purseWords[purse].en} before the first day`,
      ),
      column(
        `${purse}_closing`,
        `${purseWords[purse].zh}：截止日余额`,
        `${purseWords[purse].en} at the end of the last day`,
      ),
    ]),
  ],
  rows: memberRows,
};

const staysInTurn = 500;

async function* memberRows({ sql, scope, stays }: Source): AsyncGenerator<readonly Row[]> {
  for (let at = 0; at < stays.length; at += staysInTurn) {
    const some = stays.slice(at, at + staysInTurn);
    const found = await sql.unsafe(balances, [scope.ledgerId, ...stayArrays(some), scope.watermark]);
    const held = new Map(
      found.map(({ at: stay, purse, opening, closing }) => [`${stay} ${purse}`, { opening, closing }]),
    );
    yield some.map((stay, i) => [
      ...cellsOf(stay),
      ...allPurses.flatMap((purse) => balance(purse, held.get(`${i + 1} ${purse}`))),
    ]);
  }
}

/** Purses are liabilities: what they hold stands on the credit side. */
const balances = `
  select s.at::int as at, x.purse, (-coalesce(sum(p.amount) filter (where p.effective_on < s.first), 0))::text as opening,
    (-coalesce(sum(p.amount) filter (where p.effective_on <= s.last), 0))::text as closing
  from unnest($2::text::text[], $3::text::date[], $4::text::date[]) with ordinality s(member, first, last, at)
  cross join unnest('{${allPurses.join(',')}}'::text[]) x(purse)
  join timeledger.accounts a on a.ledger_id = $1 and a.code = 'member:' || s.member || ':' || x.purse
  join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id and p.entry <= $5::text::bigint
  group by s.at, x.purse`;

const cellsOf = ({ member, name, unit, first, last, state, merged_into: into }: Stay) => [
  ...[member, name, unit, first, last, state],
  into ?? '',
];

function balance(purse: Purse, sums?: { readonly opening: string; readonly closing: string }): string[] {
  const { scale } = assetOfPurse(purse);
  return [sums?.opening, sums?.closing].map((sum) => formatAmount(BigInt(sum ?? 0), scale));
}
