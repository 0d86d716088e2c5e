/** Guarantees of mappings of headers: stored by an operator, named by imports, and without effect on what was staged. */
import { type Test, test } from 'tap';
import type { ImportUpload } from '../../../src/timebank/imports/import-jobs.js';
import { type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { carryOut, storeFile } from '../../support/jobs.js';

const operator: Caller = { role: 'operator' };
const platform: Caller = { role: 'platform', subject: 'gold-steward' };

const store = (app: TestApp, body: object, key?: string) =>
  app.post('/v1/import-mappings', { as: operator, body, ...(key !== undefined && { key }) });
const stage = (app: TestApp, query: string, text: string, as = operator) =>
  app.post(`/v1/imports?${query}`, { as, body: Buffer.from(text) });
const commit = (app: TestApp, id: string) => app.post(`/v1/imports/${id}/commit`, { as: operator });

async function settleCounty(t: Test, app: TestApp): Promise<void> {
  const body = { external_id: 'XC', parent_external_id: null, level: 'county', name: '新昌县' };
  t.equal((await app.post('/v1/org-units', { as: operator, body })).status, 201);
}

const members = { id: 'street-office', kind: 'members', columns: { 老人姓名: 'name', 责任片区: 'org_unit' } };
const memberFile = '编号,老人姓名,性别,出生日期,电话,责任片区,人才类别\nM1,何根仙,female,1949/2/20,,XC,\n';

test('a mapping is stored (201), read and listed; another of its id takes its place, and the log has an entry for each', async (t) => {
  const app = await testApp(t);
  const first = await store(app, members, 'mapping-key-00001');
  t.match(first, { status: 201, body: members });
  t.match(await app.get('/v1/import-mappings/street-office', { as: 'auditor' }), { status: 200, body: first.body });
  const next = { ...members, columns: { 姓名或称呼: 'name' } };
  const second = await store(app, next);
  t.same((await app.get('/v1/import-mappings/street-office', { as: platform })).body, {
    ...next,
    entry: second.body.entry,
  });
  t.ok(Number(second.body.entry) > Number(first.body.entry));
  for (const { body } of [first, second])
    t.match((await app.get(`/v1/entries/${body.entry}`, { as: operator })).body, { kind: 'import_mapping_stored' });
  const again = await store(app, members, 'mapping-key-00001');
  t.equal(again.text, first.text, 'what is repeated is answered and not stored again');
  await store(app, { id: 'a-platform', kind: 'visits', columns: { 开始时间: 'check_in', 结束时间: 'check_out' } });
  const listed = async (query: string) =>
    (await app.get(`/v1/import-mappings${query}`, { as: operator })).body.import_mappings.map(
      ({ id }: { id: string }) => id,
    );
  t.same(await listed(''), ['a-platform', 'street-office']);
  t.same(await listed('?kind=members'), ['street-office']);
  t.equal((await app.get('/v1/import-mappings/nowhere', { as: operator })).body.code, 'import_mapping_not_found');
  const tried = await app.post('/v1/import-mappings?dry_run=true', { as: operator, body: { ...members, id: 'tried' } });
  t.match(tried, { status: 200, body: { id: 'tried', columns: members.columns } });
  t.same(await listed(''), ['a-platform', 'street-office'], 'a dry run stores nothing');
  await booksBalance(t, app.owner);
});

test('a column that a mapping leaves out is not read, whatever is in it, and still counts among the fields of a row: 201', async (t) => {
  const app = await testApp(t);
  await settleCounty(t, app);
  t.equal((await store(app, { ...members, columns: { ...members.columns, 备注: null, 审核意见: null } })).status, 201);
  const text = (header: string, rows: string) =>
    `备注,编号,老人姓名,性别,出生日期,电话,责任片区,人才类别${header}\n${rows}\n`;
  const row = (more: string) => `"行动不便，勿外传",M1,何根仙,female,1949/2/20,,XC,${more}`;
  const staged = await stage(app, 'kind=members&mapping=street-office', text(',审核意见', row(',同意')));
  t.match(staged, { status: 201 });
  const held = await app.owner`select cells from work.import_lines`;
  t.match(held[0], { cells: /何根仙/ });
  t.notMatch(JSON.stringify(held), /勿外传|同意/);
  t.match((await commit(app, staged.body.id)).body, { state: 'committed' });
  const short = await stage(app, 'kind=members&mapping=street-office', text(',审核意见', row('')));
  t.match(short.text, /has 8 fields, not 9/);
  const unnamed = await stage(app, 'kind=members', text('', row('')));
  t.equal(unnamed.body.code, 'file_invalid', 'without the mapping the column is not known');
  await booksBalance(t, app.owner);
});

test('a column that the kind has not, headers that read the same and another kind are refused with their place: 422', async (t) => {
  const app = await testApp(t);
  const columns = { 姓名: 'name', '姓 名': 'phone', '人/员': 'volunteer', '*': 'gender', 性别: 'gender' };
  const refused = await store(app, { ...members, columns });
  t.match(refused, { status: 422, body: { code: 'import_mapping_invalid' } });
  t.same(
    refused.body.errors.map(({ pointer, detail }: Record<string, string>) => `${pointer} ${detail}`),
    [
      '/columns/姓 名 reads the same as a header before it',
      '/columns/人~1员 must be one of external_id, name, gender, birth_date, phone, org_unit, talent_category',
      '/columns/* is no header: nothing of it is compared',
    ],
  );
  t.equal((await app.get('/v1/import-mappings/street-office', { as: operator })).status, 404, 'nothing is stored');
  await store(app, members);
  t.match(await store(app, { ...members, kind: 'visits', columns: { 甲: 'volunteer' } }), {
    status: 422,
    body: { errors: [{ pointer: '/kind', detail: /is not members/ }] },
  });
  for (const wrong of [{}, { '': 'name' }, { ' 姓名': 'name' }, { '姓\u202E名': 'name' }, { 姓名: 'Name' }])
    t.equal((await store(app, { ...members, columns: wrong })).status, 400, JSON.stringify(wrong));
});

test('an import is read by the mapping that it names, and says by which: 201; none of that id 404, one for another kind 400', async (t) => {
  const app = await testApp(t);
  await settleCounty(t, app);
  const { entry } = (await store(app, members)).body;
  t.match(await stage(app, 'kind=members', memberFile), {
    status: 422,
    body: { code: 'file_invalid', errors: [{ detail: 'the column name is missing' }] },
  });
  const staged = await stage(app, 'kind=members&mapping=street-office', memberFile);
  t.match(staged, { status: 201, body: { mapping: { id: 'street-office', entry }, counts: { ready: 1, errors: 0 } } });
  t.match(await commit(app, staged.body.id), { status: 200, body: { mapping: { id: 'street-office', entry } } });
  t.match((await app.get('/v1/members/M1', { as: operator })).body, { name: '何根仙', birth_date: '1949-02-20' });
  const plain = await stage(app, 'kind=members', 'external_id,name,gender,birth_date,phone,org_unit,talent_category\n');
  t.equal(plain.body.mapping, null);
  t.match(await stage(app, 'kind=members&mapping=nowhere', memberFile), {
    status: 404,
    body: { code: 'import_mapping_not_found' },
  });
  t.match(await stage(app, 'kind=org_units&mapping=street-office', memberFile), {
    status: 400,
    body: { code: 'request_invalid', errors: [{ pointer: '/query/mapping', detail: 'is for members' }] },
  });
  await store(app, { id: 'steward', kind: 'opening_points', columns: { 老人: 'member' } });
  const opening = await stage(app, 'kind=opening_points&mapping=steward', '老人,次数,积分\nM1,1,10\n', platform);
  t.match(opening, { status: 201, body: { counts: { ready: 1 } } }, 'a platform may name one');
});

test('what was staged is decided as it was read, whatever becomes of the mapping', async (t) => {
  const app = await testApp(t);
  await settleCounty(t, app);
  const columns = { 甲: 'external_id', 乙: 'name' };
  const { entry } = (await store(app, { id: 'office', kind: 'org_units', columns })).body;
  const file = '甲,乙,级别,上级\nA1,B1,subdistrict,XC\n';
  const staged = await stage(app, 'kind=org_units&mapping=office', file);
  // A file that was sent before the mapping changed, and that no worker has read yet.
  const { id, sha256 } = await storeFile(app, Buffer.from(file.replaceAll('1', '2')));
  const sent = {
    id,
    sha256,
    kind: 'org_units',
    fileName: null,
    charset: null,
    effectiveOn: null,
    partner: null,
  } as const;
  const mapping = { id: 'office', entry: Number(entry), columns };
  const upload = { ...sent, mapping, dryRun: false, client: null } satisfies ImportUpload;
  await store(app, { id: 'office', kind: 'org_units', columns: { 甲: 'name', 乙: 'external_id' } });
  await carryOut(app, { kind: 'import_stage', input: upload });
  for (const one of [staged.body.id, id])
    t.match(await commit(app, one), {
      status: 200,
      body: { counts: { imported: 1 }, mapping: { id: 'office', entry } },
    });
  t.equal((await app.get('/v1/org-units/A1', { as: operator })).body.name, 'B1');
  t.equal((await app.get('/v1/org-units/A2', { as: operator })).body.name, 'B2');
  const later = await stage(app, 'kind=org_units&mapping=office', file.replaceAll('1', '3'));
  await commit(app, later.body.id);
  t.equal(
    (await app.get('/v1/org-units/B3', { as: operator })).body.name,
    'A3',
    'a later file is read by the later one',
  );
  await booksBalance(t, app.owner);
});
