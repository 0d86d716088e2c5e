/** Comparisons that the database makes: what it cannot compute, because the values are out of all range, is a finding. */
import type { TransactionSql } from 'postgres';
import { explain, sqlState } from '../../db/connect.js';
import { DamagedData } from '../../lib/damage.js';
import type { Findings } from './findings.js';

/**
 * Makes a comparison under a savepoint. An error about the data itself (SQLSTATE classes 21 and 22: an overflow, a date that is
 * none, two rows where there can be one) or data that nobody here wrote becomes a finding; any other is thrown.
 */
export async function attempt<Result>(
  sql: TransactionSql,
  what: string,
  findings: Findings,
  compare: (sql: TransactionSql) => Promise<Result>,
): Promise<Result | null> {
  try {
    return (await sql.savepoint(compare)) as Result;
  } catch (error) {
    if (!(error instanceof DamagedData) && !/^2[12]/.test(sqlState(error) ?? '')) throw error;
    const { en, zh } = error instanceof DamagedData ? error.detail : explain(error);
    findings.add(what, '', { en: `cannot be compared: ${en}`, zh: `无法比对：${zh}` });
    return null;
  }
}
