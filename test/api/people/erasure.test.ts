/** Guarantees of the erasure of people over HTTP: it takes two, within their reach, and leaves what the books need. */

import { randomUUID } from 'node:crypto';
import { type Test, test } from 'tap';
import { xinchangPilot1 as rules } from '../../../src/timebank/credit/xinchang-pilot.js';
import { expireImports } from '../../../src/timebank/imports/import-jobs.js';
import { laneWorks } from '../../../src/timebank/jobs.js';
import { erasePerson } from '../../../src/timebank/people/personal-data/erasure.js';
import { rowsWithoutTextsOf } from '../../../src/timebank/service/texts-about.js';
import { tablesHolding } from '../../support/all-text.js';
import type { Caller, TestApp } from '../../support/app.js';
import { booksBalance, run } from '../../support/books.js';
import { personalKeys } from '../../support/personal-keys.js';
import { adjust } from '../../support/story.js';
import { county, east, member, mergeByTwo } from './county.js';

const wang: Caller = { role: 'operator', subject: 'wang' };
const li: Caller = { role: 'operator', subject: 'li' };
const west: Caller = { role: 'coordinator', subject: 'west', orgUnit: 'XC-010' };
const body = { reason_code: 'person_asked' };

const erase = (app: TestApp, as: Caller, more: object = {}) =>
  app.post('/v1/members/M1/erasure', { as, body, ...more });

/** M1 is erased. */
async function erased(t: Test): Promise<TestApp> {
  const app = await county(t);
  t.equal((await erase(app, wang)).status, 201);
  t.equal((await erase(app, li)).status, 201);
  return app;
}

test('one person asks for an erasure and another carries it out (201); nobody does both, under no role (422)', async (t) => {
  const app = await county(t);
  t.match(await erase(app, west), { status: 404, body: { code: 'member_not_found' } }, 'out of reach');
  t.match(await erase(app, east), {
    status: 201,
    body: { member: 'M1', state: 'requested', requested_by: 'coordinator:east' },
  });
  t.match(
    (await app.get('/v1/members/M1', { as: wang })).body,
    { name: '何根仙', phone: '139****0001' },
    'nothing is gone yet',
  );
  for (const as of [east, { role: 'operator', subject: 'east' }] as Caller[])
    t.match(await erase(app, as), { status: 422, body: { code: 'self_approval' } }, as.role);
  t.same(
    (await app.get('/v1/erasures?state=requested', { as: 'auditor' })).body.erasures.map(
      (one: { member: string }) => one.member,
    ),
    ['M1'],
  );
  t.same((await app.get('/v1/erasures', { as: west })).body.erasures, []);
  const key = randomUUID();
  const done = await erase(app, wang, { key });
  t.match(done, {
    status: 201,
    body: { state: 'erased', requested_by: 'coordinator:east', erased_by: 'operator:wang' },
  });
  t.equal((await erase(app, wang, { key })).text, done.text, 'a repetition is answered as it was');
  t.match(await erase(app, li), { status: 409, body: { code: 'member_erased' } });
  const { body: entry } = await app.get(`/v1/entries/${done.body.entry}`, { as: 'auditor' });
  t.match(entry, { kind: 'person_erased', actor: 'operator:wang' });
  await booksBalance(t, app.owner);
});

test('of an erased member the id and the unit are left, and nothing is recorded, consented to or read any more: 200, 409', async (t) => {
  const app = await erased(t);
  for (const as of [wang, east, member('M1')] as Caller[]) {
    const { status, body: shown } = await app.get('/v1/members/M1', { as });
    const nothing = {
      name: null,
      gender: null,
      birth_date: null,
      talent_category: null,
      phone: null,
      national_id: null,
    };
    t.match({ status, shown }, { status: 200, shown: { id: 'M1', org_unit: 'XC-01', ...nothing } });
  }
  for (const [url, sent] of [
    ['personal-data', { address: '东溪' }],
    ['consents', { purpose: 'health', given_on: '2026-10-01' }],
  ] as const)
    t.match(await app.post(`/v1/members/M1/${url}`, { as: wang, body: sent }), {
      status: 409,
      body: { code: 'member_erased' },
    });
  t.match(await app.get('/v1/members/M1?unmask=phone&purpose=emergency', { as: wang }), { status: 409 });
  const keys = await app.owner`select wrapped, generation from timebank.person_keys where member_id = 'M1'`;
  t.same([...keys], [{ wrapped: null, generation: null }], 'the key is destroyed');
  const fields = await app.owner`select field, ciphertext, lookup from timebank.sealed_fields where member_id = 'M1'`;
  t.same([...fields], [{ field: null, ciphertext: null, lookup: null }], 'nor is it known what there was');
  t.equal((await app.get('/v1/members/M2', { as: wang })).body.phone, '139****0001', 'nobody else is touched');
  await booksBalance(t, app.owner);
});

