/** Guarantees of partners' statements over HTTP: taken in whole or not at all, once, however large, and bound by a digest. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { registerPartner } from '../../../src/timebank/partners/partners.js';
import { type Answered, type TestApp, testApp } from '../../support/app.js';
import { booksBalance, verifyBooks } from '../../support/books.js';
import { must } from '../../support/story.js';

const bank = { role: 'partner', subject: 'xc-bank' } as const;
const header = 'partner_reference,booked_on,points,amount_cny,type';
const query = 'partner=xc-bank&period=2026-10';

/** A statement of so many lines, each of 50 points. */
const statement = (lines: number) =>
  Buffer.from([header, ...Array.from({ length: lines }, (_, i) => `BK${i},2026-10-05,50,5.00,redeem`)].join('\n'));

async function withBank(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  const partner = {
    id: 'xc-bank',
    name: '农商',
    kind: 'rural_commercial_bank',
    point_price: '0.10',
    may_backdate: true,
  } as const;
  await must(app.lane, (stage) => registerPartner(stage, partner));
  return app;
}

const send = (app: TestApp, body: Buffer, more: { key?: string; headers?: Record<string, string> } = {}) =>
  app.post(`/v1/partner-statements?${query}`, { as: bank, body, ...more });

async function stagedLines({ owner }: TestApp): Promise<number> {
  const [row] = await owner`select count(*)::int as count from timebank.partner_statement_lines`;
  return row?.['count'] as number;
}

async function filesOf({ owner }: TestApp): Promise<{ sha256: string; pieces: number }[]> {
  return await owner`select b.sha256, (select count(*)::int from work.blob_pieces p where p.blob_id = b.blob_id) as pieces from work.blobs b`;
}

/** Repeats a request until its job is over. */
async function untilDone(ask: () => Promise<Answered>): Promise<Answered> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(20)) {
    const answer = await ask();
    if (answer.status !== 202) return answer;
  }
  throw new Error('the job does not end');
}

test('a statement is taken in with its sums (201); the same file again is the same statement (200); its original is kept', async (t) => {
  const app = await withBank(t);
  const first = await send(app, statement(3));
  t.match(first, { status: 201, body: { partner: 'xc-bank', lines: 3, points: '150', amount_cny: '15.00' } });
  const again = await send(app, statement(3));
  t.match(again, { status: 200, body: first.body });
  t.equal(await stagedLines(app), 3, 'nothing is left of the second upload');
  t.same(await filesOf(app), [{ sha256: first.body.sha256, pieces: 1 }]);
  const lines = await app.get(`/v1/partner-statements/${first.body.id}/lines?limit=2`, { as: bank });
  t.match(lines.body.lines, [
    { line: 2, partner_reference: 'BK0' },
    { line: 3, partner_reference: 'BK1' },
  ]);
  await booksBalance(t, app.owner);
});

test('a retry under the same key gets the same bytes and leaves nothing behind; another file under it is refused (422)', async (t) => {
  const app = await withBank(t);
  const first = await send(app, statement(3), { key: 'statement-key-0001' });
  const again = await send(app, statement(3), { key: 'statement-key-0001' });
  t.equal(again.text, first.text);
  t.equal(again.headers['idempotent-replayed'], 'true');
  t.match(await send(app, statement(4), { key: 'statement-key-0001' }), {
    status: 422,
    body: { code: 'idempotency_key_reused' },
  });
  t.equal((await filesOf(app)).length, 1);
  t.equal(await stagedLines(app), 3);
});

test('a file with a wrong line is refused whole, with its lines (422, remembered), and nothing of it is staged', async (t) => {
  const app = await withBank(t);
  const bad = Buffer.from(`${header}\nBK1,2026-10-05,50,5.00,redeem\nBK2,2026-10-05,none,5.00,redeem\n`);
  const refused = await send(app, bad, { key: 'statement-key-0002' });
  t.match(refused, { status: 422, body: { code: 'file_invalid', errors: [{ pointer: '/lines/3' }] } });
  t.equal((await send(app, bad, { key: 'statement-key-0002' })).text, refused.text);
  t.equal(await stagedLines(app), 0);
  const sums = Buffer.from([header, ...Array(10).fill('B,2026-10-05,1,9999999999999999.99,redeem')].join('\n'));
  t.match(await send(app, sums), { status: 422, body: { code: 'file_invalid' } }, 'a sum that no column holds');
  t.match(
    await app.post('/v1/partner-statements?partner=nobody&period=2026-10', { as: 'operator', body: statement(2) }),
    { status: 404, body: { code: 'partner_not_found' } },
  );
  t.equal(await stagedLines(app), 0);
});

test('a statement of 30,000 lines goes on as a job (202), which shows how far it is, and is then the answer (201)', async (t) => {
  const app = await withBank(t);
  const asked = { key: 'statement-key-0003', headers: { prefer: 'respond-async' } };
  const accepted = await send(app, statement(30_000), asked);
  t.match(accepted, { status: 202, body: { kind: 'partner_statement', result: null } });
  t.equal(accepted.headers['location'], `/v1/jobs/${accepted.body.id}`);
  const answer = await untilDone(() => send(app, statement(30_000), asked));
  t.match(answer, { status: 201, body: { lines: 30_000, points: '1500000', amount_cny: '150000.00' } });
  const job = await app.get(`/v1/jobs/${accepted.body.id}`, { as: bank });
  t.match(job.body, { state: 'done', result: { statement: answer.body.id, known: false } });
  const [entry] =
    await app.owner`select length(leaf) as length from timeledger.entries where kind = 'partner_statement_received'`;
  t.ok(Number(entry?.['length']) < 1_000, 'one small entry, however many lines');
  await booksBalance(t, app.owner);
});

test('verification finds a sealed line that was changed, lost or added, and lines that nothing sealed', async (t) => {
  const app = await withBank(t);
  const { body } = await send(app, statement(5));
  const lines = 'timebank.partner_statement_lines';
  const key = `partner_statement_id = '${body.id}'`;
  const found = async (statement: string, undo: string) => {
    await app.owner.unsafe(`alter table ${lines} disable trigger all`);
    await app.owner.unsafe(statement);
    const { findings } = await verifyBooks(app.owner);
    await app.owner.unsafe(undo);
    t.match(findings, [{ table: { en: 'partner_statement_lines' } }], statement);
    t.equal(findings.length, 1);
  };
  await found(`update ${lines} set points = 60 where line = 3`, `update ${lines} set points = 50 where line = 3`);
  await found(`update ${lines} set line = 9 where line = 6`, `update ${lines} set line = 6 where line = 9`);
  const copy = `select ledger_id, partner_statement_id, 99, partner_reference, booked_on, points, amount_cny, type from ${lines} where line = 2`;
  await found(`insert into ${lines} ${copy}`, `delete from ${lines} where line = 99`);
  const stray = `select ledger_id, gen_random_uuid(), line, partner_reference, booked_on, points, amount_cny, type from ${lines} where line = 2`;
  await found(`insert into ${lines} ${stray}`, `delete from ${lines} where not (${key})`);
  await booksBalance(t, app.owner);
});
