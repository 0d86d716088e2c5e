/** The staged lines of imports: written by the run that reads the file, read in their turn, dropped when the import has ended. */
import type { Pool } from '../../db/connect.js';
import { RowsDigest } from '../../ledger/rows.js';
import type { Claim } from '../../work/claims.js';
import { lineOf, type StagedLine, storedLine } from './import.js';

const prepared = { prepare: true } as const;

/** Stages lines. Fails when the run has lost its job, or the import is sealed. */
export async function stageLines(
  sql: Pool,
  { ledgerId, jobId, claimant }: Claim,
  importId: string,
  lines: readonly StagedLine[],
): Promise<void> {
  await sql.unsafe(
    `select work.stage_import_lines($1, $2::text::uuid, $3::text::uuid, $4::text::uuid, $5::text::json)`,
    [ledgerId, jobId, claimant, importId, JSON.stringify(lines.map(storedLine))],
    prepared,
  );
}

/** Forgets what is staged for an import, unless it is still to be committed. */
export async function dropLines(sql: Pool, ledgerId: number, importId: string): Promise<void> {
  await sql.unsafe(`select work.drop_import_lines($1, $2::text::uuid)`, [ledgerId, importId], prepared);
}

/** Lines in their turn, from after a position on. */
export async function readLines(
  sql: Pool,
  ledgerId: number,
  importId: string,
  page: { readonly after: number; readonly limit: number },
): Promise<StagedLine[]> {
  const rows = await sql.unsafe(
    `select l.line, l.position, l.external_id, l.cells, l.state, l.code, l.reason from work.import_lines l
     where l.ledger_id = $1 and l.import_id = $2::text::uuid and l.position > $3 and l.position <= $4 order by l.position`,
    [ledgerId, importId, page.after, page.after + page.limit],
    prepared,
  );
  return rows.map((row) => lineOf(row as never)) as unknown as StagedLine[];
}

/** The digest that binds an import's lines, in their turn: what they are, not what was foreseen of them. */
export class LinesDigest extends RowsDigest {
  addLine({
    position,
    line,
    external_id,
    cells,
  }: Pick<StagedLine, 'position' | 'line' | 'external_id' | 'cells'>): void {
    this.add(JSON.stringify([position, line, external_id, cells]));
  }
}
