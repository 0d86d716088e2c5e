/** The lots of an entry that is to be reversed: what its reversal gives back to and takes from first. */
import { readLeaf } from '../../../ledger/leaf.js';
import type { Stage } from '../../../ledger/stage.js';
import { memberAccount } from '../../chart.js';
import { type MovedLots, movedLots } from './moved.js';
import { type AgedPurse, agedPurseOf } from './open-lots.js';
import { type LotPart, splitParts } from './parts.js';

export class Original {
  constructor(private readonly moved: MovedLots) {}

  /** The purses that the entry touched. */
  get purses(): AgedPurse[] {
    const codes = new Set([...this.moved.came.keys(), ...this.moved.left.keys()]);
    return [...codes].flatMap((code) => agedPurseOf(code) ?? []);
  }

  /** What came to a purse with the entry. */
  cameTo({ memberId, purse }: AgedPurse): readonly LotPart[] {
    return this.moved.came.get(memberAccount(memberId, purse)) ?? [];
  }

  /** The next `amount` of what left a purse with the entry; null: nothing did. */
  goesBackTo({ memberId, purse }: AgedPurse, amount: bigint): LotPart[] | null {
    const name = memberAccount(memberId, purse);
    const parts = this.moved.left.get(name);
    if (!parts) return null;
    const { first, rest } = splitParts(parts, amount);
    this.moved.left.set(name, rest);
    return first;
  }
}

/** The entry, which is there. */
export function originalOf(stage: Stage, number: number): Original {
  const entry = stage.entry(number);
  if (!entry) throw new Error(`there is no entry ${number}`);
  return new Original(movedLots(readLeaf(entry.leaf)));
}
