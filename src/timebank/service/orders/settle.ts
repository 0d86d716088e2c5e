/** How long a service lasted, where the volunteer and the recipient each say. Pure; times in microseconds. */
import type { RuleSet } from '../../credit/rule-set.js';

export interface Said {
  /** From check-in to check-out. */
  readonly volunteer: bigint;
  /** Null: the recipient agrees. */
  readonly recipient: bigint | null;
}

const minute = 60_000_000n;

/** The mean of the two within `hours_tolerance_minutes`; null: they are further apart, and somebody has to decide. */
export function agreedTime(
  { volunteer, recipient }: Said,
  rules: Pick<RuleSet, 'hours_tolerance_minutes'>,
): bigint | null {
  if (recipient === null) return volunteer;
  const apart = volunteer > recipient ? volunteer - recipient : recipient - volunteer;
  return apart > BigInt(rules.hours_tolerance_minutes) * minute ? null : meanOf(volunteer, recipient);
}

export function meanOf(one: bigint, other: bigint): bigint {
  return (one + other) / 2n;
}

/**
 * At most `hours_clamp_percent` more than was planned. Never more than was given: whoever came for less than the plan is recorded with
 * what they gave.
 */
export function clampedTime(time: bigint, planned: bigint, rules: Pick<RuleSet, 'hours_clamp_percent'>): bigint {
  const most = (planned * BigInt(100 + rules.hours_clamp_percent)) / 100n;
  return time < most ? time : most;
}
