/**
 * Verifying reconciliations: the results of each run against the digest in its row, which the log binds, and against what the
 * match makes of the same inputs today. Results that belong to no run are found, too; those of a run that is not done are not
 * held against anything.
 */
import type { TransactionSql } from 'postgres';
import { portionsOf } from '../../../db/portions.js';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import type { Findings } from '../../../ledger/verify/findings.js';
import { reconciliationRows } from '../rows.js';
import { matchRun } from './compute.js';
import { matcherVersion } from './match.js';
import { ResultDigest, resultColumns, resultOf } from './results.js';
import { type Reconciliation, windowOfRun } from './run.js';

const table = 'reconciliation_results';

/** Returns how many runs were compared. */
export async function verifyResults(sql: TransactionSql, ledgerId: number, findings: Findings): Promise<number> {
  const rows = await sql.unsafe(
    `select ${textColumns(reconciliationRows, 'c')} from timebank.reconciliations c
     where c.ledger_id = $1 and c.status = 'done' order by c.reconciliation_id`,
    [ledgerId],
  );
  for (const row of rows) await verifyRun(sql, ledgerId, reconciliationRows.decode(row as TextRow), findings);
  const strays = await sql.unsafe(
    `select r.reconciliation_id::text as id, count(*)::text as count from timebank.reconciliation_results r
     where r.ledger_id = $1 and not exists (select from timebank.reconciliations c
       where c.ledger_id = $1 and c.reconciliation_id = r.reconciliation_id) group by r.reconciliation_id`,
    [ledgerId],
  );
  for (const { id, count } of strays)
    findings.add(table, id, { en: `${count} results belong to no run`, zh: `有 ${count} 条结果不属于任何一次对账` });
  return rows.length;
}

async function verifyRun(
  sql: TransactionSql,
  ledgerId: number,
  run: Reconciliation,
  findings: Findings,
): Promise<void> {
  const id = run.reconciliation_id;
  const stored = await digestStored(sql, ledgerId, run);
  if (stored.count !== run.result_count || stored.sha256 !== run.report_sha256) {
    findings.add(table, id, {
      en: `${stored.count} results, not the ${run.result_count} of the digest ${run.report_sha256}`,
      zh: `现有 ${stored.count} 条结果，与摘要 ${run.report_sha256} 的 ${run.result_count} 条不符`,
    });
  }
  // Another version of the rules may come to another verdict, and be right to.
  if (run.matcher_version !== matcherVersion) return;
  if (!hasWindow(run))
    return findings.add('reconciliations', id, { en: 'is about days that do not exist', zh: '涉及不存在的日期' });
  const again = await matchRun(sql, ledgerId, run, async () => {});
  findings.compare(
    'reconciliations',
    id,
    { report_sha256: run.report_sha256, control: run.control },
    { report_sha256: again.sha256, control: again.control },
  );
}

function hasWindow(run: Reconciliation): boolean {
  try {
    return windowOfRun(run) !== null;
  } catch {
    return false;
  }
}

async function digestStored(
  sql: TransactionSql,
  ledgerId: number,
  run: Reconciliation,
): Promise<{ count: number; sha256: string }> {
  const digest = new ResultDigest();
  const query = sql.unsafe(
    `select ${resultColumns} from timebank.reconciliation_results r
     where r.ledger_id = $1 and r.reconciliation_id = $2::text::uuid and r.attempt = $3::text::uuid
     order by r.partner_reference`,
    [ledgerId, run.reconciliation_id, run.attempt],
  );
  for await (const rows of portionsOf(query, 1_000)) {
    for (const row of rows) digest.add(resultOf(row));
  }
  return { count: digest.count, sha256: digest.end() };
}
