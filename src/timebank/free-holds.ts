/** What is held of a member and past its time, of redemptions and of orders: given back before a purse is said to be short. */
import type { FreeHolds } from './credit/receivable.js';
import type { RuleSet } from './credit/rule-set.js';
import { releaseExpiredOf } from './partners/redemptions/release.js';
import { releaseLapsed } from './service/orders/lapse.js';

/** For the commands of credit, which do not know what holds points or coins. */
export function freeHoldsBy(rules: RuleSet): FreeHolds {
  return (stage, memberId) => {
    releaseExpiredOf(stage, rules, memberId);
    releaseLapsed(stage, memberId);
  };
}
