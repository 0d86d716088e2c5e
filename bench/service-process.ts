/**
 * The service under test, started as a user would start it: another process, on a data directory of its own that is removed
 * afterwards, with its embedded PostgreSQL.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cleanup } from '#src/commands/cleanup.js';
import { type Config, readConfig } from '#src/config.js';

export interface ServiceProcess {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  /** The settings it runs under. */
  readonly config: Config;
  /** The embedded server's first process. */
  postmaster(): number;
}

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const stopMilliseconds = 60_000;

/** Makes the data directory; it and the service are gone once `cleanup` has run. */
export async function startService(cleanup: Cleanup): Promise<ServiceProcess> {
  const dataDir = mkdtempSync(join(diskDirectory(), 'timeledger-bench-'));
  cleanup.add(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  // PostgreSQL runs under another account when we are root: it must get through.
  chmodSync(dataDir, 0o755);
  const settings = { DATA_DIR: dataDir, PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'warn', RATE_LIMIT_PER_MINUTE: '0' };
  const child = spawnService(settings);
  cleanup.add(() => stop(child));
  const url = new URL(await addressOf(child));
  const postmaster = () => Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
  return { pid: child.pid ?? 0, host: url.hostname, port: Number(url.port), config: readConfig(settings), postmaster };
}

const tmpfsType = 0x01021994;

/** A temporary directory in memory would make every commit look free. */
function diskDirectory(): string {
  const candidates = [tmpdir(), '/var/tmp'].filter((directory) => existsSync(directory));
  return candidates.find((directory) => statfsSync(directory).type !== tmpfsType) ?? tmpdir();
}

/** In a process group of its own: Ctrl-C at a terminal is for us to pass on, once. Where setpriv is, it does not outlive us. */
function spawnService(settings: Record<string, string>): ChildProcess {
  const { PATH, NODE_OPTIONS } = process.env;
  const keeper = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  const [command = '', ...args] = [
    ...(keeper ? [keeper, '--pdeathsig', 'TERM'] : []),
    process.execPath,
    ...startFlags(),
    program,
    'start',
  ];
  const env = { ...settings, ...(PATH && { PATH }), ...(NODE_OPTIONS && { NODE_OPTIONS }) };
  return spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The flags that `npm start` gives to Node. */
function startFlags(): string[] {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    scripts: { start: string };
  };
  return manifest.scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

/** Waits for the line that says where it listens; what it prints after that is not of interest. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text = (text + part).slice(0, 10_000);
      const url = /listens on (http:\S+)/.exec(text)?.[1];
      if (url) resolve(url);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`the service ended (${signal ?? `exit code ${code}`}) before it listened`)),
    );
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), stopMilliseconds);
  await gone;
  clearTimeout(late);
}
