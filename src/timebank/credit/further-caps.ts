/**
 * Caps beside those of a visit, a day and a week, and budgets of programmes: what others have used of each, and what that leaves. Pure; whose
 * records count, and on which days they were, is said elsewhere.
 */
import { parseAmount } from '../../lib/decimal.js';
import type { DifferenceCode } from '../service-words.js';
import type { FurtherCap, RuleSet } from './rule-set.js';

/** What records have minted that a cap counts: hundredths of a coin, and how many of them minted any. */
export interface CapUse {
  readonly coins: bigint;
  readonly records: number;
}

export const noUse: CapUse = { coins: 0n, records: 0 };

/** What others have used. Null: it does not concern this record. */
export interface Used {
  /** Of each of `further_caps`, in their order; of a cap of units, the most that one of those has used to which the volunteer belongs. */
  readonly used: readonly (CapUse | null)[];
  /** Coins of each of `budgets`, in their order. */
  readonly usedOfBudgets: readonly (bigint | null)[];
}

/** What can still be minted under each further cap, then under each budget, in whole steps, in their order. */
export function leftUnderFurther(
  rules: RuleSet,
  { used, usedOfBudgets }: Partial<Used>,
): (readonly [DifferenceCode, bigint])[] {
  const left = rules.further_caps.flatMap((cap, i) => {
    const use = used?.[i] === undefined ? noUse : used[i];
    return use === null ? [] : leftUnderCap(rules, cap, use);
  });
  for (const [i, { coins }] of rules.budgets.entries()) {
    const use = usedOfBudgets?.[i] ?? null;
    if (use !== null) left.push(['budget_exhausted', wholeSteps(rules, parseAmount(coins, 2) - use)]);
  }
  return left;
}

function leftUnderCap(rules: RuleSet, cap: FurtherCap, { coins, records }: CapUse) {
  const left: (readonly [DifferenceCode, bigint])[] = [];
  if (cap.coins !== null) left.push([codeOfCoins(cap), wholeSteps(rules, parseAmount(cap.coins, 2) - coins)]);
  if (cap.records !== null && records >= cap.records) left.push([codeOfRecords(cap), 0n]);
  return left;
}

function codeOfCoins({ per, within }: FurtherCap): DifferenceCode {
  return per === 'member' ? `cap_${within}` : `cap_${per}`;
}

function codeOfRecords({ per }: FurtherCap): DifferenceCode {
  return per === 'member' ? 'cap_records' : `cap_${per}`;
}

function wholeSteps({ rounding_step: step }: RuleSet, room: bigint): bigint {
  return room <= 0n ? 0n : room - (room % parseAmount(step, 2));
}
