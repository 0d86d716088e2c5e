/** Reading imports and their lines. What a row held leaves the database only to be imported. */
import type { Pool } from '../../db/connect.js';
import { textColumns } from '../../ledger/rows.js';
import { nilId } from '../../lib/ids.js';
import { Refusal } from '../../lib/refusal.js';
import { isMember } from '../people/member-reads.js';
import { type Import, type ImportLineState, importOf, lineOf } from './import.js';
import { importRows } from './rows.js';

const prepared = { prepare: true } as const;

const columns = textColumns(importRows, 'i');

/** Imports by id, which is by age, from after an id on ('' for the first page), of one who brought them, or all (null). */
export async function listImports(
  sql: Pool,
  ledgerId: number,
  page: { broughtBy: string | null; after: string; limit: number },
): Promise<Import[]> {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.imports i
     where i.ledger_id = $1 and i.import_id > $2::text::uuid and ($3::text is null or i.brought_by = $3::text)
     order by i.import_id limit $4`,
    [ledgerId, page.after || nilId, page.broughtBy, page.limit],
    prepared,
  );
  return rows.map((row) => importOf(importRows.decode(row)));
}

/** An import, or null when there is none, or somebody else than `broughtBy` brought it. */
export async function findImport(
  sql: Pool,
  ledgerId: number,
  id: string,
  { broughtBy }: { broughtBy: string | null } = { broughtBy: null },
): Promise<Import | null> {
  const [row] = await sql.unsafe(
    `select ${columns} from timebank.imports i
     where i.ledger_id = $1 and i.import_id = $2::text::uuid and ($3::text is null or i.brought_by = $3::text)`,
    [ledgerId, id, broughtBy],
    prepared,
  );
  return row ? importOf(importRows.decode(row)) : null;
}

/** Refuses: `import_not_found`, also when somebody else than `broughtBy` brought it. */
export async function readImport(
  sql: Pool,
  ledgerId: number,
  id: string,
  seen: { broughtBy: string | null },
): Promise<Import> {
  const found = await findImport(sql, ledgerId, id, seen);
  if (!found) throw new Refusal('import_not_found', { en: `there is no import ${id}`, zh: `没有编号为 ${id} 的导入` });
  return found;
}

/** Ids of imports that have been waiting for their commit since before a moment (RFC 3339), a few at a time. */
export async function findOldImports(sql: Pool, ledgerId: number, before: string): Promise<string[]> {
  const rows = await sql.unsafe(
    `select i.import_id::text as id from timebank.imports i
     where i.ledger_id = $1 and i.state = 'staged' and i.created_at < $2::text::timestamptz order by i.import_id limit 100`,
    [ledgerId, before],
    prepared,
  );
  return rows.map((row) => row['id'] as string);
}

/** Imports of members that were staged before somebody whom they name was erased, and of whom lines are kept. */
export async function findImportsOfErased(sql: Pool, ledgerId: number): Promise<string[]> {
  const rows = await sql.unsafe(
    `select distinct i.import_id::text as id from timebank.imports i
     join work.import_lines l on l.ledger_id = i.ledger_id and l.import_id = i.import_id
     join timebank.members m on m.ledger_id = i.ledger_id and m.member_id = l.external_id
     join timebank.erasures e on e.ledger_id = i.ledger_id and e.member_id = coalesce(m.merged_into, m.member_id)
     where i.ledger_id = $1 and i.kind = 'members' and e.state = 'erased' and i.created_at <= e.erased_at order by 1`,
    [ledgerId],
    prepared,
  );
  return rows.map((row) => row['id'] as string);
}

/** Imports of members of which lines are kept that name this one, by any of the ids that they have had. */
export async function findImportsOf(sql: Pool, ledgerId: number, memberId: string): Promise<string[]> {
  const rows = await sql.unsafe(
    `select distinct l.import_id::text as id from work.import_lines l
     join timebank.imports i on i.ledger_id = l.ledger_id and i.import_id = l.import_id
     where l.ledger_id = $1 and i.kind = 'members' and ${isMember('l.external_id')} order by 1`,
    [ledgerId, memberId],
    prepared,
  );
  return rows.map((row) => row['id'] as string);
}

/** Lines from after a line on; `state` narrows. */
export interface LinePage {
  readonly state: ImportLineState['state'] | null;
  readonly after: number;
  readonly limit: number;
}

/** Lines in the order of the file: what became of those dealt with, what was foreseen of the others. */
export async function listImportLines(
  sql: Pool,
  ledgerId: number,
  importId: string,
  page: LinePage,
): Promise<ImportLineState[]> {
  const rows = await sql.unsafe(
    `(select r.line, r.external_id, r.state, r.code, r.reason from timebank.import_rows r
       where r.ledger_id = $1 and r.import_id = $2::text::uuid and r.line > $3 and ($4::text is null or r.state = $4::text)
       order by r.line limit $5)
     union all
     (select l.line, l.external_id, l.state, l.code, l.reason from work.import_lines l
       where l.ledger_id = $1 and l.import_id = $2::text::uuid and l.line > $3 and ($4::text is null or l.state = $4::text)
         and not exists (select from timebank.import_rows r where r.ledger_id = $1 and r.import_id = l.import_id and r.line = l.line)
       order by l.line limit $5)
     order by line limit $5`,
    [ledgerId, importId, page.after, page.state, page.limit],
    prepared,
  );
  return rows.map((row) => lineOf(row as never)) as unknown as ImportLineState[];
}
