/**
 * From the bytes of a file to its text. UTF-8 and GB18030 (with its parts GBK and GB2312) are what offices send, and UTF-16 what spreadsheets
 * save as "Unicode text"; who declares one is believed, and for who does not a byte order mark decides, or else the lines do. It knows no
 * format: only that lines end where LF or CR stand, bytes which neither UTF-8 nor GB18030 uses for anything else.
 */
import { lineAt, lineEnd } from './line-ends.js';
import { Refusal } from './refusal.js';
import { decodeUtf16, type Utf16, wholeLinesOfUtf16 } from './utf16.js';

export const encodings = ['utf-8', 'gb18030', 'utf-16le', 'utf-16be'] as const;
export type Encoding = (typeof encodings)[number];

/** The charsets that can be declared, and what each is read as: GB18030 is GBK and GB2312 with more characters, of UTF-16 the mark says which. */
export const charsets = {
  'utf-8': ['utf-8'],
  gb18030: ['gb18030'],
  gbk: ['gb18030'],
  gb2312: ['gb18030'],
  'utf-16': ['utf-16le', 'utf-16be'],
  'utf-16le': ['utf-16le'],
  'utf-16be': ['utf-16be'],
} as const satisfies Readonly<Record<string, readonly Encoding[]>>;
export type Charset = keyof typeof charsets;

/** The charset of a name, in whatever capitals; undefined: none that is read here. */
export function charsetOf(name: string): Charset | undefined {
  return (Object.keys(charsets) as Charset[]).find((charset) => charset === name.toLowerCase());
}

export interface DecodedText {
  readonly text: string;
  readonly encoding: Encoding;
}

/**
 * The text of a file, without its byte order mark. A declared charset is honoured to the byte; without one a byte order mark decides,
 * then which encoding it can be at all, then what most lines speak for.
 * Refuses: `file_invalid` (a mark of another charset than was declared; utf-16 without a mark; NUL; not of the charset that was declared or that
 * the mark names; neither UTF-8 nor GB18030; both, in parts).
 */
export function decodeText(bytes: Uint8Array, declared: Charset | null = null): DecodedText {
  const encoding = encodingOf(bytes, declared);
  if (isUtf16(encoding)) return { text: unmarked(decodeUtf16(bytes, encoding)), encoding };
  if (bytes.includes(0))
    throw new Refusal('file_invalid', {
      en: 'the file holds NUL bytes: it is not UTF-8 or GB18030 text; UTF-16 needs its byte order mark, or to be declared',
      zh: '文件含有 NUL 字节：不是 UTF-8 或 GB18030 文本；UTF-16 文件须带字节顺序标记（BOM），或声明编码',
    });
  if (encoding === null) return undeclared(bytes);
  const text = decodeAs(encoding, bytes);
  if (text !== null) return { text, encoding };
  const line = firstFault(encoding, bytes);
  const how =
    declared === null
      ? { en: 'as its byte order mark says', zh: '其字节顺序标记' }
      : { en: 'as it was declared', zh: '声明' };
  throw new Refusal('file_invalid', {
    en: `line ${line} of the file is not ${encoding} text, ${how.en}`,
    zh: `文件第 ${line} 行不是 ${encoding} 文本，与${how.zh}不符`,
  });
}

/** What declaration and mark say that a file is; null: nothing. Refuses: `file_invalid` (they contradict each other; utf-16 without a mark). */
function encodingOf(bytes: Uint8Array, declared: Charset | null): Encoding | null {
  const marked = markOf(bytes);
  if (declared === null) return marked;
  const [wanted, other]: readonly Encoding[] = charsets[declared];
  if (marked !== null && marked !== wanted && marked !== other)
    throw new Refusal('file_invalid', {
      en: `the file was declared as ${declared}, but begins with the mark of ${marked}`,
      zh: `文件声明为 ${declared}，但文件开头是 ${marked} 的字节顺序标记`,
    });
  if (marked === null && other !== undefined)
    throw new Refusal('file_invalid', {
      en: `the file was declared as ${declared}, but begins with no byte order mark: declare ${wanted} or ${other}`,
      zh: `文件声明为 ${declared}，但没有字节顺序标记：请声明为 ${wanted} 或 ${other}`,
    });
  return marked ?? wanted ?? null;
}

function isUtf16(encoding: Encoding | null): encoding is Utf16 {
  return encoding === 'utf-16le' || encoding === 'utf-16be';
}

/** The whole lines of the beginning of a file: cut there, it parts no character. */
export function wholeLines(head: Uint8Array, declared: Charset | null): Uint8Array {
  const encoding = markOf(head) ?? (declared === null ? null : charsets[declared][0]);
  const end = isUtf16(encoding)
    ? wholeLinesOfUtf16(head, encoding)
    : Math.max(head.lastIndexOf(0x0a), head.lastIndexOf(0x0d)) + 1;
  return head.subarray(0, end);
}

