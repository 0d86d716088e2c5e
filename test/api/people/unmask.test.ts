/** Guarantees of reading personal data in the clear: only for a purpose, by whoever may, and with a row of the access log. */
import { test } from 'tap';
import type { Caller } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { east, member } from './county.js';
import { known, operator, read, sealed, shown, stored, west } from './known.js';

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

test('the log of the ledger does not say which fields of whom there are, were read, or were consented to', async (t) => {
  const app = await known(t);
  await read(app, 'unmask=health,hardship&purpose=care_visit');
  const leaves = await app.owner`select leaf from timeledger.entries`;
  const told = leaves.map(({ leaf }) => leaf as string).filter((leaf) => /"M1/.test(leaf));
  t.ok(told.length >= 4, 'entries name the member');
  t.notMatch(told.join('\n'), /phone|national_id|address|health|hardship|special_identity|care_visit/);
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
