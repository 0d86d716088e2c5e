/**
 * What the hours of a record are worth in coins, before any cap and any price, with a reason for every hundredth that they are worth more or
 * less. Pure: it does not know who the member is, nor what becomes of the coins.
 */
import { Decimal } from 'decimal.js';
import { parseAmount } from '../../lib/decimal.js';
import { Refusal } from '../../lib/refusal.js';
import type { DifferenceCode, ProofGrade } from '../service-words.js';
import type { RuleSet } from './rule-set.js';

/** Hundredths between hours served and coins received; negative where the rule made the coins more than the hours. */
export interface Difference {
  readonly code: DifferenceCode;
  readonly amount: bigint;
}

/** What a record says, and what is known of it by the day of service. */
export interface WorthInput {
  readonly rules: RuleSet;
  readonly grade: ProofGrade;
  readonly serviceType: string;
  /** How long the service lasted, and was planned to, to the microsecond; with no plan (0) presence is not judged. */
  readonly presentMicroseconds: bigint;
  readonly plannedMicroseconds: bigint;
  /** The recipient is spouse or lineal kin. */
  readonly kin?: boolean;
  /** False for paid posts and party study, which never earn. */
  readonly volunteering?: boolean;
  /** The volunteer's level of talent, as recorded. */
  readonly level?: number | null;
  /** Where the order was for a station. */
  readonly station?: string | null;
  /** The type mints at certain times and places, and this was none of them. */
  readonly outsideCalendar?: boolean;
  /** The type mints once, and another record has minted. */
  readonly mintedOnce?: boolean;
}

/** All bigints are hundredths, never negative. `hours = worth + sum(differences)`. */
export interface Worth {
  readonly hours: bigint;
  readonly worth: bigint;
  readonly differences: readonly Difference[];
  readonly isExcluded: boolean;
}

/** Whoever pays for them. Refuses: `service_type_unknown`. */
export function worthOf(input: WorthInput): Worth {
  const { rules, serviceType } = input;
  const hours = hoursOf(input.presentMicroseconds);
  const base = baseOf(rules, serviceType, hours);
  const exclusion = exclusionOf(input);
  if (exclusion !== null)
    return {
      hours,
      worth: 0n,
      isExcluded: true,
      differences: hours === 0n ? [] : [{ code: exclusion, amount: hours }],
    };
  const steps: (readonly [DifferenceCode, Decimal])[] = [
    [Object.hasOwn(rules.visit_coins, serviceType) ? 'visit_basis' : 'service_coefficient', base],
    ...further('level_coefficient', rules.level_coefficients, input.level),
    ...further('station_coefficient', rules.station_coefficients, input.station),
  ];
  const differences: Difference[] = [];
  let [exact, worth] = [new Decimal(1), hours];
  for (const [code, factor] of steps) {
    exact = exact.times(factor);
    const next = rounded(exact);
    if (next !== worth) differences.push({ code, amount: worth - next });
    worth = next;
  }
  return { hours, worth, differences, isExcluded: false };
}

/** What a service is worth that lasts so many hundredths of an hour, by its type alone, in hundredths of a coin. Refuses: `service_type_unknown`. */
export function worthByType(rules: RuleSet, serviceType: string, hours: bigint): bigint {
  return rounded(baseOf(rules, serviceType, hours));
}

/** Microseconds as hundredths of an hour, rounded half up (`hours_rounding`); whatever took any time is at least one. */
export function hoursOf(microseconds: bigint): bigint {
  if (microseconds < 0n) throw new RangeError(`a service cannot last ${microseconds} microseconds`);
  const hours = (microseconds + hundredthOfAnHour / 2n) / hundredthOfAnHour;
  return microseconds > 0n && hours === 0n ? 1n : hours;
}

/** In microseconds: 36 seconds. */
const hundredthOfAnHour = 36_000_000n;

/** Exact hundredths of a coin: of the hours, or of the visit where its type is paid by the visit. Refuses: `service_type_unknown`. */
function baseOf(rules: RuleSet, serviceType: string, hours: bigint): Decimal {
  const coefficient = coefficientOf(rules, serviceType);
  const byVisit = Object.hasOwn(rules.visit_coins, serviceType) ? rules.visit_coins[serviceType] : undefined;
  if (byVisit !== undefined) return new Decimal(parseAmount(byVisit, 2).toString()).times(coefficient);
  return new Decimal(hours.toString()).times(rules.coin_per_hour).times(coefficient);
}

/** A factor that the rules name for a key; nothing where they name none. */
function further(
  code: DifferenceCode,
  factors: Readonly<Record<string, string>>,
  key: string | number | null | undefined,
): (readonly [DifferenceCode, Decimal])[] {
  if (key === null || key === undefined || !Object.hasOwn(factors, key)) return [];
  return [[code, new Decimal(factors[key] ?? 1)]];
}

/** Half up to a hundredth of a coin (`coefficient_rounding`). */
function rounded(exact: Decimal): bigint {
  if (exact.isNegative()) throw new RangeError(`a worth of ${exact} would take coins away`);
  return BigInt(exact.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toFixed(0));
}

/** The first reason for which the whole record mints nothing, if there is one. */
function exclusionOf(input: WorthInput): DifferenceCode | null {
  const { rules } = input;
  if (input.volunteering === false) return 'not_volunteering';
  if (Object.hasOwn(rules.professional_service_types, input.serviceType)) return 'professional_service';
  if (!rules.minting_grades.includes(input.grade)) return 'proof_grade_c';
  const { presentMicroseconds: present, plannedMicroseconds: planned } = input;
  if (present * 100n < planned * BigInt(rules.presence_min_percent)) return 'presence_short';
  if (input.kin === true && !rules.earn_from_kin) return 'kin';
  if (input.outsideCalendar === true) return 'outside_calendar';
  if (input.mintedOnce === true) return 'minted_once';
  return null;
}

/** Refuses: `service_type_unknown`. */
export function coefficientOf(rules: RuleSet, serviceType: string): string {
  // Own keys only: a service type called "constructor" is as unknown as any other.
  if (Object.hasOwn(rules.service_coefficients, serviceType)) return rules.service_coefficients[serviceType] ?? '1.00';
  if (rules.unknown_service_type === 'accept') return '1.00';
  throw new Refusal('service_type_unknown', {
    en: `the rules have no service type "${serviceType.slice(0, 64)}"`,
    zh: `规则集中没有服务类型“${serviceType.slice(0, 64)}”`,
  });
}
