/** Files from outside are read exactly or refused with the line; files for outside cannot run as formulas. */
import fc from 'fast-check';
import t from 'tap';
import { fileInvalid, lineError } from '../../src/lib/csv/errors.js';
import { maxRows } from '../../src/lib/csv/lines.js';
import { previewOf } from '../../src/lib/csv/preview.js';
import { maxFieldCharacters } from '../../src/lib/csv/read.js';
import { writeCsv } from '../../src/lib/csv/write.js';
import { inLanguage } from '../../src/lib/language.js';
import { Refusal } from '../../src/lib/refusal.js';
import { readWhole } from '../support/csv.js';
import { encoded, marked } from '../support/encode.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}`);

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readWhole(bytes(text), ['id', 'name']);
const refused = (message: RegExp) => ({ name: 'Refusal', code: 'file_invalid', message });

/** The facts of the refusal that `act` throws. */
function errorsOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error.facts.errors && inLanguage(error.facts.errors, 'en');
    throw error;
  }
  return undefined;
}

t.test('UTF-8 is read with and without a byte order mark, LF, CRLF and CR', async (t) => {
  const rows = [
    { line: 2, values: { id: 'A', name: '何根仙' } },
    { line: 3, values: { id: 'B', name: '' } },
  ];
  for (const end of ['\n', '\r\n', '\r']) {
    for (const mark of ['', '\uFEFF']) {
      const file = read(`${mark}${['id,name', 'A,何根仙', 'B,'].join(end)}${end}`);
      t.same(file, { encoding: 'utf-8', rows, errors: [] }, JSON.stringify(end + mark));
    }
  }
  t.same(read('id,name\nA,何根仙\nB,').rows, rows, 'the last line needs no end');
});

t.test(
  'what spreadsheets write is read: tabs and semicolons, guards that keep a cell from being computed',
  async (t) => {
    const rows = [
      { line: 2, values: { id: '0012', name: '何, 根仙; 甲' } },
      { line: 3, values: { id: '0013', name: '=1+1' } },
    ];
    for (const delimiter of [',', ';', '\t']) {
      const lines = [
        ['id', 'name'],
        ['="0012"', '"何, 根仙; 甲"'],
        ['"=""0013"""', "'=1+1"],
      ];
      const text = lines.map((cells) => cells.join(delimiter)).join('\n');
      t.same(read(text).rows, rows, JSON.stringify(delimiter));
      t.same(previewOf(bytes(text)), {
        encoding: 'utf-8',
        header: ['id', 'name'],
        rows: rows.map(({ values }) => Object.values(values)),
      });
    }
    t.same(read('"id","name"\n"\'0012","a=""b"""\n').rows[0]?.values, { id: '0012', name: 'a="b"' });
    t.same(read("id,name\n'A,'’s\n").rows[0]?.values, { id: "'A", name: "'’s" }, 'before a letter it is no guard');
    t.same(read('id,name\n"A\n=",","\n').rows[0]?.values, { id: 'A\n=', name: ',' }, 'within quotes it is none');
    t.throws(() => read('id,name\nA,x="y"\n'), refused(/the quotes on line 2 are broken/), 'nor within a cell');
    t.throws(() => read('id;name\nA;"x\nB;y\n'), refused(/the quotes on line 2 are broken/));
  },
);

t.test('a last row of totals is none; above another row it is a row like any', async (t) => {
  const idsOf = (text: string) => read(text).rows.map(({ values }) => values.id);
  for (const total of ['合计,3', '总计：,3', ',合 计', '合计,,,3', '"共计",3']) {
    t.same(idsOf(`id,name\nA,x\nB,y\n${total}\n\n`), ['A', 'B'], total);
    t.same(read(`id,name\nA,x\n${total}\n`).errors, []);
  }
  t.same(idsOf('id,name\n合计,3\nA,x\n'), ['合计', 'A']);
  t.same(idsOf('id,name\nA,x\n合计,3\n合计,4\n'), ['A', '合计'], 'one at most');
  t.same(idsOf('id,name\nA,合计\nB,total\n'), ['A', 'B'], 'somebody may be called so');
  t.same(idsOf('id,name\nA,x\ntotal,y\n'), ['A', 'total'], 'nor is an id taken for one');
});

