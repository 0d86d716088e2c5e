/**
 * Brings a database to the schema this program was written for, and refuses one it does not understand. drizzle applies
 * the files; what it leaves out is here: a lock against other starts, and a look at what was applied before (migrations.ts). It knows no
 * table of the service. Needs a direct connection: a lock of the session does not survive pgbouncer's transaction mode.
 */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyPending } from 'drizzle-orm/postgres-js/migrator';
import type { Words } from '../lib/language.js';
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
import { firstMigrations, readApplied, readMigrations, refuseUnknown } from './migrations.js';

export interface MigrateOptions {
  /** The directory with `meta/_journal.json`, as drizzle-kit writes it. */
  readonly folder: string;
  /** For a restore, which fills the tables in between: only the first migrations, and on a database that is marked as being restored. */
  readonly restoring?: { readonly first?: number };
}

/** The schema that stands in a database while it is being restored. */
export const restoreMark = 'timeledger_restoring';

const reachSeconds = 5;

/**
 * Applies the migrations the database lacks, all or none, and returns their names. Concurrent calls wait for each other.
 * Refuses (StartError, one line): a server that does not answer within five seconds, is older than 15 or not UTF8; a
 * database that is half restored; what `refuseUnknown` refuses; a failing migration.
 */
export async function migrate(target: ConnectionTarget, options: MigrateOptions): Promise<{ applied: string[] }> {
  const { folder, restoring } = options;
  const migrations = readMigrations(folder);
  const pool = openPool(target, { max: 1, applicationName: 'timeledger migrate' });
  const where = describeTarget(target);
  try {
    await checkServer(pool, where);
    if (!restoring) await refuseHalfRestored(pool, where);
    // One number for every Timeledger; the lock is the database's own and ends with the connection.
    await pool`select pg_advisory_lock(5064371860041)`;
    const applied = await readApplied(pool);
    refuseUnknown(applied, migrations, databaseAt(where));
    const last = applied.at(-1)?.when ?? 0;
    const pending = migrations.slice(0, restoring?.first).filter(({ when }) => when > last);
    if (pending.length > 0) await applyFirst(pool, folder, restoring?.first);
    return { applied: pending.map(({ name }) => name) };
  } catch (error) {
    throw error instanceof StartError ? error : new StartError(explainFailure(error, where), { cause: error });
  } finally {
    await pool.end({ timeout: 0.2 });
  }
}

/** As the subject of a sentence about migrations. */
export function databaseAt(where: string): Words {
  return { en: where, zh: `数据库 ${where} ` };
}

async function applyFirst(pool: Pool, folder: string, first: number | undefined): Promise<void> {
  const migrationsFolder = first === undefined ? folder : firstMigrations(folder, first);
  try {
    await applyPending(drizzle(pool), { migrationsFolder });
  } finally {
    if (migrationsFolder !== folder) rmSync(migrationsFolder, { recursive: true, force: true });
  }
}

/** Refuses (StartError): a database whose restore has not come to its end. */
export async function refuseHalfRestored(pool: Pool, where: string): Promise<void> {
  const [mark] = await pool`select from pg_namespace where nspname = ${restoreMark}`;
  if (!mark) return;
  throw new StartError({
    en: `a restore into ${where} is under way, or was broken off: run it again, it begins anew`,
    zh: `正在恢复到 ${where}，或上次恢复已中断：请重新执行恢复，将从头开始`,
  });
}

function explainFailure(error: unknown, where: string): Words {
  if (isConnectionLost(error)) {
    return {
      en: `the connection to ${where} was lost during its migration (${reasonOf(error)}): start again`,
      zh: `迁移 ${where} 时连接中断（${reasonOf(error)}）：请重新启动`,
    };
  }
  const state = sqlState(error);
  if (state === '42501') {
    return {
      en: `the migration of ${where} failed and changed nothing: ${reasonOf(error)}; its user must own the database, and must be able to create the role timeledger_service (CREATEROLE) or be granted it`,
      zh: `${where} 的数据库迁移失败，未作任何更改：${reasonOf(error)}；所用用户须为数据库的所有者，并有权创建角色 timeledger_service（CREATEROLE）或已被授予该角色`,
    };
  }
  return {
    en: `the migration of ${where} failed and changed nothing: ${reasonOf(error)}${state === undefined ? '' : ` (${state})`}`,
    zh: `${where} 的数据库迁移失败，未作任何更改：${reasonOf(error)}${state === undefined ? '' : `（${state}）`}`,
  };
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
  if (server === undefined)
    throw new StartError({
      en: `${where} does not say what it is: is it PostgreSQL?`,
      zh: `无法确认 ${where} 是否为 PostgreSQL：请核对 DATABASE_URL`,
    });
  if (server.number < 150_000) {
    throw new StartError({
      en: `${where} is PostgreSQL ${server.version}: Timeledger needs 15 or newer`,
      zh: `${where} 为 PostgreSQL ${server.version}：Timeledger 需要 15 或更高版本`,
    });
  }
  if (server.encoding !== 'UTF8') {
    throw new StartError({
      en: `the database at ${where} has the encoding ${server.encoding}: make one with encoding UTF8`,
      zh: `数据库 ${where} 的字符编码为 ${server.encoding}：请新建编码为 UTF8 的数据库`,
    });
  }
}

/** The first answer, within a deadline of our own: the driver goes on for ever when a proxy accepts and hangs up. */
async function reach<T>(answer: Promise<T>, where: string): Promise<T> {
  const giveUp = new AbortController();
  const deadline = sleep(reachSeconds * 1000, undefined, { signal: giveUp.signal }).then(() => {
    throw new StartError({
      en: `cannot reach PostgreSQL at ${where}: no answer in ${reachSeconds} seconds`,
      zh: `无法连接 PostgreSQL（${where}）：${reachSeconds} 秒内没有响应`,
    });
  });
  try {
    return await Promise.race([answer, deadline]);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const [reason, lost] = [reasonOf(error), isConnectionLost(error)];
    throw new StartError(
      {
        en: `cannot reach PostgreSQL at ${where}: ${reason}${lost ? ': is it running, and is DATABASE_URL right?' : ''}`,
        zh: `无法连接 PostgreSQL（${where}）：${reason}${lost ? '：请检查其是否正在运行，以及 DATABASE_URL 是否正确' : ''}`,
      },
      { cause: error },
    );
  } finally {
    giveUp.abort();
    // Whichever of the two lost the race may still fail, with nobody listening.
    for (const promise of [answer, deadline]) promise.catch(() => {});
  }
}
