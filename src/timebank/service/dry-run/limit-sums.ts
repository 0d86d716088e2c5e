/**
 * What has been used of limits that many members share, as a dry run goes on: it begins with what the books have, without the records that are
 * judged anew.
 */
import type { TransactionSql } from 'postgres';
import { type CapUse, noUse } from '../../credit/further-caps.js';
import { type LimitKey, nameOfLimit } from '../limits/keys.js';
import type { PastRecord } from './past.js';

export class LimitSums {
  private readonly uses: Map<string, CapUse>;

  /** By the name of each limit and period. */
  constructor(uses: Iterable<readonly [string, CapUse]> = []) {
    this.uses = new Map(uses);
  }

  of(key: LimitKey): CapUse {
    return this.uses.get(nameOfLimit(key)) ?? noUse;
  }

  /** A record has minted so much under a limit. */
  add(key: LimitKey, coins: bigint): void {
    this.change(nameOfLimit(key), coins, coins > 0n ? 1 : 0);
  }

  /** A record counts no more as the books have it. */
  leaveOut({ counted }: PastRecord): void {
    for (const { limit, coins } of counted) this.change(limit, -coins, coins > 0n ? -1 : 0);
  }

  private change(name: string, coins: bigint, records: number): void {
    const use = this.uses.get(name) ?? noUse;
    this.uses.set(name, { coins: use.coins + coins, records: use.records + records });
  }
}

/** As the books have them. */
export async function readLimitSums(sql: TransactionSql, ledgerId: number): Promise<LimitSums> {
  const rows = await sql.unsafe(
    `select concat_ws(' ', u.limit_kind, u.limit_of, u.within, u.first_on) as name, u.coins::text as coins, u.records
     from timebank.limit_uses u where u.ledger_id = $1`,
    [ledgerId],
    { prepare: true },
  );
  return new LimitSums(rows.map(({ name, coins, records }) => [name, { coins: BigInt(coins), records }] as const));
}
