/**
 * What an entry moved of one person: in and out of each purse, and of what is owed, whichever of the person's ids it was posted under. What
 * only changed its id is no movement. Pure.
 */
import type { LeafLeg } from '../../../ledger/leaf.js';
import { parseAmount } from '../../../lib/decimal.js';
import { allPurses, grantsAccount, memberAccount, receivableAccount } from '../../chart.js';
import { assetOfStated, type StatedPurse, statedPurses } from './purse-words.js';

/** A purse, or what its owner owes of the same asset. */
export interface Pocket {
  readonly purse: StatedPurse;
  readonly owed: boolean;
}

/** Minor units, neither below zero. What comes into a purse makes it more; what comes into a debt makes that more. */
export interface Flow extends Pocket {
  readonly in: bigint;
  readonly out: bigint;
}

/** What a person has, by account, in the order in which statements show it: the purses, then what is owed of each. Grants of these years are one purse. */
export function pocketsOf(ids: readonly string[], grantYears: readonly number[]): Map<string, Pocket> {
  const pockets = ids.flatMap((id) => [
    ...allPurses.flatMap((purse): [string, Pocket][] => [
      [memberAccount(id, purse), { purse, owed: false }],
      [receivableAccount(id, purse).code, { purse, owed: true }],
    ]),
    ...grantYears.map((year): [string, Pocket] => [
      grantsAccount({ memberId: id, year }),
      { purse: 'grants', owed: false },
    ]),
  ]);
  return new Map(pockets);
}

/** What legs moved, in the order of the purses, what is owed last; what moved nothing is left out. */
export function flowsOf(pockets: ReadonlyMap<string, Pocket>, legs: readonly LeafLeg[]): Flow[] {
  const sums = new Map<string, { in: bigint; out: bigint }>();
  const sumOf = ({ purse, owed }: Pocket) => {
    const key = keyOf(purse, owed);
    const sum = sums.get(key) ?? { in: 0n, out: 0n };
    sums.set(key, sum);
    return sum;
  };
  for (const { debit, credit, amount } of legs) {
    const [from, to] = [pockets.get(debit), pockets.get(credit)];
    if (from && to && from.owed === to.owed) continue;
    // A debit takes from a purse, which is a liability, and adds to a debt, which is an asset; a credit the other way round.
    if (from) sumOf(from)[from.owed ? 'in' : 'out'] += parseAmount(amount, assetOfStated(from.purse).scale);
    if (to) sumOf(to)[to.owed ? 'out' : 'in'] += parseAmount(amount, assetOfStated(to.purse).scale);
  }
  return [false, true].flatMap((owed) =>
    statedPurses.flatMap((purse) => {
      const sum = sums.get(keyOf(purse, owed));
      return sum ? [{ purse, owed, ...sum }] : [];
    }),
  );
}

const keyOf = (purse: StatedPurse, owed: boolean) => `${purse} ${owed}`;

/** What an entry brought into a purse, less what it took; of a debt likewise. */
export function netOf(flows: readonly Flow[], purse: StatedPurse, owed = false): bigint {
  const flow = flows.find((one) => one.purse === purse && one.owed === owed);
  return flow ? flow.in - flow.out : 0n;
}
