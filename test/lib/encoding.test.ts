/** A file is read as it was written, or refused: never as other people's names. */
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import t from 'tap';
import { type Charset, charsetOf, decodeText, wholeLines } from '../../src/lib/encoding.js';
import { encoded, gbk, gbkBytes, marked } from '../support/encode.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}`);

/** The 3,755 commonest characters: rows 16 to 55 of GB 2312. */
const common = [...gbkBytes].flatMap(([text, [lead = 0, trail = 0]]) =>
  lead >= 0xb0 && lead <= 0xd7 && trail >= 0xa1 && /\p{Script=Han}/u.test(text) ? [text] : [],
);

const utf8 = (text: string) => Buffer.from(text, 'utf8');
const hex = (text: string) => Buffer.from(text, 'hex');
const file = (...lines: string[]) => lines.join('\n');
const refused = (message: RegExp) => ({ name: 'Refusal', code: 'file_invalid', message });

t.test('cases decided one by one', async (t) => {
  const cases: [name: string, bytes: Buffer, encoding: string, text: string][] = [
    ['ASCII', utf8('id,name\nA,x'), 'utf-8', 'id,name\nA,x'],
    ['谢平 in GBK, which is лƽ in UTF-8', hex('d0bbc6bd'), 'gb18030', '谢平'],
    [
      'the same in a file',
      gbk(file('id,name', 'M1,谢平', 'M2,陆毛')),
      'gb18030',
      file('id,name', 'M1,谢平', 'M2,陆毛'),
    ],
    ['among names that are no UTF-8', gbk(file('谢平', '何根仙', '新昌')), 'gb18030', file('谢平', '何根仙', '新昌')],
    ['with full-width brackets', gbk('（谢平）'), 'gb18030', '（谢平）'],
    ['谢平 in UTF-8', utf8('谢平'), 'utf-8', '谢平'],
    [
      'names of even length in UTF-8, which are GBK too',
      utf8(file('谢平', '新昌', '陆毛')),
      'utf-8',
      file('谢平', '新昌', '陆毛'),
    ],
    ['plainly UTF-8 with one odd name', utf8(file('谢平', '新昌', 'лƽ')), 'utf-8', file('谢平', '新昌', 'лƽ')],
    ['as many odd names as plain ones', utf8(file('谢平', 'лƽ')), 'utf-8', file('谢平', 'лƽ')],
    [
      'more odd names than plain ones: wrong, and the preview shows it',
      utf8(file('谢平', 'лƽ', 'лƽ')),
      'gb18030',
      file('璋㈠钩', '谢平', '谢平'),
    ],
    ['an accent within a Latin word', utf8('José'), 'utf-8', 'José'],
    ['a quotation mark, which is 鈥 in GB18030', utf8('O’Neil'), 'utf-8', 'O’Neil'],
    ['a letter and its accent', utf8('Zoe\u0308'), 'utf-8', 'Zoe\u0308'],
    ['a lost character, which is 锟斤拷 in GB18030', utf8('\uFFFD\uFFFD'), 'utf-8', '\uFFFD\uFFFD'],
    ['accents and Han', utf8(file('José', '谢平')), 'utf-8', file('José', '谢平')],
    ['a rare character of four bytes', hex('8139ee39'), 'gb18030', '㐀'],
    ['marked as UTF-8', Buffer.concat([hex('efbbbf'), hex('d0bbc6bd')]), 'utf-8', 'лƽ'],
    ['marked as GB18030', Buffer.concat([hex('84319533'), hex('d0bbc6bd')]), 'gb18030', '谢平'],
    ['marked as UTF-16, low byte first', marked('A,谢平\n𠮷', 'utf-16le'), 'utf-16le', 'A,谢平\n𠮷'],
    ['marked as UTF-16, high byte first', marked('A,谢平\n𠮷', 'utf-16be'), 'utf-16be', 'A,谢平\n𠮷'],
    [
      'with line ends in the halves of others',
      marked('\u0A0D\u0D0A\u0A0A', 'utf-16be'),
      'utf-16be',
      '\u0A0D\u0D0A\u0A0A',
    ],
    ['a mark is taken off once', Buffer.concat([hex('efbbbfefbbbf'), utf8('谢')]), 'utf-8', '\uFEFF谢'],
  ];
  for (const [name, bytes, encoding, text] of cases) t.same(decodeText(bytes), { encoding, text }, name);
});

