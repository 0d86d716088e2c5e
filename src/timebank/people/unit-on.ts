/** Where a member belonged on a day, by the first of their units: see decision 0039. */
import type { Stage } from '../../ledger/stage.js';
import type { Member } from './members.js';
import { memberChangeRows } from './rows.js';

export function unitOn(stage: Stage, { member_id: id, org_unit_id: now }: Member, day: string): string {
  const changes = stage
    .rows(memberChangeRows, 'member', id)
    .filter(({ kind }) => kind !== 'card_replaced')
    .sort((one, other) => (one.entry ?? 0) - (other.entry ?? 0));
  const last = changes.findLast(({ effective_on }) => effective_on <= day);
  const next = changes.find(({ effective_on }) => effective_on > day);
  return last?.org_unit_id ?? next?.was_org_unit_id ?? now;
}

/** SQL: the same of a row `alias` of members. $1 is the ledger. */
export function unitOnSql(alias: string, day: string): string {
  const changes = `timebank.member_changes c where c.ledger_id = $1 and c.member_id = ${alias}.member_id and c.kind <> 'card_replaced'`;
  return `coalesce(
      (select c.org_unit_id from ${changes} and c.effective_on <= ${day} order by c.entry desc limit 1),
      (select c.was_org_unit_id from ${changes} and c.effective_on > ${day} order by c.entry limit 1),
      ${alias}.org_unit_id)`;
}