test('a file of members that waits for its commit and names the erased one expires (410), any other file does not', async (t) => {
  const app = await county(t);
  const file = (id: string) =>
    Buffer.from(
      `external_id,name,gender,birth_date,phone,org_unit,talent_category\n${id},何小满,female,1949-02-20,13900000007,XC-01,\n`,
    );
  const stage = async (id: string) =>
    (await app.post('/v1/imports?kind=members', { as: wang, body: file(id) })).body.id;
  const [naming, other] = [await stage('M1'), await stage('M8')];
  await erase(app, wang);
  const count = async () => (await app.owner`select count(*)::int as n from work.import_lines`)[0]?.['n'];
  t.equal(await count(), 2, 'a request alone touches none');
  await erase(app, li);
  t.equal(await count(), 1);
  const commit = (id: string) => app.post(`/v1/imports/${id}/commit`, { as: wang });
  t.match(await commit(naming), { status: 410, body: { code: 'file_expired' } });
  t.match(await commit(other), { status: 200, body: { counts: { imported: 1 } } });
  await booksBalance(t, app.owner);
});

test('the consent that a person gave stays as a fact when the person is erased, what proved it goes', async (t) => {
  const app = await county(t);
  const consent = { purpose: 'health', given_on: '2026-10-01', evidence: '何根仙签字' };
  const key = randomUUID();
  const given = await app.post('/v1/members/M1/consents', { as: wang, body: consent, key });
  t.match(given, { status: 201, body: { evidence: '何根仙签字' } });
  await erase(app, wang);
  await erase(app, li);
  const listed = await app.get('/v1/members/M1/consents', { as: wang });
  t.match(listed.body.consents, [
    { purpose: 'service', evidence: null },
    { purpose: 'health', given_on: '2026-10-01', evidence: null },
  ]);
  const again = await app.post('/v1/members/M1/consents', { as: wang, body: consent, key });
  t.match(again, { status: 201, body: { evidence: null } }, 'not even who repeats the request is told');
  t.match(await app.post('/v1/members/M1/consents/health/revocation', { as: member('M1') }), { status: 200 });
  await booksBalance(t, app.owner);
});

test('what an erasure was to end when it was cut short ends with the next chore', async (t) => {
  const app = await county(t);
  const file = Buffer.from(
    'external_id,name,gender,birth_date,phone,org_unit,talent_category\nM1,何小满,female,1949-02-20,13900000007,XC-01,\n',
  );
  const { body: staged } = await app.post('/v1/imports?kind=members', { as: wang, body: file });
  await adjust(app.lane, [{ debit: 'coin:issuance', credit: 'member:M1:coins', amount: '1.00' }]);
  const times = { planned_start: '2026-11-03T09:00:00+08:00', planned_end: '2026-11-03T10:00:00+08:00' };
  const need = { external_id: 'N1', recipient: 'M1', service_type: 'errand', mode: 'home', ...times };
  await app.post('/v1/orders', { as: wang, body: need });
  const headers = { 'content-type': 'application/pdf' };
  await app.post('/v1/orders/N1/evidence', { as: wang, body: Buffer.from('%PDF-1.7 何小满'), headers });
  // The lane has done its part, and the service has died before the rest.
  for (const actor of ['operator:wang', 'operator:li']) {
    const request = {
      memberId: 'M1',
      reason: 'person_asked',
      alias: undefined,
      elsewhere: rowsWithoutTextsOf,
    } as const;
    await run(app.lane, (stage) => erasePerson(stage, null, request), { actor });
  }
  const { sql } = app.built.service.work;
  const tools = { sql, rules, personal: personalKeys, clock: app.built.service.clock, lane: app.lane };
  const chore = { job: { ledgerId: app.lane.facts.id, owner: 'service:timeledger' } } as never;
  t.equal(await expireImports(tools, chore), 1);
  t.match((await app.get(`/v1/imports/${staged.id}`, { as: wang })).body, { state: 'expired' });
  t.same([...(await app.owner`select * from work.import_lines`)], []);
  const finish = laneWorks({ ...tools, lanes: { of: async () => app.lane } })['finish_erasures'];
  t.match(await finish?.(chore), { result: { texts: 1, files: 1 } });
  t.same([...(await app.owner`select * from timeledger.entry_texts`)], []);
  t.same([...(await app.owner`select * from work.blobs`)], []);
  t.match(await finish?.(chore), { result: { texts: 0, files: 0 } }, 'and then there is nothing left');
  await booksBalance(t, app.owner);
});

