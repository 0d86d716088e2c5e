/** Guarantees of personal data over HTTP: sealed where it is kept, masked where it is shown, and resting on consents. */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { fingerprint } from '../../../src/http/idempotency.js';
import { change } from '../../../src/ledger/drafts.js';
import { sealEarlierPhones } from '../../../src/timebank/people/personal-data/earlier-phones.js';
import { memberRows, personRows } from '../../../src/timebank/people/rows.js';
import type { Caller, TestApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { must } from '../../support/story.js';
import { county, east, member, mergeByTwo } from './county.js';
import { consent, known, nothing, operator, record, sealed, shown, stored, west } from './known.js';

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
    body: { purpose: 'location', number: 4, evidence: '同意书 2026-17', given_by: 'operator:wang' },
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
  t.match(await consent(app, 'health'), { status: 201, body: { number: 5 } }, 'a person may consent again');
  t.equal((await revoke('location', member('M2'))).status, 404);
  const listed = await app.get('/v1/members/M1/consents', { as: operator });
  t.same(
    listed.body.consents.map((one: { purpose: string; number: number; revoked_on: string | null }) => [
      one.purpose,
      one.number,
      one.revoked_on,
    ]),
    [
      ['service', 1, '2026-11-02'],
      ['health', 2, '2026-11-02'],
      ['special_identity', 3, null],
      ['location', 4, null],
      ['health', 5, null],
    ],
  );
  t.match(listed.body.consents[3], { evidence: '同意书 2026-17' });
  t.notMatch((await app.get('/v1/members/M1/consents', { as: 'auditor' })).text, /同意书/);
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
    const never = { second_org_unit_id: null, merged_into: null, merged_from: null };
    const row = { member_id: id, org_unit_id: 'XC-01', state: 'active', carry: 0n, ...never } as const;
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

test('the row of a field has a salt, and another one whenever it is written or emptied', async (t) => {
  const app = await known(t);
  const salts = async () => {
    const rows = await app.owner`select salt from timebank.sealed_fields where member_id = 'M1' order by slot`;
    return rows.map(({ salt }) => salt as string);
  };
  const seen = new Set(await salts());
  t.equal(seen.size, 5);
  for (const address of ['东溪', null]) {
    t.equal((await record(app, { address })).status, 200);
    const now = await salts();
    t.equal(now.filter((salt) => !seen.has(salt)).length, 1, `${address}`);
    for (const salt of now) seen.add(salt);
  }
  await booksBalance(t, app.owner);
});

test('consents and reads of a merged person are those of all their ids: listed together, and revoked together', async (t) => {
  const app = await known(t);
  t.equal((await app.get('/v1/members/M2?unmask=phone&purpose=emergency', { as: operator })).status, 200);
  await mergeByTwo(t, app, 'M2', 'M1');
  const { body: log } = await app.get('/v1/members/M1/access-log', { as: operator });
  t.match(log.accesses, [{ member: 'M2', fields: ['phone'] }]);
  const listed = async () => (await app.get('/v1/members/M1/consents', { as: operator })).body.consents;
  t.same(
    (await listed()).map((one: { member: string; number: number }) => `${one.number}/${one.member}`),
    ['1/M1', '1/M2', '2/M1', '3/M1'],
  );
  t.match(await app.post('/v1/members/M1/consents/service/revocation', { as: operator }), {
    status: 200,
    body: { member: 'M1' },
  });
  for (const one of await listed()) if (one.purpose === 'service') t.not(one.revoked_on, null, one.member);
  const left =
    await app.owner`select field from timebank.sealed_fields where member_id in ('M1', 'M2') and ciphertext is not null`;
  t.same(left.map(({ field }) => field).sort(), ['hardship', 'health']);
  await booksBalance(t, app.owner);
});
