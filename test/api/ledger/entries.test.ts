/** Guarantees of the journal over HTTP: what is posted is posted once, every item of a bulk has its answer, and what is read adds up. */
import { randomUUID } from 'node:crypto';
import { type Test, test } from 'tap';
import { openNote, parseCheckpoint, parseVerifierKey } from '../../../src/ledger/log/checkpoint.js';
import { leafHash } from '../../../src/ledger/log/merkle.js';
import { verifyInclusion } from '../../../src/ledger/log/proof.js';
import { type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';

/** A source that may go below zero and two purses that may not. */
async function purses(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  for (const [code, floor] of [
    ['test:source', null],
    ['test:a', '0.00'],
    ['test:b', '0.00'],
  ]) {
    const body = { code, asset: 'COIN', type: 'liability', floor };
    t.equal((await app.post('/v1/accounts', { as: 'operator', body })).status, 201);
  }
  return app;
}

const entry = (debit: string, credit: string, amount: string, more: object = {}) => ({
  kind: 'adjustment',
  legs: [{ debit, credit, amount }],
  ...more,
});

async function balance(app: TestApp, code: string, query = ''): Promise<string> {
  return (await app.get(`/v1/accounts/${code}/balance${query}`, { as: 'auditor' })).body.balance;
}

/** Codes of accounts of the time bank's own, of which some are open from the first entry on and others never. */
const own = [
  'record:service',
  'coin:issuance',
  'pool:community',
  'pool:of-ours',
  'point:expired',
  'sponsor:cash',
  'member:M1:coins',
  'member:M1:receivable:coins',
  'member:M1',
  'member',
  'held:redemptions:p',
  'partner:p:payable',
];

test("an operator opens accounts, but none of the time bank's own: 201, 422 account_restricted", async (t) => {
  const app = await testApp(t);
  const open = async (code: string, more: object = {}) => {
    const body = { code, asset: 'COIN', type: 'liability', ...more };
    const answer = await app.post('/v1/accounts', { as: 'operator', body });
    return `${answer.status} ${answer.body.code ?? ''} ${answer.body.floor ?? ''}`.trim();
  };
  for (const code of own) t.equal(await open(code, { floor: '0.00' }), '422 account_restricted', code);
  for (const code of ['membership:fees', 'record-keeping', 'points:a', 'test:member:M1:coins'])
    t.equal(await open(code), `201 ${code}`);
  t.equal(await open('test:deep', { floor: '-1234567890123456' }), '201 test:deep -1234567890123456.00');
  t.equal(await open('test:deeper', { floor: '-12345678901234567' }), '400 request_invalid');
});

test("by hand, between accounts opened by hand, goes any kind and asset; the time bank's own are refused: 201, 422", async (t) => {
  const app = await testApp(t);
  const post = async (kind: string, debit: string, credit: string) => {
    const body = { kind, legs: [{ debit, credit, amount: '1' }] };
    const alone = await app.post('/v1/entries', { as: 'operator', body });
    const bulk = await app.post('/v1/entries/bulk', { as: 'operator', body: { entries: [body] } });
    const [item] = bulk.body.results;
    t.equal(item.status, alone.status, 'in a bulk as alone');
    return `${alone.status} ${alone.body.code ?? alone.body.kind}`;
  };
  for (const asset of ['HOUR', 'COIN', 'POINT', 'CNY']) {
    for (const side of ['a', 'b']) {
      const body = { code: `test:${asset}:${side}`, asset, type: 'liability', floor: null };
      t.equal((await app.post('/v1/accounts', { as: 'operator', body })).status, 201);
    }
    for (const kind of ['adjustment', 'opening_balance', 'transfer', 'gift', 'donation'])
      t.equal(await post(kind, `test:${asset}:a`, `test:${asset}:b`), `201 ${kind}`, asset);
  }
  for (const code of own) {
    t.equal(await post('adjustment', code, 'test:COIN:a'), '422 account_restricted', `from ${code}`);
    t.equal(await post('opening_balance', 'test:COIN:a', code), '422 account_restricted', `to ${code}`);
  }
  t.equal(await post('gift', 'test:COIN:a', 'test:nobody'), '404 account_not_found');
  await booksBalance(t, app.owner);
});

test('a request is carried out once: repeated 201 with the same bytes, changed 422, and its refusals are remembered', async (t) => {
  const app = await purses(t);
  const key = randomUUID();
  const body = entry('test:source', 'test:a', '2.50');
  const first = await app.post('/v1/entries', { as: 'operator', key, body });
  t.equal(first.status, 201);
  const again = await app.post('/v1/entries', { as: 'operator', key, body });
  t.equal(again.text, first.text);
  t.equal(again.headers['idempotent-replayed'], 'true');
  const other = await app.post('/v1/entries', { as: 'operator', key, body: entry('test:source', 'test:a', '2.51') });
  t.match(other, { status: 422, body: { code: 'idempotency_key_reused' } });
  const refusedKey = randomUUID();
  const tooMuch = { as: 'operator', key: refusedKey, body: entry('test:a', 'test:b', '3.00') } as const;
  const refused = await app.post('/v1/entries', tooMuch);
  t.match(refused, { status: 422, body: { code: 'balance_insufficient' } });
  await app.post('/v1/entries', { as: 'operator', body: entry('test:source', 'test:a', '5.00') });
  t.equal(
    (await app.post('/v1/entries', tooMuch)).text,
    refused.text,
    'a refusal stays one when the balance has grown',
  );
  t.equal(await balance(app, 'test:a'), '7.50');
  await booksBalance(t, app.owner);
});

test('a bulk answers every item, in order, each decided by itself', async (t) => {
  const app = await purses(t);
  const entries = [
    entry('test:source', 'test:a', '5.00'),
    entry('test:a', 'test:b', '6.00'),
    entry('test:a', 'test:b', '4.00'),
    entry('test:a', 'test:nobody', '1.00'),
    entry('test:a', 'test:b', '1.00'),
  ];
  const told = await app.post('/v1/entries/bulk', { as: 'operator', body: { entries } });
  t.equal(told.status, 200);
  const results = told.body.results.map((one: { entry?: { number: string }; problem?: { code: string } }) =>
    one.entry ? Number(one.entry.number) : one.problem?.code,
  );
  const [start] = results;
  t.same(results, [start, 'balance_insufficient', start + 1, 'account_not_found', start + 2]);
  t.same([await balance(app, 'test:a'), await balance(app, 'test:b')], ['0.00', '5.00']);
  const wrong = { entries: [entries[0], { ...entries[0], legs: [] }] };
  t.match(await app.post('/v1/entries/bulk', { as: 'operator', body: wrong }), { status: 400 });
  t.equal(await balance(app, 'test:a'), '0.00', 'a bulk that is malformed in one place does nothing');
  const many = { entries: Array.from({ length: 1_001 }, () => entries[0]) };
  t.match(await app.post('/v1/entries/bulk', { as: 'operator', body: many }), { status: 400 });
  await booksBalance(t, app.owner);
});

test("an item's key is remembered for the item: in another bulk, alone, and by a lane that has not seen it", async (t) => {
  const app = await purses(t);
  const [one, two] = [randomUUID(), randomUUID()];
  const paid = { ...entry('test:source', 'test:a', '1.00'), idempotency_key: one };
  const refused = { ...entry('test:b', 'test:a', '1.00'), idempotency_key: two };
  const bulk = (entries: object[], query = '') =>
    app.post(`/v1/entries/bulk${query}`, { as: 'operator', body: { entries } });
  const first = await bulk([paid, refused, paid]);
  t.strictSame(first.body.results[2], first.body.results[0], 'twice in one bulk is once');
  const more = { ...entry('test:source', 'test:b', '9.00'), idempotency_key: randomUUID() };
  const second = await bulk([refused, more, paid]);
  t.strictSame(second.body.results[0], first.body.results[1], 'a refusal, too, though it could now be paid');
  t.strictSame(second.body.results[2], first.body.results[0]);
  const { idempotency_key: _, ...alone } = paid;
  const single = await app.post('/v1/entries', { as: 'operator', key: one, body: alone });
  t.strictSame(single.body, first.body.results[0].entry, 'sent alone under the key as header');
  const changed = await bulk([{ ...more, idempotency_key: one }]);
  t.match(changed.body.results, [{ status: 422, problem: { code: 'idempotency_key_reused' } }]);
  const tried = await bulk([paid, { ...more, idempotency_key: two }], '?dry_run=true');
  t.strictSame(tried.body.results[0], first.body.results[0], 'a dry run knows what was answered');
  t.match(tried.body.results[1], { status: 422, problem: { code: 'idempotency_key_reused' } });
  t.same([await balance(app, 'test:a'), await balance(app, 'test:b')], ['1.00', '9.00']);
  await booksBalance(t, app.owner);
});

test('an item cannot have the key of the request, nor two items one key for two things: 400, 422', async (t) => {
  const app = await purses(t);
  const [key, one] = [randomUUID(), randomUUID()];
  const paid = entry('test:source', 'test:a', '1.00');
  const bulk = (entries: object[]) => app.post('/v1/entries/bulk', { as: 'operator', key, body: { entries } });
  const refused = await bulk([paid, { ...paid, idempotency_key: key }]);
  t.match(refused, {
    status: 400,
    body: { code: 'idempotency_key_invalid', errors: [{ pointer: '/entries/1/idempotency_key' }] },
  });
  t.equal(await balance(app, 'test:a'), '0.00', 'nothing of it was done');
  const other = { ...entry('test:source', 'test:b', '2.00'), idempotency_key: one };
  const told = await bulk([{ ...paid, idempotency_key: one }, other]);
  t.match(told.body.results, [{ status: 201 }, { status: 422, problem: { code: 'idempotency_key_reused' } }]);
  t.equal(
    (await bulk([{ ...paid, idempotency_key: one }, other])).text,
    told.text,
    'and the key of the request was free',
  );
  t.same([await balance(app, 'test:a'), await balance(app, 'test:b')], ['1.00', '0.00']);
  await booksBalance(t, app.owner);
});

test('sums that no account can hold are refused, and leave those beside them: 422 amount_invalid', async (t) => {
  const app = await purses(t);
  const most = '9999999999999999.99';
  const legs = Array.from({ length: 10 }, () => ({ debit: 'test:source', credit: 'test:a', amount: most }));
  const [huge, small] = await Promise.all([
    app.post('/v1/entries', { as: 'operator', body: { kind: 'adjustment', legs } }),
    app.post('/v1/entries', { as: 'operator', body: entry('test:source', 'test:b', '1.00') }),
  ]);
  t.match([huge, small], [{ status: 422, body: { code: 'amount_invalid' } }, { status: 201 }]);
  const some = { kind: 'adjustment', legs: legs.slice(0, 3) };
  t.equal((await app.post('/v1/entries', { as: 'operator', body: some })).status, 201);
  t.equal(await balance(app, 'test:a'), '29999999999999999.97');
  t.match(await app.post('/v1/entries', { as: 'operator', body: some }), { status: 422 }, 'a sum of sums, too');
  const { lines } = (await app.get('/v1/accounts/test:a/statement', { as: 'auditor' })).body;
  t.equal(lines.at(-1).balance, '29999999999999999.97');
  await booksBalance(t, app.owner);
});

test('what lies in the future, or before what it takes back, is refused: 422 date_in_future, date_before_original', async (t) => {
  const app = await purses(t);
  const post = (url: string, body: object) => app.post(url, { as: 'operator', body });
  const on = (effective_on: string) => entry('test:source', 'test:a', '1.00', { effective_on });
  t.match(await post('/v1/entries', on('2026-11-03')), { status: 422, body: { code: 'date_in_future' } });
  const { results } = (await post('/v1/entries/bulk', { entries: [on('2099-12-31'), on('2026-11-02')] })).body;
  t.match(results, [{ status: 422, problem: { code: 'date_in_future' } }, { status: 201 }]);
  const { body: posted } = await post('/v1/entries', on('2026-10-20'));
  const reverse = (effective_on: string) => post(`/v1/entries/${posted.number}/reversal`, { effective_on });
  t.match(await reverse('2026-10-19'), { status: 422, body: { code: 'date_before_original' } });
  t.match(await reverse('2026-11-03'), { status: 422, body: { code: 'date_in_future' } });
  t.match(await reverse('2026-10-20'), { status: 201, body: { effective_on: '2026-10-20' } });
  await booksBalance(t, app.owner);
});

test('floors hold as recorded: a balance that lies below with effect on a day is marked', async (t) => {
  const app = await purses(t);
  const move = (debit: string, credit: string, effective_on: string) =>
    app.post('/v1/entries', { as: 'operator', body: entry(debit, credit, '5.00', { effective_on }) });
  t.equal((await move('test:source', 'test:a', '2026-10-20')).status, 201);
  t.equal((await move('test:a', 'test:b', '2026-10-10')).status, 201, 'the coins are there as it is recorded');
  const read = async (path: string) => (await app.get(path, { as: 'auditor' })).body;
  const onDay = (day: string) => read(`/v1/accounts/test:a/balance?as_of=${day}`);
  t.match(await onDay('2026-10-15'), { balance: '-5.00', below_floor: true });
  t.match(await onDay('2026-10-20'), { balance: '0.00', below_floor: false });
  t.match(await read('/v1/accounts/test:a/balance'), { balance: '0.00', below_floor: false });
  const [coins] = (await read('/v1/reports/trial-balance?as_of=2026-10-15')).assets;
  t.match(coins.accounts, [
    { code: 'test:a', below_floor: true },
    { code: 'test:b', below_floor: false },
  ]);
  const statement = await read('/v1/accounts/test:a/statement?to=2026-10-15');
  t.match(statement, { closing: '-5.00', below_floor: true, lines: [{ balance: '-5.00', below_floor: true }] });
  t.match(await read('/v1/accounts/test:a/statement'), {
    below_floor: false,
    lines: [{ below_floor: true }, { balance: '0.00', below_floor: false }],
  });
  await booksBalance(t, app.owner);
});

test('a dry run tells what would come of it, needs no key and leaves nothing: 200', async (t) => {
  const app = await purses(t);
  const body = entry('test:source', 'test:a', '2.00');
  const tried = await app.post('/v1/entries?dry_run=true', { as: 'operator', key: null, body });
  t.match(tried, { status: 200, body: { balances: [{ balance: '-2.00' }, { balance: '2.00' }] } });
  t.equal(await balance(app, 'test:a'), '0.00');
  const posted = await app.post('/v1/entries', { as: 'operator', body });
  t.equal(posted.body.number, tried.body.number, 'its number was not taken');
  await booksBalance(t, app.owner);
});

test('an entry is reversed exactly once, and both say so', async (t) => {
  const app = await purses(t);
  const { body: posted } = await app.post('/v1/entries', {
    as: 'operator',
    body: entry('test:source', 'test:a', '2.00'),
  });
  const path = `/v1/entries/${posted.number}/reversal`;
  const answers = await Promise.all(Array.from({ length: 5 }, () => app.post(path, { as: 'operator' })));
  const [done] = answers.filter(({ status }) => status === 201);
  t.equal(done?.body.reverses, posted.number);
  t.same(
    answers.map(({ body }) => body.code ?? 'done').sort(),
    ['done', ...Array.from({ length: 4 }, () => 'entry_already_reversed')].sort(),
  );
  const read = await app.get(`/v1/entries/${posted.number}`, { as: 'auditor' });
  t.equal(read.body.reversed_by, done?.body.number);
  t.equal(await balance(app, 'test:a'), '0.00');
  t.match(await app.post('/v1/entries/999999/reversal', { as: 'operator' }), { status: 404 });
  await booksBalance(t, app.owner);
});

test('a statement closes where the last line of its last page leads, and balances agree at every entry and day', async (t) => {
  const app = await purses(t);
  const days = ['2026-10-03', '2026-10-01', '2026-10-02', '2026-10-01', '2026-10-03'];
  const numbers: string[] = [];
  for (const [i, effective_on] of days.entries()) {
    const body = entry('test:source', 'test:a', `${i + 1}.00`, { effective_on });
    numbers.push((await app.post('/v1/entries', { as: 'operator', body })).body.number);
  }
  const pages = [];
  for (let cursor = ''; ; ) {
    const url = `/v1/accounts/test:a/statement?from=2026-10-02&to=2026-10-03&limit=2${cursor}`;
    const { body } = await app.get(url, { as: 'auditor' });
    pages.push(body);
    if (body.next_cursor === null) break;
    cursor = `&cursor=${body.next_cursor}`;
  }
  t.same(
    pages.map(({ opening, closing }) => [opening, closing]),
    [
      ['6.00', '15.00'],
      ['6.00', '15.00'],
    ],
    'the ends of the range, on every page',
  );
  const lines = pages.flatMap((page) => page.lines);
  t.same(
    lines.map((line) => [line.entry, line.balance]),
    [
      [numbers[2], '9.00'],
      [numbers[0], '10.00'],
      [numbers[4], '15.00'],
    ],
  );
  t.same(await Promise.all(numbers.map((number) => balance(app, 'test:a', `?at_entry=${number}`))), [
    '1.00',
    '3.00',
    '6.00',
    '10.00',
    '15.00',
  ]);
  t.same(await Promise.all(['01', '02', '03'].map((day) => balance(app, 'test:a', `?as_of=2026-10-${day}`))), [
    '6.00',
    '9.00',
    '15.00',
  ]);
  for (const query of ['?as_of=2026-10-02', `?at_entry=${numbers[3]}`, '']) {
    const { body } = await app.get(`/v1/reports/trial-balance${query}`, { as: 'auditor' });
    for (const asset of body.assets) t.equal(asset.debits, asset.credits, `${asset.asset} balances ${query}`);
  }
});

test('an inclusion proof holds against the checkpoint, and not for another leaf', async (t) => {
  const app = await purses(t);
  const { body } = await app.post('/v1/entries', { as: 'operator', body: entry('test:source', 'test:a', '1.00') });
  for (let i = 0; i < 20; i++) {
    await app.post('/v1/entries', { as: 'operator', body: entry('test:source', 'test:b', '1.00') });
  }
  const { body: proof } = await app.get(`/v1/entries/${body.number}/proof`, { as: 'auditor' });
  const vkey = await app.get('/log/xinchang/vkey', {});
  const { size, root } = parseCheckpoint(openNote(proof.checkpoint, [parseVerifierKey(vkey.text.trim())]).text);
  const hashes = proof.hashes.map((hash: string) => Buffer.from(hash, 'base64'));
  const holds = (leaf: Buffer) => verifyInclusion(leafHash(leaf), BigInt(proof.leaf_index), size, hashes, root);
  t.ok(holds(Buffer.from(proof.leaf, 'base64')));
  t.notOk(holds(Buffer.from(Buffer.from(proof.leaf, 'base64').toString().replace('1.00', '9.00'))));
  t.match(JSON.parse(Buffer.from(proof.leaf, 'base64').toString()), {
    number: body.number,
    legs: [{ amount: '1.00' }],
  });
  t.match(await app.get('/v1/entries/999999/proof', { as: 'auditor' }), { status: 404 });
});
