/** Reading the books as they stand at one moment, however long it takes: a transaction that can only read. */
import type { TransactionSql } from 'postgres';
import type { Pool } from './connect.js';

export async function readSnapshot<Result>(
  sql: Pool,
  read: (snapshot: TransactionSql) => Promise<Result>,
): Promise<Result> {
  return (await sql.begin('isolation level repeatable read read only', read)) as Result;
}
