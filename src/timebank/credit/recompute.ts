/**
 * What a record of service brings beside what it brought when it was decided: coins that a cap cut and that have room now, or steps that
 * are taken back because what was carried to them is gone. Pure: it does not know why there is room, or how it is posted.
 */
import { least, parseAmount } from '../../lib/decimal.js';
import { leftUnderFurther, type Used } from './further-caps.js';
import { grantUnderCaps, type MintInput, roomUnder } from './mint.js';

/** Figures of a record, or changes of them, in hundredths. `toPool` is the difference `holding_cap`, too. */
export interface Figures {
  readonly coins: bigint;
  readonly toPool: bigint;
  readonly capDay: bigint;
  readonly capWeek: bigint;
  readonly roundingCarry: bigint;
}

export interface CutRecord
  extends Pick<MintInput, 'rules' | 'mintedThatDay' | 'mintedThatWeek' | 'carryIn' | 'coinBalance'> {
  /** As the record stands; the sums of its day and week count it, too. */
  readonly now: Figures;
  /** What other records have used of further caps and budgets. */
  readonly others: Used;
}

/**
 * The change of a record that caps of day or week cut and that have more room now: what was cut is granted as far as they, further caps and
 * budgets go, as `mintCoins` would grant it to a record of its own. Null: nothing of it is. The changes of coins and differences add up to nothing.
 */
export function recomputeCut({
  rules,
  now,
  others,
  mintedThatDay,
  mintedThatWeek,
  carryIn,
  coinBalance,
}: CutRecord): Figures | null {
  const minted = now.coins + now.toPool;
  const cut = now.capDay + now.capWeek;
  const room = [roomUnder(rules, 'cap_visit', minted), ...roomsUnderFurther(rules, others, minted)].reduce(least);
  const worth = least(cut, room);
  const { differences, toMember, toPool } = grantUnderCaps({
    rules,
    worth,
    most: least(cut + carryIn, room),
    left: [
      ['cap_day', roomUnder(rules, 'cap_day', mintedThatDay)],
      ['cap_week', roomUnder(rules, 'cap_week', mintedThatWeek)],
    ],
    carryIn,
    coinBalance,
  });
  const of = (wanted: string) => differences.find(({ code }) => code === wanted)?.amount ?? 0n;
  // What there is no room for under other caps stays cut by those that have cut it, the day's first.
  const keptOfDay = least(cut - worth, now.capDay);
  const keptOfWeek = cut - worth - keptOfDay;
  const [capDay, capWeek] = [of('cap_day') + keptOfDay - now.capDay, of('cap_week') + keptOfWeek - now.capWeek];
  if (capDay + capWeek === 0n) return null;
  return { coins: toMember, toPool, capDay, capWeek, roundingCarry: of('rounding_carry') };
}

/** What a record that has minted so much can mint beside it; one that has minted counts among the records already. */
function roomsUnderFurther(rules: MintInput['rules'], { used, usedOfBudgets }: Used, minted: bigint): bigint[] {
  const withOwn = {
    used: used.map((use) => use && { coins: use.coins + minted, records: minted > 0n ? 0 : use.records }),
    usedOfBudgets: usedOfBudgets.map((use) => (use === null ? null : use + minted)),
  };
  return leftUnderFurther(rules, withOwn).map(([, left]) => left);
}

/**
 * The change of a record from which whole steps are taken back, for `missing` of the carry: what it minted of a carry that is not there any
 * more is carried again. What the member received goes first. Null: it minted nothing of what was carried.
 */
export function takeBackSteps(rules: MintInput['rules'], now: Figures, missing: bigint): Figures | null {
  const step = parseAmount(rules.rounding_step, 2);
  const most = now.coins + now.toPool;
  if (now.roundingCarry >= 0n || most <= 0n) return null;
  const ofCarry = missing < -now.roundingCarry ? missing : -now.roundingCarry;
  const steps = ((ofCarry + step - 1n) / step) * step;
  const taken = steps < most ? steps : most;
  const coins = taken < now.coins ? taken : now.coins;
  return { coins: -coins, toPool: coins - taken, capDay: 0n, capWeek: 0n, roundingCarry: taken };
}
