/**
 * A PostgreSQL of our own below the data directory, for a service that was given none: started, watched and stopped with
 * this process, as durable as any other. Its superuser comes by a socket that nobody else may enter; on 127.0.0.1 it takes only
 * the role that `admit` names, with a password that lives as long as this process. It knows no table and runs no migration.
 * This file is the folder's face. pg_ctl would not halve it: it does not run as root, its server outlives a process that is killed
 * with -9, and it tells nobody that the server has died.
 *
 *     <data>/owner.pid        the process that holds the directory
 *     <data>/postgres         the cluster
 *     <data>/postgres-socket  where it listens
 *     <data>/postgres.log     what it says
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionTarget, openPool, reasonOf, type SocketTarget, StartError, sqlState } from '../connect.js';
import { findLauncher } from './account.js';
import { findBinaries } from './binaries.js';
import { clusterOf, clusterUser, prepareCluster, prepareSockets, serverArguments } from './cluster.js';
import { followLog, keepLogSmall } from './log.js';
import { claimDirectory } from './owner.js';
import { findPort } from './port.js';
import { findPostmaster, launchServer, reclaimCluster, type Server, type ServerPlan } from './postmaster.js';

export interface EmbeddedOptions {
  readonly dataDirectory: string;
  /** Where `postgres` and `initdb` are, to run another PostgreSQL than npm's: `/usr/lib/postgresql/15/bin`. */
  readonly binDirectory?: string;
  /** Server settings; they win over ours. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onLog?: (line: string) => void;
  /** When the server's log is put aside; see `keepLogSmall`. */
  readonly logLimit?: { readonly bytes: number; readonly everyMilliseconds: number };
  /** The server died and is being started again; called once more for every attempt that fails. */
  readonly onCrash?: (error: Error) => void;
}

export interface EmbeddedPostgres {
  readonly connection: ConnectionTarget;
  /** The server's version: `18.4`. */
  readonly version: string;
  /**
   * Lets a role of the database log in itself, and over loopback, for large statements, under a new password. Where loopback cannot be
   * had the target has only the socket.
   */
  admit(role: string): Promise<ConnectionTarget>;
  /** Stops the server, ending its connections, and gives the data directory free. */
  stop(): Promise<void>;
}

const database = 'timeledger';

/**
 * Starts PostgreSQL on a data directory, making the cluster and the database on the first start.
 * Refuses (StartError, one line): the directory is in use by another process; it cannot be written or reached; what lies
 * there is no cluster, or another version's; no programs for this machine; a server that does not start, with its reason.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dataDirectory = makeDirectory(options.dataDirectory);
  const logFile = join(dataDirectory, 'postgres.log');
  const claim = await nameFailures(dataDirectory, async () => claimDirectory(dataDirectory));
  const log = options.onLog && followLog(logFile, options.onLog);
  const rotation = keepLogSmall(logFile, options.logLimit);
  const giveUp = () => {
    rotation.stop();
    log?.stop();
    claim.release();
  };
  try {
    return await nameFailures(dataDirectory, async () => {
      const { plan, connection } = await planServer(dataDirectory, logFile, options);
      const server = await launchServer(plan);
      const supervised = superviseServer(plan, server, options.onCrash);
      await ensureDatabase(connection).catch(async (error) => {
        await supervised.stop();
        throw error;
      });
      const stopAll = async () => {
        await supervised.stop();
        rmSync(connection.socketDirectory, { recursive: true, force: true });
        giveUp();
      };
      let stopped: Promise<void> | undefined;
      const stop = () => {
        // Once: when it is called again, the directory may already serve another start.
        stopped ??= stopAll();
        return stopped;
      };
      return { connection, version: plan.launcher.version, admit: (role) => admit(connection, role), stop };
    });
  } catch (error) {
    giveUp();
    throw error;
  }
}

/** How to reach the server that another process runs on a data directory; undefined when none does. */
export async function attachEmbedded(dataDirectory: string): Promise<ConnectionTarget | undefined> {
  return await nameFailures(dataDirectory, async () => {
    const cluster = clusterOf(canonical(dataDirectory));
    for (let found = findPostmaster(cluster); found !== undefined; found = findPostmaster(cluster)) {
      const { socketDirectory, port } = found;
      if (found.ready) return { socketDirectory, port, user: clusterUser, database };
      await sleep(20);
    }
    return undefined;
  });
}

