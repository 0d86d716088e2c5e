/**
 * Writes a dump: every table of some schemas, in one snapshot of the database, while others go on writing. It needs no pg_dump and
 * no right but to read, and its text is the same for every version of PostgreSQL.
 */
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ISql } from 'postgres';
import { type ConnectionTarget, describeTarget, openPool, StartError } from '../connect.js';
import { checkServer, refuseHalfRestored } from '../migrate.js';
import { readApplied } from '../migrations.js';
import { type DumpedTable, type DumpManifest, dumpFormat, manifestFile } from './manifest.js';
import { Meter } from './meter.js';
import { copyTarget, identifier, listTables, type TableShape } from './tables.js';

export interface DumpOptions {
  /** Made by this, and empty before. */
  readonly directory: string;
  readonly schemas: readonly string[];
  readonly program: string;
  /** The moment to write down; RFC 3339. */
  readonly madeAt: string;
  /** Reads, in the snapshot, what is to stand in the manifest beside the tables. Refuses what must not be dumped. */
  readonly notes: (snapshot: ISql) => Promise<Record<string, unknown>>;
  readonly progress?: (done: number, total: number) => void;
}

/** A third of the time of the default level, for a tenth more space. */
const gzipLevel = 3;

/** Writes a dump. Rejects when anything was not read to its end: then the directory is no dump, for it has no manifest. */
export async function writeDump(target: ConnectionTarget, options: DumpOptions): Promise<DumpManifest> {
  const pool = openPool(target, { max: 1, applicationName: 'timeledger backup' });
  try {
    await checkServer(pool, describeTarget(target));
    await refuseHalfRestored(pool, describeTarget(target));
    // One snapshot for all reads; nothing is written to the database. By hand, on the pool's only connection: when that dies, the
    // driver's begin (3.4.9) would send a rollback to nobody and take the process down.
    await pool`begin isolation level repeatable read read only`;
    const manifest = await dumpSnapshot(pool, options);
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    writeFileSync(join(options.directory, manifestFile), text, { mode: 0o600, flag: 'wx', flush: true });
    return manifest;
  } finally {
    await pool.end({ timeout: 1 });
  }
}

async function dumpSnapshot(snapshot: ISql, options: DumpOptions): Promise<DumpManifest> {
  const { directory, schemas, program, madeAt, progress } = options;
  const notes = await options.notes(snapshot);
  const [server] = await snapshot<{ version: string; backend: number }[]>`
    select current_setting('server_version') as version, pg_backend_pid() as backend`;
  const tables = await listTables(snapshot, schemas);
  mkdirSync(join(directory, 'tables'), { mode: 0o700 });
  const dumped: DumpedTable[] = [];
  for (const table of tables) {
    progress?.(dumped.length, tables.length);
    dumped.push(await dumpTable(snapshot, table, directory, server?.backend));
  }
  return {
    format: dumpFormat,
    program,
    postgres: server?.version ?? '',
    made_at: madeAt,
    migrations: await readApplied(snapshot),
    tables: dumped,
    sequences: await readSequences(snapshot, schemas),
    notes,
  };
}

async function dumpTable(
  snapshot: ISql,
  table: TableShape,
  directory: string,
  backend: number | undefined,
): Promise<DumpedTable> {
  const file = `tables/${table.schema}.${table.table}.copy.gz`;
  const meter = new Meter();
  const rows = await snapshot.unsafe(`copy ${copyTarget(table)} to stdout`).readable();
  await pipeline(
    rows,
    (source) => meter.pass(source),
    createGzip({ level: gzipLevel }),
    createWriteStream(join(directory, file), { mode: 0o600, flags: 'wx', flush: true }),
  );
  // The driver (3.4.9) leaves its socket paused when the end arrives behind more rows than it wants to hold: this resumes it.
  rows._read(0);
  // An end that was none is found out, and so is a connection that the driver has made anew, outside of the snapshot.
  const name = `${identifier(table.schema)}.${identifier(table.table)}`;
  const [row] = await snapshot.unsafe(`select count(*)::text as count, pg_backend_pid() as backend from ${name}`);
  if (Number(row?.['count']) !== meter.rows || row?.['backend'] !== backend) {
    throw new StartError({
      en: `the connection was lost while ${name} was read: back up again`,
      zh: `读取 ${name} 时连接中断：请重新备份`,
    });
  }
  return { ...table, columns: [...table.columns], file, rows: meter.rows, bytes: meter.bytes, sha256: meter.digest() };
}

async function readSequences(snapshot: ISql, schemas: readonly string[]) {
  const rows = await snapshot<{ schema: string; sequence: string; value: string }[]>`
    select schemaname as schema, sequencename as sequence, last_value::text as value from pg_sequences
    where last_value is not null and schemaname = any(string_to_array(${schemas.join()}, ',')) order by 1, 2`;
  return rows.map(({ schema, sequence, value }) => ({ schema, sequence, value }));
}
