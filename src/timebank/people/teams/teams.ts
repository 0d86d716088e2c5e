/**
 * Teams (志愿团队): a leader and members, each from a day to a day. Hours go to the members who attended; what a team has in common is its
 * pool of coins, which takes donations and gives them on. Each change stays in the team's history.
 */
import { change, type RowChange, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import type { TeamChangeKind } from '../../community-words.js';
import { requireActive } from '../members.js';
import { requireOpenUnit } from '../org-units.js';
import { isUnitWithin, type Reach } from '../reach.js';
import { teamChangeRows, teamMemberRows, teamRows } from './rows.js';

export interface TeamRequest {
  readonly id: string;
  readonly org_unit: string;
  readonly name: string;
  readonly leader: string;
  /** The programmes it belongs to, such as 银耀天姥. */
  readonly labels: readonly string[];
}

export type Team = NonNullable<ReturnType<typeof teamRows.decode>>;

/** Its leader is its first member, from today on. Refuses: `team_exists`, `org_unit_not_found`, `org_unit_closed`, what `requireActive` does. */
export function registerTeam(stage: Stage, { id, org_unit, name, leader, labels }: TeamRequest): StagedEntry {
  if (stage.row(teamRows, id))
    throw new Refusal('team_exists', { en: `team ${id} exists already`, zh: `团队 ${id} 已存在` });
  requireOpenUnit(stage, org_unit);
  requireActive(stage, leader);
  const team = {
    team_id: id,
    org_unit_id: org_unit,
    name,
    leader_id: leader,
    labels: JSON.stringify([...new Set(labels)]),
    registered_on: stage.today,
    dissolved_on: null,
  };
  const first = { team_id: id, member_id: leader, joined_on: stage.today, left_on: null };
  return postTeam(stage, 'registered', team, leader, { rows: [change(teamRows, team), change(teamMemberRows, first)] });
}

/** Refuses: `team_not_found`, `team_dissolved`, `team_member_not_found` (not in the team now), what `requireActive` does. */
export function changeLeader(stage: Stage, id: string, member: string): StagedEntry {
  const team = requireOpenTeam(stage, id);
  const inTeam = stage.rows(teamMemberRows, 'one', id, member).some((one) => one.left_on === null);
  if (!inTeam)
    throw new Refusal('team_member_not_found', {
      en: `${member} is not in team ${id}`,
      zh: `${member} 不在团队 ${id} 中`,
    });
  requireActive(stage, member);
  const led = { ...team, leader_id: member };
  return postTeam(stage, 'leader_changed', led, member, { rows: [change(teamRows, led)] });
}

/**
 * Dissolves a team today, which is the last day of whoever is in it: their rows stay as they are, for a leaf does not hold any number of
 * them. Coins that its pool still has can be given on. Refuses: `team_not_found`, `team_dissolved`.
 */
export function dissolveTeam(stage: Stage, id: string): StagedEntry {
  const team = { ...requireOpenTeam(stage, id), dissolved_on: stage.today };
  return postTeam(stage, 'dissolved', team, null, { rows: [change(teamRows, team)] });
}

/** Refuses: `team_not_found`, `team_dissolved`. */
export function requireOpenTeam(stage: Stage, id: string): Team {
  const team = stage.row(teamRows, id);
  if (!team) throw teamNotFound(id);
  if (team.dissolved_on !== null)
    throw new Refusal('team_dissolved', {
      en: `team ${id} was dissolved on ${team.dissolved_on}`,
      zh: `团队 ${id} 已于 ${team.dissolved_on} 解散`,
    });
  return team;
}

/** Refuses: `team_not_found`, also when its unit lies out of reach. */
export function requireTeamWithin(stage: Stage, reach: Reach, id: string): void {
  const team = stage.row(teamRows, id);
  if (!team || !isUnitWithin(stage, reach, team.org_unit_id)) throw teamNotFound(id);
}

export function teamNotFound(id: string): Refusal {
  return new Refusal('team_not_found', { en: `there is no team ${id}`, zh: `没有团队 ${id}` });
}

const entryKinds: Readonly<Record<TeamChangeKind, TimebankKind>> = {
  registered: 'team_registered',
  member_joined: 'team_member_joined',
  member_left: 'team_member_left',
  leader_changed: 'team_leader_changed',
  dissolved: 'team_dissolved',
};

/** Posts what became of a team, with whom it is about, from a day on: today unless it is given. */
export function postTeam(
  stage: Stage,
  kind: TeamChangeKind,
  { team_id }: Pick<Team, 'team_id'>,
  member: string | null,
  { rows, day = stage.today }: { readonly rows: readonly RowChange[]; readonly day?: string },
): StagedEntry {
  const history = { team_id, change: kind, member_id: member, effective_on: day, changed_by: stage.actingAs };
  return stage.post({ kind: entryKinds[kind], rows: [...rows, change(teamChangeRows, history)] });
}
