/** Reading whom a member has nominated. Whether the reader may see the member is asked before. */
import type { Pool } from '../../db/connect.js';
import { instantColumn } from '../../db/instants.js';
import { isMember } from './member-reads.js';

export interface NominationView {
  readonly member: string;
  readonly beneficiary: string | null;
  readonly nominated_by: string;
  readonly nominated_at: string;
  readonly entry: string;
}

/** Every nomination of a member, under all ids, the oldest first, from after an entry on. */
export async function listNominations(
  sql: Pool,
  ledgerId: number,
  page: { readonly id: string; readonly after: string; readonly limit: number },
): Promise<NominationView[]> {
  const rows = await sql.unsafe(
    `select b.member_id as member, b.beneficiary_id as beneficiary, b.nominated_by,
       ${instantColumn('b.nominated_at')} as nominated_at, b.entry::text as entry
     from timebank.beneficiaries b
     where b.ledger_id = $1 and ${isMember('b.member_id')} and b.entry > $3::text::bigint order by b.entry limit $4`,
    [ledgerId, page.id, page.after || '0', page.limit],
    { prepare: true },
  );
  return rows as unknown as NominationView[];
}
