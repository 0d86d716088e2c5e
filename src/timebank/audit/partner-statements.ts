/** A partner's statement taken in: the file's lines as rows and its SHA-256. Taking the same file in twice changes nothing. */
import { createHash } from 'node:crypto';
import { change } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { formatInstant } from '../../lib/clock.js';
import { fileInvalid } from '../../lib/csv.js';
import { formatAmount, sumLimit } from '../../lib/decimal.js';
import { Refusal } from '../../lib/refusal.js';
import type { TimebankKind } from '../chart.js';
import { requirePartner } from '../partners/partners.js';
import { readBankStatement } from './partner-statements-file.js';
import { type StatementLine, signedFigures } from './reconciliations/classify.js';
import { sumFigures } from './reconciliations/figures.js';
import { partnerStatementLineRows, partnerStatementRows } from './rows.js';

export type PartnerStatement = ReturnType<typeof partnerStatementRows.decode>;
export type PartnerStatementLine = ReturnType<typeof partnerStatementLineRows.decode>;

export interface StatementFile {
  readonly sha256: string;
  readonly lines: readonly StatementLine[];
}

/** Refuses: `file_invalid`, with every line that is wrong: a statement is taken in whole or not at all. */
export function readStatementFile(bytes: Buffer): StatementFile {
  const { rows, errors } = readBankStatement(bytes);
  if (errors.length > 0) throw fileInvalid(errors);
  // Unsigned: no sum over some of the lines can be larger, whatever is a refund.
  const { points, amountCny } = sumFigures(rows);
  if (points > sumLimit || amountCny > sumLimit) {
    throw new Refusal('file_invalid', 'the points or the amounts of all lines together are more than can be kept');
  }
  return { sha256: createHash('sha256').update(bytes).digest('hex'), lines: rows };
}

export interface StatementRequest {
  readonly id: string;
  readonly partnerId: string;
  /** `YYYY-MM` */
  readonly period: string;
  readonly fileName: string | null;
  readonly file: StatementFile;
}

/** Refuses: `partner_not_found`. */
export function receiveStatement(
  stage: Stage,
  request: StatementRequest,
): { statement: PartnerStatement; known: boolean } {
  const { partnerId, period, file } = request;
  requirePartner(stage, partnerId);
  const [known] = stage.rows(partnerStatementRows, 'file', partnerId, period, file.sha256);
  if (known) return { statement: known, known: true };
  const total = sumFigures(file.lines.map(signedFigures));
  const row: PartnerStatement = {
    partner_statement_id: request.id,
    partner_id: partnerId,
    period,
    file_name: request.fileName,
    sha256: file.sha256,
    line_count: file.lines.length,
    points: total.points,
    amount_cny: total.amountCny,
    created_at: formatInstant(BigInt(stage.now) * 1000n),
  };
  const lines = file.lines.map(({ amountCny, ...line }) =>
    change(partnerStatementLineRows, { ...line, partner_statement_id: request.id, amount_cny: amountCny }),
  );
  stage.post({
    kind: 'partner_statement_received' satisfies TimebankKind,
    rows: [change(partnerStatementRows, row), ...lines],
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
