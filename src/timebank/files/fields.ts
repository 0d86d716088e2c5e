/**
 * How one value in a file is read, column by column, for every file the scheme takes in. A reader answers with the typed
 * value or refuses with the reason; it does not know its column, its line or its file. Reasons name the rule and never the value: they
 * are kept, and a cell may hold a name or a telephone number.
 */
import { isBirthDate, isDate, isInstant } from '../../lib/clock.js';
import { parseAmount } from '../../lib/decimal.js';
import { externalIdShape, idFault } from '../../lib/ids.js';
import { Refusal } from '../../lib/refusal.js';
import { tidied } from '../../lib/text.js';
import { longestName, namePattern, phonePattern, serviceTypePattern } from '../words.js';

export type Field<T> = (text: string) => T;

const nameShape = new RegExp(namePattern, 'u');

function unfit(text: string, wanted: string): Refusal {
  return new Refusal('file_invalid', text === '' ? `is empty, not ${wanted}` : `is not ${wanted}`);
}

function checked(isFit: (text: string) => boolean, wanted: string): Field<string> {
  return (text) => {
    if (!isFit(text)) throw unfit(text, wanted);
    return text;
  };
}

function shaped(pattern: string, wanted: string): Field<string> {
  const shape = new RegExp(pattern);
  return checked((text) => shape.test(text), wanted);
}

export const serviceType = shaped(serviceTypePattern, 'a service type (a to z, 0 to 9 and "_")');
export const phone = shaped(phonePattern, 'a telephone number');

export function externalId(text: string): string {
  if (externalIdShape.test(text)) return text;
  throw new Refusal('file_invalid', `is not an id: it ${idFault(text)}`);
}

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

/** 1 to 100 characters that people can read, in NFC. */
export function personalName(text: string): string {
  const length = [...text].length;
  if (length < 1 || length > longestName) throw unfit(text, `a name of 1 to ${longestName} characters`);
  if (!nameShape.test(text)) throw unfit(text, 'a name: it holds a character that cannot be seen or was lost');
  return tidied(text);
}

export const date = checked(isDate, 'a date (YYYY-MM-DD) that exists, from 2000 to 2099');
export const birthDate = checked(isBirthDate, 'a date of birth (YYYY-MM-DD) that exists, from 1900 on');
/** Kept as it was written. */
export const instant = checked(isInstant, 'a time with seconds and offset (RFC 3339), from 2000 to 2099');

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
