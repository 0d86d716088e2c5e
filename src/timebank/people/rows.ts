/** How the lane writes the tables of people: which rows change, and by what they are looked up. */
import { rowTable } from '../../ledger/rows.js';
import * as tables from './tables.js';

export const orgUnitRows = rowTable(tables.orgUnits, {
  mutable: true,
  key: ['org_unit_id'],
  indexes: { level: ['level'], below: ['parent_id'] },
});
export const orgUnitChangeRows = rowTable(tables.orgUnitChanges, {
  mutable: false,
  key: ['org_unit_id', 'entry'],
  indexes: { unit: ['org_unit_id'] },
});
export const memberRows = rowTable(tables.members, {
  mutable: true,
  key: ['member_id'],
  indexes: { unit: ['org_unit_id'], second: ['second_org_unit_id'] },
});
export const memberChangeRows = rowTable(tables.memberChanges, {
  mutable: false,
  key: ['member_id', 'entry'],
  indexes: { member: ['member_id'] },
});
export const formerNameRows = rowTable(tables.formerNames, {
  mutable: true,
  key: ['member_id', 'replaced_by'],
  indexes: { member: ['member_id'] },
});
export const kinRows = rowTable(tables.kin, {
  mutable: true,
  key: ['member_id', 'relative_id'],
  indexes: { member: ['member_id'], relative: ['relative_id'] },
});
export const beneficiaryRows = rowTable(tables.beneficiaries, {
  mutable: false,
  key: ['member_id', 'entry'],
  indexes: { member: ['member_id'] },
});
export const personRows = rowTable(tables.persons, { mutable: true, key: ['member_id'] });
