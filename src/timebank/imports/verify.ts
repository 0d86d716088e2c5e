/** Verifying imports that wait to be committed: the lines staged for each must be those that its row was sealed with. */
import type { TransactionSql } from 'postgres';
import type { Findings } from '../../ledger/verify/findings.js';
import type { StagedLine } from './import.js';
import { LinesDigest } from './staged-lines.js';

export async function verifyStagedImports(sql: TransactionSql, ledgerId: number, findings: Findings): Promise<void> {
  const imports = await sql.unsafe(
    `select i.import_id::text as id, i.total, i.lines_sha256 from timebank.imports i where i.ledger_id = $1 and i.state = 'staged'`,
    [ledgerId],
  );
  for (const { id, total, lines_sha256 } of imports) {
    const digest = new LinesDigest();
    const query = sql.unsafe(
      `select l.position, l.line, l.external_id, l.cells from work.import_lines l
       where l.ledger_id = $1 and l.import_id = $2::text::uuid order by l.position`,
      [ledgerId, id],
    );
    for await (const rows of query.cursor(5_000)) {
      for (const row of rows) digest.addLine(row as unknown as StagedLine);
    }
    if (digest.count !== total || digest.toString() !== lines_sha256)
      findings.add('import_lines', id, {
        en: `its ${digest.count} lines are not the ${total} that were staged`,
        zh: `现有 ${digest.count} 行，与暂存时的 ${total} 行不符`,
      });
  }
}
