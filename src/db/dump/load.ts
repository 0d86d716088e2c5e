/**
 * Loads a dump into a database that has nothing of ours: makes the tables as they were when it was written, fills them, and brings
 * them to the schema of this program. What it has begun is marked by a schema, so that no service starts on half a database;
 * the mark goes when the caller has seen that all is well.
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import {
  type ConnectionTarget,
  describeTarget,
  openPool,
  type Pool,
  reasonOf,
  StartError,
  sqlState,
} from '../connect.js';
import { checkServer, migrate, restoreMark } from '../migrate.js';
import { readMigrations, refuseUnknown } from '../migrations.js';
import type { DumpedTable, DumpManifest } from './manifest.js';
import { Meter } from './meter.js';
import { copyTarget, identifier, listTables, type TableShape } from './tables.js';

export interface LoadOptions {
  readonly directory: string;
  readonly manifest: DumpManifest;
  readonly schemas: readonly string[];
  /** The migrations of this program. */
  readonly folder: string;
  readonly progress?: (done: number, total: number) => void;
}

/**
 * Fills the database and leaves it marked; `accept` judges it, and when it resolves the mark is taken away. A load that fails, or
 * is not accepted, leaves nothing behind.
 * Refuses (StartError): a dump of a newer program, or of another history; a database that holds a ledger already; a file that
 * is missing, cut off or not what the manifest says.
 */
export async function loadDump(
  target: ConnectionTarget,
  options: LoadOptions,
  accept: (sql: Pool) => Promise<void>,
): Promise<void> {
  const { directory, manifest, folder } = options;
  refuseUnknown(manifest.migrations, readMigrations(folder), {
    en: `the backup ${directory}`,
    zh: `备份 ${directory} `,
  });
  const pool = openPool(target, { max: 1, applicationName: 'timeledger restore' });
  try {
    await checkServer(pool, describeTarget(target));
    await lockOut(pool, target);
    await mark(pool, options.schemas, describeTarget(target));
    try {
      await migrate(target, { folder, restoring: { first: manifest.migrations.length } });
      await fillTables(pool, options);
      await migrate(target, { folder, restoring: {} });
      await accept(pool);
      await pool.unsafe(`drop schema ${restoreMark}`);
    } catch (error) {
      await clear(pool, options.schemas).catch(() => {});
      throw error;
    }
  } finally {
    await pool.end({ timeout: 1 });
  }
}

/** One restore into a database at a time: the lock is the connection's own. */
async function lockOut(pool: Pool, target: ConnectionTarget): Promise<void> {
  const [row] = await pool`select pg_try_advisory_lock(5064371860042) as locked`;
  if (row?.['locked']) return;
  throw new StartError({
    en: `another restore into ${describeTarget(target)} is under way: wait for it`,
    zh: `另一个恢复任务正在写入 ${describeTarget(target)}：请等待其结束`,
  });
}

/** Claims an empty database, or begins anew where a restore was broken off. */
async function mark(pool: Pool, schemas: readonly string[], where: string): Promise<void> {
  const [marked] = await pool`select from pg_namespace where nspname = ${restoreMark}`;
  if (marked) await clear(pool, schemas);
  const [found] = await pool`
    select nspname as schema from pg_namespace
    where nspname = any(string_to_array(${[...schemas, 'drizzle'].join()}, ',')) limit 1`;
  if (found) {
    throw new StartError({
      en: `${where} is not empty, it has the schema ${found['schema']}: restore into a new database`,
      zh: `${where} 不是空数据库，已有模式 ${found['schema']}：请恢复到新建的数据库`,
    });
  }
  await pool.unsafe(`create schema ${restoreMark}`);
}

/** The mark goes last: a clearing that is cut short is taken up again. */
async function clear(pool: Pool, schemas: readonly string[]): Promise<void> {
  for (const schema of [...schemas, 'drizzle', restoreMark]) {
    await pool.unsafe(`drop schema if exists ${identifier(schema)} cascade`);
  }
}

async function fillTables(pool: Pool, { directory, manifest, schemas, progress }: LoadOptions): Promise<void> {
  refuseOtherShape(await listTables(pool, schemas), manifest.tables, directory);
  for (const [i, table] of manifest.tables.entries()) {
    progress?.(i, manifest.tables.length);
    await fillTable(pool, table, directory);
  }
  for (const { schema, sequence, value } of manifest.sequences) {
    await pool`select setval(format('%I.%I', ${schema}::text, ${sequence}::text)::regclass, ${value}::bigint)`;
  }
  for (const table of manifest.tables) {
    await pool.unsafe(`analyze ${identifier(table.schema)}.${identifier(table.table)}`);
  }
}

/** The names of the manifest go into statements: they must be those of the tables that the migrations made, all of them. */
function refuseOtherShape(made: readonly TableShape[], dumped: readonly TableShape[], directory: string): void {
  const shapes = (tables: readonly TableShape[]) => new Set(tables.map(copyTarget));
  const [here, there] = [shapes(made), shapes(dumped)];
  const differing = [...here, ...there].find((shape) => !here.has(shape) || !there.has(shape));
  if (differing === undefined) return;
  throw new StartError({
    en: `the backup ${directory} does not have the tables of its version: ${differing} differs`,
    zh: `备份 ${directory} 中的表与其版本不符：${differing} 不同`,
  });
}

async function fillTable(pool: Pool, table: DumpedTable, directory: string): Promise<void> {
  const path = join(directory, table.file);
  const meter = new Meter();
  try {
    const query = pool.unsafe(`copy ${copyTarget(table)} from stdin`);
    const rows = await query.writable();
    // The driver tells nobody of an error that comes when all is sent (3.4.9): the stream would wait for ever.
    Object.assign(query, { reject: (error: Error) => rows.destroy(error) });
    await pipeline(createReadStream(path), createGunzip(), (source) => meter.pass(source), rows);
  } catch (error) {
    const state = sqlState(error);
    throw new StartError(
      {
        en: `${path} cannot be loaded: ${reasonOf(error)}${state === undefined ? '' : ` (${state})`}`,
        zh: `无法载入 ${path}：${reasonOf(error)}${state === undefined ? '' : `（${state}）`}`,
      },
      { cause: error },
    );
  }
  if (meter.rows !== table.rows || meter.bytes !== table.bytes || meter.digest() !== table.sha256) {
    throw new StartError({
      en: `${path} is not the file that was backed up: rows, bytes or SHA-256 differ from the manifest`,
      zh: `${path} 不是当时备份的文件：行数、字节数或 SHA-256 与清单不一致`,
    });
  }
}
