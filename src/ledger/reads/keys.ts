/** Whether a request was answered before: for commands of several submissions, which must not begin again for a key that has its answer. */
import type { Sql } from 'postgres';

export async function isKeyKnown(sql: Sql, ledgerId: number, key: string): Promise<boolean> {
  const rows = await sql.unsafe(
    `select from timeledger.idempotency_keys where ledger_id = $1 and key = $2::text::uuid`,
    [ledgerId, key],
    { prepare: true },
  );
  return rows.length > 0;
}
