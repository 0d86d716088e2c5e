/** Every kind of file may be headed in Chinese; what could be two columns is refused with both, and what is wrong is told in both languages. */
import t from 'tap';
import { type Column, folded, type HeaderMapping, labelOf, layoutOf } from '../../../src/lib/csv/header.js';
import { Refusal } from '../../../src/lib/refusal.js';
import { statementTable } from '../../../src/timebank/audit/partner-statements-file.js';
import { openingPointsColumns } from '../../../src/timebank/credit/opening-points-file.js';
import { type Columns, headerOf, readTable, type Table } from '../../../src/timebank/files/table.js';
import { columnsOf } from '../../../src/timebank/imports/kinds.js';
import { redemptionTable } from '../../../src/timebank/partners/redemptions-file.js';
import { memberTable } from '../../../src/timebank/people/members-file.js';
import { orgUnitTable } from '../../../src/timebank/people/org-units-file.js';
import { visitTable } from '../../../src/timebank/service/visits-file.js';
import { importKinds } from '../../../src/timebank/words.js';

const headers: Readonly<Record<string, readonly Column[]>> = {
  ...Object.fromEntries(importKinds.map((kind) => [kind, columnsOf(kind)])),
  statement: headerOf(statementTable),
};

/** The codes in the order in which a header has them, or what is refused of it. */
function read(columns: readonly Column[], fields: readonly string[], mapping?: HeaderMapping): string[] {
  try {
    const { positions } = layoutOf({ line: 1, fields }, columns, mapping);
    return [...positions].sort(([, a], [, b]) => a - b).map(([code]) => code);
  } catch (error) {
    if (error instanceof Refusal) return (error.facts.errors ?? []).map(({ detail }) => detail.en);
    throw error;
  }
}

const codesOf = (columns: readonly Column[]) => columns.map(({ code }) => code);

t.test(
  'each column of each kind has a Chinese name of its own, and any name that is of it alone stands for it',
  async (t) => {
    for (const [kind, columns] of Object.entries(headers)) {
      const codes = codesOf(columns);
      t.same(
        read(
          columns,
          columns.map(({ names }) => names[0] ?? ''),
        ),
        codes,
        kind,
      );
      for (const { code, names } of columns) {
        t.match(names[0], /^\p{Script=Han}+$/u, `${kind} ${code}`);
        t.notOk(codes.some((one) => names.includes(one)));
        for (const name of names) {
          const meant = columns.filter((column) => column.names.includes(name));
          const mixed = codes.map((one) => (one === code ? name : one));
          if (meant.length === 1) t.same(read(columns, mixed), codes, `${kind}: ${name}`);
          else
            t.same(
              read(columns, mixed).filter((fault) => fault.includes(' may be ')),
              [
                `column ${codes.indexOf(code) + 1} may be ${codesOf(meant).join(' or ')}: head it with one of these, or name a mapping`,
              ],
              `${kind}: ${name}`,
            );
        }
      }
    }
  },
);

t.test('headers are compared in one width, without white space, a star or a colon', async (t) => {
  const columns = columnsOf('members');
  const written = ['成员 编号*', '＊姓　名', '性别：', ' 出生日期 :', 'ｐｈｏｎｅ', '所属单位', '="人才类别"'];
  t.same(read(columns, written), codesOf(columns));
  t.equal(folded('金额（元）'), '金额(元)');
});

t.test(
  'two headers of one column are refused with both places, and a name that two columns share with both columns',
  async (t) => {
    const columns = columnsOf('members');
    const rest = ['编号', '性别', '出生日期', '电话', '单位', '人才类别'];
    t.same(read(columns, ['姓名', 'name', ...rest]), ['columns 1 and 2 are both name']);
    t.same(read(columns, ['姓名', '姓 名', '手机', ...rest]), [
      'columns 1 and 2 are both name',
      'columns 3 and 7 are both phone',
    ]);
    const visits = columnsOf('visits').map(({ names }) => names[0] ?? '');
    const clash = visits.map((name) => (name === '签到时间' ? '开始时间' : name));
    t.same(read(columnsOf('visits'), clash), [
      'column 7 may be planned_start or check_in: head it with one of these, or name a mapping',
    ]);
  },
);

