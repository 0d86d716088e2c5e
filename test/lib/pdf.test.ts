/** Papers: the same bytes for the same paper, nothing lost, nothing cut, and threads that outlive what cannot be drawn. */
import t from 'tap';
import { lyingBars, standingBars } from '../../src/lib/pdf/charts.js';
import { drawPaper } from '../../src/lib/pdf/draw.js';
import { openFont } from '../../src/lib/pdf/font.js';
import { linesOf } from '../../src/lib/pdf/lines.js';
import { rowsByPage } from '../../src/lib/pdf/pages.js';
import {
  type Block,
  type Column,
  chart,
  code,
  type Paper,
  paragraph,
  table as tableOf,
} from '../../src/lib/pdf/paper.js';
import { PaperThreads } from '../../src/lib/pdf/threads.js';
import { textOfPdf } from '../support/pdf-text.js';

const font = openFont();

const paperOf = (...blocks: Block[]): Paper => ({
  ...{ title: '明细', orientation: 'landscape', size: 16, foot: '互助时间账本', blocks },
  madeAt: '2026-11-02T09:00:00+08:00',
});
const columns: readonly Column[] = [
  { title: '日期', share: 1, align: 'left' },
  { title: '事由', share: 2, align: 'left' },
  { title: '数额', share: 1, align: 'right' },
];
const table = (rows: readonly (readonly string[])[]) => tableOf(columns, rows);
const rowsOf = (count: number) => Array.from({ length: count }, (_, i) => [`第${i}行`, '送餐服务', `${i}.00`]);

t.test('the same paper gives the same bytes, here and in a thread; another paper gives others', async (t) => {
  const paper = paperOf(paragraph('何根仙'), table(rowsOf(30)), code('x', 'y'));
  const bytes = Buffer.from(await drawPaper(font, paper));
  const threads = new PaperThreads({ threads: 2, waitingAtMost: 10 });
  t.teardown(() => threads.close());
  const drawn = await Promise.all([1, 2, 3].map(() => threads.draw(paper)));
  for (const one of [...drawn, await drawPaper(openFont(), paper)]) t.ok(bytes.equals(one));
  t.notOk(bytes.equals(await threads.draw({ ...paper, madeAt: '2026-11-02T09:00:01+08:00' })));
});

t.test('a table repeats its header on each page and loses no row; pages are numbered', async (t) => {
  const pages = textOfPdf(await drawPaper(font, paperOf(table(rowsOf(70)))));
  t.ok(pages.length > 3);
  for (const [at, page] of pages.entries()) {
    t.same(
      page.filter((line) => ['日期', '事由', '数额'].includes(line)),
      ['日期', '事由', '数额'],
      `page ${at + 1}`,
    );
    t.ok(page.includes(`第 ${at + 1} 页，共 ${pages.length} 页`));
    t.ok(page.includes('互助时间账本'));
  }
  const first = pages.flat().filter((line) => /^第\d+行$/.test(line));
  t.same(
    first,
    rowsOf(70).map(([cell]) => cell),
  );
});

t.test('a row that is higher than a page goes on on the next', async (t) => {
  const long = Array.from({ length: 90 }, (_, i) => `句${i}`).join('\n');
  const pages = textOfPdf(
    await drawPaper(
      font,
      paperOf(
        table([
          ['甲', long, '1'],
          ['乙', '短', '2'],
        ]),
      ),
    ),
  );
  t.same(
    pages.flat().filter((line) => line.startsWith('句')),
    long.split('\n'),
  );
});

t.test('a character that the font lacks is shown by its number, the rare ones that it has are drawn', async (t) => {
  t.equal(font.readable('𠮷野'), '[U+20BB7]野');
  for (const name of ['㛃', '喆', '镕', '堃', '䶮', '𬱖', '何根仙', 'Ōé', '“—”…·']) t.equal(font.readable(name), name);
  t.equal(font.readable('阿\u0628'), '阿[U+0628]', 'a script that is not here');
  const [page = []] = textOfPdf(await drawPaper(font, paperOf(paragraph('姓名：𠮷㛃'))));
  t.ok(page.includes('姓名：[U+20BB7]㛃'));
});

