/** What a member's points are, by the last day of each, as of the entry and the day at which a statement ends: from the journal, as it was. */
import type { Pool } from '../../../db/connect.js';
import { readLeaf } from '../../../ledger/leaf.js';
import { formatAmount } from '../../../lib/decimal.js';
import { assetOfPurse, type Purse } from '../../chart.js';
import { movedLots } from '../../credit/lots/moved.js';
import { agedPurseOf } from '../../credit/lots/open-lots.js';
import { inOrderOfDays, type LotPart, never } from '../../credit/lots/parts.js';

export interface StatementLot {
  readonly purse: Purse;
  /** Null: it does not expire. */
  readonly expires_on: string | null;
  readonly amount: string;
}

const leaves = `
  select e.leaf from timeledger.entries e
  where e.ledger_id = $1 and e.number in (
    select p.entry from timeledger.accounts a
    join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id
    where a.ledger_id = $1 and a.code in (select jsonb_array_elements_text($2::text::jsonb)) and p.entry <= $3::text::bigint
      and ($4::text is null or p.effective_on <= $4::text::date))`;

/** Of all accounts of one person, the earliest expiry first. `to` null: to the end. */
export async function readLotsAt(
  sql: Pool,
  ledgerId: number,
  { codes, atEntry, to }: { readonly codes: readonly string[]; readonly atEntry: number; readonly to: string | null },
): Promise<StatementLot[]> {
  const own = new Set(codes.filter((code) => agedPurseOf(code)));
  const rows = await sql.unsafe(leaves, [ledgerId, JSON.stringify([...own]), String(atEntry), to], { prepare: true });
  const parts: LotPart[] = [];
  for (const row of rows) {
    const { came, left } = movedLots(readLeaf(row['leaf']));
    for (const [code, some] of came) if (own.has(code)) parts.push(...some);
    for (const [code, some] of left)
      if (own.has(code)) parts.push(...some.map((part) => ({ ...part, amount: -part.amount })));
  }
  const { scale } = assetOfPurse('points');
  return inOrderOfDays(parts)
    .filter(({ amount }) => amount > 0n)
    .map(({ expiresOn, amount }) => ({
      purse: 'points',
      expires_on: expiresOn === never ? null : expiresOn,
      amount: formatAmount(amount, scale),
    }));
}
