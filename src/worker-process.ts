/** The worker's process, seen from its parent: started, told of jobs, started anew when it dies, stopped with the service. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LogLevel } from './config.js';
import type { ConnectionTarget, Pool } from './db/connect.js';
import type { Bell } from './work/bell.js';
import { releaseClaimant } from './work/claims.js';

export type ToWorker =
  | {
      readonly say: 'begin';
      readonly target: ConnectionTarget;
      /** Base64. */
      readonly lookupKey: string;
      readonly claimant: string;
      readonly logLevel: LogLevel;
    }
  | { readonly say: 'wake' }
  | { readonly say: 'stop' };

/** A part of a job has ended: the next may be for somebody else. */
export type FromWorker = { readonly say: 'ended' };

export interface WorkerProcessOptions {
  readonly target: ConnectionTarget;
  readonly lookupKey: Buffer;
  readonly logLevel: LogLevel;
  readonly bell: Bell;
  /** To free what a worker held that has died. */
  readonly sql: Pool;
  readonly log: (message: string, error?: unknown) => void;
}

export interface WorkerProcess {
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('./worker.js', import.meta.url));
const longestPauseMilliseconds = 30_000;
const patienceMilliseconds = 10_000;

export function startWorkerProcess(options: WorkerProcessOptions): WorkerProcess {
  const keeper = new Keeper(options);
  keeper.launch();
  return {
    get pid() {
      return keeper.pid;
    },
    stop: () => keeper.stop(),
  };
}

class Keeper {
  private child: ChildProcess | undefined;
  private readonly stopping = new AbortController();
  private readonly silence: () => void;
  private deaths = 0;

  constructor(private readonly options: WorkerProcessOptions) {
    this.silence = options.bell.listen(() => this.say({ say: 'wake' }));
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  launch(): void {
    const { target, lookupKey, logLevel, bell } = this.options;
    const claimant = randomUUID();
    // Nothing of the environment is for it, and its own place in the process group would outlive a kill of the service.
    const child = fork(program, { env: {}, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const launchedAt = performance.now();
    this.child = child;
    this.say({ say: 'begin', target, lookupKey: lookupKey.toString('base64'), claimant, logLevel });
    child.on('message', () => bell.ring());
    child.on('error', (error) => this.options.log('the worker cannot be reached', error));
    child.once('exit', (code, signal) => {
      if (this.stopping.signal.aborted) return;
      this.deaths = performance.now() - launchedAt > longestPauseMilliseconds ? 1 : this.deaths + 1;
      this.options.log(`the worker has died (${signal ?? code}); it is started anew`);
      void this.relaunch(claimant);
    });
  }

  private async relaunch(claimant: string): Promise<void> {
    await releaseClaimant(this.options.sql, claimant).catch((error: unknown) =>
      this.options.log('what the worker held is free when its lease ends', error),
    );
    const pause = Math.min(100 * 2 ** this.deaths, longestPauseMilliseconds);
    await sleep(pause, undefined, { signal: this.stopping.signal, ref: false }).catch(() => {});
    if (!this.stopping.signal.aborted) this.launch();
  }

  async stop(): Promise<void> {
    this.silence();
    this.stopping.abort();
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    this.say({ say: 'stop' });
    // What it is at is given back by its lease, if it cannot be told to.
    const deadline = setTimeout(() => child.kill('SIGKILL'), patienceMilliseconds);
    await exited;
    clearTimeout(deadline);
  }

  private say(message: ToWorker): void {
    if (this.child?.connected) this.child.send(message, () => {});
  }
}
