/**
 * The report of a month by unit over HTTP: figures worked out by hand for a small town, each act where its member belonged on its day; every format
 * says the same, and the same bytes again; and who is given what.
 */

import { strFromU8, unzipSync } from 'fflate';
import t, { type Test } from 'tap';
import { readCsv } from '../../../src/lib/csv/read.js';
import { unitReportColumns } from '../../../src/timebank/audit/unit-reports/csv.js';
import type { Caller, TestApp } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { columnsOf } from '../../support/csv.js';
import { textOfPdf } from '../../support/pdf-text.js';
import { adjust, partner } from '../../support/story.js';
import { bank, county, east, member, unscoped } from '../people/county.js';

const wang: Caller = { role: 'operator', subject: 'wang' };
const platform: Caller = { role: 'platform', subject: 'board' };

/** An hour and forty minutes from an hour on: 1.67 hours. */
const visit = (external_id: string, volunteer: string, recipient: string, day: string, hour = '09') => ({
  ...{ external_id, volunteer, recipient, service_type: 'errand', proof_grade: 'A', recorded_by: 'XC' },
  planned_start: `${day}T${hour}:00:00+08:00`,
  planned_end: `${day}T${hour}:50:00+08:00`,
  check_in: `${day}T${hour}:00:00+08:00`,
  check_out: `${day}T${Number(hour) + 1}:40:00+08:00`,
});

/**
 * October of a county: M2 moves from XC-01-01 to XC-010 on the 25th, between two services. M1 gives three hours and twenty minutes on one day, of
 * which an hour is over its cap. 500 points for M1, and 30 by another platform, and 300 for M2, who redeems 60 before the move and 50 after it, of which 20 come back in November.
 */
async function october(t: Test): Promise<TestApp> {
  const time = fixedClock(Date.parse('2026-10-15T09:00:00+08:00'));
  const app = await county(t, { clock: time.clock, settings: { LOG_LEVEL: 'error' } });
  const ask = async (as: Caller, path: string, body: object, status: number) => {
    const answer = await app.post(path, { as, body });
    t.equal(answer.status, status, `${path}: ${answer.text}`);
    return answer.body;
  };
  const advanceTo = (instant: string) => time.advance(Date.parse(instant) - time.clock());
  const shop = { id: partner, name: '农商', kind: 'rural_commercial_bank', point_price: '0.10', may_backdate: true };
  await ask(wang, '/v1/partners', shop, 201);
  const credit = (id: string, amount: string) => ({ debit: 'point:issuance', credit: `member:${id}:points`, amount });
  await adjust(app.lane, [credit('M1', '500'), credit('M2', '300')]);
  const redeem = (partner_reference: string, points: string) =>
    ask(bank, '/v1/redemptions', { partner_reference, member: 'M2', points, capture: true }, 201);
  await redeem('B1', '60');
  // Three acts that another platform counted for M1, and two that it took back.
  const steward: Caller = { role: 'platform', subject: 'gold-steward' };
  const item = { member: 'M1', occurred_on: '2026-10-14', occurrences: 3 };
  await ask(steward, '/v1/intake/service-counts', { ...item, external_id: 'C1' }, 200);
  await ask(steward, '/v1/intake/service-counts', { ...item, external_id: 'C2', occurrences: 2 }, 200);
  await ask(
    steward,
    '/v1/intake/service-counts',
    { ...item, external_id: 'C2', occurrences: 2, state: 'withdrawn' },
    200,
  );
  advanceTo('2026-10-25T09:00:00+08:00');
  await ask(wang, '/v1/members/M2/transfer', { org_unit: 'XC-010' }, 200);
  const { id } = await redeem('B2', '50');
  const plan = {
    ...{ service_type: 'errand', mode: 'home' },
    ...{ planned_start: '2026-11-20T09:00:00+08:00', planned_end: '2026-11-20T10:00:00+08:00' },
  };
  await ask(member('M1'), '/v1/orders', { external_id: 'N1', recipient: 'M1', ...plan }, 201);
  await ask(wang, '/v1/orders', { external_id: 'N2', recipient: 'M1', ...plan }, 201);
  await ask(wang, '/v1/orders', { external_id: 'N3', recipient: 'M2', ...plan }, 201);
  advanceTo('2026-11-02T09:00:00+08:00');
  await ask(bank, `/v1/redemptions/${id}/refunds`, { points: '20' }, 201);
  for (const one of [
    visit('V1', 'M1', 'M3', '2026-10-19'),
    visit('V2', 'M1', 'M3', '2026-10-19', '14'),
    visit('V3', 'M2', 'M3', '2026-10-24'),
    visit('V4', 'M2', 'M3', '2026-10-26'),
    visit('V5', 'M3', 'M1', '2026-11-01'),
  ])
    await ask(wang, '/v1/service-records', one, 201);
  return app;
}

