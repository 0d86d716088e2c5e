/**
 * What is written about a member beside their person's row: the names they had, the evidence of their relations and qualifications, the
 * plan and the visits of the care registry. For whoever erases a person.
 */
import { change, type RowChange } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { newSalt } from '../../lib/salt.js';
import { careSubjectRows } from './care/rows.js';
import { rowsWithoutPlan } from './care/visits.js';
import { hasEvidence, withoutEvidence } from './kin-history.js';
import { idsOf, requireMember } from './members.js';
import { formerNameRows, kinRows } from './rows.js';
import { rowsWithoutEvidence } from './talents/qualifications.js';
import { qualificationRows } from './talents/rows.js';

/**
 * Every row that holds such a text, without it, under all ids of the member, loaded in two rounds. New salts: with the old ones the digests
 * in the log would confirm a guess. Refuses: `member_not_found`.
 */
export function rowsWithoutTexts(stage: Stage, memberId: string): RowChange[] {
  const ids = idsOf(requireMember(stage, memberId));
  stage.prefetch({ lists: ids.flatMap(listsOf) });
  const names = ids.flatMap((id) => stage.rows(formerNameRows, 'member', id));
  return [
    ...ids.flatMap((id) => rowsWithoutEvidence(stage, id)),
    ...rowsWithoutPlan(stage, ids),
    ...names
      .filter(({ name }) => name !== null)
      .map((row) => change(formerNameRows, { ...row, name: null, salt: newSalt() })),
    ...relationsOf(stage, ids)
      .filter(hasEvidence)
      .map((row) => change(kinRows, { ...withoutEvidence(row), salt: newSalt() })),
  ];
}

const listsOf = (id: string) =>
  [
    [formerNameRows, 'member', id],
    [kinRows, 'member', id],
    [kinRows, 'relative', id],
    [qualificationRows, 'member', id],
    [careSubjectRows, 'member', id],
  ] as const;

/** Each once, also one between two ids of the same person. */
function relationsOf(stage: Stage, ids: readonly string[]) {
  const found = ids.flatMap((id) => [...stage.rows(kinRows, 'member', id), ...stage.rows(kinRows, 'relative', id)]);
  return [...new Set(found)];
}
