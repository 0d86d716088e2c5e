/**
 * What is held and past its time, of a member for redemptions and orders, of the fund for orders: given back before a purse or the fund is
 * said to be short, or before all that a member has moves.
 */
import type { Stage } from '../ledger/stage.js';
import type { FreeHolds } from './credit/receivable.js';
import type { RuleSet } from './credit/rule-set.js';
import { refuseHolds, releaseExpiredOf } from './partners/redemptions/release.js';
import { refuseOpenOrders, releaseLapsed, releaseLapsedOfFund } from './service/orders/lapse.js';

/** For the commands of credit, which do not know what holds points or coins. */
export function freeHoldsBy(rules: RuleSet): FreeHolds {
  return {
    ofMember: (stage, memberId) => {
      releaseExpiredOf(stage, rules, memberId);
      releaseLapsed(stage, [memberId]);
    },
    ofFund: releaseLapsedOfFund,
  };
}

/** Frees what is past its time, and refuses `member_has_holds`, `member_has_orders` while more is held or bound. */
export function refuseHoldsBy(rules: RuleSet): (stage: Stage, memberId: string) => void {
  return (stage, memberId) => {
    refuseHolds(stage, rules, memberId);
    refuseOpenOrders(stage, memberId);
  };
}