type Figures = Record<
  string,
  string | number | null | { code?: string; partner?: string; amount?: string; points?: string }[]
>;

/** `XC-01: 5.01 h = 3.50 + 0.00 (cap_day 1.17, rounding_carry 0.34), 1 active, +500 -60 (xc-bank 60), 2 = 1 + 1 (0.50)` */
const lineOf = (name: string, one: Figures) => {
  const listed = (key: string) =>
    (one[key] as { code?: string; partner?: string; amount?: string; points?: string }[])
      .map(({ code, partner, amount, points }) => `${code ?? partner} ${amount ?? points}`)
      .join(', ');
  return [
    `${name}: ${one['hours']} h = ${one['coins_minted']} + ${one['coins_paid']} (${listed('shortfalls')})`,
    `${one['people_active']} active`,
    `+${one['points_earned']} -${one['points_redeemed']} (${listed('redemptions')})`,
    `${one['orders_placed']} = ${one['orders_by_resident']} + ${one['orders_on_behalf']} (${one['share_by_resident']})`,
  ].join('; ');
};

interface Row {
  readonly org_unit: string;
  readonly total: Figures;
  readonly own: Figures;
}

const linesOf = (units: readonly Row[]) =>
  units.flatMap(({ org_unit, total, own }) => [lineOf(org_unit, total), lineOf(`${org_unit} own`, own)]);

const nothing = '0.00 h = 0.00 + 0.00 (); 0 active; +0 -0 (); 0 = 0 + 0 (null)';
const m1 = '3.34 h = 2.00 + 0.00 (cap_day 1.17, rounding_carry 0.17); 1 active; +530 -0 (); 2 = 1 + 1 (0.50)';
const before = '1.67 h = 1.50 + 0.00 (rounding_carry 0.17); 0 active; +300 -60 (xc-bank 60); 0 = 0 + 0 (null)';
const after = '1.67 h = 1.50 + 0.00 (rounding_carry 0.17); 1 active; +0 -50 (xc-bank 50); 1 = 0 + 1 (0.00)';
const all =
  '6.68 h = 5.00 + 0.00 (cap_day 1.17, rounding_carry 0.51); 2 active; +830 -110 (xc-bank 110); 3 = 1 + 2 (0.33)';
const east1 =
  '5.01 h = 3.50 + 0.00 (cap_day 1.17, rounding_carry 0.34); 1 active; +830 -60 (xc-bank 60); 2 = 1 + 1 (0.50)';

