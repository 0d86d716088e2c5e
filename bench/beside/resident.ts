/** Memory that processes have resident, from /proc: the most of it while something goes on. */
import { readdirSync, readFileSync } from 'node:fs';

const sampleMilliseconds = 50;

export interface MemoryWatch {
  /** The most so far, in MB; null where it cannot be known. */
  readonly service: number | null;
  readonly worker: number | null;
  stop(): void;
}

/** Watches the service and the worker beside it, which may be started anew meanwhile. */
export function watchMemory(service: number): MemoryWatch {
  const most = { service: null as number | null, worker: null as number | null };
  const look = () => {
    most.service = larger(most.service, residentMegabytes(service));
    most.worker = larger(most.worker, residentMegabytes(workerOf(service)));
  };
  look();
  const timer = setInterval(look, sampleMilliseconds);
  return {
    get service() {
      return most.service;
    },
    get worker() {
      return most.worker;
    },
    stop: () => clearInterval(timer),
  };
}

function larger(one: number | null, other: number | null): number | null {
  return one === null || (other !== null && other > one) ? other : one;
}

function residentMegabytes(pid: number | undefined): number | null {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1024;
}

let known: number | undefined;

function workerOf(service: number): number | undefined {
  const isWorker = (pid: number) => {
    if (
      !read(`/proc/${pid}/cmdline`)
        .split('\0')
        .some((word) => word.endsWith('/worker.js'))
    )
      return false;
    const stat = read(`/proc/${pid}/stat`);
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === service;
  };
  if (known === undefined || !isWorker(known)) {
    known = entries('/proc')
      .map(Number)
      .find((pid) => Number.isInteger(pid) && isWorker(pid));
  }
  return known;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function entries(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