t.test('GB18030 is read when the bytes are not UTF-8', async (t) => {
  // "A," + 新昌 in GB18030, and 㐀 as one of its four-byte characters.
  const file = readWhole(Buffer.concat([bytes('id,name\nA,'), Buffer.from('d0c2b2fd8139ee39', 'hex')]), ['id', 'name']);
  t.equal(file.encoding, 'gb18030');
  t.same(file.rows, [{ line: 2, values: { id: 'A', name: '新昌㐀' } }]);
});

t.test("a spreadsheet's Unicode text is read: UTF-16 with its mark, tabs, CRLF", async (t) => {
  for (const encoding of ['utf-16le', 'utf-16be'] as const) {
    const file = readWhole(marked('id\tname\r\nA\t"何\r\n仙"\r\nB\t𠮷\r\n', encoding), ['id', 'name']);
    t.same(file, {
      encoding,
      rows: [
        { line: 2, values: { id: 'A', name: '何\n仙' } },
        { line: 4, values: { id: 'B', name: '𠮷' } },
      ],
      errors: [],
    });
  }
});

t.test('a damaged UTF-8 file is refused, not read as GB18030 nonsense', async (t) => {
  const broken = bytes('id,name\nA,新昌县何根仙\n');
  broken[13] = 0x41;
  t.match(new TextDecoder('gb18030', { fatal: true }).decode(broken), /A,鏂癆槍鍘/, 'which would have passed');
  t.throws(
    () => readWhole(broken, ['id', 'name']),
    refused(/neither UTF-8 nor GB18030 text: most of it is UTF-8, but not line 2/),
    'one byte is wrong',
  );
  const whole = bytes('id,name\nA,新昌县何根仙\n');
  t.throws(
    () => readWhole(whole.subarray(0, -2), ['id', 'name']),
    refused(/neither UTF-8 text, at line 2, nor GB18030 text, at line 2/),
    'cut in a character',
  );
  t.throws(
    () =>
      readWhole(Buffer.concat([Buffer.from('efbbbf', 'hex'), bytes('id,name\nA,'), Buffer.from('d0c2', 'hex')]), [
        'id',
        'name',
      ]),
    refused(/line 2 of the file is not utf-8 text, as its byte order mark says/),
    'marked as UTF-8',
  );
  t.throws(
    () => readWhole(Buffer.concat([bytes('id,name\nA,'), Buffer.from('ffff', 'hex')]), ['id', 'name']),
    refused(/neither/),
  );
});

t.test('an empty file, NUL bytes and UTF-16 that does not say so are refused', async (t) => {
  t.throws(() => read(''), refused(/empty/));
  t.throws(() => read('\n\r\n'), refused(/empty/));
  t.throws(() => read('id,name\nA,b\u0000c\n'), refused(/NUL/));
  for (const encoding of ['utf-16le', 'utf-16be'] as const) {
    t.throws(() => readWhole(encoded('id,name\n', encoding), ['id', 'name']), refused(/NUL/));
    t.throws(() => readWhole(marked('', encoding), ['id', 'name']), refused(/empty/));
  }
});

t.test('columns may stand in any order, and missing, unknown and repeated ones are all named', async (t) => {
  t.same(read('name,id\nx,A\n').rows, [{ line: 2, values: { id: 'A', name: 'x' } }]);
  t.same(
    errorsOf(() => read('\nid,nmae,id\nA,x,B\n')),
    [
      { pointer: '/lines/2', detail: 'the column name is missing' },
      { pointer: '/lines/2', detail: 'column 2 is none of id, name' },
      { pointer: '/lines/2', detail: 'columns 1 and 3 are both id' },
    ],
  );
});

