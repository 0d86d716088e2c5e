/** Which lots an entry moved, by purse, as its leaf tells: parts in the order of the legs that touch purses whose units have an age. Pure. */
import type { Leaf } from '../../../ledger/leaf.js';
import { agedPurseOf } from './open-lots.js';
import { type LotPart, never, partsOf, splitParts } from './parts.js';

/** Parts by the code of the purse: what came to it, and what left it. */
export interface MovedLots {
  readonly came: Map<string, LotPart[]>;
  readonly left: Map<string, LotPart[]>;
}

/** What was posted before lots were kept names none: its units do not expire. */
export function movedLots(leaf: Leaf): MovedLots {
  const moved: MovedLots = { came: new Map(), left: new Map() };
  const add = (to: Map<string, LotPart[]>, code: string, parts: readonly LotPart[]) =>
    to.set(code, [...(to.get(code) ?? []), ...parts]);
  let parts = leaf.lots && partsOf(leaf.lots);
  for (const { debit, credit, amount } of leaf.legs ?? []) {
    const [from, to] = [agedPurseOf(debit), agedPurseOf(credit)];
    if (!from && !to) continue;
    const { first, rest } = parts
      ? splitParts(parts, BigInt(amount))
      : { first: [{ expiresOn: never, amount: BigInt(amount) }], rest: undefined };
    parts = rest;
    if (from) add(moved.left, debit, first);
    if (to) add(moved.came, credit, first);
  }
  return moved;
}
