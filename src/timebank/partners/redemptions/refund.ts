/**
 * Refunding captured points, in whole or in parts: the capture's legs, opposite. What the member owes is repaid first.
 */
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { payableAccount, redeemedAccount, redemptionCostAccount } from '../../chart.js';
import { bringTo } from '../../credit/lots/expire.js';
import { leafLots } from '../../credit/lots/parts.js';
import { creditMember, creditNeeds } from '../../credit/receivable.js';
import { type RuleSet, ruleSetName } from '../../credit/rule-set.js';
import { requireMember } from '../../people/members.js';
import { memberRows } from '../../people/rows.js';
import { requirePartner } from '../partners.js';
import { partnerRows } from '../rows.js';
import { effectiveDay } from './authorise.js';
import type { CaptureRequest } from './capture.js';
import { giveBack } from './lots-out.js';
import { addMovement, readMovements } from './movements.js';
import { moveOwed, type Redemption, redemptionChange, requireRedemption } from './redemption.js';

/**
 * Refunds points, by default all that was captured and not yet refunded.
 * Refuses: `redemption_not_found`, `refund_exceeds_capture`, `date_in_future`, `backdating_refused`, `date_before_original`
 * (so many points were not captured by then), `period_closed`.
 */
export function refundRedemption(stage: Stage, rules: RuleSet, request: CaptureRequest) {
  const redemption = requireRedemption(stage, request.id, request.partnerId);
  const refundable = redemption.captured - redemption.refunded;
  const points = request.points ?? refundable;
  if (points <= 0n || points > refundable) {
    throw new Refusal('refund_exceeds_capture', {
      en: `${refundable} points can be refunded, ${points} were asked for`,
      zh: `可退还 ${refundable} 积分，要求退还 ${points} 积分`,
    });
  }
  stage.prefetch({
    rows: [
      [partnerRows, redemption.partner_id],
      [memberRows, redemption.member_id],
    ],
  });
  const partner = requirePartner(stage, redemption.partner_id);
  const effectiveOn = effectiveDay(stage, partner, request.effectiveAt);
  refuseBeforeCapture(redemption, points, effectiveOn);
  const cny = -moveOwed(redemption, -points, partner.point_price);
  const partnerId = redemption.partner_id;
  const memberId = payeeOf(stage, redemption);
  const given = {
    memberId,
    purse: 'points',
    debit: redeemedAccount(partnerId),
    amount: points,
  } as const;
  stage.prefetch({
    accounts: [
      redeemedAccount(partnerId),
      payableAccount(partnerId),
      redemptionCostAccount,
      ...creditNeeds(memberId, 'points'),
    ],
  });
  return bringTo(stage, given, () => {
    const { legs, opens } = creditMember(stage, given);
    const { back, lots } = giveBack(redemption, points, 'captured');
    const movement = { entry: stage.watermark + 1, effectiveOn, points: -points, amountCny: -cny };
    const refunded: Redemption = {
      ...redemption,
      refunded: redemption.refunded + points,
      refunded_cny: redemption.refunded_cny + cny,
      movements: addMovement(redemption.movements, movement),
      lots,
    };
    const entry = stage.post({
      kind: 'redemption_refunded',
      effectiveOn,
      reference: redemption.partner_reference,
      lots: leafLots(back),
      price: partner.point_price,
      ruleSet: ruleSetName(rules),
      control: true,
      opens,
      legs: [
        ...legs,
        ...(cny > 0n ? [{ debit: payableAccount(partnerId), credit: redemptionCostAccount, amount: cny }] : []),
      ],
      rows: [redemptionChange(refunded)],
    });
    return { entry, result: { redemption: refunded, entry: entry.number } };
  }).result;
}

/** Whom the points come back to: who redeemed them, or the member they are now. */
function payeeOf(stage: Stage, { member_id: id }: Redemption): string {
  return requireMember(stage, id).merged_into ?? id;
}

/** On no day may more be refunded than was captured until then. Refuses: `date_before_original`. */
function refuseBeforeCapture(redemption: Redemption, points: bigint, effectiveOn: string): void {
  const movements = readMovements(redemption.movements);
  const days = [effectiveOn, ...movements.map((movement) => movement.effectiveOn)].filter((day) => day >= effectiveOn);
  for (const day of days) {
    const until = movements.filter((movement) => movement.effectiveOn <= day);
    const left = until.reduce((sum, movement) => sum + movement.points, 0n);
    if (left >= points) continue;
    throw new Refusal('date_before_original', {
      en: `${left} points were captured and not refunded by ${day}: ${points} cannot be refunded on ${effectiveOn}`,
      zh: `截至 ${day}，已核销且未退还 ${left} 积分，不能在 ${effectiveOn} 退还 ${points} 积分`,
    });
  }
}
