/**
 * From one record of service to the coins it mints, with a reason code for every hundredth of an hour that did not become
 * a coin in the member's account. Pure: it does not know who the member is, where the sums of the day and the week come
 * from, or how the result is posted.
 */
import { Decimal } from 'decimal.js';
import { least, parseAmount } from '../../lib/decimal.js';
import { Refusal } from '../../lib/refusal.js';
import type { ProofGrade } from '../service-words.js';
import type { RuleSet } from './rule-set.js';

export type DifferenceCode =
  | 'not_volunteering'
  | 'professional_service'
  | 'proof_grade_c'
  | 'presence_short'
  | 'kin'
  | 'service_coefficient'
  | 'cap_visit'
  | 'cap_day'
  | 'cap_week'
  | 'agreed_price'
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
  /** How long the service lasted, and was planned to, to the microsecond; with no plan (0) presence is not judged. */
  readonly presentMicroseconds: bigint;
  readonly plannedMicroseconds: bigint;
  /** What all other records of the service date and of its ISO week (from Monday) minted so far, in whatever order they came. */
  readonly mintedThatDay: bigint;
  readonly mintedThatWeek: bigint;
  /** What the member carries: `carryOut` of the record before and, after a merge, that of another, so that it may be a step or more. */
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
  /** Counts against the caps of the day and the week. */
  readonly minted: bigint;
  readonly toMember: bigint;
  /** Over the holding cap, for the account `holding_cap_excess`. */
  readonly toPool: bigint;
  readonly carryOut: bigint;
  /** Non-zero ones only, in the order the rules were applied. */
  readonly differences: readonly Difference[];
}

/**
 * Applies the rules in their fixed order: volunteering, service of a profession, proof grade, presence, kin, coefficient, caps of visit, day and
 * week, rounding with the carry, holding cap. Grants in part rather than not at all. A cap cuts only what this record brings:
 * what was carried in is minted within the cap or stays carried.
 * Refuses: `service_type_unknown`.
 */
export function mintCoins(input: MintInput): Minting {
  const { carryIn } = input;
  if (carryIn < 0n) throw new RangeError(`a carry of ${carryIn} is less than nothing`);

  const { hours, worth, differences, isExcluded } = worthOf(input);
  // What is excluded mints nothing, not even what is carried.
  const most = isExcluded ? 0n : worth + carryIn;
  const granted = grantUnderCaps({ ...input, worth, most, left: leftUnderCaps(input) });
  return { ...granted, hours, differences: [...differences, ...granted.differences] };
}

/** All bigints are hundredths. `hours = worth + sum(differences)`. */
interface Worth extends Pick<Minting, 'hours' | 'differences'> {
  /** In coins, before any cap and any price. */
  readonly worth: bigint;
  readonly isExcluded: boolean;
}

/** What the hours of a record are worth, whoever pays for them. Refuses: `service_type_unknown`. */
export function worthOf(input: Omit<MintInput, 'mintedThatDay' | 'mintedThatWeek'>): Worth {
  const { rules } = input;
  const coefficient = coefficientOf(rules, input.serviceType);
  const hours = hoursOf(input.presentMicroseconds);
  const exclusion = exclusionOf(input);
  const worth = exclusion ? 0n : coinsOfHours(hours, rules, coefficient);
  const difference = { code: exclusion ?? 'service_coefficient', amount: hours - worth } as const;
  const differences = difference.amount === 0n ? [] : [difference];
  return { hours, worth, differences, isExcluded: exclusion !== null };
}

/** What of these coins a member can still hold; the rest goes to the account `holding_cap_excess`. */
export function heldByMember({ rules, coinBalance }: Pick<MintInput, 'rules' | 'coinBalance'>, amount: bigint): bigint {
  return least(amount, notNegative(coins(rules.holding_cap) - coinBalance));
}

export interface Grant extends Pick<MintInput, 'rules' | 'carryIn' | 'coinBalance'> {
  /** What would be granted if there were no caps. */
  readonly worth: bigint;
  /** What is minted at most, what is carried included. */
  readonly most: bigint;
  /** What can still be minted under each cap, in the order in which they apply; see `roomUnder`. */
  readonly left: readonly (readonly [DifferenceCode, bigint])[];
}

