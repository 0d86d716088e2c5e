/** The load generator as the bench sees it: a child process that is sent jobs, one at a time. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadJob, LoadMessage, LoadResult, LoadStop } from './load-protocol.js';

export interface JobListener {
  /** The measuring window opens, or has closed. */
  window(state: 'open' | 'closed'): void;
  tick(acknowledged: number): void;
}

export interface Generator {
  readonly pid: number;
  run(job: LoadJob, listener: JobListener): Promise<LoadResult>;
  /** Ends the job that runs before its time: its result comes as any other's. */
  finish(): void;
  stop(): void;
}

const program = fileURLToPath(new URL('load-worker.js', import.meta.url));

export function startGenerator(): Generator {
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return {
    pid: child.pid ?? 0,
    run: (job, listener) => runOn(child, job, listener),
    finish: () => {
      if (child.connected) child.send({ type: 'stop' } satisfies LoadStop);
    },
    stop: () => void child.kill(),
  };
}

function runOn(child: ChildProcess, job: LoadJob, listener: JobListener): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      child.off('message', hear);
      child.off('exit', gone);
      act();
    };
    const hear = (heard: unknown) => {
      const message = heard as LoadMessage;
      if (message.type === 'window') listener.window(message.state);
      else if (message.type === 'tick') listener.tick(message.acknowledged);
      else if (message.type === 'result') settle(() => resolve(message.result));
      else settle(() => reject(new Error(`the load generator failed: ${message.message}`)));
    };
    const gone = () => settle(() => reject(new Error('the load generator ended')));
    child.on('message', hear);
    child.on('exit', gone);
    child.send(job);
  });
}
