/**
 * Caps beside those of a visit, a day and a week: what others have used of each, and what that leaves. Pure; whose records count, and on which
 * days they were, is said elsewhere.
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

/** What can still be minted under each further cap, in whole steps, in their order. `used` has an element a cap. */
export function leftUnderFurther(rules: RuleSet, used: readonly CapUse[]): (readonly [DifferenceCode, bigint])[] {
  return rules.further_caps.flatMap((cap, i) => {
    const { coins, records } = used[i] ?? noUse;
    const left: (readonly [DifferenceCode, bigint])[] = [];
    if (cap.coins !== null) left.push([codeOf(cap), wholeSteps(rules, parseAmount(cap.coins, 2) - coins)]);
    if (cap.records !== null && records >= cap.records)
      left.push([cap.per === 'pair' ? 'cap_pair' : 'cap_records', 0n]);
    return left;
  });
}

function codeOf({ per, within }: FurtherCap): DifferenceCode {
  if (per === 'pair') return 'cap_pair';
  return `cap_${within}`;
}

function wholeSteps({ rounding_step: step }: RuleSet, room: bigint): bigint {
  return room <= 0n ? 0n : room - (room % parseAmount(step, 2));
}
