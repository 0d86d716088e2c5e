/** Reading piece by piece: whole, in order, only as fast as it is taken; a loss is an error and never an end. */
import t, { type Test } from 'tap';
import { openPool, type Pool, type PoolOptions, sqlState } from '../../src/db/connect.js';
import { portionsOf } from '../../src/db/portions.js';
import { database } from '../support/database.js';

async function pool(t: Test, options: Partial<PoolOptions> = {}): Promise<Pool> {
  const { target } = await database(t);
  const opened = openPool(target, { max: 1, applicationName: 'test portions', ...options });
  t.teardown(() => opened.end({ timeout: 1 }));
  return opened;
}

const series = (sql: Pool, count: number) => sql.unsafe(`select generate_series(1, ${count}) as n`);

t.test('every row comes once and in order, whatever the size of the pieces', async (t) => {
  const sql = await pool(t);
  for (const [count, size] of [
    [0, 10],
    [1, 10],
    [10, 10],
    [25, 10],
    [30, 1],
  ] as const) {
    const seen: number[] = [];
    for await (const rows of portionsOf(series(sql, count), size)) {
      t.ok(rows.length <= size);
      seen.push(...rows.map((row) => row['n'] as number));
    }
    t.same(
      seen,
      Array.from({ length: count }, (_, i) => i + 1),
    );
  }
});

t.test('a reader who stops gives the connection back', async (t) => {
  const sql = await pool(t);
  for await (const rows of portionsOf(series(sql, 1_000_000), 10)) {
    t.equal(rows.length, 10);
    break;
  }
  await t.rejects(async () => {
    for await (const _ of portionsOf(series(sql, 1_000_000), 10)) throw new Error('the reader failed');
  }, /the reader failed/);
  t.equal((await sql.unsafe('select 1 as one'))[0]?.['one'], 1);
});

t.test('a connection lost between two pieces is an error', async (t) => {
  const { target } = await database(t);
  const [sql, other] = [1, 1].map(() => openPool(target, { max: 1, applicationName: 'test portions' })) as [Pool, Pool];
  t.teardown(() => Promise.all([sql.end({ timeout: 1 }), other.end({ timeout: 1 })]));
  await t.rejects(async () => {
    for await (const _ of portionsOf(series(sql, 1_000), 10)) {
      await other`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'test portions' and pid <> pg_backend_pid() and datname = current_database()`;
    }
  });
});

t.test('a statement that fails midway is an error, and what was before it is not repeated', async (t) => {
  const sql = await pool(t);
  const seen: number[] = [];
  const statement = sql.unsafe('select n, 1 / (25 - n) as q from generate_series(1, 100) n');
  await t.rejects(async () => {
    for await (const rows of portionsOf(statement, 10)) seen.push(...rows.map((row) => row['n'] as number));
  }, /division by zero/);
  t.same(
    seen,
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
  const again: number[] = [];
  for await (const rows of portionsOf(series(sql, 15), 10)) again.push(...rows.map((row) => row['n'] as number));
  t.same(
    again,
    Array.from({ length: 15 }, (_, i) => i + 1),
    'and leaves no holes to the next',
  );
});

t.test('a statement has its time, and no more', async (t) => {
  const sql = await pool(t, { statementTimeoutMilliseconds: 100 });
  const late = await sql.unsafe('select pg_sleep(20)').catch((error: unknown) => error);
  t.equal(sqlState(late), '57014');
  t.equal((await sql.unsafe('select 1 as one'))[0]?.['one'], 1);
});

t.test('a pool takes so many statements at a time, and as many again once those are settled', async (t) => {
  const sql = await pool(t, { waitingAtMost: 3, statementTimeoutMilliseconds: 5_000 });
  for (const _ of [1, 2, 3]) {
    const taken = [sql.unsafe('select pg_sleep(0.05)'), sql.unsafe('select 1 / 0'), sql.unsafe('select 1 as one')];
    const settled = Promise.allSettled(taken);
    t.throws(() => sql.unsafe('select 1'), /too many reads/);
    t.same(
      (await settled).map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
  }
  for (const _ of [1, 2, 3, 4]) for await (const rows of portionsOf(series(sql, 30), 10)) if (rows.length < 10) break;
  t.equal((await sql.unsafe('select 1 as one'))[0]?.['one'], 1, 'pieces count until their last, and no longer');
});
