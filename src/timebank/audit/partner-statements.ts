/**
 * A partner's statement taken in: its row seals the lines that were staged for it. Statements of a partner for one range of days are
 * numbered in the order in which they came, and the last one is what the partner says now. Sending that one again changes nothing;
 * sending an older file again is a new statement, because the partner has gone back to it.
 */
import { change } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { formatAmount } from '../../lib/decimal.js';
import { Refusal } from '../../lib/refusal.js';
import type { TimebankKind } from '../chart.js';
import { requirePartner } from '../partners/partners.js';
import type { StatementLineType } from '../words.js';
import { type DateRange, viewRange } from './range.js';
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

export interface StatementRequest extends DateRange {
  /** The id its lines are staged under. */
  readonly id: string;
  readonly partnerId: string;
  /** The partner's own number of the statement within its range; absent: the next one. */
  readonly sequence?: number | undefined;
  readonly fileName: string | null;
  readonly staged: StagedStatement;
}

/**
 * Seals the lines that are staged under the id. Refuses: `partner_not_found`, `partner_statement_exists` (its number, or a higher one, was
 * sent with another file).
 */
export function receiveStatement(
  stage: Stage,
  request: StatementRequest,
): { statement: PartnerStatement; known: boolean } {
  const { partnerId, from, to, staged } = request;
  requirePartner(stage, partnerId);
  const latest = latestStatement(stage, partnerId, request);
  const { sequence = latest?.sha256 === staged.sha256 ? latest.sequence : (latest?.sequence ?? 0) + 1 } = request;
  if (latest && sequence <= latest.sequence) {
    if (sequence === latest.sequence && latest.sha256 === staged.sha256) return { statement: latest, known: true };
    throw new Refusal('partner_statement_exists', {
      en: `statement ${latest.sequence} of partner ${partnerId} for ${from} to ${to} has been sent: the next is numbered higher`,
      zh: `合作方 ${partnerId} ${from} 至 ${to} 的第 ${latest.sequence} 号对账单已发送，下一份的序号须更大`,
    });
  }
  const row: PartnerStatement = {
    partner_statement_id: request.id,
    partner_id: partnerId,
    from,
    to,
    sequence,
    file_name: request.fileName,
    sha256: staged.sha256,
    line_count: staged.lineCount,
    points: staged.points,
    amount_cny: staged.amountCny,
    lines_sha256: staged.linesSha256,
    created_at: stage.instant,
  };
  stage.post({
    kind: 'partner_statement_received' satisfies TimebankKind,
    rows: [change(partnerStatementRows, row)],
  });
  return { statement: row, known: false };
}

/** What a partner says now of a range of days; null: nothing yet. */
function latestStatement(stage: Stage, partnerId: string, { from, to }: DateRange): PartnerStatement | null {
  const sent = stage.rows(partnerStatementRows, 'range', partnerId, from, to);
  return sent.reduce<PartnerStatement | null>((a, b) => (a !== null && a.sequence > b.sequence ? a : b), null);
}

/** A statement by its id, or the last that a partner has sent for a range of days. */
export type StatementChoice = { readonly id: string } | ({ readonly partnerId: string } & DateRange);

/** Refuses: `partner_statement_not_found`. */
export function requireStatement(stage: Stage, choice: StatementChoice): PartnerStatement {
  if ('id' in choice) {
    const statement = stage.row(partnerStatementRows, choice.id);
    if (statement) return statement;
    throw new Refusal('partner_statement_not_found', {
      en: `there is no partner statement ${choice.id}`,
      zh: `没有合作方对账单 ${choice.id}`,
    });
  }
  const { partnerId, from, to } = choice;
  const latest = latestStatement(stage, partnerId, choice);
  if (latest) return latest;
  throw new Refusal('partner_statement_not_found', {
    en: `there is no statement of partner ${partnerId} for ${from} to ${to}`,
    zh: `合作方 ${partnerId} 没有 ${from} 至 ${to} 的对账单`,
  });
}

/** A line as the interface shows it. */
export function viewStatementLine(row: PartnerStatementLine) {
  return {
    line: row.line,
    partner_reference: row.partner_reference,
    booked_on: row.booked_on,
    points: row.points.toString(),
    amount_cny: formatAmount(row.amount_cny, 2),
    type: row.type as StatementLineType,
  };
}

/** A statement as the interface shows it. */
export function viewStatement(row: PartnerStatement) {
  return {
    id: row.partner_statement_id,
    partner: row.partner_id,
    ...viewRange(row),
    file_name: row.file_name,
    sha256: row.sha256,
    lines: row.line_count,
    points: row.points.toString(),
    amount_cny: formatAmount(row.amount_cny, 2),
    created_at: row.created_at,
  };
}
