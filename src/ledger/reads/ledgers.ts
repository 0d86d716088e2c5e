/** Which ledgers there are, for what is done for each of them. */
import type { Sql } from 'postgres';
import type { LedgerFacts } from '../state.js';

export async function listLedgers(sql: Sql): Promise<LedgerFacts[]> {
  const rows = await sql.unsafe(`select ledger_id as id, code, zone from timeledger.ledgers order by ledger_id`);
  return [...rows] as unknown as LedgerFacts[];
}

/** The ledger of an id. Throws when there is none: nobody but the service itself asks by the id. */
export async function readLedger(sql: Sql, ledgerId: number): Promise<LedgerFacts> {
  const [row] = await sql.unsafe(
    `select ledger_id as id, code, zone from timeledger.ledgers where ledger_id = $1`,
    [ledgerId],
    { prepare: true },
  );
  if (!row) throw new Error(`there is no ledger ${ledgerId}`);
  return row as unknown as LedgerFacts;
}
