/**
 * Cards of members, which prove where a recipient is: which one of them is good. Cards are numbered from 1 and only the latest is good, so
 * the number is one more than how often the card was replaced. A person who was two members has one number: it never falls, and no card
 * that was replaced is good again.
 */
import type { Pool } from '../../db/connect.js';
import type { Stage } from '../../ledger/stage.js';
import type { MemberChangeKind } from '../people-words.js';
import { isMember } from './member-reads.js';
import { allIdsOf } from './members.js';
import { memberChangeRows } from './rows.js';

const replaced = 'card_replaced' satisfies MemberChangeKind;

/** The number of the card that is good, whichever id of the person is asked for. Refuses: `member_not_found`. */
export function cardGeneration(stage: Stage, memberId: string): number {
  const ids = allIdsOf(stage, memberId);
  stage.prefetch({ lists: ids.map((id) => [memberChangeRows, 'member', id] as const) });
  const changes = ids.flatMap((id) => stage.rows(memberChangeRows, 'member', id));
  return 1 + changes.filter(({ kind }) => kind === replaced).length;
}

/** The same as it stands in the database, for a member who is nobody else by now. */
export async function readCardGeneration(sql: Pool, ledgerId: number, memberId: string): Promise<number> {
  const [row] = await sql.unsafe(
    `select 1 + count(*)::int as generation from timebank.member_changes c
     where c.ledger_id = $1 and ${isMember('c.member_id')} and c.kind = '${replaced}'`,
    [ledgerId, memberId],
    { prepare: true },
  );
  return row?.['generation'] as number;
}