t.test('a file without a header is refused without a word of its first row', async (t) => {
  const told = JSON.stringify(errorsOf(() => read('M00001,谢平\nM00002,何根仙\n')));
  t.notMatch(told, /M00001|谢平/);
  t.match(told, /column 2 is none of id, name/);
});

t.test(
  'a preview is the header and three rows as they are decoded, blank lines passed over, long cells cut',
  async (t) => {
    const text = `\n\nid,name\n\nA, 何根仙 \nB,"x\ny"\n\nC\nD,d\n`;
    t.same(previewOf(bytes(text)), {
      encoding: 'utf-8',
      header: ['id', 'name'],
      rows: [['A', '何根仙'], ['B', 'x\ny'], ['C']],
    });
    t.same(previewOf(bytes('id\n')).rows, [], 'no rows');
    t.equal(previewOf(bytes(`id\n${'𠮷'.repeat(500)}`)).rows[0]?.[0], '𠮷'.repeat(200));
    const gbk = Buffer.concat([bytes('id,name\nA,'), Buffer.from('d0bbc6bd', 'hex')]);
    const open = previewOf(bytes('id,name\nA,x\nB,"y\nand'));
    t.same(open.rows, [['A', 'x']], 'it ends where a quoted cell is cut');
    t.throws(
      () => previewOf(bytes('id,"name\nA,x\n')),
      refused(/quotes on line 1 are broken/),
      'but not in the header',
    );
    t.match(previewOf(gbk), { encoding: 'gb18030', rows: [['A', '谢平']] });
    t.match(previewOf(gbk, 'utf-8'), { encoding: 'utf-8', rows: [['A', 'лƽ']] }, 'as it is declared, however it looks');
    t.throws(() => previewOf(bytes('')), refused(/empty/));
  },
);

