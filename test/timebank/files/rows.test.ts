/** A bad row is refused with its line and the reason, all reasons at once, and no other row suffers for it. */

import t from 'tap';
import { readBankStatement } from '../../../src/timebank/audit/partner-statements-file.js';
import { openingPointsTable } from '../../../src/timebank/credit/opening-points-file.js';
import type { TypedFile } from '../../../src/timebank/files/table.js';
import { readTable } from '../../../src/timebank/files/table.js';
import { redemptionTable } from '../../../src/timebank/partners/redemptions-file.js';
import { memberTable } from '../../../src/timebank/people/members-file.js';
import { orgUnitTable } from '../../../src/timebank/people/org-units-file.js';
import { visitTable } from '../../../src/timebank/service/visits-file.js';

const file = (...lines: string[]) => new TextEncoder().encode(lines.join('\n'));
const faults = ({ errors }: TypedFile<unknown>) => errors.map(({ pointer, detail }) => `${pointer} ${detail.en}`);

const member = (change: Record<string, string> = {}) =>
  Object.values({
    external_id: 'M1',
    name: '何根仙',
    gender: 'female',
    birth_date: '1949-02-20',
    phone: '',
    org_unit: 'XC-01',
    talent_category: '',
    ...change,
  }).join(',');
const members = (...rows: string[]) =>
  readTable(file('external_id,name,gender,birth_date,phone,org_unit,talent_category', ...rows), memberTable);

t.test('sound rows around bad ones are kept, and every error has its line, in file order', async (t) => {
  const result = members(
    member(),
    member({ external_id: 'M2', gender: 'x', birth_date: '1949-02-30' }),
    'M3,only two',
    member({ external_id: 'M4', talent_category: 'ecology', phone: '+86 139-0000 0001' }),
  );
  t.same(
    result.rows.map((row) => [row.line, row.external_id, row.talent_category, row.phone]),
    [
      [2, 'M1', null, null],
      [5, 'M4', 'ecology', '+86 139-0000 0001'],
    ],
  );
  t.same(faults(result), [
    '/lines/3 gender is text, not one of male, female',
    '/lines/3 birth_date is a date, not a date of birth (1949-02-20, 1949/2/20, 1949年2月20日) that exists, from 1900 on',
    '/lines/4 has 2 fields, not 7',
  ]);
});

t.test('dates and figures are read as people write them, an id only as it is', async (t) => {
  const dates = [
    '1949-2-20',
    '1949/2/20',
    '1949/02/20',
    '1949.2.20',
    '1949年2月20日',
    '１９４９年２月２０日',
    '１９４９－２－２０',
  ];
  for (const birth_date of dates)
    t.equal(members(member({ birth_date })).rows[0]?.birth_date, '1949-02-20', birth_date);
  for (const birth_date of ['49/2/20', '1949/2-20', '20/2/1949', '1949年2月', '1949/2/30', '1949/002/20', '19490220'])
    t.same(members(member({ birth_date })).rows, [], birth_date);
  t.equal(members(member({ phone: '１３９００００００００' })).rows[0]?.phone, '13900000000');
  t.match(faults(members(member({ external_id: 'Ｍ１' }))), [
    /^\/lines\/2 external_id is text, not an id: it holds full-width/,
  ]);
  const header = 'partner_reference,booked_on,points,amount_cny,type';
  const statement = readBankStatement(file(header, 'R1,2026/10/1,１００,１０．００,redeem'));
  t.match(statement, { errors: [], rows: [{ booked_on: '2026-10-01', points: 100n, amountCny: 1000n }] });
});

t.test('an id seen before is refused on the later line, also if the earlier row was bad', async (t) => {
  const result = members(member(), member(), member({ external_id: 'M2', name: '' }), member({ external_id: 'M2' }));
  t.same(
    result.rows.map((row) => row.line),
    [2],
  );
  t.same(faults(result), [
    '/lines/3 external_id is already on line 2',
    '/lines/4 name is empty, not a name of 1 to 100 characters',
    '/lines/5 external_id is already on line 4',
  ]);
});

t.test('ids, names, telephone numbers and categories outside their shape are refused', async (t) => {
  const bad = {
    external_id: ['', '-x', 'a b', 'é', 'x'.repeat(65), '=1'],
    name: ['', '何'.repeat(101), 'a\u0007b'],
    phone: ['12', 'abc', '1'.repeat(30)],
    org_unit: ['', '/'],
    talent_category: ['cooking', 'Ecology'],
  };
  for (const [column, values] of Object.entries(bad)) {
    for (const value of values) {
      const { rows, errors } = members(member({ [column]: value }));
      t.same([rows.length, errors.length, errors[0]?.detail.en.split(' ')[0]], [0, 1, column], `${column} "${value}"`);
    }
  }
  t.equal(members(member({ name: '𠀀'.repeat(100) })).rows.length, 1, 'a rare character counts once');
});