t.test(
  'each act counts where its member belonged on its day, rolled up, to the hundredth and the point (200)',
  async (t) => {
    const app = await october(t);
    const units = async (id: string, query = '', as: Caller = wang) => {
      const { status, body } = await app.get(`/v1/reports/units/${id}?month=2026-10${query}`, { as });
      t.equal(status, 200, JSON.stringify(body));
      return linesOf(body.units);
    };
    const westLines = [`XC-010: ${after}`, `XC-010 own: ${after}`];
    const eastLines = [`XC-01: ${east1}`, `XC-01 own: ${m1}`];
    t.strictSame(await units('XC'), [`XC: ${all}`, `XC own: ${nothing}`, ...eastLines, ...westLines]);
    const deepest = [`XC-01-01: ${before}`, `XC-01-01 own: ${before}`];
    t.strictSame(await units('XC-01'), [...eastLines, ...deepest]);
    t.strictSame(await units('XC-010'), westLines);
    t.strictSame(await units('XC', '&below=all'), [
      ...[`XC: ${all}`, `XC own: ${nothing}`],
      ...[...eastLines, ...deepest, ...westLines],
    ]);
    t.strictSame(await units('XC-01', '', east), [...eastLines, ...deepest]);
    const [november] = (await app.get('/v1/reports/units/XC?month=2026-11', { as: wang })).body.units;
    t.match(november.total, { hours: '1.67', people_active: 1, points_redeemed: '-20', orders_placed: 0 });
    await booksBalance(t, app.owner);
  },
);

t.test(
  'CSV, the spreadsheet and the paper say what JSON says, and are the same bytes when asked again (200)',
  async (t) => {
    const app = await october(t);
    const url = '/v1/reports/units/XC?month=2026-10';
    const { body } = await app.get(url, { as: wang });
    const file = async (format: string) => {
      const { statusCode, rawPayload, headers } = await app.built.app.inject({
        ...{ method: 'GET', url: `${url}&format=${format}` },
        headers: { authorization: `Bearer ${app.token(wang)}` },
      });
      t.equal(statusCode, 200);
      t.match(headers['content-disposition'], `report-XC-2026-10-at-${body.at_entry}.${format}`);
      return rawPayload;
    };
    const csv = await file('csv');
    const rows: Record<string, string>[] = [];
    readCsv(csv, columnsOf([...unitReportColumns]), { charset: null }, (row) => rows.push(row.values));
    const value = (unit: string, part: string, figure: string, code = '') =>
      rows.find(
        (row) => row['org_unit'] === unit && row['part'] === part && row['figure'] === figure && row['code'] === code,
      )?.['value'];
    for (const { org_unit, total, own } of body.units as Row[])
      for (const [part, figures] of [
        ['total', total],
        ['own', own],
      ] as const) {
        for (const figure of ['hours', 'coins_minted', 'points_redeemed', 'people_active', 'orders_by_resident'])
          t.equal(value(org_unit, part, figure), String(figures[figure]), `${org_unit} ${part} ${figure}`);
      }
    t.equal(value('XC-01', 'total', 'shortfall', 'cap_day'), '1.17');
    t.equal(value('XC', 'total', 'partner', 'xc-bank'), '110');

    const xlsx = await file('xlsx');
    const cells = cellsOf(xlsx);
    const [head = []] = cells;
    t.same(head.slice(0, 6), ['单元编号', '上级单元', '层级', '名称', '范围', '服务时长（小时）']);
    const shown = (row: number, title: string) => cells[row]?.[head.indexOf(title)];
    t.same(
      cells.slice(1, 7).map((row) => `${row[0]} ${row[4]} ${row[5]}`),
      (body.units as Row[]).flatMap(({ org_unit, total, own }) => [
        `${org_unit} 合计 ${total['hours']}`,
        `${org_unit} 本级 ${own['hours']}`,
      ]),
    );
    t.equal(shown(1, '未计币：超出每日上限'), '1.17');
    t.equal(shown(1, '兑换：农商'), '110');
    t.equal(shown(1, '居民自行点单占比'), '0.33');

    const pdf = await file('pdf');
    const pages = textOfPdf(pdf);
    t.equal(pages.length, 1, 'one page');
    const text = (pages[0] ?? []).join('\n');
    for (const words of [
      '单位 XC 2026年10月互助时间账本月报',
      '6.68',
      '5.01',
      '超出每日上限 1.17',
      '农商 110',
      '33%',
      '2025-11',
      '2026-10',
    ])
      t.ok(text.includes(words), words);
    for (const [format, bytes] of [
      ['csv', csv],
      ['xlsx', xlsx],
      ['pdf', pdf],
    ] as const)
      t.ok(bytes.equals(await file(format)), `${format}: the same bytes`);
  },
);