t.test('a column called like a property of every object is an ordinary column', async (t) => {
  const { rows } = readWhole(bytes('__proto__,constructor\na,b\n'), ['__proto__', 'constructor']);
  t.same(Object.entries(rows[0]?.values ?? {}), [
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
});

t.test('quotes carry commas, quotes and line ends', async (t) => {
  t.same(read('id,name\n"A","x, ""y""\r\nz"\n').rows, [{ line: 2, values: { id: 'A', name: 'x, "y"\nz' } }]);
});

t.test('white space around a value is removed, within it kept', async (t) => {
  t.same(read('id,name\n  A\t, "  x  y\u3000" \n').rows, [{ line: 2, values: { id: 'A', name: 'x  y' } }]);
});

t.test('line numbers are those of the file, across blank lines and quoted line ends', async (t) => {
  for (const end of ['\n', '\r\n']) {
    const file = read(['id,name', 'A,"1', '2', '"', '', '   ', 'B,x', 'C', 'D,"4', '5"', 'E,x'].join(end));
    t.same(
      file.rows.map(({ line, values }) => `${line} ${values.id}`),
      ['2 A', '7 B', '9 D', '11 E'],
    );
    t.same(inLanguage(file.errors, 'en'), [{ pointer: '/lines/8', detail: 'has 1 fields, not 2' }]);
  }
});

t.test('a bad row is an error with its line and hides no other', async (t) => {
  const file = read(
    `id,name\nA,x\nB,y,z\n,\nC,${'x'.repeat(maxFieldCharacters + 1)}\nD,${'x'.repeat(maxFieldCharacters)}\n`,
  );
  t.same(
    file.rows.map(({ values }) => values.id),
    ['A', '', 'D'],
  );
  t.same(inLanguage(file.errors, 'en'), [
    { pointer: '/lines/3', detail: 'has 3 fields, not 2' },
    { pointer: '/lines/5', detail: 'name has more than 10000 characters' },
  ]);
});

t.test('broken quotes are refused with the line', async (t) => {
  for (const [text, line] of [
    ['id,name\n"Z","1\n2"\nA,"x\nB,y', 4],
    ['id,name\nA,x\nB,x"y"\n', 3],
    ['id,name\nA,"x"y\n', 2],
  ] as const) {
    t.equal(errorsOf(() => read(text))?.[0]?.pointer, `/lines/${line}`, JSON.stringify(text));
  }
});

t.test('a million rows are read and one more is refused', async (t) => {
  const million = `id\n${'1\n'.repeat(maxRows)}`;
  t.equal(readWhole(bytes(million), ['id']).rows.length, maxRows);
  t.throws(() => readWhole(bytes(`${million}1\n`), ['id']), refused(/more than 1000000 rows/));
});

t.test('a line that is too long for a row, or of too many fields, is refused whatever follows', async (t) => {
  for (const mark of [',', '"', 'x'])
    t.throws(() => read(`id,name\nA,${mark.repeat(100_001)}\nB,b\n`), refused(/line 2 is too long/), mark);
  t.throws(() => read(`id,name\nA,a\nB${','.repeat(1_001)}\n`), refused(/line 3 has too many fields/));
  t.equal(read(`id,name\nA,a\nB${','.repeat(999)}\n`).errors[0]?.pointer, '/lines/3', 'with fewer it hides no others');
});

t.test('a file of blank or misshapen rows is refused before it takes seconds', async (t) => {
  for (const row of ['', 'x', 'x,y,z']) {
    t.equal(read(`id,name\n${`${row}\n`.repeat(4_000)}A,x`).rows.length, 1, 'some are borne');
    t.throws(() => read(`id,name\n${`${row}\n`.repeat(500_000)}A,x`), refused(/more than 5000 rows/), `"${row}"`);
  }
});

t.test('a refusal lists a hundred errors and says how many more there are', async (t) => {
  const errors = Array.from({ length: 103 }, (_, at) => lineError(at + 2, { en: 'is wrong', zh: '有误' }));
  t.match(fileInvalid(errors), { code: 'file_invalid', message: /103 errors.*first 100.*3 more/ });
  t.match(fileInvalid(errors).detail.zh, /103 处错误.*前 100 处.*其余 3 处/);
  t.equal(fileInvalid(errors).facts.errors?.length, 100);
  t.equal(fileInvalid(errors.slice(0, 1)).message, 'the file has 1 error');
});

t.test('a cell a spreadsheet would compute is written as text, a number stays a number', async (t) => {
  const cells = ['=1+1', '+1', '-x', '@a', '\tx', '\t=x', '＝1', '-1.50', '3', -2n, 4, 'a=b', ''];
  t.equal(writeCsv([['=h', 'b'], cells]), `'=h,b\r\n'=1+1,'+1,'-x,'@a,x,'=x,'＝1,-1.50,3,-2,4,a=b,\r\n`);
});

t.test('the byte order mark is written when asked for', async (t) => {
  t.equal(writeCsv([['a'], ['新昌']], { bom: true }), '\uFEFFa\r\n新昌\r\n');
});

t.test('what is written is read back, but for the space around it', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', "'", ',', ';', '\n', '\r', ' ', '=', '-', '7', '县') });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 8 }), (rows) => {
      const file = readWhole(bytes(writeCsv([['id', 'name'], ...rows])), ['id', 'name']);
      const wanted = rows.map((cells) => cells.map((text) => text.replace(/\r\n?/g, '\n')));
      const plain = (text: string) => text.trim();
      return (
        file.errors.length === 0 &&
        JSON.stringify(file.rows.map(({ values }) => [plain(values.id), plain(values.name)])) ===
          JSON.stringify(wanted.map((cells) => cells.map(plain)))
      );
    }),
    { seed, numRuns: 1000 },
  );
});
