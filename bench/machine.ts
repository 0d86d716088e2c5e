/** The machine the figures were taken on: cores, how busy it was before, and what one durable write costs on its disk. */
import { closeSync, fdatasyncSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { busyCores } from './cpu.js';
import { Histogram } from './histogram.js';

export interface MachineFacts {
  readonly cores: number;
  readonly processor: string;
  readonly memory_gib: number;
  readonly node: string;
  /** One, five and fifteen minutes. */
  readonly load_average: readonly number[];
  /** Cores busy in the second before anything was started; null where it cannot be known. */
  readonly busy_cores_before: number | null;
  /** Whether so little else ran that the figures mean something. */
  readonly quiet: boolean;
}

/** One 8 kB page, PostgreSQL's own unit, written and made durable. */
export interface DiskFacts {
  readonly writes: number;
  readonly fdatasync_median_ms: number;
  readonly fdatasync_p99_ms: number;
}

/** Shares of all cores, of this second and of the last minute: beyond them other work is measured too. */
const quietNow = 0.1;
const quietMinute = 0.5;

/** Takes a second, in which the machine is watched. */
export async function lookAtMachine(): Promise<MachineFacts> {
  const cores = availableParallelism();
  const load = loadavg();
  const busy = busyCores();
  await sleep(1_000);
  const busyBefore = busy();
  return {
    cores,
    processor: cpus()[0]?.model ?? 'unknown',
    memory_gib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load_average: load,
    busy_cores_before: busyBefore,
    quiet: (busyBefore ?? 0) <= cores * quietNow && (load[0] ?? 0) <= cores * quietMinute,
  };
}

const pageBytes = 8_192;
const filePages = 2_048;
const measureMilliseconds = 2_000;

/** Overwrites a file that has its full size already, as PostgreSQL does with its log. */
export function measureDisk(directory: string): DiskFacts {
  const path = join(directory, 'fdatasync.probe');
  const file = openSync(path, 'w');
  const histogram = new Histogram();
  try {
    const page = Buffer.alloc(pageBytes, 'timeledger ');
    for (let i = 0; i < filePages; i++) writeSync(file, page, 0, pageBytes, i * pageBytes);
    fsyncSync(file);
    const end = performance.now() + measureMilliseconds;
    for (let i = 0; performance.now() < end; i++) {
      const started = performance.now();
      writeSync(file, page, 0, pageBytes, (i % filePages) * pageBytes);
      fdatasyncSync(file);
      histogram.record((performance.now() - started) * 1_000);
    }
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
  return {
    writes: histogram.count,
    fdatasync_median_ms: histogram.percentile(0.5),
    fdatasync_p99_ms: histogram.percentile(0.99),
  };
}