/** The cells of the only sheet, as text, row by row. */
function cellsOf(file: Uint8Array): string[][] {
  const sheet = strFromU8(unzipSync(file)['xl/worksheets/sheet1.xml'] ?? new Uint8Array());
  return [...sheet.matchAll(/<row [^>]*>(.*?)<\/row>/g)].map(([, row = '']) => {
    const cells: string[] = [];
    for (const [, letters = '', text = '', number = ''] of row.matchAll(
      /<c r="([A-Z]+)\d+"[^>]*>(?:<is><t[^>]*>([^<]*)<\/t><\/is>|<v>([^<]*)<\/v>)<\/c>/g,
    ))
      cells[[...letters].reduce((place, letter) => place * 26 + letter.charCodeAt(0) - 64, 0) - 1] = text || number;
    return Array.from(cells, (cell) => cell ?? '');
  });
}

t.test('where it is published, figures about few people are withheld in every format (200)', async (t) => {
  const app = await october(t);
  const url = '/v1/reports/units/XC?month=2026-10&published=true';
  const { body } = await app.get(url, { as: wang });
  t.match(body, { published: true, min_group: 10 });
  const [first] = body.units as Row[];
  t.match(first?.total, {
    ...{ hours: null, coins_minted: null, people_active: null, points_earned: null, points_redeemed: null },
    ...{ orders_placed: null, orders_by_resident: null, share_by_resident: null, coins_paid: null },
    redemptions: [{ partner: 'xc-bank', points: null }],
  });
  const csv = (await app.get(`${url}&format=csv`, { as: wang })).text;
  t.match(csv, /,XC,,county,单位 XC,total,hours,,,yes\r\n/);
  t.notMatch(csv, /6\.68|5\.01|,110,/);
});

t.test('a coordinator sees the scope, a platform what is published of closed months, others nothing', async (t) => {
  const app = await october(t);
  const get = (id: string, as: Caller, query = 'month=2026-10') => app.get(`/v1/reports/units/${id}?${query}`, { as });
  const absent = { status: 404, body: { code: 'org_unit_not_found' } };
  t.match(await get('XC-010', east), absent);
  t.match(await get('XC', east), absent);
  t.match(await get('XC', unscoped), absent);
  t.match(await get('nowhere', wang), absent);
  t.match(await get('XC', member('M1')), { status: 403 });
  t.match(await get('XC', bank), { status: 403 });
  t.match(await get('XC', platform), { status: 400, body: { code: 'request_invalid' } }, 'the month is open');
  for (const query of ['', 'month=2026-13', 'month=2026-10&below=none', 'month=2026-10&format=xml'])
    t.equal((await get('XC', wang, query)).status, 400, query);
  t.equal((await app.post('/v1/periods', { as: wang, body: { period: '2026-10' } })).status, 201);
  const { status, body } = await get('XC', platform);
  t.match({ status, ...body }, { status: 200, published: true, units: [{ total: { hours: null } }, {}, {}] });
});

t.test('more than 500 units are refused in one piece (400), and come as CSV (200)', async (t) => {
  const app = await october(t);
  await app.owner.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`insert into timebank.org_units (ledger_id, org_unit_id, parent_id, level, name, entry)
      select 1, 'E' || i, 'XC-01-01', 'estate', '小区', 1 from generate_series(1, 500) i`;
  });
  const get = (query: string) => app.get(`/v1/reports/units/XC-01?month=2026-10${query}`, { as: wang });
  for (const format of ['json', 'xlsx'])
    t.match(await get(`&below=all&format=${format}`), { status: 400, body: { code: 'request_invalid' } }, format);
  const csv = (await get('&below=all&format=csv')).text;
  t.equal(new Set(csv.match(/,E\d+,XC-01-01,estate,/g)).size, 500);
  t.equal((await get('')).body.units.length, 2, 'right below there is one');
});
