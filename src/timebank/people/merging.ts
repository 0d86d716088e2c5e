/**
 * What the registries have of a member who turns out to be another: what bars that the two become one, and what goes over to the one who stays.
 * Consents, relatives and the care registry need no carrying: they are asked under all ids of a person.
 */
import type { RowChange } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import { idsOf, type Member } from './members.js';
import { erasureRows } from './personal-data/rows.js';
import { kinRows, memberRows } from './rows.js';
import { sharedRegistries, talentsCarried } from './talents/carry.js';
import { carryMemberships } from './teams/carry.js';

/**
 * Nothing may count twice for one person, nor wait for an id that has ended.
 * Refuses: `member_merge_blocked` (the erasure of either is asked for; both stand in a registry of talents; both are relatives of
 * the same person).
 */
export function refuseUnmergeable(stage: Stage, loser: Member, winner: Member): void {
  const { member_id: id } = loser;
  const { member_id: into } = winner;
  // What was asked for one would erase what is known of both.
  const asked = [id, into].find((one) => stage.row(erasureRows, one)?.state === 'requested');
  if (asked !== undefined)
    throw new Refusal('member_merge_blocked', {
      en: `the erasure of ${asked} is asked for: withdraw that first, and after the merge ask for the erasure of ${into}`,
      zh: `${asked} 的个人信息删除申请尚待确认，请先撤回，合并后再对 ${into} 提出申请`,
    });
  const [registry] = sharedRegistries(stage, id, into);
  if (registry !== undefined)
    throw new Refusal('member_merge_blocked', {
      en: `${id} and ${into} are both in the registry ${registry}: end the talent of one of them first`,
      zh: `${id} 与 ${into} 均在达人名册 ${registry} 中，请先为其中一个编号办理退出`,
    });
  const relatives = relativesOf(stage, winner);
  const shared = [...relativesOf(stage, loser)].find((one) => relatives.has(one));
  if (shared !== undefined)
    throw new Refusal('member_merge_blocked', {
      en: `${id} and ${into} are both relatives of ${shared}: end one of the relations first`,
      zh: `${id} 与 ${into} 均与 ${shared} 登记有亲属关系，请先终止其中一项`,
    });
}

/** Who is claimed or verified as a relative, either way, as the members that they are now. */
function relativesOf(stage: Stage, member: Member): ReadonlySet<string> {
  const ids = idsOf(member);
  const lists = ids.flatMap((id) => [[kinRows, 'member', id] as const, [kinRows, 'relative', id] as const]);
  stage.prefetch({ lists });
  const open = lists
    .flatMap(([table, index, id]) => stage.rows(table, index, id))
    .filter(({ state }) => state !== 'ended')
    .map(({ member_id, relative_id }) => (ids.includes(member_id) ? relative_id : member_id));
  stage.prefetch({ rows: open.map((id) => [memberRows, id] as const) });
  return new Set(open.map((id) => stage.row(memberRows, id)?.merged_into ?? id));
}

/**
 * Memberships of teams go over by entries of their own; what goes over with the entry of the merge comes back as its rows.
 * Refuses what `Stage.post` refuses.
 */
export function carryRegistries(stage: Stage, from: string, to: string): RowChange[] {
  carryMemberships(stage, from, to);
  return talentsCarried(stage, from, to);
}
