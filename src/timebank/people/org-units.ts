/**
 * Organisation units: one county and four levels below it. Each change has its day and stays in the unit's history, from which the tree of
 * any day follows; what is below a unit moves with it.
 */
import { refuseFutureDay } from '../../ledger/dates.js';
import { change, type StagedEntry } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import type { TimebankKind } from '../chart.js';
import { type OrgUnitChangeKind, type OrgUnitLevel, orgUnitLevelsAbove, orgUnitLevelsZh } from '../people-words.js';
import { memberRows, orgUnitChangeRows, orgUnitRows } from './rows.js';
import { stationRows } from './stations/rows.js';
import { teamRows } from './teams/rows.js';

export interface OrgUnitRequest {
  readonly external_id: string;
  readonly parent_external_id: string | null;
  readonly level: OrgUnitLevel;
  readonly name: string;
}

export type OrgUnit = NonNullable<ReturnType<typeof orgUnitRows.decode>>;

/**
 * Refuses: `org_unit_exists`, `county_exists`, `org_unit_not_found` (the parent), `org_unit_closed` (the parent), `org_unit_level_invalid`
 * (not one level below its parent).
 */
export function registerOrgUnit(stage: Stage, request: OrgUnitRequest): StagedEntry {
  const { external_id: id, parent_external_id: parent, level, name } = request;
  if (stage.row(orgUnitRows, id))
    throw new Refusal('org_unit_exists', {
      en: `organisation unit ${id} exists already`,
      zh: `组织单元 ${id} 已存在`,
    });
  const unit = { org_unit_id: id, parent_id: parent, level, name, closed_on: null };
  requirePlace(stage, unit);
  const [county] = level === 'county' ? stage.rows(orgUnitRows, 'level', 'county') : [];
  if (county)
    throw new Refusal('county_exists', {
      en: `${county.org_unit_id} is the county of this ledger: there is one`,
      zh: `本账本的县为 ${county.org_unit_id}，不能再有第二个县`,
    });
  return postChange(stage, 'registered', unit, stage.today);
}

/** Refuses: `org_unit_not_found`, `org_unit_closed`. */
export function requireOpenUnit(stage: Stage, id: string): OrgUnit {
  const unit = stage.row(orgUnitRows, id);
  if (!unit) throw orgUnitNotFound(id);
  if (unit.closed_on !== null)
    throw new Refusal('org_unit_closed', {
      en: `organisation unit ${id} was closed on ${unit.closed_on}`,
      zh: `组织单元 ${id} 已于 ${unit.closed_on} 撤销`,
    });
  return unit;
}

/** Also said of a unit that lies out of reach. */
export function orgUnitNotFound(id: string): Refusal {
  return new Refusal('org_unit_not_found', { en: `there is no organisation unit ${id}`, zh: `没有组织单元 ${id}` });
}

/** A change of a unit; `effectiveOn` is today unless it is given. */
export interface OrgUnitChange {
  readonly id: string;
  readonly effectiveOn?: string | undefined;
}

/** Refuses: `org_unit_not_found`, `org_unit_closed`, `org_unit_unchanged`, and as a date (see `changeUnit`). */
export function renameOrgUnit(stage: Stage, asked: OrgUnitChange & { readonly name: string }): StagedEntry {
  return changeUnit(stage, 'renamed', asked, (unit) => ({ ...unit, name: asked.name }));
}

/**
 * Refuses: `org_unit_not_found` (either), `org_unit_closed` (either), `org_unit_unchanged`, `org_unit_level_invalid` (not one level below the new
 * parent, which a unit below it never is), and as a date (see `changeUnit`).
 */
export function moveOrgUnit(stage: Stage, asked: OrgUnitChange & { readonly parent: string }): StagedEntry {
  return changeUnit(stage, 'moved', asked, (unit) => {
    const moved = { ...unit, parent_id: asked.parent };
    requirePlace(stage, moved);
    return moved;
  });
}

/** How many orders of a unit have not ended: people know no orders, the caller does. */
export type CountOpenOrders = (stage: Stage, unit: string) => number;

/**
 * Refuses: `org_unit_not_found`, `org_unit_closed`, `org_unit_in_use` (by members who take part, here or as their second unit, or by units
 * below, stations, teams or orders that are open), and as a date (see `changeUnit`).
 */
