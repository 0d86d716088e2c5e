/**
 * What a value must be where a schema says it by a pattern, in words: a pattern helps nobody who typed full-width digits. The value is
 * looked at and never repeated.
 */
import type { FastifySchemaValidationError } from 'fastify';
import { birthDatePattern, datePattern, instantPattern, periodPattern } from '../lib/clock.js';
import { externalIdPattern, idFault } from '../lib/ids.js';
import type { Words } from '../lib/language.js';
import { nationalIdPattern, personalTextPattern } from '../timebank/personal-words.js';
import { fileNamePattern, namePattern, phonePattern, serviceTypePattern } from '../timebank/words.js';

const explanations = new Map<unknown, (value: string) => Words>([
  [
    datePattern,
    () => ({
      en: 'must be a date from 2000-01-01 to 2099-12-31, as YYYY-MM-DD',
      zh: '必须是 2000-01-01 至 2099-12-31 之间的日期，格式为 YYYY-MM-DD',
    }),
  ],
  [
    birthDatePattern,
    () => ({
      en: 'must be a date from 1900-01-01 on, as YYYY-MM-DD',
      zh: '必须是 1900-01-01 及以后的日期，格式为 YYYY-MM-DD',
    }),
  ],
  [
    periodPattern,
    () => ({
      en: 'must be a month from 2000-01 to 2099-12, as YYYY-MM',
      zh: '必须是 2000-01 至 2099-12 之间的月份，格式为 YYYY-MM',
    }),
  ],
  [
    instantPattern,
    () => ({
      en: 'must be an instant of the years 2000 to 2099, RFC 3339 with seconds and an offset',
      zh: '必须是 2000 至 2099 年间的时间，按 RFC 3339 写明秒和时区偏移',
    }),
  ],
  [
    externalIdPattern,
    (value) => ({ en: `must be an id: it ${idFault(value).en}`, zh: `不是有效的编号：${idFault(value).zh}` }),
  ],
  [
    namePattern,
    () => ({
      en: 'must be a name: it holds a character that cannot be seen or was lost',
      zh: '不是有效的姓名或名称：含有不可见字符或乱码',
    }),
  ],
  [
    fileNamePattern,
    () => ({
      en: 'must be a name of a file: it holds a character that cannot be seen or was lost',
      zh: '不是有效的文件名：含有不可见字符或乱码',
    }),
  ],
  [
    phonePattern,
    () => ({
      en: 'must be a telephone number: digits, spaces and hyphens, a plus in front or none',
      zh: '必须是电话号码：只含数字、空格和连字符，开头可有加号',
    }),
  ],
  [
    nationalIdPattern,
    () => ({
      en: 'must be the number of an identity card: 17 digits, then a digit or a capital X',
      zh: '必须是身份证号码：17 位数字，末位为数字或大写字母 X',
    }),
  ],
  [
    personalTextPattern,
    () => ({
      en: 'must be one line of text: it holds a character that cannot be seen or was lost, or nothing at all',
      zh: '必须是一行文字：含有不可见字符或乱码，或没有内容',
    }),
  ],
  [
    serviceTypePattern,
    () => ({ en: 'must be a service type: a to z, 0 to 9 and "_"', zh: '必须是服务类型：只含 a 至 z、0 至 9 和“_”' }),
  ],
]);

/** Why `value` does not fit a pattern; undefined where nothing better can be said than the pattern itself. */
export function explainPattern(pattern: unknown, value: unknown): Words | undefined {
  return typeof value === 'string' ? explanations.get(pattern)?.(value) : undefined;
}

/** What a failed keyword of a schema wants: in English the validator's own words. */
export function explainKeyword({ keyword, params, message }: FastifySchemaValidationError): Words {
  const zh = keywordsZh[keyword]?.(params['limit'] ?? params['format'] ?? params['type'], params);
  return { en: message ?? 'is not valid', zh: zh ?? '不符合规定' };
}

const keywordsZh: Readonly<Record<string, (said: unknown, params: Readonly<Record<string, unknown>>) => string>> = {
  type: (said) => `必须是${[said].flat().map(typeZh).join('或')}`,
  minLength: (limit) => `不得少于 ${limit} 个字符`,
  maxLength: (limit) => `不得超过 ${limit} 个字符`,
  minItems: (limit) => `不得少于 ${limit} 项`,
  maxItems: (limit) => `不得超过 ${limit} 项`,
  minProperties: (limit) => `不得少于 ${limit} 个字段`,
  maxProperties: (limit) => `不得超过 ${limit} 个字段`,
  minimum: (limit) => `不得小于 ${limit}`,
  maximum: (limit) => `不得大于 ${limit}`,
  exclusiveMinimum: (limit) => `必须大于 ${limit}`,
  exclusiveMaximum: (limit) => `必须小于 ${limit}`,
  multipleOf: (_, params) => `必须是 ${params['multipleOf']} 的倍数`,
  uniqueItems: () => '不得有重复项',
  const: () => '必须是规定的值',
  format: (said) => `必须符合格式 ${said}`,
  pattern: (_, params) => `必须符合格式 ${params['pattern']}`,
};

const typesZh: Readonly<Record<string, string>> = {
  string: '文本',
  integer: '整数',
  number: '数字',
  boolean: ' true 或 false',
  object: '对象',
  array: '列表',
  null: ' null',
};

function typeZh(type: unknown): string {
  return typesZh[String(type)] ?? ` ${String(type)}`;
}

/** What stands at a JSON Pointer. */
export function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, part.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return value;
}
