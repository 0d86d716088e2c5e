/** The bytes of files that the journal says are erased, dropped: at once by whoever erased them, or later if that was cut short. */
import type { Pool } from '../../../db/connect.js';
import { dropBlob } from '../../../work/blobs.js';

/** Drops what is left of such files, and returns of how many. */
export async function dropErasedFiles(sql: Pool, ledgerId: number): Promise<number> {
  const rows = await sql.unsafe(
    `select b.blob_id::text as id from work.blobs b
     join timebank.order_evidence v on v.ledger_id = $1 and v.file_id = b.blob_id
     where b.ledger_id = $1 and v.erased_on is not null`,
    [ledgerId],
    { prepare: true },
  );
  for (const { id } of rows) await dropBlob(sql, ledgerId, id as string);
  return rows.length;
}
