/** Offering a gift: what is offered leaves the giver's purse at once, so that it is there when it is accepted. */

import { balanceOf } from '../../../ledger/accounts.js';
import { change } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { formatInstant } from '../../../lib/clock.js';
import { formatAmount, parseAmount } from '../../../lib/decimal.js';
import { Refusal } from '../../../lib/refusal.js';
import { assetOfPurse, heldForGifts, memberAccount, opensAccount, type TimebankKind } from '../../chart.js';
import { areLineKin } from '../../people/kin.js';
import { idsOf, type Member, refuseMerged, requireActive, requireMember } from '../../people/members.js';
import { memberRows } from '../../people/rows.js';
import { expireLots } from '../lots/expire.js';
import { openLots, partsOfLots } from '../lots/open-lots.js';
import { type LotPart, leafLots, splitParts, writeParts } from '../lots/parts.js';
import { type FreeHolds, freeIfShort } from '../receivable.js';
import { giftRows } from '../rows.js';
import { type RuleSet, ruleSetName } from '../rule-set.js';
import { type Gift, stateOf } from './gift.js';
import type { GiftPurse } from './gift-words.js';

export interface GiftRequest {
  /** A new UUID for the gift. */
  readonly id: string;
  /** A member, under any of their ids. */
  readonly from: string;
  readonly to: string;
  readonly purse: GiftPurse;
  /** A decimal string at the scale of the purse. */
  readonly amount: string;
  readonly freeHolds: FreeHolds;
}

/**
 * Refuses, in order: `member_not_found` (either), `gift_invalid` (to oneself), `member_merged`, `member_suspended`, `member_inactive` (either),
 * `amount_invalid`, `gift_restricted` (the rules let nobody give of that purse), `gift_limit` (to others than spouse and lineal kin),
 * `balance_insufficient`.
 */
export function offerGift(stage: Stage, rules: RuleSet, request: GiftRequest): Gift {
  const { giver, receiver } = requirePair(stage, request);
  const { purse } = request;
  const { scale } = assetOfPurse(purse);
  const amount = parseAmount(request.amount, scale);
  if (amount <= 0n)
    throw new Refusal('amount_invalid', { en: 'a gift is more than nothing', zh: '转赠数额必须大于零' });
  if (!rules.gift_purses.includes(purse))
    throw new Refusal('gift_restricted', {
      en: `by ${ruleSetName(rules)} nobody gives ${purse}`,
      zh: `按 ${ruleSetName(rules)}，${purseZh[purse]}不可转赠`,
    });
  const asKin = areLineKin(stage, giver.member_id, receiver.member_id, stage.today);
  if (!asKin) requireWithinLimit(stage, rules, giver, { purse, amount });
  const parts = requireHeld(stage, { memberId: giver.member_id, purse }, amount, request.freeHolds);
  const gift = {
    gift_id: request.id,
    giver_id: giver.member_id,
    receiver_id: receiver.member_id,
    ...{ purse, amount },
    lots: parts && writeParts(parts),
    as_kin: asKin,
    state: 'offered' as const,
    month: monthOf(stage),
    offered_at: stage.instant,
    expires_at: formatInstant(BigInt(stage.now + rules.gift_hours * 3_600_000) * 1000n),
    decided_by: null,
    decided_at: null,
  };
  const held = heldForGifts(purse);
  stage.prefetch({ accounts: [held.code] });
  const { number } = stage.post({
    kind: 'gift_offered' satisfies TimebankKind,
    reference: gift.gift_id,
    ruleSet: ruleSetName(rules),
    control: true,
    legs: [{ debit: memberAccount(giver.member_id, purse), credit: held.code, amount }],
    opens: opensAccount(stage, held),
    ...(parts && { lots: leafLots(parts) }),
    rows: [change(giftRows, gift)],
  });
  return { ...gift, entry: number };
}

const purseZh: Readonly<Record<GiftPurse, string>> = { coins: '时间币', points: '积分' };

/** Who gives, who they are now, and who is given to. */
function requirePair(stage: Stage, { from, to }: GiftRequest): { giver: Member; receiver: Member } {
  stage.prefetch({ rows: [from, to].map((one) => [memberRows, one] as const) });
  const asked = requireMember(stage, from);
  const giver = asked.merged_into === null ? asked : requireMember(stage, asked.merged_into);
  const receiver = requireMember(stage, to);
  if (idsOf(giver).includes(to))
    throw new Refusal('gift_invalid', { en: 'nobody gives to themselves', zh: '不能转赠给本人' });
  refuseMerged(receiver);
  return { giver: requireActive(stage, giver), receiver: requireActive(stage, receiver) };
}

/** Refuses: `gift_limit`. What was declined, withdrawn or not answered does not count. */
function requireWithinLimit(
  stage: Stage,
  rules: RuleSet,
  giver: Member,
  { purse, amount }: { readonly purse: GiftPurse; readonly amount: bigint },
): void {
  const { scale } = assetOfPurse(purse);
  const text = purse === 'coins' ? rules.gift_others_month_coins : rules.gift_others_month_points;
  const lists = idsOf(giver).map((id) => [giftRows, 'month', id, purse, monthOf(stage)] as const);
  stage.prefetch({ lists });
  const counting = lists
    .flatMap(([table, index, ...key]) => stage.rows(table, index, ...key))
    .filter((gift) => !gift.as_kin && ['offered', 'accepted'].includes(stateOf(gift, stage.now)));
  const given = counting.reduce((sum, gift) => sum + gift.amount, 0n);
  if (given + amount <= parseAmount(text, scale)) return;
  throw new Refusal('gift_limit', {
    en: `others than spouse and lineal kin can be given ${text} ${purse} a month; ${formatAmount(given, scale)} are given already`,
    zh: `转赠给配偶和直系亲属以外的人，${purseZh[purse]}每月合计不超过 ${text}，本月已转赠 ${formatAmount(given, scale)}`,
  });
}

const monthOf = (stage: Stage) => stage.today.slice(0, 7);

/** The lots that a gift comes from, the earliest expiry first; null: its units have no age. Refuses: `balance_insufficient`. */
function requireHeld(
  stage: Stage,
  owner: { readonly memberId: string; readonly purse: GiftPurse },
  amount: bigint,
  freeHolds: FreeHolds,
): LotPart[] | null {
  const { memberId, purse } = owner;
  const code = memberAccount(memberId, purse);
  if (purse === 'points') expireLots(stage, { memberId, purse });
  freeIfShort(stage, code, amount, freeHolds);
  const account = stage.account(code);
  if (!account || balanceOf(account) < amount)
    throw new Refusal('balance_insufficient', {
      en: `the ${purse} of the giver do not suffice`,
      zh: `转赠人的${purseZh[purse]}不足`,
    });
  return purse === 'points' ? splitParts(partsOfLots(openLots(stage, { memberId, purse })), amount).first : null;
}
