/**
 * What is written about a member beside their person's row: the names they had, the evidence of their relations and qualifications, the
 * plan and the visits of the care registry. For whoever erases a person.
 */
import { change, type RowChange } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { newSalt } from '../../lib/salt.js';
import { rowsWithoutPlan } from './care/visits.js';
import { idsOf, requireMember } from './members.js';
import { formerNameRows, kinRows } from './rows.js';
import { rowsWithoutEvidence } from './talents/qualifications.js';

/**
 * Every row that holds such a text, without it, under all ids of the member. New salts: with the old ones the digests in the log would
 * confirm a guess. Refuses: `member_not_found`.
 */
export function rowsWithoutTexts(stage: Stage, memberId: string): RowChange[] {
  const ids = idsOf(requireMember(stage, memberId));
  const lists = ids.flatMap((id) => [
    [formerNameRows, 'member', id] as const,
    [kinRows, 'member', id] as const,
    [kinRows, 'relative', id] as const,
  ]);
  stage.prefetch({ lists });
  const names = ids.flatMap((id) => stage.rows(formerNameRows, 'member', id));
  const relations = ids.flatMap((id) => [...stage.rows(kinRows, 'member', id), ...stage.rows(kinRows, 'relative', id)]);
  return [
    ...ids.flatMap((id) => [...rowsWithoutEvidence(stage, id), ...rowsWithoutPlan(stage, id)]),
    ...names
      .filter(({ name }) => name !== null)
      .map((row) => change(formerNameRows, { ...row, name: null, salt: newSalt() })),
    ...relations
      .filter(({ evidence }) => evidence !== null)
      .map((row) => change(kinRows, { ...row, evidence: null, salt: newSalt() })),
  ];
}