t.test('what a mapping says goes before codes and names, whatever it says of headers that are not there', async (t) => {
  const columns = columnsOf('opening_points');
  t.same(
    read(columns, ['人', '回', '分'], { 人: 'member', 回: 'occurrences', 分: 'points', 另: 'points' }),
    codesOf(columns),
  );
  t.same(
    read(columns, ['成员', '积分', '次数'], { 积分: 'occurrences', 次数: 'points' }),
    codesOf(columns),
    'against a name',
  );
  t.same(read(columns, ['points', '积 分', '成员'], { points: 'occurrences' }), ['occurrences', 'points', 'member']);
  t.same(read(columns, ['成员', '甲', '乙'], { 甲: 'points', 乙: 'points' }), [
    'the column occurrences is missing',
    'columns 2 and 3 are both points',
  ]);
  t.same(read(columns, ['成员', '次数', '分'], { 分: 'no_column' }), [
    'the column points is missing',
    'column 3 is none of member, occurrences, points',
  ]);
});

t.test('a fault of a header is told in Chinese with the Chinese names', async (t) => {
  const faults = (fields: readonly string[]) => {
    try {
      layoutOf({ line: 1, fields }, columnsOf('opening_points'));
    } catch (error) {
      return ((error as Refusal).facts.errors ?? []).map(({ detail }) => detail.zh);
    }
    return [];
  };
  t.same(faults(['成员', '成员编号', '某列']), [
    '缺少列 次数（occurrences）',
    '缺少列 积分（points）',
    '第 3 列的表头无法识别，应为 成员（member）、次数（occurrences）、积分（points） 之一',
    '第 1、2 列的表头都是 成员（member）',
  ]);
});

const tables: readonly Pick<Table<Columns>, 'columns' | 'names'>[] = [
  orgUnitTable,
  memberTable,
  openingPointsColumns,
  visitTable,
  redemptionTable,
  statementTable,
];

t.test(
  'each refused cell is told with line, column, kind of value and what was expected, in both languages, and not with what it says',
  async (t) => {
    const kinds: readonly (readonly [cell: string, en: string, zh: string])[] = [
      ['', 'empty', '空'],
      ['保密 13912345678', 'text', '文本'],
      ['=13912345678', 'text', '文本'],
      ['１３９１２３４５６７８１３９１２３４５６７８', 'a whole number', '整数'],
      ['-13912345678', 'a negative number', '负数'],
      ['1391234567.25', 'a number', '数值'],
      ['"13,912,345,678"', 'a number with separators', '带千位分隔符的数值'],
      ['1.3912345E+10', 'a number in scientific notation', '科学计数法的数值'],
      ['1391/2/30', 'a date', '日期'],
      ['1391-12-34 56:78', 'a time', '时间'],
    ];
    let told = 0;
    for (const table of tables) {
      const header = headerOf(table);
      for (const [cell, en, zh] of kinds) {
        const lines = [header.map(({ names }) => names[0]), header.map(() => cell)].map((cells) => cells.join(','));
        const { errors } = readTable(Buffer.from(lines.join('\n')), table);
        for (const { pointer, detail } of errors) {
          told += 1;
          const column = header.find(({ code }) => detail.en.startsWith(`${code} `));
          const label = column && labelOf(column);
          t.equal(pointer, '/lines/2');
          t.ok(detail.en.startsWith(`${label?.en} is ${en}, not `), detail.en);
          t.ok(detail.zh.startsWith(`${label?.zh}为${zh}，应为`), detail.zh);
          t.notMatch(detail.en + detail.zh, /139|保密|5678|1391/);
          t.notMatch(detail.zh.slice(label?.zh.length), /[a-z]{3} [a-z]/, 'Chinese throughout');
        }
      }
    }
    t.ok(told > 150, `${told} cells were refused`);
  },
);
