/** What the demo ends in: the result as JSON for programs, or a report for people. */
import { describe } from '#src/commands/verify/report.js';
import type { Verification } from '#src/ledger/verify/verify.js';
import { columnsOf, padEndColumns, padStartColumns } from '#src/lib/columns.js';
import { formatAmount } from '#src/lib/decimal.js';
import { type Language, sameIn, type Words } from '#src/lib/language.js';
import { type MatchStatus, matchStatuses } from '#src/timebank/audit/reconciliations/verdicts.js';
import { differenceWords, reasonColumns } from './differences.js';
import { kindWords } from './kinds.js';
import type { MonthResult } from './month.js';
import { trialTable } from './trial.js';

const reported = matchStatuses.filter((status) => status !== 'file_integrity');

/** Counts and references of every status, and of the redemptions that were refused. */
export function resultOf({ report, refused, redeemedPoints }: MonthResult) {
  const counts = { ...pick(report.counts, reported), refused: refused.length };
  const references = {
    ...pick(
      report.references,
      reported.filter((status) => status !== 'matched'),
    ),
    refused,
  };
  return {
    period: report.period,
    counts,
    redeemed_points: redeemedPoints,
    statement_points: Number(report.control.statement.points) + Number(report.control.statement_outside.points),
    references,
  };
}

function pick<Value>(from: Readonly<Record<MatchStatus, Value>>, statuses: readonly MatchStatus[]) {
  return Object.fromEntries(statuses.map((status) => [status, from[status]]));
}

/** A page of text, at most 100 columns wide. */
export function reportText(
  month: MonthResult,
  verification: Verification,
  { seconds, language }: { readonly seconds: number; readonly language: Language },
): string {
  const { period, partner } = month.report;
  const { entry, treeSize, holds } = month.proof;
  const lines: Words[] = [
    ...heading({ en: `Mutual-aid time scheme, ${period}`, zh: `互助时间账本 ${period}` }),
    ...importLines(month),
    ...heading({ en: 'From hours to coins', zh: '从服务时长到时间币' }),
    ...serviceLines(month),
    ...heading({ en: 'What if: other rules, tried', zh: '规则试算：改用其他规则的结果' }),
    ...trialTable(month.trial),
    ...heading({ en: 'Trial balance', zh: '试算平衡表' }),
    ...trialLines(month),
    ...heading({ en: `Reconciliation with ${partner}`, zh: `与 ${partner} 对账` }),
    ...reconciliationLines(month),
    ...heading({ en: 'Proof', zh: '存在证明' }),
    {
      en: `  entry ${entry} is in the signed log of ${grouped(treeSize)} entries: ${holds ? 'proven' : 'NOT PROVEN'}`,
      zh: `  第 ${entry} 号凭证在已签名的日志中（共 ${grouped(treeSize)} 张凭证）：${holds ? '已证实' : '未能证实'}`,
    },
  ];
  const told = lines.map((line) => line[language]);
  const verified = describe(verification, language).split('\n');
  const done: Words = {
    en: `Done in ${seconds.toFixed(1)} s, over HTTP, on a database of its own.`,
    zh: `用时 ${seconds.toFixed(1)} 秒，全部经 HTTP 完成，使用单独的数据库。`,
  };
  return [...told, ...verified.map((line) => `  ${line}`), '', done[language]].join('\n');
}

export function heading({ en, zh }: Words): Words[] {
  return [sameIn(''), { en, zh }, { en: '─'.repeat(en.length), zh: '─'.repeat(columnsOf(zh)) }];
}

function importLines({ imports, accepted, refused }: MonthResult): Words[] {
  const lines = imports.flatMap(({ kind, counts, reasons }): Words[] => {
    const [done, errors] = [number(counts.imported), grouped(counts.errors)];
    const why = [...reasons].map(([code, { count, line, reason }]) => ({
      en: `    ${grouped(count)} ${code}, the first on line ${line}: ${reason}`,
      zh: `    ${grouped(count)} 行 ${code}，首见于第 ${line} 行：${reason}`,
    }));
    const told = {
      en: `  ${kindWords(kind).en.padEnd(16)}${done} imported${counts.errors > 0 ? `, ${errors} refused` : ''}`,
      zh: `  ${padEndColumns(kindWords(kind).zh, 16)}${done} 行已导入${counts.errors > 0 ? `，${errors} 行被拒绝` : ''}`,
    };
    return [told, ...why];
  });
  const [captured, not] = [number(accepted), grouped(refused.length)];
  return [
    ...lines,
    {
      en: `  ${'redemptions'.padEnd(16)}${captured} captured, ${not} refused`,
      zh: `  ${padEndColumns('兑换', 16)}${captured} 笔已核销，${not} 笔被拒绝`,
    },
  ];
}