test('former names, what proves relations, and the ids that were merged into the member go with the person', async (t) => {
  const app = await county(t);
  const posted = async (url: string, sent: object) =>
    (await app.post(`/v1/members/${url}`, { as: wang, body: sent })).status;
  t.equal(await posted('M1/rename', { name: '欧阳甲乙' }), 200);
  t.equal(await posted('M1/rename', { name: '欧阳丙丁' }), 200);
  t.equal(await posted('M1/kin', { relative: 'M3', relation: 'child', evidence: '户口簿戊己' }), 201);
  t.equal(await posted('M2/rename', { name: '欧阳庚辛' }), 200);
  await mergeByTwo(t, app, 'M2', 'M1');
  for (const name of ['欧阳甲乙', '欧阳丙丁', '欧阳庚辛', '户口簿戊己'])
    t.not((await tablesHolding(app.owner, name)).length, 0, `${name} is there before`);
  t.equal((await erase(app, wang)).status, 201);
  t.equal((await erase(app, li)).status, 201);
  for (const name of ['欧阳甲乙', '欧阳丙丁', '欧阳庚辛', '户口簿戊己'])
    t.same(await tablesHolding(app.owner, name), [], name);
  t.match(await app.post('/v1/members/M1/rename', { as: wang, body: { name: '欧阳甲乙' } }), { status: 409 });
  await booksBalance(t, app.owner);
});

test('a file that names a former id of the erased one expires, too (410)', async (t) => {
  const app = await county(t);
  const file = Buffer.from(
    'external_id,name,gender,birth_date,phone,org_unit,talent_category\nM2,何小满,female,1949-02-20,13900000007,XC-01,\n',
  );
  await mergeByTwo(t, app, 'M2', 'M1');
  const { body: staged } = await app.post('/v1/imports?kind=members', { as: wang, body: file });
  await erase(app, wang);
  await erase(app, li);
  t.same([...(await app.owner`select * from work.import_lines`)], []);
  t.match(await app.post(`/v1/imports/${staged.id}/commit`, { as: wang }), {
    status: 410,
    body: { code: 'file_expired' },
  });
  await booksBalance(t, app.owner);
});

test('a request is withdrawn by whoever may ask (200); then nobody carries it out, and it can be asked for anew', async (t) => {
  const app = await county(t);
  const withdraw = (as: Caller) => app.post('/v1/members/M1/erasure/withdrawal', { as, body: {} });
  t.match(await withdraw(wang), { status: 409, body: { code: 'erasure_not_requested' } });
  t.equal((await erase(app, wang)).status, 201);
  t.match(await withdraw(west), { status: 404, body: { code: 'member_not_found' } }, 'out of reach');
  t.match(await withdraw(li), {
    status: 200,
    body: { state: 'withdrawn', requested_by: 'operator:wang', withdrawn_by: 'operator:li', erased_by: null },
  });
  t.match(await withdraw(li), { status: 409, body: { code: 'erasure_not_requested' } });
  t.match(await erase(app, li), {
    status: 201,
    body: { state: 'requested', requested_by: 'operator:li', withdrawn_by: null },
  });
  t.match((await app.get('/v1/members/M1', { as: wang })).body, { name: '何根仙' });
  t.match(await erase(app, wang), { status: 201, body: { state: 'erased' } });
  t.match(await withdraw(li), { status: 409, body: { code: 'member_erased' } });
  await booksBalance(t, app.owner);
});

test('more consents than an entry holds digests of go with the person, under every id', async (t) => {
  const app = await county(t);
  await mergeByTwo(t, app, 'M2', 'M1');
  const consent = { purpose: 'publication', given_on: '2026-10-01', evidence: '何根仙同意' };
  for (let i = 0; i < 230; i++) {
    await app.post('/v1/members/M1/consents', { as: wang, body: consent });
    await app.post('/v1/members/M1/consents/publication/revocation', { as: wang });
  }
  await erase(app, wang);
  t.match(await erase(app, li), { status: 201, body: { state: 'erased' } });
  t.same(await tablesHolding(app.owner, consent.evidence), []);
  await booksBalance(t, app.owner);
});

test('with a person the care plan ends, and no row says any more why they were visited', async (t) => {
  const app = await county(t);
  const post = async (path: string, sent: object) =>
    t.equal((await app.post(`/v1/care-subjects${path}`, { as: wang, body: sent })).status, 201, path);
  const plan = { reasons: ['illness'], mode: 'doorstep', interval_days: 30, starts_on: '2026-11-10' };
  await post('', { member: 'M1', ...plan });
  t.equal(
    (await app.post('/v1/care-subjects/M1/changes', { as: wang, body: { ...plan, interval_days: 14 } })).status < 300,
    true,
  );
  await post('/M1/visits', { visited_on: '2026-11-01', reason: 'illness', visitor: 'M2' });
  t.not((await tablesHolding(app.owner, 'illness')).length, 0);
  await erase(app, wang);
  await erase(app, li);
  t.same(await tablesHolding(app.owner, 'illness'), []);
  const read = async (path = '') => (await app.get(`/v1/care-subjects/M1${path}`, { as: wang })).body;
  t.match(await read(), { reasons: [], visits: 1, ended_on: '2026-11-02' });
  t.match((await read('/visits')).visits, [{ number: 1, reason: null, visitor: 'M2' }]);
  t.match((await read('/changes')).changes, [
    { number: 1, reasons: [], interval_days: 30 },
    { number: 2, reasons: [], interval_days: 14 },
  ]);
  t.same((await app.get('/v1/care-subjects', { as: wang })).body.care_subjects, []);
  await booksBalance(t, app.owner);
});
