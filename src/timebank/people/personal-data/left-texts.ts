/**
 * Words that are left about people who are erased, because they were written afterwards or because there are too many for the entry of the
 * erasure: each is erased by a command of its own, with the reason that the erasure gives. Does not know where words stand.
 */

import type { RowChange } from '../../../ledger/drafts.js';
import { type ErasureReason, postErasure } from '../../../ledger/erasure.js';
import type { Lane } from '../../../ledger/lane.js';
import { tidyInLane } from '../../../ledger/run-in-lane.js';
import type { Stage } from '../../../ledger/stage.js';

/** What holds such words, by the id that its command takes. */
export interface Left {
  readonly id: string;
  readonly reason: ErasureReason;
}

/** SQL: people who are erased (`x`), all their ids (`known.id`), and the entry of the erasure (`y`); the first parameter is the ledger. */
export const erasedIds = `timebank.erasures x
  join timeledger.entries y on y.ledger_id = $1 and y.number = x.entry
  join timebank.members q on q.ledger_id = $1 and q.member_id = x.member_id
  cross join lateral unnest(string_to_array(concat_ws(' ', q.member_id, q.merged_from), ' ')) as known(id)`;

/** SQL condition of them: of one person, the second parameter, or of all (null). */
export const isErased = `x.ledger_id = $1 and x.state = 'erased' and ($2::text is null or x.member_id = $2::text)`;

/** SQL: the reason that the entry of the erasure gives. */
export const erasureReason = `y.leaf::json ->> 'reason' as reason`;

/** Erases each of them, once, and returns how many there were; what was dealt with meanwhile is left alone. */
export function eraseEach(
  lane: Lane,
  left: readonly Left[],
  erase: (stage: Stage, id: string, reason: ErasureReason) => unknown,
): Promise<number> {
  const reasons = new Map(left.map(({ id, reason }) => [id, reason]));
  return tidyInLane(lane, [...reasons.keys()], (stage, id) => erase(stage, id, reasons.get(id) ?? 'person_asked'));
}

/** Journals rows without their words, so many an entry that their digests fit in its leaf. */
export function postErasures(stage: Stage, reason: ErasureReason, rows: readonly RowChange[]): void {
  for (let i = 0; i < rows.length; i += mostRows) postErasure(stage, reason, { rows: rows.slice(i, i + mostRows) });
}

const mostRows = 200;
