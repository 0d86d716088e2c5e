/** Capturing held points, in whole or in parts: the partner has given the benefit and is owed for it. */

import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { heldAccount } from '../../chart.js';
import { leafLots } from '../../credit/lots/parts.js';
import { type RuleSet, ruleSetName } from '../../credit/rule-set.js';
import { requirePartner } from '../partners.js';
import { captureLegs, effectiveDay } from './authorise.js';
import { lotsOfCapture } from './lots-out.js';
import { addMovement } from './movements.js';
import { isExpired, moveOwed, openPoints, type Redemption, redemptionChange, requireRedemption } from './redemption.js';
import { requireOpen } from './release.js';

/** `points` absent: all that is open, or all that can be refunded. */
export interface CaptureRequest {
  readonly id: string;
  readonly partnerId: string | null;
  readonly points?: bigint | undefined;
  readonly effectiveAt?: string | undefined;
}

/**
 * Refuses: `redemption_not_found`, `redemption_not_open`, `hold_expired`, `capture_exceeds_hold`, `date_in_future`,
 * `backdating_refused`, `date_before_original` (before the points were held), `period_closed`.
 */
export function captureRedemption(stage: Stage, rules: RuleSet, request: CaptureRequest) {
  const redemption = requireRedemption(stage, request.id, request.partnerId);
  requireOpen(redemption);
  if (isExpired(redemption, stage.now)) {
    throw new Refusal('hold_expired', {
      en: `the hold expired at ${redemption.expires_at}; authorise anew`,
      zh: `冻结已于 ${redemption.expires_at} 到期，请重新发起冻结`,
    });
  }
  const open = openPoints(redemption);
  const points = request.points ?? open;
  if (points > open)
    throw new Refusal('capture_exceeds_hold', {
      en: `${open} points are held, ${points} were to be captured`,
      zh: `已冻结 ${open} 积分，要求核销 ${points} 积分`,
    });
  const partner = requirePartner(stage, redemption.partner_id);
  const effectiveOn = effectiveDay(stage, partner, request.effectiveAt);
  if (effectiveOn < redemption.effective_on) {
    throw new Refusal('date_before_original', {
      en: `the points are held from ${redemption.effective_on} on: they cannot be captured on ${effectiveOn}`,
      zh: `积分自 ${redemption.effective_on} 起冻结，不能在 ${effectiveOn} 核销`,
    });
  }
  const total = redemption.captured + points;
  const cny = moveOwed(redemption, points, partner.point_price);
  const captured: Redemption = {
    ...redemption,
    captured: total,
    captured_cny: redemption.captured_cny + cny,
    movements: addMovement(redemption.movements, { entry: stage.watermark + 1, effectiveOn, points, amountCny: cny }),
  };
  const entry = stage.post({
    kind: 'redemption_captured',
    effectiveOn,
    reference: redemption.partner_reference,
    lots: leafLots(lotsOfCapture(redemption, points)),
    price: partner.point_price,
    ruleSet: ruleSetName(rules),
    control: true,
    legs: captureLegs(heldAccount(redemption.partner_id), redemption.partner_id, points, cny),
    rows: [redemptionChange(captured)],
  });
  return { redemption: captured, entry: entry.number };
}
