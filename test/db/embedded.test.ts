/** The embedded server: it starts, keeps what was committed through every kind of death, and refuses in one line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import {
  type ConnectionTarget,
  describeTarget,
  isConnectionLost,
  isRetryable,
  openPool,
  sqlState,
} from '../../src/db/connect.js';
import { attachEmbedded, type EmbeddedOptions, startEmbedded } from '../../src/db/embedded/embedded.js';
import { database, temporaryDirectory } from '../support/database.js';
import { isAlive, postmasterOf } from '../support/processes.js';
import { root } from '../support/root.js';

const binDirectory = process.env['TIMELEDGER_TEST_PG_BIN'];

function directory(test: Test): string {
  const path = temporaryDirectory();
  test.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A durable server, as the service starts it. */
async function start(test: Test, dataDirectory: string, options: Partial<EmbeddedOptions> = {}) {
  const server = await startEmbedded({ ...options, dataDirectory, ...(binDirectory ? { binDirectory } : {}) });
  test.teardown(() => server.stop());
  return server;
}

async function query(target: ConnectionTarget, text: string, large = false): Promise<string> {
  const pool = openPool(target, { max: 1, applicationName: 'test', large });
  const rows = await pool.unsafe(text).finally(() => pool.end({ timeout: 1 }));
  return String(Object.values(rows[0] ?? {})[0]);
}

async function eventually(test: Test, title: string, holds: () => Promise<boolean> | boolean) {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(25)) if (await holds()) return test.pass(title);
  return test.fail(title);
}

/** Another Node process that starts the server, commits a row and stays, until it is killed. */
async function otherProcess(
  test: Test,
  dataDirectory: string,
  path = process.env['PATH'] ?? '',
): Promise<ChildProcess> {
  const source = (name: string) => JSON.stringify(new URL(`dist/db/${name}.js`, root).href);
  const script = `
    import { startEmbedded } from ${source('embedded/embedded')};
    import { openPool } from ${source('connect')};
    const options = ${JSON.stringify({ dataDirectory, ...(binDirectory ? { binDirectory } : {}) })};
    const { connection } = await startEmbedded(options);
    await openPool(connection, { max: 1, applicationName: 'child' })\`create table kept as select 'kept' as word\`;
    console.log('committed');
    setInterval(() => {}, 1000);`;
  const args = [...process.execArgv, '--input-type=module', '--eval', script];
  const env = { ...process.env, PATH: path };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  test.teardown(() => child.kill('SIGKILL'));
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  return child;
}

