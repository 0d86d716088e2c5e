/**
 * The report of a run, as JSON and as CSV, piece by piece. Runs and results never change, so the same run gives the same bytes for
 * as long as the words do, and a slow reader holds no connection: each piece is a page of its own. Knows no database and no clock.
 */
import { writeCsv } from '../../../lib/csv/write.js';
import type { Language } from '../../../lib/language.js';
import { viewRange } from '../range.js';
import { countsOf } from './control.js';
import type { ResultFilter } from './reads.js';
import { type ReportItem, reportItem } from './results.js';
import { controlOfRun, type Reconciliation, windowOfRun } from './run.js';
import { type MatchStatus, matchStatuses, type ReferenceResult } from './verdicts.js';

export interface Page {
  /** The reference after which it begins; '': with the first. */
  readonly after: string;
  readonly limit: number;
}

/** Reads the results of a run in the order of the references, whole or their references alone. */
export interface ResultSource {
  results(filter: ResultFilter, page: Page): Promise<readonly ReferenceResult[]>;
  references(filter: ResultFilter, page: Page): Promise<readonly string[]>;
}

/** Results a piece: some milliseconds' work, between which others have their turn. */
const resultsAtOnce = 100;
const referencesAtOnce = 1_000;

/** What stands before the results in the JSON report. */
function headOf(run: Reconciliation, zone: string) {
  const control = controlOfRun(run);
  if (!control) throw new Error(`reconciliation ${run.reconciliation_id} has no report yet`);
  const { first, last } = windowOfRun(run);
  return {
    partner: run.partner_id,
    ...viewRange(run),
    watermark: String(run.watermark),
    input_sha256: run.statement_sha256,
    parameters: { first, last, zone, cutoff_days: run.cutoff_days, rules: run.rule_set },
    counts: countsOf(control),
    control,
  };
}

/** What the JSON report is, for those who read it whole. */
export interface ReconciliationReport extends ReturnType<typeof headOf> {
  /** Every reference by its status. */
  readonly references: Readonly<Record<MatchStatus, readonly string[]>>;
  readonly breaks: readonly ReportItem[];
}

export interface ReportTerms {
  readonly zone: string;
  readonly language: Language;
}

/** The report as JSON: the totals, every reference by its status, and those that do not match again in full. */
export async function* reportJson(
  run: Reconciliation,
  { zone, language }: ReportTerms,
  source: ResultSource,
): AsyncGenerator<string> {
  const window = windowOfRun(run);
  yield `${JSON.stringify(headOf(run, zone)).slice(0, -1)},"references":{`;
  for (const [i, status] of matchStatuses.entries()) {
    yield `${i === 0 ? '' : ','}"${status}":[`;
    const all = pieces(
      (page) => source.references(status, page),
      referencesAtOnce,
      (reference) => reference,
    );
    yield* listed(all, (reference) => JSON.stringify(reference));
    yield ']';
  }
  yield '},"breaks":[';
  const breaks = resultPieces(source, 'breaks');
  yield* listed(breaks, (result) => JSON.stringify(reportItem(result, window, language)));
  yield ']}';
}

async function* listed<One>(all: AsyncIterable<readonly One[]>, show: (one: One) => string): AsyncGenerator<string> {
  let separator = '';
  for await (const piece of all) {
    yield separator + piece.map(show).join(',');
    separator = ',';
  }
}

function resultPieces(source: ResultSource, filter: ResultFilter): AsyncGenerator<readonly ReferenceResult[]> {
  const read = (page: Page) => source.results(filter, page);
  return pieces(read, resultsAtOnce, (result) => result.partner_reference);
}

async function* pieces<One>(
  read: (page: Page) => Promise<readonly One[]>,
  limit: number,
  keyOf: (one: One) => string,
): AsyncGenerator<readonly One[]> {
  for (let after = ''; ; ) {
    const piece = await read({ after, limit });
    if (piece.length > 0) yield piece;
    const last = piece.at(-1);
    if (last === undefined || piece.length < limit) return;
    after = keyOf(last);
  }
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
  'reason',
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

/** The report as CSV. Its header line is the same in both languages: programs read it. */
export async function* reportCsv(
  run: Reconciliation,
  language: Language,
  source: ResultSource,
): AsyncGenerator<string> {
  const window = windowOfRun(run);
  yield writeCsv([reportColumns]);
  for await (const piece of resultPieces(source, 'all')) {
    yield writeCsv(piece.map((result) => csvRow(reportItem(result, window, language))));
  }
}

function csvRow(item: ReportItem): string[] {
  const { ledger, statement, difference } = item;
  const cells: Record<(typeof reportColumns)[number], string> = {
    partner_reference: item.partner_reference,
    status: item.status,
    direction: item.direction ?? '',
    reason: item.reason,
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