t.test('lines break between Chinese characters, never within a word or a number, nor before what closes', async (t) => {
  const lines = (text: string, width: number) => linesOf(text, width, (part) => [...part].length);
  t.same(lines('得时间币 12.50，少得', 6), ['得时间币', '12.50，', '少得']);
  t.same(lines('服务（2026-10-05）好', 14), ['服务（2026-10-05）', '好']);
  t.same(lines('一二三。四', 3), ['一二', '三。四']);
  t.same(lines('abcdefgh', 3), ['abc', 'def', 'gh'], 'but for a word that is longer than a line');
  t.same(lines('一\n\n二', 3), ['一', '', '二']);
  for (const text of ['得时间币 12.50，少得 0.50（超出单次上限）', 'a（b）c。d'])
    for (let width = 2; width < 12; width += 1)
      t.equal(lines(text, width).join('').replaceAll(' ', ''), text.replaceAll(' ', ''), 'nothing is lost');
});

t.test('rows go to pages in order; the last one is not alone if the page before can spare one', async (t) => {
  t.same(rowsByPage([10, 10, 10], 30, 100), [3]);
  t.same(rowsByPage([10, 10, 10, 10, 10], 20, 30), [2, 3]);
  t.same(rowsByPage([10, 10, 10, 10], 30, 30), [2, 2]);
  t.same(rowsByPage([10, 10, 10], 20, 20), [2, 1], 'which would then be all but alone itself');
  t.same(rowsByPage([50, 10], 30, 60), [0, 2], 'the first page may have no room');
  t.same(rowsByPage([70, 10], 30, 60), [0, 1, 1], 'higher than a page');
  t.same(rowsByPage([], 30, 60), [0]);
});

t.test('what cannot be drawn is said, and the thread draws the next', async (t) => {
  const threads = new PaperThreads({ threads: 1, waitingAtMost: 10 });
  t.teardown(() => threads.close());
  const tooMuch = paperOf(code('x'.repeat(3_000), ''));
  await t.rejects(threads.draw(tooMuch), { message: /too much/ });
  t.match(Buffer.from(await threads.draw(paperOf())).toString('latin1', 0, 5), '%PDF-');
});

t.test('who comes when too many wait is refused: ledger_busy; who waits when all ends is told', async (t) => {
  const threads = new PaperThreads({ threads: 1, waitingAtMost: 2 });
  const three = Promise.allSettled([1, 2, 3].map(() => threads.draw(paperOf())));
  await t.rejects(threads.draw(paperOf()), { code: 'ledger_busy' });
  await threads.close();
  for (const one of await three) t.equal(one.status, 'rejected');
  await t.rejects(threads.draw(paperOf()), { message: /has ended/ });
});

t.test('a chart has every label and every figure, cuts a label that is too long, and no figure', async (t) => {
  const long = '很长的社区名称'.repeat(9);
  const bars = [
    { label: '东溪社区', text: '1204.50', permille: 1000 },
    { label: long, text: '12.00', permille: 9 },
    { label: '石柱湾社区', text: '*', permille: 0 },
  ];
  const months = Array.from({ length: 12 }, (_, i) => ({
    label: `2026-${i}`,
    text: `${i}1234567890.25`,
    permille: 80 * i,
  }));
  const paper = paperOf(chart('lying', bars), chart('standing', months));
  const pages = textOfPdf(await drawPaper(font, paper));
  t.equal(pages.length, 1);
  const lines = pages.flat();
  for (const text of [
    '东溪社区',
    '1204.50',
    '12.00',
    '石柱湾社区',
    '*',
    ...months.flatMap(({ label, text }) => [label, text]),
  ])
    t.ok(lines.includes(text), text);
  const cut = lines.find((line) => line.endsWith('…')) ?? '';
  t.ok(cut.length > 5 && long.startsWith(cut.slice(0, -1)), cut);
});

t.test('bars are as long as their figures are beside the longest, and stand or lie within their box', (t) => {
  const bars = [1000, 250, 0].map((permille) => ({ label: '', text: '', permille }));
  t.same(
    lyingBars(bars, 1000, 12).map(({ width }) => width),
    [520, 130, 0],
  );
  const standing = standingBars(bars, 300, 80);
  t.same(
    standing.map(({ height }) => height),
    [80, 20, 0],
  );
  for (const { y, height } of standing) t.equal(y + height, 80, 'they stand on one line');
  t.end();
});
