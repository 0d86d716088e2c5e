/**
 * JSON as strictly as money deserves: a key given twice, `__proto__`, bottomless nesting and text that no database can hold are
 * refused, where JSON.parse keeps the last, keeps it, never ends, and keeps it. It knows nothing of HTTP, nor of what a body means.
 */
import type { Words } from '../lib/language.js';
import { Refusal } from '../lib/refusal.js';
import { child } from './pointer.js';

const maxDepth = 32;

/**
 * The value of a JSON text.
 * Refuses: `request_invalid` (not JSON, nested deeper than 32, a member `__proto__`, a member given twice, a text with NUL or
 * with half a character), with its pointer.
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(text, error);
  }
  // What JSON.parse keeps of a repeated key is one member; the text has a colon for each.
  if (typeof value === 'object' && value !== null && countMembers(value, 1) !== countColons(text)) {
    throw flawOf(value, 1, '') ?? refused({ en: 'is given twice', zh: '重复出现' }, duplicateIn(text));
  }
  if (unstorableEscape.test(text)) refuseUnstorable(value, '');
  return value;
}

/** How NUL and halves of characters (lone surrogates) can stand in a JSON text; whole pairs are found too, and let pass below. */
const unstorableEscape = /\\u(?:0000|[dD][89a-fA-F])/;
const unstorable = /[\0\p{Cs}]/u;

/** The database would refuse such a text long after the request was taken for sound. */
function refuseUnstorable(value: unknown, pointer: string): void {
  if (typeof value === 'string' && unstorable.test(value))
    throw refused({ en: 'holds NUL or half a character', zh: '含有 NUL 或不完整的字符' }, pointer);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    refuseUnstorable(key, pointer);
    refuseUnstorable(item, child(pointer, key));
  }
}

/** Members in all objects of a parsed tree; not a number that any text has when the tree is too deep or has a `__proto__`. */
function countMembers(value: object, depth: number): number {
  if (depth > maxDepth) return Number.NaN;
  let members = 0;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const item: unknown = value[index];
      if (typeof item === 'object' && item !== null) members += countMembers(item, depth + 1);
    }
    return members;
  }
  for (const key in value) {
    if (key === '__proto__') return Number.NaN;
    members += 1;
    const item: unknown = value[key as keyof typeof value];
    if (typeof item === 'object' && item !== null) members += countMembers(item, depth + 1);
  }
  return members;
}

/** Why `countMembers` gave up on a tree, with the pointer; undefined when it did not. Only for the message. */
function flawOf(value: object, depth: number, pointer: string): Refusal | undefined {
  if (depth > maxDepth)
    return refused({ en: `is nested deeper than ${maxDepth}`, zh: `嵌套超过 ${maxDepth} 层` }, pointer);
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__')
      return refused({ en: 'is not an allowed name', zh: '不是允许的名称' }, child(pointer, key));
    const flaw = typeof item === 'object' && item !== null ? flawOf(item, depth + 1, child(pointer, key)) : undefined;
    if (flaw) return flaw;
  }
  return undefined;
}

/** Colons outside strings in a text that is known to be JSON: one for each member. */
function countColons(text: string): number {
  let colons = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === colon) colons += 1;
    else if (code === quote) at = endOfString(text, at);
  }
  return colons;
}

const quote = 0x22;
const colon = 0x3a;
const backslash = 0x5c;

/** The index of the quote that closes the string which opens at `at`. */
function endOfString(text: string, at: number): number {
  let end = at + 1;
  for (let code = text.charCodeAt(end); code !== quote; code = text.charCodeAt(end)) end += code === backslash ? 2 : 1;
  return end;
}

interface Container {
  /** The keys seen so far; null for an array. */
  readonly keys: Set<string> | null;
  readonly pointer: string;
  index: number;
  lastKey: string;
}

/**
 * The pointer of the first member that repeats a key, in a text that is known to be JSON and to have one. Slow, and only run
 * for the error message.
 */
function duplicateIn(text: string): string {
  const open: Container[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const top = open.at(-1);
    const char = text[at];
    if (char === '{' || char === '[') {
      const pointer = top ? child(top.pointer, top.keys ? top.lastKey : top.index) : '';
      open.push({ keys: char === '{' ? new Set() : null, pointer, index: 0, lastKey: '' });
    } else if (char === '}' || char === ']') open.pop();
    else if (char === ',' && top) top.index += 1;
    else if (char === '"') {
      const end = endOfString(text, at);
      if (top?.keys && /^\s*:/.test(text.slice(end + 1, end + 64))) {
        const key = String(JSON.parse(text.slice(at, end + 1)));
        if (top.keys.has(key)) return child(top.pointer, key);
        top.keys.add(key);
        top.lastKey = key;
      }
      at = end;
    }
  }
  return '';
}

/** V8 quotes the text in its message, which may be someone's name: only the position is passed on. */
function malformed(text: string, error: unknown): Refusal {
  const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
  const where = position ?? (text.trim() === '' ? '0' : undefined);
  const detail =
    where === undefined
      ? { en: 'is not JSON', zh: '不是 JSON' }
      : { en: `is not JSON, from character ${where} on`, zh: `从位置 ${where} 的字符起不是 JSON` };
  return refused(detail, '');
}

function refused(detail: Words, pointer: string): Refusal {
  return new Refusal(
    'request_invalid',
    { en: 'The body is not strict JSON.', zh: '请求体不是严格的 JSON。' },
    { errors: [{ pointer, detail }] },
  );
}
