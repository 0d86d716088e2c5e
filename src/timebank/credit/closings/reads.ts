/** Reading closings, each with what the member has or owes now. A member's own are asked for by their id. */
import type { Pool } from '../../../db/connect.js';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import { formatAmount } from '../../../lib/decimal.js';
import { nilId } from '../../../lib/ids.js';
import { assetOfPurse } from '../../chart.js';
import { idsOfPerson } from '../../people/member-reads.js';
import { memberWithinSql, type Reach } from '../../people/reach.js';
import { type Closing, type ClosingView, settledPurses, viewClosing } from './closing.js';
import type { ClosingCause, ClosingState } from './closing-words.js';
import { closingRows } from './rows.js';

/** What stands on a member's accounts now: of a settled one, what came since. */
export interface Remaining {
  readonly coins: string;
  readonly points: string;
  readonly coins_owed: string;
  readonly points_owed: string;
}

export type ListedClosing = ClosingView & { readonly remaining: Remaining };

export interface ClosingsAsked {
  readonly reach: Reach;
  /** Whose, under any id; null: everybody's. */
  readonly member: string | null;
  readonly state: ClosingState | null;
  readonly cause: ClosingCause | null;
  /** Only settled ones whose member has or owes something again. */
  readonly again: boolean;
}

const balance = (
  code: string,
  sign: '' | '-',
) => `(select coalesce(sum(${sign}(a.credits - a.debits)), 0) from timeledger.accounts a
  where a.ledger_id = $1 and a.code = ${code})`;
const columns = settledPurses.flatMap((purse) => [
  `${balance(`'member:' || c.member_id || ':${purse}'`, '')} as held_${purse}`,
  `${balance(`'member:' || c.member_id || ':receivable:${purse}'`, '-')} as owed_${purse}`,
]);

/** In the order in which they were proposed or reported, from after an id on, '' for the first page. */
export async function listClosings(
  sql: Pool,
  ledgerId: number,
  { reach, member, state, cause, again }: ClosingsAsked,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<ListedClosing[]> {
  const rows = await sql.unsafe(
    `select ${textColumns(closingRows, 'c')}, n.held_coins::text, n.owed_coins::text, n.held_points::text, n.owed_points::text
     from timebank.closings c
     join timebank.members m on m.ledger_id = $1 and m.member_id = c.member_id
     cross join lateral (select ${columns.join(', ')}) n
     where c.ledger_id = $1 and c.closing_id > $2::text::uuid and ${memberWithinSql('m', '$4')}
       and ($5::text is null or c.member_id = any(${idsOfPerson('$5::text')}))
       and ($6::text is null or c.state = $6::text) and ($7::text is null or c.cause = $7::text)
       and (not $8::boolean or (c.state = 'settled' and greatest(n.held_coins, n.owed_coins, n.held_points, n.owed_points) > 0))
     order by c.closing_id limit $3`,
    [ledgerId, after || nilId, limit, reach, member, state, cause, again],
    { prepare: true },
  );
  return rows.map((row) => {
    const amount = (name: string, purse: (typeof settledPurses)[number]) =>
      formatAmount(BigInt(row[name] as string), assetOfPurse(purse).scale);
    const remaining = {
      coins: amount('held_coins', 'coins'),
      points: amount('held_points', 'points'),
      coins_owed: amount('owed_coins', 'coins'),
      points_owed: amount('owed_points', 'points'),
    };
    return { ...viewClosing(closingRows.decode(row as TextRow) as Closing), remaining };
  });
}

/** By which document accounts are closed, as long as it stands in the row; null also of a closing that is not there. */
export async function readDocument(sql: Pool, ledgerId: number, id: string): Promise<string | null> {
  const [row] = await sql.unsafe(
    'select c.document from timebank.closings c where c.ledger_id = $1 and c.closing_id = $2::text::uuid',
    [ledgerId, id],
    { prepare: true },
  );
  return (row?.['document'] as string | null | undefined) ?? null;
}
