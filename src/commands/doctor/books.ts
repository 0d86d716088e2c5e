/** What the doctor sees of the database: whether it answers, what it is, whether its schema is this program's, and its clock. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../../config.js';
import { type Database, keyDirectory, mastersOf, migrationsFolder, openCommandDatabase } from '../../database.js';
import { describeTarget, explain, openPool, type Pool } from '../../db/connect.js';
import { checkServer, databaseAt, refuseHalfRestored } from '../../db/migrate.js';
import { readApplied, readMigrations, refuseUnknown } from '../../db/migrations.js';
import { readKeys } from '../../keys.js';
import { checkLogKey, readLogKeys } from '../../ledger/log/book-keys.js';
import { readLatest } from '../../ledger/reads/heads.js';
import type { Clock } from '../../lib/clock.js';
import { checkMasterKeys } from '../../timebank/people/personal-data/master-key-check.js';
import { type Check, type CheckName, note, ok, wrong } from './check.js';

const clockSeconds = 2;

/** Starts the embedded server for as long as it is asked, unless a service runs it; makes none where there is none. */
export async function checkDatabase(config: Config, clock: Clock): Promise<Check[]> {
  const cluster = join(resolve(config.dataDir), 'postgres');
  if (config.databaseUrl === undefined && !existsSync(cluster))
    return [
      note('database', {
        en: `none in ${resolve(config.dataDir)}: made at the first start`,
        zh: `${resolve(config.dataDir)} 中尚无数据库：首次启动时创建`,
      }),
    ];
  let database: Database;
  try {
    database = await openCommandDatabase(config);
  } catch (error) {
    return [wrong('database', explain(error))];
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
      ok('database', {
        en: `PostgreSQL ${server?.['version']} at ${where}`,
        zh: `PostgreSQL ${server?.['version']}，位于 ${where}`,
      }),
      await attempt('migrations', () => checkMigrations(pool, where)),
      await attempt('clock', () => checkClock(pool, clock)),
      await attempt('books', () => checkBooks(pool, clock)),
      await attempt('keys of books', () => checkBookKeys(pool, config)),
    ];
  } catch (error) {
    return [wrong('database', explain(error))];
  }
}

async function attempt(name: CheckName, look: () => Promise<Check>): Promise<Check> {
  return await look().catch((error: unknown) => wrong(name, explain(error)));
}

async function checkMigrations(pool: Pool, where: string): Promise<Check> {
  await refuseHalfRestored(pool, where);
  const [applied, known] = [await readApplied(pool), readMigrations(migrationsFolder)];
  refuseUnknown(applied, known, databaseAt(where));
  const pending = known.length - applied.length;
  if (pending > 0)
    return note('migrations', {
      en: `${pending} of ${known.length} to be applied: start does it, or migrate`,
      zh: `共 ${known.length} 项，待执行 ${pending} 项：启动服务或运行 migrate 时执行`,
    });
  return ok('migrations', { en: `all ${known.length} are applied`, zh: `${known.length} 项均已执行` });
}

async function checkClock(pool: Pool, clock: Clock): Promise<Check> {
  const before = clock();
  const [row] = await pool`select extract(epoch from clock_timestamp()) * 1000 as now`;
  const apart = Math.abs(Number(row?.['now']) - (before + clock()) / 2) / 1_000;
  const seconds = apart.toFixed(1);
  return apart > clockSeconds
    ? wrong('clock', {
        en: `${seconds} s from the database's: set both by NTP`,
        zh: `与数据库的时钟相差 ${seconds} 秒：请用 NTP 校准两者`,
      })
    : ok('clock', { en: `${seconds} s from the database's`, zh: `与数据库的时钟相差 ${seconds} 秒` });
}

/** An entry of the future says that a clock was wrong, and entries are dated behind it until that moment has come. */
async function checkBooks(pool: Pool, clock: Clock): Promise<Check> {
  const [books] = await pool`select to_regclass('timeledger.ledgers') is not null as there`;
  if (!books?.['there'])
    return note('books', { en: 'none yet: made at the first start', zh: '尚无账簿：首次启动时创建' });
  const rows = await readLatest(pool);
  const ahead = rows.find(({ latest }) => latest > clock() + clockSeconds * 1_000);
  if (ahead)
    return wrong('books', {
      en: `the last entry of ${ahead.ledger} lies in the future: this clock, or an earlier one, is wrong`,
      zh: `账本 ${ahead.ledger} 最后一张凭证的时间晚于现在：本机时钟现在有误，或记账时有误`,
    });
  return ok('books', {
    en: rows.map(({ ledger, entries }) => `${ledger} ${entries} entries`).join(', ') || 'no ledger yet',
    zh: rows.map(({ ledger, entries }) => `${ledger}：${entries} 张凭证`).join('，') || '尚无账本',
  });
}

/** Once there is a ledger, all keys must be there, and be those of the books: start refuses others. */
async function checkBookKeys(pool: Pool, config: Config): Promise<Check> {
  const [books] = await pool`select to_regclass('timeledger.ledgers') is not null as there`;
  const named = books?.['there'] ? await readLogKeys(pool) : [];
  if (named.length === 0) return note('keys of books', { en: 'no ledger names any yet', zh: '尚无账本，无需核对' });
  const directory = keyDirectory(config);
  checkLogKey(named, readKeys(directory).log, directory);
  // Not there before the database is migrated.
  const [people] = await pool`select to_regclass('timebank.person_keys') is not null as there`;
  if (people?.['there']) await checkMasterKeys(pool, mastersOf(config), directory);
  const ledgers = named.map(({ ledger }) => ledger);
  return ok('keys of books', {
    en: `log.pem is that of ${ledgers.join(', ')}`,
    zh: `log.pem 与账本 ${ledgers.join('、')} 相符`,
  });
}
