/** Reading what became of a member, and who their relatives are. Whether the reader may see the member is asked before. */
import type { Pool } from '../../db/connect.js';
import { instantColumn } from '../../db/instants.js';
import type {
  KinEndReason,
  KinRelation,
  KinState,
  MemberChangeKind,
  MemberState,
  MemberStateReason,
} from '../people-words.js';
import type { FormerKin } from './kin-history.js';

const prepared = { prepare: true } as const;

/** SQL of a query whose first parameter is the ledger: whether `column` is one of the ids under which the books know the member in `parameter`. */
export const isMember = (
  column: string,
  parameter = '$2',
) => `${column} = any((select string_to_array(concat_ws(' ', q.member_id, q.merged_from), ' ')
    from timebank.members q where q.ledger_id = $1 and q.member_id = ${parameter})::text[])`;

/** SQL of a query whose first parameter is the ledger: the ids of the person who is or was the member in `parameter`, whichever of them it is. */
export const idsOfPerson = (
  parameter: string,
) => `(select string_to_array(concat_ws(' ', q.member_id, q.merged_from), ' ')
    from timebank.members o join timebank.members q on q.ledger_id = $1 and q.member_id = coalesce(o.merged_into, o.member_id)
    where o.ledger_id = $1 and o.member_id = ${parameter})::text[]`;

export interface MemberChangeView {
  readonly entry: string;
  readonly member: string;
  readonly kind: MemberChangeKind;
  readonly effective_on: string;
  readonly recorded_at: string;
  readonly org_unit: string;
  readonly second_org_unit: string | null;
  readonly state: MemberState;
  readonly reason_code: MemberStateReason | null;
  /** Of a name that was given up then; null once it was erased. */
  readonly former_name: string | null;
  readonly changed_by: string;
}

/** What became of a member, oldest first, from after an entry on; with it, what became of those that were merged into them. */
export async function listMemberChanges(
  sql: Pool,
  ledgerId: number,
  page: { id: string; after: string; limit: number },
): Promise<MemberChangeView[]> {
  const rows = await sql.unsafe(
    `select c.entry::text as entry, c.member_id as member, c.kind, c.effective_on::text as effective_on,
       ${instantColumn('e.recorded_at')} as recorded_at, c.org_unit_id as org_unit, c.second_org_unit_id as second_org_unit, c.state,
       c.reason_code, f.name as former_name, c.changed_by
     from timebank.member_changes c
     join timeledger.entries e on e.ledger_id = $1 and e.number = c.entry
     left join timebank.former_names f on f.ledger_id = $1 and f.member_id = c.member_id and f.replaced_by = c.entry
     where c.ledger_id = $1 and ${isMember('c.member_id')} and c.entry > $3::text::bigint order by c.entry limit $4`,
    [ledgerId, page.id, page.after || '0', page.limit],
    prepared,
  );
  return rows as unknown as MemberChangeView[];
}

export interface KinView {
  readonly member: string;
  readonly relative: string;
  readonly relation: KinRelation;
  readonly state: KinState;
  readonly evidence: string | null;
  readonly claimed_by: string;
  readonly claimed_at: string;
  readonly elder_consent_on: string | null;
  readonly verified_by: string | null;
  readonly verified_at: string | null;
  readonly ended_by: string | null;
  readonly ended_on: string | null;
  readonly end_reason: KinEndReason | null;
  /** Relations of the two that ended before this one was claimed, the first one first. */
  readonly former: FormerKin[];
  readonly entry: string;
}

const kinColumns = `k.member_id as member, k.relative_id as relative, k.relation, k.state, k.evidence, k.claimed_by,
  ${instantColumn('k.claimed_at')} as claimed_at, k.elder_consent_on::text as elder_consent_on, k.verified_by,
  ${instantColumn('k.verified_at')} as verified_at, k.ended_by, k.ended_on::text as ended_on, k.end_reason,
  coalesce(k.former::json, '[]') as former, k.entry::text as entry`;

/** Relations in which a member is the elder or the relative, by the ids of both, from after `member relative` on. */
export async function listKin(
  sql: Pool,
  ledgerId: number,
  page: { id: string; after: string; limit: number },
): Promise<KinView[]> {
  const [member = '', relative = ''] = page.after.split('/');
  const rows = await sql.unsafe(
    `select ${kinColumns} from timebank.kin k
     where k.ledger_id = $1 and (${isMember('k.member_id')} or ${isMember('k.relative_id')})
       and (k.member_id, k.relative_id) > ($3, $4) order by k.member_id, k.relative_id limit $5`,
    [ledgerId, page.id, member, relative, page.limit],
    prepared,
  );
  return rows as unknown as KinView[];
}

/** What is written of the evidence of a relation; null: it was erased. */
export async function evidenceOf(
  sql: Pool,
  ledgerId: number,
  member: string,
  relative: string,
): Promise<string | null> {
  const [row] = await sql.unsafe(
    `select k.evidence from timebank.kin k where k.ledger_id = $1 and k.member_id = $2 and k.relative_id = $3`,
    [ledgerId, member, relative],
    prepared,
  );
  return (row?.['evidence'] ?? null) as string | null;
}