t.test('no reason quotes a cell, whatever a spreadsheet has wrapped around it', async (t) => {
  const secret = '13900000001';
  const guarded = `"=""${secret}x"""`;
  const marked = { external_id: `＂${secret}`, name: `\u202E${secret}`, gender: secret, birth_date: secret };
  for (const phone of [`=${secret}`, guarded, `"${secret}'"`, `'${secret}x`, `＂${secret}＂`]) {
    const { rows, errors } = members(member({ ...marked, phone, org_unit: `-${secret}`, talent_category: secret }));
    t.same([rows.length, errors.length], [0, 7], phone);
    for (const { detail } of errors) t.notMatch(detail.en + detail.zh, /\d{5}/, detail.en);
  }
  const twice = members(member({ external_id: secret }), member({ external_id: secret }));
  t.same(faults(twice), ['/lines/3 external_id is already on line 2']);
});

t.test('a county has no parent, every other unit has one that is not itself', async (t) => {
  const result = readTable(
    file(
      'external_id,parent_external_id,level,name',
      'XC,,county,新昌县',
      'A,,estate,a',
      'B,B,estate,b',
      'C,XC,county,c',
      'D,XC,hamlet,d',
    ),
    orgUnitTable,
  );
  t.same(
    result.rows.map((row) => row.external_id),
    ['XC'],
  );
  t.same(faults(result), [
    '/lines/3 parent_external_id is empty, but only a county has none',
    '/lines/4 parent_external_id is the unit itself',
    '/lines/5 parent_external_id is given, but a county has none',
    '/lines/6 level is text, not one of county, subdistrict, township, community, village, estate, stairwell',
  ]);
});

t.test('points that are not the acts at the rate are refused, and so is a second row of a member', async (t) => {
  const result = readTable(
    file('member,occurrences,points', 'M1,5,50', 'M2,5,51', 'M1,1,10', 'M3,-1,-10', 'M4,1.0,10'),
    openingPointsTable(10n),
  );
  t.same(
    result.rows.map((row) => row.member),
    ['M1'],
  );
  t.same(
    result.errors.map((error) => error.pointer),
    ['/lines/3', '/lines/4', '/lines/5', '/lines/5', '/lines/6'],
  );
  t.match(result.errors[0]?.detail.en, /points are not the occurrences at 10 points each/);
});

t.test('a time needs a day that exists, seconds and an offset', async (t) => {
  const visit = (id: string, checkIn: string, grade = 'A') =>
    [
      id,
      'M1',
      'M2',
      'errand',
      ...Array(2).fill('2026-10-10T09:00:00Z'),
      checkIn,
      '2026-10-10T10:00:00.5+08:00',
      grade,
      'XC',
    ].join(',');
  const times = [
    '2026-10-10T09:00:00',
    '2026-10-10 09:00:00Z',
    '2026-02-30T09:00:00Z',
    '2026-10-10T25:00:00Z',
    '2026-10-10T09:00Z',
    '',
    '1760086800',
  ];
  const result = readTable(
    file(
      'external_id,volunteer,recipient,service_type,planned_start,planned_end,check_in,check_out,proof_grade,recorded_by_unit',
      visit('V', '2026-10-10T09:00:00+08:00'),
      ...times.map((time, at) => visit(`V${at}`, time)),
      visit('W', '2026-10-10T09:00:00+08:00', 'D'),
    ),
    visitTable,
  );
  t.same(
    result.rows.map((row) => [row.external_id, row.check_in]),
    [['V', '2026-10-10T09:00:00+08:00']],
    'kept as written',
  );
  t.equal(result.errors.length, times.length + 1);
  t.same(result.errors.at(-1), {
    pointer: '/lines/10',
    detail: { en: 'proof_grade is text, not one of A, B, C', zh: '凭证等级（proof_grade）为文本，应为 A、B、C 之一' },
  });
});

t.test('redeemed points are whole and positive, and a reference is used once', async (t) => {
  const redemption = (reference: string, points: string) => `${reference},M1,${points},2026-10-10T09:00:00+08:00,T01`;
  const result = readTable(
    file(
      'partner_reference,member,points,requested_at,terminal',
      ...['50', '0', '-5', '1.5', '05', '1e3', '٣', ''].map((points, at) => redemption(`R${at}`, points)),
      redemption('R0', '50'),
    ),
    redemptionTable,
  );
  t.same(
    result.rows.map((row) => row.points),
    [50n],
  );
  t.equal(result.errors.length, 8);
});

t.test('statement lines have exact money, a known type, and may repeat a reference', async (t) => {
  const result = readBankStatement(
    file(
      'type,partner_reference,booked_on,points,amount_cny',
      'redeem,R1,2026-10-01,50,5.00',
      'redeem,R1,2026-10-01,50,5',
      'refund,R1,2026-10-02,50,0.05',
      'redeem,R2,2026-10-01,50,5.001',
      'redeem,R2,2026-10-01,50,-5.00',
      'redeem,R2,2026-10-01,50,"5,00"',
      'payment,R2,2026-10-01,50,5.00',
      'redeem,R2,2026-11-31,50,5.00',
    ),
  );
  t.same(
    result.rows.map((row) => [row.line, row.type, row.amountCny]),
    [
      [2, 'redeem', 500n],
      [3, 'redeem', 500n],
      [4, 'refund', 5n],
    ],
  );
  t.same(
    result.errors.map((error) => `${error.pointer} ${error.detail.en.split(' ')[0]}`),
    ['/lines/5 amount_cny', '/lines/6 amount_cny', '/lines/7 amount_cny', '/lines/8 type', '/lines/9 booked_on'],
  );
});