const marks: readonly (readonly [Encoding, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['gb18030', [0x84, 0x31, 0x95, 0x33]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

function markOf(bytes: Uint8Array): Encoding | null {
  return marks.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))?.[0] ?? null;
}

const byteEncodings = ['utf-8', 'gb18030'] as const;
type ByteEncoding = (typeof byteEncodings)[number];

/** Strict; without the byte order mark, which the decoder of GB18030 would leave on. */
function decodeAs(encoding: ByteEncoding, bytes: Uint8Array): string | null {
  try {
    return unmarked(new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return null;
  }
}

function unmarked(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** The line, from 1, on which bytes first cannot be decoded. */
function firstFault(encoding: ByteEncoding, bytes: Uint8Array): number {
  const text = new TextDecoder(encoding).decode(bytes);
  return lineAt(text, text.indexOf('\uFFFD'));
}

/**
 * Which of the two a file is that says nothing. GB18030 takes nearly any bytes, so that a UTF-8 file with one broken byte would come out
 * as other people's names; and short names in GBK happen to be UTF-8, as 谢平 is лƽ. One alone is believed when most lines do not speak for
 * the other.
 */
function undeclared(bytes: Uint8Array): DecodedText {
  const utf8 = decodeAs('utf-8', bytes);
  const gb18030 = decodeAs('gb18030', bytes);
  if (utf8 !== null && gb18030 === null) return { text: utf8, encoding: 'utf-8' };
  if (gb18030 === null) {
    const [one, other] = byteEncodings.map((encoding) => firstFault(encoding, bytes));
    throw new Refusal('file_invalid', {
      en: `the file is neither UTF-8 text, at line ${one}, nor GB18030 text, at line ${other}`,
      zh: `文件既不是 UTF-8 文本（见第 ${one} 行），也不是 GB18030 文本（见第 ${other} 行）`,
    });
  }
  const votes = utf8 === null ? votesOnBroken(bytes) : votesOf(utf8, gb18030);
  if (votes.gb18030 > votes['utf-8']) return { text: gb18030, encoding: 'gb18030' };
  if (utf8 !== null) return { text: utf8, encoding: 'utf-8' };
  if (votes['utf-8'] === 0) return { text: gb18030, encoding: 'gb18030' };
  throw new Refusal('file_invalid', {
    en: `the file is neither UTF-8 nor GB18030 text: most of it is UTF-8, but not line ${firstFault('utf-8', bytes)}`,
    zh: `文件既不是 UTF-8 文本，也不是 GB18030 文本：大部分是 UTF-8，但第 ${firstFault('utf-8', bytes)} 行不是`,
  });
}

type Votes = Record<ByteEncoding, number>;

/** Lines that are asked: as many as decide, and no more than are read in a moment. */
const voters = 20_000;

const han = /\p{Script=Han}/gu;
const beyondAscii = /[^\0-\x7f]/u;

/**
 * How many lines of a file that is not UTF-8 speak for each. Han in UTF-8 takes three bytes a character, and GBK text hardly ever has
 * that shape by chance: a line with more whole characters than broken ones is UTF-8.
 */
function votesOnBroken(bytes: Uint8Array): Votes {
  const votes: Votes = { 'utf-8': 0, gb18030: 0 };
  for (const line of new TextDecoder().decode(bytes).split(lineEnd, voters)) {
    const broken = line.split('\uFFFD').length - 1;
    const intact = line.match(han)?.length ?? 0;
    if (intact > broken) votes['utf-8'] += 1;
    else if (broken > 0) votes.gb18030 += 1;
  }
  return votes;
}

/** How many lines speak for each, in two readings of the same bytes, whose lines are the same lines. */
function votesOf(utf8: string, gb18030: string): Votes {
  const votes: Votes = { 'utf-8': 0, gb18030: 0 };
  const others = gb18030.split(lineEnd, voters);
  for (const [at, line] of utf8.split(lineEnd, voters).entries()) {
    if (!beyondAscii.test(line)) continue;
    if (plainlyUtf8.test(line)) votes['utf-8'] += 1;
    else if (noAccent.test(line) && isGb2312(others[at] ?? '')) votes.gb18030 += 1;
  }
  return votes;
}

/** Han, or what stands for a character that was lost before: in GB18030 that would be 锟斤拷, which nobody is called. */
const plainlyUtf8 = /[\p{Script=Han}\uFFFD]/u;

/** A character beyond ASCII that is no accented letter within a word in Latin letters: José and Zoë have none. */
const noAccent = /[^\0-\x7f](?<!\p{Script=Latin})|(?<![A-Za-z])[^\0-\x7f](?![A-Za-z])/u;

let gb2312: ReadonlySet<string> | undefined;

/**
 * Whether text is ASCII and Han of GB 2312, the 6,763 characters in use. What else GB18030 has, in bytes that are UTF-8 too, are rare
 * characters that nearly always come of reading UTF-8 wrongly, such as 鈥 for a quotation mark.
 */
function isGb2312(text: string): boolean {
  gb2312 ??= hanOfGb2312();
  for (const character of text) if (character > '\x7f' && !gb2312.has(character)) return false;
  return true;
}

/** Rows 16 to 87 of GB 2312, by decoding them. */
function hanOfGb2312(): ReadonlySet<string> {
  const pairs: number[] = [];
  for (let row = 0xb0; row <= 0xf7; row += 1) for (let cell = 0xa1; cell <= 0xfe; cell += 1) pairs.push(row, cell);
  return new Set(new TextDecoder('gb18030').decode(Uint8Array.from(pairs)).match(han));
}
