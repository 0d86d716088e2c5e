/** Words of spot checks: what was found when somebody asked whether a service had been given. */

/** `confirmed`: as it was recorded; `deviates`: otherwise than recorded, or not at all; `unreachable`: nobody could be asked. */
export const spotCheckOutcomes = ['confirmed', 'deviates', 'unreachable'] as const;
export type SpotCheckOutcome = (typeof spotCheckOutcomes)[number];
