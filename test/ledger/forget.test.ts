/** Forgetting old answers: exact, in bounded steps, and never in the way of a commit. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openPool, type Pool } from '../../src/db/connect.js';
import { forgetAnswers } from '../../src/ledger/forget.js';
import { type Books, books, booksBalance, fixedClock, freshFingerprint, run } from '../support/books.js';

const day = 86_400_000;

/** As the running service does it: by the role that may select and call a few functions. */
function choresPool(t: Test, b: Books): Pool {
  const pool = openPool(b.target, { max: 1, applicationName: 'test chores', role: 'timeledger_service' });
  t.teardown(() => pool.end({ timeout: 1 }));
  return pool;
}

/** So many requests that are answered and change nothing: all they leave is their keys and answers. */
async function answer(b: Books, count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, () => randomUUID());
  const asked = keys.map((key) => run(b.lane, () => 'done', { key: { key, fingerprint: freshFingerprint() } }));
  await Promise.all(asked);
  return keys;
}

const countKeys = async ({ owner }: Books) =>
  Number((await owner`select count(*)::int as count from timeledger.idempotency_keys`)[0]?.['count']);

t.test('of 30,000 keys exactly the old ones are forgotten, once, while commits go on', async (t) => {
  const { clock, advance } = fixedClock();
  const b = await books(t, { clock, batchLimit: 30, queueLimit: 30_000 });
  await answer(b, 18_000);
  advance(36 * day);
  const young = await answer(b, 12_000);
  await b.owner`analyze timeledger.idempotency_keys`;
  const before = new Date(clock() - 35 * day).toISOString();

  let forgetting = true;
  const forgotten = Promise.all([
    forgetAnswers(choresPool(t, b), b.lane.facts.id, before),
    forgetAnswers(choresPool(t, b), b.lane.facts.id, before),
  ]).finally(() => {
    forgetting = false;
  });
  let meanwhile = 0;
  while (forgetting) {
    await answer(b, 1);
    meanwhile += 1;
  }
  const [one = 0, other = 0] = await forgotten;
  t.equal(one + other, 18_000, 'by whichever of two processes');
  t.ok(meanwhile > 1, `${meanwhile} commits meanwhile`);
  t.equal(await countKeys(b), 12_000 + meanwhile);
  const key = { key: young[0] ?? '', fingerprint: freshFingerprint() };
  t.equal((await run(b.lane, () => 'done', { key })).code, 'idempotency_key_reused', 'a young one is remembered');
  t.equal(await forgetAnswers(choresPool(t, b), b.lane.facts.id, before), 0, 'nothing is left to forget');
  await booksBalance(t, b.owner);
});

t.test('each step leaves books that verify, and takes a bounded number of batches', async (t) => {
  const { clock, advance } = fixedClock();
  const b = await books(t, { clock, batchLimit: 1 });
  await answer(b, 250);
  advance(36 * day);
  const step = async () => {
    const [row] = await b.owner`select timeledger.forget_answers(${String(b.lane.facts.id)}, ${new Date(
      clock() - 35 * day,
    ).toISOString()}, '100') as done`;
    await booksBalance(t, b.owner);
    return row?.['done'];
  };
  // The ledger's first batch has an entry and no key; the last one is the head's, and kept.
  t.same([await step(), await step(), await step(), await step()], ['100 99', '100 100', '50 50', '0 0']);
  t.equal(await countKeys(b), 1);
});

t.test('a commit does not wait for a forgetting that waits itself', async (t) => {
  const { clock, advance } = fixedClock();
  const b = await books(t, { clock });
  const [old = ''] = await answer(b, 10);
  advance(36 * day);
  // The head's batch is never forgotten.
  await answer(b, 1);
  const forgetting = await b.owner.begin(async (sql) => {
    await sql`select from timeledger.idempotency_keys where key = ${old} for update`;
    const waiting = forgetAnswers(choresPool(t, b), b.lane.facts.id, new Date(clock() - 35 * day).toISOString());
    const isWaiting = async () =>
      (await b.owner`select from pg_stat_activity where application_name = 'test chores' and wait_event_type = 'Lock'`)
        .length > 0;
    while (!(await isWaiting())) await sleep(5);
    await answer(b, 1);
    t.ok(await isWaiting(), 'it has not gone on meanwhile');
    return { waiting };
  });
  t.equal(await forgetting.waiting, 10);
  t.equal(await countKeys(b), 2);
  await booksBalance(t, b.owner);
});
