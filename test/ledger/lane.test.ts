/** The lane's promises: group commit, isolated refusals, answers remembered once and for ever, two processes on one ledger. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import { openPool } from '../../src/db/connect.js';
import { openAccount, postEntry } from '../../src/ledger/entries.js';
import { forgetAnswers } from '../../src/ledger/forget.js';
import type { Lane } from '../../src/ledger/lane.js';
import type { Key } from '../../src/ledger/state.js';
import { Refusal } from '../../src/lib/refusal.js';
import { type Books, books, booksBalance, fixedClock, freshFingerprint, run } from '../support/books.js';
import { seeded, seedOf } from '../support/random.js';

const key = (fingerprint: string = freshFingerprint()): Key => ({ key: randomUUID(), fingerprint });

async function openPair(lane: Lane): Promise<void> {
  await run(lane, (stage) =>
    openAccount(stage, { code: 'test:source', asset: 'COIN', type: 'liability', floor: null }),
  );
  await run(lane, (stage) => openAccount(stage, { code: 'test:a', asset: 'COIN', type: 'liability', floor: '0.00' }));
}

function pay(lane: Lane, from: string, to: string, amount: string, with_?: Key) {
  const legs = [{ debit: from, credit: to, amount }];
  return run(lane, (stage) => postEntry(stage, { kind: 'adjustment', legs }).number, with_ ? { key: with_ } : {});
}

async function entryCount({ owner }: Books): Promise<number> {
  const [row] = await owner`select count(*)::int as count from timeledger.entries`;
  return row?.['count'] as number;
}

t.test('commands that wait together are committed together, in one batch', async (t) => {
  const b = await books(t);
  await openPair(b.lane);
  const before = await b.owner`select batch_seq::int from timeledger.heads`;
  const outcomes = await Promise.all(Array.from({ length: 200 }, () => pay(b.lane, 'test:source', 'test:a', '1.00')));
  const after = await b.owner`select batch_seq::int from timeledger.heads`;
  t.equal(new Set(outcomes.map(({ result }) => result)).size, 200, 'every command has an entry of its own');
  t.ok(after[0]?.['batch_seq'] - before[0]?.['batch_seq'] <= 2, 'in one or two commits');
  await booksBalance(t, b.owner);
});

t.test('a commit reads the accounts it moves and no others, though it was planned when there were few', async (t) => {
  const b = await books(t);
  await openPair(b.lane);
  await pay(b.lane, 'test:source', 'test:a', '1.00');
  const few = (await b.owner`select from timeledger.accounts`).length;
  for (let i = 0; i < 10; i++) {
    const codes = Array.from({ length: 200 }, (_, j) => `test:${i}-${j}`);
    const opens = codes.map((code) => ({ code, asset: 'COIN', type: 'liability' }) as const);
    t.ok((await run(b.lane, (stage) => stage.post({ kind: 'account_opened', opens }).number)).result);
  }
  for (let i = 0; i < 100; i++) await pay(b.lane, 'test:source', 'test:a', '1.00');
  // A backend tells what it has read when it ends.
  await b.owner`select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where application_name = 'test lane' and datname = current_database()`;
  const [read] = await b.owner`select (seq_tup_read + idx_tup_fetch)::int as rows, n_tup_upd::int as moved
    from pg_stat_user_tables where schemaname = 'timeledger' and relname = 'accounts'`;
  t.ok(read?.['moved'] >= 202, 'the backend has told');
  // To see that the 2,000 were not there yet, each of the few that were was read for each of them.
  t.ok(read?.['rows'] < 2000 * few + 1000, `${read?.['rows']} rows were read`);
});

t.test('a refused command leaves the others of its batch as they are', async (t) => {
  const b = await books(t);
  await openPair(b.lane);
  const outcomes = await Promise.all([
    pay(b.lane, 'test:source', 'test:a', '5.00'),
    pay(b.lane, 'test:a', 'test:source', '6.00'),
    pay(b.lane, 'test:a', 'test:source', '5.00'),
    pay(b.lane, 'test:a', 'test:nobody', '1.00'),
  ]);
  t.same(
    outcomes.map(({ code }) => code ?? 'ok'),
    ['ok', 'balance_insufficient', 'ok', 'account_not_found'],
  );
  await booksBalance(t, b.owner);
});

t.test('a command that throws a bug fails alone and writes nothing', async (t) => {
  const b = await books(t);
  await openPair(b.lane);
  const bug = b.lane.submit({
    actor: 'operator:test',
    decide: (stage) => {
      postEntry(stage, { kind: 'adjustment', legs: [{ debit: 'test:source', credit: 'test:a', amount: '9.00' }] });
      throw new TypeError('a bug');
    },
    answer: () => ({ code: 201, body: '' }),
  });
  const [failed, paid] = await Promise.allSettled([bug, pay(b.lane, 'test:source', 'test:a', '1.00')]);
  t.match(failed, { status: 'rejected', reason: { message: 'a bug' } });
  t.equal(paid.status, 'fulfilled');
  const [row] = await b.owner`select credits::text from timeledger.accounts where code = 'test:a'`;
  t.equal(row?.['credits'], '100', 'only the sound command moved the account');
  await booksBalance(t, b.owner);
});

t.test(
  'an answer is remembered by its key: repeated byte for byte, by any lane, whether success or refusal',
  async (t) => {
    const b = await books(t);
    await openPair(b.lane);
    const [good, bad] = [key(), key()];
    const first = await pay(b.lane, 'test:source', 'test:a', '5.00', good);
    const refused = await pay(b.lane, 'test:a', 'test:source', '6.00', bad);
    t.equal(refused.code, 'balance_insufficient');
    const count = await entryCount(b);
    await pay(b.lane, 'test:source', 'test:a', '10.00');
    for (const lane of [b.lane, await b.openLane()]) {
      const again = await pay(lane, 'test:source', 'test:a', '5.00', good);
      t.same([again.replayed, again.answer], [true, first.answer], 'the success is repeated');
      const refusedAgain = await pay(lane, 'test:a', 'test:source', '6.00', bad);
      t.same(
        [refusedAgain.replayed, refusedAgain.answer],
        [true, refused.answer],
        'the refusal too, though the balance would do now',
      );
    }
    t.equal(await entryCount(b), count + 1, 'nothing was posted twice');
    await booksBalance(t, b.owner);
  },
);

t.test('a refusal is remembered from when it was given, however long ago the last entry was', async (t) => {
  const { clock, advance } = fixedClock();
  const b = await books(t, { clock });
  await openPair(b.lane);
  advance(36 * 86_400_000);
  const bad = key();
  const refused = await pay(b.lane, 'test:a', 'test:source', '6.00', bad);
  t.equal(refused.code, 'balance_insufficient');
  await forgetAnswers(b.owner, b.lane.facts.id, new Date(clock() - 35 * 86_400_000).toISOString());
  await pay(b.lane, 'test:source', 'test:a', '10.00');
  t.equal((await pay(b.lane, 'test:a', 'test:source', '6.00', bad)).replayed, true);
  await booksBalance(t, b.owner);
});

t.test('a key used for another request is refused, and one still in flight too', async (t) => {
  const b = await books(t);
  await openPair(b.lane);
  const used = key();
  const running = pay(b.lane, 'test:source', 'test:a', '5.00', used);
  await t.rejects(pay(b.lane, 'test:source', 'test:a', '5.00', used), { code: 'idempotency_key_in_flight' });
  await running;
  const other = await pay(b.lane, 'test:source', 'test:a', '7.00', { ...used, fingerprint: freshFingerprint() });
  t.equal(other.code, 'idempotency_key_reused');
  t.equal(other.replayed, false);
  await booksBalance(t, b.owner);
});

t.test('a dry run decides over the commands before it and leaves nothing behind', async (t) => {
  const b = await books(t);
  await openPair(b.lane);
  const before = await b.owner`select * from timeledger.heads`;
  const dry = (amount: string) =>
    run(
      b.lane,
      (stage) =>
        postEntry(stage, { kind: 'adjustment', legs: [{ debit: 'test:a', credit: 'test:source', amount }] }).number,
      { dryRun: true },
    );
  t.equal((await dry('1.00')).code, 'balance_insufficient');
  t.same(await b.owner`select * from timeledger.heads`, before, 'the head has not moved');
  const [paid, tried] = await Promise.all([pay(b.lane, 'test:source', 'test:a', '1.00'), dry('1.00')]);
  t.equal(tried.code, undefined, 'the payment before it in the batch is seen');
  t.equal(
    (await pay(b.lane, 'test:source', 'test:a', '1.00')).result,
    (paid.result ?? 0) + 1,
    'its number was not used up',
  );
  await booksBalance(t, b.owner);
});

t.test(
  'entries are numbered without a gap and recorded in strictly increasing time, though the clock stands still or goes back',
  async (t) => {
    const { clock, advance } = fixedClock();
    const b = await books(t, { clock });
    await openPair(b.lane);
    for (const step of [0, 0, -60_000, 5]) {
      advance(step);
      await Promise.all([pay(b.lane, 'test:source', 'test:a', '1.00'), pay(b.lane, 'test:source', 'test:a', '1.00')]);
    }
    const rows = await b.owner`select number::int, recorded_at < lead(recorded_at) over (order by number) as increases
    from timeledger.entries order by number`;
    t.same(
      rows.map((row) => row['number']),
      rows.map((_, i) => i + 1),
    );
    t.notOk(rows.some((row) => row['increases'] === false));
    await booksBalance(t, b.owner);
  },
);

t.test(
  'two processes on one ledger: every command is carried out once, and no balance goes below its floor',
  async (t) => {
    const seed = seedOf(t);
    const random = seeded(seed);
    const b = await books(t);
    await openPair(b.lane);
    await pay(b.lane, 'test:source', 'test:a', '100.00');
    const lanes = [b.lane, await b.openLane()];
    const takes = Array.from({ length: 150 }, () => 1 + random.below(3));
    const outcomes = await Promise.all(
      takes.map(async (amount, i) => {
        await new Promise((resolve) => setTimeout(resolve, random.below(40)));
        const outcome = await pay(lanes[i % 2] as Lane, 'test:a', 'test:source', `${amount}.00`, key());
        return outcome.code === undefined ? amount : 0;
      }),
    );
    const taken = outcomes.reduce((sum, amount) => sum + amount, 0);
    const [row] =
      await b.owner`select (credits - debits)::int as balance from timeledger.accounts where code = 'test:a'`;
    t.equal(row?.['balance'], 10_000 - taken * 100);
    t.ok(taken <= 100 && taken > 90, `${taken} of 100 were taken`);
    await booksBalance(t, b.owner);
  },
);

t.test('the same key at two processes at once is carried out once', async (t) => {
  const b = await books(t);
  await openPair(b.lane);
  const lanes = [b.lane, await b.openLane(), await b.openLane()];
  const count = await entryCount(b);
  for (let round = 0; round < 20; round++) {
    const shared = key();
    const told = await Promise.all(lanes.map((lane) => pay(lane, 'test:source', 'test:a', '1.00', shared)));
    t.equal(told.filter(({ replayed }) => !replayed).length, 1, 'one of them did it');
    t.equal(new Set(told.map(({ answer }) => answer.body)).size, 1, 'all were told the same');
  }
  t.equal(await entryCount(b), count + 20);
  await booksBalance(t, b.owner);
});

t.test('a backend killed in mid-batch costs nothing: every command is answered once and posted once', async (t) => {
  const random = seeded(seedOf(t));
  const b = await books(t);
  await openPair(b.lane);
  const pool = openPool(b.target, { max: 1, applicationName: 'test killer' });
  t.teardown(() => pool.end({ timeout: 1 }));
  const count = await entryCount(b);
  let stop = false;
  const killing = (async () => {
    let kills = 0;
    while (!stop) {
      const killed = await pool`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'test lane' and datname = current_database()`;
      kills += killed.length;
      await new Promise((resolve) => setTimeout(resolve, 5 + random.below(40)));
    }
    return kills;
  })();
  const outcomes: number[] = [];
  for (let round = 0; round < 25; round++) {
    const told = await Promise.all(
      Array.from({ length: 40 }, () => pay(b.lane, 'test:source', 'test:a', '1.00', key())),
    );
    for (const { result } of told) if (result !== undefined) outcomes.push(result);
  }
  stop = true;
  const kills = await killing;
  t.ok(kills > 3, `${kills} backends were killed`);
  t.equal(outcomes.length, 1000, 'every command was acknowledged');
  t.equal(new Set(outcomes).size, 1000, 'each with an entry of its own');
  t.equal(await entryCount(b), count + 1000, 'and nothing was posted besides');
  await booksBalance(t, b.owner);
});

t.test('a fault of the database that is no lost connection fails the command, and the lane works on', async (t) => {
  const b = await books(t);
  const lane = await b.openLane();
  await openPair(lane);
  await b.owner`alter table timeledger.heads rename to heads_away`;
  const broken = pay(lane, 'test:source', 'test:a', '1.00', key());
  await t.rejects(broken, { code: '42P01' });
  await b.owner`alter table timeledger.heads_away rename to heads`;
  const after = await pay(lane, 'test:source', 'test:a', '1.00', key());
  t.ok(after.result);
  await booksBalance(t, b.owner);
});

t.test('a full queue refuses instead of growing', async (t) => {
  const b = await books(t);
  const lane = await b.openLane({ queueLimit: 10 });
  await openPair(lane);
  const told = await Promise.allSettled(Array.from({ length: 30 }, () => pay(lane, 'test:source', 'test:a', '1.00')));
  const refused = told.filter((one) => one.status === 'rejected');
  t.equal(refused.length, 20);
  for (const one of refused) t.match(one, { reason: { code: 'ledger_busy' } });
  t.ok(refused.every((one) => one.status === 'rejected' && one.reason instanceof Refusal));
  await booksBalance(t, b.owner);
});

t.test('closing waits for the batch in flight and refuses what comes after', async (t) => {
  const b = await books(t);
  await openPair(b.lane);
  const lane = await b.openLane();
  const running = Array.from({ length: 50 }, () => pay(lane, 'test:source', 'test:a', '1.00', key()));
  await lane.close();
  await t.rejects(pay(lane, 'test:source', 'test:a', '1.00'), { code: 'ledger_unavailable' });
  for (const told of await Promise.all(running)) t.ok(told.result);
  await booksBalance(t, b.owner);
});

t.test('the database itself refuses what the lane never does', async (t) => {
  const b = await books(t);
  await openPair(b.lane);
  await Promise.all(Array.from({ length: 300 }, () => pay(b.lane, 'test:source', 'test:a', '5.00')));
  const service = openPool(b.target, { max: 1, applicationName: 'test service', role: 'timeledger_service' });
  t.teardown(() => service.end({ timeout: 1 }));
  for (const table of ['entries', 'postings', 'log_nodes']) {
    await t.rejects(b.owner.unsafe(`delete from timeledger.${table}`), { code: 'TL001' });
    await t.rejects(
      b.owner.unsafe(`truncate timeledger.${table}`),
      { code: 'TL001' },
      `even the owner cannot truncate ${table}`,
    );
  }
  await t.rejects(b.owner.unsafe(`update timeledger.entries set kind = 'gift'`), { code: 'TL001' });
  for (const statement of [
    'update timeledger.accounts set debits = 0',
    'insert into timeledger.entry_texts (ledger_id, number) values (1, 1)',
    'delete from timebank.members',
    'delete from timeledger.idempotency_keys',
  ]) {
    await t.rejects(service.unsafe(statement), { code: '42501' }, `the service's role may not: ${statement}`);
  }
  await t.rejects(
    b.owner`update timeledger.accounts set debits = credits + 1 where code = 'test:a'`,
    { code: '23514' },
    'a floor holds',
  );
});
