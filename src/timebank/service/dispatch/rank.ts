/**
 * What speaks for a volunteer for an order, and how much: facts in, score and reasons out, in hundredths. The weights are the rules'. Pure:
 * it knows no database, no order and no name.
 */
import { parseAmount } from '../../../lib/decimal.js';
import type { RuleSet } from '../../credit/rule-set.js';
import type { OrgUnitLevel } from '../../people-words.js';
import type { DispatchReason } from '../../service-words.js';

export type DispatchRules = Pick<RuleSet, 'dispatch_weights' | 'dispatch_full_load_hours'>;

/** What many have in common. */
export interface GroupFacts {
  /** The level of the lowest unit that the volunteer and the place of the order both lie in; null: none below the county. */
  readonly nearest: OrgUnitLevel | null;
  readonly specialty: boolean;
  readonly category: boolean;
}

export interface Facts extends GroupFacts {
  /** Whether the volunteer has said to have time then; who has said nothing has not. */
  readonly available: boolean;
  /** Hundredths of an hour, given or promised. */
  readonly load: bigint;
}

export interface Reason {
  readonly code: DispatchReason;
  /** Hundredths. */
  readonly weight: bigint;
}

/** Somebody's place in a list. */
export interface Placed {
  readonly member: string;
  /** Hundredths. */
  readonly score: bigint;
}

const nearness: Readonly<Record<OrgUnitLevel, DispatchReason | null>> = {
  county: null,
  subdistrict: 'same_subdistrict',
  township: 'same_subdistrict',
  community: 'same_community',
  village: 'same_community',
  estate: 'same_estate',
  stairwell: 'same_stairwell',
};

/** What speaks for somebody; what weighs nothing is left out. */
export function reasonsFor(rules: DispatchRules, facts: Facts): Reason[] {
  const near = facts.nearest && nearness[facts.nearest];
  const reasons: Reason[] = [
    ...(near ? [weigh(rules, near)] : []),
    ...(facts.specialty ? [weigh(rules, 'specialty')] : []),
    ...(facts.category ? [weigh(rules, 'category')] : []),
    ...(facts.available ? [weigh(rules, 'available')] : []),
    lowLoad(rules, facts.load),
  ];
  return reasons.filter(({ weight }) => weight > 0n);
}

export function scoreOf(reasons: readonly Reason[]): bigint {
  return reasons.reduce((sum, { weight }) => sum + weight, 0n);
}

/** What somebody of a group scores who has time and has done nothing of late: nobody of it scores more. */
export function highestScore(rules: DispatchRules, group: GroupFacts): bigint {
  return scoreOf(reasonsFor(rules, { ...group, available: true, load: 0n }));
}

/** The highest score first; of equals, the lower id. */
export function comparePlaces(a: Placed, b: Placed): number {
  if (a.score !== b.score) return a.score > b.score ? -1 : 1;
  if (a.member === b.member) return 0;
  return a.member < b.member ? -1 : 1;
}

function weigh({ dispatch_weights: weights }: DispatchRules, code: DispatchReason): Reason {
  return { code, weight: parseAmount(weights[code], 2) };
}

/** In proportion to what is left of a full load, rounded down. */
function lowLoad(rules: DispatchRules, load: bigint): Reason {
  const full = parseAmount(rules.dispatch_full_load_hours, 2);
  const { code, weight } = weigh(rules, 'low_load');
  return { code, weight: load >= full ? 0n : (weight * (full - load)) / full };
}
