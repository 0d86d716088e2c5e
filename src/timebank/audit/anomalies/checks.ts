/** All checks, by their codes, in the order of the report. */
import { type AnomalyCode, anomalyCodes } from '../../anomaly-words.js';
import { approvalsForOne, approvalsInBurst } from './approvals.js';
import type { Check } from './check.js';
import { hoursAfterDeath, nightHours, overlappingHours, roundStreak } from './hours.js';
import { frequentPair, householdHours, mutualService } from './pairs.js';
import { idleCoins, idlePoints, quickRedemption } from './purses.js';

const checks: Readonly<Record<AnomalyCode, Check>> = {
  mutual_service: mutualService,
  frequent_pair: frequentPair,
  approvals_for_one: approvalsForOne,
  approvals_in_burst: approvalsInBurst,
  overlapping_hours: overlappingHours,
  night_hours: nightHours,
  round_streak: roundStreak,
  hours_after_death: hoursAfterDeath,
  household_hours: householdHours,
  quick_redemption: quickRedemption,
  idle_coins: idleCoins,
  idle_points: idlePoints,
};

/** The check of a code, or all of them. Those on approvers are left out for whoever may be one of them. */
export function checksOf(code: AnomalyCode | undefined, withApprovers: boolean): Check[] {
  return anomalyCodes
    .filter((one) => code === undefined || one === code)
    .map((one) => checks[one])
    .filter(({ roles }) => withApprovers || !roles.includes('approver'));
}