async function killNow(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

t.test(
  'a first start makes a durable UTF-8 cluster that only this machine reaches, and a later start keeps what was written',
  async (t) => {
    const data = directory(t);
    const lines: string[] = [];
    const first = await start(t, data, { onLog: (line) => lines.push(line), settings: { work_mem: '7MB' } });
    const settings = ['fsync', 'synchronous_commit', 'full_page_writes', 'jit', 'listen_addresses', 'server_encoding'];
    settings.push('TimeZone', 'data_checksums', 'work_mem');
    const asked = settings.map((name) => `current_setting('${name}')`).join(` || ' ' || `);
    t.equal(await query(first.connection, `select ${asked}`), 'on on on off 127.0.0.1 UTF8 UTC on 7MB');
    t.equal(await query(first.connection, `select lower('ÄÉ') || upper('ǆ')`), 'äéǄ', 'letters beyond ASCII have case');
    t.equal(await query(first.connection, 'show server_version').then((text) => text.split(' ')[0]), first.version);
    await query(first.connection, `create table kept as select '互助' as word`);
    t.same(await attachEmbedded(data), first.connection, 'another program finds the running server');
    await first.stop();
    t.match(lines.at(-1), /shut down/, 'the log is followed to its last line');
    t.equal(await attachEmbedded(data), undefined, 'and finds none after stop');
    t.notOk(existsSync(join(data, 'owner.pid')), 'stop gives the directory free');
    const second = await start(t, data);
    t.equal(await query(second.connection, 'select word from kept'), '互助');
  },
);

t.test('over loopback comes the role that was admitted, with its password, and nobody else', async (t) => {
  const data = directory(t);
  const { connection, admit } = await start(t, data);
  await query(connection, 'create role lane');
  const admitted = await admit('lane');
  if ('url' in admitted || !admitted.loopback) throw new Error('loopback is to be had on this machine');
  const asked = `select session_user || ' from ' || coalesce(host(inet_client_addr()), 'the socket')`;
  t.equal(await query(admitted, asked, true), 'lane from 127.0.0.1');
  t.equal(await query(admitted, asked), 'timeledger from the socket', 'small statements keep to the socket');
  const refused = (user: string, password: string) =>
    query({ ...admitted, loopback: { user, password } }, asked, true).then(String, sqlState);
  t.equal(await refused('lane', 'guessed'), '28P01');
  t.equal(await refused('timeledger', ''), '28P01', 'the superuser has no password');
  await query(connection, 'create role other login');
  t.equal(await refused('other', ''), '28P01', 'nor has any other role');
  process.kill(postmasterOf(data), 'SIGKILL');
  await eventually(t, 'and it may come again after a crash', () =>
    query(admitted, asked, true).then(
      (who) => who === 'lane from 127.0.0.1',
      () => false,
    ),
  );
});

t.test('where loopback is refused, what was to go there takes the socket', async (t) => {
  const data = directory(t);
  const { connection, admit } = await start(t, data);
  await query(connection, 'create role lane');
  const rules = join(data, 'postgres', 'pg_hba.conf');
  writeFileSync(rules, readFileSync(rules, 'utf8').replaceAll('scram-sha-256', 'reject'));
  await query(connection, 'select pg_reload_conf()');
  await eventually(t, 'no way but the socket is named', async () => !('loopback' in (await admit('lane'))));
  t.equal(await query(await admit('lane'), 'select 1', true), '1');
});

t.test('a data directory has one owner: a second start says who, in one line, and disturbs nothing', async (t) => {
  const data = directory(t);
  const server = await start(t, data);
  const message = `the data directory ${data} is in use by process ${process.pid}: stop it, or choose another DATA_DIR`;
  await t.rejects(start(t, data), { name: 'StartError', message });
  t.equal(await query(server.connection, 'select 1'), '1');
  await server.stop();
  writeFileSync(join(data, 'owner.pid'), `${process.ppid} 1\n`);
  const next = await start(t, data);
  t.equal(await query(next.connection, 'select 1'), '1', 'an owner whose number another process now has is dead');
});

t.test(
  'when its Node process is killed with -9 the server stops, and the next start has every committed row',
  async (t) => {
    const data = directory(t);
    const child = await otherProcess(t, data);
    await t.rejects(start(t, data), { message: new RegExp(`in use by process ${child.pid}`) });
    const postmaster = postmasterOf(data);
    await killNow(child);
    if (process.platform === 'linux') await eventually(t, 'no server is left', () => !isAlive(postmaster));
    const server = await start(t, data);
    t.equal(await query(server.connection, 'select word from kept'), 'kept');
  },
);

t.test(
  'a server that outlived its Node process, for want of setpriv, is stopped and replaced by the next start',
  async (t) => {
    const data = directory(t);
    const path = directory(t);
    symlinkSync('/bin/sh', join(path, 'sh'));
    const child = await otherProcess(t, data, path);
    const orphan = postmasterOf(data);
    await killNow(child);
    await sleep(300);
    t.ok(isAlive(orphan), 'the orphan lives');
    const server = await start(t, data);
    t.notOk(isAlive(orphan), 'the orphan is gone');
    t.equal(await query(server.connection, 'select word from kept'), 'kept');
  },
);

t.test(
  'a server killed with -9 is started again by itself, with every committed row, for the pools that were open',
  async (t) => {
    const data = directory(t);
    const crashes: string[] = [];
    const server = await start(t, data, { onCrash: (error) => crashes.push(error.message) });
    const pool = openPool(server.connection, { max: 2, applicationName: 'test' });
    t.teardown(() => pool.end({ timeout: 1 }));
    await pool`create table kept as select 'kept' as word`;
    for (const round of [1, 2]) {
      const killed = postmasterOf(data);
      // This backend is busy and does not see that its postmaster is gone: the next start has to wait for it.
      const busy = pool`select count(*) from generate_series(1, 2000000)`.then(
        () => {},
        () => {},
      );
      process.kill(killed, 'SIGKILL');
      await eventually(t, `the pool answers after death ${round}`, async () => {
        const word = await pool`select word from kept`.then(
          (rows) => rows[0]?.['word'],
          (error) => error,
        );
        if (word instanceof Error && !isConnectionLost(word)) t.fail(`unknown loss: ${word.message}`);
        return word === 'kept' && postmasterOf(data) !== killed;
      });
      await busy;
    }
    t.match(crashes, [/ended by signal SIGKILL/, /ended by signal SIGKILL/]);
    await server.stop();
    t.notOk(existsSync(join(data, 'postgres', 'postmaster.pid')), 'stop is not taken for a death');
  },
);

t.test('what is no cluster of this version is refused in one line that says what to do', async (t) => {
  const data = directory(t);
  const cluster = join(data, 'postgres');
  mkdirSync(cluster);
  writeFileSync(join(cluster, 'diary.txt'), 'mine');
  const foreign = `${cluster} is not a PostgreSQL data directory: move it away, or choose another DATA_DIR`;
  await t.rejects(start(t, data), { name: 'StartError', message: foreign });
  t.same(readdirSync(cluster), ['diary.txt'], 'and left alone');
  writeFileSync(join(cluster, 'PG_VERSION'), '12\n');
  await t.rejects(start(t, data), {
    name: 'StartError',
    message: /was made by PostgreSQL 12 and this is 1\d.*timeledger backup.*timeledger restore/,
  });
  const file = join(data, 'file');
  writeFileSync(file, '');
  await t.rejects(start(t, file), { name: 'StartError', message: /the data directory \S+ is not a directory/ });
  const below = start(t, join(file, 'data'));
  await t.rejects(below, { name: 'StartError', message: /the data directory \S+ cannot be made/ });
  const nowhere = startEmbedded({ dataDirectory: directory(t), binDirectory: file });
  await t.rejects(nowhere, { name: 'StartError', message: /no postgres in/ });
  const wrong = start(t, directory(t), { settings: { max_connections: 'many' } });
  await t.rejects(wrong, {
    name: 'StartError',
    message: /did not start on \S+ FATAL: .*max_connections.* \(see \S+\)$/,
  });
});

t.test('an initdb that was killed leaves nothing that starts: the next start makes the cluster anew', async (t) => {
  const data = directory(t);
  const staging = join(data, 'postgres.new-4711');
  mkdirSync(staging);
  writeFileSync(join(staging, 'PG_VERSION'), '18\n');
  const server = await start(t, data);
  t.equal(await query(server.connection, 'select 1'), '1');
  t.notOk(existsSync(staging), 'the half cluster is gone');
});

t.test('a data directory deeper than a socket path may be long works', async (t) => {
  const data = join(directory(t), 'd'.repeat(60), 'e e'.repeat(20));
  const server = await start(t, data);
  t.equal(await query(server.connection, 'select 1'), '1');
  t.same(await attachEmbedded(data), server.connection);
});

t.test('a pool takes on its role for good, and a reading pool cannot write', async (t) => {
  const { target, name } = await database(t);
  const role = `role_${name}`;
  await query(target, `create role ${role}`);
  t.teardown(() => query(target, `drop role ${role}`));
  const pool = openPool(target, { max: 1, applicationName: 'reader', role, readOnly: true, prepare: false });
  t.teardown(() => pool.end({ timeout: 1 }));
  await pool`reset role`;
  const [row] = await pool`select current_user, current_setting('application_name') as name`;
  t.same(row, { current_user: role, name: 'reader' });
  const refused = await pool`create temporary table x ()`.then(
    () => undefined,
    (error: unknown) => error,
  );
  t.equal(sqlState(new Error('wrapped', { cause: refused })), '25006', 'the SQLSTATE is found below a wrapper');
});

t.test('only a lost connection or a lost race may be sent again', async (t) => {
  const failure = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more });
  const server = (code: string, message = '') => failure(code, { severity: 'ERROR', message });
  for (const error of [server('57P01'), server('08006'), failure('EPIPE'), failure('CONNECTION_CLOSED')]) {
    t.ok(isConnectionLost(new Error('wrapped', { cause: error })), error.code);
  }
  t.ok(isConnectionLost(failure('ENOENT', { syscall: 'connect' })));
  t.notOk(isConnectionLost(failure('ENOENT', { syscall: 'open' })));
  t.equal(sqlState(failure('EPIPE')), undefined, 'a code of the system is no SQLSTATE');
  for (const error of [server('40001'), server('40P01'), server('XX000', 'could not commit transaction for shard 7')]) {
    t.ok(isRetryable(error), error.code);
    t.notOk(isConnectionLost(error), error.code);
  }
  for (const error of [server('23505'), server('XX000', 'cache lookup failed'), new Error('x'), undefined]) {
    t.notOk(isRetryable(error));
  }
});

t.test('a target is described without its password, whatever is wrong with the URL', async (t) => {
  const shown = (url: string) => describeTarget({ url });
  t.equal(shown('postgres://u:secret@h1:5432,h2:5433/db?a=b'), 'postgres://u:***@h1:5432,h2:5433/db?a=b');
  t.equal(shown('postgres://u@h/db'), 'postgres://u@h/db');
  for (const url of ['postgres://u:se@cr/et:secret@h:x/db', 'u:secret@h', 'postgres://h/db?password=secret&a=b']) {
    t.notMatch(shown(url), 'secret');
  }
  const open = () => openPool({ url: 'postgres://u:secret@h:port/db' }, { max: 1, applicationName: 'test' });
  t.throws(open, { name: 'StartError', message: /^the database URL postgres:\/\/u:\*\*\*@h:port\/db is not valid/ });
});
