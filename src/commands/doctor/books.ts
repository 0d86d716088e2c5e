/** What the doctor sees of the database: whether it answers, what it is, whether its schema is this program's, and its clock. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../../config.js';
import { type Database, keyDirectory, migrationsFolder, openCommandDatabase } from '../../database.js';
import { describeTarget, openPool, type Pool, reasonOf } from '../../db/connect.js';
import { checkServer, databaseAt, refuseHalfRestored } from '../../db/migrate.js';
import { readApplied, readMigrations, refuseUnknown } from '../../db/migrations.js';
import { readKeys } from '../../keys.js';
import { checkLogKey, readLogKeys } from '../../ledger/log/book-keys.js';
import { readLatest } from '../../ledger/reads/heads.js';
import type { Clock } from '../../lib/clock.js';
import { type Check, note, ok, wrong } from './check.js';

const clockSeconds = 2;

/** Starts the embedded server for as long as it is asked, unless a service runs it; makes none where there is none. */
export async function checkDatabase(config: Config, clock: Clock): Promise<Check[]> {
  const cluster = join(resolve(config.dataDir), 'postgres');
  if (config.databaseUrl === undefined && !existsSync(cluster))
    return [note('database', `none in ${resolve(config.dataDir)}: made at the first start`)];
  let database: Database;
  try {
    database = await openCommandDatabase(config);
  } catch (error) {
    return [wrong('database', reasonOf(error))];
  }
  const pool = openPool(database.target, { max: 1, applicationName: 'timeledger doctor' });
  try {
    return await ask(pool, describeTarget(database.target), config, clock);
  } finally {
    await pool.end({ timeout: 1 });
    await database.stop();
  }
}

async function ask(pool: Pool, where: string, config: Config, clock: Clock): Promise<Check[]> {
  try {
    await checkServer(pool, where);
    const [server] = await pool`select current_setting('server_version') as version`;
    return [
      ok('database', `PostgreSQL ${server?.['version']} at ${where}`),
      await attempt('migrations', () => checkMigrations(pool, where)),
      await attempt('clock', () => checkClock(pool, clock)),
      await attempt('books', () => checkBooks(pool, clock)),
      await attempt('keys of books', () => checkBookKeys(pool, config)),
    ];
  } catch (error) {
    return [wrong('database', messageOf(error))];
  }
}

async function attempt(name: string, look: () => Promise<Check>): Promise<Check> {
  return await look().catch((error: unknown) => wrong(name, messageOf(error)));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function checkMigrations(pool: Pool, where: string): Promise<Check> {
  await refuseHalfRestored(pool, where);
  const [applied, known] = [await readApplied(pool), readMigrations(migrationsFolder)];
  refuseUnknown(applied, known, databaseAt(where));
  const pending = known.length - applied.length;
  if (pending > 0) return note('migrations', `${pending} of ${known.length} to be applied: start does it, or migrate`);
  return ok('migrations', `all ${known.length} are applied`);
}

async function checkClock(pool: Pool, clock: Clock): Promise<Check> {
  const before = clock();
  const [row] = await pool`select extract(epoch from clock_timestamp()) * 1000 as now`;
  const apart = Math.abs(Number(row?.['now']) - (before + clock()) / 2) / 1_000;
  const found = `${apart.toFixed(1)} s from the database's`;
  return apart > clockSeconds ? wrong('clock', `${found}: set both by NTP`) : ok('clock', found);
}

/** An entry of the future says that a clock was wrong, and entries are dated behind it until that moment has come. */
async function checkBooks(pool: Pool, clock: Clock): Promise<Check> {
  const [books] = await pool`select to_regclass('timeledger.ledgers') is not null as there`;
  if (!books?.['there']) return note('books', 'none yet: made at the first start');
  const rows = await readLatest(pool);
  const ahead = rows.find(({ latest }) => latest > clock() + clockSeconds * 1_000);
  if (ahead)
    return wrong(
      'books',
      `the last entry of ${ahead.ledger} lies in the future: this clock, or an earlier one, is wrong`,
    );
  return ok('books', rows.map(({ ledger, entries }) => `${ledger} ${entries} entries`).join(', ') || 'no ledger yet');
}

/** Once there is a ledger, all keys must be there, and the log's must be the one that the books name: start refuses others. */
async function checkBookKeys(pool: Pool, config: Config): Promise<Check> {
  const [books] = await pool`select to_regclass('timeledger.ledgers') is not null as there`;
  const named = books?.['there'] ? await readLogKeys(pool) : [];
  if (named.length === 0) return note('keys of books', 'no ledger names any yet');
  const directory = keyDirectory(config);
  checkLogKey(named, readKeys(directory).log, directory);
  return ok('keys of books', `log.pem is that of ${named.map(({ ledger }) => ledger).join(', ')}`);
}
