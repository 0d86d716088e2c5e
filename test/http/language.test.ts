/** Guarantees of languages: the same refusal in Chinese and in English, in that of the first answer for as long as it is remembered. */
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'tap';
import { inLanguage, languageOfLocale, storedWords, wordsOf } from '../../src/lib/language.js';
import { testApp } from '../support/app.js';
import { root } from '../support/root.js';
import { settle } from '../support/story.js';
import { sample } from './sample.js';

const chinese = { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' };
const english = { 'accept-language': 'en-GB,en;q=0.9' };
const han = /\p{Script=Han}/u;

test('a refusal says the same code, figures and pointers in Chinese and in English: 422, 404, 400, 401', async (t) => {
  const app = await testApp(t);
  await settle(app.lane);
  const gift = {
    kind: 'gift',
    legs: [{ debit: 'member:M00001:points', credit: 'member:M00002:points', amount: '987654' }],
  };
  const asked = [
    ['POST', '/v1/entries', { as: 'operator', body: gift }],
    ['GET', '/v1/members/M99999/balances', { as: 'auditor' }],
    ['GET', '/v1/entries?limit=0&kind=Ä', { as: 'auditor' }],
    ['POST', '/v1/entries', { as: 'operator', body: { kind: 'gift', legs: [], effective_on: 'x' } }],
    ['GET', '/v1/entries', {}],
    ['GET', '/v1/entries', { as: 'partner' }],
  ] as const;
  for (const [method, url, call] of asked) {
    const zh = await app.call(method, url, { ...call, headers: chinese });
    const en = await app.call(method, url, { ...call, headers: english });
    const plain = await app.call(method, url, call);
    const name = `${method} ${url} ${zh.body.code}`;
    t.ok(zh.status >= 400, name);
    t.match([zh.headers['content-language'], zh.headers['vary']], ['zh', 'accept-language'], name);
    t.equal(en.headers['content-language'], 'en', name);
    t.match([zh.body.title, zh.body.detail], [han, han], name);
    t.notMatch([en.body.title, en.body.detail].join(), han, name);
    t.same({ ...plain.body, request_id: '' }, { ...en.body, request_id: '' }, `${name}: English without the header`);
    const codes = ({ body }: typeof zh) => ({ code: body.code, status: body.status, type: body.type });
    t.same(codes(zh), codes(en), name);
    const pointers = ({ body }: typeof zh) => (body.errors ?? []).map((error: { pointer: string }) => error.pointer);
    t.same(pointers(zh), pointers(en), name);
    for (const { pointer, detail } of zh.body.errors ?? []) t.match(detail, han, `${name} ${pointer}`);
    const figures = ({ body }: typeof zh) => [...String(body.detail).matchAll(/\d{2,}/g)].map(String).sort();
    t.same(figures(zh), figures(en), name);
  }
});

test('what is remembered is given again byte for byte, in the language of the first request: 422', async (t) => {
  const app = await testApp(t);
  await settle(app.lane);
  const legs = [{ debit: 'member:M00001:points', credit: 'member:M00002:points', amount: '987654' }];
  const ask = (key: string, headers: Record<string, string>) =>
    app.post('/v1/entries', { as: 'operator', key, headers, body: { kind: 'gift', legs } });
  for (const [first, later, language] of [
    [chinese, english, 'zh'],
    [english, chinese, 'en'],
  ] as const) {
    const key = `0123456789abcdef-${language}`;
    const one = await ask(key, first);
    const again = await ask(key, later);
    t.equal(one.status, 422);
    t.equal(again.text, one.text);
    t.equal(again.headers['content-language'], language, 'the answer says which language it is in');
    t.equal(again.headers['idempotent-replayed'], 'true');
  }
});

test('the weights of Accept-Language decide; who prefers neither gets the default of the deployment', async (t) => {
  const said: [header: string | undefined, en: string, zh: string][] = [
    [undefined, 'en', 'zh'],
    ['', 'en', 'zh'],
    ['*', 'en', 'zh'],
    ['fr-FR,de;q=0.5', 'en', 'zh'],
    ['en;q=0.5,zh;q=0.6', 'zh', 'zh'],
    ['en;q=0.6,zh-CN;q=0.5', 'en', 'en'],
    ['zh-Hans-CN', 'zh', 'zh'],
    ['ZH-cn', 'zh', 'zh'],
    ['zh;q=0,*;q=0.1', 'en', 'en'],
    ['fr,zh;q=0.1', 'zh', 'zh'],
    [';;,,=q', 'en', 'zh'],
  ];
  const apps = { en: await testApp(t), zh: await testApp(t, { settings: { DEFAULT_LANGUAGE: 'zh' } }) };
  for (const [header, ...expected] of said) {
    const headers = header === undefined ? {} : { 'accept-language': header };
    const told = [];
    for (const app of [apps.en, apps.zh]) {
      const { headers: answered } = await app.get('/v1/entries', { headers });
      told.push(answered['content-language']);
    }
    t.same(told, expected, String(header));
  }
});

test('an answer without words looks at no language and says none: 200', async (t) => {
  const app = await testApp(t);
  const { status, headers } = await app.get('/v1/entries', { as: 'auditor', headers: chinese });
  t.equal(status, 200);
  t.notOk('content-language' in headers || 'vary' in headers);
});

test('the reasons of an import, the problem of a job and the sentences of a reconciliation are in the language of who reads', async (t) => {
  const app = await testApp(t);
  await settle(app.lane);
  const body = Buffer.from('member,occurrences,points\nM00001,1,11\n,1,10\n');
  const staged = await app.post('/v1/imports?kind=opening_points', { as: 'operator', body, headers: chinese });
  t.match(staged.body.lines[0], { line: 2, code: 'file_invalid', reason: /^积分（points）不等于次数（occurrences）/ });
  const path = `/v1/imports/${staged.body.id}/lines`;
  for (const [headers, reason, language] of [
    [chinese, /^成员（member）为空，应为编号$/, 'zh'],
    [english, /^member is empty, not an id$/, 'en'],
  ] as const) {
    const lines = await app.get(path, { as: 'auditor', headers });
    t.match(lines.body.lines[1], { line: 3, reason });
    t.equal(lines.headers['content-language'], language);
  }
  await app.post(`/v1/imports/${staged.body.id}/commit`, { as: 'operator' });
  t.match((await app.get(path, { as: 'auditor', headers: chinese })).body.lines[1].reason, han, 'in the books, too');

  const bad = await app.post('/v1/partner-statements?partner=xc-bank&period=2026-10', {
    as: 'operator',
    body: Buffer.from('partner_reference,booked_on\nR1,2026-10-05\n'),
    headers: chinese,
  });
  t.match(bad.body, { code: 'file_invalid', title: '文件内容有误', errors: [{ detail: '缺少列 积分（points）' }] });

  const file = 'partner_reference,booked_on,points,amount_cny,type\nR9,2026-10-08,10,1.00,redeem\n';
  const query = 'partner=xc-bank&period=2026-10';
  const statement = await app.post(`/v1/partner-statements?${query}`, { as: 'operator', body: Buffer.from(file) });
  const made = await app.post('/v1/reconciliations', {
    as: 'operator',
    body: { partner_statement: statement.body.id },
  });
  const run = `/v1/reconciliations/${made.body.id}`;
  const breaks = await app.get(`${run}/breaks`, { as: 'auditor', headers: chinese });
  t.match(breaks.body.lines[0].detail, /^第 2 行：账簿在 .* 没有此流水号的记录$/);
  const reports = [];
  for (const headers of [chinese, english]) {
    const csv = await app.get(`${run}/report?format=csv`, { as: 'auditor', headers });
    t.match(csv.text, /^partner_reference,/, 'columns are codes');
    t.match([csv.headers['vary']], ['accept, accept-language']);
    reports.push(csv);
  }
  t.match(reports[0]?.text, han);
  t.notMatch(reports[1]?.text, han);
  t.not(reports[0]?.headers['etag'], reports[1]?.headers['etag'], 'other bytes, another tag');
  t.equal(reports[0]?.headers['x-report-sha256'], reports[1]?.headers['x-report-sha256'], 'words are in no digest');
});

test('what never becomes a request is answered in the default language', async (t) => {
  const { app } = await sample();
  t.teardown(() => app.close());
  const response = await app.inject({ url: '/v1/%ff', headers: chinese });
  t.equal(response.headers['content-language'], 'zh');
  t.match(response.json(), { code: 'request_invalid', detail: '路径格式不正确。' });
  const method = await app.inject({ method: 'DELETE', url: '/v1/entries', headers: chinese });
  t.match(method.json(), { code: 'method_not_allowed', title: '此路径不支持该方法' });
});

test('words are stored and read back, and anything else is the same in both languages', async (t) => {
  const words = { en: 'a "b"', zh: '甲“乙”' };
  t.same(wordsOf(storedWords(words)), words);
  for (const text of ['plain', '{"en":', '{"en":1}', '{"en":"a","zh":"b","c":"d"}', ''])
    t.same(wordsOf(text), { en: text, zh: text }, text);
  const deep = { a: [words, { b: words, en: 'x' }], n: null, one: 1 };
  t.same(inLanguage(deep, 'zh'), { a: ['甲“乙”', { b: '甲“乙”', en: 'x' }], n: null, one: 1 });
  const locales = ['zh_CN.UTF-8', 'zh', 'zh-TW', 'ZH_cn', 'zhx', 'en_GB', 'C', '', undefined].map(languageOfLocale);
  t.same(locales, ['zh', 'zh', 'zh', 'zh', 'en', 'en', 'en', 'en', 'en']);
});

test('every Chinese sentence is Chinese, and says none of the words that the scheme does not say of itself', async (t) => {
  let found = 0;
  for (const floor of ['src', 'demo']) {
    const paths = readdirSync(new URL(floor, root), { recursive: true, encoding: 'utf8' });
    for (const path of paths.filter((name) => name.endsWith('.ts'))) {
      const text = readFileSync(new URL(`${floor}/${path}`, root), 'utf8');
      for (const [, said = ''] of text.matchAll(/\bzh: (?:\n\s+)?('[^'\n]*'|`[^\n]*`)/g)) {
        found += 1;
        t.notMatch(said, /时间银行|存款|利息|储户|余额变现/, `${path}: ${said}`);
        // Between Han, punctuation is that of Chinese.
        t.notMatch(said, /\p{Script=Han}[,;:!?]/u, `${path}: ${said}`);
        // Some are figures or rules alone.
        if (/\p{L}/u.test(said.replace(/\$\{[^}]*\}/g, ''))) t.match(said, han, `${path}: ${said}`);
      }
    }
  }
  t.ok(found > 300, `${found} sentences`);
});

test('the command line prints no sentence that is not in both languages', async (t) => {
  const commands = ['src/cli', 'src/commands', 'demo'].flatMap((floor) =>
    readdirSync(new URL(floor, root), { recursive: true, encoding: 'utf8' }).map((path) => `${floor}/${path}`),
  );
  for (const path of [...commands, 'src/cli.ts', 'src/main.ts'].filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(new URL(path, root), 'utf8');
    for (const [printed, , said = ''] of text.matchAll(/(?:console\.\w+|\.write)\(\s*(['`])(.*?)\1/g)) {
      const literal = said.replace(/\$\{[^}]*\}|^timeledger: |\\\w\w?\w?|\[K/g, '');
      t.notMatch(literal, /\p{L}/u, `${path}: ${printed}`);
    }
  }
});
