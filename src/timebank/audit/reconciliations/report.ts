/**
 * The report of a match, as an object for JSON and as CSV. The same result and the same context give the same bytes, so
 * that a report can be made again and compared; hence no clock, no database and no order but the match's own.
 */
import { writeCsv } from '../../../lib/csv.js';
import { formatAmount } from '../../../lib/decimal.js';
import { type MatchStatus, perStatus, type ReferenceResult, type TimingDirection } from './classify.js';
import { equalFigures, type Figures } from './figures.js';
import type { MatchResult } from './match.js';

/** What makes a run reproducible: where the ledger stood, what the input was, and by which parameters it was judged. */
export interface ReportContext {
  readonly partner: string;
  /** `2026-10`; null when the range is no calendar month. */
  readonly period: string | null;
  readonly from: string;
  readonly to: string;
  /** Of the statement, among those for the range. */
  readonly sequence: number;
  readonly zone: string;
  readonly cutoffDays: number;
  /** The rule set's name, `xinchang-pilot/1`. */
  readonly rules: string;
  /** Number of the last entry the ledger side was read at. */
  readonly watermark: string;
  /** Of the statement file, hexadecimal. */
  readonly inputSha256: string;
}

/** Decimal strings: points at scale 0, CNY at scale 2. */
export interface ReportFigures {
  readonly points: string;
  readonly cny: string;
}

interface ReportSides {
  readonly ledger: ReportFigures;
  readonly statement: ReportFigures;
  readonly difference: ReportFigures;
}

export interface ReportItem extends ReportSides {
  readonly partner_reference: string;
  readonly status: MatchStatus;
  readonly direction: TimingDirection | null;
  readonly redemptions: string[];
  readonly entries: string[];
  readonly lines: number[];
  readonly outside_lines: number[];
  readonly detail: string;
}

export interface ReconciliationReport {
  readonly partner: string;
  readonly period: string | null;
  readonly from: string;
  readonly to: string;
  readonly sequence: number;
  readonly watermark: string;
  readonly input_sha256: string;
  readonly parameters: {
    readonly first: string;
    readonly last: string;
    readonly zone: string;
    readonly cutoff_days: number;
    readonly rules: string;
  };
  readonly counts: Readonly<Record<MatchStatus, number>>;
  readonly control: ReportSides & {
    /** What each status contributes to both sides and to the difference; the differences add up to `difference`. */
    readonly explained: Readonly<Record<MatchStatus, ReportSides & { readonly count: number }>>;
    /** By date alone, for comparison with the settlement and with the partner's own month. */
    readonly ledger_in_period: ReportFigures;
    readonly statement_in_period: ReportFigures;
    /** Redemptions of neighbouring periods without a line, and lines of other periods: in neither side above. */
    readonly ledger_unreported: ReportFigures;
    readonly statement_outside: ReportFigures;
  };
  /** Every reference by status; those that do not match again in full under `breaks`. */
  readonly references: Readonly<Record<MatchStatus, readonly string[]>>;
  readonly breaks: readonly ReportItem[];
}

export function reconciliationReport(result: MatchResult, context: ReportContext): ReconciliationReport {
  const { window, results, counts } = result;
  return {
    partner: context.partner,
    period: context.period,
    from: context.from,
    to: context.to,
    sequence: context.sequence,
    watermark: context.watermark,
    input_sha256: context.inputSha256,
    parameters: {
      first: window.first,
      last: window.last,
      zone: context.zone,
      cutoff_days: context.cutoffDays,
      rules: context.rules,
    },
    counts,
    control: controlOf(result),
    references: perStatus((status) =>
      results.filter((one) => one.status === status).map((one) => one.partner_reference),
    ),
    breaks: results.filter((one) => one.status !== 'matched').map(reportItem),
  };
}

/**
 * The third side of the match: what the books themselves have on the partner's accounts in the period, against what the
 * redemptions say. It is read beside the result and is no part of the digest, which covers what the match was given.
 */
export interface BooksCheck {
  readonly ledger_postings: ReportFigures;
  /** Whether `ledger_postings` equals `ledger_in_period`. */
  readonly books_agree: boolean;
}

export type CheckedReport = ReconciliationReport & { readonly control: BooksCheck };

/** `postings`: captures less refunds on the partner's accounts, effective in the period, up to the watermark. */
export function checkBooks({ totals }: MatchResult, postings: Figures): BooksCheck {
  return { ledger_postings: written(postings), books_agree: equalFigures(postings, totals.ledgerInPeriod) };
}

export function checkedReport(report: ReconciliationReport, check: BooksCheck): CheckedReport {
  return { ...report, control: { ...report.control, ...check } };
}

/**
 * Columns of the CSV, one row for each reference in the order of the match. Amounts as in the JSON report, difference =
 * ledger - statement; `lines` (of the statement file), `outside_lines` (of another period, in no figure), `redemptions`
 * (ids) and `entries` (numbers) are lists with a space between; `direction` is empty unless `timing_cutoff`.
 */
export const reportColumns = [
  'partner_reference',
  'status',
  'direction',
  'ledger_points',
  'statement_points',
  'difference_points',
  'ledger_cny',
  'statement_cny',
  'difference_cny',
  'lines',
  'outside_lines',
  'redemptions',
  'entries',
  'detail',
] as const;

export function reconciliationCsv(result: MatchResult): string {
  return writeCsv(reportColumns, result.results.map(reportItem).map(csvRow));
}

function csvRow(item: ReportItem): string[] {
  const { ledger, statement, difference } = item;
  const cells: Record<(typeof reportColumns)[number], string> = {
    partner_reference: item.partner_reference,
    status: item.status,
    direction: item.direction ?? '',
    ledger_points: ledger.points,
    statement_points: statement.points,
    difference_points: difference.points,
    ledger_cny: ledger.cny,
    statement_cny: statement.cny,
    difference_cny: difference.cny,
    lines: item.lines.join(' '),
    outside_lines: item.outside_lines.join(' '),
    redemptions: item.redemptions.join(' '),
    entries: item.entries.join(' '),
    detail: item.detail,
  };
  return reportColumns.map((column) => cells[column]);
}

/** One result in the words of the report; also what a list of breaks shows. */
export function reportItem(result: ReferenceResult): ReportItem {
  return {
    partner_reference: result.partner_reference,
    status: result.status,
    direction: result.direction,
    ...sidesOf(result),
    redemptions: [...result.redemptionIds],
    entries: [...result.entries],
    lines: [...result.lines],
    outside_lines: [...result.outsideLines],
    detail: result.detail,
  };
}

function controlOf({ totals }: MatchResult): ReconciliationReport['control'] {
  return {
    ...sidesOf(totals),
    explained: perStatus((status) => ({
      count: totals.byStatus[status].count,
      ...sidesOf(totals.byStatus[status]),
    })),
    ledger_in_period: written(totals.ledgerInPeriod),
    statement_in_period: written(totals.statementInPeriod),
    ledger_unreported: written(totals.ledgerUnreported),
    statement_outside: written(totals.statementOutside),
  };
}

function sidesOf(of: Readonly<Record<'ledger' | 'statement' | 'difference', Figures>>): ReportSides {
  return { ledger: written(of.ledger), statement: written(of.statement), difference: written(of.difference) };
}

function written({ points, amountCny }: Figures): ReportFigures {
  return { points: formatAmount(points, 0), cny: formatAmount(amountCny, 2) };
}
