/** Who joins a team and who leaves it, from a day and to a day. A day may lie in the past, for a list that was kept on paper. */
import { refuseFutureDay } from '../../../ledger/dates.js';
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { idsOf, requireActive } from '../members.js';
import { memberRows } from '../rows.js';
import { teamMemberRows } from './rows.js';
import { postTeam, requireOpenTeam } from './teams.js';

/** Whom, into or out of which team, from or to which day: today unless it is given. */
interface Membership {
  readonly team: string;
  readonly member: string;
  readonly day?: string | undefined;
}

/** Refuses: `team_not_found`, `team_dissolved`, what `requireActive` does, `date_in_future`, `team_member_exists` (on that day). */
export function joinTeam(stage: Stage, { team, member, day = stage.today }: Membership): StagedEntry {
  const joined = requireOpenTeam(stage, team);
  requireActive(stage, member);
  refuseFutureDay(stage, day);
  const before = stage.rows(teamMemberRows, 'one', team, member);
  if (before.some((one) => one.left_on === null || one.left_on >= day))
    throw new Refusal('team_member_exists', {
      en: `${member} is in team ${team} on ${day} already`,
      zh: `${member} 在 ${day} 已是团队 ${team} 的成员`,
    });
  const row = { team_id: team, member_id: member, joined_on: day, left_on: null };
  return postTeam(stage, 'member_joined', joined, member, { rows: [change(teamMemberRows, row)], day });
}

/**
 * The day is the last on which the member is in the team. Refuses: `team_not_found`, `team_dissolved`, `team_member_not_found`,
 * `team_leader_required`, `date_in_future`, `date_before_original` (before the member joined).
 */
export function leaveTeam(stage: Stage, { team, member, day = stage.today }: Membership): StagedEntry {
  const left = requireOpenTeam(stage, team);
  const row = stage.rows(teamMemberRows, 'one', team, member).find((one) => one.left_on === null);
  if (!row)
    throw new Refusal('team_member_not_found', {
      en: `${member} is not in team ${team}`,
      zh: `${member} 不在团队 ${team} 中`,
    });
  if (left.leader_id === member)
    throw new Refusal('team_leader_required', {
      en: `${member} leads team ${team}: name another leader first`,
      zh: `${member} 是团队 ${team} 的负责人：请先指定新的负责人`,
    });
  refuseFutureDay(stage, day);
  if (day < row.joined_on)
    throw new Refusal('date_before_original', {
      en: `${day} lies before ${row.joined_on}, the day on which ${member} joined`,
      zh: `${day} 早于 ${member} 加入的日期 ${row.joined_on}`,
    });
  return postTeam(stage, 'member_left', left, member, {
    rows: [change(teamMemberRows, { ...row, left_on: day })],
    day,
  });
}

/** Has what `requireInTeam` reads of these members loaded in two rounds, however many they are. */
export function prefetchMemberships(stage: Stage, team: string, members: readonly string[]): void {
  stage.prefetch({ rows: members.map((id) => [memberRows, id] as const) });
  const ids = members.flatMap((id) => knownIds(stage, id));
  stage.prefetch({ lists: ids.map((id) => [teamMemberRows, 'one', team, id] as const) });
}

/** Refuses: `team_member_not_found` (not in the team on that day, today unless it is given, under any of their ids). */
export function requireInTeam(stage: Stage, { team, member, day = stage.today }: Membership): void {
  const isIn = knownIds(stage, member)
    .flatMap((id) => stage.rows(teamMemberRows, 'one', team, id))
    .some(({ joined_on: from, left_on: to }) => from <= day && (to === null || to >= day));
  if (isIn) return;
  throw new Refusal('team_member_not_found', {
    en: `${member} is not in team ${team} on ${day}`,
    zh: `${member} 在 ${day} 不在团队 ${team} 中`,
  });
}

/** The ids of a member; of nobody, the id that was asked for. */
function knownIds(stage: Stage, id: string): string[] {
  const member = stage.row(memberRows, id);
  return member ? idsOf(member) : [id];
}