function makeDirectory(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    if (existsSync(path))
      throw new StartError({
        en: `the data directory ${resolve(path)} is not a directory`,
        zh: `数据目录 ${resolve(path)} 不是目录`,
      });
    const reason = reasonOf(whyNotMade(path) ?? error);
    throw new StartError(
      {
        en: `the data directory ${resolve(path)} cannot be made: ${reason}`,
        zh: `无法创建数据目录 ${resolve(path)}：${reason}`,
      },
      { cause: error },
    );
  }
  return canonical(path);
}

/** `recursive` says ENOENT even where the disk is read-only: the first directory that is missing is tried by itself. */
function whyNotMade(path: string): unknown {
  let missing = resolve(path);
  while (!existsSync(dirname(missing))) missing = dirname(missing);
  try {
    mkdirSync(missing);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** One spelling for one directory: links resolved, so that the server's own records can be compared with it. */
function canonical(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** Gives the system's failures (no space, no permission) the one line that says where they happened. */
async function nameFailures<T>(dataDirectory: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      {
        en: `the data directory ${dataDirectory} cannot be used: ${reasonOf(error)}`,
        zh: `数据目录 ${dataDirectory} 无法使用：${reasonOf(error)}`,
      },
      { cause: error },
    );
  }
}

async function planServer(dataDirectory: string, logFile: string, options: EmbeddedOptions) {
  const binaries = findBinaries(options.binDirectory);
  const cluster = clusterOf(dataDirectory);
  const program = join(binaries, 'postgres');
  const launcher = await findLauncher(dataDirectory, cluster, program);
  await reclaimCluster(cluster);
  await prepareCluster(dataDirectory, launcher, join(binaries, 'initdb'));
  const socketDirectory = prepareSockets(dataDirectory, launcher);
  const port = await findPort();
  const args = serverArguments(dataDirectory, socketDirectory, port, options.settings ?? {});
  const plan: ServerPlan = { launcher, program, args, cluster, logFile };
  const connection: SocketTarget = { socketDirectory, port: port.port, user: clusterUser, database };
  return { plan, connection };
}

/** Connects once, which also proves that the server answers; makes the database when it is not there yet. */
async function ensureDatabase(connection: SocketTarget): Promise<void> {
  try {
    await ask(connection, 'select 1');
  } catch (error) {
    if (sqlState(error) !== '3D000') throw error;
    await ask({ ...connection, database: 'postgres' }, `create database ${database}`);
  }
}

async function admit(connection: SocketTarget, role: string): Promise<SocketTarget> {
  const password = randomBytes(24).toString('base64url');
  await ask(connection, `alter role ${role} login password '${password}'`);
  const bySocket = { ...connection, login: role };
  const admitted = { ...bySocket, loopback: { user: role, password } };
  return await ask(admitted, 'select 1', true).then(
    () => admitted,
    () => bySocket,
  );
}

/** One statement on a connection of its own. */
async function ask(target: SocketTarget, query: string, large = false): Promise<void> {
  const pool = openPool(target, { max: 1, applicationName: 'timeledger start', large });
  await pool.unsafe(query).finally(() => pool.end({ timeout: 1 }));
}

/** Keeps the server running until stop(): when its process dies, it is launched again, for as long as that takes. */
function superviseServer(plan: ServerPlan, first: Server, onCrash: EmbeddedOptions['onCrash']) {
  const stopping = new AbortController();
  let server = first;
  const watch = async () => {
    while (!stopping.signal.aborted) {
      const how = await server.gone;
      if (stopping.signal.aborted) return;
      onCrash?.(new Error(`PostgreSQL process ${server.pid} ended by ${how}: starting it again`));
      const next = await relaunchServer(plan, stopping.signal, onCrash);
      if (next === undefined) return;
      server = next;
    }
  };
  const watching = watch();
  const stop = async () => {
    stopping.abort();
    await server.stop();
    await watching;
    // A launch that was under way when stopping began has finished only now.
    await server.stop();
  };
  return { stop };
}

async function relaunchServer(plan: ServerPlan, signal: AbortSignal, onCrash: EmbeddedOptions['onCrash']) {
  for (let pause = 100; !signal.aborted; pause = Math.min(pause * 2, 5000)) {
    try {
      return await launchServer(plan, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      onCrash?.(error instanceof Error ? error : new Error(String(error)));
      // A full disk or a lost mount may come back: giving up would need a person, trying again does not.
      await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
    }
  }
  return undefined;
}
