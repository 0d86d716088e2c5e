/** Guarantees of how an imported file is read: in the charset that was declared or that it shows, seen before it is committed, quoted nowhere. */

import { type Test, test } from 'tap';
import { storedWords } from '../../../src/lib/language.js';
import { type Caller, type TestApp, testApp } from '../../support/app.js';
import { encoded, marked } from '../../support/encode.js';

const operator: Caller = { role: 'operator' };
const commit = (app: TestApp, id: string) => app.post(`/v1/imports/${id}/commit`, { as: operator });

async function settleCounty(t: Test, app: TestApp): Promise<void> {
  const body = { external_id: 'XC', parent_external_id: null, level: 'county', name: '新昌县' };
  t.equal((await app.post('/v1/org-units', { as: operator, body })).status, 201);
}

/** 谢平, whose bytes in GBK are лƽ in UTF-8. */
const ambiguous = Buffer.from('d0bbc6bd', 'hex');
const memberHeader = 'external_id,name,gender,birth_date,phone,org_unit,talent_category\n';
const memberFile = (name: Buffer, phone = '') =>
  Buffer.concat([Buffer.from(`${memberHeader}M1,`), name, Buffer.from(`,female,1949-02-20,${phone},XC,\n`)]);

const stageAs = (app: TestApp, type: string, body: Buffer, key?: string) =>
  app.post('/v1/imports?kind=members', {
    as: operator,
    body,
    headers: { 'content-type': type },
    ...(key !== undefined && { key }),
  });

test('a declared charset is honoured, from the preview to the books: 201 and 200', async (t) => {
  for (const [type, encoding, name] of [
    ['text/csv', 'gb18030', '谢平'],
    ['text/csv; charset=gb18030', 'gb18030', '谢平'],
    ['text/csv; header=present; charset="GBK"', 'gb18030', '谢平'],
    ['text/csv;charset=gb2312', 'gb18030', '谢平'],
    ['text/csv; charset=utf-8', 'utf-8', 'лƽ'],
  ] as const) {
    const app = await testApp(t);
    await settleCounty(t, app);
    const { status, body } = await stageAs(app, type, memberFile(ambiguous));
    t.equal(status, 201, type);
    t.same(body.preview, {
      encoding,
      header: memberHeader.trim().split(','),
      rows: [['M1', name, 'female', '1949-02-20', '', 'XC', '']],
    });
    t.equal(body.encoding, encoding);
    t.match(await commit(app, body.id), { status: 200, body: { encoding, counts: { imported: 1 } } });
    t.equal((await app.get('/v1/members/M1', { as: operator })).body.name, name, type);
  }
});

test('a charset that is not read, or two at once, is refused with 415; a file that is not what was declared with 422', async (t) => {
  const app = await testApp(t);
  for (const charset of ['latin1', 'big5', 'utf-32', 'utf16', 'utf8', '', '"gbk', 'gbk; charset=utf-8'])
    t.match(await stageAs(app, `text/csv; charset=${charset}`, memberFile(ambiguous)), { status: 415 }, charset);
  const broken = memberFile(Buffer.from('b5b1', 'hex'));
  t.match(await stageAs(app, 'text/csv; charset=utf-8', broken), {
    status: 422,
    body: { code: 'file_invalid', detail: /line 2 of the file is not utf-8 text, as it was declared/ },
  });
  t.match(await stageAs(app, 'text/csv; charset=gbk', Buffer.concat([Buffer.from('efbbbf', 'hex'), broken])), {
    status: 422,
    body: { detail: /declared as gbk, but begins with the mark of utf-8/ },
  });
});

