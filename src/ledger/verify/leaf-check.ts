/**
 * Reading a leaf that may be anything. Verification reads every leaf through here: what comes out has exactly the shape that its
 * version has, or a sentence that says what is wrong with it. Nothing is thrown, whatever the text.
 */
import { isDate } from '../../lib/clock.js';
import type { Words } from '../../lib/language.js';
import { accountTypes } from '../accounts.js';
import type { Leaf } from '../leaf.js';

/** Why a text is no leaf. */
export interface Fault {
  readonly fault: Words;
}

export function isFault(leaf: Leaf | Fault): leaf is Fault {
  return 'fault' in leaf;
}

/** What is wrong, and where: `.legs[0].amount` "is 17, should be ...". */
interface Flaw {
  readonly place: string;
  readonly words: Words;
}

/** Looks at a value: returns how many characters its canonical text has where none is escaped, or what is wrong with it. */
type Check = (value: unknown) => number | Flaw;

/**
 * The leaf of a text, or what is wrong with it: not JSON, not of a version known here, a field that is missing, unknown or of
 * another form, or not the one canonical text of its value (RFC 8785), which also excludes a key that stands there twice.
 */
export function parseLeaf(text: string): Leaf | Fault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: { en: 'the leaf is not JSON', zh: '叶不是 JSON' } };
  }
  const length = isRecord(value) ? checkLeaf(value) : unlike(value, anObject);
  if (typeof length !== 'number') return { fault: sentenceOf(length) };
  // The canonical text is the shortest, so what is as short and escapes nothing is the canonical text.
  const canonical = text.includes('\\') ? JSON.stringify(value) === text : length === text.length;
  return canonical
    ? (value as Leaf)
    : {
        fault: {
          en: 'the leaf is not in canonical form (RFC 8785): a key twice, a space, or an escape it does not need',
          zh: '叶不符合规范形式（RFC 8785）：有重复的键、空格或不必要的转义',
        },
      };
}

function sentenceOf({ place, words: { en, zh } }: Flaw): Words {
  return { en: `the leaf${place} ${en}`, zh: place === '' ? `叶${zh}` : `叶的字段 ${place.replace(/^\./, '')} ${zh}` };
}

function checkLeaf(value: Record<string, unknown>): number | Flaw {
  const version = value['v'];
  if (typeof version === 'string' && version !== '2')
    return here({
      en: `is of version ${show(version).en}, which this program does not know`,
      zh: `的版本为${show(version).zh}，本程序不支持`,
    });
  return leafShape(value);
}

function here(words: Words): Flaw {
  return { place: '', words };
}

function within(place: string, flaw: Flaw): Flaw {
  return { place: place + flaw.place, words: flaw.words };
}

function unlike(value: unknown, should: Words): Flaw {
  const is = show(value);
  return here({ en: `is ${is.en}, should be ${should.en}`, zh: `为${is.zh.trimEnd()}，应为${should.zh}` });
}

const anObject: Words = { en: 'an object', zh: '对象' };

function form(should: Words, pattern: RegExp): Check {
  return (value) => (typeof value === 'string' && pattern.test(value) ? value.length + 2 : unlike(value, should));
}

function choice(values: readonly (string | boolean)[]): Check {
  return (value) =>
    values.includes(value as string)
      ? JSON.stringify(value).length
      : unlike(value, { en: `one of ${values.join(', ')}`, zh: `下列之一：${values.join('、')}` });
}

function nullable(check: Check): Check {
  return (value) => (value === null ? 4 : check(value));
}

function list(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value) || value.length === 0)
      return unlike(value, { en: 'a list that is not empty', zh: '非空列表' });
    let length = 1;
    for (let i = 0; i < value.length; i += 1) {
      const item = check(value[i]);
      if (typeof item !== 'number') return within(`[${i}]`, item);
      length += item + 1;
    }
    return length;
  };
}

