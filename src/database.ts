/** Which database a process works on: the one it was given, the embedded one that already runs, or an embedded one of its own. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.js';
import {
  type ConnectionTarget,
  describeTarget,
  openPool,
  type Pool,
  reasonOf,
  StartError,
  type UrlTarget,
} from './db/connect.js';
import { attachEmbedded, startEmbedded } from './db/embedded/embedded.js';
import { migrate } from './db/migrate.js';
import { type KeySet, lookupKeyOf, makeKeys, readKeys } from './keys.js';
import { checkLogKey, readLogKeys } from './ledger/log/book-keys.js';
import { type MasterKey, makeMasterKeys, readMasterKeys } from './master-keys.js';
import { readGenerations } from './timebank/people/personal-data/key-rotation.js';
import { checkMasterKeys } from './timebank/people/personal-data/master-key-check.js';
import { PersonalKeys } from './timebank/people/personal-data/personal-keys.js';

export interface Database {
  readonly target: ConnectionTarget;
  /** Whether the server is this process's own, so that nobody else is at work on it. */
  readonly alone: boolean;
  /** The target once a role of the migrated database may take the way for large statements, if there is one. */
  admit(role: string): Promise<ConnectionTarget>;
  stop(): Promise<void>;
}

type Where = Pick<Config, 'databaseUrl' | 'databaseServiceUrl' | 'dataDir'>;

/** For the service: an embedded server is its own, and stops with it. */
export async function openServiceDatabase(config: Where, log: (line: string) => void = () => {}): Promise<Database> {
  const { databaseUrl: url, databaseServiceUrl: roleUrl } = config;
  if (url !== undefined) return given({ url, ...(roleUrl !== undefined && { roleUrl }) });
  const server = await startEmbedded({
    dataDirectory: resolve(config.dataDir),
    onCrash: (error) => log(error.message),
  });
  return { target: server.connection, alone: true, admit: (role) => server.admit(role), stop: () => server.stop() };
}

/** A database that somebody else runs. */
function given(target: ConnectionTarget): Database {
  const admit = async (role: string) => {
    if ('url' in target && target.roleUrl !== undefined) await requireHumble(target, role);
    return target;
  };
  return { target, alone: false, admit, stop: async () => {} };
}

/** Refuses (StartError): a user of DATABASE_SERVICE_URL who cannot come in, lacks the role, or may write the books by other ways. */
async function requireHumble(target: UrlTarget, role: string): Promise<void> {
  const pool = openPool(target, { max: 1, applicationName: 'timeledger start', role });
  try {
    const [row] = await pool<{ name: string; writes: boolean }[]>`
      select session_user as name, has_table_privilege(session_user, 'timeledger.entries', 'insert') as writes`;
    if (row?.writes !== false)
      throw new StartError({
        en: `DATABASE_SERVICE_URL logs in as ${row?.name}, who may write the books: give that user ${role} alone`,
        zh: `DATABASE_SERVICE_URL 以用户 ${row?.name} 登录，该用户有权改写账簿：请只授予其角色 ${role}`,
      });
  } catch (error) {
    if (error instanceof StartError) throw error;
    const where = describeTarget({ url: target.roleUrl ?? '' });
    throw new StartError(
      {
        en: `DATABASE_SERVICE_URL cannot be used at ${where}: ${reasonOf(error)}`,
        zh: `DATABASE_SERVICE_URL（${where}）无法使用：${reasonOf(error)}`,
      },
      { cause: error },
    );
  } finally {
    await pool.end({ timeout: 1 });
  }
}

/** For a command: joins the server of a service that is running on the same data directory. */
export async function openCommandDatabase(config: Where): Promise<Database> {
  const running = config.databaseUrl === undefined ? await attachEmbedded(resolve(config.dataDir)) : undefined;
  return running ? given(running) : openServiceDatabase(config);
}

/** For what only makes sense beside a running service. Refuses (StartError): none runs on the data directory, and no URL is given. */
export async function openRunningDatabase(config: Where): Promise<ConnectionTarget> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl };
  const dataDirectory = resolve(config.dataDir);
  const running = await attachEmbedded(dataDirectory);
  if (running) return running;
  throw new StartError({
    en: `no service runs on ${dataDirectory}: start it first, or set DATABASE_URL`,
    zh: `数据目录 ${dataDirectory} 上没有正在运行的服务：请先启动服务，或设置 DATABASE_URL`,
  });
}

/** Where everything is that must be kept: what a backup holds, and a restore makes. One that a version lacks is passed over. */
export const bookSchemas = ['timeledger', 'timebank', 'work', 'access'] as const;

export const migrationsFolder = fileURLToPath(new URL('../drizzle', import.meta.url));

/** Brings the schema up to date; see `migrate`. */
export function migrateDatabase(target: ConnectionTarget): Promise<{ applied: string[] }> {
  return migrate(target, { folder: migrationsFolder });
}

/** Where a service keeps its keys. */
export function keyDirectory(config: Pick<Config, 'dataDir'>): string {
  return join(resolve(config.dataDir), 'keys');
}

/**
 * The service's keys. They are made with the first ledger; once there is one they must be there, and the log's must be the one that the
 * books name: keys made anew would sign another log. A master key of personal data is made when nothing is wrapped yet. Refuses (StartError, KeyError, one line): keys that are missing or are others.
 */
export async function openKeys(target: ConnectionTarget, config: KeyPlace): Promise<KeySet> {
  const sql: Pool = openPool(target, { max: 1, applicationName: 'timeledger start' });
  try {
    const named = await readLogKeys(sql);
    const directory = keyDirectory(config);
    const keys = named.length === 0 ? makeKeys(directory) : readKeys(directory);
    checkLogKey(named, keys.log, directory);
    await openMasterKeys(sql, config);
    return keys;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** What personal data is sealed under, for a command that works on its own. Refuses as `openKeys`. */
export async function openPersonalKeys(target: ConnectionTarget, config: KeyPlace): Promise<PersonalKeys> {
  const { secret } = await openKeys(target, config);
  return new PersonalKeys(lookupKeyOf(secret), () => mastersOf(config));
}

/** Where keys are: files, but for master keys that the environment gives. */
export type KeyPlace = Pick<Config, 'dataDir' | 'masterKeys'>;

/** The master keys of personal data as they are kept now, the newest first. */
export function mastersOf(config: KeyPlace): readonly MasterKey[] {
  return config.masterKeys ?? readMasterKeys(keyDirectory(config));
}

/** The first is made when nothing is wrapped yet and the environment gives none. Refuses as `checkMasterKeys`. */
async function openMasterKeys(sql: Pool, config: KeyPlace): Promise<void> {
  const directory = keyDirectory(config);
  if (!config.masterKeys && (await readGenerations(sql)).length === 0) makeMasterKeys(directory);
  await checkMasterKeys(sql, mastersOf(config), directory);
}
