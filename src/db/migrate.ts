/**
 * Brings a database to the schema this program was written for, and refuses one it does not understand. drizzle applies
 * the files; what it leaves out is here: a lock against other starts, and a look at what was applied before. It knows no table
 * of the service. Needs a direct connection: a lock of the session does not survive pgbouncer's transaction mode.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyPending } from 'drizzle-orm/postgres-js/migrator';
import {
  type ConnectionTarget,
  describeTarget,
  isConnectionLost,
  openPool,
  type Pool,
  reasonOf,
  StartError,
  sqlState,
} from './connect.js';

export interface MigrateOptions {
  /** The directory with `meta/_journal.json`, as drizzle-kit writes it. */
  readonly folder: string;
}

interface Migration {
  readonly name: string;
  readonly when: number;
  readonly hash: string;
}

const reachSeconds = 5;

/**
 * Applies the migrations the database lacks, all or none, and returns their names. Concurrent calls wait for each other.
 * Refuses (StartError, one line): a server that does not answer within five seconds, is older than 15 or not UTF8; a
 * migration edited, removed or put in between after it was applied; a schema newer than this program; a failing migration.
 */
export async function migrate(target: ConnectionTarget, { folder }: MigrateOptions): Promise<{ applied: string[] }> {
  const migrations = readMigrations(folder);
  const pool = openPool(target, { max: 1, applicationName: 'timeledger migrate' });
  const where = describeTarget(target);
  try {
    await checkServer(pool, where);
    // One number for every Timeledger; the lock is the database's own and ends with the connection.
    await pool`select pg_advisory_lock(5064371860041)`;
    const applied = await readApplied(pool);
    refuseUnknown(applied, migrations, where);
    const last = applied.at(-1)?.when ?? 0;
    const pending = migrations.filter(({ when }) => when > last);
    if (pending.length > 0) await applyPending(drizzle(pool), { migrationsFolder: folder });
    return { applied: pending.map(({ name }) => name) };
  } catch (error) {
    throw error instanceof StartError ? error : new StartError(explainFailure(error, where), { cause: error });
  } finally {
    await pool.end({ timeout: 0.2 });
  }
}

function explainFailure(error: unknown, where: string): string {
  if (isConnectionLost(error)) {
    return `the connection to ${where} was lost during its migration (${reasonOf(error)}): start again`;
  }
  const state = sqlState(error);
  if (state === '42501') {
    return `the migration of ${where} failed and changed nothing: ${reasonOf(error)}; its user must own the database and, at the first start, may create a role (CREATEROLE)`;
  }
  return `the migration of ${where} failed and changed nothing: ${reasonOf(error)}${state === undefined ? '' : ` (${state})`}`;
}

function readMigrations(folder: string): Migration[] {
  try {
    const journal = JSON.parse(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8')) as {
      entries: { tag: string }[];
    };
    const files = readMigrationFiles({ migrationsFolder: folder });
    return files.map(({ hash, folderMillis }, index) => ({
      name: journal.entries[index]?.tag ?? '',
      when: folderMillis,
      hash,
    }));
  } catch (error) {
    throw new StartError(`the migrations in ${folder} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

/** Refuses (StartError): a server that cannot be reached, or is none that this program works on. */
export async function checkServer(pool: Pool, where: string): Promise<void> {
  const [server] = await reach(
    pool<{ number: number; version: string; encoding: string }[]>`
      select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
        pg_encoding_to_char(encoding) as encoding
      from pg_database where datname = current_database()`,
    where,
  );
  if (server === undefined) throw new StartError(`${where} does not say what it is: is it PostgreSQL?`);
  if (server.number < 150_000) {
    throw new StartError(`${where} is PostgreSQL ${server.version}: Timeledger needs 15 or newer`);
  }
  if (server.encoding !== 'UTF8') {
    throw new StartError(`the database at ${where} has the encoding ${server.encoding}: make one with encoding UTF8`);
  }
}

/** The first answer, within a deadline of our own: the driver goes on for ever when a proxy accepts and hangs up. */
async function reach<T>(answer: Promise<T>, where: string): Promise<T> {
  const giveUp = new AbortController();
  const deadline = sleep(reachSeconds * 1000, undefined, { signal: giveUp.signal }).then(() => {
    throw new StartError(`cannot reach PostgreSQL at ${where}: no answer in ${reachSeconds} seconds`);
  });
  try {
    return await Promise.race([answer, deadline]);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const reason = `${reasonOf(error)}${isConnectionLost(error) ? ': is it running, and is DATABASE_URL right?' : ''}`;
    throw new StartError(`cannot reach PostgreSQL at ${where}: ${reason}`, { cause: error });
  } finally {
    giveUp.abort();
    // Whichever of the two lost the race may still fail, with nobody listening.
    for (const promise of [answer, deadline]) promise.catch(() => {});
  }
}

async function readApplied(pool: Pool): Promise<Omit<Migration, 'name'>[]> {
  const [found] = await pool<{ table: string | null }[]>`select to_regclass('drizzle.__drizzle_migrations') as table`;
  if (!found?.table) return [];
  const rows = await pool<{ hash: string; when: string }[]>`
    select hash, created_at as when from drizzle.__drizzle_migrations order by created_at`;
  return rows.map(({ hash, when }) => ({ hash, when: Number(when) }));
}

function refuseUnknown(applied: Omit<Migration, 'name'>[], migrations: Migration[], where: string): void {
  for (const { when, hash } of applied) {
    const file = migrations.find((migration) => migration.when === when);
    if (file === undefined) {
      const day = new Date(when).toISOString().slice(0, 10);
      throw new StartError(
        `${where} has a migration of ${day} that this program does not have: the database is newer, use the newer program`,
      );
    }
    if (file.hash === hash) continue;
    throw new StartError(
      `migration ${file.name} was edited after ${where} had applied it: restore the file and write a new migration`,
    );
  }
  // drizzle only looks at the time of the newest: one that a merge put in between would never run, silently.
  const last = applied.at(-1)?.when ?? 0;
  const skipped = migrations.find(({ when }) => when <= last && !applied.some((row) => row.when === when));
  if (skipped === undefined) return;
  throw new StartError(
    `migration ${skipped.name} is older than what ${where} has applied and would never run: generate it again`,
  );
}
