/** Who may do what in the database: functions are for those they were granted to, and the service's role has nothing behind it. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { readConfig } from '../../src/config.js';
import { migrateDatabase } from '../../src/database.js';
import { type ConnectionTarget, openPool, sqlState } from '../../src/db/connect.js';
import { serviceRole } from '../../src/db/role.js';
import { startServer } from '../../src/server.js';
import { database, startTestServer } from '../support/database.js';

async function ask(target: ConnectionTarget, statement: string, role?: string): Promise<string> {
  const pool = openPool(target, { max: 1, applicationName: 'test', ...(role !== undefined && { role }) });
  try {
    const rows = await pool.unsafe(statement);
    // Of several statements the driver gives several results.
    const last: unknown = rows.at(-1);
    const row: unknown = Array.isArray(last) ? last[0] : last;
    return String(Object.values(row ?? {})[0]);
  } catch (error) {
    return sqlState(error) ?? String(error);
  } finally {
    await pool.end({ timeout: 1 });
  }
}

t.test(
  'no function of ours may be executed by whoever can connect, nor may one that a later migration makes',
  async (t) => {
    const { target } = await database(t);
    const open = `select string_agg(p.oid::regprocedure::text, ', ') from pg_proc p
    where p.pronamespace in (select oid from pg_namespace where nspname not like 'pg\\_%' and nspname <> 'information_schema')
      and has_function_privilege('public', p.oid, 'execute')`;
    t.equal(await ask(target, open), 'null');
    t.equal(
      await ask(target, `create schema later; create function later.f() returns int language sql as 'select 1'`),
      'undefined',
    );
    t.equal(await ask(target, open), 'null');
    t.equal(await ask(target, 'select later.f()', serviceRole), '42501');
  },
);

t.test('the service may execute what it was granted and nothing else', async (t) => {
  const { target } = await database(t);
  const granted = `select string_agg(n.nspname || '.' || p.proname, ' ' order by n.nspname, p.proname)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('timeledger', 'timebank', 'access', 'work') and has_function_privilege('${serviceRole}', p.oid, 'execute')`;
  t.same((await ask(target, granted)).split(' '), [
    'access.keep_subject',
    'access.record_refusals',
    'timebank.stage_results',
    'timebank.sweep_results',
    'timeledger.commit_batch',
    'timeledger.forget_answers',
    'work.add_job',
    'work.add_piece',
    'work.beat_job',
    'work.cancel_job',
    'work.claim_job',
    'work.close_blob',
    'work.drop_blob',
    'work.drop_import_lines',
    'work.drop_statement_lines',
    'work.finish_job',
    'work.keep_blob',
    'work.open_blob',
    'work.pass_job',
    'work.release_claimant',
    'work.release_job',
    'work.repeat_job',
    'work.stage_import_lines',
    'work.stage_statement_lines',
    'work.sweep_blobs',
    'work.sweep_jobs',
  ]);
  for (const table of [
    'timeledger.entries',
    'timebank.members',
    'access.subjects',
    'access.refusals',
    'work.jobs',
    'work.blobs',
  ]) {
    t.equal(await ask(target, `delete from ${table}`, serviceRole), '42501', table);
  }
});

t.test('the embedded server lets the service in as its role: from there no way leads back to the owner', async (t) => {
  const server = await startTestServer();
  t.teardown(() => server.stop());
  await migrateDatabase(server.connection);
  const admitted = await server.admit(serviceRole);
  const who = 'select session_user || $$ $$ || current_user';
  t.equal(await ask(admitted, who, serviceRole), `${serviceRole} ${serviceRole}`);
  for (const way of [
    'reset role',
    'set role none',
    'set session authorization default',
    'reset all',
    'set role timeledger',
  ]) {
    const seen = await ask(admitted, `${way}; ${who}`, serviceRole);
    t.ok([`${serviceRole} ${serviceRole}`, '42501'].includes(seen), `${way}: ${seen}`);
  }
  t.equal(await ask(admitted, 'select current_user'), 'timeledger', 'the owner still comes for migrations');
});

t.test('with a URL the service may have one of its own', async (t) => {
  const target = { url: 'postgres://owner@127.0.0.1:1/books', roleUrl: 'postgres://service@127.0.0.1:1/books' };
  const userOf = (role?: string) => {
    const pool = openPool(target, { max: 1, applicationName: 'test', ...(role !== undefined && { role }) });
    t.teardown(() => pool.end({ timeout: 0 }));
    return pool.options.user;
  };
  t.equal(userOf(), 'owner');
  t.equal(userOf(serviceRole), 'service');
});

t.test(
  'with DATABASE_SERVICE_URL every connection of the running service is in its role and cannot leave it',
  async (t) => {
    const server = await startTestServer();
    t.teardown(() => server.stop());
    const { connection } = server;
    if ('url' in connection) throw new Error('the test server listens on a socket');
    await ask(connection, `create role county createrole login password 'of-the-owner'`);
    await ask(connection, 'create database books owner county');
    const urlOf = (user: string, password: string) =>
      `postgres://${user}:${password}@127.0.0.1:${connection.port}/books`;
    const settings = {
      DATA_DIR: t.testdir(),
      PORT: '0',
      METRICS_PORT: '0',
      LOG_LEVEL: 'silent',
      DATABASE_URL: urlOf('county', 'of-the-owner'),
    };
    await migrateDatabase({ url: settings.DATABASE_URL });
    await ask(connection, `alter role ${serviceRole} login password 'of-the-service'`);
    const start = (url: string) => startServer(readConfig({ ...settings, DATABASE_SERVICE_URL: url }));
    await t.rejects(start(settings.DATABASE_URL), {
      name: 'StartError',
      message: /logs in as county, who may write the books/,
    });
    await t.rejects(start(urlOf(serviceRole, 'guessed')), {
      name: 'StartError',
      message: /DATABASE_SERVICE_URL cannot be used at/,
    });
    const service = await start(urlOf(serviceRole, 'of-the-service'));
    t.teardown(() => service.close());
    t.equal((await fetch(`${service.url}/readyz`)).status, 200);
    const users = `select string_agg(distinct usename, ' ') from pg_stat_activity
    where datname = 'books' and application_name like 'timeledger%'`;
    t.equal(await ask(connection, users), serviceRole);
  },
);

t.test("the server's log is put aside while it runs, and the server goes on writing to it", async (t) => {
  const server = await startTestServer({
    logLimit: { bytes: 2_000, everyMilliseconds: 20 },
    settings: { log_statement: 'all' },
  });
  t.teardown(() => server.stop());
  const file = join(server.dataDirectory, 'postgres.log');
  const size = async (path: string) => (await stat(path).catch(() => ({ size: 0 }))).size;
  await ask(server.connection, `select '${'before '.repeat(1_000)}'`);
  for (let n = 0; n < 500 && ((await size(`${file}.1`)) < 2_000 || (await size(file)) > 2_000); n += 1) await sleep(10);
  t.ok((await size(`${file}.1`)) > 2_000, 'what it had said is beside');
  t.ok((await size(file)) <= 2_000);
  await ask(server.connection, `select 'afterwards'`);
  t.match(await readFile(file, 'utf8'), /afterwards/, 'what is small stays');
});
