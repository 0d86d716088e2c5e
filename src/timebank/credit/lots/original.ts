/** Which lots an entry moved, by purse, as its leaf tells: what a reversal gives back to and takes from first. */
import { readLeaf } from '../../../ledger/leaf.js';
import type { Stage } from '../../../ledger/stage.js';
import { memberAccount } from '../../chart.js';
import { type AgedPurse, agedPurseOf } from './open-lots.js';
import { type LotPart, never, partsOf, splitParts } from './parts.js';

export class Original {
  constructor(
    /** The purses that the entry touched. */
    readonly purses: readonly AgedPurse[],
    private readonly came: ReadonlyMap<string, LotPart[]>,
    private readonly left: Map<string, LotPart[]>,
  ) {}

  /** What came to a purse with the entry. */
  cameTo({ memberId, purse }: AgedPurse): readonly LotPart[] {
    return this.came.get(memberAccount(memberId, purse)) ?? [];
  }

  /** The next `amount` of what left a purse with the entry; null: nothing did. */
  goesBackTo({ memberId, purse }: AgedPurse, amount: bigint): LotPart[] | null {
    const name = memberAccount(memberId, purse);
    const parts = this.left.get(name);
    if (!parts) return null;
    const { first, rest } = splitParts(parts, amount);
    this.left.set(name, rest);
    return first;
  }
}

/** The entry, which is there. What was posted before lots were kept has none: its units do not expire. */
export function originalOf(stage: Stage, number: number): Original {
  const entry = stage.entry(number);
  if (!entry) throw new Error(`there is no entry ${number}`);
  const leaf = readLeaf(entry.leaf);
  const [came, left] = [new Map<string, LotPart[]>(), new Map<string, LotPart[]>()];
  let parts = leaf.lots && partsOf(leaf.lots);
  const add = (to: Map<string, LotPart[]>, code: string, moved: readonly LotPart[]) =>
    to.set(code, [...(to.get(code) ?? []), ...moved]);
  for (const { debit, credit, amount } of leaf.legs ?? []) {
    const [from, to] = [agedPurseOf(debit), agedPurseOf(credit)];
    if (!from && !to) continue;
    const { first, rest } = parts
      ? splitParts(parts, BigInt(amount))
      : { first: [{ expiresOn: never, amount: BigInt(amount) }], rest: undefined };
    parts = rest;
    if (from) add(left, debit, first);
    if (to) add(came, credit, first);
  }
  const purses = [...new Set([...came.keys(), ...left.keys()])].flatMap((code) => agedPurseOf(code) ?? []);
  return new Original(purses, came, left);
}
