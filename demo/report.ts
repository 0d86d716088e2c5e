/** What the demo ends in: the result as JSON for programs, or a report for people. */
import { describe } from '#src/commands/verify.js';
import type { Verification } from '#src/ledger/verify/verify.js';
import { formatAmount } from '#src/lib/decimal.js';
import { type MatchStatus, matchStatuses } from '#src/timebank/audit/reconciliations/classify.js';
import type { MonthResult } from './month.js';

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
export function reportText(month: MonthResult, verification: Verification, seconds: number): string {
  return [
    heading(`Mutual-aid time scheme, ${month.report.period}`),
    ...importLines(month),
    heading('From hours to coins'),
    ...serviceLines(month),
    heading('Trial balance'),
    ...trialLines(month),
    heading(`Reconciliation with ${month.report.partner}`),
    ...reconciliationLines(month),
    heading('Proof'),
    `  entry ${month.proof.entry} is in the signed log of ${grouped(month.proof.treeSize)} entries: ${month.proof.holds ? 'proven' : 'NOT PROVEN'}`,
    ...describe(verification)
      .split('\n')
      .map((line) => `  ${line}`),
    '',
    `Done in ${seconds.toFixed(1)} s, over HTTP, on a database of its own.`,
  ].join('\n');
}

function heading(text: string): string {
  return `\n${text}\n${'─'.repeat(text.length)}`;
}

function importLines({ imports, accepted, refused }: MonthResult): string[] {
  const lines = imports.flatMap(({ kind, counts, reasons }) => {
    const rest = counts.errors > 0 ? `, ${grouped(counts.errors)} refused` : '';
    const why = [...reasons].map(
      ([code, { count, line, reason }]) => `    ${grouped(count)} ${code}, the first on line ${line}: ${reason}`,
    );
    return [`  ${kind.replace('_', ' ').padEnd(16)}${number(counts.imported)} imported${rest}`, ...why];
  });
  return [...lines, `  ${'redemptions'.padEnd(16)}${number(accepted)} captured, ${grouped(refused.length)} refused`];
}

function serviceLines({ service }: MonthResult): string[] {
  const line = (label: string, hundredths: bigint) =>
    `  ${label.padEnd(22)}${formatAmount(hundredths, 2).padStart(12)}`;
  const reasons = Object.entries(service.differences).sort(([, a], [, b]) => (a > b ? -1 : 1));
  return [
    line('hours served', service.hours),
    ...reasons.map(([code, amount]) => line(`  ${code}`, -amount)),
    line('coins received', service.coins),
  ];
}

function trialLines({ trialBalance }: MonthResult): string[] {
  return trialBalance.map(({ asset, debits, credits, accounts }) => {
    const verdict = debits === credits ? 'balanced' : 'NOT BALANCED';
    return `  ${asset.padEnd(8)}${debits.padStart(14)} debit${credits.padStart(14)} credit  ${verdict}, ${accounts.length} accounts`;
  });
}

function reconciliationLines({ report, refused, redeemedPoints, owedCny }: MonthResult): string[] {
  const most = Math.max(...reported.map((status) => report.counts[status]), 1);
  const rows = reported.map((status) => {
    const { count, difference } = report.control.explained[status];
    const bar = '▇'.repeat(count === 0 ? 0 : Math.max(1, Math.round((count / most) * 24)));
    return `  ${status.padEnd(22)}${number(count)}${difference.points.padStart(10)} points${difference.cny.padStart(11)} CNY  ${bar}`;
  });
  const { ledger, statement, difference } = report.control;
  return [
    `  ${''.padEnd(22)}${'count'.padStart(8)}${'ledger less statement'.padStart(30)}`,
    ...rows,
    `  ${'refused at the counter'.padEnd(22)}${number(refused.length)}`,
    '',
    `  ledger ${ledger.points} points, statement ${statement.points}, difference ${difference.points}: every point of it is in a row above`,
    `  redeemed in the books, on any day: ${redeemedPoints} points, ${owedCny} CNY owed for them`,
  ];
}

function number(count: number): string {
  return grouped(count).padStart(8);
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
