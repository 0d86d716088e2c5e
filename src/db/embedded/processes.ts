/**
 * What the operating system knows about processes: whether one lives, since when, what it runs and where it stands.
 * From /proc where there is one (slim images have no ps), from ps elsewhere. It knows nothing of PostgreSQL.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const hasProc = existsSync('/proc/self/stat');

/** When a live process began, in the system's own words; undefined when there is none. A zombie is not alive. */
export function processStart(pid: number): string | undefined {
  if (!hasProc) return ask('lstart=', pid);
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === undefined) return undefined;
  // The name in parentheses may hold spaces and parentheses of its own: the fields are counted after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

/** The program and arguments of a process, separated by spaces. */
export function commandLine(pid: number): string {
  if (!hasProc) return ask('command=', pid) ?? '';
  return (attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '').replaceAll('\0', ' ');
}

export function standsIn(pid: number, directory: string): boolean {
  return hasProc && attempt(() => readlinkSync(`/proc/${pid}/cwd`)) === directory;
}

/** Every process whose working directory is this one; none where there is no /proc. */
export function processesIn(directory: string): number[] {
  if (!hasProc) return [];
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => standsIn(pid, directory));
}

/** Waits until a process has gone; false when it is still there at the end. */
export async function awaitGone(pid: number, milliseconds: number): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(10)) {
    if (processStart(pid) === undefined) return true;
  }
  return processStart(pid) === undefined;
}

/** Sends a signal. False when the process belongs to somebody else; a process that has gone is no failure. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

function ask(column: string, pid: number): string | undefined {
  const args = ['-o', column, '-p', String(pid)];
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
  const answer = attempt(() =>
    execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env }),
  );
  return answer?.trim() || undefined;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
