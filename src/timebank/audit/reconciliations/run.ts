/**
 * A reconciliation run as two commands of the lane, both short: one pins the inputs, the other seals the results that were
 * computed from them meanwhile, off the lane (see `compute.ts`).
 */
import { change } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import type { JobProblem } from '../../../work/jobs.js';
import type { TimebankKind } from '../../chart.js';
import { type RuleSet, ruleSetName } from '../../credit/rule-set.js';
import { requireStatement, type StatementChoice } from '../partner-statements.js';
import { viewRange } from '../range.js';
import { reconciliationRows } from '../rows.js';
import { type Control, countsOf } from './control.js';
import { matchWindow } from './match.js';
import type { MatchWindow } from './verdicts.js';

export type Reconciliation = ReturnType<typeof reconciliationRows.decode>;

/** What came of a match: how many results, their digest, and the totals as JSON (see `control.ts`). */
export interface Matched {
  readonly resultCount: number;
  readonly sha256: string;
  readonly control: string;
}

/** A match whose results are written down. */
export interface ComputedResults extends Matched {
  readonly attempt: string;
  readonly matcherVersion: number;
}

export interface RunRequest {
  readonly id: string;
  readonly statement: StatementChoice;
  readonly cutoffDays: number;
}

/** Pins what a run is to match: the statement, and the books as they stand now. Refuses: `partner_statement_not_found`. */
export function startReconciliation(stage: Stage, rules: RuleSet, request: RunRequest): Reconciliation {
  const statement = requireStatement(stage, request.statement);
  const run: Reconciliation = {
    reconciliation_id: request.id,
    partner_id: statement.partner_id,
    from: statement.from,
    to: statement.to,
    sequence: statement.sequence,
    partner_statement_id: statement.partner_statement_id,
    cutoff_days: request.cutoffDays,
    watermark: stage.watermark,
    rule_set: ruleSetName(rules),
    statement_sha256: statement.sha256,
    status: 'running',
    matcher_version: null,
    attempt: null,
    result_count: null,
    report_sha256: null,
    control: null,
    created_at: stage.instant,
  };
  stage.post({ kind: 'reconciliation_started' satisfies TimebankKind, rows: [change(reconciliationRows, run)] });
  return run;
}

/** Binds a run's results to the journal. A run that is done stays as it is: whoever computed it, too, came to the same. */
export function sealReconciliation(stage: Stage, id: string, computed: ComputedResults): Reconciliation {
  const run = stage.row(reconciliationRows, id);
  if (!run) throw new Error(`there is no reconciliation ${id} to seal`);
  if (run.status === 'done') return run;
  const done: Reconciliation = {
    ...run,
    status: 'done',
    matcher_version: computed.matcherVersion,
    attempt: computed.attempt,
    result_count: computed.resultCount,
    report_sha256: computed.sha256,
    control: computed.control,
  };
  stage.post({ kind: 'reconciliation_run' satisfies TimebankKind, rows: [change(reconciliationRows, done)] });
  return done;
}

/** The days a run is about, with the cut-off window around them. */
export function windowOfRun({
  from,
  to,
  cutoff_days: days,
}: Pick<Reconciliation, 'from' | 'to' | 'cutoff_days'>): MatchWindow {
  return matchWindow({ first: from, last: to }, days);
}

/** The totals of a run; null while it is running. */
export function controlOfRun(run: Pick<Reconciliation, 'control'>): Control | null {
  return run.control === null ? null : (JSON.parse(run.control) as Control);
}

/** A run as the interface shows it: its inputs, and what came of it once it is done. `problem`: why that will not be. */
export function viewRun(run: Reconciliation, problem: JobProblem | null) {
  const control = controlOfRun(run);
  return {
    id: run.reconciliation_id,
    status: run.status === 'done' ? ('done' as const) : problem ? ('failed' as const) : ('running' as const),
    problem: run.status === 'done' ? null : problem,
    partner: run.partner_id,
    ...viewRange(run),
    partner_statement: run.partner_statement_id,
    cutoff_days: run.cutoff_days,
    rules: run.rule_set,
    watermark: String(run.watermark),
    statement_sha256: run.statement_sha256,
    report_sha256: run.report_sha256,
    matcher_version: run.matcher_version,
    created_at: run.created_at,
    counts: control && countsOf(control),
  };
}
