/** Taking an award back: one person proposes it with the number of a document, another approves. The award stays on record, and the revocation beside it. */
import { change } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { newSalt } from '../../../lib/salt.js';
import type { TimebankKind } from '../../chart.js';
import { allIdsOf } from '../../people/members.js';
import { isErased } from '../../people/personal-data/not-erased.js';
import { type Beside, isFirstPerson, isOneOf, keptAlias } from '../../people/second-person.js';
import { type OfRound, requireRound } from './round.js';
import { awardRevocationRows, awardRows } from './rows.js';

export type Award = ReturnType<typeof awardRows.decode>;
export type AwardRevocation = ReturnType<typeof awardRevocationRows.decode>;

export interface OfAward extends OfRound, Beside {
  /** Of the candidate. */
  readonly number: number;
}

/**
 * Refuses, in order: `award_round_not_found` (also out of reach), `award_not_found`, `award_revoked`, `award_revocation_open`, `self_approval` (whose it is).
 */
export function proposeRevocation(stage: Stage, asked: OfAward & { readonly document: string }): AwardRevocation {
  const award = requireAward(stage, asked);
  const { round_id: id, number, member_id: member } = award;
  const known = stage.row(awardRevocationRows, id, String(number));
  if (known?.state === 'revoked')
    throw new Refusal('award_revoked', {
      en: `the award of candidate ${number} is revoked already`,
      zh: `第 ${number} 号候选人的荣誉已撤销`,
    });
  if (known?.state === 'proposed')
    throw new Refusal('award_revocation_open', {
      en: `the revocation of the award of candidate ${number} waits for a second person`,
      zh: `第 ${number} 号候选人的荣誉已提出撤销，待另一人审批`,
    });
  refuseHolder(stage, member, asked);
  return journal(stage, 'award_revocation_proposed', {
    round_id: id,
    number,
    member_id: member,
    state: 'proposed',
    // Nothing is written any more about who is erased.
    document: isErased(stage, allIdsOf(stage, member)[0] ?? member) ? null : asked.document,
    salt: newSalt(),
    proposed_by: stage.actingAs,
    proposed_alias: keptAlias(asked, nameOf(award)),
    proposed_at: stage.instant,
    ...{ decided_by: null, decided_at: null, revoked_entry: null },
  });
}

/**
 * Refuses, in order: `award_round_not_found` (also out of reach), `award_not_found`, `award_revocation_not_found`, `self_approval` (whose it is, or who
 * proposed it).
 */
export function approveRevocation(stage: Stage, asked: OfAward): AwardRevocation {
  const award = requireAward(stage, asked);
  const open = requireOpen(stage, award);
  refuseHolder(stage, award.member_id, asked);
  const first = { actor: open.proposed_by, alias: open.proposed_alias };
  if (isFirstPerson(stage, nameOf(award), first, { ...asked, actor: stage.actingAs }))
    throw new Refusal('self_approval', {
      en: 'who proposed the revocation does not approve it, too',
      zh: '提出撤销的人不得自行审批',
    });
  const number = stage.watermark + 1;
  return journal(stage, 'award_revoked', { ...open, ...decided(stage), state: 'revoked', revoked_entry: number });
}

/** The award stands, whoever proposed it. Refuses: as `approveRevocation`, `self_approval` only of whose it is. */
export function withdrawRevocation(stage: Stage, asked: OfAward): AwardRevocation {
  const award = requireAward(stage, asked);
  const open = requireOpen(stage, award);
  refuseHolder(stage, award.member_id, asked);
  return journal(stage, 'award_revocation_withdrawn', { ...open, ...decided(stage), state: 'withdrawn' });
}

const decided = (stage: Stage) => ({
  proposed_alias: null,
  decided_by: stage.actingAs,
  decided_at: stage.instant,
});

/** Refuses: `award_round_not_found`, `award_not_found`. */
function requireAward(stage: Stage, asked: OfAward): Award {
  const { round_id: id } = requireRound(stage, asked);
  const award = stage.row(awardRows, id, String(asked.number));
  if (award) return award;
  throw new Refusal('award_not_found', {
    en: `nothing was awarded to candidate ${asked.number}`,
    zh: `第 ${asked.number} 号候选人未当选`,
  });
}

/** Refuses: `award_revocation_not_found`. */
function requireOpen(stage: Stage, { round_id: id, number }: Award): AwardRevocation {
  const row = stage.row(awardRevocationRows, id, String(number));
  if (row?.state === 'proposed') return row;
  throw new Refusal('award_revocation_not_found', {
    en: `nobody has proposed to revoke the award of candidate ${number}, or not any more`,
    zh: `没有待审批的第 ${number} 号候选人荣誉撤销`,
  });
}

/** Refuses: `self_approval`. */
function refuseHolder(stage: Stage, member: string, { alias }: OfAward): void {
  if (!isOneOf(stage, allIdsOf(stage, member), stage.actingAs, alias)) return;
  throw new Refusal('self_approval', {
    en: 'nobody decides about an award of their own',
    zh: '任何人不得办理本人荣誉的撤销',
  });
}

/** How what is sealed for the row of a revocation names it. */
const nameOf = ({ round_id: id, number }: Award) => `award_revocations/${id}/${number}`;

function journal(stage: Stage, kind: TimebankKind, row: Omit<AwardRevocation, 'entry'>): AwardRevocation {
  const { number } = stage.post({ kind, reference: row.round_id, rows: [change(awardRevocationRows, row)] });
  return { ...row, entry: number };
}
