/**
 * Reading organisation units and members, as far as the reader sees. Who may see which of a person's particulars is decided by
 * the interface; here they come whole.
 */
import type { ISql } from 'postgres';
import type { Pool } from '../../db/connect.js';
import type { TalentCategory } from '../community-words.js';
import type { MemberState, OrgUnitChangeKind, OrgUnitLevel } from '../people-words.js';
import type { SealedField } from '../personal-words.js';
import { memberNotFound } from './members.js';
import { orgUnitNotFound } from './org-units.js';
import { type StoredFields, storedColumns, storedSource } from './personal-data/shown-fields.js';
import { memberWithinSql, type Reach, withinSql } from './reach.js';

const prepared = { prepare: true } as const;

export interface OrgUnitView {
  readonly id: string;
  readonly parent: string | null;
  readonly level: OrgUnitLevel;
  readonly name: string;
  readonly path: string;
  readonly closed_on: string | null;
  readonly entry: string;
}

const unitColumns = `u.org_unit_id as id, u.parent_id as parent, u.level, u.name, u.closed_on::text as closed_on, u.entry::text as entry,
  (with recursive up as (
     select u.parent_id as above, u.org_unit_id as path
     union all
     select a.parent_id, a.org_unit_id || '/' || up.path
     from timebank.org_units a join up on a.ledger_id = $1 and a.org_unit_id = up.above)
   select up.path from up where up.above is null) as path`;

/** Organisation units by id, from after an id on. */
export async function listOrgUnits(
  sql: Pool,
  ledgerId: number,
  page: { reach: Reach; after: string; limit: number },
): Promise<OrgUnitView[]> {
  const rows = await sql.unsafe(
    `select ${unitColumns} from timebank.org_units u
     where u.ledger_id = $1 and u.org_unit_id > $2 and ${withinSql('u.org_unit_id', '$3')} order by u.org_unit_id limit $4`,
    [ledgerId, page.after, page.reach, page.limit],
    prepared,
  );
  return rows as unknown as OrgUnitView[];
}

/** Refuses: `org_unit_not_found`, also when it lies out of reach. */
export async function readOrgUnit(sql: ISql, ledgerId: number, id: string, reach: Reach): Promise<OrgUnitView> {
  const [row] = await sql.unsafe(
    `select ${unitColumns} from timebank.org_units u
     where u.ledger_id = $1 and u.org_unit_id = $2 and ${withinSql('u.org_unit_id', '$3')}`,
    [ledgerId, id, reach],
    prepared,
  );
  if (!row) throw orgUnitNotFound(id);
  return row as unknown as OrgUnitView;
}

export interface OrgUnitChangeView {
  readonly entry: string;
  readonly kind: OrgUnitChangeKind;
  readonly effective_on: string;
  readonly name: string;
  readonly parent: string | null;
  readonly changed_by: string;
}

/** What became of a unit, oldest first, from after an entry on. Refuses: `org_unit_not_found`, also when it lies out of reach. */
export async function listOrgUnitChanges(
  sql: Pool,
  ledgerId: number,
  page: { id: string; reach: Reach; after: string; limit: number },
): Promise<OrgUnitChangeView[]> {
  await readOrgUnit(sql, ledgerId, page.id, page.reach);
  const rows = await sql.unsafe(
    `select c.entry::text as entry, c.kind, c.effective_on::text as effective_on, c.name, c.parent_id as parent, c.changed_by
     from timebank.org_unit_changes c
     where c.ledger_id = $1 and c.org_unit_id = $2 and c.entry > $3::text::bigint order by c.entry limit $4`,
    [ledgerId, page.id, page.after || '0', page.limit],
    prepared,
  );
  return rows as unknown as OrgUnitChangeView[];
}

/** What a unit was called once an entry had changed it. */
export async function nameOfOrgUnit(sql: Pool, ledgerId: number, id: string, entry: string): Promise<string> {
  const [row] = await sql.unsafe(
    `select c.name from timebank.org_unit_changes c
     where c.ledger_id = $1 and c.org_unit_id = $2 and c.entry <= $3::text::bigint order by c.entry desc limit 1`,
    [ledgerId, id, entry],
    prepared,
  );
  return row?.['name'] as string;
}

export interface MemberView {
  readonly id: string;
  readonly org_unit: string;
  /** A second unit, which looks after the member as the first does. */
  readonly second_org_unit: string | null;
  readonly state: MemberState;
  /** Who the member is now, if they were merged. */
  readonly merged_into: string | null;
  /** The ids of members that were merged into this one. */
  readonly merged_from: string[];
  readonly talent_category: TalentCategory | null;
  readonly name: string | null;
  readonly gender: 'male' | 'female' | null;
  readonly birth_date: string | null;
  readonly phone: string | null;
  readonly national_id: string | null;
  readonly address: string | null;
  readonly health: string | null;
  readonly hardship: string | null;
  readonly entry: string;
}

/** A member as the rows hold them: what is sealed is not opened here. */
export type StoredMember = Omit<MemberView, SealedField> & StoredFields;

const memberColumns = `m.member_id as id, m.org_unit_id as org_unit, m.second_org_unit_id as second_org_unit, m.state, m.merged_into,
  to_json(coalesce(string_to_array(m.merged_from, ' '), '{}')) as merged_from, p.talent_category, p.name, p.gender,
  p.birth_date::text as birth_date, p.entry::text as entry, ${storedColumns}`;
const memberSource = `timebank.members m
  join timebank.persons p on p.ledger_id = m.ledger_id and p.member_id = m.member_id
  ${storedSource}`;

/** Members by id, from after an id on; `orgUnit` narrows to that unit and what lies below it. */
export async function listMembers(
  sql: Pool,
  ledgerId: number,
  page: { reach: Reach; orgUnit: string | null; after: string; limit: number },
): Promise<StoredMember[]> {
  const rows = await sql.unsafe(
    `select ${memberColumns} from ${memberSource}
     where m.ledger_id = $1 and m.member_id > $2 and ${memberWithinSql('m', '$3')} and ${memberWithinSql('m', '$4')}
     order by m.member_id limit $5`,
    [ledgerId, page.after, page.reach, page.orgUnit, page.limit],
    prepared,
  );
  return rows as unknown as StoredMember[];
}

/**
 * The member of an id; of one that was merged, who they are now. Refuses: `member_not_found`, also when both units of the member lie out of
 * reach.
 */
export async function readMember(sql: Pool, ledgerId: number, id: string, reach: Reach): Promise<StoredMember> {
  const [row] = await sql.unsafe(
    `select ${memberColumns} from ${memberSource}
     where m.ledger_id = $1 and ${memberWithinSql('m', '$3')}
       and m.member_id = (select coalesce(q.merged_into, q.member_id) from timebank.members q
         where q.ledger_id = $1 and q.member_id = $2)`,
    [ledgerId, id, reach],
    prepared,
  );
  if (!row) throw memberNotFound(id);
  return row as unknown as StoredMember;
}
