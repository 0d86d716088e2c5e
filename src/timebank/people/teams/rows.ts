/** How the lane writes the tables of teams: which rows change, and by what they are looked up. */
import { rowTable } from '../../../ledger/rows.js';
import * as tables from './tables.js';

export const teamRows = rowTable(tables.teams, { mutable: true, key: ['team_id'], indexes: { unit: ['org_unit_id'] } });
export const teamMemberRows = rowTable(tables.teamMembers, {
  mutable: true,
  key: ['team_id', 'member_id', 'joined_on'],
  indexes: { one: ['team_id', 'member_id'], member: ['member_id'] },
});
export const teamChangeRows = rowTable(tables.teamChanges, { mutable: false, key: ['team_id', 'entry'] });
