/**
 * A result as it is stored, as it is shown, and as it is digested. The digest covers codes, figures and numbers in one fixed form
 * and no words, so that anyone can recompute it from what the interface shows. Knows no run.
 */
import { createHash } from 'node:crypto';
import { formatAmount } from '../../../lib/decimal.js';
import type { MatchReason, MatchStatus, MatchWindow, ReferenceResult, TimingDirection } from './classify.js';
import { describeResult } from './describe.js';
import { type Figures, subtractFigures } from './figures.js';

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
export function reportItem(result: ReferenceResult, window: MatchWindow): ReportItem {
  return { ...codesOf(result), detail: describeResult(result, window) };
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

/** SQL for what `resultOf` reads; `r` is the row. Lists come as JSON, the numbers of entries in it as text. */
export const resultColumns = `r.partner_reference, r.status, r.direction, r.reason,
  r.ledger_points::text, r.ledger_cny::text, r.statement_points::text, r.statement_cny::text,
  to_json(r.redemption_ids) as redemption_ids, to_json(r.entries::text[]) as entries,
  to_json(r.lines) as lines, to_json(r.outside_lines) as outside_lines, to_json(r.reason_lines) as reason_lines,
  to_json(r.redeemed_on) as redeemed_on, to_json(r.booked_on) as booked_on`;

export function resultOf(row: Readonly<Record<string, unknown>>): ReferenceResult {
  const figures = (side: string): Figures => ({
    points: BigInt(row[`${side}_points`] as string),
    amountCny: BigInt(row[`${side}_cny`] as string),
  });
  const [ledger, statement] = [figures('ledger'), figures('statement')];
  return {
    partner_reference: row['partner_reference'] as string,
    status: row['status'] as MatchStatus,
    direction: row['direction'] as TimingDirection | null,
    reason: row['reason'] as MatchReason,
    facts: {
      lines: row['reason_lines'] as number[],
      redeemedOn: row['redeemed_on'] as string[],
      bookedOn: row['booked_on'] as string[],
    },
    ledger,
    statement,
    difference: subtractFigures(ledger, statement),
    redemptionIds: row['redemption_ids'] as string[],
    entries: row['entries'] as string[],
    lines: row['lines'] as number[],
    outsideLines: row['outside_lines'] as number[],
  };
}
