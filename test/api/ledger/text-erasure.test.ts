/** Guarantees of erasing words: they are nowhere in the database afterwards, proofs and books hold, and only a recorded act makes them go. */
import { type Test, test } from 'tap';
import { openAccount, postEntry } from '../../../src/ledger/entries.js';
import { eraseText } from '../../../src/ledger/erasure.js';
import { readLeaf } from '../../../src/ledger/leaf.js';
import { tablesHolding } from '../../support/all-text.js';
import { type Answered, type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance, run, verifyBooks } from '../../support/books.js';
import { must, settle } from '../../support/story.js';
import { rewriteLeaf, verifyTampered } from '../../support/tampering.js';

const wang: Caller = { role: 'operator', subject: 'wang' };
const li: Caller = { role: 'operator', subject: 'li' };
const body = { reason: 'person_asked' };
const told = ({ status, body }: Answered) => `${status} ${body.code ?? body.kind ?? body.state}`;

async function county(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  await settle(app.lane);
  await must(app.lane, (stage) => openAccount(stage, { code: 'test:source', asset: 'COIN', type: 'expense' }));
  await must(app.lane, (stage) => openAccount(stage, { code: 'test:a', asset: 'COIN', type: 'liability' }));
  return app;
}

const legs = [{ debit: 'test:source', credit: 'test:a', amount: '1.50' }];
const own = [{ debit: 'coin:issuance', credit: 'member:M1:coins', amount: '5.00' }];

async function post(app: TestApp, texts: object): Promise<string> {
  return (await app.post('/v1/entries', { as: wang, body: { kind: 'transfer', legs, ...texts } })).body.number;
}

const erase = (app: TestApp, number: string | number) =>
  app.post(`/v1/entries/${number}/text-erasure`, { as: wang, body });
const entryOf = async (app: TestApp, number: string) =>
  (await app.get(`/v1/entries/${number}`, { as: 'auditor' })).body;

/** No table holds the word; `before` says where it was, so that the search is known to find it. */
async function nowhere(t: Test, { owner }: TestApp, word: string): Promise<void> {
  t.strictSame(await tablesHolding(owner, word), [], `${word} is nowhere`);
}

async function propose(app: TestApp, words: { reference: string; reason: string }): Promise<string> {
  return (await app.post('/v1/adjustments', { as: wang, body: { legs: own, ...words } })).body.id;
}

test('the words of an entry go from the database, and the entry and its proof stay: 201', async (t) => {
  const app = await county(t);
  const number = await post(app, { reference: '文号 何小满', description: '何小满 来电' });
  t.strictSame(await tablesHolding(app.owner, '何小满'), ['timeledger.entry_texts']);
  const before = await app.get(`/v1/entries/${number}/proof`, { as: 'auditor' });
  const erased = await erase(app, number);
  t.match(erased, {
    status: 201,
    body: { kind: 'text_erased', erases: number, ...body, legs: [], actor: 'operator:wang' },
  });
  await nowhere(t, app, '何小满');
  const entry = await entryOf(app, number);
  t.match(entry, { reference: null, description: null, text_erased: true, legs });
  t.match(await entryOf(app, erased.body.number), { kind: 'text_erased', erases: number, ...body });
  const after = await app.get(`/v1/entries/${number}/proof`, { as: 'auditor' });
  t.equal(after.body.leaf, before.body.leaf);
  t.match(readLeaf(Buffer.from(after.body.leaf, 'base64').toString()).text, /^[\w-]{43}$/, 'the commitment stays');
  await booksBalance(t, app.owner);
});

test('an entry keeps its words in a dry run, and loses them once: 200, 409 text_absent, 404, 400', async (t) => {
  const app = await county(t);
  const number = await post(app, { description: '何小满' });
  const bare = await post(app, {});
  const url = `/v1/entries/${number}/text-erasure`;
  t.equal(told(await app.post(`${url}?dry_run=true`, { as: wang, body })), '200 text_erased');
  t.match(await entryOf(app, number), { description: '何小满' });
  t.equal(told(await erase(app, number)), '201 text_erased');
  t.equal(told(await erase(app, number)), '409 text_absent', 'in the memory of the same lane');
  const elsewhere = await app.openLane();
  t.equal((await run(elsewhere, (stage) => eraseText(stage, Number(number), 'person_asked'))).code, 'text_absent');
  t.equal(told(await erase(app, bare)), '409 text_absent');
  t.equal(told(await erase(app, 999)), '404 entry_not_found');
  t.equal(told(await app.post(url, { as: wang, body: { reason: '何小满' } })), '400 request_invalid');
  await nowhere(t, app, '何小满');
  await booksBalance(t, app.owner);
});

