/** Guarantees of personal data over HTTP: sealed where it is kept, masked where it is shown, and read in the clear only with a row of the log. */
import { randomUUID } from 'node:crypto';
import { type Test, test } from 'tap';
import { fingerprint } from '../../../src/http/idempotency.js';
import { change } from '../../../src/ledger/drafts.js';
import { sealEarlierPhones } from '../../../src/timebank/people/personal-data/earlier-phones.js';
import { memberRows, personRows } from '../../../src/timebank/people/rows.js';
import type { Caller, TestApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { must } from '../../support/story.js';
import { county, east, member } from './county.js';

const operator: Caller = { role: 'operator', subject: 'wang' };
const west: Caller = { role: 'coordinator', subject: 'west', orgUnit: 'XC-010' };

const sealed = {
  phone: '13912345678',
  national_id: '330624194902200027',
  address: '东溪社区三幢二〇一室',
  health: '高血压二级',
  hardship: '低保边缘户',
};
const shown = {
  phone: '139****5678',
  national_id: '330624********0027',
  address: '***',
  health: '***',
  hardship: '***',
};
const nothing = { phone: null, national_id: null, address: null, health: null, hardship: null };

const consent = (app: TestApp, purpose: string, more: object = {}) =>
  app.post('/v1/members/M1/consents', { as: operator, body: { purpose, given_on: '2026-10-01', ...more } });
const record = (app: TestApp, body: object, as: Caller = operator) =>
  app.post('/v1/members/M1/personal-data', { as, body });
const read = (app: TestApp, query: string, as: Caller = operator) => app.get(`/v1/members/M1?${query}`, { as });

/** A county in which everything is known of M1. */
async function known(t: Test): Promise<TestApp> {
  const app = await county(t);
  for (const purpose of ['health', 'special_identity']) t.equal((await consent(app, purpose)).status, 201);
  t.equal((await record(app, sealed)).status, 200);
  return app;
}

/** Everything that the database holds of personal data, as text. */
async function stored(app: TestApp): Promise<string> {
  const tables = ['persons', 'person_keys', 'sealed_fields', 'consents', 'access_log', 'erasures'];
  const rows = await Promise.all(
    tables.map((name) => app.owner.unsafe(`select r::text as row from timebank.${name} r`)),
  );
  const remembered = await app.owner`select answers from timeledger.batches`;
  return JSON.stringify([rows, remembered]);
}

test('what is recorded is stored as ciphertext alone, and shown masked to whoever sees the member: 200', async (t) => {
  const app = await known(t);
  const text = await stored(app);
  for (const value of [...Object.values(sealed), '13900000001', shown.phone, shown.national_id])
    t.notOk(text.includes(value), value);
  for (const as of [operator, east, member('M1')] as Caller[]) {
    t.match(await app.get('/v1/members/M1', { as }), { status: 200, body: { id: 'M1', ...shown } });
  }
  const listed = await app.get('/v1/members', { as: east });
  t.match(listed.body.members, [
    { id: 'M1', ...shown },
    { id: 'M2', ...nothing, phone: '139****0001' },
  ]);
  t.match((await app.get('/v1/members/M1', { as: 'auditor' })).body, { id: 'M1', ...nothing });
  await booksBalance(t, app.owner);
});

test('a field whose consent is missing is not recorded (422), and the refusal names field and purpose', async (t) => {
  const app = await county(t);
  t.match(await record(app, { health: sealed.health }), {
    status: 422,
    body: { code: 'consent_missing', detail: 'health rests on a consent to health, which M1 has not given' },
  });
  t.match(await record(app, { phone: sealed.phone, hardship: sealed.hardship }), {
    status: 422,
    body: { code: 'consent_missing', detail: /^hardship rests on a consent to special_identity/ },
  });
  t.match(
    (await app.get('/v1/members/M1', { as: operator })).body,
    { phone: '139****0001', hardship: null },
    'nothing of it is kept',
  );
  t.match(await record(app, { phone: sealed.phone, address: sealed.address }), {
    status: 200,
    body: { member: 'M1', recorded: ['phone', 'address'], emptied: [] },
  });
  t.match(await record(app, { phone: null, address: null }), { body: { recorded: [], emptied: ['phone', 'address'] } });
  t.match((await app.get('/v1/members/M1', { as: operator })).body, nothing);
  t.equal((await record(app, {})).status, 400);
  t.equal((await record(app, { phone: sealed.phone }, west)).status, 404, 'out of reach');
  t.equal((await record(app, { phone: sealed.phone }, east)).status, 200);
  await booksBalance(t, app.owner);
});

test('an identity card number is refused if its check digit or its day of birth is wrong (422), and never repeated', async (t) => {
  const app = await county(t);
  for (const [number, detail] of [
    ['330624194902200020', /does not follow from the others/],
    ['330624195002200026', /day of birth/],
  ] as const) {
    const answer = await record(app, { national_id: number });
    t.match(answer, { status: 422, body: { code: 'national_id_invalid', detail } }, number);
    t.notOk(answer.text.includes(number));
  }
  for (const number of ['33062419490220002x', '3306241949022000', '３30624194902200027'])
    t.equal((await record(app, { national_id: number })).status, 400, number);
  t.equal((await record(app, { national_id: sealed.national_id })).status, 200);
  await booksBalance(t, app.owner);
});

test('fields are read in the clear with a purpose (200), each read leaving a row that says who, whose, which and what for', async (t) => {
  const app = await known(t);
  const phone = await read(app, 'unmask=phone,national_id&purpose=service_delivery', east);
  t.match(phone, { status: 200, body: { ...shown, phone: sealed.phone, national_id: sealed.national_id } });
  t.match((await read(app, 'unmask=health&purpose=care_visit')).body, { ...shown, health: sealed.health });
  const own = await read(app, 'unmask=phone,national_id,address,health,hardship&purpose=own_request', member('M1'));
  t.match(own.body, sealed);
  const log = await app.get('/v1/access-log', { as: 'auditor' });
  t.match(log.body.accesses, [
    { member: 'M1', fields: ['phone', 'national_id'], purpose: 'service_delivery', actor: 'coordinator:east' },
    { member: 'M1', fields: ['health'], purpose: 'care_visit', actor: 'operator:wang' },
    { member: 'M1', fields: ['phone', 'national_id', 'address', 'health', 'hardship'], actor: 'member:M1' },
  ]);
  t.same(
    (await app.get('/v1/members/M1/access-log', { as: member('M1') })).body,
    log.body,
    'the member sees them, too',
  );
  t.equal((await app.get('/v1/members/M1/access-log', { as: member('M2') })).status, 404);
  t.equal((await app.get('/v1/members/M1/access-log', { as: west })).status, 404);
  await booksBalance(t, app.owner);
});

test('the access log is paged, and narrowed by member, actor and days', async (t) => {
  const app = await known(t);
  for (let i = 0; i < 3; i++) await read(app, 'unmask=phone&purpose=service_delivery', i === 1 ? east : operator);
  const first = await app.get('/v1/access-log?limit=2', { as: operator });
  t.equal(first.body.accesses.length, 2);
  const next = await app.get(`/v1/access-log?limit=2&cursor=${first.body.next_cursor}`, { as: operator });
  t.match(next.body, { accesses: [{ actor: 'operator:wang' }], next_cursor: null });
  const count = async (query: string) =>
    (await app.get(`/v1/access-log?${query}`, { as: 'auditor' })).body.accesses.length;
  t.same(
    await Promise.all(
      [
        'member=M1',
        'member=M2',
        'actor=coordinator:east',
        'from=2026-11-02&to=2026-11-02',
        'from=2026-11-03',
        'to=2026-11-01',
      ].map(count),
    ),
    [3, 0, 1, 3, 0, 0],
  );
});

test('what may not be read in the clear is not (403), nor is a purpose or fields alone enough (400), and none of it is in the log', async (t) => {
  const app = await known(t);
  for (const [query, as] of [
    ['unmask=phone&purpose=supervision', { role: 'auditor' }],
    ['unmask=phone&purpose=service_delivery', member('M1')],
    ['unmask=phone,health&purpose=service_delivery', operator],
    ['unmask=hardship&purpose=supervision', east],
  ] as [string, Caller][]) {
    const answer = await read(app, query, as);
    t.match(answer, { status: 403, body: { code: 'unmask_not_allowed' } }, query);
    for (const value of Object.values(sealed)) t.notOk(answer.text.includes(value));
  }
  for (const query of [
    'unmask=phone',
    'purpose=emergency',
    'unmask=name&purpose=emergency',
    'unmask=phone&purpose=curiosity',
  ])
    t.match(await read(app, query), { status: 400, body: { code: 'request_invalid' } }, query);
  t.equal((await read(app, 'unmask=phone&purpose=service_delivery', west)).status, 404);
  t.equal((await read(app, 'unmask=phone&purpose=own_request', member('M2'))).status, 404);
  t.same((await app.get('/v1/access-log', { as: 'auditor' })).body.accesses, []);
});

test('when the row of the access log cannot be written nothing is read in the clear: 500', async (t) => {
  const app = await known(t);
  await app.owner`alter table timebank.access_log rename to access_log_away`;
  const answer = await read(app, 'unmask=phone&purpose=service_delivery');
  t.equal(answer.status, 500);
  t.notOk(answer.text.includes(sealed.phone));
  await app.owner`alter table timebank.access_log_away rename to access_log`;
  t.match((await read(app, 'unmask=phone&purpose=service_delivery')).body, { phone: sealed.phone });
});

test('consents are recorded (201), listed and revoked (200); what rests on one that is revoked is emptied', async (t) => {
  const app = await known(t);
  t.match(await consent(app, 'health'), { status: 409, body: { code: 'consent_exists' } });
  t.match(await consent(app, 'publication', { given_on: '2026-11-03' }), {
    status: 422,
    body: { code: 'date_in_future' },
  });
  const given = await consent(app, 'location', { evidence: '同意书 2026-17' });
  t.match(given, {
    status: 201,
    body: { purpose: 'location', number: 1, evidence: '同意书 2026-17', given_by: 'operator:wang' },
  });
  const revoke = (purpose: string, as: Caller, body?: object) =>
    app.post(`/v1/members/M1/consents/${purpose}/revocation`, { as, ...(body && { body }) });
  t.match(await revoke('health', operator, { revoked_on: '2026-09-30' }), {
    status: 422,
    body: { code: 'date_before_original' },
  });
  t.match(await revoke('health', member('M1')), {
    status: 200,
    body: { purpose: 'health', revoked_on: '2026-11-02', revoked_by: 'member:M1' },
  });
  t.match((await app.get('/v1/members/M1', { as: operator })).body, { ...shown, health: null });
  t.match(await revoke('health', operator), { status: 404, body: { code: 'consent_not_found' } });
  t.match(await record(app, { health: sealed.health }), { status: 422, body: { code: 'consent_missing' } });
  t.match(await revoke('service', east), { status: 200 });
  t.match((await app.get('/v1/members/M1', { as: operator })).body, { ...nothing, hardship: '***' });
  t.match(await consent(app, 'health'), { status: 201, body: { number: 2 } }, 'a person may consent again');
  t.equal((await revoke('location', member('M2'))).status, 404);
  const listed = await app.get('/v1/members/M1/consents', { as: operator });
  t.same(
    listed.body.consents.map((one: { purpose: string; number: number; revoked_on: string | null }) => [
      one.purpose,
      one.number,
      one.revoked_on,
    ]),
    [
      ['health', 1, '2026-11-02'],
      ['health', 2, null],
      ['location', 1, null],
      ['service', 1, '2026-11-02'],
      ['special_identity', 1, null],
    ],
  );
  t.match(listed.body.consents[2], { evidence: '同意书 2026-17' });
  t.notMatch((await app.get('/v1/members/M1/consents', { as: 'auditor' })).text, /同意书/);
  await booksBalance(t, app.owner);
});

test('members are found by a number within reach (200), however it is written, and each who is found is in the log', async (t) => {
  const app = await known(t);
  const find = async (body: object, as: Caller = operator) =>
    (await app.post('/v1/members/lookup', { as, body: { purpose: 'identity_check', ...body } })).body.members;
  t.same(await find({ phone: '+86 139-1234 5678' }), ['M1']);
  t.same(await find({ national_id: sealed.national_id }, east), ['M1']);
  t.same(await find({ national_id: sealed.national_id }, west), []);
  t.same(await find({ phone: '13900000001' }), ['M2', 'M3'], 'of several members');
  t.same(await find({ phone: '13900000001' }, west), ['M3']);
  t.same(await find({ phone: '13900000009' }), []);
  const { body } = await app.get('/v1/access-log', { as: 'auditor' });
  t.same(
    body.accesses.map((one: { member: string; fields: string[] }) => `${one.member} ${one.fields}`),
    ['M1 phone', 'M1 national_id', 'M2 phone', 'M3 phone', 'M3 phone'],
  );
  t.notOk((await stored(app)).includes('1234 5678'));
  await booksBalance(t, app.owner);
});

test('the fingerprint that is remembered of a request with personal data confirms no guess of it, and still tells requests apart: 422', async (t) => {
  const app = await known(t);
  const keys = [randomUUID(), randomUUID()];
  const body = { phone: '13900000005' };
  const url = '/v1/members/M1/personal-data';
  for (const key of keys) t.equal((await app.post(url, { as: operator, body, key })).status, 200);
  const guess = fingerprint('POST', url, JSON.stringify(body));
  const kept = await app.owner`select fingerprint::text from timeledger.idempotency_keys`;
  const fingerprints = kept.map((row) => row['fingerprint']);
  t.equal(new Set(fingerprints).size, fingerprints.length, 'the same request under two keys has two');
  t.notOk(fingerprints.includes(guess));
  const reused = await app.post(url, { as: operator, body: { phone: '13900000006' }, key: keys[0] ?? '' });
  t.match(reused, { status: 422, body: { code: 'idempotency_key_reused' } });
});

/** As an earlier version registered a member on a day of October. */
const registerEarlier = (app: TestApp, id: string, phone: string) =>
  must(app.lane, (stage) => {
    const row = { member_id: id, org_unit_id: 'XC-01', state: 'active', carry: 0n };
    const particulars = { name: '何小满', gender: 'male', birth_date: '1950-01-01', talent_category: null };
    const person = { member_id: id, ...particulars, phone, salt: 'of an earlier version' };
    const rows = [change(memberRows, row), change(personRows, person)];
    return stage.post({ kind: 'member_registered', effectiveOn: '2026-10-15', rows });
  });

test('a telephone number of an earlier version is masked and unmasked like any other, and goes when a new one is sealed', async (t) => {
  const app = await county(t);
  const phone = '13987654321';
  await registerEarlier(app, 'M9', phone);
  const asked = (query = '') => app.get(`/v1/members/M9${query}`, { as: operator });
  t.match((await asked()).body, { phone: '139****4321', national_id: null });
  t.match((await asked('?unmask=phone&purpose=emergency')).body, { phone });
  const url = '/v1/members/M9/personal-data';
  t.match(await app.post(url, { as: operator, body: { phone: sealed.phone } }), { body: { code: 'consent_missing' } });
  const given = { purpose: 'service', given_on: '2026-10-01' };
  t.equal((await app.post('/v1/members/M9/consents', { as: operator, body: given })).status, 201);
  t.equal((await app.post(url, { as: operator, body: { phone: sealed.phone } })).status, 200);
  t.match((await asked()).body, { phone: shown.phone });
  t.notOk((await stored(app)).includes(phone));
  await booksBalance(t, app.owner);
});

test('telephone numbers of an earlier version are sealed by themselves, under the consent of the day of registration', async (t) => {
  const app = await county(t);
  const count = 60;
  const phoneOf = (i: number) => `139876500${String(i).padStart(2, '0')}`;
  for (let i = 0; i < count; i++) await registerEarlier(app, `E${i}`, phoneOf(i));
  const seal = () =>
    sealEarlierPhones(app.built.service.sql, app.lane, app.built.service.personal, 'service:timeledger');
  t.equal(await seal(), count);
  t.equal(await seal(), 0, 'once');
  t.notMatch(await stored(app), /139876500/);
  for (const i of [0, 49, 50, 59]) {
    const { body } = await app.get(`/v1/members/E${i}?unmask=phone&purpose=emergency`, { as: operator });
    t.equal(body.phone, phoneOf(i));
  }
  t.match((await app.get('/v1/members/E7/consents', { as: operator })).body.consents, [
    { purpose: 'service', number: 1, given_on: '2026-10-15', given_by: 'service:timeledger' },
  ]);
  const found = { phone: phoneOf(7), purpose: 'identity_check' };
  t.same((await app.post('/v1/members/lookup', { as: operator, body: found })).body, { members: ['E7'] });
  await booksBalance(t, app.owner);
});
