/**
 * Computing runs in a worker thread of this process, so that requests are answered meanwhile. One run at a time; whoever asks for
 * a run that is being computed waits for the same outcome. The thread starts with the first run and begins anew after it died.
 */
import { Worker } from 'node:worker_threads';
import type { ConnectionTarget } from '../../../db/connect.js';
import { Refusal } from '../../../lib/refusal.js';
import type { ComputedResults } from './run.js';

export interface ThreadSettings {
  readonly target: ConnectionTarget;
  /** The role its connections take on: it may stage results. */
  readonly role: string;
}

export interface ComputeOrder {
  readonly ledgerId: number;
  readonly id: string;
}

export type ComputeReply =
  | { readonly id: string; readonly computed: ComputedResults }
  /** `away`: the database could not be reached. */
  | { readonly id: string; readonly failure: string; readonly away: boolean };

interface Waiting {
  readonly outcome: Promise<ComputedResults>;
  resolve(computed: ComputedResults): void;
  reject(error: Error): void;
}

export class ComputeThread {
  private worker: Worker | null = null;
  private closed = false;
  private readonly waiting = new Map<string, Waiting>();

  constructor(private readonly settings: ThreadSettings) {}

  /**
   * See `ComputeRun`. Fails when the thread dies or the service stops: the run is then computed again by whoever asks next.
   * Refuses: `ledger_unavailable`.
   */
  compute(ledgerId: number, id: string): Promise<ComputedResults> {
    if (this.closed)
      return Promise.reject(new Refusal('ledger_unavailable', { en: 'the service is stopping', zh: '服务正在停止' }));
    const known = this.waiting.get(id);
    if (known) return known.outcome;
    const waiting = unsettled();
    this.waiting.set(id, waiting);
    this.worker ??= this.start();
    this.worker.postMessage({ ledgerId, id } satisfies ComputeOrder);
    return waiting.outcome;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(new URL('./compute-thread.js', import.meta.url), { workerData: this.settings });
    // What is being computed must not keep a process from ending: it is computed anew after the next start.
    worker.unref();
    worker.on('message', (reply: ComputeReply) => this.settle(reply));
    worker.on('error', (error) => this.fail(worker, error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => this.fail(worker, new Error('the thread that computes reconciliations ended')));
    return worker;
  }

  private settle(reply: ComputeReply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ('computed' in reply) waiting?.resolve(reply.computed);
    else if (reply.away)
      waiting?.reject(
        new Refusal('ledger_unavailable', { en: 'the books cannot be reached just now', zh: '暂时无法连接账簿' }),
      );
    else waiting?.reject(new Error(`reconciliation ${reply.id} could not be computed: ${reply.failure}`));
  }

  private fail(worker: Worker, error: Error): void {
    if (this.worker !== worker) return;
    this.worker = null;
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of lost) reject(error);
  }
}

function unsettled(): Waiting {
  let settle: Pick<Waiting, 'resolve' | 'reject'> | undefined;
  const outcome = new Promise<ComputedResults>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Whoever asked may have stopped waiting.
  outcome.catch(() => {});
  return { outcome, ...(settle as Pick<Waiting, 'resolve' | 'reject'>) };
}
