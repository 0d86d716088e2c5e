/**
 * Keeping the lots: what every entry that moves units with an age does to the lots of the purses it touches, whichever command posts it. What
 * leaves a purse leaves its lots, the earliest expiry first; what comes to one has the age it came with, or, earned, that of its day.
 */
import type { EntryDraft, LegDraft } from '../../../ledger/drafts.js';
import type { Needs } from '../../../ledger/missing.js';
import type { Stage } from '../../../ledger/stage.js';
import { parseAmount } from '../../../lib/decimal.js';
import { assetOfPurse, type TimebankKind } from '../../chart.js';
import { approvedList } from '../rules-in-force.js';
import { expiryOfEarned } from './age.js';
import { ChangedLots } from './changed-lots.js';
import { type AgedPurse, agedDebtorOf, agedPurseOf, openList } from './open-lots.js';
import { type Original, originalOf } from './original.js';
import { inOrderOfDays, type LotPart, leafLots, partsOf, splitParts, sumOfParts } from './parts.js';

/** Units with an age that leave a purse, come to one, or both; or that repay a debt instead of coming to one. */
interface Move {
  readonly from: AgedPurse | null;
  readonly to: AgedPurse | null;
  readonly amount: bigint;
}

/**
 * For the lane: the entry with the lots it changes. The draft's own `lots` say which its units come from, or go back to, in the order of its
 * legs; a reversal takes from and gives back to those of the entry it reverses. Refuses: `balance_insufficient` (what the purse holds has expired).
 */
export function keepLots(stage: Stage, draft: EntryDraft): EntryDraft {
  const moves = movesOf(draft.legs ?? []);
  if (!moves.some(({ from, to }) => from || to)) return draft;
  return stage.prefetching(
    () => needsOf(moves),
    () => withLots(stage, draft, moves),
  );
}

function needsOf(moves: readonly Move[]): Needs {
  const owners = moves.flatMap(({ from, to }) => [from, to].flatMap((owner) => owner ?? []));
  return { lists: [...owners.map(openList), approvedList] };
}

function withLots(stage: Stage, draft: EntryDraft, moves: readonly Move[]): EntryDraft {
  const original = draft.reverses === undefined ? null : originalOf(stage, draft.reverses);
  const earnedUntil = () => expiryOfEarned(stage, draft.effectiveOn ?? stage.today);
  const lots = new ChangedLots(stage, draft.kind as TimebankKind);
  const moved: LotPart[] = [];
  let given = draft.lots ? partsOf(draft.lots) : null;
  for (const move of moves) {
    const named = given && splitParts(given, move.amount);
    given = named?.rest ?? null;
    const parts = carryOut(lots, move, named?.first ?? null, original, earnedUntil);
    // The purse does not hold as much: posting the legs refuses it.
    if (!parts) return draft;
    if (move.from || move.to) moved.push(...parts);
  }
  return { ...draft, lots: leafLots(moved), rows: [...(draft.rows ?? []), ...lots.rows()] };
}

/** The parts that a move moves; null: the purse does not hold as much. */
function carryOut(
  lots: ChangedLots,
  { from, to, amount }: Move,
  named: LotPart[] | null,
  original: Original | null,
  earnedUntil: () => string,
): LotPart[] | null {
  const taken = from && lots.take(from, amount, named ?? original?.cameTo(from) ?? []);
  if (from && !taken) return null;
  if (!to) return taken ?? named ?? [];
  const back = original?.goesBackTo(to, amount) ?? null;
  const parts = named ??
    (back && filledUp(back, amount, earnedUntil)) ??
    taken ?? [{ expiresOn: earnedUntil(), amount }];
  lots.give(to, parts);
  return taken ?? parts;
}

/** What was owed and has been repaid since comes back beside what left the purse: it has the age of what is earned on that day. */
function filledUp(parts: LotPart[], amount: bigint, earnedUntil: () => string): LotPart[] {
  const missing = amount - sumOfParts(parts);
  return missing === 0n ? parts : inOrderOfDays([...parts, { expiresOn: earnedUntil(), amount: missing }]);
}

/** Most entries touch no such purse: they are told at a glance. */
function movesOf(legs: readonly LegDraft[]): readonly Move[] {
  const moves: Move[] = [];
  for (const { debit, credit, amount } of legs) {
    const [from, to] = [agedPurseOf(debit), agedPurseOf(credit)];
    const owner = from ?? to ?? agedDebtorOf(credit);
    if (!owner) continue;
    const minor = typeof amount === 'bigint' ? amount : parseAmount(amount, assetOfPurse(owner.purse).scale);
    moves.push({ from, to, amount: minor });
  }
  return moves;
}
