/** Processes that tests kill or wait for: a PostgreSQL server's, a service's worker, and whether one still lives. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './random.js';

/**
 * Whether a process lives. Where there is /proc signal 0 is not asked: a process that has died answers it until its parent has taken
 * its exit code, and an orphan's new parent may take its time.
 */
export function isAlive(pid: number): boolean {
  try {
    if (!existsSync('/proc/self/stat')) return process.kill(pid, 0);
    return !/ \(.*\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** The first process of the server in a data directory. */
export function postmasterOf(dataDirectory: string): number {
  return Number(readFileSync(join(dataDirectory, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** A backend that serves a connection of `user database`, by its process title. */
export function backendOf(postmaster: number, title: string, random: Random): number | undefined {
  const backends = childrenOf(postmaster, title);
  return backends.length === 0 ? undefined : random.pick(backends);
}

/** Children of a process whose command line or title holds some words. */
export function childrenOf(parent: number, words: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const above = / \(.*\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
        return Number(above) === parent && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(words);
      } catch {
        return false;
      }
    });
}
