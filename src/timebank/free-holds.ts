/**
 * What is held and past its time, of a member for redemptions, orders and gifts, of the fund for orders: given back before a purse or the fund is
 * said to be short, or before all that a member has moves.
 */
import type { Stage } from '../ledger/stage.js';
import { refuseOpenGifts, releaseExpiredGifts } from './credit/gifts/decide.js';
import type { FreeHolds } from './credit/receivable.js';
import { rulesToday } from './credit/rules-in-force.js';
import { refuseHolds, releaseExpiredOf } from './partners/redemptions/release.js';
import { refuseOpenOrders, releaseLapsed, releaseLapsedOfFund } from './service/orders/lapse.js';

/** For the commands of credit, which do not know what holds points or coins. */
export const freeHolds: FreeHolds = {
  ofMember: (stage, memberId) => {
    releaseExpiredOf(stage, rulesToday(stage), memberId);
    releaseLapsed(stage, [memberId]);
    releaseExpiredGifts(stage, memberId);
  },
  ofFund: releaseLapsedOfFund,
};

/** Frees what is past its time, and refuses `member_has_holds`, `member_has_orders`, `member_has_gifts` while more is held or bound. */
export function refuseHeld(stage: Stage, memberId: string): void {
  refuseHolds(stage, rulesToday(stage), memberId);
  refuseOpenOrders(stage, memberId);
  refuseOpenGifts(stage, memberId);
}
