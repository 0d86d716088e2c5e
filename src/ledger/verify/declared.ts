/**
 * What the tables say that entries declared: assets and accounts. It is read only once an entry was found to be lost or wrong, so
 * that this is told once and not again for all that was posted to the accounts it opened.
 */
import type { TransactionSql } from 'postgres';
import type { Account } from '../accounts.js';
import { accountColumns, accountOf } from '../load.js';

export interface Declared {
  /** By code, with nothing posted yet. */
  readonly accounts: ReadonlyMap<string, Account>;
  /** The scale of each. */
  readonly assets: ReadonlyMap<string, number>;
}

export async function readDeclared(sql: TransactionSql, ledgerId: number): Promise<Declared> {
  const assets = await sql.unsafe(`select asset, scale::int as scale from timeledger.assets where ledger_id = $1`, [
    ledgerId,
  ]);
  const scales = new Map(assets.map((row) => [row['asset'] as string, row['scale'] as number]));
  const rows = await sql.unsafe(`select ${accountColumns} from timeledger.accounts a where a.ledger_id = $1`, [
    ledgerId,
  ]);
  const accounts = new Map<string, Account>();
  for (const row of rows) {
    const account = accountOf(row, scales.get(row['asset'] as string) ?? 0);
    accounts.set(account.code, { ...account, debits: 0n, credits: 0n, version: 0 });
  }
  return { accounts, assets: scales };
}