/** An object with all of the required fields, any of the optional ones, no others, and its keys in order. */
function object(required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check {
  const checks = new Map([...Object.entries(required), ...Object.entries(optional)]);
  const names = Object.keys(required);
  return (value) => {
    if (!isRecord(value)) return unlike(value, anObject);
    let length = 1;
    let before = '';
    for (const name of Object.keys(value)) {
      const check = checks.get(name);
      if (!check) {
        const { en, zh } = show(name);
        return here({ en: `has a field ${en} that it should not have`, zh: `含有不应有的字段${zh}` });
      }
      if (name < before)
        return here({
          en: `has its fields out of order: ${show(name).en} after ${show(before).en}`,
          zh: `的字段顺序有误：${show(name).en} 在${show(before).zh}之后`,
        });
      const field = check(value[name]);
      if (typeof field !== 'number') return within(`.${name}`, field);
      length += name.length + field + 4;
      before = name;
    }
    for (const name of names)
      if (!Object.hasOwn(value, name)) return here({ en: `lacks "${name}"`, zh: `缺少字段 "${name}"` });
    return length;
  };
}

const words: Check = (value) =>
  typeof value === 'string' && value !== '' ? value.length + 2 : unlike(value, { en: 'a text', zh: '文字' });
const word = form({ en: 'a lower-case word', zh: '小写单词' }, /^[a-z][a-z0-9_]*$/);
/** Within what a number counts exactly. */
const number = form({ en: 'a whole number above zero, as a text', zh: '以文本表示的正整数' }, /^[1-9]\d{0,14}$/);
const digest = form({ en: 'a SHA-256 in base64url', zh: ' base64url 编码的 SHA-256' }, /^[A-Za-z0-9_-]{43}$/);
const amount = form(
  { en: 'an amount above zero, as a text', zh: '以文本表示的正数' },
  /^(?=.*[1-9])(?:0|[1-9]\d{0,18})(?:\.\d{1,4})?$/,
);
const bound = form({ en: 'an amount, as a text', zh: '以文本表示的数额' }, /^-?(?:0|[1-9]\d{0,18})(?:\.\d{1,4})?$/);
const instant = form(
  { en: 'an instant in UTC with microseconds', zh: '精确到微秒的 UTC 时间' },
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
);
const scale = form({ en: 'a scale of 0 to 4, as a text', zh: '以文本表示的小数位数（0 至 4）' }, /^[0-4]$/);

/** Entries of a few days stand beside each other. */
const knownDays = new Set<string>();

const dayLength = 12;

function day(value: unknown): number | Flaw {
  if (typeof value === 'string' && knownDays.has(value)) return dayLength;
  if (typeof value !== 'string' || !isDate(value)) return unlike(value, { en: 'a calendar date', zh: '日期' });
  if (knownDays.size >= 10_000) knownDays.clear();
  knownDays.add(value);
  return dayLength;
}

const account = object({
  asset: words,
  ceiling: nullable(bound),
  code: words,
  control: choice([true, false]),
  floor: nullable(bound),
  type: choice(accountTypes),
});
const leg = object({ amount, asset: words, credit: words, debit: words });
const rows = { digest, table: word };
const keyedRow = object({ ...rows, key: words });
const newRows = object({ ...rows, count: number });
/** A row that may change is named by its key; new rows that never do are counted. */
const row: Check = (value) => (isRecord(value) && 'key' in value ? keyedRow : newRows)(value);

const leafShape = object(
  {
    actor: words,
    effective_on: day,
    kind: word,
    ledger: words,
    nonce: form({ en: '16 bytes in base64url', zh: ' base64url 编码的 16 字节' }, /^[A-Za-z0-9_-]{22}$/),
    number,
    recorded_at: instant,
    v: choice(['2']),
  },
  {
    accounts: list(account),
    assets: list(object({ asset: words, scale })),
    client: words,
    closed_through: day,
    erases: number,
    kind_version: number,
    legs: list(leg),
    log_key: words,
    lots: list(object({ amount, expires_on: nullable(day) })),
    origin: words,
    price: bound,
    reason: word,
    reference: words,
    reverses: number,
    rows: list(row),
    rule_set: words,
    text: digest,
    zone: words,
  },
);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value in a sentence: short, whatever it is. */
function show(value: unknown): Words {
  if (Array.isArray(value))
    return value.length === 0 ? { en: 'an empty list', zh: '空列表' } : { en: 'a list', zh: '列表' };
  if (isRecord(value)) return anObject;
  const text = JSON.stringify(value);
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return { en: short, zh: ` ${short} ` };
}
