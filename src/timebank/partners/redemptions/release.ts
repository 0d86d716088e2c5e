/** Giving held points back, because the partner voids the hold or because it expired. What the member owes is repaid first. */
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { heldAccount } from '../../chart.js';
import { bringTo } from '../../credit/lots/expire.js';
import { leafLots } from '../../credit/lots/parts.js';
import { creditMember, creditNeeds } from '../../credit/receivable.js';
import { type RuleSet, ruleSetName } from '../../credit/rule-set.js';
import { openStatuses, type RedemptionStatus, redemptionStatusesZh } from '../../words.js';
import { redemptionRows } from '../rows.js';
import { giveBack } from './lots-out.js';
import { isExpired, openPoints, type Redemption, redemptionChange, requireRedemption } from './redemption.js';

/** Voids what is open of a redemption. Refuses: `redemption_not_found`, `redemption_not_open` (nothing is held any more). */
export function voidRedemption(stage: Stage, rules: RuleSet, id: string, partnerId: string | null) {
  const redemption = requireRedemption(stage, id, partnerId);
  requireOpen(redemption);
  return release(stage, rules, redemption, isExpired(redemption, stage.now) ? 'expired' : 'voided');
}

/** Gives an expired hold back. Refuses: `redemption_not_found`, `redemption_not_open` (nothing held, or not expired yet). */
export function expireRedemption(stage: Stage, rules: RuleSet, id: string) {
  const redemption = requireRedemption(stage, id, null);
  requireOpen(redemption);
  if (!isExpired(redemption, stage.now))
    throw new Refusal('redemption_not_open', { en: `redemption ${id} has not expired yet`, zh: `兑换 ${id} 尚未到期` });
  return release(stage, rules, redemption, 'expired');
}

/** Frees what expired, and refuses `member_has_holds` while more is held: for the commands that move all a member has. */
export function refuseHolds(stage: Stage, rules: RuleSet, memberId: string): void {
  releaseExpiredOf(stage, rules, memberId);
  const open = openStatuses.flatMap((status) => stage.rows(redemptionRows, 'member', memberId, status));
  if (open.length === 0) return;
  throw new Refusal('member_has_holds', {
    en: `member ${memberId} has ${open.length} redemptions that hold points: capture or void them first`,
    zh: `成员 ${memberId} 尚有 ${open.length} 笔兑换冻结着积分，请先核销或撤销`,
  });
}

/** Gives back every expired hold of a member, so that no point is withheld because a job has not run. */
export function releaseExpiredOf(stage: Stage, rules: RuleSet, memberId: string): void {
  stage.prefetch({ lists: openStatuses.map((status) => [redemptionRows, 'member', memberId, status] as const) });
  const open = openStatuses.flatMap((status) => stage.rows(redemptionRows, 'member', memberId, status));
  for (const redemption of open) {
    if (isExpired(redemption, stage.now)) release(stage, rules, redemption, 'expired');
  }
}

/** Refuses: `redemption_not_open`. */
export function requireOpen(redemption: Redemption): void {
  if (openPoints(redemption) > 0n) return;
  throw new Refusal('redemption_not_open', {
    en: `redemption ${redemption.redemption_id} is ${redemption.status}: no points are held`,
    zh: `兑换 ${redemption.redemption_id} ${redemptionStatusesZh[redemption.status as RedemptionStatus]}，没有冻结的积分`,
  });
}

function release(stage: Stage, rules: RuleSet, redemption: Redemption, ended: 'voided' | 'expired') {
  const points = openPoints(redemption);
  const { back, lots } = giveBack(redemption, points, 'open');
  const released: Redemption = { ...redemption, released: redemption.released + points, lots };
  const held = heldAccount(redemption.partner_id);
  const given = { memberId: redemption.member_id, purse: 'points', debit: held, amount: points } as const;
  stage.prefetch({ accounts: [held, ...creditNeeds(given.memberId, given.purse)] });
  const { entry } = bringTo(stage, given, () => ({
    entry: stage.post({
      kind: ended === 'voided' ? 'redemption_voided' : 'redemption_expired',
      reference: redemption.partner_reference,
      lots: leafLots(back),
      ruleSet: ruleSetName(rules),
      control: true,
      ...creditMember(stage, given),
      rows: [redemptionChange(released, ended)],
    }),
  }));
  return { redemption: { ...released, status: ended }, entry: entry.number };
}
