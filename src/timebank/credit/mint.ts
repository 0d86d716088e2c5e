/**
 * From one record of service to the coins it mints, with a reason code for every hundredth of an hour that did not become
 * a coin in the member's account. Pure: it does not know who the member is, where the sums of the day and the week come
 * from, or how the result is posted.
 */
import { Decimal } from 'decimal.js';
import { parseAmount } from '../../lib/decimal.js';
import { Refusal } from '../../lib/refusal.js';
import type { ProofGrade } from '../words.js';
import type { RuleSet } from './rule-set.js';

export type DifferenceCode =
  | 'not_volunteering'
  | 'proof_grade_c'
  | 'presence_short'
  | 'kin'
  | 'service_coefficient'
  | 'cap_visit'
  | 'cap_day'
  | 'cap_week'
  | 'rounding_carry'
  | 'holding_cap';

/** Hundredths between hours served and coins received; negative where the rule made the coins more than the hours. */
export interface Difference {
  readonly code: DifferenceCode;
  readonly amount: bigint;
}

/** All bigints are hundredths (of an hour or a coin), never negative. */
export interface MintInput {
  readonly rules: RuleSet;
  readonly grade: ProofGrade;
  readonly serviceType: string;
  /** Whole minutes actually given, and planned; with no plan (0) presence is not judged. */
  readonly minutesPresent: number;
  readonly minutesPlanned: number;
  /** What earlier records of the same service date and of the same ISO week (from Monday) were granted as `eligible`. */
  readonly alreadyToday: bigint;
  readonly alreadyThisWeek: bigint;
  /** `carryOut` of the member's previous record; less than the rounding step. */
  readonly carryIn: bigint;
  /** Coins the member holds before this record. */
  readonly coinBalance: bigint;
  /** The recipient is spouse or lineal kin. */
  readonly kin?: boolean;
  /** False for paid posts and party study, which never earn. */
  readonly volunteering?: boolean;
}

/** All bigints are hundredths. `hours = toMember + sum(differences)`, `minted = toMember + toPool`. */
export interface Minting {
  readonly hours: bigint;
  /** Counts against the caps of the day and the week; `eligible + carryIn = minted + carryOut`. */
  readonly eligible: bigint;
  readonly minted: bigint;
  readonly toMember: bigint;
  /** Over the holding cap, for the account `holding_cap_excess`. */
  readonly toPool: bigint;
  readonly carryOut: bigint;
  /** Non-zero ones only, in the order the rules were applied. */
  readonly differences: readonly Difference[];
}

/** Minutes as hundredths of an hour, rounded half up (`hours_rounding`). */
function hoursOfMinutes(minutes: number): bigint {
  if (!Number.isSafeInteger(minutes) || minutes < 0) throw new RangeError(`not a count of minutes: ${minutes}`);
  return (BigInt(minutes) * 100n + 30n) / 60n;
}

/**
 * Applies the rules in their fixed order: volunteering, proof grade, presence, kin, coefficient, caps of visit, day and
 * week, rounding with the carry, holding cap. Grants in part rather than not at all.
 * Refuses: `service_type_unknown`.
 */
export function mintCoins(input: MintInput): Minting {
  const { rules, carryIn, coinBalance } = input;
  const coefficient = coefficientOf(rules, input.serviceType);
  const step = coins(rules.rounding_step);
  if (carryIn < 0n || carryIn >= step) throw new RangeError(`a carry of ${carryIn} does not fit a step of ${step}`);

  const hours = hoursOfMinutes(input.minutesPresent);
  const differences: Difference[] = [];
  const note = (code: DifferenceCode, amount: bigint) => {
    if (amount !== 0n) differences.push({ code, amount });
  };

  const exclusion = exclusionOf(input);
  if (exclusion) note(exclusion, hours);
  const worth = exclusion ? 0n : coinsOfHours(hours, rules, coefficient);
  if (!exclusion) note('service_coefficient', hours - worth);

  let eligible = worth;
  for (const [code, limit] of capsOf(input, step)) {
    const granted = smaller(eligible, limit);
    note(code, eligible - granted);
    eligible = granted;
  }

  const carryOut = (eligible + carryIn) % step;
  const minted = eligible + carryIn - carryOut;
  note('rounding_carry', carryOut - carryIn);

  const toMember = smaller(minted, notNegative(coins(rules.holding_cap) - coinBalance));
  const toPool = minted - toMember;
  note('holding_cap', toPool);
  return { hours, eligible, minted, toMember, toPool, carryOut, differences };
}

/** The first reason for which the whole record mints nothing, if there is one. */
function exclusionOf(input: MintInput): DifferenceCode | null {
  const { rules } = input;
  if (input.volunteering === false) return 'not_volunteering';
  if (!rules.minting_grades.includes(input.grade)) return 'proof_grade_c';
  if (input.minutesPresent * 100 < input.minutesPlanned * rules.presence_min_percent) return 'presence_short';
  if (input.kin === true && !rules.earn_from_kin) return 'kin';
  return null;
}

/** What is left under each cap. Caps are whole steps, so that a carry can never lift what is minted over one. */
function capsOf(input: MintInput, step: bigint): [DifferenceCode, bigint][] {
  const { rules } = input;
  const cap = (key: 'cap_visit' | 'cap_day' | 'cap_week') => {
    const amount = coins(rules[key]);
    if (amount % step !== 0n) throw new RangeError(`${key} ${rules[key]} is not a multiple of ${rules.rounding_step}`);
    return amount;
  };
  return [
    ['cap_visit', cap('cap_visit')],
    ['cap_day', notNegative(cap('cap_day') - input.alreadyToday)],
    ['cap_week', notNegative(cap('cap_week') - input.alreadyThisWeek)],
  ];
}

function coefficientOf(rules: RuleSet, serviceType: string): string {
  // Own keys only: a service type called "constructor" is as unknown as any other.
  if (Object.hasOwn(rules.service_coefficients, serviceType)) return rules.service_coefficients[serviceType] ?? '1.00';
  if (rules.unknown_service_type === 'accept') return '1.00';
  throw new Refusal('service_type_unknown', `the rules have no service type "${serviceType.slice(0, 64)}"`);
}

/** Rounded half up to a hundredth of a coin (`coefficient_rounding`). */
function coinsOfHours(hours: bigint, rules: RuleSet, coefficient: string): bigint {
  const worth = new Decimal(hours.toString()).times(rules.coin_per_hour).times(coefficient);
  if (worth.isNegative()) throw new RangeError(`a coefficient of ${coefficient} would take coins away`);
  return BigInt(worth.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toFixed(0));
}

const coins = (text: string) => parseAmount(text, 2);
const smaller = (a: bigint, b: bigint) => (a < b ? a : b);
const notNegative = (amount: bigint) => (amount < 0n ? 0n : amount);
