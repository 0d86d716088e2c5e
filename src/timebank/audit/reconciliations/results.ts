/**
 * A result as it is stored, as it is shown, and as it is digested. The digest covers codes, figures and numbers in one fixed form
 * and no words, so that anyone can recompute it from what the interface shows. Knows no run.
 */
import { createHash } from 'node:crypto';
import { DamagedData } from '../../../lib/damage.js';
import { formatAmount } from '../../../lib/decimal.js';
import type { Language } from '../../../lib/language.js';
import { describeResult } from './describe.js';
import { type Figures, subtractFigures } from './figures.js';
import type { MatchReason, MatchStatus, MatchWindow, ReferenceResult, TimingDirection } from './verdicts.js';

/** Decimal strings: points at scale 0, CNY at scale 2. */
export interface ReportFigures {
  readonly points: string;
  readonly cny: string;
}

export interface ReportSides {
  readonly ledger: ReportFigures;
  readonly statement: ReportFigures;
  readonly difference: ReportFigures;
}

/** One result as the interface and the reports show it. */
export interface ReportItem extends ReportSides {
  readonly partner_reference: string;
  readonly status: MatchStatus;
  readonly direction: TimingDirection | null;
  readonly reason: MatchReason;
  readonly reason_lines: number[];
  readonly redeemed_on: string[];
  readonly booked_on: string[];
  readonly redemptions: string[];
  readonly entries: string[];
  readonly lines: number[];
  readonly outside_lines: number[];
  readonly detail: string;
}

export function showFigures({ points, amountCny }: Figures): ReportFigures {
  return { points: formatAmount(points, 0), cny: formatAmount(amountCny, 2) };
}

export function showSides(of: Readonly<Record<'ledger' | 'statement' | 'difference', Figures>>): ReportSides {
  return {
    ledger: showFigures(of.ledger),
    statement: showFigures(of.statement),
    difference: showFigures(of.difference),
  };
}

/** Everything but the words. */
function codesOf(result: ReferenceResult): Omit<ReportItem, 'detail'> {
  return {
    partner_reference: result.partner_reference,
    status: result.status,
    direction: result.direction,
    reason: result.reason,
    reason_lines: [...result.facts.lines],
    redeemed_on: [...result.facts.redeemedOn],
    booked_on: [...result.facts.bookedOn],
    ...showSides(result),
    redemptions: [...result.redemptionIds],
    entries: [...result.entries],
    lines: [...result.lines],
    outside_lines: [...result.outsideLines],
  };
}

/** A result with the sentence that explains it. */
export function reportItem(result: ReferenceResult, window: MatchWindow, language: Language): ReportItem {
  return { ...codesOf(result), detail: describeResult(result, window)[language] };
}

/** SHA-256 over results in the order of the references: of each the JSON without white space and `detail`, and a line feed. */
export class ResultDigest {
  private readonly hash = createHash('sha256');
  count = 0;

  add(result: ReferenceResult): void {
    this.hash.update(`${JSON.stringify(codesOf(result))}\n`);
    this.count += 1;
  }

  /** Hexadecimal; ends the digest. */
  end(): string {
    return this.hash.digest('hex');
  }
}

/** A result as `timebank.stage_results` takes it. */
export function stagedRow(result: ReferenceResult): object {
  return {
    partner_reference: result.partner_reference,
    status: result.status,
    direction: result.direction,
    reason: result.reason,
    ledger_points: result.ledger.points.toString(),
    ledger_cny: result.ledger.amountCny.toString(),
    statement_points: result.statement.points.toString(),
    statement_cny: result.statement.amountCny.toString(),
    redemption_ids: result.redemptionIds,
    entries: result.entries,
    lines: result.lines,
    outside_lines: result.outsideLines,
    reason_lines: result.facts.lines,
    redeemed_on: result.facts.redeemedOn,
    booked_on: result.facts.bookedOn,
  };
}

/** SQL for what `resultOf` reads; `r` is the row. One JSON a row: parsing a column at a time would cost more than all the rest. */
export const resultColumns = `json_build_array(r.partner_reference, r.status, r.direction, r.reason,
  r.ledger_points::text, r.ledger_cny::text, r.statement_points::text, r.statement_cny::text, r.redemption_ids,
  r.entries::text[], r.lines, r.outside_lines, r.reason_lines, r.redeemed_on, r.booked_on) as result`;

type ResultColumns = readonly [
  reference: string,
  status: MatchStatus,
  direction: TimingDirection | null,
  reason: MatchReason,
  ledgerPoints: string,
  ledgerCny: string,
  statementPoints: string,
  statementCny: string,
  redemptionIds: string[],
  entries: string[],
  lines: number[],
  outsideLines: number[],
  reasonLines: number[],
  redeemedOn: string[],
  bookedOn: string[],
];

/** Throws `DamagedData` when a column is empty that never is: only a timing difference has a direction. */
export function resultOf(row: Readonly<Record<string, unknown>>): ReferenceResult {
  const columns = row['result'] as ResultColumns;
  if (columns.some((value, i) => value === null && i !== 2))
    throw new DamagedData({
      en: `a result for reference ${columns[0]} has an empty column`,
      zh: `流水号 ${columns[0]} 的对账结果有空列`,
    });
  const [reference, status, direction, reason, ...more] = columns;
  const [ledgerPoints, ledgerCny, statementPoints, statementCny, redemptionIds, entries, ...lists] = more;
  const [lines, outsideLines, reasonLines, redeemedOn, bookedOn] = lists;
  const ledger = { points: BigInt(ledgerPoints), amountCny: BigInt(ledgerCny) };
  const statement = { points: BigInt(statementPoints), amountCny: BigInt(statementCny) };
  return {
    partner_reference: reference,
    status,
    direction,
    reason,
    facts: { lines: reasonLines, redeemedOn, bookedOn },
    ledger,
    statement,
    difference: subtractFigures(ledger, statement),
    redemptionIds,
    entries,
    lines,
    outsideLines,
  };
}
