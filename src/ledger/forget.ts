/**
 * Forgetting old answers, beside the lane and on connections of its own: a bounded number of batches a call, so that commits go
 * on meanwhile and a call that is cut short has forgotten whole batches only.
 */
import type { Sql } from 'postgres';

/** Batches that one call forgets: with their keys some tens of milliseconds' work. */
const batchesAtOnce = 200;

/**
 * Forgets what was answered before an instant (RFC 3339), the oldest first: those keys may be used anew. Returns how many keys
 * were forgotten.
 */
export async function forgetAnswers(sql: Sql, ledgerId: number, before: string): Promise<number> {
  for (let forgotten = 0; ; ) {
    const [row] = await sql.unsafe('select timeledger.forget_answers($1::text, $2::text, $3::text) as done', [
      String(ledgerId),
      before,
      String(batchesAtOnce),
    ]);
    const [batches = 0, keys = 0] = String(row?.['done']).split(' ').map(Number);
    forgotten += keys;
    if (batches < batchesAtOnce) return forgotten;
  }
}
