/** A member's statement as a paper: in Chinese, in large print, for people who read it at home. It knows no page and no font. */

import type { PastCheckpoint } from '../../../ledger/reads/log.js';
import { dateInZone } from '../../../lib/clock.js';
import { formatAmount, parseAmount } from '../../../lib/decimal.js';
import { code, heading, type Paper, paragraph, type Table, table } from '../../../lib/pdf/paper.js';
import { assetOfStated, purseWords, type StatedPurse } from './purse-words.js';

import type { MemberStatementLine, MemberStatementPage, PurseFigures, PurseMovement } from './statement.js';

/** All lines of a statement, with what is printed beside them. */
export interface PrintedStatement extends Omit<MemberStatementPage, 'next'> {
  /** Null: it is not shown to who asked, or was erased. */
  readonly name: string | null;
  readonly from: string | null;
  readonly to: string | null;
  /** Of the entry at which the statement stands. */
  readonly checkpoint: PastCheckpoint;
  readonly zone: string;
}

export function memberStatementPaper(statement: PrintedStatement): Paper {
  const { member, purses, lines, checkpoint } = statement;
  const columns = purses.map(({ purse }) => purse);
  return {
    title: '互助时间账本成员明细',
    orientation: 'landscape',
    size: 16,
    foot: `互助时间账本成员明细，成员 ${member}`,
    madeAt: checkpoint.recordedAt,
    blocks: [
      ...aboutOf(statement).map(paragraph),
      heading('汇总'),
      summaryOf(statement),
      heading('逐笔明细'),
      lines.length > 0 ? linesOf(lines, columns) : paragraph('这段时间没有变动。'),
      ...lotsOf(statement.lots),
      heading('账本检查点'),
      code(checkpoint.note, codeText(checkpoint)),
    ],
  };
}

function aboutOf(statement: PrintedStatement): string[] {
  const { name, member, merged_from: former, from, to, at_entry, checkpoint, zone } = statement;
  const formerly = former.length === 0 ? '' : `（原编号 ${former.join('、')}）`;
  const days = from === null && to === null ? '全部' : `${from ?? '最早'} 至 ${to ?? '最近'}`;
  return [
    `姓名：${name ?? '（不显示）'}　　编号：${member}${formerly}`,
    `期间：${days}`,
    `截至：第 ${at_entry} 号凭证（${dateInZone(Date.parse(checkpoint.recordedAt), zone)} 记账）`,
  ];
}

const units: Readonly<Record<StatedPurse, string>> = { hours: '小时', coins: '个', points: '分', grants: '个' };

function summaryOf({ purses, receivables, lines }: PrintedStatement): Table {
  const row = (name: string, { purse, opening, closing }: PurseFigures, of: 'movements' | 'owed') => {
    const { scale } = assetOfStated(purse);
    const moved = lines.flatMap((line) => line[of].filter((one) => one.purse === purse));
    const sum = (side: 'in' | 'out') =>
      formatAmount(
        moved.reduce((total, one) => total + parseAmount(one[side], scale), 0n),
        scale,
      );
    return [name, opening, sum('in'), sum('out'), closing];
  };
  const named = (purse: StatedPurse) => `${purseWords[purse].zh}（${units[purse]}）`;
  const amount = (title: string) => ({ title, share: 3, align: 'right' }) as const;
  return table(
    [{ title: '', share: 4, align: 'left' }, ...['期初', '增加', '减少', '期末'].map(amount)],
    [
      ...purses.map((figures) => row(named(figures.purse), figures, 'movements')),
      ...receivables.map((figures) => row(`尚欠${named(figures.purse)}`, figures, 'owed')),
    ],
  );
}

/** By when points are to be used; nothing where there are none. */
function lotsOf(lots: PrintedStatement['lots']): Paper['blocks'] {
  if (lots.length === 0) return [];
  return [
    heading('积分有效期'),
    table(
      [
        { title: '有效期至', share: 1, align: 'left' },
        { title: '积分（分）', share: 1, align: 'right' },
      ],
      lots.map(({ expires_on, amount }) => [expires_on ?? '长期有效', amount]),
    ),
    paragraph('积分先到期的先使用；过了有效期未使用的积分作废。'),
  ];
}

function linesOf(lines: readonly MemberStatementLine[], purses: readonly StatedPurse[]): Table {
  const titled = (purse: StatedPurse) => `${purseWords[purse].zh}\n（${units[purse]}）`;
  return table(
    [
      { title: '日期\n凭证号', share: 19, align: 'left' },
      { title: '事由', share: 52, align: 'left' },
      ...purses.map((purse) => ({ title: titled(purse), share: 21, align: 'right' as const })),
    ],
    lines.map((line) => [
      `${line.effective_on}\n第 ${line.entry} 号`,
      line.reason.zh,
      ...purses.map((purse) => cellOf(line, purse)),
    ]),
  );
}

/** What the line brought and took, and then what there is; nothing where it moved neither purse nor debt. */
function cellOf({ movements, owed }: MemberStatementLine, purse: StatedPurse): string {
  const [moved, debt] = [movements, owed].map((all) => all.find((one) => one.purse === purse));
  return [
    ...(moved ? [...changesOf(moved), `结余 ${moved.balance}`] : []),
    ...(debt ? [`尚欠 ${debt.balance}`] : []),
  ].join('\n');
}

function changesOf(moved: PurseMovement): string[] {
  const isZero = (amount: string) => /^[0.]+$/.test(amount);
  return [...(isZero(moved.in) ? [] : [`+${moved.in}`]), ...(isZero(moved.out) ? [] : [`-${moved.out}`])];
}

function codeText({ size, root }: PastCheckpoint): string {
  return [
    `二维码记录账本截至第 ${size} 号凭证的检查点，并有账本的签名。日后账本若被改动，凭此检查点可以发现。`,
    `根哈希：${root.toString('base64')}`,
    '二维码中没有个人信息，也没有上面的数字。对数字有疑问的，请凭凭证号向所在社区或服务站点查询。',
  ].join('\n');
}
