/**
 * UTF-16, as spreadsheets save "Unicode text": two bytes a unit, the low one first (LE) or the high one (BE). Strict, and the same in both
 * orders, which the platform's own decoder is not: it takes half a character for one when the high byte is first.
 */
import { lineAt } from './line-ends.js';
import { Refusal } from './refusal.js';

export type Utf16 = 'utf-16le' | 'utf-16be';

const unpaired = /\p{Cs}/u;

/** The text, its byte order mark on it. Refuses: `file_invalid` (NUL; half a character, in the text or at the end), with the line. */
export function decodeUtf16(bytes: Uint8Array, encoding: Utf16): string {
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const units = Buffer.from(whole.buffer, whole.byteOffset, whole.length);
  const text = (encoding === 'utf-16le' ? units : Buffer.from(units).swap16()).toString('utf16le');
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    const line = lineAt(text, nul);
    throw new Refusal('file_invalid', {
      en: `line ${line} of the file holds a NUL character: it is not ${encoding} text`,
      zh: `文件第 ${line} 行含有 NUL 字符：不是 ${encoding} 文本`,
    });
  }
  const half = text.search(unpaired);
  const at = half < 0 && whole.length < bytes.length ? text.length : half;
  if (at < 0) return text;
  const line = lineAt(text, at);
  throw new Refusal('file_invalid', {
    en: `line ${line} of the file is not ${encoding} text: it holds half a character`,
    zh: `文件第 ${line} 行不是 ${encoding} 文本：含有不完整的字符`,
  });
}

/** How many of the bytes, which begin a file, are whole lines: each ends with a unit that is LF or CR. */
export function wholeLinesOfUtf16(bytes: Uint8Array, encoding: Utf16): number {
  const low = encoding === 'utf-16le' ? 0 : 1;
  for (let at = bytes.length - (bytes.length % 2) - 2; at >= 0; at -= 2) {
    const end = bytes[at + low];
    if (bytes[at + 1 - low] === 0 && (end === 0x0a || end === 0x0d)) return at + 2;
  }
  return 0;
}
