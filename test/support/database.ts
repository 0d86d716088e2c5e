/**
 * A database for every test, cloned from a template that was migrated once. One server for the whole run, which test/run
 * starts and names in TIMELEDGER_TEST_POSTGRES; a file that is run alone starts its own. It knows no table.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { type ConnectionTarget, openPool, type Pool } from '../../src/db/connect.js';
import {
  attachEmbedded,
  type EmbeddedOptions,
  type EmbeddedPostgres,
  startEmbedded,
} from '../../src/db/embedded/embedded.js';
import { migrate } from '../../src/db/migrate.js';
import { root } from './root.js';

const migrationsFolder = fileURLToPath(new URL('drizzle', root));

export interface TestServer extends EmbeddedPostgres {
  readonly dataDirectory: string;
}

const memory = '/dev/shm';

/**
 * A temporary directory that the server's account may pass through; the caller removes it. It is in memory where there is room, unless
 * `parent` is named: nothing waits for a disk there, and no test takes the power away.
 */
export function temporaryDirectory(parent = hasRoomInMemory() ? memory : tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'timeledger-test-'));
  chmodSync(directory, 0o755);
  return directory;
}

/** Containers often have 64 MB. */
function hasRoomInMemory(): boolean {
  try {
    accessSync(memory, constants.W_OK);
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize > 4 * 1024 ** 3;
  } catch {
    return false;
  }
}

/** A run that was killed leaves its directories, which take up memory. */
async function removeForgotten(): Promise<void> {
  const ours = existsSync(memory) ? readdirSync(memory).filter((name) => name.startsWith('timeledger-test-')) : [];
  for (const directory of ours.map((name) => join(memory, name))) {
    const found = statSync(directory, { throwIfNoEntry: false });
    if (!found || found.uid !== process.getuid?.() || Date.now() - found.mtimeMs < 600_000) continue;
    if ((await attachEmbedded(directory)) === undefined) rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Starts a server, in a temporary directory that stop() removes unless `dataDirectory` names another. Fast rather than durable, unless `settings` say
 * otherwise; of the PostgreSQL in TIMELEDGER_TEST_PG_BIN, unless `binDirectory` does.
 */
export async function startTestServer(options: Partial<EmbeddedOptions> = {}): Promise<TestServer> {
  if (options.dataDirectory === undefined) await removeForgotten();
  const dataDirectory = options.dataDirectory ?? temporaryDirectory();
  const binDirectory = options.binDirectory ?? process.env['TIMELEDGER_TEST_PG_BIN'];
  const fast = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '128MB' };
  const server = await startEmbedded({
    ...options,
    dataDirectory,
    ...(binDirectory ? { binDirectory } : {}),
    settings: { ...fast, max_connections: '200', ...options.settings },
  });
  const stop = async () => {
    await server.stop();
    if (options.dataDirectory === undefined) rmSync(dataDirectory, { recursive: true, force: true });
  };
  return { ...server, dataDirectory, stop };
}

let shared: Promise<ConnectionTarget> | undefined;

function sharedServer(): Promise<ConnectionTarget> {
  shared ??= findServer();
  return shared;
}

async function findServer(): Promise<ConnectionTarget> {
  const given = process.env['TIMELEDGER_TEST_POSTGRES'];
  if (given) return JSON.parse(given) as ConnectionTarget;
  const server = await startTestServer();
  // Only here: whoever imports tap becomes a test itself, and test/run is none.
  const { default: root } = await import('tap');
  root.teardown(() => server.stop());
  return server.connection;
}

/**
 * A database of the test's own, empty but migrated, dropped when the test ends. `folder` is for tests of the migrations.
 */
export async function database(
  test: Test,
  folder = migrationsFolder,
): Promise<{ target: ConnectionTarget; name: string }> {
  const server = await sharedServer();
  const template = await templateOf(server, folder);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(server, (pool) => pool.unsafe(`create database ${name} template ${template} strategy file_copy`));
  test.teardown(() => administer(server, (pool) => pool.unsafe(`drop database if exists ${name} with (force)`)));
  return { target: withDatabase(server, name), name };
}

const templates = new Map<string, Promise<string>>();

function templateOf(server: ConnectionTarget, folder: string): Promise<string> {
  const name = `template_${hashOf(folder).slice(0, 20)}`;
  const made = templates.get(name) ?? makeTemplate(server, name, folder);
  templates.set(name, made);
  return made;
}

/** Makes the template unless another test process has. It gets its name when it is whole. */
async function makeTemplate(server: ConnectionTarget, name: string, folder: string): Promise<string> {
  await administer(server, async (pool) => {
    await pool`select pg_advisory_lock(hashtext(${name}))`;
    const [found] = await pool`select from pg_database where datname = ${name}`;
    if (found) return;
    await pool.unsafe(`drop database if exists ${name}_draft with (force)`);
    await pool.unsafe(`create database ${name}_draft`);
    if (existsSync(join(folder, 'meta', '_journal.json'))) {
      await migrate(withDatabase(server, `${name}_draft`), { folder });
    }
    await pool.unsafe(`alter database ${name}_draft rename to ${name}`);
  });
  return name;
}

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  if (!existsSync(folder)) return hash.digest('hex');
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }).sort(byPath)) {
    if (file.isFile()) hash.update(file.name).update(readFileSync(join(file.parentPath, file.name)));
  }
  return hash.digest('hex');
}

function byPath(a: { parentPath: string; name: string }, b: { parentPath: string; name: string }): number {
  return join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1;
}

/** Runs on one connection to the server's first database, which no test uses as a template. */
async function administer(server: ConnectionTarget, act: (pool: Pool) => Promise<unknown>): Promise<void> {
  const pool = openPool(server, { max: 1, applicationName: 'timeledger test' });
  try {
    await act(pool);
  } finally {
    await pool.end({ timeout: 1 });
  }
}

/** The same server and user, another database. */
function withDatabase(target: ConnectionTarget, name: string): ConnectionTarget {
  if (!('url' in target)) return { ...target, database: name };
  const [, server = target.url, query = ''] = /^([a-z]+:\/\/[^/?]*)[^?]*(\?.*)?$/i.exec(target.url) ?? [];
  return { url: `${server}/${name}${query}` };
}
