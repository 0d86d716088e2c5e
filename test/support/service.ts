/** The service as a user runs it: a child process on a data directory of its own, on loopback, found by its banner. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { root } from './root.js';

export const cli = fileURLToPath(new URL('dist/main.js', root));

export interface ServiceProcess {
  readonly url: string;
  readonly pid: number;
  readonly child: ChildProcess;
  /** Milliseconds from the spawn to the banner. */
  readonly startedIn: number;
  /** SIGTERM, then the exit code. */
  stop(): Promise<number | null>;
}

/**
 * A data directory for a service whose very first start is not what is looked at: as `timeledger migrate` leaves it, copied from the one
 * that test/run names in TIMELEDGER_TEST_MIGRATED. A file that is run alone gets none, and its service makes one.
 */
export function dataDirectoryIn(base: string): string {
  const path = join(base, 'data');
  const migrated = process.env['TIMELEDGER_TEST_MIGRATED'];
  if (migrated) execFileSync('cp', ['-a', migrated, path]);
  return path;
}

/**
 * A port that is free now, below those that the kernel gives to connections: between this answer and a service's start
 * (or its start again, after a kill) no connection of another test can take it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Starts `timeledger start`; rejects with what it printed when it exits instead. */
export async function startService(environment: Record<string, string>): Promise<ServiceProcess> {
  const started = performance.now();
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '/',
    LOG_LEVEL: 'error',
    METRICS_PORT: '0',
    RATE_LIMIT_PER_MINUTE: '0',
    ...environment,
  };
  const child = spawn(process.execPath, [cli, 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the service exited with ${code}: ${errors.join('')}`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const found = / listens on (\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
  });
  child.removeAllListeners('exit');
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill('SIGTERM');
    await once(child, 'exit');
    return child.exitCode;
  };
  return { url, pid: child.pid as number, child, startedIn: performance.now() - started, stop };
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line to its end. */
export function runCli(args: readonly string[], environment: Record<string, string>): Promise<Ended> {
  return run(process.execPath, [cli, ...args], environment);
}

/** Runs a program to its end, with the least of an environment. */
export async function run(
  program: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<Ended> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...environment };
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
