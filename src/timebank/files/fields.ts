/**
 * How one value in a file is read, column by column, for every file the scheme takes in. A reader answers with the typed
 * value or refuses with the reason; it does not know its column, its line or its file.
 */
import { isDate } from '../../lib/clock.js';
import { parseAmount } from '../../lib/decimal.js';
import { externalIdPattern } from '../../lib/ids.js';
import { Refusal } from '../../lib/refusal.js';

export type Field<T> = (text: string) => T;

const externalIdShape = new RegExp(externalIdPattern);
const serviceTypeShape = /^[a-z][a-z0-9_]{0,63}$/;
const phoneShape = /^\+?\d[\d -]{4,19}$/;
const instantShape = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
const control = /\p{Cc}/u;

function unfit(text: string, wanted: string): Refusal {
  return new Refusal(
    'file_invalid',
    text === '' ? `is empty, not ${wanted}` : `"${text.slice(0, 40)}" is not ${wanted}`,
  );
}

function shaped(pattern: RegExp, wanted: string): Field<string> {
  return (text) => {
    if (!pattern.test(text)) throw unfit(text, wanted);
    return text;
  };
}

export const externalId = shaped(externalIdShape, 'an external id (letters, digits, "_", ".", "-", at most 64)');
export const serviceType = shaped(serviceTypeShape, 'a service type');
export const phone = shaped(phoneShape, 'a telephone number');

/** An empty value is null. */
export function optional<T>(field: Field<T>): Field<T | null> {
  return (text) => (text === '' ? null : field(text));
}

export function oneOf<const T extends string>(values: readonly T[]): Field<T> {
  return (text) => {
    const value = values.find((candidate) => candidate === text);
    if (value === undefined) throw unfit(text, `one of ${values.join(', ')}`);
    return value;
  };
}

/** 1 to 100 characters as people count them, none of them a control character. */
export function personalName(text: string): string {
  const length = [...text].length;
  if (length < 1 || length > 100 || control.test(text)) throw unfit(text, 'a name of 1 to 100 characters');
  return text;
}

/** `YYYY-MM-DD`, a day that exists. */
export function date(text: string): string {
  if (!isDate(text)) throw unfit(text, 'a date (YYYY-MM-DD) that exists');
  return text;
}

/** RFC 3339 with seconds and an offset, kept as it was written. */
export function instant(text: string): string {
  const day = instantShape.exec(text)?.[1];
  if (day === undefined || !isDate(day) || Number.isNaN(Date.parse(text))) {
    throw unfit(text, 'a time with seconds and offset (RFC 3339)');
  }
  return text;
}

/** A whole number from `least`, as bigint. */
export function wholeFrom(least: 0n | 1n): Field<bigint> {
  const wanted = least === 0n ? 'a whole number, 0 or more' : 'a whole number, 1 or more';
  return (text) => amountFrom(text, 0, least, wanted);
}

/** CNY with at most two decimals, not negative, in minor units. */
export function amountCny(text: string): bigint {
  return amountFrom(text, 2, 0n, 'an amount of CNY with at most 2 decimals, 0.00 or more');
}

function amountFrom(text: string, scale: number, least: bigint, wanted: string): bigint {
  let amount: bigint;
  try {
    amount = parseAmount(text, scale);
  } catch (error) {
    if (error instanceof Refusal) throw unfit(text, wanted);
    throw error;
  }
  if (amount < least) throw unfit(text, wanted);
  return amount;
}
