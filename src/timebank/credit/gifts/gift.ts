/**
 * A gift: what a member offers another of their coins or points. It is held from the moment it is offered, and the other has time to accept it; what
 * is declined, withdrawn or not answered in time goes back to where it came from. `offered -> accepted | declined | withdrawn | expired`.
 */
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { hasCome } from '../../../lib/clock.js';
import { formatAmount } from '../../../lib/decimal.js';
import { Refusal } from '../../../lib/refusal.js';
import { assetOfPurse } from '../../chart.js';
import { giftRows } from '../rows.js';
import { type GiftPurse, type GiftState, giftStatesZh } from './gift-words.js';

export type Gift = ReturnType<typeof giftRows.decode>;

/** The state by the clock, whatever was tidied up; `now` is milliseconds since the epoch. */
export function stateOf({ state, expires_at }: Gift, now: number): GiftState {
  return state === 'offered' && hasCome(expires_at, now) ? 'expired' : state;
}

/** Refuses: `gift_not_found`. */
export function requireGift(stage: Stage, id: string): Gift {
  const gift = stage.row(giftRows, id);
  if (!gift) throw giftNotFound(id);
  return gift;
}

export function giftNotFound(id: string): Refusal {
  return new Refusal('gift_not_found', { en: `there is no gift ${id}`, zh: `没有编号为 ${id} 的转赠` });
}

/** Refuses: `gift_decided` (it is not open any more). */
export function requireOpenGift(gift: Gift, now: number): void {
  const state = stateOf(gift, now);
  if (state === 'offered') return;
  throw new Refusal('gift_decided', {
    en: `gift ${gift.gift_id} is ${state} already`,
    zh: `转赠 ${gift.gift_id} ${giftStatesZh[state]}`,
  });
}

/** The row of a gift as it ends. */
export function endedGift(stage: Stage, gift: Gift, state: Exclude<GiftState, 'offered'>): RowChange {
  return change(giftRows, { ...gift, state, decided_by: stage.actingAs, decided_at: stage.instant }, false);
}

/** A gift as the interface shows it, its state judged at `now`. */
export function viewGift(gift: Gift, now: number) {
  const { gift_id: id, giver_id: from, receiver_id: to, purse, as_kin, offered_at, expires_at, decided_at } = gift;
  const { asset, scale } = assetOfPurse(purse as GiftPurse);
  return {
    ...{ id, from, to, purse: purse as GiftPurse, asset },
    amount: formatAmount(gift.amount, scale),
    state: stateOf(gift, now),
    ...{ as_kin, offered_at, expires_at, decided_at },
    entry: String(gift.entry),
  };
}

export type GiftView = ReturnType<typeof viewGift>;
