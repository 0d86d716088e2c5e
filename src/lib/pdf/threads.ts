/**
 * Papers drawn beside the thread that answers requests: a few threads, started when they are first needed and kept, each with the font open.
 * Who comes when all are at work waits, and is refused when many do.
 */
import { Worker } from 'node:worker_threads';
import { Refusal } from '../refusal.js';
import type { Paper } from './paper.js';
import type { FromThread } from './thread.js';

interface Waiting {
  readonly paper: Paper;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

const program = new URL('./thread.js', import.meta.url);

export class PaperThreads {
  private readonly idle: Worker[] = [];
  private readonly all = new Map<Worker, Waiting | null>();
  private readonly waiting: Waiting[] = [];
  private closed = false;

  constructor(private readonly limits: { readonly threads: number; readonly waitingAtMost: number }) {}

  /** The bytes of a paper. Refuses: `ledger_busy`. Throws what `drawPaper` throws, and when the thread dies or is closed. */
  draw(paper: Paper): Promise<Uint8Array> {
    if (this.waiting.length >= this.limits.waitingAtMost)
      return Promise.reject(
        new Refusal(
          'ledger_busy',
          { en: 'Too many papers are waiting to be drawn.', zh: '等待生成的文件过多。' },
          { retryAfterSeconds: 1 },
        ),
      );
    return new Promise((resolve, reject) => {
      this.waiting.push({ paper, resolve, reject });
      this.startNext();
    });
  }

  /** Starts one thread, so that the first paper need not wait for the font. */
  warm(): void {
    if (this.all.size === 0 && !this.closed) this.idle.push(this.start());
  }

  /** Ends all threads; what they were at is rejected. */
  async close(): Promise<void> {
    this.closed = true;
    for (const { reject } of this.waiting.splice(0)) reject(closing());
    await Promise.all([...this.all.keys()].map((thread) => thread.terminate()));
  }

  private startNext(): void {
    while (this.waiting.length > 0) {
      const thread =
        this.idle.pop() ?? (this.all.size < this.limits.threads && !this.closed ? this.start() : undefined);
      const next = thread && this.waiting.shift();
      if (!next) break;
      this.all.set(thread, next);
      thread.ref();
      thread.postMessage(next.paper);
    }
    if (this.closed) for (const { reject } of this.waiting.splice(0)) reject(closing());
  }

  private start(): Worker {
    const thread = new Worker(program);
    // While it has nothing to do it keeps no process alive.
    thread.unref();
    this.all.set(thread, null);
    thread.on('message', (told: FromThread) => {
      const done = this.all.get(thread);
      this.all.set(thread, null);
      this.idle.push(thread);
      thread.unref();
      if ('bytes' in told) done?.resolve(told.bytes);
      else done?.reject(told.error);
      this.startNext();
    });
    let failure: Error | undefined;
    thread.on('error', (error: Error) => {
      failure = error;
    });
    thread.on('exit', () => {
      const lost = this.all.get(thread);
      this.all.delete(thread);
      const at = this.idle.indexOf(thread);
      if (at >= 0) this.idle.splice(at, 1);
      lost?.reject(failure ?? closing());
      this.startNext();
    });
    return thread;
  }
}

const closing = () => new Error('the thread that draws papers has ended');
