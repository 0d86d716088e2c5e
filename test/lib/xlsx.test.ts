/** Spreadsheets: what is written is there again, to the digit, and the same sheet is the same bytes in every zone and at any time. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { strFromU8, unzipSync } from 'fflate';
import t from 'tap';
import { type Sheet, writeXlsx } from '../../src/lib/xlsx/write.js';

const sheet: Sheet = {
  name: '2026年10月',
  widths: [10, 20],
  headRows: 1,
  rows: [
    ['名称', '时长'],
    ['<东溪> & "西"\u0007', { number: '120.50', decimals: 2 }],
    ['=1+1', { number: '9007199254740993.25', decimals: 2 }],
    ['', { number: '-3', decimals: 0 }],
  ],
};

const partsOf = (bytes: Uint8Array) => Object.entries(unzipSync(bytes)).map(([name, part]) => [name, strFromU8(part)]);

t.test('cells are text or exact decimal numbers; what a spreadsheet would round or compute stays text', (t) => {
  const parts = new Map(partsOf(writeXlsx(sheet)) as [string, string][]);
  t.same([...parts.keys()].sort(), [
    '[Content_Types].xml',
    '_rels/.rels',
    'xl/_rels/workbook.xml.rels',
    'xl/styles.xml',
    'xl/workbook.xml',
    'xl/worksheets/sheet1.xml',
  ]);
  const written = parts.get('xl/worksheets/sheet1.xml') ?? '';
  t.match(written, '<c r="B2" s="3"><v>120.50</v></c>');
  t.match(written, '<c r="B4" s="2"><v>-3</v></c>');
  t.match(
    written,
    '<c r="A2" s="0" t="inlineStr"><is><t xml:space="preserve">&lt;东溪&gt; &amp; &quot;西&quot;</t></is></c>',
  );
  t.match(written, '<t xml:space="preserve">9007199254740993.25</t>', 'more digits than a spreadsheet keeps');
  t.match(written, '<t xml:space="preserve">=1+1</t>', 'no formula');
  t.notMatch(written, /r="A4"/, 'an empty cell is none');
  t.match(written, '<c r="A1" s="1"', 'a head');
  t.match(parts.get('xl/workbook.xml'), '<sheet name="2026年10月"');
  t.end();
});

t.test('columns beyond Z have two letters', (t) => {
  const wide: Sheet = { name: 'a', widths: [], headRows: 0, rows: [Array.from({ length: 54 }, (_, i) => `${i}`)] };
  const places = [
    ...strFromU8(unzipSync(writeXlsx(wide))['xl/worksheets/sheet1.xml'] as Uint8Array).matchAll(/r="([A-Z]+)1"/g),
  ];
  t.same(
    [0, 25, 26, 51, 52, 53].map((at) => places[at]?.[1]),
    ['A', 'Z', 'AA', 'AZ', 'BA', 'BB'],
  );
  t.end();
});

t.test('the same sheet is the same bytes in other zones', (t) => {
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const program = `import { createHash } from 'node:crypto';
    const { writeXlsx } = await import(process.argv[1]);
    process.stdout.write(createHash('sha256').update(writeXlsx(JSON.parse(process.argv[2]))).digest('hex'));`;
  const write = import.meta.resolve('#src/lib/xlsx/write.js');
  for (const TZ of ['UTC', 'Asia/Shanghai', 'America/St_Johns'])
    t.equal(
      execFileSync(process.execPath, ['--input-type=module', '-e', program, write, JSON.stringify(sheet)], {
        env: { ...process.env, TZ },
        encoding: 'utf8',
      }),
      digest(writeXlsx(sheet)),
      TZ,
    );
  t.end();
});
