/** A round of an award, for `populate`: noticed, objected to, decided by three, and one award that is to be revoked. */
import { lastEntry } from '../../src/ledger/reads/accounts.js';
import { newId } from '../../src/lib/ids.js';
import { awardParties } from '../../src/timebank/award-words.js';
import { type AwardCriteria, shippedCriteria } from '../../src/timebank/service/awards/criteria.js';
import { answerObjection, raiseObjection } from '../../src/timebank/service/awards/objections.js';
import { proposeRevocation } from '../../src/timebank/service/awards/revocation.js';
import { giveNotice, openRound } from '../../src/timebank/service/awards/round.js';
import { takeSnapshot } from '../../src/timebank/service/awards/snapshot.js';
import { castVote } from '../../src/timebank/service/awards/votes.js';
import { type Books, run } from './books.js';
import { must } from './story.js';

/** The notice takes a week, so the parties vote by a later clock. */
export async function award(books: Books): Promise<void> {
  const { lane, owner } = books;
  const criteria = { ...shippedCriteria[0], minimum_hours: '0.00', minimum_records: 0 } as AwardCriteria;
  const atEntry = await lastEntry(owner, lane.facts.id);
  const asked = { criteria, unit: 'XC', from: null, to: '2026-10-31', atEntry };
  const snapshot = await takeSnapshot(owner, lane.facts.id, asked);
  const of = { id: newId(), reach: null };
  await must(lane, (stage) => openRound(stage, { ...of, asked, snapshot }));
  await must(lane, (stage) => giveNotice(stage, { ...of, from: '2026-11-02', until: '2026-11-06' }));
  const objecting = { ...of, objectionId: newId(), candidate: 1, objector: 'M2', own: false, words: '时长有误' };
  await must(lane, (stage) => raiseObjection(stage, objecting));
  const answering = { ...of, objection: objecting.objectionId, outcome: 'dismissed', words: '核对无误' } as const;
  await run(lane, (stage) => answerObjection(stage, answering), { actor: 'operator:second' });
  const later = await books.openLane({ clock: () => Date.parse('2026-11-09T09:00:00+08:00') });
  for (const party of awardParties)
    await run(later, (stage) => castVote(stage, { ...of, party, approve: true }), { actor: `coordinator:${party}` });
  const revoking = { ...of, number: 1, document: '2026-评-17号' };
  await must(later, (stage) => proposeRevocation(stage, revoking));
}