test('the same file in another charset is another request: 422; a replay has the preview and the database does not', async (t) => {
  const app = await testApp(t);
  await settleCounty(t, app);
  const first = await stageAs(app, 'text/csv; charset=gbk', memberFile(ambiguous), 'preview-key-00001');
  const again = await stageAs(app, 'text/csv; charset=gbk', memberFile(ambiguous), 'preview-key-00001');
  t.equal(again.headers['idempotent-replayed'], 'true');
  t.equal(again.text, first.text, 'byte for byte');
  t.equal(again.body.preview.rows[0][1], '谢平');
  const other = await stageAs(app, 'text/csv; charset=utf-8', memberFile(ambiguous), 'preview-key-00001');
  t.match(other, { status: 422, body: { code: 'idempotency_key_reused' } });
  const remembered = await app.owner`select string_agg(answers, '') as text from timeledger.batches`;
  t.match(remembered[0]?.['text'], first.body.id, 'answers are kept');
  t.notMatch(remembered[0]?.['text'], /谢平|1949-02-20|preview/, 'without the preview');
});

test('no reason that is told or kept quotes a cell, whatever a spreadsheet has wrapped around it', async (t) => {
  const app = await testApp(t);
  await settleCounty(t, app);
  const cells = ['="13912345678x"', "'13912345678x", '=13912345678-', '＂13912345678＂', '"139""1234""5678"x'];
  for (const cell of cells) {
    const { body } = await stageAs(app, 'text/csv', memberFile(Buffer.from('何'), `"${cell.replaceAll('"', '""')}"`));
    t.match(body.lines, [{ state: 'error', reason: /^phone is text, not a telephone number/ }], cell);
    t.equal((await commit(app, body.id)).body.counts.errors, 1);
  }
  const kept = await app.owner`select string_agg(reason, ' ') as text from timebank.import_rows where state = 'error'`;
  const words = storedWords({
    en: 'phone is text, not a telephone number of 5 to 20 digits, spaces and hyphens',
    zh: '电话（phone）为文本，应为 5 至 20 位的电话号码（数字、空格和连字符）',
  });
  t.equal(kept[0]?.['text'], Array(cells.length).fill(words).join(' '));
  const headless = await stageAs(app, 'text/csv', Buffer.from('M1,何根仙,female,1949-02-20,13912345678,XC,\n'));
  t.equal(headless.status, 422);
  t.notMatch(headless.text, /何根仙|1391234/);
});

test('a file of more than a mebibyte, in GB18030, is read: 201', async (t) => {
  const app = await testApp(t);
  const parts = [
    Buffer.from('external_id,parent_external_id,level,name\nXC,,county,'),
    Buffer.from([0xd0, 0xc2, 0xb2, 0xfd]),
    Buffer.from(`\n${' '.repeat(60_000)}`.repeat(20)),
  ];
  const { status, body } = await app.post('/v1/imports?kind=org_units', { as: operator, body: Buffer.concat(parts) });
  t.equal(status, 201);
  t.equal((await commit(app, body.id)).status, 200);
  t.equal((await app.get('/v1/org-units/XC', { as: operator })).body.name, '新昌');
});

test('UTF-16 of more than its preview looks at is read, declared or marked: 201; half a character in it is refused: 422', async (t) => {
  const rows = Array.from({ length: 3_000 }, (_, i) => `U${i}\tXC\tsubdistrict\t"𠮷\r\n上${i}"`);
  const text = ['external_id\tparent_external_id\tlevel\tname', 'XC\t\tcounty\t新昌\u0A0D', ...rows].join('\r\n');
  for (const encoding of ['utf-16le', 'utf-16be'] as const) {
    for (const [type, body] of [
      ['text/csv', marked(text, encoding)],
      ['text/csv; charset=UTF-16', marked(text, encoding)],
      [`text/csv; charset="${encoding}"`, encoded(text, encoding)],
    ] as const) {
      const app = await testApp(t);
      const headers = { 'content-type': type };
      const staged = await app.post('/v1/imports?kind=org_units', { as: operator, body, headers });
      t.equal(staged.status, 201, type);
      t.match(staged.body, { encoding, counts: { total: 3_001 }, preview: { encoding } });
      t.same(staged.body.preview.rows[0], ['XC', '', 'county', '新昌\u0A0D']);
      const cut = await app.post('/v1/imports?kind=org_units', { as: operator, body: body.subarray(0, -1), headers });
      t.match(cut, {
        status: 422,
        body: { code: 'file_invalid', detail: /^line 6002 of the file is not utf-16.. text/ },
      });
    }
  }
});
