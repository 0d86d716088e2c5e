/**
 * Reading a leaf that may be anything. Verification reads every leaf through here: what comes out has exactly the shape that its
 * version has, or a sentence that says what is wrong with it. Nothing is thrown, whatever the text.
 */
import { isDate } from '../../lib/clock.js';
import { accountTypes } from '../accounts.js';
import type { Leaf } from '../leaf.js';

/** Why a text is no leaf. */
export interface Fault {
  readonly fault: string;
}

export function isFault(leaf: Leaf | Fault): leaf is Fault {
  return 'fault' in leaf;
}

/**
 * Looks at a value: returns how many characters its canonical text has where none is escaped, or what is wrong as the rest of a
 * sentence that begins with its place (`.number is 17, should be ...`).
 */
type Check = (value: unknown) => number | string;

/**
 * The leaf of a text, or what is wrong with it: not JSON, not of a version known here, a field that is missing, unknown or of
 * another form, or not the one canonical text of its value (RFC 8785), which also excludes a key that stands there twice.
 */
export function parseLeaf(text: string): Leaf | Fault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'the leaf is not JSON' };
  }
  const length = isRecord(value) ? checkLeaf(value) : ` is ${show(value)}, should be an object`;
  if (typeof length === 'string') return { fault: `the leaf${length}` };
  // The canonical text is the shortest, so what is as short and escapes nothing is the canonical text.
  const canonical = text.includes('\\') ? JSON.stringify(value) === text : length === text.length;
  return canonical
    ? (value as Leaf)
    : { fault: 'the leaf is not in canonical form (RFC 8785): a key twice, a space, or an escape it does not need' };
}

function checkLeaf(value: Record<string, unknown>): number | string {
  const version = value['v'];
  if (typeof version === 'string' && version !== '2')
    return ` is of version ${show(version)}, which this program does not know`;
  return leafShape(value);
}

function form(should: string, pattern: RegExp): Check {
  return (value) =>
    typeof value === 'string' && pattern.test(value) ? value.length + 2 : ` is ${show(value)}, should be ${should}`;
}

function choice(values: readonly (string | boolean)[]): Check {
  return (value) =>
    values.includes(value as string)
      ? JSON.stringify(value).length
      : ` is ${show(value)}, should be one of ${values.join(', ')}`;
}

function nullable(check: Check): Check {
  return (value) => (value === null ? 4 : check(value));
}

function list(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value) || value.length === 0) return ` is ${show(value)}, should be a list that is not empty`;
    let length = 1;
    for (let i = 0; i < value.length; i += 1) {
      const item = check(value[i]);
      if (typeof item === 'string') return `[${i}]${item}`;
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
    if (!isRecord(value)) return ` is ${show(value)}, should be an object`;
    let length = 1;
    let before = '';
    for (const name of Object.keys(value)) {
      const check = checks.get(name);
      if (!check) return ` has a field ${show(name)} that it should not have`;
      if (name < before) return ` has its fields out of order: ${show(name)} after ${show(before)}`;
      const field = check(value[name]);
      if (typeof field === 'string') return `.${name}${field}`;
      length += name.length + field + 4;
      before = name;
    }
    for (const name of names) if (!Object.hasOwn(value, name)) return ` lacks ${show(name)}`;
    return length;
  };
}

const words: Check = (value) =>
  typeof value === 'string' && value !== '' ? value.length + 2 : ` is ${show(value)}, should be a text`;
const word = form('a lower-case word', /^[a-z][a-z0-9_]*$/);
/** Within what a number counts exactly. */
const number = form('a whole number above zero, as a text', /^[1-9]\d{0,14}$/);
const digest = form('a SHA-256 in base64url', /^[A-Za-z0-9_-]{43}$/);
const amount = form('an amount above zero, as a text', /^(?=.*[1-9])(?:0|[1-9]\d{0,18})(?:\.\d{1,4})?$/);
const bound = form('an amount, as a text', /^-?(?:0|[1-9]\d{0,18})(?:\.\d{1,4})?$/);
const instant = form('an instant in UTC with microseconds', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
const scale = form('a scale of 0 to 4, as a text', /^[0-4]$/);

/** Entries of a few days stand beside each other. */
const knownDays = new Set<string>();

const dayLength = 12;

function day(value: unknown): number | string {
  if (typeof value === 'string' && knownDays.has(value)) return dayLength;
  if (typeof value !== 'string' || !isDate(value)) return ` is ${show(value)}, should be a calendar date`;
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
    nonce: form('16 bytes in base64url', /^[A-Za-z0-9_-]{22}$/),
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
function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isRecord(value)) return 'an object';
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
