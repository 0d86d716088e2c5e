/**
 * Parts of an amount, by the last day on which they can be used: how they are split, earliest first, and how they are written down. Pure;
 * it knows no purse and no entry.
 */
import type { LeafLot } from '../../../ledger/leaf.js';
import { DamagedData } from '../../../lib/damage.js';
import { least } from '../../../lib/decimal.js';

/** `expiresOn` is a date of the books, or `never`; amounts are minor units, above zero. */
export interface LotPart {
  readonly expiresOn: string;
  readonly amount: bigint;
}

/** The day of what does not expire, as PostgreSQL has it; it is behind every date, also as text. */
export const never = 'infinity';

export function sumOfParts(parts: readonly LotPart[]): bigint {
  return parts.reduce((sum, { amount }) => sum + amount, 0n);
}

/** The first `amount` of parts, in their order, and what is behind it; all and nothing, where there is no more. */
export function splitParts(parts: readonly LotPart[], amount: bigint): { first: LotPart[]; rest: LotPart[] } {
  const [first, rest]: [LotPart[], LotPart[]] = [[], []];
  let wanted = amount;
  for (const part of parts) {
    const taken = least(wanted, part.amount);
    wanted -= taken;
    if (taken > 0n) first.push({ ...part, amount: taken });
    if (taken < part.amount) rest.push({ ...part, amount: part.amount - taken });
  }
  return { first, rest };
}

/** Parts in the order of their days, those of one day together. */
export function inOrderOfDays(parts: readonly LotPart[]): LotPart[] {
  const sums = new Map<string, bigint>();
  for (const { expiresOn, amount } of parts) sums.set(expiresOn, (sums.get(expiresOn) ?? 0n) + amount);
  return [...sums]
    .map(([expiresOn, amount]) => ({ expiresOn, amount }))
    .sort((one, other) => (one.expiresOn < other.expiresOn ? -1 : 1));
}

/** Parts as a row holds them: `2029-10-31 50,infinity 20`. */
export function writeParts(parts: readonly LotPart[]): string {
  return parts.map(({ expiresOn, amount }) => `${expiresOn} ${amount}`).join(',');
}

const shape = /^(\d{4}-\d\d-\d\d|infinity) ([1-9]\d*)$/;

/** Throws DamagedData for what `writeParts` cannot have written. */
export function readParts(text: string): LotPart[] {
  if (text === '') return [];
  return text.split(',').map((part) => {
    const [, expiresOn, amount] = shape.exec(part) ?? [];
    if (!expiresOn || !amount)
      throw new DamagedData({ en: `"${part}" is no part of a lot`, zh: `“${part}”不是积分批次的一部分` });
    return { expiresOn, amount: BigInt(amount) };
  });
}

/** In SQL: the parts in a column of text, null and '' being none, as rows `p` of `expires_on` and `amount`, to be joined laterally. */
export function partRows(column: string): string {
  return `(select split_part(one, ' ', 1)::date as expires_on, split_part(one, ' ', 2)::bigint as amount
    from string_to_table(nullif(${column}, ''), ',') one) p`;
}

/** Parts as a leaf names them; points are whole. */
export function leafLots(parts: readonly LotPart[]): LeafLot[] {
  return parts.map(({ expiresOn, amount }) => ({
    amount: amount.toString(),
    expires_on: expiresOn === never ? null : expiresOn,
  }));
}

export function partsOf(lots: readonly LeafLot[]): LotPart[] {
  return lots.map(({ amount, expires_on }) => ({ expiresOn: expires_on ?? never, amount: BigInt(amount) }));
}
