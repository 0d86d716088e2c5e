/**
 * How far someone sees: the whole organisation tree, or one unit with everything below it. What lies beyond is answered as if
 * it were not there. Knows no role and no token.
 */
import type { Stage } from '../../ledger/stage.js';
import { type Member, memberNotFound, requireMember } from './members.js';
import { orgUnitNotFound } from './org-units.js';
import { memberRows, orgUnitRows } from './rows.js';

/** Null: the whole tree. A unit's id: that unit and all below it. The empty text is no unit's id: nothing at all. */
export type Reach = string | null;

/**
 * SQL for "the unit in `column` lies within the reach in `parameter`", of a query whose first parameter is the ledger. What lies below is
 * looked up once for a query.
 */
export function withinSql(column: string, parameter: string): string {
  return `(${parameter}::text is null or ${column} in (
    with recursive below as (
      select w.org_unit_id from timebank.org_units w where w.ledger_id = $1 and w.org_unit_id = ${parameter}::text
      union all
      select w.org_unit_id from timebank.org_units w join below b on w.ledger_id = $1 and w.parent_id = b.org_unit_id)
    select b.org_unit_id from below b))`;
}

/** The same for a member in the table `alias`: either of their two units lies within. */
export function memberWithinSql(alias: string, parameter: string): string {
  return `(${withinSql(`${alias}.org_unit_id`, parameter)} or ${withinSql(`${alias}.second_org_unit_id`, parameter)})`;
}

/** Refuses: `org_unit_not_found`, also when it lies out of reach. */
export function requireUnitWithin(stage: Stage, reach: Reach, unitId: string): void {
  if (isUnitWithin(stage, reach, unitId)) return;
  throw orgUnitNotFound(unitId);
}

/** Refuses: `member_not_found`, also when both of the member's units lie out of reach. */
export function requireMemberWithin(stage: Stage, reach: Reach, memberId: string): Member {
  const member = requireMember(stage, memberId);
  if (isMemberWithin(stage, reach, member)) return member;
  throw memberNotFound(memberId);
}

/** Whether either of a member's units lies within the reach. */
export function isMemberWithin(stage: Stage, reach: Reach, { org_unit_id: unit, second_org_unit_id: second }: Member) {
  return isUnitWithin(stage, reach, unit) || (second !== null && isUnitWithin(stage, reach, second));
}

/**
 * Has both units of members, who are loaded, loaded with all that are above them, a level a round, however many they are: for those who ask of
 * many whether they lie within. Who is no member is left out.
 */
export function prefetchUnitsOf(stage: Stage, memberIds: readonly string[]): void {
  const members = memberIds.flatMap((id) => stage.row(memberRows, id) ?? []);
  const units = members.flatMap(({ org_unit_id: unit, second_org_unit_id: second }) => [
    unit,
    ...(second ? [second] : []),
  ]);
  prefetchUnits(stage, [...new Set(units)]);
}

/** Whether a unit exists and lies within the reach. */
export function isUnitWithin(stage: Stage, reach: Reach, unitId: string): boolean {
  const unit = stage.row(orgUnitRows, unitId);
  if (unit === null || reach === null || unitId === reach) return unit !== null;
  return unit.parent_id !== null && isUnitWithin(stage, reach, unit.parent_id);
}

/** A unit and all above it, from the lowest up. */
export function unitsFrom(stage: Stage, unitId: string): string[] {
  const parent = stage.row(orgUnitRows, unitId)?.parent_id ?? null;
  return parent === null ? [unitId] : [unitId, ...unitsFrom(stage, parent)];
}

function prefetchUnits(stage: Stage, unitIds: readonly string[]): void {
  if (unitIds.length === 0) return;
  stage.prefetch({ rows: unitIds.map((id) => [orgUnitRows, id] as const) });
  const above = unitIds.flatMap((id) => stage.row(orgUnitRows, id)?.parent_id ?? []);
  prefetchUnits(stage, [...new Set(above)]);
}
