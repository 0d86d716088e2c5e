/** Memberships of somebody who turns out to be somebody else as well: ended for the one, begun for the other, and led on where they led. */
import { change } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { joinTeam, leaveTeam } from './membership.js';
import { teamMemberRows, teamRows } from './rows.js';
import { changeLeader, postTeam } from './teams.js';

/**
 * For every team that `from` is in today, by entries as if they had asked: `to` joins, unless they are in it themselves, leads it if the
 * other did, and the other leaves. Refuses what `Stage.post` refuses.
 */
export function carryMemberships(stage: Stage, from: string, to: string): void {
  const current = stage.rows(teamMemberRows, 'member', from).filter(({ left_on }) => left_on === null);
  stage.prefetch({
    rows: current.map(({ team_id: id }) => [teamRows, id] as const),
    lists: current.flatMap(({ team_id: id }) => [from, to].map((one) => [teamMemberRows, 'one', id, one] as const)),
  });
  for (const { team_id: id } of current) {
    const team = stage.row(teamRows, id);
    if (!team || team.dissolved_on !== null) continue;
    joinAgain(stage, id, to);
    if (team.leader_id === from) changeLeader(stage, id, to);
    leaveTeam(stage, { team: id, member: from });
  }
}

/** Who left today goes on as if they had not; who never left stays. */
function joinAgain(stage: Stage, team: string, member: string): void {
  const own = stage
    .rows(teamMemberRows, 'one', team, member)
    .find(({ left_on }) => (left_on ?? stage.today) >= stage.today);
  if (!own) joinTeam(stage, { team, member });
  else if (own.left_on !== null)
    postTeam(stage, 'member_joined', own, member, { rows: [change(teamMemberRows, { ...own, left_on: null })] });
}
