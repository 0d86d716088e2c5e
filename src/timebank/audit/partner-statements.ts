/** A partner's statement taken in: its row seals the lines that were staged for it. Taking the same file in twice changes nothing. */
import { change } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { formatInstant } from '../../lib/clock.js';
import { formatAmount } from '../../lib/decimal.js';
import { Refusal } from '../../lib/refusal.js';
import type { TimebankKind } from '../chart.js';
import { requirePartner } from '../partners/partners.js';
import { type partnerStatementLineRows, partnerStatementRows } from './rows.js';

export type PartnerStatement = ReturnType<typeof partnerStatementRows.decode>;
export type PartnerStatementLine = ReturnType<typeof partnerStatementLineRows.decode>;

/** What a staged file comes to: what its seal says of it. */
export interface StagedStatement {
  /** Of the original, hexadecimal. */
  readonly sha256: string;
  readonly lineCount: number;
  readonly points: bigint;
  readonly amountCny: bigint;
  /** See `RowsDigest`. */
  readonly linesSha256: string;
}

export interface StatementRequest {
  /** The id its lines are staged under. */
  readonly id: string;
  readonly partnerId: string;
  /** `YYYY-MM` */
  readonly period: string;
  readonly fileName: string | null;
  readonly staged: StagedStatement;
}

/** Seals the lines that are staged under the id. Refuses: `partner_not_found`. */
export function receiveStatement(
  stage: Stage,
  request: StatementRequest,
): { statement: PartnerStatement; known: boolean } {
  const { partnerId, period, staged } = request;
  requirePartner(stage, partnerId);
  const [known] = stage.rows(partnerStatementRows, 'file', partnerId, period, staged.sha256);
  if (known) return { statement: known, known: true };
  const row: PartnerStatement = {
    partner_statement_id: request.id,
    partner_id: partnerId,
    period,
    file_name: request.fileName,
    sha256: staged.sha256,
    line_count: staged.lineCount,
    points: staged.points,
    amount_cny: staged.amountCny,
    lines_sha256: staged.linesSha256,
    created_at: formatInstant(BigInt(stage.now) * 1000n),
  };
  stage.post({
    kind: 'partner_statement_received' satisfies TimebankKind,
    rows: [change(partnerStatementRows, row)],
  });
  return { statement: row, known: false };
}

/** A statement by its id, or the newest that a partner has sent for a period. */
export type StatementChoice = { readonly id: string } | { readonly partnerId: string; readonly period: string };

/** Refuses: `partner_statement_not_found`. */
export function requireStatement(stage: Stage, choice: StatementChoice): PartnerStatement {
  if ('id' in choice) {
    const statement = stage.row(partnerStatementRows, choice.id);
    if (statement) return statement;
    throw new Refusal('partner_statement_not_found', `there is no partner statement ${choice.id}`);
  }
  const { partnerId, period } = choice;
  const [newest] = stage
    .rows(partnerStatementRows, 'period', partnerId, period)
    .sort((a, b) => (b.entry ?? 0) - (a.entry ?? 0));
  if (newest) return newest;
  throw new Refusal('partner_statement_not_found', `there is no statement of partner ${partnerId} for ${period}`);
}

/** A line as the interface shows it. */
export function viewStatementLine(row: PartnerStatementLine) {
  return {
    line: row.line,
    partner_reference: row.partner_reference,
    booked_on: row.booked_on,
    points: row.points.toString(),
    amount_cny: formatAmount(row.amount_cny, 2),
    type: row.type === 'refund' ? ('refund' as const) : ('redeem' as const),
  };
}

/** A statement as the interface shows it. */
export function viewStatement(row: PartnerStatement) {
  return {
    id: row.partner_statement_id,
    partner: row.partner_id,
    period: row.period,
    file_name: row.file_name,
    sha256: row.sha256,
    lines: row.line_count,
    points: row.points.toString(),
    amount_cny: formatAmount(row.amount_cny, 2),
    created_at: row.created_at,
  };
}
