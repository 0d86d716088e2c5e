/** Reading merges of members: what was proposed, and what became of it. */
import type { Pool } from '../../db/connect.js';
import { textColumns } from '../../ledger/rows.js';
import { memberWithinSql, type Reach } from '../people/reach.js';
import type { MemberMergeStatus } from '../people-words.js';
import type { MemberMerge } from './member-merge.js';
import { memberMergeRows } from './rows.js';

/** Merges by the id that ends, from after an id on, of which both members lie within reach. */
export async function listMemberMerges(
  sql: Pool,
  ledgerId: number,
  page: { status: MemberMergeStatus | null; reach: Reach; after: string; limit: number },
): Promise<MemberMerge[]> {
  const rows = await sql.unsafe(
    `select ${textColumns(memberMergeRows, 'g')} from timebank.member_merges g
     join timebank.members m on m.ledger_id = $1 and m.member_id = g.member_id
     join timebank.members i on i.ledger_id = $1 and i.member_id = g.into_id
     where g.ledger_id = $1 and g.member_id > $2 and ($4::text is null or g.status = $4::text)
       and ${memberWithinSql('m', '$5')} and ${memberWithinSql('i', '$5')}
     order by g.member_id limit $3`,
    [ledgerId, page.after, page.limit, page.status, page.reach],
    { prepare: true },
  );
  return rows.map((row) => memberMergeRows.decode(row as Record<string, string | null>));
}

/** That a member ended in another, by an entry. */
export interface StoredMerge {
  readonly member: string;
  readonly into: string;
  readonly entry: number;
}

/** Merges that were carried out of members with these ids. */
export async function readMergesOf(sql: Pool, ledgerId: number, ids: readonly string[]): Promise<StoredMerge[]> {
  const rows = await sql.unsafe(
    `select g.member_id as member, g.into_id as into, g.entry::text as entry
     from jsonb_array_elements_text($2::text::jsonb) k(id)
     join timebank.member_merges g on g.ledger_id = $1 and g.member_id = k.id
     where g.status = 'merged'`,
    [ledgerId, JSON.stringify(ids)],
    { prepare: true },
  );
  return rows.map((row) => ({ member: row['member'], into: row['into'], entry: Number(row['entry']) }));
}