export function closeOrgUnit(stage: Stage, asked: OrgUnitChange, countOrders: CountOpenOrders): StagedEntry {
  return changeUnit(stage, 'closed', asked, (unit, day) => {
    const members = ['unit', 'second'].flatMap((index) => stage.rows(memberRows, index, unit.org_unit_id));
    const taking = members.filter(({ state }) => state === 'active' || state === 'suspended').length;
    const below = stage.rows(orgUnitRows, 'below', unit.org_unit_id).filter((one) => one.closed_on === null).length;
    const stations = stage.rows(stationRows, 'unit', unit.org_unit_id).filter((one) => one.closed_on === null).length;
    const teams = stage.rows(teamRows, 'unit', unit.org_unit_id).filter((one) => one.dissolved_on === null).length;
    const orders = countOrders(stage, unit.org_unit_id);
    if (taking + below + stations + teams + orders > 0)
      throw new Refusal('org_unit_in_use', {
        en: `organisation unit ${unit.org_unit_id} has ${taking} members, and ${below} units below it, ${stations} stations, ${teams} teams and ${orders} orders that are open`,
        zh: `组织单元 ${unit.org_unit_id} 尚有成员 ${taking} 人、未撤销的下级单元 ${below} 个、站点 ${stations} 个、团队 ${teams} 个、未结束的点单 ${orders} 个`,
      });
    return { ...unit, closed_on: day };
  });
}

/** Refuses: `date_in_future`, `date_before_original` (before the last change of the unit), `period_closed`. */
function changeUnit(
  stage: Stage,
  kind: OrgUnitChangeKind,
  { id, effectiveOn = stage.today }: OrgUnitChange,
  next: (unit: OrgUnit, day: string) => OrgUnit,
): StagedEntry {
  const unit = requireOpenUnit(stage, id);
  refuseFutureDay(stage, effectiveOn);
  const last = stage
    .rows(orgUnitChangeRows, 'unit', id)
    .reduce((day, one) => (one.effective_on > day ? one.effective_on : day), '');
  if (effectiveOn < last)
    throw new Refusal('date_before_original', {
      en: `${effectiveOn} lies before ${last}, the day of the last change of ${id}`,
      zh: `${effectiveOn} 早于 ${id} 上次变更的日期 ${last}`,
    });
  const changed = next(unit, effectiveOn);
  if (sameUnit(changed, unit))
    throw new Refusal('org_unit_unchanged', {
      en: `organisation unit ${id} is so already`,
      zh: `组织单元 ${id} 与所求一致，无须变更`,
    });
  return postChange(stage, kind, changed, effectiveOn);
}

function sameUnit(one: OrgUnit, other: OrgUnit): boolean {
  return one.name === other.name && one.parent_id === other.parent_id && one.closed_on === other.closed_on;
}

const entryKinds: Readonly<Record<OrgUnitChangeKind, TimebankKind>> = {
  registered: 'org_unit_registered',
  renamed: 'org_unit_renamed',
  moved: 'org_unit_moved',
  closed: 'org_unit_closed',
};

function postChange(stage: Stage, kind: OrgUnitChangeKind, unit: OrgUnit, effectiveOn: string): StagedEntry {
  const { org_unit_id, parent_id, name } = unit;
  const history = { org_unit_id, kind, effective_on: effectiveOn, parent_id, name, changed_by: stage.actingAs };
  return stage.post({
    kind: entryKinds[kind],
    effectiveOn,
    rows: [change(orgUnitRows, unit), change(orgUnitChangeRows, history)],
  });
}

/** Refuses: `org_unit_not_found` (the parent), `org_unit_closed` (the parent), `org_unit_level_invalid`. */
function requirePlace(stage: Stage, { org_unit_id: id, parent_id: above, level }: OrgUnit): void {
  const wanted = orgUnitLevelsAbove[level];
  const parent = above === null ? null : requireParent(stage, above);
  if (parent ? wanted.includes(parent.level) : wanted.length === 0) return;
  const place =
    wanted.length === 0
      ? { en: 'at the top', zh: '应为最上级' }
      : {
          en: `below a ${wanted.join(' or a ')}`,
          zh: `的上级应为${wanted.map((one) => orgUnitLevelsZh[one]).join('或')}`,
        };
  throw new Refusal('org_unit_level_invalid', {
    en: `a ${level} stands ${place.en}, ${id} does not`,
    zh: `${orgUnitLevelsZh[level]}${place.zh}，${id} 不符合`,
  });
}

function requireParent(stage: Stage, id: string): OrgUnit {
  if (stage.row(orgUnitRows, id)) return requireOpenUnit(stage, id);
  throw new Refusal('org_unit_not_found', {
    en: `there is no organisation unit ${id} to be the parent`,
    zh: `上级组织单元 ${id} 不存在`,
  });
}

/** The ids of every unit above it from the county down, its own last, with slashes between. */
export function pathOf(stage: Stage, id: string): string {
  const above = stage.row(orgUnitRows, id)?.parent_id ?? null;
  return above === null ? id : `${pathOf(stage, above)}/${id}`;
}
