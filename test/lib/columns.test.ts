/** Guarantees of text in columns: what stands below each other does, and wrapping loses nothing. */
import { test } from 'tap';
import { columnsOf, padEndColumns, padStartColumns, wrapColumns } from '../../src/lib/columns.js';

test('a Chinese character, and its punctuation, take two columns', async (t) => {
  for (const [text, columns] of [
    ['', 0],
    ['abc', 3],
    ['账簿', 4],
    ['（3000）；', 10],
    ['𠮷', 2],
    ['“x”…─', 5],
  ] as const)
    t.equal(columnsOf(text), columns, text);
  t.equal(padEndColumns('账簿', 6), '账簿  ');
  t.equal(padStartColumns('账簿', 6), '  账簿');
  t.equal(padEndColumns('账簿', 3), '账簿', 'what is too long is left');
});

const sentences = [
  '将账簿和密钥备份到新目录，服务运行与否均可（仅限源代码目录；详见 demo --help）',
  'replay every entry and compare every table of the books; exit 1 on any difference',
];

test('a line is no longer than it may be and begins with no punctuation', async (t) => {
  for (const text of sentences)
    for (let columns = 20; columns < 90; columns += 1)
      for (const line of wrapColumns(text, columns).split('\n')) {
        t.ok(columnsOf(line) <= columns, `${columns}: ${line}`);
        t.notMatch(line, /^[，。；：、）”\s]/, `${columns}: ${line}`);
      }
});

test('wrapping loses nothing, whatever the text', async (t) => {
  for (const text of [...sentences, '，（。“', 'averyveryverylongwordthatfitsnowhere 账', 'one\n\ntwo', ''])
    for (let columns = 1; columns < 40; columns += 1)
      t.equal(wrapColumns(text, columns).replace(/\s/g, ''), text.replace(/\s/g, ''), `${columns}: ${text}`);
});
