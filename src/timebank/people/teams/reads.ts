/** Reading teams, who is in them and what became of them, as far as the reader sees. */
import type { Pool } from '../../../db/connect.js';
import type { TeamChangeKind } from '../../community-words.js';
import { idsOfPerson } from '../member-reads.js';
import { type Reach, withinSql } from '../reach.js';
import { teamNotFound } from './teams.js';

const prepared = { prepare: true } as const;

export interface TeamView {
  readonly id: string;
  readonly org_unit: string;
  readonly name: string;
  readonly leader: string;
  readonly labels: string[];
  /** How many are in it now. */
  readonly members: number;
  readonly registered_on: string;
  readonly dissolved_on: string | null;
  readonly entry: string;
}

const columns = `t.team_id as id, t.org_unit_id as org_unit, t.name, t.leader_id as leader, t.labels::json as labels,
  (select count(*)::int from timebank.team_members m where m.ledger_id = $1 and m.team_id = t.team_id and m.left_on is null and t.dissolved_on is null) as members,
  t.registered_on::text as registered_on, t.dissolved_on::text as dissolved_on, t.entry::text as entry`;

export interface TeamFilters {
  readonly reach: Reach;
  readonly orgUnit: string | null;
  readonly label: string | null;
  /** Only teams that this member is in now. */
  readonly member: string | null;
}

/** Teams by id, from after an id on; `orgUnit` narrows to that unit and what lies below it. */
export async function listTeams(
  sql: Pool,
  ledgerId: number,
  page: TeamFilters & { after: string; limit: number },
): Promise<TeamView[]> {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.teams t
     where t.ledger_id = $1 and t.team_id > $2 and ${withinSql('t.org_unit_id', '$3')} and ${withinSql('t.org_unit_id', '$4')}
       and ($5::text is null or jsonb_exists(t.labels::jsonb, $5::text))
       and ($6::text is null or exists (select from timebank.team_members m
         where m.ledger_id = $1 and m.team_id = t.team_id and m.member_id = any(${idsOfPerson('$6::text')}) and m.left_on is null and t.dissolved_on is null))
     order by t.team_id limit $7`,
    [ledgerId, page.after, page.reach, page.orgUnit, page.label, page.member, page.limit],
    prepared,
  );
  return rows as unknown as TeamView[];
}

/** Refuses: `team_not_found`, also when its unit lies out of reach. */
export async function readTeam(sql: Pool, ledgerId: number, id: string, reach: Reach): Promise<TeamView> {
  const [row] = await sql.unsafe(
    `select ${columns} from timebank.teams t
     where t.ledger_id = $1 and t.team_id = $2 and ${withinSql('t.org_unit_id', '$3')}`,
    [ledgerId, id, reach],
    prepared,
  );
  if (!row) throw teamNotFound(id);
  return row as unknown as TeamView;
}

export interface TeamMemberView {
  readonly member: string;
  readonly from: string;
  readonly to: string | null;
  readonly entry: string;
}

/** Of one team. */
interface TeamPage {
  readonly id: string;
  readonly reach: Reach;
  readonly after: string;
  readonly limit: number;
}

/**
 * Who was in a team on a day, or ever when none is given, by member and day, from after `M1/2026-10-01` on. Refuses: `team_not_found`, also
 * when it lies out of reach.
 */
export async function listTeamMembers(
  sql: Pool,
  ledgerId: number,
  page: TeamPage & { readonly on: string | null },
): Promise<TeamMemberView[]> {
  await readTeam(sql, ledgerId, page.id, page.reach);
  const [member = '', from = ''] = page.after.split('/');
  const rows = await sql.unsafe(
    `select m.member_id as member, m.joined_on::text as "from", coalesce(m.left_on, t.dissolved_on)::text as "to", m.entry::text as entry
     from timebank.team_members m join timebank.teams t on t.ledger_id = m.ledger_id and t.team_id = m.team_id
     where m.ledger_id = $1 and m.team_id = $2 and (m.member_id, m.joined_on::text) > ($3::text, $4::text)
       and ($5::text is null
         or (m.joined_on <= $5::text::date and coalesce(m.left_on, t.dissolved_on, $5::text::date) >= $5::text::date))
     order by m.member_id, m.joined_on::text limit $6`,
    [ledgerId, page.id, member, from, page.on, page.limit],
    prepared,
  );
  return rows as unknown as TeamMemberView[];
}

export interface TeamChangeView {
  readonly change: TeamChangeKind;
  readonly member: string | null;
  readonly effective_on: string;
  readonly changed_by: string;
  readonly entry: string;
}

/** What became of a team, oldest first, from after an entry on. Refuses: `team_not_found`, also when it lies out of reach. */
export async function listTeamChanges(sql: Pool, ledgerId: number, page: TeamPage): Promise<TeamChangeView[]> {
  await readTeam(sql, ledgerId, page.id, page.reach);
  const rows = await sql.unsafe(
    `select c.change, c.member_id as member, c.effective_on::text as effective_on, c.changed_by, c.entry::text as entry
     from timebank.team_changes c
     where c.ledger_id = $1 and c.team_id = $2 and c.entry > $3::text::bigint order by c.entry limit $4`,
    [ledgerId, page.id, page.after || '0', page.limit],
    prepared,
  );
  return rows as unknown as TeamChangeView[];
}
