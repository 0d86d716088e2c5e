/** How the balance of an account went, day by day of effect: a row for each day on which something was posted to it. */
import type { Sql } from 'postgres';

export interface DayBalance {
  readonly day: string;
  /** At the end of the day, in minor units; credits less debits. */
  readonly balance: bigint;
}

/** Oldest first; nothing for an account that was never opened. */
export async function balanceDays(sql: Sql, ledgerId: number, code: string): Promise<DayBalance[]> {
  const rows = await sql.unsafe(
    `select d.day::text as day, (sum(d.credits - d.debits) over (order by d.day))::text as balance
     from timeledger.accounts a join timeledger.daily_balances d on d.ledger_id = $1 and d.account_id = a.account_id
     where a.ledger_id = $1 and a.code = $2 order by d.day`,
    [ledgerId, code],
    { prepare: true },
  );
  return rows.map(({ day, balance }) => ({ day, balance: BigInt(balance) }));
}
