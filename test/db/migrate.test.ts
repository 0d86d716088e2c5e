/** Migrations: once, all or none, and never on a database this program does not understand. */
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type ConnectionTarget, openPool } from '../../src/db/connect.js';
import { migrate } from '../../src/db/migrate.js';
import { database, temporaryDirectory } from '../support/database.js';

interface File {
  readonly when: number;
  readonly name: string;
  readonly sql: string;
}

const notes: File = { when: 1000, name: '0000_notes', sql: 'create table notes (id int primary key);' };
const words: File = { when: 2000, name: '0001_words', sql: 'alter table notes add column word text;' };

/** Writes a migrations folder as drizzle-kit does; the same folder may be written again with other files. */
function write(folder: string, files: readonly File[]): string {
  mkdirSync(join(folder, 'meta'), { recursive: true });
  const entries = files.map(({ when, name }, idx) => ({ idx, version: '7', when, tag: name, breakpoints: true }));
  writeFileSync(
    join(folder, 'meta', '_journal.json'),
    JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
  );
  for (const { name, sql } of files) writeFileSync(join(folder, `${name}.sql`), sql);
  return folder;
}

/** An empty database and a folder to migrate it from. */
async function scene(test: Test) {
  const folder = temporaryDirectory();
  test.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const { target } = await database(test, join(folder, 'none'));
  return { folder, target };
}

async function columns(target: ConnectionTarget): Promise<string> {
  const pool = openPool(target, { max: 1, applicationName: 'test' });
  const rows = await pool<{ name: string }[]>`
    select column_name as name from information_schema.columns where table_schema = 'public' order by 1`;
  await pool.end();
  return rows.map(({ name }) => name).join(' ');
}

t.test('migrations are applied in order, and only what is new is applied later', async (t) => {
  const { folder, target } = await scene(t);
  t.same(await migrate(target, { folder: write(folder, [notes]) }), { applied: ['0000_notes'] });
  t.equal(await columns(target), 'id');
  t.same(await migrate(target, { folder: write(folder, [notes, words]) }), { applied: ['0001_words'] });
  t.same(await migrate(target, { folder }), { applied: [] });
  t.equal(await columns(target), 'id word');
});

t.test('of many starts at once one migrates and the others wait for it', async (t) => {
  const { folder, target } = await scene(t);
  const slow = { ...words, sql: `select pg_sleep(0.2);\n--> statement-breakpoint\n${words.sql}` };
  write(folder, [notes, slow]);
  const results = await Promise.all([1, 2, 3, 4, 5].map(() => migrate(target, { folder })));
  t.same(
    results.flatMap(({ applied }) => applied),
    ['0000_notes', '0001_words'],
  );
  t.equal(await columns(target), 'id word');
});

t.test('a migration that fails changes nothing and is told in one line', async (t) => {
  const { folder, target } = await scene(t);
  write(folder, [notes, { ...words, sql: 'alter table nowhere add column word text;' }]);
  const message = /^the migration of \S+ failed and changed nothing: relation "nowhere" does not exist \(42P01\)$/;
  await t.rejects(migrate(target, { folder }), { name: 'StartError', message });
  t.equal(await columns(target), '');
  t.same(await migrate(target, { folder: write(folder, [notes, words]) }), { applied: ['0000_notes', '0001_words'] });
});

t.test('a migration that was edited after it was applied is refused by name', async (t) => {
  const { folder, target } = await scene(t);
  await migrate(target, { folder: write(folder, [notes]) });
  write(folder, [{ ...notes, sql: 'create table notes (id bigint primary key);' }, words]);
  const message = /^migration 0000_notes was edited after \S+ had applied it: restore the file/;
  await t.rejects(migrate(target, { folder }), { name: 'StartError', message });
  t.equal(await columns(target), 'id', 'and nothing behind it is applied');
});

t.test('a database that is newer than the program is refused', async (t) => {
  const { folder, target } = await scene(t);
  await migrate(target, { folder: write(folder, [notes, words]) });
  const older = migrate(target, { folder: write(folder, [notes]) });
  await t.rejects(older, {
    name: 'StartError',
    message: /has a migration of 1970-01-01 that this program does not have/,
  });
});

t.test('a migration that a merge put before an applied one is refused, not skipped in silence', async (t) => {
  const { folder, target } = await scene(t);
  await migrate(target, { folder: write(folder, [notes, words]) });
  const between = { when: 1500, name: '0001_between', sql: 'create table between_them (id int);' };
  write(folder, [notes, between, words]);
  await t.rejects(migrate(target, { folder }), { name: 'StartError', message: /0001_between is older .* never run/ });
});

t.test('a database that does not keep text as UTF-8 is refused', async (t) => {
  const { folder, target } = await scene(t);
  if ('url' in target) throw new Error('the test server is reached through its socket');
  const pool = openPool(target, { max: 1, applicationName: 'test' });
  t.teardown(() => pool.end());
  const name = `${target.database}_ascii`;
  await pool.unsafe(`create database ${name} encoding 'SQL_ASCII' locale 'C' template template0`);
  t.teardown(() => pool.unsafe(`drop database ${name} with (force)`));
  const refused = migrate({ ...target, database: name }, { folder: write(folder, [notes]) });
  await t.rejects(refused, { name: 'StartError', message: /has the encoding SQL_ASCII: make one with encoding UTF8/ });
});

t.test('a server that cannot be reached is told in one line within seconds, without the password', async (t) => {
  const folder = write(temporaryDirectory(), [notes]);
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const refused = migrate({ url: 'postgres://clerk:secret@127.0.0.1:1/books' }, { folder });
  const reason = 'connect ECONNREFUSED 127.0.0.1:1: is it running, and is DATABASE_URL right?';
  const message = `cannot reach PostgreSQL at postgres://clerk:***@127.0.0.1:1/books: ${reason}`;
  await t.rejects(refused, { name: 'StartError', message });
  // A proxy without a server behind it accepts and hangs up: the driver alone would try for ever.
  const proxy = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.teardown(() => proxy.close());
  const address = proxy.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const began = Date.now();
  const hungUp = migrate({ url: `postgres://clerk:secret@127.0.0.1:${port}/books` }, { folder });
  await t.rejects(hungUp, { name: 'StartError', message: /^cannot reach PostgreSQL at \S+: no answer in 5 seconds$/ });
  t.ok(Date.now() - began < 7000);
});

t.test('a folder without migrations is refused in one line', async (t) => {
  const { target, folder } = await scene(t);
  await t.rejects(migrate(target, { folder }), {
    name: 'StartError',
    message: /^the migrations in \S+ cannot be read: /,
  });
});
