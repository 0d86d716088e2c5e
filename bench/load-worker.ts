/**
 * The load generator, a process of its own: runs the jobs it is sent over a closed loop of connections and answers with
 * rates and latencies. It ends with its parent.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Histogram } from './histogram.js';
import { LoadConnection } from './load-connection.js';
import type { LoadJob, LoadMessage, LoadResult, LoadStop, LoadStream, StreamResult } from './load-protocol.js';
import { writerOf } from './load-requests.js';
import type { RequestWriter } from './request-writer.js';

const tickMilliseconds = 200;

/** The phases of a job, shared by its connections. */
interface Phase {
  measuring: boolean;
  stopped: boolean;
}

class Stream {
  private readonly histogram = new Histogram();
  private entries = 0;
  private errors = 0;
  private firstError: string | null = null;
  acknowledged = 0;

  constructor(
    private readonly job: LoadJob,
    private readonly stream: LoadStream,
    private readonly phase: Phase,
  ) {}

  /** Sends until the phase stops; resolves when the last answers are in. */
  async run(): Promise<void> {
    const writers = Array.from({ length: this.stream.connections }, (_, i) => writerOf(this.job.host, this.stream, i));
    await Promise.all(writers.map((writer) => this.runConnection(writer)));
  }

  private async runConnection(writer: RequestWriter): Promise<void> {
    const { host, port } = this.job;
    const { pauseMilliseconds } = this.stream;
    let connection = new LoadConnection(host, port, writer.readsBody);
    while (!this.phase.stopped) {
      const request = writer.next();
      const sent = performance.now();
      try {
        const { status, body } = await connection.send(request);
        this.count(writer, status, body, performance.now() - sent);
      } catch (error) {
        this.fail(error instanceof Error ? error.message : String(error));
        connection.close();
        await sleep(100);
        connection = new LoadConnection(host, port, writer.readsBody);
      }
      if (pauseMilliseconds !== undefined) await sleep(pauseMilliseconds);
    }
    connection.close();
  }

  private count(writer: RequestWriter, status: number, body: string, milliseconds: number): void {
    if (status !== writer.expectedStatus) {
      this.fail(`${status} ${body.slice(0, 300)}`);
      return;
    }
    writer.hear?.(body);
    const entries = writer.entriesIn(body);
    this.acknowledged += entries;
    if (!this.phase.measuring) return;
    this.entries += entries;
    this.histogram.record(milliseconds * 1_000);
  }

  private fail(what: string): void {
    this.errors += 1;
    this.firstError ??= what;
  }

  result(): StreamResult {
    const { acknowledged, entries, errors, firstError } = this;
    const latency = this.histogram.summary();
    return {
      name: this.stream.name,
      requests: this.histogram.count,
      entries,
      latency,
      acknowledged,
      errors,
      firstError,
    };
  }
}

async function runJob(job: LoadJob, phase: Phase): Promise<LoadResult> {
  const streams = job.streams.map((stream) => new Stream(job, stream, phase));
  const acknowledged = () => streams.reduce((sum, stream) => sum + stream.acknowledged, 0);
  const ticker = setInterval(() => tell({ type: 'tick', acknowledged: acknowledged() }), tickMilliseconds);
  const runs = Promise.all(streams.map((stream) => stream.run()));
  await sleep(job.warmupSeconds * 1_000);
  tell({ type: 'window', state: 'open' });
  const cpu = process.cpuUsage();
  const opened = performance.now();
  phase.measuring = true;
  await untilEnd(job, phase, acknowledged);
  phase.measuring = false;
  phase.stopped = true;
  const seconds = (performance.now() - opened) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  tell({ type: 'window', state: 'closed' });
  await runs;
  clearInterval(ticker);
  return { seconds, cpuSeconds: (user + system) / 1e6, streams: streams.map((stream) => stream.result()) };
}

async function untilEnd(
  { seconds, stopAfterEntries = Infinity }: LoadJob,
  phase: Phase,
  acknowledged: () => number,
): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  while (!phase.stopped && performance.now() < end && acknowledged() < stopAfterEntries) await sleep(10);
}

function tell(message: LoadMessage): void {
  process.send?.(message);
}

let phase: Phase | undefined;

process.on('message', (message: LoadJob | LoadStop) => {
  if ('type' in message) {
    if (phase) phase.stopped = true;
    return;
  }
  phase = { measuring: false, stopped: false };
  runJob(message, phase).then(
    (result) => tell({ type: 'result', result }),
    (error: unknown) => tell({ type: 'failed', message: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
