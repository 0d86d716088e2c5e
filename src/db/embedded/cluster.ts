/**
 * The cluster on disk: made once, by initdb in a staging directory that is renamed when it is whole, so that what carries
 * the cluster's name can always be started. Also the private socket directory and the server's settings. It starts no server.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reasonOf, StartError } from '../connect.js';
import { type Launcher, serverEnvironment } from './account.js';
import { highestPort, type Port } from './port.js';

const execute = promisify(execFile);

export const clusterUser = 'timeledger';
const stagingPrefix = 'postgres.new-';

/** sun_path holds 107 bytes and a zero on Linux, 103 on macOS. */
const socketPathBytes = 103;

export function clusterOf(dataDirectory: string): string {
  return join(dataDirectory, 'postgres');
}

/**
 * Makes the cluster when there is none.
 * Refuses: something else in its place; another major version; a cluster of another user; a failed initdb.
 */
export async function prepareCluster(dataDirectory: string, launcher: Launcher, initdb: string): Promise<void> {
  for (const name of readdirSync(dataDirectory)) {
    // A killed initdb leaves its staging directory. Only the owner of the data directory comes here: none is in use.
    if (name.startsWith(stagingPrefix)) rmSync(join(dataDirectory, name), { recursive: true, force: true });
  }
  const cluster = clusterOf(dataDirectory);
  if (existsSync(cluster)) {
    const files = statSync(cluster).isDirectory() ? readdirSync(cluster) : [cluster];
    if (files.length > 0) return await checkCluster(cluster, launcher);
    rmdirSync(cluster);
  }
  await createCluster(dataDirectory, launcher, initdb);
}

async function checkCluster(cluster: string, { account, version }: Launcher): Promise<void> {
  const file = join(cluster, 'PG_VERSION');
  if (!existsSync(file)) {
    throw new StartError({
      en: `${cluster} is not a PostgreSQL data directory: move it away, or choose another DATA_DIR`,
      zh: `${cluster} 不是 PostgreSQL 数据目录：请将其移走，或更改 DATA_DIR`,
    });
  }
  const made = readFileSync(file, 'utf8').trim();
  const major = version.split('.')[0];
  if (made !== major && !version.startsWith(`${made}beta`)) {
    throw new StartError({
      en: `${cluster} was made by PostgreSQL ${made} and this is ${version}: have the Timeledger that made it write a backup (timeledger backup), move ${cluster} away, and restore (timeledger restore)`,
      zh: `${cluster} 由 PostgreSQL ${made} 创建，当前版本为 ${version}：请先用原版本的 Timeledger 备份（timeledger backup），移走 ${cluster}，再恢复（timeledger restore）`,
    });
  }
  const { uid } = statSync(cluster);
  if (uid === account.uid) return;
  if (process.getuid?.() !== 0) {
    throw new StartError({
      en: `${cluster} belongs to user ${uid}, not to ${account.name}: start as its owner, or choose another DATA_DIR`,
      zh: `${cluster} 属于用户 ${uid}，而不是 ${account.name}：请以其所有者的身份启动，或更改 DATA_DIR`,
    });
  }
  // Restored or copied by root: only its owner may run it.
  await execute('chown', ['-R', `${account.uid}:${account.gid}`, cluster]);
  chmodSync(cluster, 0o700);
}

async function createCluster(dataDirectory: string, launcher: Launcher, initdb: string): Promise<void> {
  const staging = join(dataDirectory, `${stagingPrefix}${process.pid}`);
  makePrivate(staging, launcher);
  const flags = [`--pgdata=${staging}`, ...localeFlags(launcher.version), '--data-checksums', '--no-instructions'];
  // Over TCP nobody comes without a password, and roles have none until `admit` gives them one.
  flags.push(`--username=${clusterUser}`, '--auth-local=trust', '--auth-host=scram-sha-256');
  const [program = '', ...args] = [...launcher.prefix, initdb, ...flags];
  try {
    await execute(program, args, { ...launcher.identity, env: serverEnvironment, cwd: '/' });
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    throw new StartError(
      {
        en: `initdb could not make ${clusterOf(dataDirectory)}: ${complaintOf(error)}`,
        zh: `initdb 未能创建 ${clusterOf(dataDirectory)}：${complaintOf(error)}`,
      },
      { cause: error },
    );
  }
  renameSync(staging, clusterOf(dataDirectory));
  syncDirectory(dataDirectory);
}

/** Chinese text sorts by bytes and is case-folded and classified by Unicode, the same on every machine. */
function localeFlags(version: string): string[] {
  const flags = ['--encoding=UTF8', '--locale=C', `--lc-ctype=${process.platform === 'darwin' ? 'UTF-8' : 'C.UTF-8'}`];
  // PostgreSQL has its own C.UTF-8 since 17; before, the system's.
  return Number.parseInt(version, 10) < 17
    ? flags
    : [...flags, '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
}

function complaintOf(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  const lines = stderr.split('\n').filter((line) => /error|fatal|could not/i.test(line));
  return lines.slice(0, 3).join('; ') || reasonOf(error);
}

/** A directory that only the server's account, and root, may enter. */
function makePrivate(directory: string, { account }: Launcher): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const found = lstatSync(directory);
  const ours = [account.uid, process.getuid?.()].includes(found.uid);
  // In a shared /tmp anybody could have put a directory, or a link to one, in our way.
  if (!found.isDirectory() || !ours)
    throw new StartError({
      en: `${directory} belongs to somebody else: remove it`,
      zh: `${directory} 属于其他用户：请将其删除`,
    });
  if (found.uid !== account.uid) chownSync(directory, account.uid, account.gid);
  chmodSync(directory, 0o700);
}

function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes the socket's directory: in the data directory, or under the temporary one where that path is too long. */
export function prepareSockets(dataDirectory: string, launcher: Launcher): string {
  const name = `timeledger-${createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16)}`;
  const candidates = [join(dataDirectory, 'postgres-socket'), join(tmpdir(), name), join('/tmp', name)];
  const fits = (directory: string) => Buffer.byteLength(`${directory}/.s.PGSQL.${highestPort}`) <= socketPathBytes;
  const directory = candidates.find(fits) ?? join('/tmp', name);
  makePrivate(directory, launcher);
  // Whoever holds the data directory has no server yet: a socket in here is a dead one's, its lock file too.
  for (const file of readdirSync(directory)) rmSync(join(directory, file), { force: true });
  return directory;
}

/** The server's arguments. Whatever `settings` names, they decide; the rest suits a ledger: many small durable writes. */
export function serverArguments(
  dataDirectory: string,
  sockets: string,
  { port, loopback }: Port,
  settings: Readonly<Record<string, string>>,
) {
  const all = {
    listen_addresses: loopback ? '127.0.0.1' : '',
    unix_socket_directories: sockets,
    unix_socket_permissions: '0700',
    port: String(port),
    cluster_name: 'timeledger',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    max_connections: '100',
    shared_buffers: '256MB',
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    wal_buffers: '16MB',
    min_wal_size: '512MB',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: '0.9',
    random_page_cost: '1.1',
    // Plans made upon empty tables are made anew once these are analyzed: soon, for a county begins by filling them.
    autovacuum_naptime: '10s',
    jit: 'off',
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    log_destination: 'stderr',
    log_line_prefix: '%m [%p] ',
    logging_collector: 'off',
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', clusterOf(dataDirectory), ...flags];
}
