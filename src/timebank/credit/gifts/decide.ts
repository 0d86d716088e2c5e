/** What becomes of a gift: it is accepted, or goes back to who offered it. What either owes of the same purse is repaid first. */
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { heldForGifts, type TimebankKind } from '../../chart.js';
import { idsOf, requireActive, requireMember } from '../../people/members.js';
import { isMemberWithin, type Reach } from '../../people/reach.js';
import { isOneOf } from '../../people/second-person.js';
import { bringTo } from '../lots/expire.js';
import { leafLots, readParts } from '../lots/parts.js';
import { creditMember, creditNeeds } from '../receivable.js';
import { giftRows } from '../rows.js';
import { endedGift, type Gift, giftNotFound, requireGift, requireOpenGift, stateOf } from './gift.js';
import type { GiftState } from './gift-words.js';

export interface GiftDecision {
  readonly id: string;
  /** The member who decides, under any id; null: an office does so on behalf of whoever may. */
  readonly member: string | null;
  /** How far an office sees. */
  readonly reach: Reach;
  readonly actor: string;
  readonly alias?: string | undefined;
}

/**
 * The receiver takes it. Refuses: `gift_not_found` (also when it is another's), `gift_decided`, `self_approval` (an office that is the giver),
 * `member_suspended`, `member_inactive` (either).
 */
export function acceptGift(stage: Stage, decision: GiftDecision): Gift {
  const gift = requireTheirs(stage, decision, 'receiver');
  const giver = requireMember(stage, gift.giver_id);
  if (isOneOf(stage, idsOf(giver), decision.actor, decision.alias))
    throw new Refusal('self_approval', {
      en: 'nobody accepts what they gave themselves',
      zh: '任何人不得代他人接受自己转赠的时间币或积分',
    });
  requireActive(stage, giver);
  requireActive(stage, gift.receiver_id);
  return end(stage, gift, 'accepted');
}

/** The receiver does not want it. Refuses: `gift_not_found` (also when it is another's), `gift_decided`. */
export function declineGift(stage: Stage, decision: GiftDecision): Gift {
  return end(stage, requireTheirs(stage, decision, 'receiver'), 'declined');
}

/** The giver takes it back before it is accepted. Refuses: `gift_not_found` (also when it is another's), `gift_decided`. */
export function withdrawGift(stage: Stage, decision: GiftDecision): Gift {
  return end(stage, requireTheirs(stage, decision, 'giver'), 'withdrawn');
}

/** Gives back what was not answered in time. Refuses: `gift_not_found`, `gift_decided` (it was answered, or its time is not over). */
export function expireGift(stage: Stage, id: string): Gift {
  const gift = requireGift(stage, id);
  if (gift.state === 'offered' && stateOf(gift, stage.now) === 'expired') return end(stage, gift, 'expired');
  throw new Refusal('gift_decided', {
    en: `gift ${id} is ${gift.state}, or its time is not over`,
    zh: `转赠 ${id} 已有结果，或尚未到期`,
  });
}

/** Gives a member back what they offered and nobody answered in time, so that nothing is withheld because a job has not run. */
export function releaseExpiredGifts(stage: Stage, memberId: string): void {
  for (const gift of openGifts(stage, 'giver', memberId)) {
    if (stateOf(gift, stage.now) === 'expired') end(stage, gift, 'expired');
  }
}

/**
 * For the commands that move all a member has: what was not answered in time is given back before. Refuses: `member_has_gifts` (one that the member
 * has offered, or was offered, is open).
 */
export function refuseOpenGifts(stage: Stage, memberId: string): void {
  releaseExpiredGifts(stage, memberId);
  const sides = (['giver', 'receiver'] as const).flatMap((side) => openGifts(stage, side, memberId));
  const open = sides.filter((gift) => stateOf(gift, stage.now) === 'offered');
  if (open.length === 0) return;
  throw new Refusal('member_has_gifts', {
    en: `member ${memberId} has a part in ${open.length} gifts that are not answered yet`,
    zh: `成员 ${memberId} 尚有 ${open.length} 笔待接受的转赠`,
  });
}

function openGifts(stage: Stage, side: 'giver' | 'receiver', memberId: string): Gift[] {
  return stage.rows(giftRows, side, memberId, 'offered');
}

/** Refuses: `gift_not_found`, `gift_decided`. */
function requireTheirs(stage: Stage, { id, member, reach }: GiftDecision, side: 'giver' | 'receiver'): Gift {
  const gift = requireGift(stage, id);
  const whose = side === 'giver' ? gift.giver_id : gift.receiver_id;
  const person = requireMember(stage, whose);
  const isTheirs = member === null ? isMemberWithin(stage, reach, person) : idsOf(person).includes(member);
  if (!isTheirs) throw giftNotFound(id);
  requireOpenGift(gift, stage.now);
  return gift;
}

const kinds = {
  accepted: 'gift_accepted',
  declined: 'gift_declined',
  withdrawn: 'gift_withdrawn',
  expired: 'gift_expired',
} as const satisfies Readonly<Record<Exclude<GiftState, 'offered'>, TimebankKind>>;

/** Nobody's id changes while a gift of theirs is open: who gave, and who was given to, are who they were. */
function end(stage: Stage, gift: Gift, state: Exclude<GiftState, 'offered'>): Gift {
  const { purse, amount } = gift;
  const memberId = state === 'accepted' ? gift.receiver_id : gift.giver_id;
  const given = { memberId, purse, debit: heldForGifts(purse).code, amount };
  stage.prefetch({ accounts: [given.debit, ...creditNeeds(memberId, purse)] });
  const row = endedGift(stage, gift, state);
  const { entry } = bringTo(stage, given, () => ({
    entry: stage.post({
      kind: kinds[state],
      reference: gift.gift_id,
      control: true,
      ...creditMember(stage, given),
      ...(gift.lots !== null && { lots: leafLots(readParts(gift.lots)) }),
      rows: [row],
    }),
  }));
  return { ...(row.row as Gift), entry: entry.number };
}
