/** Guarantees of what is kept of people beside the books: no answer that is remembered names one, and pseudonyms can be resolved and erased. */
import { type Test, test } from 'tap';
import { pseudonymsOf } from '../../../src/http/pseudonyms.js';
import { openAccount } from '../../../src/ledger/entries.js';
import { eraseSubject, keepSubject } from '../../../src/timebank/access/subjects.js';
import { type Answered, type Call, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { withProvider } from '../../support/provider.js';
import { must, settle } from '../../support/story.js';

const secrets = ['何小满', '13912345678', '1951-03-04', '送药上门', 'DOC-17', '名单'];

/** No remembered answer has any of the secrets in it. */
async function remembersNone(t: Test, app: TestApp): Promise<void> {
  const kept = await app.owner`select answers from timeledger.batches`;
  for (const secret of secrets)
    t.notOk(
      kept.some(({ answers }) => answers.includes(secret)),
      `${secret} is not remembered`,
    );
}

/** Sends a request twice; both answers are the same bytes. */
async function twice(t: Test, app: TestApp, url: string, call: Call): Promise<string> {
  const key = `key ${url} ${JSON.stringify(call.body ?? '').length}`
    .replace(/[^\w]/g, '-')
    .slice(0, 64)
    .padEnd(16, '-');
  const first = await app.post(url, { ...call, key });
  const again = await app.post(url, { ...call, key });
  t.ok(first.status < 300, `${url}: ${first.status} ${first.text.slice(0, 200)}`);
  t.equal(again.headers['idempotent-replayed'], 'true', url);
  t.equal(again.text, first.text, `${url}: byte for byte`);
  return first.text;
}

const member = {
  external_id: 'M7',
  name: '何小满',
  gender: 'female',
  birth_date: '1951-03-04',
  phone: '13912345678',
  org_unit: 'XC',
  talent_category: null,
};
const leg = { debit: 'test:source', credit: 'test:a', amount: '1.50' };
/** The accounts of `leg`: between accounts opened by hand an operator posts alone. */
async function openByHand({ lane }: TestApp): Promise<void> {
  await must(lane, (stage) => openAccount(stage, { code: 'test:source', asset: 'COIN', type: 'expense' }));
  await must(lane, (stage) => openAccount(stage, { code: 'test:a', asset: 'COIN', type: 'liability' }));
}

const texts = { reference: 'DOC-17', description: '送药上门 "reference":null,"description":null' };

test('an answer that is remembered holds no name, number, birthday, file name or free text, and its repetition has them all', async (t) => {
  const app = await testApp(t);
  await settle(app.lane);
  await openByHand(app);
  const enrolled = await twice(t, app, '/v1/members', { as: 'operator', body: member });
  t.match(JSON.parse(enrolled), { id: 'M7', name: '何小满', phone: '139****5678', birth_date: '1951-03-04' });
  t.strictSame(Object.keys(JSON.parse(enrolled)), [
    'id',
    'name',
    'gender',
    'birth_date',
    'org_unit',
    'talent_category',
    'second_org_unit',
    'state',
    'merged_into',
    'merged_from',
    'phone',
    'national_id',
    'address',
    'health',
    'hardship',
    'entry',
  ]);
  const posted = await twice(t, app, '/v1/entries', {
    as: 'operator',
    body: { kind: 'adjustment', ...texts, legs: [leg] },
  });
  t.match(JSON.parse(posted), texts);
  const { number } = JSON.parse(posted);
  t.match(
    JSON.parse(
      await twice(t, app, `/v1/entries/${number}/reversal`, { as: 'operator', body: { description: '送药上门' } }),
    ),
    {
      reference: null,
      description: '送药上门',
    },
  );
  const staged = await twice(t, app, '/v1/imports?kind=org_units&file_name=%E5%90%8D%E5%8D%95.csv', {
    as: 'operator',
    body: Buffer.from('external_id,parent_external_id,level,name\nXC-01,XC,subdistrict,南明\n'),
  });
  t.equal(JSON.parse(staged).file_name, '名单.csv');
  const committed = await twice(t, app, `/v1/imports/${JSON.parse(staged).id}/commit`, { as: 'operator' });
  t.equal(JSON.parse(committed).file_name, '名单.csv');
  await remembersNone(t, app);
  await booksBalance(t, app.owner);
});

test('in a bulk every item has its own text, refused ones have none, and an item posted before is told as it was', async (t) => {
  const app = await testApp(t);
  await openByHand(app);
  const item = (more: object) => ({ kind: 'adjustment', legs: [leg], ...more });
  const before = { ...item({ description: '送药上门' }), idempotency_key: 'an-item-of-its-own' };
  await app.post('/v1/entries/bulk', { as: 'operator', body: { entries: [before] } });
  const entries = [
    item({ reference: 'DOC-17' }),
    { ...item(texts), legs: [{ ...leg, amount: '0' }] },
    item({}),
    item({ ...texts, reference: '$& $1 "' }),
    before,
  ];
  const answer = await twice(t, app, '/v1/entries/bulk', { as: 'operator', body: { entries } });
  const results = JSON.parse(answer).results.map(
    ({ entry, problem }: { entry?: object; problem?: { code: string } }) => entry ?? problem,
  );
  t.match(results, [
    { reference: 'DOC-17', description: null },
    { code: 'amount_invalid' },
    { reference: null, description: null },
    { reference: '$& $1 "', description: texts.description },
    { reference: null, description: '送药上门' },
  ]);
  await remembersNone(t, app);
  await booksBalance(t, app.owner);
});

test('a dry run shows the texts too', async (t) => {
  const app = await testApp(t);
  await openByHand(app);
  const body = { kind: 'adjustment', ...texts, legs: [leg] };
  t.match((await app.post('/v1/entries?dry_run=true', { as: 'operator', body })).body, texts);
});

test('an operator finds who is behind a pseudonym until it is erased: 200, 404', async (t) => {
  const app = await testApp(t);
  const { service } = app.built;
  const pseudonyms = pseudonymsOf(service.secret, (person) => keepSubject(service.access, person));
  const person = { ledger: 'xinchang', issuer: 'https://id.example', subject: 'he@example.org' };
  const pseudonym = await pseudonyms(person);
  t.equal(await pseudonyms(person), pseudonym);
  const path = `/v1/subjects/${pseudonym}`;
  t.match(await app.get(path, { as: 'operator' }), {
    status: 200,
    body: { pseudonym, issuer: 'https://id.example', subject: 'he@example.org' },
  });
  t.equal((await app.get(path, { as: 'auditor' })).status, 403);
  t.equal(await eraseSubject(app.owner, 'xinchang', pseudonym), true);
  t.match(await app.get(path, { as: 'operator' }), { status: 404, body: { code: 'subject_not_found' } });
  t.equal(await eraseSubject(app.owner, 'xinchang', pseudonym), false);
  await t.rejects(eraseSubject(service.access, 'xinchang', pseudonym), /permission denied/, 'the service cannot');
  await pseudonyms({ ...person, ledger: 'nosuch' });
  t.same(
    (await app.owner`select count(*)::int as n from access.subjects`)[0]?.['n'],
    0,
    'nothing is kept for a ledger that is not there',
  );
});

test('a person of the provider is a pseudonym in the journal, and nobody but an operator learns whose: 201', async (t) => {
  const app = await withProvider(t);
  const token = await app.signIn('he@example.org');
  const { body } = await app.post('/v1/members', { token, body: { ...member, phone: null } });
  const entry = (await app.get(`/v1/entries/${body.entry}`, { as: 'auditor' })).body;
  t.match(entry.actor, /^coordinator:p-[a-z2-7]{16}$/);
  const pseudonym = entry.actor.slice('coordinator:'.length);
  t.match((await app.get(`/v1/subjects/${pseudonym}`, { as: 'operator' })).body, { subject: 'he@example.org' });
  const leaves = await app.owner`select 1 from timeledger.entries where leaf like '%example.org%'`;
  t.equal(leaves.length, 0);
  await booksBalance(t, app.owner);
});

test('a pseudonym does not let anybody approve what they gave or received: 422 self_approval', async (t) => {
  const app = await withProvider(t);
  const visit = {
    external_id: 'V7',
    volunteer: 'M1',
    recipient: 'M2',
    service_type: 'errand',
    planned_start: '2026-10-27T08:00:00+08:00',
    planned_end: '2026-10-27T09:00:00+08:00',
    check_in: '2026-10-27T08:00:00+08:00',
    check_out: '2026-10-27T09:00:00+08:00',
    proof_grade: 'A',
    recorded_by: 'XC',
  };
  const approve = async (token: string) => {
    const { status, body } = await app.post('/v1/service-records', { token, body: visit });
    return `${status} ${body.code ?? 'ok'}`;
  };
  t.equal(await approve(await app.signIn('M1')), '422 self_approval', 'the provider calls them by their id');
  t.equal(
    await approve(await app.signIn('he@example.org', { member: 'M2' })),
    '422 self_approval',
    'or says it beside',
  );
  t.equal(await approve(await app.signIn('M3')), '201 ok');
});

test('nor by a file: what is theirs is an error of its line, when it is tried and when it is committed, by whoever stages it', async (t) => {
  const app = await withProvider(t);
  const operator = (member: string) => app.signIn('he@example.org', { role: 'operator', org_unit: undefined, member });
  const header =
    'external_id,volunteer,recipient,service_type,planned_start,planned_end,check_in,check_out,proof_grade,recorded_by_unit';
  const times =
    '2026-10-06T08:00:00+08:00,2026-10-06T09:00:00+08:00,2026-10-06T08:00:00+08:00,2026-10-06T09:00:00+08:00';
  const file = Buffer.from(`${header}\nV7,M1,M2,errand,${times},A,XC\n`);
  const stage = async (token: string) => (await app.post('/v1/imports?kind=visits', { token, body: file })).body;
  t.match(await stage(await operator('M1')), { lines: [{ state: 'error', code: 'self_approval' }] });
  t.match(await stage(await operator('M2')), { lines: [{ state: 'error', code: 'self_approval' }] });
  const other = await stage(await operator('M3'));
  t.match(other, { counts: { ready: 1, errors: 0 } });
  const committed = await app.post(`/v1/imports/${other.id}/commit`, { token: await operator('M2') });
  t.match(committed.body, { counts: { imported: 0, errors: 1 } }, 'whoever commits approves');
  const again = await stage(await operator('M3'));
  const { body } = await app.post(`/v1/imports/${again.id}/commit`, { token: await operator('M3') });
  t.match(body, { counts: { imported: 1, errors: 0 } });
  await booksBalance(t, app.owner);
});

test('a pseudonym does not let anybody have a hand in a purse of their own, nor approve under it what they proposed: 422 self_approval', async (t) => {
  const app = await withProvider(t);
  const operator = (sub: string, more: object = {}) =>
    app.signIn(sub, { role: 'operator', org_unit: undefined, ...more });
  const told = ({ status, body }: Answered) => `${status} ${body.code ?? body.state}`;
  const legs = [{ debit: 'point:issuance', credit: 'member:M1:points', amount: '5' }];
  const propose = (call: Call) =>
    app.post('/v1/adjustments', { ...call, body: { legs, reference: 'DOC-17', reason: 'counted anew' } });
  const approve = (id: string, token: string) => app.post(`/v1/adjustments/${id}/approve`, { token });
  t.equal(told(await propose({ token: await operator('he@example.org', { member: 'M1' }) })), '422 self_approval');
  const { body } = await propose({ as: { role: 'operator', subject: 'wang' } });
  t.equal(told(await approve(body.id, await operator('he@example.org', { member: 'M1' }))), '422 self_approval');
  t.equal(told(await approve(body.id, await operator('wang'))), '422 self_approval');
  t.equal(told(await approve(body.id, await operator('li@example.org'))), '200 posted');
  await booksBalance(t, app.owner);
});
