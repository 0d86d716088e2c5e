/**
 * The rules of minting once more, written from their text and not from the code: by counting, one hundredth of an hour and one
 * step of coins at a time. Slow and plain, to compare the real one with.
 */
import type { MintInput } from '../../../src/timebank/credit/mint.js';

/** Hundredths; `reasons` without those that explain nothing. */
export interface PlainMinting {
  readonly hours: number;
  readonly member: number;
  readonly pool: number;
  readonly carry: number;
  readonly reasons: Readonly<Record<string, number>>;
}

export function mintPlainly(input: MintInput): PlainMinting {
  const { rules } = input;
  const seconds = Number(input.presentMicroseconds) / 1_000_000;
  const hours = countHours(seconds);
  const reasons: Record<string, number> = {};
  const because = (code: string, hundredths: number) => {
    if (hundredths !== 0) reasons[code] = (reasons[code] ?? 0) + hundredths;
  };
  const step = hundredths(rules.rounding_step);
  let carry = Number(input.carryIn);

  const excluded = whyExcluded(input);
  if (excluded !== null) {
    because(excluded, hours);
    return { hours, member: 0, pool: 0, carry, reasons };
  }
  const worth = weigh(hours, rules.coin_per_hour, rules.service_coefficients[input.serviceType] ?? '1');
  because('service_coefficient', hours - worth);

  // Each hundredth of a coin by itself: the first cap without room for it takes it; otherwise it joins what is carried.
  const roomOf = (cap: string, minted: bigint) => roomFor(step, hundredths(cap) - Number(minted));
  const [visit, day, week] = [
    roomOf(rules.cap_visit, 0n),
    roomOf(rules.cap_day, input.mintedThatDay),
    roomOf(rules.cap_week, input.mintedThatWeek),
  ];
  for (let number = 1; number <= worth; number += 1) {
    if (number > visit) because('cap_visit', 1);
    else if (number > day) because('cap_day', 1);
    else if (number > week) because('cap_week', 1);
    else carry += 1;
  }
  // Whole steps of what is carried become coins, one after another and as far as the caps go; over the holding cap the pool has them.
  let [member, pool] = [0, 0];
  while (carry >= step && member + pool + step <= Math.min(visit, day, week)) {
    carry -= step;
    for (let number = 0; number < step; number += 1) {
      if (Number(input.coinBalance) + member < hundredths(rules.holding_cap)) member += 1;
      else pool += 1;
    }
  }
  because('rounding_carry', carry - Number(input.carryIn));
  because('holding_cap', pool);
  return { hours, member, pool, carry, reasons };
}

/** A hundredth of an hour is 36 seconds; one that is half over counts; a service that took any time counts one. */
function countHours(seconds: number): number {
  let hours = 0;
  while (seconds >= hours * 36 + 18) hours += 1;
  return seconds > 0 ? Math.max(hours, 1) : hours;
}

function whyExcluded({ rules, ...record }: MintInput): string | null {
  if (record.volunteering === false) return 'not_volunteering';
  if (Object.keys(rules.professional_service_types).includes(record.serviceType)) return 'professional_service';
  if (!rules.minting_grades.some((grade) => grade === record.grade)) return 'proof_grade_c';
  const leastPresent = (record.plannedMicroseconds * BigInt(rules.presence_min_percent)) / 100n;
  const remainder = (record.plannedMicroseconds * BigInt(rules.presence_min_percent)) % 100n;
  if (record.presentMicroseconds < leastPresent) return 'presence_short';
  if (record.presentMicroseconds === leastPresent && remainder > 0n) return 'presence_short';
  return record.kin && !rules.earn_from_kin ? 'kin' : null;
}

/** Hours times coin an hour times coefficient, in hundredths, half up: in thousandths of thousandths, all whole numbers. */
function weigh(hours: number, coinPerHour: string, coefficient: string): number {
  const millionths = hours * thousandths(coinPerHour) * thousandths(coefficient);
  let worth = 0;
  while (millionths >= worth * 1_000_000 + 500_000) worth += 1;
  return worth;
}

/** How much fits, in whole steps. */
function roomFor(step: number, left: number): number {
  let room = 0;
  while (room + step <= left) room += step;
  return room;
}

const hundredths = (text: string) => Math.round(Number(text) * 100);
const thousandths = (text: string) => Math.round(Number(text) * 1_000);
