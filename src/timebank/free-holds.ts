/**
 * What is held of a member and past its time, of redemptions and of orders: given back before a purse is said to be short, or before
 * all that a member has moves.
 */
import type { FreeHolds } from './credit/receivable.js';
import type { RuleSet } from './credit/rule-set.js';
import { refuseHolds, releaseExpiredOf } from './partners/redemptions/release.js';
import { refuseOpenOrders, releaseLapsed } from './service/orders/lapse.js';

/** For the commands of credit, which do not know what holds points or coins. */
export function freeHoldsBy(rules: RuleSet): FreeHolds {
  return (stage, memberId) => {
    releaseExpiredOf(stage, rules, memberId);
    releaseLapsed(stage, [memberId]);
  };
}

/** Frees what is past its time, and refuses `member_has_holds`, `member_has_orders` while more is held or bound. */
export function refuseHoldsBy(rules: RuleSet): FreeHolds {
  return (stage, memberId) => {
    refuseHolds(stage, rules, memberId);
    refuseOpenOrders(stage, memberId);
  };
}
