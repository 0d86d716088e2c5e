/**
 * A reconciliation run: the match over what the books held at a watermark and a statement's lines. Only its inputs are stored;
 * the result is computed from them whenever it is read, and its SHA-256 shows that it came out the same.
 */
import { createHash } from 'node:crypto';
import { change } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { addDays, daysFrom, formatInstant } from '../../../lib/clock.js';
import type { TimebankKind } from '../../chart.js';
import { type RuleSet, ruleSetName } from '../../credit/rule-set.js';
import { redemptionMovementRows } from '../../partners/rows.js';
import type { StatementLineType } from '../../words.js';
import { type PartnerStatementLine, requireStatement, type StatementChoice } from '../partner-statements.js';
import { type DateRange, longestRange, viewRange } from '../range.js';
import { partnerStatementLineRows, reconciliationRows } from '../rows.js';
import type { LedgerItem, StatementLine } from './classify.js';
import { type MatchResult, matchStatement } from './match.js';
import { type ReconciliationReport, reconciliationReport } from './report.js';

export type Reconciliation = ReturnType<typeof reconciliationRows.decode>;
export type Movement = ReturnType<typeof redemptionMovementRows.decode>;

export interface RunRequest {
  readonly id: string;
  readonly statement: StatementChoice;
  readonly cutoffDays: number;
}

/** The inputs of a match, read from wherever: the lane's memory at the run, the tables afterwards. */
export interface RunInputs {
  readonly movements: readonly Movement[];
  readonly lines: readonly PartnerStatementLine[];
}

/** Refuses: `partner_statement_not_found`. */
export function runReconciliation(
  stage: Stage,
  rules: RuleSet,
  request: RunRequest,
): { run: Reconciliation; result: MatchResult } {
  const statement = requireStatement(stage, request.statement);
  const days = windowDays(statement, request.cutoffDays);
  const { partner_id: partnerId, partner_statement_id: statementId } = statement;
  stage.prefetch({
    lists: [
      [partnerStatementLineRows, 'statement', statementId],
      ...days.map((day) => [redemptionMovementRows, 'day', partnerId, day] as const),
    ],
  });
  const draft = {
    reconciliation_id: request.id,
    partner_id: partnerId,
    from: statement.from,
    to: statement.to,
    sequence: statement.sequence,
    partner_statement_id: statementId,
    cutoff_days: request.cutoffDays,
    watermark: stage.watermark,
    rule_set: ruleSetName(rules),
    statement_sha256: statement.sha256,
    report_sha256: '',
    created_at: formatInstant(BigInt(stage.now) * 1000n),
  };
  const result = matchRun(draft, {
    movements: days.flatMap((day) => stage.rows(redemptionMovementRows, 'day', partnerId, day)),
    lines: stage.rows(partnerStatementLineRows, 'statement', statementId),
  });
  const run = { ...draft, report_sha256: reportDigest(reportRun(draft, result, stage.zone)) };
  stage.post({ kind: 'reconciliation_run' satisfies TimebankKind, rows: [change(reconciliationRows, run)] });
  return { run, result };
}

/** Every day on which a movement can belong to a range or to the cut-off window around it. */
function windowDays({ from, to }: DateRange, cutoffDays: number): string[] {
  return daysFrom(addDays(from, -cutoffDays), addDays(to, cutoffDays), longestRange + 2 * cutoffDays);
}

/** The match of a run over its inputs. Movements written after the watermark are left out. */
export function matchRun(
  run: Pick<Reconciliation, 'from' | 'to' | 'cutoff_days' | 'watermark'>,
  inputs: RunInputs,
): MatchResult {
  const movements = inputs.movements.filter((movement) => (movement.entry ?? 0) <= run.watermark);
  return matchStatement({
    period: { first: run.from, last: run.to },
    cutoffDays: run.cutoff_days,
    ledgerItems: movements.map(itemOf),
    lines: inputs.lines.map(lineOf),
  });
}

function itemOf(movement: Movement): LedgerItem {
  return {
    redemption_id: movement.redemption_id,
    partner_reference: movement.partner_reference,
    points: movement.points,
    amountCny: movement.amount_cny,
    effectiveOn: movement.effective_on,
    entries: [String(movement.entry)],
  };
}

function lineOf(row: PartnerStatementLine): StatementLine {
  return {
    line: row.line,
    partner_reference: row.partner_reference,
    booked_on: row.booked_on,
    points: row.points,
    amountCny: row.amount_cny,
    type: row.type as StatementLineType,
  };
}

export function reportRun(run: Reconciliation, result: MatchResult, zone: string): ReconciliationReport {
  return reconciliationReport(result, {
    partner: run.partner_id,
    ...viewRange(run),
    zone,
    cutoffDays: run.cutoff_days,
    rules: run.rule_set,
    watermark: String(run.watermark),
    inputSha256: run.statement_sha256,
  });
}

export function reportDigest(report: ReconciliationReport): string {
  return createHash('sha256').update(JSON.stringify(report)).digest('hex');
}

/** A run as the interface lists it: its inputs, pinned. */
export function viewInputs(run: Reconciliation) {
  return {
    id: run.reconciliation_id,
    partner: run.partner_id,
    ...viewRange(run),
    partner_statement: run.partner_statement_id,
    cutoff_days: run.cutoff_days,
    rules: run.rule_set,
    watermark: String(run.watermark),
    statement_sha256: run.statement_sha256,
    report_sha256: run.report_sha256,
    created_at: run.created_at,
  };
}

/** A run with what came of it. */
export function viewRun(run: Reconciliation, { counts }: Pick<MatchResult, 'counts'>) {
  return { ...viewInputs(run), counts };
}