/** What becomes of a worth under caps, rounded with the carry, the holding cap last. Its differences are those that it brings itself. */
export function grantUnderCaps({ rules, worth, most, left, carryIn, coinBalance }: Grant): Omit<Minting, 'hours'> {
  const differences: Difference[] = [];
  const note = (code: DifferenceCode, amount: bigint) => {
    if (amount !== 0n) differences.push({ code, amount });
  };
  let granted = worth;
  let room = most;
  for (const [code, under] of left) {
    const within = least(granted, under);
    note(code, granted - within);
    granted = within;
    room = least(room, under);
  }
  const whole = least(granted + carryIn, room);
  const minted = whole - (whole % coins(rules.rounding_step));
  const carryOut = granted + carryIn - minted;
  note('rounding_carry', carryOut - carryIn);
  const toMember = heldByMember({ rules, coinBalance }, minted);
  const toPool = minted - toMember;
  note('holding_cap', toPool);
  return { minted, toMember, toPool, carryOut, differences };
}

/** Microseconds as hundredths of an hour, rounded half up (`hours_rounding`); whatever took any time is at least one. */
export function hoursOf(microseconds: bigint): bigint {
  if (microseconds < 0n) throw new RangeError(`a service cannot last ${microseconds} microseconds`);
  const hours = (microseconds + hundredthOfAnHour / 2n) / hundredthOfAnHour;
  return microseconds > 0n && hours === 0n ? 1n : hours;
}

/** In microseconds: 36 seconds. */
const hundredthOfAnHour = 36_000_000n;

/** The first reason for which the whole record mints nothing, if there is one. */
function exclusionOf(input: Omit<MintInput, 'mintedThatDay' | 'mintedThatWeek'>): DifferenceCode | null {
  const { rules } = input;
  if (input.volunteering === false) return 'not_volunteering';
  if (Object.hasOwn(rules.professional_service_types, input.serviceType)) return 'professional_service';
  if (!rules.minting_grades.includes(input.grade)) return 'proof_grade_c';
  const { presentMicroseconds: present, plannedMicroseconds: planned } = input;
  if (present * 100n < planned * BigInt(rules.presence_min_percent)) return 'presence_short';
  if (input.kin === true && !rules.earn_from_kin) return 'kin';
  return null;
}

function leftUnderCaps({ rules, mintedThatDay, mintedThatWeek }: MintInput): [DifferenceCode, bigint][] {
  return [
    ['cap_visit', roomUnder(rules, 'cap_visit', 0n)],
    ['cap_day', roomUnder(rules, 'cap_day', mintedThatDay)],
    ['cap_week', roomUnder(rules, 'cap_week', mintedThatWeek)],
  ];
}

/** What can still be minted under a cap, in whole steps. */
export function roomUnder(rules: RuleSet, cap: 'cap_visit' | 'cap_day' | 'cap_week', minted: bigint): bigint {
  const room = notNegative(coins(rules[cap]) - minted);
  return room - (room % coins(rules.rounding_step));
}

/** Refuses: `service_type_unknown`. */
export function coefficientOf(rules: RuleSet, serviceType: string): string {
  // Own keys only: a service type called "constructor" is as unknown as any other.
  if (Object.hasOwn(rules.service_coefficients, serviceType)) return rules.service_coefficients[serviceType] ?? '1.00';
  if (rules.unknown_service_type === 'accept') return '1.00';
  throw new Refusal('service_type_unknown', {
    en: `the rules have no service type "${serviceType.slice(0, 64)}"`,
    zh: `规则中没有服务类型“${serviceType.slice(0, 64)}”`,
  });
}

/** Rounded half up to a hundredth of a coin (`coefficient_rounding`). */
export function coinsOfHours(hours: bigint, rules: RuleSet, coefficient: string): bigint {
  const worth = new Decimal(hours.toString()).times(rules.coin_per_hour).times(coefficient);
  if (worth.isNegative()) throw new RangeError(`a coefficient of ${coefficient} would take coins away`);
  return BigInt(worth.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toFixed(0));
}

const coins = (text: string) => parseAmount(text, 2);
const notNegative = (amount: bigint) => (amount < 0n ? 0n : amount);
