/** Which database a process works on: the one it was given, the embedded one that already runs, or an embedded one of its own. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.js';
import { type ConnectionTarget, StartError } from './db/connect.js';
import { attachEmbedded, startEmbedded } from './db/embedded/embedded.js';
import { migrate } from './db/migrate.js';
import { loadOrCreateKey } from './keys.js';

export interface Database {
  readonly target: ConnectionTarget;
  /** Whether the server is this process's own, so that nobody else is at work on it. */
  readonly alone: boolean;
  /** The target once a role of the migrated database may take the way for large statements, if there is one. */
  admit(role: string): Promise<ConnectionTarget>;
  stop(): Promise<void>;
}

type Where = Pick<Config, 'databaseUrl' | 'dataDir'>;

/** For the service: an embedded server is its own, and stops with it. */
export async function openServiceDatabase(config: Where, log: (line: string) => void = () => {}): Promise<Database> {
  if (config.databaseUrl !== undefined) return given({ url: config.databaseUrl });
  const server = await startEmbedded({
    dataDirectory: resolve(config.dataDir),
    onCrash: (error) => log(error.message),
  });
  return { target: server.connection, alone: true, admit: (role) => server.admit(role), stop: () => server.stop() };
}

/** A database that somebody else runs. */
function given(target: ConnectionTarget): Database {
  return { target, alone: false, admit: async () => target, stop: async () => {} };
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
  throw new StartError(`no service runs on ${dataDirectory}: start it first, or set DATABASE_URL`);
}

/** Where everything is that must be kept: what a backup holds, and a restore makes. One that a version lacks is passed over. */
export const bookSchemas = ['timeledger', 'timebank', 'work'] as const;

export const migrationsFolder = fileURLToPath(new URL('../drizzle', import.meta.url));

/** Brings the schema up to date; see `migrate`. */
export function migrateDatabase(target: ConnectionTarget): Promise<{ applied: string[] }> {
  return migrate(target, { folder: migrationsFolder });
}

/** The service's keys, made at the first start: for tokens, and for the log's checkpoints. */
export function loadKeys(config: Pick<Config, 'dataDir'>) {
  const directory = join(resolve(config.dataDir), 'keys');
  return {
    tokenKey: loadOrCreateKey(join(directory, 'token.pem')),
    logKey: loadOrCreateKey(join(directory, 'log.pem')),
  };
}
