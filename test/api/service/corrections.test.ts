/** Guarantees of correcting service records over HTTP: two people, a reversal and a new record, nothing of other records changed silently. */
import { type Test, test } from 'tap';
import { type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { adjust, settle } from '../../support/story.js';
import { changeLegs, rebuild, verifyTampered } from '../../support/tampering.js';

const wang: Caller = { role: 'coordinator', subject: 'wang', orgUnit: 'XC' };
const li: Caller = { role: 'coordinator', subject: 'li', orgUnit: 'XC' };
const zhao: Caller = { role: 'operator', subject: 'zhao' };

async function county(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  await settle(app.lane);
  return app;
}

/** From a time to another on a day, as planned; M1 looks after M2. */
const visit = (external_id: string, day: string, from: string, to: string, more: Record<string, unknown> = {}) => ({
  external_id,
  volunteer: 'M1',
  recipient: 'M2',
  service_type: 'errand',
  planned_start: `${day}T${from}:00+08:00`,
  planned_end: `${day}T${to}:00+08:00`,
  check_in: `${day}T${from}:00+08:00`,
  check_out: `${day}T${to}:00+08:00`,
  proof_grade: 'A',
  recorded_by: 'XC',
  ...more,
});

async function recorded(t: Test, app: TestApp, ...given: Parameters<typeof visit>): Promise<Record<string, unknown>> {
  const { status, body } = await app.post('/v1/service-records', { as: wang, body: visit(...given) });
  t.equal(status, 201, given[0]);
  return body;
}

const correct = (app: TestApp, as: Caller, id: string, body: object) =>
  app.post(`/v1/service-records/${id}/correction`, { as, body: { reason: '签出时间有误', ...body } });

// biome-ignore lint/suspicious/noExplicitAny: the shapes are the document's
async function corrected(t: Test, app: TestApp, id: string, body: object): Promise<any> {
  t.match(await correct(app, wang, id, body), { status: 200, body: { status: 'proposed' } });
  const done = await correct(app, zhao, id, body);
  t.match(done, { status: 200, body: { status: 'carried_out', reason: '签出时间有误' } });
  return done.body;
}

const read = async (app: TestApp, id: string) => (await app.get(`/v1/service-records/${id}`, { as: 'auditor' })).body;
const balance = async (app: TestApp, code: string) =>
  (await app.get(`/v1/accounts/${code}`, { as: 'auditor' })).body.balance;
const entry = async (app: TestApp, number: unknown) => (await app.get(`/v1/entries/${number}`, { as: 'auditor' })).body;

test('a record is corrected by a reversal and a new record, each naming the other, both on the statement: 200', async (t) => {
  const app = await county(t);
  const wrong = await recorded(t, app, 'V1', '2026-10-27', '09:00', '11:00');
  const done = await corrected(t, app, 'V1', { external_id: 'V1-2', check_out: '2026-10-27T10:30:00+08:00' });
  t.match(done, { corrected_by: 'V1-2', reversed_on: '2026-10-27', decided_by: 'operator:zhao' });
  t.match(await read(app, 'V1'), { coins: '2.00', corrected_by: 'V1-2', reversed_on: '2026-10-27', corrects: null });
  const right = await read(app, 'V1-2');
  t.match(right, { hours: '1.50', coins: '1.50', corrects: 'V1', corrected_by: null, reversed_on: null });
  t.equal(right.approved_by, 'operator:zhao', 'who carries it out approves it');
  const reversal = await entry(app, done.entry);
  t.match(reversal, { kind: 'reversal', reverses: wrong['entry'] });
  t.match(await entry(app, wrong['entry']), { kind: 'service_recorded', reversed_by: done.entry });
  t.equal(await balance(app, 'member:M1:hours'), '1.50');
  t.equal(await balance(app, 'member:M1:coins'), '1.50');
  const statement = await app.get('/v1/accounts/member:M1:hours/statement?from=2026-10-01&to=2026-11-30', {
    as: 'auditor',
  });
  t.same(
    statement.body.lines.map((line: { entry: string }) => line.entry),
    [wrong['entry'], done.entry, right.entry],
    'the record, its reversal and the new one',
  );
  const [report] = (await app.get('/v1/reports/service-by-unit?month=2026-10', { as: 'auditor' })).body.units;
  t.match(report, { records: 1, hours: '1.50', coins: '1.50' }, 'a report counts the new one alone');
  await booksBalance(t, app.owner);
});

test('another room under a cap goes to later records, each by an entry of its own that the record shows: 200', async (t) => {
  const app = await county(t);
  await recorded(t, app, 'V1', '2026-10-27', '09:00', '11:00');
  await recorded(t, app, 'V2', '2026-10-27', '13:00', '15:00');
  await recorded(t, app, 'V3', '2026-10-28', '09:00', '11:00');
  t.match(await read(app, 'V2'), { coins: '0.00', differences: [{ code: 'cap_day', amount: '2.00' }] });
  const before = (await read(app, 'V3')).entry;
  await corrected(t, app, 'V1', { external_id: 'V1-2', check_out: '2026-10-27T10:15:00+08:00' });
  t.match(await read(app, 'V1-2'), { coins: '1.00', differences: [{ code: 'rounding_carry', amount: '0.25' }] });
  const later = await read(app, 'V2');
  t.match(later, { hours: '2.00', coins: '1.00', to_pool: '0.00' });
  t.strictSame(later.differences, [{ code: 'cap_day', amount: '1.00' }]);
  const [change] = later.recomputations;
  t.match(change, { coins: '1.00', differences: [{ code: 'cap_day', amount: '-1.00' }] });
  t.match(await entry(app, change.entry), {
    kind: 'service_recomputed',
    reference: 'V1',
    legs: [{ debit: 'coin:issuance', credit: 'member:M1:coins', amount: '1.00' }],
  });
  t.match(await read(app, 'V3'), { coins: '2.00', recomputations: [], entry: before }, 'what no cap cut stays');
  t.equal(await balance(app, 'member:M1:coins'), '4.00');
  // What was recomputed goes with its record.
  await corrected(t, app, 'V2', { annul: true });
  t.match(await read(app, 'V2'), { coins: '1.00', corrected_by: null, reversed_on: '2026-10-27' });
  t.match(await entry(app, change.entry), { reversed_by: /^[0-9]+$/ });
  t.equal(await balance(app, 'member:M1:coins'), '3.00');
  t.equal(await balance(app, 'member:M1:hours'), '3.25');
  await booksBalance(t, app.owner);
});

test('what was carried from a record and minted with another is taken back step by step, and is owed once it is spent: 200', async (t) => {
  const app = await county(t);
  await recorded(t, app, 'V1', '2026-10-26', '09:00', '09:27');
  const minting = await recorded(t, app, 'V2', '2026-11-01', '09:00', '09:03');
  t.match(minting, { coins: '0.50', differences: [{ code: 'rounding_carry', amount: '-0.45' }] });
  await adjust(app.lane, [{ debit: 'member:M1:coins', credit: 'pool:community', amount: '0.30' }]);
  await corrected(t, app, 'V1', { annul: true });
  const later = await read(app, 'V2');
  t.match(later, { coins: '0.00', differences: [{ code: 'rounding_carry', amount: '0.05' }] });
  t.match(await entry(app, later.recomputations[0].entry), {
    kind: 'service_recomputed',
    legs: [
      { debit: 'member:M1:coins', credit: 'coin:issuance', amount: '0.20' },
      { debit: 'member:M1:receivable:coins', credit: 'coin:issuance', amount: '0.30' },
    ],
  });
  t.equal(await balance(app, 'member:M1:receivable:coins'), '0.30');
  const [member] = await app.owner`select carry::text from timebank.members where member_id = 'M1'`;
  t.equal(member?.['carry'], '5', 'five hundredths are carried, and never less than nothing');
  await booksBalance(t, app.owner);
});

test('two people correct, neither of them of the service, and the second asks for the same: 200, 404, 409, 422', async (t) => {
  const app = await county(t);
  await recorded(t, app, 'V1', '2026-10-27', '09:00', '11:00');
  const half = { check_out: '2026-10-27T10:30:00+08:00' };
  const east: Caller = { role: 'coordinator', subject: 'east', orgUnit: 'XC-01' };
  const refusals = [
    [li, 'V9', half, 404, 'service_record_not_found'],
    [east, 'V1', half, 404, 'service_record_not_found'],
    [li, 'V1', {}, 422, 'correction_invalid'],
    [li, 'V1', { external_id: 'V1-2' }, 422, 'correction_invalid'],
    [li, 'V1', { check_out: '2026-10-27T11:00:00+08:00' }, 422, 'correction_invalid'],
    [li, 'V1', { annul: true, ...half }, 422, 'correction_invalid'],
    [li, 'V1', { check_out: '2026-10-27T08:00:00+08:00' }, 422, 'service_time_invalid'],
    [{ ...li, subject: 'M1' }, 'V1', half, 422, 'self_approval'],
    [{ ...li, subject: 'M2' }, 'V1', half, 422, 'self_approval'],
  ] as const;
  for (const [as, id, body, status, code] of refusals)
    t.match(await correct(app, as, id, body), { status, body: { code } }, `${id} ${JSON.stringify(body)}`);
  t.match(await correct(app, li, 'V1', { annul: true }), { status: 200, body: { status: 'proposed', annul: true } });
  t.match(await correct(app, li, 'V1', half), { status: 200, body: { status: 'proposed', annul: false } }, 'anew');
  t.match(await correct(app, li, 'V1', half), { status: 422, body: { code: 'self_approval' } }, 'the same person');
  t.match(await correct(app, zhao, 'V1', { annul: true }), { status: 409, body: { code: 'correction_differs' } });
  const worded = await correct(app, zhao, 'V1', { ...half, reason: '别的原因' });
  t.match(worded, { status: 409, body: { code: 'correction_differs', detail: /reason/ } });
  t.match(await correct(app, wang, 'V1', half), { status: 422, body: { code: 'self_approval' } }, 'approved it once');
  t.match(
    await read(app, 'V1'),
    { coins: '2.00', reversed_on: null, recomputations: [] },
    'a proposal changes nothing',
  );
  const done = await correct(app, zhao, 'V1', half);
  t.match(done, { status: 200, body: { status: 'carried_out', corrected_by: /^[0-9a-f-]{36}$/ } });
  t.match(await correct(app, li, 'V1', { annul: true }), { status: 409, body: { code: 'service_record_corrected' } });
  const anew = { status: 201, body: { coins: '0.50', differences: [{ code: 'cap_day', amount: '1.50' }] } };
  const visited = visit('V2', '2026-10-27', '10:30', '12:30');
  t.match(await app.post('/v1/service-records', { as: wang, body: visited }), anew, 'where the wrong one had been');
  await booksBalance(t, app.owner);
});

test('a proposal is listed for those who see the volunteer, and carried out no more once it is withdrawn: 200 and 404', async (t) => {
  const app = await county(t);
  await recorded(t, app, 'V1', '2026-10-27', '09:00', '11:00');
  t.equal((await correct(app, li, 'V1', { annul: true })).status, 200);
  const east: Caller = { role: 'coordinator', subject: 'east', orgUnit: 'XC-01' };
  const listed = async (as: Caller, query = '') =>
    (await app.get(`/v1/service-corrections${query}`, { as })).body.corrections;
  t.match(await listed(zhao), [{ service_record: 'V1', reason: '签出时间有误', proposed_by: 'coordinator:li' }]);
  t.same(await listed(east), []);
  const url = '/v1/service-records/V1/correction';
  t.match(await app.get(url, { as: east }), { status: 404, body: { code: 'correction_not_found' } });
  t.match(await app.post(`${url}/withdrawal`, { as: east }), {
    status: 404,
    body: { code: 'service_record_not_found' },
  });
  const erase = { as: 'operator', body: { reason: 'person_asked' } } as const;
  t.match(await app.post(`${url}/text-erasure`, erase), { status: 409, body: { code: 'correction_undecided' } });
  t.match(await app.post(`${url}/withdrawal`, { as: wang }), { status: 200, body: { status: 'withdrawn' } });
  t.match(await app.post(`${url}/withdrawal`, { as: wang }), { status: 404, body: { code: 'correction_not_found' } });
  t.same(await listed(zhao, '?status=proposed'), []);
  t.match(await app.post(`${url}/text-erasure`, erase), { status: 200, body: { reason: null } });
  t.match(await app.get(url, { as: zhao }), { status: 200, body: { reason: null, status: 'withdrawn' } });
  t.match(
    await correct(app, zhao, 'V1', { annul: true }),
    { status: 200, body: { status: 'proposed' } },
    'begins anew',
  );
  await booksBalance(t, app.owner);
});

test('in a closed month reversal and new record take effect on the first open day, and the day of service stays: 200', async (t) => {
  const app = await county(t);
  await recorded(t, app, 'V1', '2026-10-27', '09:00', '11:00');
  t.equal((await app.post('/v1/periods', { as: 'operator', body: { period: '2026-10' } })).status, 201);
  const done = await corrected(t, app, 'V1', { external_id: 'V1-2', proof_grade: 'C' });
  t.equal(done.reversed_on, '2026-11-01');
  t.equal((await entry(app, done.entry)).effective_on, '2026-11-01');
  t.match(await read(app, 'V1-2'), {
    served_on: '2026-10-27',
    effective_on: '2026-11-01',
    coins: '0.00',
    differences: [{ code: 'proof_grade_c', amount: '2.00' }],
  });
  await booksBalance(t, app.owner);
});

test('who has left is corrected like everybody; a record that overlaps another is not: 200 and 422', async (t) => {
  const app = await county(t);
  await recorded(t, app, 'V1', '2026-10-27', '09:00', '11:00');
  await recorded(t, app, 'V2', '2026-10-27', '11:00', '12:00');
  t.equal((await app.post('/v1/members/M1/state', { as: wang, body: { state: 'left' } })).status, 200);
  const long = { check_out: '2026-10-27T11:01:00+08:00' };
  t.equal((await correct(app, wang, 'V1', long)).status, 200);
  t.match(await correct(app, zhao, 'V1', long), { status: 422, body: { code: 'service_overlap' } });
  t.match(await read(app, 'V1'), { reversed_on: null }, 'nothing was reversed');
  const short = { external_id: 'V1-2', check_out: '2026-10-27T10:30:00+08:00' };
  await corrected(t, app, 'V1', short);
  t.match(await read(app, 'V1-2'), { coins: '1.50' });
  await booksBalance(t, app.owner);
});

test('verification finds a correction that one person made alone, one that was not carried out, and coins that went elsewhere', async (t) => {
  const app = await county(t);
  await recorded(t, app, 'V1', '2026-10-27', '09:00', '11:00');
  await recorded(t, app, 'V2', '2026-10-27', '13:00', '15:00');
  await corrected(t, app, 'V1', { external_id: 'V1-2', check_out: '2026-10-27T10:15:00+08:00' });
  await booksBalance(t, app.owner);
  const found = async (deed: Parameters<typeof verifyTampered>[1]) =>
    (await verifyTampered(app.owner, deed))?.findings.map((one) => one.table.en) ?? [];
  const reversed = 'service records that were reversed = corrections carried out';
  const alone = await found((sql) => sql`update timebank.service_corrections set decided_by = 'operator:wang'`);
  t.ok(alone.includes(reversed) && alone.includes('service_corrections'), alone.join(', '));
  const gone = await found((sql) => sql`delete from timebank.service_corrections`);
  t.ok(
    gone.includes(reversed) && gone.includes('what takes the place of a service record = what its correction names'),
  );
  const more = await found(
    (sql) => sql`update timebank.service_recomputations set coins = coins + 50, rounding_carry = rounding_carry - 50`,
  );
  for (const name of [
    'coins of a recomputation = coins its entry brought the volunteer',
    'coins of service records = coins minted',
    'what a member carries = what the differences of their service records say was carried',
  ])
    t.ok(more.includes(name), `${name}: ${more.join(', ')}`);
  const number = Number((await read(app, 'V2')).recomputations[0].entry);
  const elsewhere = await found(async (sql) => {
    await changeLegs(sql, number, () => ({ credit: 'pool:community' }));
    await rebuild(sql);
  });
  t.same(elsewhere, ['coins of a recomputation = coins its entry brought the volunteer']);
});
