/** The processes of a PostgreSQL server, for tests that kill them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './random.js';

/** The first process of the server in a data directory. */
export function postmasterOf(dataDirectory: string): number {
  return Number(readFileSync(join(dataDirectory, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** A backend that serves a connection of `user database`, by its process title. */
export function backendOf(postmaster: number, title: string, random: Random): number | undefined {
  const backends = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const parent = / \(.*\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1];
      return Number(parent) === postmaster && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(title);
    } catch {
      return false;
    }
  });
  return backends.length === 0 ? undefined : Number(random.pick(backends));
}
