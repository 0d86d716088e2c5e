/** Words of gifts: what may be given, and what becomes of what is offered. */

export const giftPurses = ['coins', 'points'] as const;
export type GiftPurse = (typeof giftPurses)[number];

/** `offered`: held until it is accepted; every other one is the end of it. */
export const giftStates = ['offered', 'accepted', 'declined', 'withdrawn', 'expired'] as const;
export type GiftState = (typeof giftStates)[number];

export const giftStatesZh: Readonly<Record<GiftState, string>> = {
  offered: '待接受',
  accepted: '已接受',
  declined: '已谢绝',
  withdrawn: '已撤回',
  expired: '已过期',
};