t.test('a file that is both in parts, or neither, is refused with the line', async (t) => {
  const mixed = Buffer.concat([utf8('谢平\n新昌\n'), gbk('何根仙\n')]);
  t.throws(() => decodeText(mixed), refused(/most of it is UTF-8, but not line 3/));
  t.throws(
    () => decodeText(Buffer.concat([gbk('何根仙\n'), utf8('何根仙,\n')])),
    refused(/neither UTF-8 text, at line 1, nor GB18030 text, at line 2/),
  );
  t.throws(() => decodeText(hex('ffff')), refused(/neither/));
  t.throws(() => decodeText(hex('4100')), refused(/NUL/));
});

t.test('a declared charset is honoured to the byte, and contradicted by nothing', async (t) => {
  for (const charset of ['gb18030', 'gbk', 'gb2312'] as const)
    t.same(decodeText(utf8('谢平'), charset), { encoding: 'gb18030', text: '璋㈠钩' }, charset);
  t.same(decodeText(hex('d0bbc6bd'), 'utf-8'), { encoding: 'utf-8', text: 'лƽ' });
  t.throws(
    () => decodeText(gbk('A\r\n何根仙'), 'utf-8'),
    refused(/line 2 of the file is not utf-8 text, as it was declared/),
  );
  t.throws(
    () => decodeText(hex('410aff'), 'gbk'),
    refused(/line 2 of the file is not gb18030 text, as it was declared/),
  );
  t.throws(
    () => decodeText(marked('谢平', 'utf-8'), 'gbk'),
    refused(/declared as gbk, but begins with the mark of utf-8/),
  );
  t.same(decodeText(marked('谢平', 'utf-8'), 'utf-8').text, '谢平');
});

t.test('UTF-16 is read as it is declared or marked, and never by guess', async (t) => {
  for (const encoding of ['utf-16le', 'utf-16be'] as const) {
    const wanted = { encoding, text: 'A,谢平' };
    t.same(decodeText(encoded('A,谢平', encoding), encoding), wanted, 'declared');
    t.same(decodeText(marked('A,谢平', encoding), encoding), wanted, 'declared and marked');
    t.same(decodeText(marked('A,谢平', encoding), 'utf-16'), wanted, 'utf-16: as the mark says');
    t.throws(() => decodeText(encoded('A,谢平', encoding)), refused(/NUL bytes.*UTF-16 needs its byte order mark/));
    t.throws(
      () => decodeText(encoded('A,谢平', encoding), 'utf-16'),
      refused(/begins with no byte order mark: declare utf-16le or utf-16be/),
    );
  }
  t.throws(
    () => decodeText(marked('A', 'utf-16le'), 'utf-16be'),
    refused(/declared as utf-16be, but begins with the mark of utf-16le/),
  );
  t.throws(() => decodeText(marked('A', 'utf-16be'), 'gbk'), refused(/declared as gbk, but begins with the mark/));
});

t.test('half a character in UTF-16, an odd byte or NUL is refused with its line, in either order', async (t) => {
  for (const encoding of ['utf-16le', 'utf-16be'] as const) {
    const whole = marked('A,谢平\r\nB,\uFFFD\r\nC,𠮷', encoding);
    t.equal(decodeText(whole).text.length, 15);
    for (const [name, bytes, line] of [
      ['cut in a unit', whole.subarray(0, -1), 3],
      ['cut between two units', whole.subarray(0, -2), 3],
      ['cut after a line end', marked('A\n', encoding).subarray(0, -1), 1],
      ['a byte too many', Buffer.concat([marked('A\nB\n', encoding), hex('41')]), 3],
      ['the second half alone', marked('A\rB\uDC00\rC', encoding), 2],
      ['two first halves', marked('A\n\nB\uD842\uD842\uDFB7', encoding), 3],
    ] as const)
      t.throws(
        () => decodeText(bytes),
        refused(new RegExp(`line ${line} of the file is not ${encoding} text: it holds half a character`)),
        `${encoding}: ${name}`,
      );
    t.throws(() => decodeText(marked('A\nB\0', encoding)), refused(/line 2 of the file holds a NUL character/));
  }
});

