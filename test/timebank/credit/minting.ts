/** What tests of minting begin with: one record, as planned, under rules that weigh one type. */
import { type MintInput, type Minting, mintCoins } from '../../../src/timebank/credit/mint.js';
import type { RuleSet } from '../../../src/timebank/credit/rule-set.js';
import { xinchangPilot1 } from '../../../src/timebank/credit/xinchang-pilot.js';

export const seconds = (count: number) => BigInt(Math.round(count * 1_000_000));
export const minutes = (count: number) => seconds(count * 60);

/** An hour as planned, by grade A, of a member who has nothing yet; what is present was planned so unless a plan is given. */
export const mint = (given: Partial<MintInput> = {}): Minting =>
  mintCoins({
    rules: xinchangPilot1,
    grade: 'A',
    serviceType: 'errand',
    presentMicroseconds: minutes(60),
    plannedMicroseconds: given.presentMicroseconds ?? minutes(60),
    mintedThatDay: 0n,
    mintedThatWeek: 0n,
    carryIn: 0n,
    coinBalance: 0n,
    ...given,
  });

export const reasons = ({ differences }: Minting) => differences.map(({ code, amount }) => `${code} ${amount}`);
export const weighed = (coefficient: string): RuleSet => ({
  ...xinchangPilot1,
  service_coefficients: { errand: coefficient },
});
