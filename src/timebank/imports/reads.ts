/** Reading imports and what became of their lines. A file's content leaves the database only to be imported. */
import type { Pool } from '../../db/connect.js';
import type { Lane } from '../../ledger/lane.js';
import { textColumns } from '../../ledger/rows.js';
import { Refusal } from '../../lib/refusal.js';
import type { RuleSet } from '../credit/rule-set.js';
import { previewLines } from './commit.js';
import { contentOf, type Import, type ImportLineState, importOf } from './import.js';
import { importRows } from './rows.js';

const prepared = { prepare: true } as const;

const listed = { columns: new Map([...importRows.columns].filter(([name]) => name !== 'content')) };

/**
 * Imports by id, which is by age, from after an id on ('' for the first page), of one who brought them, or all (null). Their content is left
 * out.
 */
export async function listImports(
  sql: Pool,
  ledgerId: number,
  page: { broughtBy: string | null; after: string; limit: number },
): Promise<Import[]> {
  const rows = await sql.unsafe(
    `select ${textColumns(listed, 'i')} from timebank.imports i
     where i.ledger_id = $1 and i.import_id > coalesce(nullif($2::text, ''), '00000000-0000-0000-0000-000000000000')::uuid
       and ($3::text is null or i.brought_by = $3::text)
     order by i.import_id limit $4`,
    [ledgerId, page.after, page.broughtBy, page.limit],
    prepared,
  );
  return rows.map((row) => importOf(importRows.decode(row)));
}

/** An import, with the file's content as long as it is kept. Refuses: `import_not_found`, also when somebody else than `broughtBy` brought it. */
export async function readImport(
  sql: Pool,
  ledgerId: number,
  id: string,
  { broughtBy }: { broughtBy: string | null },
): Promise<Import> {
  const [row] = await sql.unsafe(
    `select ${textColumns(importRows, 'i')} from timebank.imports i
     where i.ledger_id = $1 and i.import_id = $2::text::uuid and ($3::text is null or i.brought_by = $3::text)`,
    [ledgerId, id, broughtBy],
    prepared,
  );
  if (!row) throw new Refusal('import_not_found', `there is no import ${id}`);
  return importOf(importRows.decode(row));
}

/** Lines from after a line on; `state` narrows. */
export interface LinePage {
  readonly state: ImportLineState['state'] | null;
  readonly after: number;
  readonly limit: number;
}

/** Lines dealt with, and what became of them. */
export async function listImportLines(
  sql: Pool,
  ledgerId: number,
  importId: string,
  page: LinePage,
): Promise<ImportLineState[]> {
  const rows = await sql.unsafe(
    `select l.line, l.external_id, l.state, l.code, l.reason from timebank.import_rows l
     where l.ledger_id = $1 and l.import_id = $2::text::uuid and l.line > $3 and ($4::text is null or l.state = $4::text)
     order by l.line limit $5`,
    [ledgerId, importId, page.after, page.state, page.limit],
    prepared,
  );
  return rows as unknown as ImportLineState[];
}

/**
 * Lines of an import that is not committed to its end: those dealt with as they went, the others as they would go if `actor`
 * committed now. Refuses: `file_invalid`, `ledger_busy`, `ledger_unavailable`.
 */
export async function foreseeImportLines(
  sql: Pool,
  lane: Lane,
  staged: Import,
  page: LinePage & { rules: RuleSet; actor: string },
): Promise<ImportLineState[]> {
  const { rules, actor } = page;
  const { kind, encoding: charset, effective_on: effectiveOn } = staged;
  const tried = await previewLines(lane, { rules, actor, kind, bytes: contentOf(staged), charset, effectiveOn });
  const all = { state: null, after: 0, limit: tried.length };
  // Read after they were tried: what was committed meanwhile counts as committed.
  const dealtWith = await listImportLines(sql, lane.facts.id, staged.import_id, all);
  const byLine = new Map(dealtWith.map((line) => [line.line, line]));
  return tried
    .map((line) => byLine.get(line.line) ?? line)
    .filter(({ line, state }) => line > page.after && (page.state === null || state === page.state))
    .slice(0, page.limit);
}