t.test('charsets are known by name, in any capitals, and others are not', async (t) => {
  for (const name of ['utf-8', 'gbk', 'gb2312', 'gb18030', 'utf-16', 'utf-16le', 'utf-16be'] as const)
    t.same([charsetOf(name), charsetOf(name.toUpperCase())], [name, name]);
  for (const name of ['', 'utf8', 'big5', 'latin1', 'utf-32', 'utf16', 'toString'])
    t.equal(charsetOf(name), undefined, name);
});

/** Those whose bytes in GBK are UTF-8, too. */
const twofold = common.filter((one) => isUtf8(gbk(one)));
const name = fc.array(fc.oneof(fc.constantFrom(...common), fc.constantFrom(...twofold)), {
  minLength: 2,
  maxLength: 4,
});
const names = fc
  .array(name, { minLength: 1, maxLength: 4 })
  .map((all) => file('id,name', ...all.map((one, i) => `M${i},${one.join('')}`)));

t.test('files of common names are read as they were written, in either encoding, declared or not', async (t) => {
  t.equal(common.length, 3_755);
  let ambiguous = 0;
  fc.assert(
    fc.property(names, (text) => {
      const written = gbk(text);
      if (isUtf8(written)) ambiguous += 1;
      const readings = [
        [written, null],
        [written, 'gbk'],
        [utf8(text), null],
        [utf8(text), 'utf-8'],
      ] as const;
      return readings.every(
        ([bytes, charset]: readonly [Buffer, Charset | null]) => decodeText(bytes, charset).text === text,
      );
    }),
    { seed, numRuns: 5_000 },
  );
  t.ok(ambiguous > 100, `${ambiguous} of the files in GBK were UTF-8 as well`);
});

t.test('each common character alone is read as it was written, in either encoding', async (t) => {
  const wrong = common.filter((one) => decodeText(gbk(one)).text !== one || decodeText(utf8(one)).text !== one);
  t.same(wrong, []);
  t.ok(twofold.length > 400, `${twofold.length} of them are UTF-8 as well in GBK`);
});

t.test('sixteen mebibytes of names are decided within seconds', async (t) => {
  const text = '谢平,陆毛\n'.repeat(1_600_000);
  const started = performance.now();
  t.equal(decodeText(gbk('谢平,陆毛\n'.repeat(10))).encoding, 'gb18030');
  t.equal(decodeText(utf8(text).subarray(0, 16 * 1_048_576 - ((16 * 1_048_576) % 14))).encoding, 'utf-8');
  t.ok(performance.now() - started < 10_000);
});

const lines = (unit: readonly string[]) =>
  fc.array(
    fc.tuple(fc.string({ unit: fc.constantFrom(...unit) }), fc.constantFrom('\n', '\r')).map((parts) => parts.join('')),
  );

t.test('the beginning of a file is cut after its last line end, in no character, wherever it ends', async () => {
  for (const [encoding, unit] of [
    ['utf-8', ['a', ',', '谢', '𠮷', 'é']],
    ['gb18030', ['a', ',', '谢', '平']],
    ['utf-16le', ['a', ',', '谢', '𠮷', '\u0A0D', '\u0D0A', '\u010A', '\u0D00']],
    ['utf-16be', ['a', ',', '谢', '𠮷', '\u0A0D', '\u0D0A', '\u010A', '\u0D00']],
  ] as const)
    fc.assert(
      fc.property(lines(unit), fc.boolean(), fc.nat(), (all, isMarked, at) => {
        const write = isMarked ? marked : encoded;
        const bytes = write(`${all.join('')}end`, encoding);
        const head = bytes.subarray(0, at % (bytes.length + 1));
        const ends = all.map((_, i) => write(all.slice(0, i + 1).join(''), encoding).length);
        return wholeLines(head, encoding).length === Math.max(0, ...ends.filter((end) => end <= head.length));
      }),
      { seed, numRuns: 500 },
    );
});
