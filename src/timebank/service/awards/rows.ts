/** How the lane writes the tables of awards: which rows change, and by what they are looked up. */
import { rowTable } from '../../../ledger/rows.js';
import * as tables from './tables.js';

export const awardRoundRows = rowTable(tables.awardRounds, { mutable: true, key: ['round_id'] });
export const awardCandidateRows = rowTable(tables.awardCandidates, {
  mutable: false,
  key: ['round_id', 'number'],
  indexes: { round: ['round_id'] },
});
export const awardObjectionRows = rowTable(tables.awardObjections, {
  mutable: true,
  key: ['objection_id'],
  indexes: {
    state: ['round_id', 'state'],
    raised: ['objector_id', 'round_id'],
    candidate: ['candidate_id'],
    objector: ['objector_id'],
  },
});
export const awardVoteRows = rowTable(tables.awardVotes, {
  mutable: true,
  key: ['round_id', 'party'],
  indexes: { round: ['round_id'] },
});
export const awardRows = rowTable(tables.awards, {
  mutable: false,
  key: ['round_id', 'number'],
  indexes: { member: ['member_id'] },
});
export const awardRevocationRows = rowTable(tables.awardRevocations, {
  mutable: true,
  key: ['round_id', 'number'],
  indexes: { member: ['member_id'] },
});