test('what an adjustment says goes from its row and from beside its entry, whichever is named', async (t) => {
  const app = await county(t);
  for (const by of ['adjustment', 'entry'] as const) {
    const word = `何小满 ${by}`;
    const id = await propose(app, { reference: `文号 ${word}`, reason: word });
    const url = `/v1/adjustments/${id}`;
    t.equal(told(await app.post(`${url}/text-erasure`, { as: wang, body })), '409 adjustment_undecided');
    const posted = (await app.post(`${url}/approve`, { as: li })).body.entry;
    t.strictSame(await tablesHolding(app.owner, word), ['timebank.adjustments', 'timeledger.entry_texts']);
    if (by === 'entry') t.equal(told(await erase(app, posted)), '201 text_erased');
    else t.match(await app.post(`${url}/text-erasure`, { as: wang, body }), { status: 200, body: { reason: null } });
    await nowhere(t, app, word);
    const row = (await app.get(url, { as: 'auditor' })).body;
    t.match(row, { state: 'posted', reference: null, reason: null, legs: own });
    t.match(await entryOf(app, row.entry), { kind: 'text_erased', erases: posted });
    t.match(await entryOf(app, posted), { text_erased: true, legs: own });
    t.equal(told(await app.post(`${url}/text-erasure`, { as: wang, body })), '409 text_absent');
    t.equal(told(await erase(app, posted)), '409 text_absent');
  }
  await booksBalance(t, app.owner);
});

test('so it is with one that was rejected, and with one whose entry was reversed before or after', async (t) => {
  const app = await county(t);
  const rejected = await propose(app, { reference: '文号 何小满', reason: '何小满' });
  await app.post(`/v1/adjustments/${rejected}/reject`, { as: li, body: { reason: '何小满 不在' } });
  t.match(await app.post(`/v1/adjustments/${rejected}/text-erasure`, { as: wang, body }), {
    status: 200,
    body: { state: 'rejected', reference: null, reason: null, rejection: null },
  });
  for (const first of ['reversal', 'erasure'] as const) {
    const id = await propose(app, { reference: '文号 何小满', reason: '何小满' });
    const posted = (await app.post(`/v1/adjustments/${id}/approve`, { as: li })).body.entry;
    const reverse = () =>
      app.post(`/v1/entries/${posted}/reversal`, { as: wang, body: { description: '何小满 重复' } });
    let reversal = '';
    if (first === 'reversal') reversal = (await reverse()).body.number;
    t.equal(told(await erase(app, posted)), '201 text_erased', first);
    if (first === 'erasure') reversal = (await reverse()).body.number;
    t.match((await app.get(`/v1/adjustments/${id}`, { as: 'auditor' })).body, { state: 'reversed', reason: null });
    t.strictSame(
      await tablesHolding(app.owner, '何小满'),
      ['timeledger.entry_texts'],
      'the reversal has words of its own',
    );
    t.equal(told(await erase(app, reversal)), '201 text_erased');
    await nowhere(t, app, '何小满');
  }
  await booksBalance(t, app.owner);
});

test('verification finds a text that is gone without an entry that says so, and one that is still there in spite of one', async (t) => {
  const app = await county(t);
  const { owner, lane } = app;
  const make = () => must(lane, (stage) => postEntry(stage, { kind: 'transfer', legs, description: '何小满' }).number);
  const [kept, erased] = [await make(), await make()];
  const [salt] = await owner`select * from timeledger.entry_texts where number = ${erased}`;
  const act = await must(lane, (stage) => eraseText(stage, erased, 'retention_ended').number);
  t.equal((await verifyBooks(owner)).ok, true);
  const found = async (deed: Parameters<typeof verifyTampered>[1]) =>
    (await verifyTampered(owner, deed))?.findings.map(
      ({ table, key, detail }) => `${table.en} ${key.en}: ${detail.en}`,
    );
  t.strictSame(await found((sql) => sql`delete from timeledger.entry_texts where number = ${kept}`), [
    `entry_texts ${kept}: is missing, and no entry erased it`,
  ]);
  t.strictSame(await found((sql) => sql`update timeledger.entry_texts set salt = null where number = ${kept}`), [
    `entry_texts ${kept}: does not match its commitment in the log`,
  ]);
  t.strictSame(await found((sql) => sql`insert into timeledger.entry_texts ${sql(salt as never)}`), [
    `entry_texts ${erased}: is still there, and entry ${act} erased it`,
  ]);
  const claim = (erases: number) => (sql: typeof owner) =>
    rewriteLeaf(sql, act, (leaf) => ({ ...leaf, erases: String(erases) }));
  const claimed = await found(claim(kept));
  t.ok(claimed?.includes(`entry_texts ${kept}: is still there, and entry ${act} erased it`), 'another is named');
  t.ok(claimed?.includes(`entry_texts ${erased}: is missing, and no entry erased it`));
  t.ok((await found(claim(1)))?.includes(`entries ${act}: erases the text of entry 1, which has none to be erased`));
});
