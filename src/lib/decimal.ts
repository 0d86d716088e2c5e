/**
 * Amounts: decimal strings on the wire, bigint minor units inside. Parsing is exact or it refuses; nothing here rounds.
 * Rates and conversions, which do round, live with the rule that names the rounding.
 */
import { Refusal } from './refusal.js';

const pattern = /^-?(?:0|[1-9]\d{0,15})(?:\.(\d{1,4}))?$/;

/** The largest amount that can be written, in minor units: 16 digits before the point. */
export function largestAmount(scale: number): bigint {
  return 10n ** BigInt(16 + scale) - 1n;
}

/** Sums beyond this, either way, are refused: well before a bigint column of the database overflows. */
export const sumLimit = 4_000_000_000_000_000_000n;

/**
 * Reads "1.50" at scale 2 as 150n. Accepts fewer decimals than the scale, never more.
 * Refuses: `amount_invalid` (not a plain decimal, or finer than the asset's scale).
 */
export function parseAmount(text: string, scale: number): bigint {
  const match = pattern.exec(text);
  if (!match)
    throw new Refusal('amount_invalid', {
      en: 'an amount is a decimal number of at most 16 digits, with a point and decimals or without',
      zh: '数额应为最多 16 位数字的十进制数，可带小数点和小数',
    });
  const fraction = match[1] ?? '';
  if (fraction.length > scale) {
    throw new Refusal('amount_invalid', {
      en: `an amount of this asset has at most ${scale} decimals`,
      zh: `此资产的数额最多 ${scale} 位小数`,
    });
  }
  const whole = match[1] === undefined ? text : text.slice(0, -fraction.length - 1);
  return BigInt(whole + fraction.padEnd(scale, '0'));
}

/** Writes 150n at scale 2 as "1.50"; scale 0 has no point. */
export function formatAmount(minor: bigint, scale: number): string {
  const text = minor.toString();
  if (scale === 0) return text;
  const negative = text.startsWith('-');
  const digits = (negative ? text.slice(1) : text).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

export function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
