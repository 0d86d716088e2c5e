/** Reading erasures: which wait for a second person, which are done, and which were withdrawn. */
import type { Pool } from '../../../db/connect.js';
import { instantColumn } from '../../../db/instants.js';
import type { ErasureState } from '../../personal-words.js';
import { memberWithinSql, type Reach } from '../reach.js';
import type { ErasureView } from './erasure.js';

/** Erasures of members within reach, by member, from after one on; `state` narrows. */
export async function listErasures(
  sql: Pool,
  ledgerId: number,
  page: { reach: Reach; state: ErasureState | null; after: string; limit: number },
): Promise<ErasureView[]> {
  const rows = await sql.unsafe(
    `select e.member_id as member, e.state, e.requested_by, ${instantColumn('e.requested_at')} as requested_at,
       e.erased_by, ${instantColumn('e.erased_at')} as erased_at,
       e.withdrawn_by, ${instantColumn('e.withdrawn_at')} as withdrawn_at, e.entry::text as entry
     from timebank.erasures e
     join timebank.members m on m.ledger_id = e.ledger_id and m.member_id = e.member_id
     where e.ledger_id = $1 and e.member_id > $2 and ${memberWithinSql('m', '$3')} and ($4::text is null or e.state = $4)
     order by e.member_id limit $5`,
    [ledgerId, page.after, page.reach, page.state, page.limit],
    { prepare: true },
  );
  return rows as unknown as ErasureView[];
}
