/** Verifying the rows of the floors above: each must digest to what the log says of it, and none may be there that it does not know. */
import type { TransactionSql } from 'postgres';
import { digestRows, type RowTable, rowJson, rowName, type TextRow, textColumns } from '../rows.js';
import type { Findings } from './findings.js';
import type { Replay, ReplayedRows } from './replay.js';

/** Returns how many rows were read. */
export async function verifyRows(
  sql: TransactionSql,
  ledgerId: number,
  tables: readonly RowTable<unknown>[],
  replay: Replay,
  findings: Findings,
): Promise<number> {
  let count = 0;
  for (const table of tables) count += await verifyTable(sql, ledgerId, table, replay, findings);
  return count;
}

async function verifyTable(
  sql: TransactionSql,
  ledgerId: number,
  table: RowTable<unknown>,
  replay: Replay,
  findings: Findings,
): Promise<number> {
  const logged = replay.rows.get(table.name) ?? { latest: new Map(), together: new Map() };
  const query = sql.unsafe(
    `select ${textColumns(table, 'r')} from timebank."${table.name}" r where r.ledger_id = $1 order by r.entry`,
    [ledgerId],
  );
  let count = 0;
  let group: TextRow[] = [];
  for await (const rows of query.cursor(5_000)) {
    for (const row of rows as unknown as TextRow[]) {
      count += 1;
      if (table.mutable) verifyMutable(table, row, logged, findings);
      else {
        if (group[0] && group[0]['entry'] !== row['entry']) group = closeGroup(table, group, logged, findings);
        group.push(row);
      }
    }
  }
  if (group.length > 0) closeGroup(table, group, logged, findings);
  for (const [name, { entry }] of logged.latest) findings.add(table.name, name, `is missing; entry ${entry} wrote it`);
  for (const [entry, { count: rows }] of logged.together)
    findings.add(table.name, `entry ${entry}`, `its ${rows} rows are missing`);
  return count;
}

function verifyMutable(table: RowTable<unknown>, row: TextRow, logged: ReplayedRows, findings: Findings): void {
  const name = rowName(table, row);
  const known = logged.latest.get(name);
  logged.latest.delete(name);
  if (!known) findings.add(table.name, name, 'is not in the log');
  else if (digestRows([rowJson(row)]) !== known.digest)
    findings.add(table.name, name, `differs from what entry ${known.entry} wrote`);
}

function closeGroup(
  table: RowTable<unknown>,
  group: readonly TextRow[],
  logged: ReplayedRows,
  findings: Findings,
): TextRow[] {
  const entry = Number(group[0]?.['entry']);
  const known = logged.together.get(entry);
  logged.together.delete(entry);
  if (!known) findings.add(table.name, `entry ${entry}`, `${group.length} rows are not in the log`);
  else if (known.count !== group.length || digestRows(group.map(rowJson)) !== known.digest) {
    findings.add(table.name, `entry ${entry}`, `${group.length} rows, not the ${known.count} the entry wrote`);
  }
  return [];
}