function serviceLines({ service }: MonthResult): Words[] {
  const line = ({ en, zh }: Words, hundredths: bigint) => {
    const amount = formatAmount(hundredths, 2).padStart(12);
    return { en: `  ${en.padEnd(reasonColumns)}${amount}`, zh: `  ${padEndColumns(zh, reasonColumns)}${amount}` };
  };
  const reasons = Object.entries(service.differences).sort(([, a], [, b]) => (a > b ? -1 : 1));
  return [
    line({ en: 'hours served', zh: '服务时长' }, service.hours),
    ...reasons.map(([code, amount]) => {
      const { en, zh } = differenceWords(code);
      return line({ en: `  ${en}`, zh: `  ${zh}` }, -amount);
    }),
    line({ en: 'coins received', zh: '获得时间币' }, service.coins),
  ];
}

function trialLines({ trialBalance }: MonthResult): Words[] {
  return trialBalance.map(({ asset, debits, credits, accounts }) => {
    const balanced = debits === credits;
    const [name, debit, credit] = [asset.padEnd(8), debits.padStart(14), credits.padStart(14)];
    return {
      en: `  ${name}${debit} debit${credit} credit  ${balanced ? 'balanced' : 'NOT BALANCED'}, ${accounts.length} accounts`,
      zh: `  ${name}借 ${debit}  贷 ${credit}  ${balanced ? '平衡' : '不平衡'}，${accounts.length} 个账户`,
    };
  });
}

const statusesZh: Readonly<Record<MatchStatus, string>> = {
  matched: '相符',
  missing_at_partner: '合作方缺记',
  missing_in_ledger: '账簿缺记',
  amount_mismatch: '数额不符',
  duplicate_at_partner: '合作方重复记账',
  timing_cutoff: '跨截止日',
  file_integrity: '文件有误',
};

function reconciliationLines({ report, refused, redeemedPoints, owedCny }: MonthResult): Words[] {
  const most = Math.max(...reported.map((status) => report.counts[status]), 1);
  const rows = reported.map((status) => {
    const { count, difference } = report.control.explained[status];
    const bar = '▇'.repeat(count === 0 ? 0 : Math.max(1, Math.round((count / most) * 24)));
    const [points, cny] = [difference.points.padStart(10), difference.cny.padStart(11)];
    return {
      en: `  ${status.padEnd(22)}${number(count)}${points} points${cny} CNY  ${bar}`,
      zh: `  ${padEndColumns(statusesZh[status], 22)}${number(count)}${points} 积分${cny} 元  ${bar}`,
    };
  });
  const { ledger, statement, difference } = report.control;
  const gone = number(refused.length);
  return [
    {
      en: `  ${''.padEnd(22)}${'count'.padStart(8)}${'ledger less statement'.padStart(32)}`,
      zh: `  ${''.padEnd(22)}${padStartColumns('笔数', 8)}${padStartColumns('账簿减对账单', 29)}`,
    },
    ...rows,
    { en: `  ${'refused at the counter'.padEnd(22)}${gone}`, zh: `  ${padEndColumns('柜台拒绝', 22)}${gone}` },
    sameIn(''),
    {
      en: `  ledger ${ledger.points} points, statement ${statement.points}, difference ${difference.points}: every point of it is in a row above`,
      zh: `  账簿 ${ledger.points} 积分，对账单 ${statement.points} 积分，相差 ${difference.points} 积分，差额均已列入以上各行`,
    },
    {
      en: `  redeemed in the books, on any day: ${redeemedPoints} points, ${owedCny} CNY owed for them`,
      zh: `  账簿中已兑换（不限日期）：${redeemedPoints} 积分，应付 ${owedCny} 元`,
    },
  ];
}

function number(count: number): string {
  return grouped(count).padStart(8);
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
