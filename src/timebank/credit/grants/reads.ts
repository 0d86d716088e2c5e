/** Reading grants, proposed and decided. */
import type { Pool } from '../../../db/connect.js';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import { nilId } from '../../../lib/ids.js';
import { memberWithinSql, type Reach } from '../../people/reach.js';
import { type Grant, type GrantView, grantNotFound, viewGrant } from './grant.js';
import type { GrantState } from './grant-words.js';
import { grantRows } from './rows.js';

const columns = textColumns(grantRows, 'g');

/** What somebody sees: grants to members within their reach, and of one of them alone, by all their ids; null: to everybody. */
export interface GrantsSeen {
  readonly reach: Reach;
  readonly members: readonly string[] | null;
}

/** SQL: grants `g` that somebody sees, whose reach and members are these parameters; to an id that was merged, by who the member is now. */
const seen = (reach: string, members: string) => `timebank.grants g
  join timebank.members o on o.ledger_id = $1 and o.member_id = g.member_id
  join timebank.members m on m.ledger_id = $1 and m.member_id = coalesce(o.merged_into, o.member_id)
  where g.ledger_id = $1 and ${memberWithinSql('m', reach)} and (${members}::text[] is null or g.member_id = any(${members}::text[]))`;

/** Ids have no letter that an array's text would quote. */
const namesOf = (members: readonly string[] | null) => members && `{${members.join(',')}}`;

/** In the order in which they were proposed, from after an id on, '' for the first page; null: of any state. */
export async function listGrants(
  sql: Pool,
  ledgerId: number,
  { reach, members }: GrantsSeen,
  page: { readonly state: GrantState | null; readonly after: string; readonly limit: number },
): Promise<GrantView[]> {
  const rows = await sql.unsafe(
    `select ${columns} from ${seen('$2', '$3')} and g.grant_id > $4::text::uuid and ($5::text is null or g.state = $5::text)
     order by g.grant_id limit $6`,
    [ledgerId, reach, namesOf(members), page.after || nilId, page.state, page.limit],
    { prepare: true },
  );
  return rows.map(viewOf);
}

/** Refuses: `grant_not_found`, also when it is none that they see. */
export async function readGrant(sql: Pool, ledgerId: number, id: string, { reach, members }: GrantsSeen) {
  const [row] = await sql.unsafe(
    `select ${columns} from ${seen('$2', '$3')} and g.grant_id = $4::text::uuid`,
    [ledgerId, reach, namesOf(members), id],
    { prepare: true },
  );
  if (!row) throw grantNotFound(id);
  return viewOf(row);
}

/** In which years the person of these ids was granted something. */
export async function readGrantYears(sql: Pool, ledgerId: number, ids: readonly string[]): Promise<number[]> {
  const rows = await sql.unsafe(
    'select distinct p.year from timebank.grant_purses p where p.ledger_id = $1 and p.member_id = any($2::text[]) order by 1',
    [ledgerId, namesOf(ids)],
    { prepare: true },
  );
  return rows.map((row) => Number(row['year']));
}

function viewOf(row: Record<string, unknown>): GrantView {
  return viewGrant(grantRows.decode(row as TextRow) as Grant);
}
