/** Words of grants: what becomes of one that was proposed, and of the purse that holds those of a year. */

/** `proposed` waits for a second person; the others are the end of it. */
export const grantStates = ['proposed', 'given', 'rejected'] as const;
export type GrantState = (typeof grantStates)[number];

export const grantStatesZh: Readonly<Record<GrantState, string>> = {
  proposed: '待审批',
  given: '已发放',
  rejected: '已驳回',
};

/** `open` pays orders until its year is over; `ended`: what it held went back to the fund. */
export const grantPurseStates = ['open', 'ended'] as const;
