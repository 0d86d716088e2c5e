/**
 * What a recipient, or the fund, pays for a service in the place of coins that the rules would mint: the agreed price at most, to the
 * hundredth. Caps and carry bind what is minted, and do not apply. Pure: it does not know who pays.
 */
import { parseAmount } from '../../lib/decimal.js';
import {
  coefficientOf,
  coinsOfHours,
  type Difference,
  exclusionOf,
  hoursOf,
  type MintInput,
  type Minting,
} from './mint.js';
import type { RuleSet } from './rule-set.js';

/** What a service costs that lasts as long as it is planned, in hundredths of a coin. Refuses: `service_type_unknown`. */
export function priceOfService(rules: RuleSet, serviceType: string, plannedMicroseconds: bigint): bigint {
  return coinsOfHours(hoursOf(plannedMicroseconds), rules, coefficientOf(rules, serviceType));
}

export interface PayInput extends Omit<MintInput, 'mintedThatDay' | 'mintedThatWeek'> {
  /** The price, in hundredths of a coin: no service costs more than was agreed. */
  readonly agreed: bigint;
}

/** As `mintCoins`, but for what is paid rather than minted: `minted` is what is paid, and the carry stays as it was. */
export function payCoins(input: PayInput): Minting {
  const { rules, agreed, carryIn } = input;
  const hours = hoursOf(input.presentMicroseconds);
  const differences: Difference[] = [];
  const note = (code: Difference['code'], amount: bigint) => {
    if (amount !== 0n) differences.push({ code, amount });
  };
  const exclusion = exclusionOf(input);
  if (exclusion) note(exclusion, hours);
  const worth = exclusion ? 0n : coinsOfHours(hours, rules, coefficientOf(rules, input.serviceType));
  if (!exclusion) note('service_coefficient', hours - worth);
  const paid = worth < agreed ? worth : agreed;
  note('agreed_price', worth - paid);
  const room = parseAmount(rules.holding_cap, 2) - input.coinBalance;
  const toMember = room <= 0n ? 0n : paid < room ? paid : room;
  note('holding_cap', paid - toMember);
  return { hours, minted: paid, toMember, toPool: paid - toMember, carryOut: carryIn, differences };
}
