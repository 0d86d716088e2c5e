/** Organisation units: a county and exactly four levels below it. */
import { change, type StagedEntry } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import type { TimebankKind } from '../chart.js';
import { type OrgUnitLevel, orgUnitLevels, orgUnitLevelsZh } from '../words.js';
import { orgUnitRows } from './rows.js';

export interface OrgUnitRequest {
  readonly external_id: string;
  readonly parent_external_id: string | null;
  readonly level: OrgUnitLevel;
  readonly name: string;
}

/** Refuses: `org_unit_exists`, `org_unit_not_found` (the parent), `org_unit_level_invalid` (not one below its parent). */
export function registerOrgUnit(stage: Stage, unit: OrgUnitRequest): StagedEntry {
  const known = stage.row(orgUnitRows, unit.external_id);
  if (known)
    throw new Refusal('org_unit_exists', {
      en: `organisation unit ${unit.external_id} exists already`,
      zh: `组织单元 ${unit.external_id} 已存在`,
    });
  const parent = unit.parent_external_id === null ? null : stage.row(orgUnitRows, unit.parent_external_id);
  if (unit.parent_external_id !== null && !parent) {
    throw new Refusal('org_unit_not_found', {
      en: `there is no organisation unit ${unit.parent_external_id} to be the parent`,
      zh: `上级组织单元 ${unit.parent_external_id} 不存在`,
    });
  }
  const above = orgUnitLevels[orgUnitLevels.indexOf(unit.level) - 1];
  if (parent?.level !== above) {
    const wanted = above
      ? { en: `below a ${above}`, zh: `的上级应为${orgUnitLevelsZh[above]}` }
      : { en: 'at the top', zh: '应为最上级' };
    throw new Refusal('org_unit_level_invalid', {
      en: `a ${unit.level} stands ${wanted.en}, ${unit.external_id} does not`,
      zh: `${orgUnitLevelsZh[unit.level]}${wanted.zh}，${unit.external_id} 不符合`,
    });
  }
  const row = {
    org_unit_id: unit.external_id,
    parent_id: unit.parent_external_id,
    level: unit.level,
    name: unit.name,
  };
  return stage.post({ kind: 'org_unit_registered' satisfies TimebankKind, rows: [change(orgUnitRows, row)] });
}

/** The ids of every unit above it from the county down, its own last, with slashes between. */
export function pathOf(stage: Stage, id: string): string {
  const above = stage.row(orgUnitRows, id)?.parent_id ?? null;
  return above === null ? id : `${pathOf(stage, above)}/${id}`;
}
