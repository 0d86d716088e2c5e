/**
 * From one record of service to the coins it mints, with a reason code for every hundredth of an hour that did not become
 * a coin in the member's account. Pure: it does not know who the member is, where the sums of the day and the week come
 * from, or how the result is posted.
 */
import { least, parseAmount } from '../../lib/decimal.js';
import type { DifferenceCode } from '../service-words.js';
import { leftUnderFurther, type Used } from './further-caps.js';
import type { RuleSet } from './rule-set.js';
import { type Difference, type WorthInput, worthOf } from './worth.js';

/** All bigints are hundredths (of an hour or a coin), never negative. */
export interface MintInput extends WorthInput, Partial<Used> {
  /** What all other records of the service date and of its ISO week (from Monday) minted so far, in whatever order they came. */
  readonly mintedThatDay: bigint;
  readonly mintedThatWeek: bigint;
  /** What the member carries: `carryOut` of the record before and, after a merge, that of another, so that it may be a step or more. */
  readonly carryIn: bigint;
  /** Coins the member holds before this record. */
  readonly coinBalance: bigint;
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
 * Applies the rules in their fixed order: volunteering, service of a profession, proof grade, presence, kin, calendar, once; basis, coefficients
 * of type, level and station; caps of visit, day and week, further caps, budgets; rounding with the carry, holding cap. Grants in part rather than not
 * at all. A cap cuts only what this record brings: what was carried in is minted within the cap or stays carried.
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
  // Several caps may have one code.
  const noted = new Map<DifferenceCode, bigint>();
  const note = (code: DifferenceCode, amount: bigint) => {
    if (amount !== 0n) noted.set(code, (noted.get(code) ?? 0n) + amount);
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
  const differences = [...noted].map(([code, amount]) => ({ code, amount }));
  return { minted, toMember, toPool, carryOut, differences };
}

function leftUnderCaps(input: MintInput): (readonly [DifferenceCode, bigint])[] {
  const { rules, mintedThatDay, mintedThatWeek } = input;
  return [
    ['cap_visit', roomUnder(rules, 'cap_visit', 0n)],
    ['cap_day', roomUnder(rules, 'cap_day', mintedThatDay)],
    ['cap_week', roomUnder(rules, 'cap_week', mintedThatWeek)],
    ...leftUnderFurther(rules, input),
  ];
}

/** What can still be minted under a cap, in whole steps. */
export function roomUnder(rules: RuleSet, cap: 'cap_visit' | 'cap_day' | 'cap_week', minted: bigint): bigint {
  const room = notNegative(coins(rules[cap]) - minted);
  return room - (room % coins(rules.rounding_step));
}

/** Amounts of rule sets: they are few, and asked for with every record. */
const parsed = new Map<string, bigint>();

function coins(text: string): bigint {
  let amount = parsed.get(text);
  if (amount === undefined) {
    amount = parseAmount(text, 2);
    parsed.set(text, amount);
  }
  return amount;
}

const notNegative = (amount: bigint) => (amount < 0n ? 0n : amount);
