/**
 * Verifying rows that were staged and then sealed: for each seal as many rows as it counts, with its digest. Rows without a seal
 * are nobody's, unless the file that they were staged from is still on its way in. The seal itself is a row like any other, bound
 * to its entry.
 */
import type { TransactionSql } from 'postgres';
import { encodeRow, RowsDigest, type SealedTable, type TextRow, textColumns } from '../rows.js';
import type { Findings } from './findings.js';

interface Seal {
  readonly count: number;
  readonly digest: string;
}

export async function verifySealed(
  sql: TransactionSql,
  ledgerId: number,
  table: SealedTable<unknown>,
  findings: Findings,
): Promise<void> {
  const seals = await readSeals(sql, ledgerId, table);
  const unsealed = new Map<string, number>();
  for await (const { id, digest } of digestGroups(sql, ledgerId, table)) {
    const seal = seals.get(id);
    seals.delete(id);
    if (!seal) unsealed.set(id, digest.count);
    else if (seal.count !== digest.count || seal.digest !== digest.toString())
      findings.add(table.name, id, {
        en: `its ${digest.count} rows are not the ${seal.count} that were sealed`,
        zh: `现有 ${digest.count} 行，与封存时的 ${seal.count} 行不符`,
      });
  }
  for (const [id, { count }] of seals)
    if (count > 0) findings.add(table.name, id, { en: `its ${count} rows are missing`, zh: `缺少 ${count} 行` });
  for (const [id, count] of unsealed) {
    if (!(await isComingIn(sql, ledgerId, id)))
      findings.add(table.name, id, {
        en: `${count} rows belong to nothing that was sealed`,
        zh: `有 ${count} 行从未封存`,
      });
  }
}

/** Each group of rows that belong to one seal, digested in its order. */
async function* digestGroups(
  sql: TransactionSql,
  ledgerId: number,
  table: SealedTable<unknown>,
): AsyncIterable<{ id: string; digest: RowsDigest }> {
  const query = sql.unsafe(
    `select ${textColumns(table, 'r')} from timebank."${table.name}" r where r.ledger_id = $1
     order by r."${table.id}", r."${table.order}"`,
    [ledgerId],
  );
  let open: { id: string; digest: RowsDigest } | undefined;
  for await (const rows of query.cursor(5_000)) {
    for (const row of rows as unknown as TextRow[]) {
      const id = row[table.id] as string;
      if (open && open.id !== id) yield open;
      if (open?.id !== id) open = { id, digest: new RowsDigest() };
      open.digest.add(encodeRow(table, row));
    }
  }
  if (open) yield open;
}

async function readSeals(
  sql: TransactionSql,
  ledgerId: number,
  { seal, id, count, digest }: SealedTable<unknown>,
): Promise<Map<string, Seal>> {
  const rows = await sql.unsafe(
    `select s."${id}"::text as id, s."${count}"::int as count, s."${digest}" as digest
     from timebank."${seal.name}" s where s.ledger_id = $1`,
    [ledgerId],
  );
  return new Map(rows.map((row) => [row['id'] as string, row as unknown as Seal]));
}

/** A file has the id of what is to be made of it. */
async function isComingIn(sql: TransactionSql, ledgerId: number, id: string): Promise<boolean> {
  const rows = await sql.unsafe(`select from work.blobs where ledger_id = $1 and blob_id = $2::text::uuid`, [
    ledgerId,
    id,
  ]);
  return rows.length > 0;
}
