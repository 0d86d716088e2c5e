/**
 * What a recipient, or the fund, pays for a service in the place of coins that the rules would mint: the agreed price at most, to the
 * hundredth. Caps and carry bind what is minted, and do not apply. Pure: it does not know who pays.
 */
import { least } from '../../lib/decimal.js';
import { heldByMember, type MintInput, type Minting } from './mint.js';
import type { RuleSet } from './rule-set.js';
import { type Difference, hoursOf, worthByType, worthOf } from './worth.js';

/** What a service costs that lasts as long as it is planned, in hundredths of a coin. Refuses: `service_type_unknown`. */
export function priceOfService(rules: RuleSet, serviceType: string, plannedMicroseconds: bigint): bigint {
  return worthByType(rules, serviceType, hoursOf(plannedMicroseconds));
}

export interface PayInput extends Omit<MintInput, 'mintedThatDay' | 'mintedThatWeek' | 'used' | 'usedOfBudgets'> {
  /** The price, in hundredths of a coin: no service costs more than was agreed. */
  readonly agreed: bigint;
}

/** As `mintCoins`, but for what is paid rather than minted: `minted` is what is paid, and the carry stays as it was. */
export function payCoins(input: PayInput): Minting {
  const { agreed, carryIn } = input;
  const { hours, worth, differences } = worthOf(input);
  const paid = least(worth, agreed);
  const toMember = heldByMember(input, paid);
  const further: Difference[] = [
    { code: 'agreed_price', amount: worth - paid },
    { code: 'holding_cap', amount: paid - toMember },
  ];
  return {
    ...{ hours, minted: paid, toMember, toPool: paid - toMember, carryOut: carryIn },
    differences: [...differences, ...further.filter(({ amount }) => amount !== 0n)],
  };
}
