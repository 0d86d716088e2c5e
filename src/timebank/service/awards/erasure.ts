/** Erasing what was written about people in objections and revocations of awards. What was awarded stays: it is part of the legal record, and names nobody. */
import { change, type RowChange } from '../../../ledger/drafts.js';
import { type ErasureReason, postErasure, textAbsent } from '../../../ledger/erasure.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { newSalt } from '../../../lib/salt.js';
import { type AwardObjection, requireObjection } from './objections.js';
import { type OfRound, requireRound } from './round.js';
import { awardObjectionRows, awardRevocationRows } from './rows.js';

/** What leads to all that was written of awards about a member. */
export const awardListsOf = (id: string) =>
  [
    [awardObjectionRows, 'candidate', id],
    [awardObjectionRows, 'objector', id],
    [awardRevocationRows, 'member', id],
  ] as const;

/** Every objection of somebody or against them, and every revocation of their awards, without its words, under all of these ids. */
export function rowsWithoutAwardTexts(stage: Stage, ids: readonly string[]): RowChange[] {
  stage.prefetch({ lists: ids.flatMap(awardListsOf) });
  const objections = ids.flatMap((id) => [
    ...stage.rows(awardObjectionRows, 'candidate', id),
    ...stage.rows(awardObjectionRows, 'objector', id),
  ]);
  const revocations = ids.flatMap((id) => stage.rows(awardRevocationRows, 'member', id));
  return [
    ...[...new Set(objections)].filter(hasWords).map((row) => change(awardObjectionRows, withoutWords(row))),
    ...revocations
      .filter(({ document }) => document !== null)
      .map((row) => change(awardRevocationRows, { ...row, document: null, salt: newSalt() })),
  ];
}

/**
 * What an objection says, once it is answered, which may be about a third person.
 * Refuses: `award_round_not_found`, `award_objection_not_found`, `award_objections_open` (it is not answered yet), `text_absent`.
 */
export function eraseObjectionText(
  stage: Stage,
  { objection: id, reason, ...asked }: OfRound & { readonly objection: string; readonly reason: ErasureReason },
): AwardObjection {
  const round = requireRound(stage, asked);
  const row = requireObjection(stage, asked.id, id);
  if (row.state === 'open' && round.state === 'noticed')
    throw new Refusal('award_objections_open', {
      en: `objection ${id} is still to be answered by its text`,
      zh: `编号为 ${id} 的异议尚待答复，答复须以其文字为依据`,
    });
  if (!hasWords(row)) throw textAbsent({ en: `objection ${id}`, zh: `编号为 ${id} 的异议` });
  const erased = withoutWords(row);
  const { number } = postErasure(stage, reason, { rows: [change(awardObjectionRows, erased)] });
  return { ...erased, entry: number };
}

const hasWords = ({ words, answer }: AwardObjection) => words !== null || answer !== null;

/** With the old salt a guess of the words could be confirmed by the digest that is in the log. */
function withoutWords(row: AwardObjection): AwardObjection {
  return { ...row, words: null, answer: null, salt: newSalt() };
}
