/**
 * How one value in a file is read, column by column, for every file the scheme takes in. A reader answers with the typed
 * value or refuses with the reason; it does not know its column, its line or its file. Reasons name the kind of the value and what was expected,
 * and never the value: they are kept, and a cell may hold a name or a telephone number.
 */
import { isBirthDate, isDate, isInstant } from '../../lib/clock.js';
import { parseAmount } from '../../lib/decimal.js';
import { externalIdShape, idFault } from '../../lib/ids.js';
import type { Words } from '../../lib/language.js';
import { Refusal } from '../../lib/refusal.js';
import { tidied } from '../../lib/text.js';
import { longestName, namePattern, phonePattern, serviceTypePattern } from '../words.js';
import { kindOfValue } from './value-kinds.js';
import { dateForm, halfWidth } from './written.js';

export type Field<T> = (text: string) => T;

const nameShape = new RegExp(namePattern, 'u');

/** What the value is, and what it should be. */
function unfit(text: string, wanted: Words): Refusal {
  const { en, zh } = kindOfValue(text);
  return new Refusal('file_invalid', { en: `is ${en}, not ${wanted.en}`, zh: `为${zh}，应为${wanted.zh}` });
}

function checked(isFit: (text: string) => boolean, wanted: Words): Field<string> {
  return (text) => {
    if (!isFit(text)) throw unfit(text, wanted);
    return text;
  };
}

function shaped(pattern: string, wanted: Words): Field<string> {
  const shape = new RegExp(pattern);
  return checked((text) => shape.test(text), wanted);
}

/** A field whose text is brought into a form first. */
function inForm<T>(form: (text: string) => string, field: Field<T>): Field<T> {
  return (text) => field(form(text));
}

export const serviceType = shaped(serviceTypePattern, {
  en: 'a service type (a to z, 0 to 9 and "_")',
  zh: '服务类型（a 至 z、0 至 9 和“_”）',
});
export const phone = inForm(
  halfWidth,
  shaped(phonePattern, {
    en: 'a telephone number of 5 to 20 digits, spaces and hyphens',
    zh: ' 5 至 20 位的电话号码（数字、空格和连字符）',
  }),
);

export function externalId(text: string): string {
  if (externalIdShape.test(text)) return text;
  if (text === '') throw unfit(text, { en: 'an id', zh: '编号' });
  const { en, zh } = idFault(text);
  throw unfit(text, { en: `an id: it ${en}`, zh: `编号；现有内容${zh}` });
}

/** An empty value is null. */
export function optional<T>(field: Field<T>): Field<T | null> {
  return (text) => (text === '' ? null : field(text));
}

export function oneOf<const T extends string>(values: readonly T[]): Field<T> {
  return (text) => {
    const value = values.find((candidate) => candidate === text);
    if (value === undefined) throw unfit(text, { en: `one of ${values.join(', ')}`, zh: ` ${values.join('、')} 之一` });
    return value;
  };
}

/** A word, by itself or as people write it in a file. */
export function wordOf<const T extends string>(written: Readonly<Record<T, readonly [string, ...string[]]>>): Field<T> {
  const words = Object.keys(written) as T[];
  const wanted = {
    en: `one of ${words.join(', ')}`,
    zh: ` ${words.map((word) => `${written[word][0]}（${word}）`).join('、')} 之一`,
  };
  return (text) => {
    const word = words.find((candidate) => candidate === text || written[candidate].includes(text));
    if (word === undefined) throw unfit(text, wanted);
    return word;
  };
}

/** 1 to 100 characters that people can read, in NFC. */
export function personalName(text: string): string {
  const length = [...text].length;
  if (length < 1 || length > longestName)
    throw unfit(text, {
      en: `a name of 1 to ${longestName} characters`,
      zh: ` 1 至 ${longestName} 个字符的姓名或名称`,
    });
  if (!nameShape.test(text))
    throw unfit(text, {
      en: 'a name: it holds a character that cannot be seen or was lost',
      zh: '不含不可见字符和乱码的姓名或名称',
    });
  return tidied(text);
}

export const date = inForm(
  dateForm,
  checked(isDate, {
    en: 'a date (2026-10-01, 2026/10/1, 2026年10月1日) that exists, from 2000 to 2099',
    zh: ' 2000 至 2099 年间实际存在的日期（2026-10-01、2026/10/1、2026年10月1日）',
  }),
);
export const birthDate = inForm(
  dateForm,
  checked(isBirthDate, {
    en: 'a date of birth (1949-02-20, 1949/2/20, 1949年2月20日) that exists, from 1900 on',
    zh: ' 1900 年及以后实际存在的出生日期（1949-02-20、1949/2/20、1949年2月20日）',
  }),
);
/** Kept as it was written. */
export const instant = checked(isInstant, {
  en: 'a time with seconds and offset (RFC 3339), from 2000 to 2099',
  zh: ' 2000 至 2099 年间写明秒和时区偏移的时间（RFC 3339）',
});

/** A whole number from `least`, as bigint. */
export function wholeFrom(least: 0n | 1n): Field<bigint> {
  const wanted = { en: `a whole number, ${least} or more`, zh: `不小于 ${least} 的整数` };
  return (text) => amountFrom(text, 0, least, wanted);
}

/** A whole number that is a count. */
export function wholeBetween(least: number, most: number): Field<number> {
  const wanted = { en: `a whole number from ${least} to ${most}`, zh: ` ${least} 至 ${most} 的整数` };
  return (text) => {
    const count = Number(amountFrom(text, 0, BigInt(least), wanted));
    if (count > most) throw unfit(text, wanted);
    return count;
  };
}

/** CNY with at most two decimals, not negative, in minor units. */
export function amountCny(text: string): bigint {
  return amountFrom(text, 2, 0n, {
    en: 'an amount of CNY with at most 2 decimals, 0.00 or more',
    zh: '最多 2 位小数、不小于 0.00 的人民币金额',
  });
}

function amountFrom(text: string, scale: number, least: bigint, wanted: Words): bigint {
  let amount: bigint;
  try {
    amount = parseAmount(halfWidth(text), scale);
  } catch (error) {
    if (error instanceof Refusal) throw unfit(text, wanted);
    throw error;
  }
  if (amount < least) throw unfit(text, wanted);
  return amount;
}
