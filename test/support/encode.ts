/** Text in the encodings that files come in: Node only decodes most of them. */
import type { Charset } from '../../src/lib/encoding.js';

/** Every two-byte character of GB18030 with its bytes. */
export const gbkBytes = new Map<string, readonly number[]>();
for (let lead = 0x81; lead <= 0xfe; lead += 1) {
  for (let trail = 0x40; trail <= 0xfe; trail += 1) {
    const text = trail === 0x7f ? '' : new TextDecoder('gb18030').decode(Uint8Array.of(lead, trail));
    if ([...text].length === 1 && text !== '\uFFFD') gbkBytes.set(text, [lead, trail]);
  }
}

/** Characters that GBK does not have come out as UTF-8. */
export function gbk(text: string): Buffer {
  return Buffer.from([...text].flatMap((one) => gbkBytes.get(one) ?? [...Buffer.from(one)]));
}

const writers: Readonly<Record<Exclude<Charset, 'utf-16'>, (text: string) => Buffer>> = {
  'utf-8': (text) => Buffer.from(text),
  gb18030: gbk,
  gbk,
  gb2312: gbk,
  'utf-16le': (text) => Buffer.from(text, 'utf16le'),
  'utf-16be': (text) => Buffer.from(text, 'utf16le').swap16(),
};

/** The byte order mark of an encoding. */
const marks = { 'utf-8': 'efbbbf', gb18030: '84319533', 'utf-16le': 'fffe', 'utf-16be': 'feff' } as const;

export function encoded(text: string, charset: Exclude<Charset, 'utf-16'>): Buffer {
  return writers[charset](text);
}

export function marked(text: string, charset: keyof typeof marks): Buffer {
  return Buffer.concat([Buffer.from(marks[charset], 'hex'), encoded(text, charset)]);
}
