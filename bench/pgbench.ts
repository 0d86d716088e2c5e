/** PostgreSQL's own pgbench: found on the machine, pointed at a database of its own on the same server, and read. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Cleanup } from '#src/commands/cleanup.js';
import type { SocketTarget } from '#src/db/connect.js';
import type { Yardstick } from './results.js';

export interface PgbenchRun {
  readonly name: string;
  readonly clients: number;
  readonly seconds: number;
  /** `-N`, or the file of a script. */
  readonly script: readonly string[];
}

export interface Pgbench {
  /** Fills the tables of pgbench's own transactions. */
  initialise(scale: number): Promise<void>;
  run(run: PgbenchRun): Promise<Yardstick>;
}

const debianDirectory = '/usr/lib/postgresql';
const threads = 2;

/** pgbench on PATH or where Debian puts it, newest first; null when there is none. */
export function findPgbench(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(delimiter);
  const versions = existsSync(debianDirectory)
    ? readdirSync(debianDirectory).sort((a, b) => Number(b) - Number(a))
    : [];
  const directories = [...versions.map((version) => join(debianDirectory, version, 'bin')), ...onPath];
  return directories.map((directory) => join(directory, 'pgbench')).find((path) => existsSync(path)) ?? null;
}

/** pgbench on a database of a server. */
export function openPgbench(program: string, target: SocketTarget, cleanup: Cleanup): Pgbench {
  const where = ['-h', target.socketDirectory, '-p', String(target.port), '-U', target.user];
  const call = (args: readonly string[]) => execute(program, [...where, ...args, target.database], cleanup);
  return {
    initialise: async (scale) => void (await call(['-i', '-q', '-s', String(scale)])),
    run: async ({ name, clients, seconds, script }) => {
      const load = ['-c', String(clients), '-j', String(threads), '-T', String(seconds)];
      return resultOf(name, clients, await call([...script, '-n', '-M', 'prepared', ...load]));
    },
  };
}

function resultOf(name: string, clients: number, text: string): Yardstick {
  const figure = (pattern: RegExp) => Number(pattern.exec(text)?.[1]);
  const rate = figure(/^tps = ([\d.]+)/m);
  if (!(rate > 0)) throw new Error(`pgbench said nothing that could be read: ${text.trim()}`);
  const failed = figure(/^number of failed transactions: (\d+)/m) || 0;
  return {
    name,
    clients,
    rate,
    latency_average_ms: figure(/^latency average = ([\d.]+)/m),
    failed,
    cpu_seconds_per_1000: null,
  };
}

/** Standard output; its errors only when it fails. PG* variables of the caller do not reach it. */
function execute(program: string, args: readonly string[], cleanup: Cleanup): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' };
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    cleanup.add(() => void child.kill());
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output.stdout);
      else reject(new Error(`pgbench failed: ${complaintOf(output.stderr)}`));
    });
  });
}

/** The first line that is an error says what went wrong; the last one only that something did. */
function complaintOf(text: string): string {
  const lines = text.trim().split('\n');
  return lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? '';
}
