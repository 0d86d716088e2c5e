/** Words of closing a member's accounts: why they are closed, where what is in them goes, and how far it has come. */

/** `left` and `moved`: by leaving; `died`: by a death that was reported. */
export const closingCauses = ['left', 'moved', 'died'] as const;
export type ClosingCause = (typeof closingCauses)[number];

/** A relative, the community's pool (points, of which there is none, lapse), or nobody. */
export const closingDestinations = ['kin', 'pool', 'lapse'] as const;
export type ClosingDestination = (typeof closingDestinations)[number];

/** `open`: proposed or reported, and not approved by all who have to; every other one is the end of it. */
export const closingStates = ['open', 'settled', 'withdrawn'] as const;
export type ClosingState = (typeof closingStates)[number];
