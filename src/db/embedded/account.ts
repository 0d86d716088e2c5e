/**
 * Which account of the machine runs PostgreSQL, and with which prefix its programs are started. PostgreSQL refuses to
 * run as root, so root lends it an unprivileged account; anybody else runs it as themselves. Nothing is assumed about
 * what that account may reach: each way of starting is tried once, and the first that works is used.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { reasonOf, StartError } from '../connect.js';

const execute = promisify(execFile);

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** How to start a PostgreSQL program. */
export interface Launcher {
  readonly account: Account;
  /** Programs in front of the program: setpriv, where the machine has it. */
  readonly prefix: readonly string[];
  /** The identity for spawn, where it is not setpriv that changes it. */
  readonly identity: { readonly uid?: number; readonly gid?: number };
  /** What `postgres --version` says: `18.4`. */
  readonly version: string;
}

/**
 * No PG* variable and no locale of the caller reaches the server: the same directory behaves the same everywhere. A backend
 * that commits batches frees and takes the same memory again and again; glibc would give it back to the system in between.
 */
export const serverEnvironment = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
  MALLOC_TOP_PAD_: String(16 * 1_048_576),
  MALLOC_TRIM_THRESHOLD_: String(64 * 1_048_576),
  MALLOC_MMAP_THRESHOLD_: String(32 * 1_048_576),
};

/**
 * Finds a way to run the programs on the data directory.
 * Refuses: root without any account to lend; an account that cannot reach the directory or run the programs.
 */
export async function findLauncher(dataDirectory: string, cluster: string, postgres: string): Promise<Launcher> {
  const root = process.getuid?.() === 0;
  const account = root ? lentAccount(cluster) : ownAccount();
  let reason = '';
  for (const way of root ? waysOfRoot(account) : waysOfUser) {
    try {
      return { account, ...way, version: await tryOut(way, dataDirectory, postgres) };
    } catch (error) {
      // The last reason that is not "no setpriv here" is the one to tell.
      if (!missing(error)) reason = (stderrOf(error) || reasonOf(error)).trim();
    }
  }
  throw new StartError({
    en: `the user ${account.name} cannot reach ${dataDirectory} or run ${postgres} (${reason}): use directories that all users can traverse`,
    zh: `系统用户 ${account.name} 无法进入 ${dataDirectory} 或运行 ${postgres}（${reason}）：请使用所有用户都有权进入的目录`,
  });
}

// The server stops when this process dies, even by kill -9: the kernel sends it the signal.
const untilDeath = ['setpriv', '--pdeathsig', 'INT'];

const waysOfUser = [
  { prefix: untilDeath, identity: {} },
  { prefix: [], identity: {} },
];

function waysOfRoot({ uid, gid }: Account) {
  // A directory below /root (0700): the account may pass through it with one capability, which survives exec only as an
  // ambient one. access(2), with which PostgreSQL looks at itself, heeds capabilities only under no_setuid_fixup.
  const passing = (capability: string) => [
    ...[...untilDeath, '--securebits', '+no_setuid_fixup', '--reuid', String(uid), '--regid', String(gid)],
    ...['--clear-groups', '--inh-caps', `+${capability}`, '--ambient-caps', `+${capability}`],
  ];
  return [
    { prefix: untilDeath, identity: { uid, gid } },
    { prefix: [], identity: { uid, gid } },
    { prefix: passing('dac_read_search'), identity: {} },
    // Containers usually withhold dac_read_search and grant this one.
    { prefix: passing('dac_override'), identity: {} },
  ];
}

async function tryOut(way: Pick<Launcher, 'prefix' | 'identity'>, directory: string, postgres: string) {
  const script = 'cd "$1" && exec "$2" --version';
  const [program = '', ...args] = [...way.prefix, 'sh', '-c', script, 'sh', directory, postgres];
  const { stdout } = await execute(program, args, { ...way.identity, env: serverEnvironment, cwd: '/' });
  const version = /(\d+(\.\d+|\w+)?)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`"${stdout.trim()}" is not a version`);
  return version;
}

function missing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function stderrOf(error: unknown): string {
  return error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
}

function ownAccount(): Account {
  const uid = process.getuid?.() ?? 0;
  const name = passwd().find((account) => account.uid === uid)?.name ?? String(uid);
  return { name, uid, gid: process.getgid?.() ?? 0 };
}

/** For root: the account that owns the data already, else `postgres` or `timeledger`, else a new `timeledger`. */
function lentAccount(cluster: string): Account {
  const owner = existsSync(cluster) ? statSync(cluster).uid : 0;
  const known = passwd();
  const account =
    known.find(({ uid }) => uid === owner && uid !== 0) ??
    known.find(({ name }) => name === 'postgres') ??
    known.find(({ name }) => name === 'timeledger');
  return account ?? createAccount();
}

function createAccount(): Account {
  const commands: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'timeledger']],
    ['adduser', ['-S', '-D', '-H', 'timeledger']],
  ];
  for (const [command, args] of commands) {
    try {
      execFileSync(command, args, { stdio: 'ignore' });
    } catch {
      // Not there, or another process was quicker: the list of accounts tells.
    }
    const account = passwd().find(({ name }) => name === 'timeledger');
    if (account !== undefined) return account;
  }
  throw new StartError({
    en: 'PostgreSQL does not run as root and no user "timeledger" could be made for it: start as another user, or set DATABASE_URL',
    zh: 'PostgreSQL 不能以 root 身份运行，也无法为其创建系统用户“timeledger”：请以其他用户启动，或设置 DATABASE_URL',
  });
}

function passwd(): Account[] {
  if (!existsSync('/etc/passwd')) return [];
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  return lines.map((line) => {
    const [name = '', , uid, gid] = line.split(':');
    return { name, uid: Number(uid), gid: Number(gid) };
  });
}
