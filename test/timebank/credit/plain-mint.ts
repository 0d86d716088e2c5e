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
  const coefficient = rules.service_coefficients[input.serviceType] ?? '1';
  const byVisit = Object.entries(rules.visit_coins).find(([type]) => type === input.serviceType)?.[1];
  // Factors one after another; each explains by how much it changes what those before it come to.
  const factors: [string, string[]][] = byVisit
    ? [['visit_basis', [byVisit, coefficient]]]
    : [['service_coefficient', [rules.coin_per_hour, coefficient]]];
  const byLevel = Object.entries(rules.level_coefficients).find(([level]) => level === String(input.level));
  const byStation = Object.entries(rules.station_coefficients).find(([station]) => station === input.station);
  if (byLevel) factors.push(['level_coefficient', [byLevel[1]]]);
  if (byStation) factors.push(['station_coefficient', [byStation[1]]]);
  let worth = hours;
  const applied: string[] = [];
  for (const [code, more] of factors) {
    applied.push(...more);
    const next = weigh(byVisit ? 100 : hours, applied);
    because(code, worth - next);
    worth = next;
  }

  // Each hundredth of a coin by itself: the first cap without room for it takes it; otherwise it joins what is carried.
  const roomOf = (cap: string, minted: bigint) => roomFor(step, hundredths(cap) - Number(minted));
  const [visit, day, week] = [
    roomOf(rules.cap_visit, 0n),
    roomOf(rules.cap_day, input.mintedThatDay),
    roomOf(rules.cap_week, input.mintedThatWeek),
  ];
  const others: [string, number][] = [];
  for (const [i, cap] of rules.further_caps.entries()) {
    const used = input.used === undefined ? undefined : input.used[i];
    // A cap of units to none of which the volunteer belonged.
    if (used === null) continue;
    const [ofCoins, ofRecords] = {
      member: [`cap_${cap.within}`, 'cap_records'],
      pair: ['cap_pair', 'cap_pair'],
      unit: ['cap_unit', 'cap_unit'],
    }[cap.per] as [string, string];
    if (cap.coins !== null) others.push([ofCoins, roomOf(cap.coins, used?.coins ?? 0n)]);
    if (cap.records !== null && (used?.records ?? 0) >= cap.records) others.push([ofRecords, 0]);
  }
  for (const [i, budget] of rules.budgets.entries()) {
    const spent = input.usedOfBudgets?.[i];
    if (spent === null || spent === undefined) continue;
    others.push(['budget_exhausted', roomOf(budget.coins, spent)]);
  }
  const least = Math.min(visit, day, week, ...others.map(([, room]) => room));
  for (let number = 1; number <= worth; number += 1) {
    const other = others.find(([, room]) => number > room);
    if (number > visit) because('cap_visit', 1);
    else if (number > day) because('cap_day', 1);
    else if (number > week) because('cap_week', 1);
    else if (other) because(other[0], 1);
    else carry += 1;
  }
  // Whole steps of what is carried become coins, one after another and as far as the caps go; over the holding cap the pool has them.
  let [member, pool] = [0, 0];
  while (carry >= step && member + pool + step <= least) {
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
  if (record.kin && !rules.earn_from_kin) return 'kin';
  if (record.outsideCalendar) return 'outside_calendar';
  return record.mintedOnce ? 'minted_once' : null;
}

/** Hundredths times factors, half up, all in whole numbers: factors are thousandths. */
function weigh(hundredths: number, factors: readonly string[]): number {
  const exact = factors.reduce((product, factor) => product * BigInt(thousandths(factor)), BigInt(hundredths));
  const one = 1_000n ** BigInt(factors.length);
  let worth = 0n;
  while (2n * exact >= 2n * worth * one + one) worth += 1n;
  return Number(worth);
}

/** How much fits, in whole steps. */
function roomFor(step: number, left: number): number {
  let room = 0;
  while (room + step <= left) room += step;
  return room;
}

const hundredths = (text: string) => Math.round(Number(text) * 100);
const thousandths = (text: string) => Math.round(Number(text) * 1_000);
