/** Refunding captured points, in whole or in parts: the capture's legs, opposite. */

import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { memberAccount, payableAccount, redeemedAccount, redemptionCostAccount } from '../../chart.js';
import { type RuleSet, ruleSetName } from '../../credit/rule-set.js';
import { requirePartner } from '../partners.js';
import { effectiveDay } from './authorise.js';
import type { CaptureRequest } from './capture.js';
import { movementChange, moveOwed, type Redemption, redemptionChange, requireRedemption } from './redemption.js';

/**
 * Refunds points, by default all that was captured and not yet refunded.
 * Refuses: `redemption_not_found`, `refund_exceeds_capture`, `backdating_refused`, `period_closed`.
 */
export function refundRedemption(stage: Stage, rules: RuleSet, request: CaptureRequest) {
  const redemption = requireRedemption(stage, request.id, request.partnerId);
  const refundable = redemption.captured - redemption.refunded;
  const points = request.points ?? refundable;
  if (points <= 0n || points > refundable) {
    throw new Refusal('refund_exceeds_capture', `${refundable} points can be refunded, ${points} were asked for`);
  }
  const partner = requirePartner(stage, redemption.partner_id);
  const effectiveOn = effectiveDay(stage, partner, request.effectiveAt);
  const cny = -moveOwed(redemption, -points, partner.point_price);
  const refunded: Redemption = {
    ...redemption,
    refunded: redemption.refunded + points,
    refunded_cny: redemption.refunded_cny + cny,
  };
  const partnerId = redemption.partner_id;
  const entry = stage.post({
    kind: 'redemption_refunded',
    effectiveOn,
    reference: redemption.partner_reference,
    ruleSet: ruleSetName(rules),
    control: true,
    legs: [
      { debit: redeemedAccount(partnerId), credit: memberAccount(redemption.member_id, 'points'), amount: points },
      ...(cny > 0n ? [{ debit: payableAccount(partnerId), credit: redemptionCostAccount, amount: cny }] : []),
    ],
    rows: [redemptionChange(refunded), movementChange(redemption, effectiveOn, -points, -cny)],
  });
  return { redemption: refunded, entry: entry.number };
}
